"""The PackML tables and the unit that runs on them (PML-01 to PML-06)."""

import itertools

import pytest

from tags.simulator.packml import (
    MODE_CHANGE_STATES,
    MODE_CHANGE_TIME_S,
    MODE_STATES,
    STATE_COMPLETE,
    TRANSITIONS,
    WAIT_STATES,
    Command,
    Mode,
    PackMLUnit,
    State,
    target_of,
)

EXPECTED = {
    State.CLEARING: {"ABORT": "ABORTING"},
    State.STOPPED: {"RESET": "RESETTING", "ABORT": "ABORTING"},
    State.STARTING: {"STOP": "STOPPING", "ABORT": "ABORTING"},
    State.IDLE: {"START": "STARTING", "STOP": "STOPPING", "ABORT": "ABORTING"},
    State.SUSPENDED: {"UNSUSPEND": "UNSUSPENDING", "STOP": "STOPPING", "ABORT": "ABORTING"},
    State.EXECUTE: {
        "HOLD": "HOLDING",
        "SUSPEND": "SUSPENDING",
        "COMPLETE": "COMPLETING",
        "STOP": "STOPPING",
        "ABORT": "ABORTING",
    },
    State.STOPPING: {"ABORT": "ABORTING"},
    State.ABORTING: {},
    State.ABORTED: {"CLEAR": "CLEARING"},
    State.HOLDING: {"STOP": "STOPPING", "ABORT": "ABORTING"},
    State.HELD: {"UNHOLD": "UNHOLDING", "STOP": "STOPPING", "ABORT": "ABORTING"},
    State.UNHOLDING: {"STOP": "STOPPING", "ABORT": "ABORTING"},
    State.SUSPENDING: {"STOP": "STOPPING", "ABORT": "ABORTING"},
    State.UNSUSPENDING: {"STOP": "STOPPING", "ABORT": "ABORTING"},
    State.RESETTING: {"STOP": "STOPPING", "ABORT": "ABORTING"},
    State.COMPLETING: {"STOP": "STOPPING", "ABORT": "ABORTING"},
    State.COMPLETE: {"RESET": "RESETTING", "STOP": "STOPPING", "ABORT": "ABORTING"},
    State.UNDEFINED: {},
}
"""Written out from PML-05, independently of how the table is built."""


def test_numbers_are_those_of_the_standard() -> None:
    assert [state.value for state in State] == list(range(18))
    assert (State.STOPPED, State.EXECUTE, State.ABORTED, State.HELD, State.COMPLETE) == (2, 6, 9, 11, 17)
    assert [command.value for command in Command] == list(range(11))
    assert (Command.RESET, Command.START, Command.STOP, Command.CLEAR) == (1, 2, 3, 9)


@pytest.mark.parametrize("state", list(State))
def test_every_cell_of_the_command_table(state: State) -> None:
    for command in Command:
        unit = PackMLUnit(state=state)
        expected = EXPECTED[state].get(command.name)
        assert unit.command(command) == (expected is not None), command
        assert unit.state.name == (expected or state.name), command
        assert unit.refused_commands == (expected is None), command


@pytest.mark.parametrize("state", list(State))
def test_every_state_complete(state: State) -> None:
    unit = PackMLUnit(state=state)
    acting = state not in WAIT_STATES and state is not State.UNDEFINED
    assert unit.complete() == (acting or state is State.EXECUTE)
    if acting:
        assert unit.state in WAIT_STATES
        assert unit.state_time_s == 0.0
    assert (state in STATE_COMPLETE) == (acting or state is State.EXECUTE)


def test_no_transition_leaves_a_dead_end() -> None:
    reached = {State.STOPPED}
    while True:
        following = {TRANSITIONS[pair] for pair in TRANSITIONS if pair[0] in reached}
        following |= {STATE_COMPLETE[state] for state in reached if state in STATE_COMPLETE}
        if following <= reached:
            break
        reached |= following
    assert reached == set(State) - {State.UNDEFINED}


@pytest.mark.parametrize("mode", list(MODE_STATES))
def test_a_command_never_leads_to_a_state_that_the_mode_lacks(mode: Mode) -> None:
    for state, command in itertools.product(State, Command):
        target = target_of(state, command, mode)
        assert target is None or target in MODE_STATES[mode]
    assert target_of(State.STOPPED, Command.RESET, mode) is State.RESETTING


def test_manual_mode_knows_no_hold() -> None:
    assert target_of(State.EXECUTE, Command.HOLD, Mode.PRODUCTION) is State.HOLDING
    assert target_of(State.EXECUTE, Command.HOLD, Mode.MANUAL) is None


@pytest.mark.parametrize("state", list(State))
def test_mode_changes_only_where_the_cell_stands(state: State) -> None:
    unit = PackMLUnit(state=state, mode_time_s=9.0)
    allowed = state in MODE_CHANGE_STATES
    assert unit.request_mode(Mode.MANUAL) == allowed
    assert unit.mode is Mode.PRODUCTION
    assert (unit.mode_requested is Mode.MANUAL) == allowed
    unit.step(MODE_CHANGE_TIME_S)
    assert (unit.mode is Mode.MANUAL) == allowed
    assert unit.mode_requested is unit.mode


def test_a_start_before_the_mode_has_changed_wins() -> None:
    unit = PackMLUnit(state=State.IDLE)
    assert unit.request_mode(Mode.MANUAL)
    assert unit.command(Command.START)
    unit.step(MODE_CHANGE_TIME_S)
    assert (unit.mode, unit.mode_requested) == (Mode.PRODUCTION, Mode.PRODUCTION)


@pytest.mark.parametrize("number", [0, 4, -1, 99])
def test_an_unknown_mode_is_refused(number: int) -> None:
    unit = PackMLUnit()
    assert not unit.request_mode(number)
    assert unit.mode is Mode.PRODUCTION


def test_times_add_up_by_mode_and_state() -> None:
    unit = PackMLUnit()
    for _ in range(10):
        unit.step(0.5)
    unit.command(Command.RESET)
    unit.step(1.0)
    assert unit.time_in_s(State.STOPPED) == pytest.approx(5.0)
    assert unit.time_in_s(State.STOPPED, State.RESETTING) == pytest.approx(6.0)
    assert unit.times_s[Mode.PRODUCTION, State.RESETTING] == pytest.approx(1.0)
    assert unit.state_time_s == pytest.approx(1.0)
    assert unit.mode_time_s == pytest.approx(6.0)
    unit.reset_times()
    assert unit.time_in_s(*State) == 0.0


def test_state_requested_tells_where_the_unit_goes() -> None:
    unit = PackMLUnit()
    unit.command(Command.RESET)
    assert (unit.acting, unit.state_requested) == (True, State.IDLE)
    unit.complete()
    assert (unit.acting, unit.state_requested) == (False, State.IDLE)
