import random
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, insert, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateTable

from alarms.filters import EventFilter, EventPlace
from alarms.journal import Journal, alarm_event
from alarms.model import AlarmEvent, AlarmState, AlarmType, Priority, Transition
from alarms.settings import SettingChange
from tags.clock import NS_PER_S
from tags.status import StatusCode
from tests.unit.alarms.cell import LEVEL, RUNNING, TRIP, Station, alarm, seconds

S = NS_PER_S
FOREVER = (0, 2**62)


class OneWriter:
    """What the history's writer does for the journal: one thread, one transaction per task, in order."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._thread = ThreadPoolExecutor(1)

    def submit(self, task: Callable[[Connection], Any]) -> Future[Any]:
        def run() -> Any:
            with self.engine.begin() as connection:
                return task(connection)

        return self._thread.submit(run)

    def close(self) -> None:
        self._thread.shutdown()


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[OneWriter]:
    engine = create_engine(f"sqlite:///{tmp_path / 'journal.db'}")
    writer = OneWriter(engine)
    yield writer
    writer.close()
    engine.dispose()


@pytest.fixture
def journal(writer: OneWriter) -> Journal:
    writer.submit(Journal.create_tables).result()
    return Journal(writer.submit, writer.engine)


def an_event(sequence: int, **changes: Any) -> AlarmEvent:
    event = AlarmEvent(
        sequence=sequence,
        event_id=f"{sequence:032x}",
        occurrence_id=f"{sequence:032x}",
        alarm_id=f"A{sequence}",
        transition=Transition.ACTIVATED,
        source_ns=seconds(sequence),
        receive_ns=seconds(sequence) + 7,
        state_before=AlarmState.NORMAL,
        state_after=AlarmState.UNACKNOWLEDGED,
        value=87.3,
        limit=80.0,
        unit="%",
        status=int(StatusCode.UncertainSensorNotAccurate),
        priority=Priority.MEDIUM,
        severity=500,
        message=f"Tank{sequence}: level high",
        area="Filling.Tank",
        tag="Tank.Level",
        flags=0b1001,
    )
    return replace(event, **changes)


@pytest.mark.parametrize(
    "value", [1.5, 7, True, "Störung", 2**63 - 1, None, (1, 2.5, "a"), float("inf"), -0.0]
)
def test_an_event_comes_back_as_it_was(journal: Journal, value: Any) -> None:
    event = an_event(1, value=value, limit=None, comment="Ventil klemmt", status=0xFFFFFFFF)
    journal.append([event]).result()
    [found] = journal.events(*FOREVER)
    assert found == event
    assert type(found.value) is type(value)


def test_events_are_found_by_time_in_order(journal: Journal) -> None:
    numbers = list(range(1, 21))
    random.Random(1).shuffle(numbers)
    for number in numbers:
        journal.append([an_event(number, source_ns=seconds(number // 2))]).result()
    found = journal.events(seconds(2), seconds(5))
    assert [event.sequence for event in found] == [4, 5, 6, 7, 8, 9]
    newest = journal.events(*FOREVER, limit=3, newest_first=True)
    assert [event.sequence for event in newest] == [20, 19, 18]
    assert [event.sequence for event in journal.events(*FOREVER, limit=2)] == [1, 2]
    assert journal.events(seconds(100), seconds(200)) == []


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (EventFilter(), [1, 2, 3, 4]),
        (EventFilter(priorities=[Priority.URGENT, Priority.HIGH]), [2, 3]),
        (EventFilter(transitions=[Transition.ACKNOWLEDGED]), [4]),
        (EventFilter(alarm_ids=["A1", "A3"]), [1, 3]),
        (EventFilter(tags=["Pump"]), [2]),
        (EventFilter(tags=["Tank.Level"]), [1, 4]),
        (EventFilter(areas=["Filling"]), [1, 2, 3]),
        (EventFilter(areas=["Fill"]), []),
        (EventFilter(users=["anna"]), [4]),
        (EventFilter(text="PUMP: T"), [2]),
        (EventFilter(text="100%"), [3]),
        (EventFilter(text="_"), []),
        (EventFilter(text="wet", priorities=[Priority.MEDIUM]), [4]),
    ],
)
def test_events_are_chosen(journal: Journal, chosen: EventFilter, expected: list[int]) -> None:
    events = [
        an_event(1),
        an_event(2, priority=Priority.URGENT, tag="Pump.Trip", message="Pump: tripped"),
        an_event(3, priority=Priority.HIGH, tag="Pumps.Trip", message="at 100% load"),
        an_event(4, transition=Transition.ACKNOWLEDGED, user="anna", area="Capping", comment="sensor wet"),
    ]
    journal.append(events).result()
    assert [event.sequence for event in journal.events(*FOREVER, chosen=chosen)] == expected


def test_nothing_in_the_journal_can_be_changed_or_deleted(journal: Journal, writer: OneWriter) -> None:
    journal.append([an_event(1)]).result()
    for statement in ("UPDATE alarm_event SET message = 'nothing happened'", "DELETE FROM alarm_event"):

        def tamper(connection: Connection, statement: str = statement) -> None:
            connection.execute(text(statement))

        with pytest.raises(IntegrityError, match="append-only"):
            writer.submit(tamper).result()
    assert journal.events(*FOREVER) == [an_event(1)]


def test_a_failed_append_leaves_nothing_and_tells(journal: Journal) -> None:
    journal.append([an_event(1)]).result()
    with pytest.raises(IntegrityError):
        journal.append([an_event(2), an_event(1)]).result()
    assert [event.sequence for event in journal.events(*FOREVER)] == [1]


def test_tables_are_created_once(journal: Journal, writer: OneWriter) -> None:
    journal.append([an_event(1)]).result()
    writer.submit(Journal.create_tables).result()
    assert len(journal.events(*FOREVER)) == 1
    journal.append([]).result()


def test_an_empty_journal_has_nothing_open(journal: Journal) -> None:
    found = journal.open_occurrences()
    assert (found.events, found.last_sequence) == ([], 0)


def test_the_statements_suit_postgresql() -> None:
    dialect = postgresql.dialect()
    table = str(CreateTable(alarm_event).compile(dialect=dialect))
    assert "sequence BIGINT NOT NULL" in table
    assert '"limit" FLOAT(53)' in table
    assert "source_ns BIGINT NOT NULL" in table
    assert str(insert(alarm_event).compile(dialect=dialect)).startswith("INSERT INTO alarm_event")


# Restart

DEFINITIONS = [
    alarm("HI", deadband_eu=2.0),
    alarm("LO", AlarmType.LO, 20, suppression_expression="not Pump.Running"),
    alarm("TRIP", AlarmType.TRIP, 1, tag="Pump.Trip", latching=True),
    alarm("FAULT", AlarmType.OFF_NORMAL, 3, tag="Pump.Fault"),
    alarm("Q", AlarmType.BAD_QUALITY, tag="Tank.Level"),
]


def restarted(journal: Journal, before: Station) -> Station:
    """What a station is after a kill -9 that lost nothing of the journal."""
    already = journal.open_occurrences().last_sequence
    journal.append([event for event in before.events if event.sequence > already]).result()
    resume = journal.open_occurrences()
    after = Station(DEFINITIONS, start=False, source=before.source)
    after.manager._ledger._new_id = before.manager._ledger._new_id
    after.manager.restore(resume.events, resume.last_sequence)
    return after


def without_status(station: Station) -> dict[str, Any]:
    """The list, but for the input's quality, which a new station does not know yet."""
    return {alarm_id: replace(row, status=0) for alarm_id, row in station.list.items()}


