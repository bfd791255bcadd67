// An S7 server on node-snap7 (the C snap7) for the interoperability tests: block 1 of 600 bytes, 64 merkers.
//
// It listens on 127.0.0.1 at the port given as argument. Prints "ready PORT"; ends with standard input.
const snap7 = require("node-snap7");

const server = new snap7.S7Server();
const port = Number(process.argv[2]);
server.SetParam(server.LocalPort, port);
server.RegisterArea(server.srvAreaDB, 1, Buffer.alloc(600));
server.RegisterArea(server.srvAreaMK, Buffer.alloc(64));
if (!server.StartTo("127.0.0.1")) {
  console.error(server.ErrorText(server.LastError()));
  process.exit(1);
}
console.log(`ready ${port}`);
process.stdin.on("end", () => { server.Stop(); process.exit(0); }).resume();
