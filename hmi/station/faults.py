"""What a station says about the faults of its project, which it runs without what has them."""

import logging
from collections.abc import Sequence

from projects.model import Problem, Project

log = logging.getLogger(__name__)

MAX_LOGGED = 100
"""A wrong column may spoil every row of a table; the rest is counted."""


def log_problems(problems: Sequence[Problem]) -> None:
    """Log each fault as a warning and each warning as an information, once."""
    faults = [problem for problem in problems if not problem.is_warning]
    for problem in faults[:MAX_LOGGED]:
        log.warning("fault in the project: %s", problem)
    if len(faults) > MAX_LOGGED:
        log.warning("and %d more faults in the project: 'vigie check' shows all", len(faults) - MAX_LOGGED)
    for problem in problems:
        if problem.is_warning:
            log.info("in the project: %s", problem)


def fault_notice(faults: Sequence[Problem]) -> str:
    """Return one sentence for operators about the faults; empty when there is none."""
    if not faults:
        return ""
    count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    return f"{count} in the project ('vigie check' shows all): {faults[0]}"


def connection_faults(project: Project) -> dict[str, str]:
    """Return by name what is wrong with the connections that cannot be made."""
    return {name: config.fault for name, config in project.connections.items() if config.fault}
