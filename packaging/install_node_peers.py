"""Install the Node.js servers that the interoperability tests speak to, into build/peers.

They are no dependency of Vigie: without them those tests are skipped. Needs npm, and a C++ compiler where no
binary of node-snap7 fits.
"""

import shutil
import subprocess
import sys
from pathlib import Path

PACKAGES = ("node-opcua-server@2", "node-snap7@1")


def main() -> int:
    npm = shutil.which("npm")
    if npm is None:
        print("npm is missing: install Node.js 20 or later", file=sys.stderr)
        return 3
    target = Path(__file__).resolve().parents[1] / "build" / "peers"
    target.mkdir(parents=True, exist_ok=True)
    return subprocess.run(
        [npm, "install", "--no-audit", "--no-fund", "--prefix", str(target), *PACKAGES]
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
