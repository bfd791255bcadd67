"""PackML states, commands and unit modes as tables (standards PML-01 to PML-06, PML-09).

The numbers are those of ISA-TR88.00.02 as TwinCAT uses them; OPC 30060 counts differently. Command 10,
Complete, is of the 2022 edition.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum


class State(IntEnum):
    """StateCurrent, PML-01."""

    UNDEFINED = 0
    CLEARING = 1
    STOPPED = 2
    STARTING = 3
    IDLE = 4
    SUSPENDED = 5
    EXECUTE = 6
    STOPPING = 7
    ABORTING = 8
    ABORTED = 9
    HOLDING = 10
    HELD = 11
    UNHOLDING = 12
    SUSPENDING = 13
    UNSUSPENDING = 14
    RESETTING = 15
    COMPLETING = 16
    COMPLETE = 17


class Command(IntEnum):
    """CntrlCmd, PML-02."""

    NONE = 0
    RESET = 1
    START = 2
    STOP = 3
    HOLD = 4
    UNHOLD = 5
    SUSPEND = 6
    UNSUSPEND = 7
    ABORT = 8
    CLEAR = 9
    COMPLETE = 10


class Mode(IntEnum):
    """UnitMode, PML-03."""

    INVALID = 0
    PRODUCTION = 1
    MAINTENANCE = 2
    MANUAL = 3


REAL_STATES = frozenset(State) - {State.UNDEFINED}
WAIT_STATES = frozenset(
    {State.STOPPED, State.IDLE, State.HELD, State.SUSPENDED, State.COMPLETE, State.ABORTED, State.EXECUTE}
)
"""States that last until a command comes; Execute is dual (PML-04)."""

STATE_COMPLETE: dict[State, State] = {
    State.CLEARING: State.STOPPED,
    State.RESETTING: State.IDLE,
    State.STARTING: State.EXECUTE,
    State.EXECUTE: State.COMPLETING,
    State.COMPLETING: State.COMPLETE,
    State.HOLDING: State.HELD,
    State.UNHOLDING: State.EXECUTE,
    State.SUSPENDING: State.SUSPENDED,
    State.UNSUSPENDING: State.EXECUTE,
    State.STOPPING: State.STOPPED,
    State.ABORTING: State.ABORTED,
}
"""Where each acting state goes once its work is done."""

_NO_STOP = frozenset({State.STOPPED, State.STOPPING, State.CLEARING, State.ABORTING, State.ABORTED})
_NO_ABORT = frozenset({State.ABORTING, State.ABORTED})

TRANSITIONS: dict[tuple[State, Command], State] = {
    (State.STOPPED, Command.RESET): State.RESETTING,
    (State.COMPLETE, Command.RESET): State.RESETTING,
    (State.IDLE, Command.START): State.STARTING,
    (State.EXECUTE, Command.HOLD): State.HOLDING,
    (State.HELD, Command.UNHOLD): State.UNHOLDING,
    (State.EXECUTE, Command.SUSPEND): State.SUSPENDING,
    (State.SUSPENDED, Command.UNSUSPEND): State.UNSUSPENDING,
    (State.EXECUTE, Command.COMPLETE): State.COMPLETING,
    (State.ABORTED, Command.CLEAR): State.CLEARING,
    **{(state, Command.STOP): State.STOPPING for state in REAL_STATES - _NO_STOP},
    **{(state, Command.ABORT): State.ABORTING for state in REAL_STATES - _NO_ABORT},
}
"""Every legal (state, command) of PML-05; a pair that is absent is refused."""

_MANUAL_STATES = REAL_STATES - {
    State.HOLDING,
    State.HELD,
    State.UNHOLDING,
    State.SUSPENDING,
    State.SUSPENDED,
    State.UNSUSPENDING,
    State.COMPLETING,
    State.COMPLETE,
}
MODE_STATES: dict[Mode, frozenset[State]] = {
    Mode.PRODUCTION: REAL_STATES,
    Mode.MAINTENANCE: REAL_STATES - {State.COMPLETING, State.COMPLETE},
    Mode.MANUAL: _MANUAL_STATES,
}
"""The states that exist in each unit mode; a command that leads elsewhere is refused."""

MODE_CHANGE_TIME_S = 0.5
"""How long a change of mode is in process."""
MODE_CHANGE_STATES = frozenset({State.STOPPED, State.IDLE, State.ABORTED})
"""States in which the unit mode may change."""


def target_of(state: State, command: Command, mode: Mode) -> State | None:
    """Give the state that `command` leads to, or None when it is not legal in this state and mode."""
    target = TRANSITIONS.get((state, command))
    if target is None or target not in MODE_STATES.get(mode, frozenset()):
        return None
    return target


@dataclass(slots=True)
class PackMLUnit:
    """The state machine of one unit with its times (PML-07).

    `times_s[mode, state]` is the accumulated time in seconds since the last reset of times.
    """

    state: State = State.STOPPED
    mode: Mode = Mode.PRODUCTION
    state_requested: State = State.STOPPED
    mode_requested: Mode = Mode.PRODUCTION
    state_time_s: float = 0.0
    mode_time_s: float = 0.0
    refused_commands: int = 0
    mode_change_s: float = 0.0
    times_s: dict[tuple[Mode, State], float] = field(default_factory=dict)

    @property
    def acting(self) -> bool:
        """Tell whether the unit is on its way between two wait states."""
        return self.state not in WAIT_STATES

    def command(self, command: Command) -> bool:
        """Take a command; return False and count it when it is not legal in this state and mode."""
        target = target_of(self.state, command, self.mode)
        if target is None:
            self.refused_commands += 1
            return False
        self._enter(target)
        return True

    def complete(self) -> bool:
        """Signal State Complete (SC); return False in a state that has no such exit in this mode."""
        target = STATE_COMPLETE.get(self.state)
        if target is None or target not in MODE_STATES[self.mode]:
            return False
        self._enter(target)
        return True

    def request_mode(self, mode: int) -> bool:
        """Begin a change of the unit mode; return False when it does not exist or this state forbids it."""
        if mode not in {Mode.PRODUCTION, Mode.MAINTENANCE, Mode.MANUAL}:
            return False
        if self.state not in MODE_CHANGE_STATES:
            return False
        self.mode_requested = Mode(mode)
        self.mode_change_s = 0.0
        return True

    def step(self, dt_s: float) -> None:
        """Advance the times by `dt_s` seconds, and a change of mode that is in process.

        A change that the state forbids by now is given up.
        """
        if self.mode_requested is not self.mode:
            self.mode_change_s += dt_s
            if self.state not in MODE_CHANGE_STATES:
                self.mode_requested = self.mode
            elif self.mode_change_s >= MODE_CHANGE_TIME_S:
                self.mode = self.mode_requested
                self.mode_time_s = 0.0
        self.state_time_s += dt_s
        self.mode_time_s += dt_s
        key = (self.mode, self.state)
        self.times_s[key] = self.times_s.get(key, 0.0) + dt_s

    def time_in_s(self, *states: State) -> float:
        """Sum the accumulated time of `states` over all modes, in seconds."""
        return sum(seconds for (_, state), seconds in self.times_s.items() if state in states)

    def reset_times(self) -> None:
        """Forget the accumulated times."""
        self.times_s.clear()

    def _enter(self, state: State) -> None:
        self.state = state
        self.state_time_s = 0.0
        following = STATE_COMPLETE.get(state)
        self.state_requested = state if state in WAIT_STATES or following is None else following