def test_a_restart_finds_every_alarm_as_it_was(journal: Journal) -> None:
    station = Station(DEFINITIONS)
    station.source.put(RUNNING, None, 1.0, 0, seconds(0))
    station.feed((LEVEL, 90, 0), (TRIP, 1, 1), (4, 3, 2), (TRIP, 0, 3), (LEVEL, 50, 4), (LEVEL, 91, 5))
    station.acknowledge("FAULT", at=6)
    station.manager.shelve(["FAULT"], 600 * S, "anna", "desk1", "known", seconds(7))
    station.manager.out_of_service(["LO"], True, "max", "shop", "WO 4711", seconds(8))
    station.manager.connection_changed("filling", True, seconds(9), "gone")
    assert station.states() == {
        "HI": "UNACK", "TRIP": "LATUN", "FAULT": "SHLVD", "LO": "OOSRV", "COMM.filling": "UNACK",
    }  # fmt: skip
    after = restarted(journal, station)
    assert after.events == []
    assert without_status(after) == without_status(station)
    assert after.list["HI"].count == 2
    assert after.manager.sequence == station.manager.sequence

    # It goes on: acknowledged by what was seen before, numbered without a hole, timers run, a return counts.
    assert after.manager.acknowledge([station.list["HI"].event_id], "anna", "desk1", "", seconds(10)) == []
    after.feed((LEVEL, 79, 11))
    assert after.states()["HI"] == "ACKED"
    after.feed((LEVEL, 77, 12))
    assert "HI" not in after.list
    after.manager.tick(seconds(607))
    assert after.states()["FAULT"] == "UNACK"
    after.manager.connection_changed("filling", False, seconds(608), "back")
    assert after.states()["COMM.filling"] == "RTNUN"
    first = station.manager.sequence + 1
    assert [event.sequence for event in after.events] == list(range(first, first + len(after.events)))


