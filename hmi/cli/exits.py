"""What the exit codes of ``vigie`` mean, and errors that end a command."""

from enum import IntEnum


class Exit(IntEnum):
    """Name the exit codes."""

    OK = 0
    FAILED = 1
    """The command ran and the answer is no: faults found, a write refused, a value bad."""
    USAGE = 2
    """The command line is wrong."""
    ENVIRONMENT = 3
    """A port, file, display or station is not as needed; the message says what to do."""
    TIMEOUT = 4
    """Nothing answered in time."""
    FAULT = 5
    """Vigie itself has a fault; ``--verbose`` shows where."""


class CommandError(Exception):
    """End the command with one message for the user and an exit code."""

    def __init__(self, text: str, code: Exit = Exit.ENVIRONMENT) -> None:
        super().__init__(text)
        self.code = code
