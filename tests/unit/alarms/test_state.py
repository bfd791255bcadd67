import itertools
from dataclasses import replace

import pytest

from alarms.diagram import diagram, table_text
from alarms.model import AlarmState, Transition
from alarms.state import CELLS, Rules, Variables, passes, step
from alarms.table import TABLE, VISIBLE, Effect, Shelving, Trigger

STATES = {state.value: state for state in AlarmState}
NORM = Variables()
UNACK = Variables(active=True, acked=False)
ACKED = Variables(active=True)
RTNUN = Variables(acked=False)
LATUN = Variables(acked=False, latched=True)
LATAK = Variables(latched=True)
BASIC = {"NORM": NORM, "UNACK": UNACK, "ACKED": ACKED, "RTNUN": RTNUN, "LATUN": LATUN, "LATAK": LATAK}
PLAIN = Rules()
LATCHING = Rules(is_latching=True)
ALL_RULES = [Rules(*facts) for facts in itertools.product((False, True), repeat=5)]


def every_variables() -> list[Variables]:
    """All combinations that can exist."""
    found = []
    for basic in BASIC.values():
        for shelving, suppressed, out in itertools.product(Shelving, (False, True), (False, True)):
            found.append(replace(basic, shelving=shelving, suppressed=suppressed, out_of_service=out))
    return [*found, Variables(enabled=False)]


# ALM-05, row by row: number, from, trigger, rules, to, transition, effects
ROWS = [
    ("1", NORM, Trigger.CONDITION, PLAIN, "UNACK", "activated", {"open", "count", "annunciate"}),
    ("2", UNACK, Trigger.ACKNOWLEDGE, PLAIN, "ACKED", "acknowledged", {"silence"}),
    ("3", UNACK, Trigger.RETURN, PLAIN, "RTNUN", "returned", set()),
    ("4", ACKED, Trigger.RETURN, PLAIN, "NORM", "returned", {"close", "silence"}),
    ("5", RTNUN, Trigger.ACKNOWLEDGE, PLAIN, "NORM", "acknowledged", {"close", "silence"}),
    ("6", RTNUN, Trigger.CONDITION, PLAIN, "UNACK", "re_alarmed", {"count", "annunciate"}),
    ("7", ACKED, Trigger.SEVERITY_ROSE, PLAIN, "UNACK", "re_alarmed", {"count", "annunciate"}),
    ("8", ACKED, Trigger.RE_ALARM_DUE, PLAIN, "UNACK", "re_alarmed", {"count", "annunciate"}),
    ("9", UNACK, Trigger.RETURN, LATCHING, "LATUN", "returned", set()),
    ("10", LATUN, Trigger.ACKNOWLEDGE, LATCHING, "LATAK", "acknowledged", {"silence"}),
    ("11", ACKED, Trigger.RETURN, LATCHING, "LATAK", "returned", set()),
    ("12", LATAK, Trigger.RESET, LATCHING, "NORM", "reset", {"close", "silence"}),
    ("13", LATUN, Trigger.RESET, LATCHING, "LATUN", "reset_refused", set()),
    ("14", LATAK, Trigger.CONDITION, LATCHING, "ACKED", "activated", set()),
    ("14", LATAK, Trigger.CONDITION, replace(LATCHING, is_relatched_alarm_new=True), "UNACK", "activated",
     {"annunciate"}),
    ("15", LATUN, Trigger.CONDITION, LATCHING, "UNACK", "activated", {"annunciate"}),
    ("16", UNACK, Trigger.RETURN, Rules(is_ack_required=False), "NORM", "returned", {"close", "silence"}),
    ("16", RTNUN, Trigger.AUTO_ACKNOWLEDGE, Rules(is_ack_required=False), "NORM", "acknowledged",
     {"close", "silence"}),
    *(("17", variables, Trigger.SHELVE_TIMED, PLAIN, "SHLVD", "shelved", {"silence"})
      for variables in BASIC.values()),
    *(("18", variables, Trigger.SHELVE_ONE_SHOT, PLAIN, "SHLVD", "shelved", {"silence"})
      for variables in BASIC.values()),
    *(("20", variables, Trigger.SUPPRESS, PLAIN, "DSUPR", "suppressed", {"silence"})
      for variables in BASIC.values()),
    *(("22", variables, Trigger.REMOVE_FROM_SERVICE, PLAIN, "OOSRV", "removed_from_service", {"silence"})
      for variables in BASIC.values()),
    *(("24", variables, Trigger.DISABLE, PLAIN, "DISABLED", "disabled", {"close", "silence"})
      for variables in BASIC.values()),
    ("24", Variables(enabled=False), Trigger.ENABLE, PLAIN, "NORM", "enabled", set()),
]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "before", "trigger", "rules", "target", "transition", "effects"),
    ROWS,
    ids=[f"row {row[0]} {row[1].state.value} {row[2].value}" for row in ROWS],
)
def test_every_row_of_the_standard(
    number: str,
    before: Variables,
    trigger: Trigger,
    rules: Rules,
    target: str,
    transition: str,
    effects: set[str],
) -> None:
    done = step(before, trigger, rules)
    assert done.row.number == number
    assert done.variables.state is STATES[target]
    assert done.transition is Transition(transition)
    assert {effect.value for effect in done.effects} == effects


