"""Traps of the libraries that the dependency bounds keep away."""

import subprocess
import sys

# PySide6 6.12.0 on Python 3.11: each call drops a reference to None or True, fatal some thousand calls later.
EMIT = """
from PySide6.QtCore import QObject, Signal

class Source(QObject):
    flagged = Signal(bool)
    plain = Signal()

seen = 0

def count(*_):
    global seen
    seen += 1

source = Source()
source.flagged.connect(count)
source.plain.connect(count)
for _ in range(5000):
    source.flagged.emit(True)
    source.plain.emit()
print(seen)
"""


def test_emitting_a_signal_does_not_wear_the_interpreter_out():
    done = subprocess.run(
        [sys.executable, "-c", EMIT], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "10000", "")