def test_an_alarm_that_was_over_does_not_come_back(journal: Journal) -> None:
    station = Station(DEFINITIONS)
    station.feed((LEVEL, 90, 0), (LEVEL, 50, 1))
    station.acknowledge("HI", at=2)
    after = restarted(journal, station)
    assert after.list == {}
    assert after.manager.sequence == 3
    assert journal.open_occurrences().events == []


def test_only_what_is_open_is_read_back(journal: Journal) -> None:
    station = Station(DEFINITIONS)
    for time in range(0, 60, 6):
        station.feed((LEVEL, 90, time), (LEVEL, 50, time + 1))
        station.acknowledge("HI", at=time + 2)
        station.feed((4, 3, time + 3))
    station.feed((LEVEL, 90, 61))
    journal.append(station.events).result()
    found = journal.open_occurrences()
    assert [(event.alarm_id, event.transition.value) for event in found.events] == [
        ("FAULT", "activated"),
        ("HI", "activated"),
    ]
    assert found.last_sequence == len(station.events)


def test_an_occurrence_that_began_while_shelved_keeps_who_shelved_it(journal: Journal) -> None:
    station = Station(DEFINITIONS)
    station.manager.shelve(["HI"], 600 * S, "anna", "desk1", "known", seconds(0))
    station.feed((LEVEL, 90, 1))
    after = restarted(journal, station)
    row = after.list["HI"]
    assert (row.hidden_by, row.hidden_reason, row.shelved_until_ns) == ("anna", "known", seconds(600))
    assert row.active


def test_suppression_is_judged_anew(journal: Journal) -> None:
    station = Station(DEFINITIONS)
    station.feed((RUNNING, 0, 0), (LEVEL, 10, 1))
    assert station.states() == {"LO": "DSUPR"}
    station.source.put(RUNNING, None, 0.0, 0, seconds(2))
    still = restarted(journal, station)
    assert still.states() == {"LO": "DSUPR"}
    assert still.events == []
    still.source.put(RUNNING, None, 1.0, 0, seconds(3))
    no_longer = restarted(journal, still)
    assert no_longer.states() == {"LO": "DSUPR"}
    no_longer.feed((LEVEL, 10, 5))
    assert no_longer.states() == {"LO": "UNACK"}
    assert [event.transition.value for event in no_longer.events] == ["unsuppressed"]