HIDE = [
    ("19", "shelving", Shelving.TIMED, Trigger.UNSHELVE, "unshelved"),
    ("19", "shelving", Shelving.ONE_SHOT, Trigger.SHELVING_OVER, "unshelved"),
    ("21", "suppressed", True, Trigger.UNSUPPRESS, "unsuppressed"),
    ("23", "out_of_service", True, Trigger.RETURN_TO_SERVICE, "returned_to_service"),
]


@pytest.mark.parametrize(("number", "name", "value", "trigger", "transition"), HIDE)
@pytest.mark.parametrize(
    ("below", "target"),
    [
        ("NORM", "NORM"),
        ("UNACK", "UNACK"),
        ("ACKED", "UNACK"),
        ("RTNUN", "NORM"),
        ("LATUN", "LATUN"),
        ("LATAK", "LATUN"),
    ],
)
def test_what_was_hidden_comes_back_as_new_while_its_condition_is_true(
    number: str, name: str, value: object, trigger: Trigger, transition: str, below: str, target: str
) -> None:
    done = step(replace(BASIC[below], **{name: value}), trigger, LATCHING)
    assert done.row.number == number
    assert done.variables == BASIC[target]
    assert done.transition is Transition(transition)
    assert (Effect.ANNUNCIATE in done.effects) == (target in ("UNACK", "LATUN"))
    assert Effect.COUNT not in done.effects


@pytest.mark.parametrize(("number", "name", "value", "trigger", "transition"), HIDE)
def test_an_alarm_hidden_twice_stays_hidden(
    number: str, name: str, value: object, trigger: Trigger, transition: str
) -> None:
    twice = replace(UNACK, shelving=Shelving.TIMED, suppressed=True, out_of_service=True)
    once_less = step(replace(twice, **{name: value}), trigger, PLAIN)
    assert once_less.variables.is_hidden
    assert once_less.variables.basic is AlarmState.UNACKNOWLEDGED
    assert once_less.effects == frozenset()


def test_precedence_of_the_displayed_state() -> None:
    everything = replace(UNACK, shelving=Shelving.TIMED, suppressed=True, out_of_service=True)
    assert replace(everything, enabled=False).state is AlarmState.DISABLED
    assert everything.state is AlarmState.OUT_OF_SERVICE
    assert replace(everything, out_of_service=False).state is AlarmState.SUPPRESSED_BY_DESIGN
    assert replace(everything, out_of_service=False, suppressed=False).state is AlarmState.SHELVED


@pytest.mark.parametrize("variables", [v for v in every_variables() if v.is_hidden])
def test_a_hidden_alarm_is_evaluated_but_neither_counted_nor_annunciated(variables: Variables) -> None:
    """ALM-06."""
    visible = BASIC[variables.basic.value]
    for trigger in (Trigger.CONDITION, Trigger.RETURN):
        for rules in ALL_RULES:
            hidden, shown = step(variables, trigger, rules), step(visible, trigger, rules)
            assert hidden.variables.basic is shown.variables.basic
            assert hidden.transition is shown.transition
            assert hidden.variables.state is variables.state
            assert not hidden.effects & {Effect.COUNT, Effect.ANNUNCIATE}
            ends = hidden.transition is Transition.RETURNED and variables.shelving is Shelving.ONE_SHOT
            assert (Effect.END_ONE_SHOT in hidden.effects) == ends


