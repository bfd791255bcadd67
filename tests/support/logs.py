"""Fail a test on a log record at WARNING or above that it did not say it expects.

Two ways to expect one:

- the block that causes it runs inside `with caplog.at_level(logging.WARNING):` (the very level of the record:
  a block at WARNING does not excuse an ERROR);
- `expected_log("lost the connection", level=logging.WARNING, logger="tags.connection")` before it is caused,
  or the mark of that name on the test. An expected record that never comes fails the test too.

The protocol libraries tell on their own loggers what the drivers report once more as states: those records do
not count.
"""

import logging
import re
from dataclasses import dataclass

LIBRARY_LOGGERS = ("asyncua", "pymodbus", "snap7")


@dataclass(slots=True)
class ExpectedLog:
    """One record, or several alike, that a test announces."""

    pattern: re.Pattern[str]
    level: int
    logger: str
    seen: int = 0

    def matches(self, record: logging.LogRecord) -> bool:
        """Tell whether this record was announced; `logger` matches its children too."""
        return (
            record.levelno == self.level
            and (not self.logger or (record.name + ".").startswith(self.logger + "."))
            and self.pattern.search(record.getMessage()) is not None
        )

    def __str__(self) -> str:
        name = self.logger or "any logger"
        return f"{logging.getLevelName(self.level)} {name}: /{self.pattern.pattern}/"


class LogGuard(logging.Handler):
    """Collects unexpected records while it is attached to the root logger."""

    def __init__(self, caplog_handler: logging.Handler) -> None:
        super().__init__(logging.WARNING)
        self._caplog_handler = caplog_handler
        self._expected: list[ExpectedLog] = []
        self._unexpected: list[str] = []

    def expect(self, pattern: str, *, level: int = logging.WARNING, logger: str = "") -> ExpectedLog:
        """Announce records whose message contains a match of the regular expression."""
        announced = ExpectedLog(re.compile(pattern), level, logger)
        self._expected.append(announced)
        return announced

    def emit(self, record: logging.LogRecord) -> None:
        """Sort one record; called in the thread that logs, under the handler's lock."""
        if record.name.split(".")[0] in LIBRARY_LOGGERS:
            return
        announced = [expected for expected in self._expected if expected.matches(record)]
        for expected in announced:
            expected.seen += 1
        if announced or self._caplog_handler.level == record.levelno:
            return
        text = f"{record.levelname} {record.name}: {record.getMessage()}"
        if record.exc_info and record.exc_info[1] is not None:
            text += f" ({record.exc_info[1]!r})"
        self._unexpected.append(f"{text}  [{record.pathname}:{record.lineno}]")

    def problems(self) -> list[str]:
        """Return what is wrong with the log of this test, one line each."""
        lines = [f"unexpected log record: {text}" for text in self._unexpected]
        lines += [f"expected log record never came: {entry}" for entry in self._expected if not entry.seen]
        return lines