def test_a_definition_that_changed_is_applied(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    station = Station(DEFINITIONS)
    station.feed((LEVEL, 90, 0), (TRIP, 1, 1), (TRIP, 0, 2), (4, 3, 3), (4, 0, 4))
    assert station.states() == {"HI": "UNACK", "TRIP": "LATUN", "FAULT": "RTNUN"}
    changed = [
        replace(DEFINITIONS[0], enabled=False),
        *DEFINITIONS[1:2],
        replace(DEFINITIONS[3], ack_required=False),
        DEFINITIONS[4],
    ]
    monkeypatch.setattr("tests.unit.alarms.test_journal.DEFINITIONS", changed)
    after = restarted(journal, station)
    assert after.list == {}
    assert [(event.alarm_id, event.transition.value) for event in after.events] == [
        ("HI", "disabled"),
        ("FAULT", "acknowledged"),
    ]
    monkeypatch.undo()
    again = restarted(journal, after)
    assert [(event.alarm_id, event.transition.value) for event in again.events] == [("HI", "enabled")]
    again.feed((LEVEL, 95, 10))
    assert again.states()["HI"] == "UNACK"


@pytest.mark.parametrize("newest_first", [False, True])
def test_pages_are_the_whole(journal: Journal, newest_first: bool) -> None:
    journal.append([an_event(number, source_ns=seconds(number // 4)) for number in range(1, 21)]).result()
    whole = journal.events(*FOREVER, newest_first=newest_first)
    assert len(whole) == 20
    found: list[AlarmEvent] = []
    place = None
    while page := journal.events(*FOREVER, limit=3, newest_first=newest_first, beyond=place):
        assert len(page) <= 3
        found += page
        place = EventPlace(page[-1].source_ns, page[-1].sequence)
    assert found == whole


def test_a_journal_of_an_older_version_is_read_and_gets_what_it_lacks(
    journal: Journal, writer: OneWriter
) -> None:
    journal.append([an_event(1)]).result()
    with writer.engine.begin() as connection:
        for name in ("first_out", "level"):
            connection.execute(text(f"ALTER TABLE alarm_event DROP COLUMN {name}"))
    old = Journal(writer.submit, writer.engine)
    assert old.events(*FOREVER) == [an_event(1)]
    assert old.open_occurrences().events == [an_event(1)]
    writer.submit(Journal.create_tables).result()
    new = Journal(writer.submit, writer.engine)
    later = an_event(2, first_out=True, level="HIHI")
    new.append([later]).result()
    assert new.events(*FOREVER) == [an_event(1), later]
    with writer.engine.begin() as connection, pytest.raises(IntegrityError, match="append-only"):
        connection.execute(text("DELETE FROM alarm_event"))


CHANGES = [
    SettingChange(seconds(1), "HI", "setpoint", 80.0, 75.5, "anna", "desk1", "Sommer"),
    SettingChange(seconds(2), "HI", "enabled", True, False, "anna", "desk1", "broken"),
    SettingChange(seconds(3), "LO", "priority", "low", "high", "bert", "desk2", "audit"),
]


def test_changed_settings_come_back_as_they_were(journal: Journal) -> None:
    journal.append_changes(CHANGES[:2]).result()
    journal.append_changes(CHANGES[2:]).result()
    journal.append_changes([]).result()
    assert journal.setting_changes() == CHANGES
    assert journal.setting_changes(seconds(2), seconds(3)) == CHANGES[1:2]
    assert journal.setting_changes()[1].new is False


@pytest.mark.parametrize("statement", ["UPDATE alarm_setting SET reason = 'x'", "DELETE FROM alarm_setting"])
def test_changed_settings_are_never_changed_again(
    journal: Journal, writer: OneWriter, statement: str
) -> None:
    journal.append_changes(CHANGES).result()
    with writer.engine.begin() as connection, pytest.raises(IntegrityError, match="append-only"):
        connection.execute(text(statement))
    assert journal.setting_changes() == CHANGES
