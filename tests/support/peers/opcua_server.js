// An OPC UA server on node-opcua for the interoperability tests.
//
// Namespace 1, one variable per built-in type under Objects/Types as "s=TYPE", writable; "s=ReadOnly" Int16 3.
// "s=Level" Double with an exclusive limit alarm "s=LevelAlarm" at 20 and 80, to be confirmed and shelved for an
// hour at most.
// Securities: None, Basic256Sha256, Aes128 and Aes256, Sign and SignAndEncrypt; user "operator", password
// "right". Its keys live in the folder given as argument. Prints "ready PORT"; ends with standard input.
const path = require("path");
const net = require("net");
const { OPCUAServer } = require("node-opcua-server");
const { OPCUACertificateManager } = require("node-opcua-certificate-manager");
const { MessageSecurityMode, SecurityPolicy } = require("node-opcua-secure-channel");
const { DataType, VariantArrayType } = require("node-opcua-variant");

const FIRST = {
  BOOL: [DataType.Boolean, false], INT8: [DataType.SByte, 0], UINT8: [DataType.Byte, 0],
  INT16: [DataType.Int16, 0], UINT16: [DataType.UInt16, 0], INT32: [DataType.Int32, 0],
  UINT32: [DataType.UInt32, 0], INT64: [DataType.Int64, [0, 0]], UINT64: [DataType.UInt64, [0, 0]],
  FLOAT32: [DataType.Float, 0], FLOAT64: [DataType.Double, 0], STRING: [DataType.String, ""],
  DATETIME: [DataType.DateTime, new Date("2026-01-01T00:00:00Z")],
};

function freePort() {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.listen(0, "127.0.0.1", () => { const { port } = probe.address(); probe.close(() => resolve(port)); });
  });
}

(async () => {
  const port = await freePort();
  const keys = new OPCUACertificateManager({ rootFolder: path.join(process.argv[2], "pki"),
    automaticallyAcceptUnknownCertificate: true });
  await keys.initialize();
  const server = new OPCUAServer({
    port, hostname: "127.0.0.1", serverCertificateManager: keys,
    securityModes: [MessageSecurityMode.None, MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt],
    securityPolicies: [SecurityPolicy.None, SecurityPolicy.Basic256Sha256, SecurityPolicy.Aes128_Sha256_RsaOaep,
      SecurityPolicy.Aes256_Sha256_RsaPss],
    userManager: { isValidUser: (user, password) => user === "operator" && password === "right" },
  });
  await server.initialize();
  const space = server.engine.addressSpace.getOwnNamespace();
  const folder = space.addFolder("ObjectsFolder", { browseName: "Types", nodeId: "s=Types" });
  for (const [name, [dataType, value]] of Object.entries(FIRST)) {
    const node = space.addVariable({ componentOf: folder, browseName: name, nodeId: `s=${name}`, dataType,
      minimumSamplingInterval: 20 });
    node.setValueFromSource({ dataType, arrayType: VariantArrayType.Scalar, value });
  }
  const fixed = space.addVariable({ componentOf: folder, browseName: "ReadOnly", nodeId: "s=ReadOnly",
    dataType: DataType.Int16, accessLevel: "CurrentRead", userAccessLevel: "CurrentRead" });
  fixed.setValueFromSource({ dataType: DataType.Int16, value: 3 });
  let count = 0;
  const counter = space.addVariable({ componentOf: folder, browseName: "Counter", nodeId: "s=Counter",
    dataType: DataType.Int32, minimumSamplingInterval: 20 });
  setInterval(() => counter.setValueFromSource({ dataType: DataType.Int32, value: ++count }), 20);
  server.engine.addressSpace.installAlarmsAndConditionsService();
  const tank = space.addObject({ organizedBy: "ObjectsFolder", browseName: "Tank", nodeId: "s=Tank",
    eventSourceOf: server.engine.addressSpace.rootFolder.objects.server });
  const level = space.addVariable({ componentOf: tank, browseName: "Level", nodeId: "s=Level",
    dataType: DataType.Double, minimumSamplingInterval: 20, eventSourceOf: tank });
  level.setValueFromSource({ dataType: DataType.Double, value: 50 });
  const alarm = space.instantiateExclusiveLimitAlarm("ExclusiveLevelAlarmType", {
    componentOf: tank, browseName: "LevelAlarm", nodeId: "s=LevelAlarm", conditionName: "Level", conditionSource: level, inputNode: level,
    optionals: ["ConfirmedState", "Confirm", "ShelvingState"], maxTimeShelved: 3600 * 1000,
    lowLowLimit: 5, lowLimit: 20, highLimit: 80, highHighLimit: 95 });
  alarm.setEnabledState(true);
  await server.start();
  console.log(`ready ${port}`);
  process.stdin.on("end", () => process.exit(0)).resume();
})().catch((error) => { console.error(error); process.exit(1); });