REFUSED = {
    Trigger.ACKNOWLEDGE: {"SHLVD", "DSUPR", "OOSRV", "DISABLED"},
    Trigger.RESET: set(STATES) - {"LATAK"},
    Trigger.SHELVE_TIMED: {"DISABLED"},
    Trigger.SHELVE_ONE_SHOT: {"DISABLED"},
    Trigger.UNSHELVE: set(STATES) - {"SHLVD"},
    Trigger.REMOVE_FROM_SERVICE: {"OOSRV", "DISABLED"},
    Trigger.RETURN_TO_SERVICE: set(STATES) - {"OOSRV"},
}


@pytest.mark.parametrize("trigger", list(Trigger))
def test_refused_combinations_are_these_and_say_why(trigger: Trigger) -> None:
    simple = [*BASIC.values(), Variables(enabled=False), replace(UNACK, shelving=Shelving.TIMED)]
    simple += [replace(UNACK, suppressed=True), replace(UNACK, out_of_service=True)]
    assert {variables.state.value for variables in simple} == set(STATES)
    refused = {v.state.value for v in simple if step(v, trigger, PLAIN).refusal}
    assert refused == REFUSED.get(trigger, set())


def test_shelving_is_refused_where_it_is_forbidden() -> None:
    for trigger in (Trigger.SHELVE_TIMED, Trigger.SHELVE_ONE_SHOT):
        done = step(UNACK, trigger, Rules(is_shelvable=False))
        assert done.refusal
        assert done.variables == UNACK
        assert done.transition is None


def test_every_cell_has_exactly_one_row_for_all_variables_and_rules() -> None:
    for state, trigger in itertools.product(AlarmState, Trigger):
        assert CELLS[state, trigger], f"{state} {trigger}"
    for variables, trigger, rules in itertools.product(every_variables(), Trigger, ALL_RULES):
        rows = [row for row in CELLS[variables.state, trigger] if passes(row.guard, variables, rules)]
        assert len(rows) == 1, f"{variables} {trigger} {rules}"


def test_refused_and_idle_steps_change_nothing_and_all_others_something_to_journal() -> None:
    for variables, trigger, rules in itertools.product(every_variables(), Trigger, ALL_RULES):
        done = step(variables, trigger, rules)
        assert not (done.variables.active and done.variables.latched)
        if done.refusal or done.transition is None:
            assert done.variables == variables
        if done.transition is None:
            assert not done.effects
        elif done.transition is Transition.SEVERITY_CHANGED:
            assert done.variables == variables
        elif not done.refusal and trigger not in (Trigger.SHELVE_TIMED, Trigger.SHELVE_ONE_SHOT):
            assert done.variables != variables


def test_flags_carry_all_variables() -> None:
    seen = set()
    for variables in every_variables():
        flags = variables.to_flags()
        assert Variables.from_flags(flags) == variables
        seen.add(flags)
    assert len(seen) == len(every_variables())


@pytest.mark.parametrize("flags", [0b101, 0b1000000 * 3 + 0b1010, 1 << 9])
def test_impossible_flags_are_refused(flags: int) -> None:
    with pytest.raises(ValueError, match="no alarm has the flags"):
        Variables.from_flags(flags)


def test_the_picture_shows_each_row_between_visible_states() -> None:
    text = diagram()
    for row in TABLE:
        for source in row.sources:
            if row.target is not None:
                assert f"{source.value} --> {row.target.value}: {row.number} " in text
    assert {line.split()[0] for line in text.splitlines()[2:]} == {state.value for state in VISIBLE}


def test_the_table_in_the_documents_is_the_one_that_runs(request: pytest.FixtureRequest) -> None:
    document = (request.config.rootpath / "docs" / "alarms.md").read_text(encoding="utf-8")
    assert table_text() in document
    assert diagram() in document
