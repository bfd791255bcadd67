"""The entry point of ``vigie`` and of ``python -m hmi``."""

import sys

from hmi.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
