"""A child process that ends before it is ready tells its exit code, however long its end takes."""

import sys
from contextlib import ExitStack

import pytest

from hmi import processes
from hmi.processes import PORT_TAKEN, Child, ProcessError, start_simulator

READY = '{"controllers": {"filling": {"port": 1}, "conveyors": {"port": 2}, "line": {"url": "opc.tcp://x"}}}'


def python(monkeypatch, program: str) -> None:
    """Let every child be this program; its arguments follow."""
    monkeypatch.setattr(
        processes, "vigie_command", lambda *arguments: [sys.executable, "-c", program, *arguments]
    )


def test_the_exit_code_is_waited_for_when_the_output_has_ended(monkeypatch):
    python(monkeypatch, "import os, time; os.close(1); time.sleep(0.5); os._exit(3)")
    child = Child("simulator", [])
    with pytest.raises(ProcessError, match="exit code 3") as caught:
        child.wait_ready()
    assert caught.value.code == PORT_TAKEN


def test_the_simulator_takes_free_ports_when_the_usual_ones_are_taken(monkeypatch):
    program = (
        "import os, sys, time\n"
        "if '--filling-port' not in sys.argv:\n"
        "    os.close(1); time.sleep(0.3); os._exit(3)\n"
        f"print({READY!r}, flush=True)\n"
        "sys.stdin.read()\n"
    )
    python(monkeypatch, program)
    with ExitStack() as stack:
        simulator, overrides = start_simulator(stack, ["--seed", "1"])
        assert overrides == {"filling.port": "1", "conveyors.port": "2", "line.url": "opc.tcp://x"}
    assert simulator.process.poll() == 0
