"""Alarm operations across the link: hide, reset, change settings, ask the journal; all are logged."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from alarms.filters import EventFilter, EventPlace
from alarms.model import AlarmEvent, AlarmSnapshot, Transition
from hmi import link
from hmi.endpoint import Endpoint, station_dir
from hmi.session import StationSession
from tests.protocol.test_station import running
from tests.support.patience import PATIENCE_S

TAGS = """path,type,address,access,unit,eu_low,eu_high,log
Tank.Level,FLOAT64,,rw,%,0,100,change
Tank.Target,FLOAT64,,rw,%,0,100,
Pump.Trip,BOOL,,rw,,,,
Pump.Word,UINT16,,rw,,,,
"""
ALARMS = """alarm_id,tag,type,setpoint,deadband,priority,class,area,latching,operator_action,group,suppression_expression,setpoint_tag,bit,exclusive
HI,Tank.Level,HI,80,2,high,,Tank,,Close the valve,tank,,,,1
HIHI,Tank.Level,HIHI,90,2,urgent,,Tank,,Close the valve now,tank,,,,1
DEV,Tank.Level,DEV,30,1,low,,Tank.Control,,Look at the controller,tank,Pump.Trip,Tank.Target,,
TRIP,Pump.Trip,TRIP,1,,medium,safety,Pump,1,Reset the pump,,,,,
BIT,Pump.Word,BIT,1,,low,,Pump,,Look,,,,3,
"""  # noqa: E501  # one row of a table
PROJECT = """name = "Small"
format = 1

[alarms.classes.safety]
comment_required = true
shelve = "never"
out_of_service = false
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "project.toml").write_text(PROJECT, encoding="utf-8")
    (folder / "tags.csv").write_text(TAGS, encoding="utf-8")
    (folder / "alarms.csv").write_text(ALARMS, encoding="utf-8")
    return folder


class Operator:
    """A client that keeps the list as the station tells it, and waits for answers."""

    def __init__(self, endpoint: Endpoint, user: str = "anna") -> None:
        self.session = StationSession(endpoint, "operator")
        self.session.user, self.session.workstation = user, "desk1"
        self.rows: dict[str, AlarmSnapshot] = {}
        self.events: list[AlarmEvent] = []
        self.last: link.Alarms | None = None
        self._next = 0

    async def __aenter__(self) -> "Operator":
        await self.session.__aenter__()
        await self.until(lambda: self.last is not None)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.__aexit__(None, None, None)

    def _take(self, message: link.ToClient) -> None:
        if isinstance(message, link.Alarms):
            self.last = message
            self.events += message.events
            self.rows.update({row.alarm_id: row for row in message.rows})
            for alarm_id in message.removed:
                self.rows.pop(alarm_id, None)

    async def until(self, done) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not done():
                async for message in self.session.messages():
                    self._take(message)
                    break

    async def ask(self, kind, *facts, **named):
        """Send a request and return its answer."""
        self._next += 1
        await self.session.send(kind(self._next, *facts, **named))
        async with asyncio.timeout(PATIENCE_S):
            async for message in self.session.messages():
                self._take(message)
                if getattr(message, "request_id", None) == self._next:
                    return message
        raise AssertionError("the station went away")

    async def do(self, kind, *facts, **named) -> list[str]:
        return [refusal.text for refusal in (await self.ask(kind, *facts, **named)).refusals]

    async def write(self, path: str, value: float) -> None:
        # The session drops what comes before the outcome, so the write is seen by another one.
        async with StationSession(self.session._endpoint, "plant") as plant:
            await plant.write(path, value)

    def states(self) -> dict[str, str]:
        return {alarm_id: row.state.value for alarm_id, row in self.rows.items()}


def plant_log(project: Path) -> list[tuple[str, str]]:
    [file] = [path for path in station_dir(project).rglob("*") if path.is_file() and _is_sqlite(path)]
    with sqlite3.connect(file) as connection:
        rows = connection.execute("SELECT subject, text FROM plant_log WHERE kind = 'alarm' ORDER BY rowid")
        return [(str(subject), str(text)) for subject, text in rows]


def _is_sqlite(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(15) == b"SQLite format 3"


async def test_alarms_are_hidden_counted_and_shown_again(project: Path) -> None:
    roles = '[roles]\ndefault = "engineer"\noperator = ["ben"]\nmaintenance = ["anna"]\n'
    (project / "project.toml").write_text(f"{PROJECT}\n{roles}", encoding="utf-8")
    async with running(project) as endpoint, Operator(endpoint) as anna:
        await anna.write("Tank.Level", 85.0)
        await anna.write("Pump.Word", 0b1000)
        await anna.until(lambda: {"HI", "BIT"} <= anna.rows.keys())
        assert (
            await anna.do(link.Shelve, ["HI", "BIT"], 901, "noisy")
            == ["shelving lasts 15 min, 30 min, 60 min, 120 min, 240 min, 480 min"] * 2
        )
        async with Operator(endpoint, "ben") as ben:
            assert await ben.do(link.Shelve, ["HI"], 86_400, "noisy") == [
                "as operator you may shelve at most 8 h (ALM-12)"
            ]
        assert await anna.do(link.Shelve, ["HI"], 900, " ") == ["shelving needs a reason"]
        assert await anna.do(link.Shelve, ["TRIP"], 900, "noisy") == ["TRIP: this alarm may not be shelved"]
        assert await anna.do(link.Shelve, ["HI"], 900, "noisy") == []
        assert await anna.do(link.OutOfService, ["BIT"], "work order 12") == []
        await anna.until(lambda: anna.states() == {"HI": "SHLVD", "BIT": "OOSRV"})
        assert anna.last is not None
        counts = anna.last.counts
        assert counts is not None
        assert (counts.shelved, counts.suppressed, counts.out_of_service) == (1, 0, 1)
        assert sum(counts.active.values()) == 0
        row = anna.rows["HI"]
        assert (row.hidden_by, row.hidden_reason) == ("anna", "noisy")
        assert row.shelved_until_ns - row.hidden_ns == 900 * 10**9
        assert await anna.do(link.Unshelve, ["HI"]) == []
        assert await anna.do(link.Unshelve, ["HI"]) == ["HI: the alarm is not shelved"]
        assert await anna.do(link.ReturnToService, ["BIT"]) == []
        await anna.until(lambda: anna.states() == {"HI": "UNACK", "BIT": "UNACK"})
        assert await anna.do(link.Shelve, ["BIT"], None, "once") == []
        await anna.write("Pump.Word", 0)
        await anna.until(lambda: "BIT" not in anna.rows)
    log = plant_log(project)
    assert [subject for subject, _ in log] == [
        "HI",
        "BIT",
        "HI",
        "HI",
        "TRIP",
        "HI",
        "BIT",
        "HI",
        "HI",
        "BIT",
        "BIT",
    ]
    assert log[5][1] == "Shelved for 15 min (noisy) by anna at desk1"
    assert log[4][1] == "Refused to anna at desk1: Shelve: TRIP: this alarm may not be shelved"


async def test_a_latched_trip_is_acknowledged_with_a_comment_and_reset(project: Path) -> None:
    async with running(project) as endpoint, Operator(endpoint) as anna:
        await anna.write("Pump.Trip", 1)
        await anna.until(lambda: "TRIP" in anna.rows)
        assert anna.last is not None
        seen = anna.last.sequence
        assert await anna.do(link.AcknowledgeArea, "Pump", seen) == [
            "TRIP: alarms of class safety are acknowledged with a comment"
        ]
        assert await anna.do(link.OutOfService, ["TRIP"], "work order 12") == [
            "TRIP: the class safety keeps it in service (ALM-14)"
        ]
        assert await anna.do(link.AcknowledgeArea, "Pump", seen - 1, "cleared") == [
            "TRIP: it came after what was seen"
        ]
        assert await anna.do(link.AcknowledgeArea, "Pump", seen, "cleared") == []
        assert await anna.do(link.Reset, ["TRIP"]) == ["TRIP: the condition is still true"]
        await anna.write("Pump.Trip", 0)
        await anna.until(lambda: anna.states().get("TRIP") == "LATAK")
        assert await anna.do(link.Reset, ["TRIP"]) == []
        await anna.until(lambda: "TRIP" not in anna.rows)


async def test_levels_first_out_and_suppression_reach_the_client(project: Path) -> None:
    async with running(project) as endpoint, Operator(endpoint) as anna:
        await anna.write("Tank.Target", 90.0)
        await anna.write("Tank.Level", 85.0)
        await anna.write("Tank.Level", 95.0)
        await anna.until(lambda: "HI" in anna.rows and anna.rows["HI"].level == "HIHI")
        assert anna.rows["HI"].first_out
        await anna.write("Tank.Target", 10.0)
        await anna.until(lambda: "DEV" in anna.rows)
        assert not anna.rows["DEV"].first_out
        assert anna.rows["DEV"].value == 85.0
        await anna.write("Pump.Trip", 1)
        await anna.until(lambda: anna.states().get("DEV") == "DSUPR")
        assert anna.rows["DEV"].hidden_reason == "Pump.Trip"
        assert anna.last is not None
        assert anna.last.counts is not None
        assert anna.last.counts.suppressed == 1


async def test_the_journal_is_filtered_and_read_in_pages(project: Path) -> None:
    async with running(project) as endpoint, Operator(endpoint) as anna:
        for value in range(6):
            await anna.write("Tank.Level", 85.0 if value % 2 else 10.0)
            await anna.write("Pump.Word", 8.0 * (value % 2))
        await anna.until(lambda: len(anna.events) >= 10)
        whole = await anna.ask(link.QueryEvents, 0, 2**62, 1000)
        assert not whole.more
        pages: list[AlarmEvent] = []
        place: EventPlace | None = None
        while True:
            page = await anna.ask(link.QueryEvents, 0, 2**62, 4, before=place)
            pages = [*page.events, *pages]
            if not page.more:
                break
            place = EventPlace(page.events[0].source_ns, page.events[0].sequence)
        assert pages == whole.events
        chosen = EventFilter(areas=("Pump",), transitions=(Transition.RETURNED,))
        found = await anna.ask(link.QueryEvents, 0, 2**62, 1000, chosen=chosen)
        assert found.events == [
            event for event in whole.events if event.area == "Pump" and event.transition == "returned"
        ]
        assert found.events
        none = await anna.ask(link.QueryEvents, 0, 2**62, 1000, chosen=EventFilter(users=("nobody",)))
        assert none.events == []


async def test_changed_settings_are_recorded_and_outlive_the_station(project: Path) -> None:
    async with running(project) as endpoint, Operator(endpoint) as anna:
        await anna.write("Tank.Level", 75.0)
        assert await anna.do(link.ChangeSettings, "HI", {"setpoint": 95.0}, "x") != []
        assert await anna.do(link.ChangeSettings, "HI", {"setpoint": 70.0, "priority": "low"}, "summer") == []
        await anna.until(lambda: anna.states() == {"HI": "UNACK"})
        assert anna.rows["HI"].limit == 70
    async with running(project) as endpoint, Operator(endpoint) as anna:
        settings = await anna.ask(link.QuerySettings)
        assert [
            (one.alarm_id, one.setting, one.master, one.running, one.reason) for one in settings.differences
        ] == [
            ("HI", "setpoint", 80.0, 70.0, "summer"),
            ("HI", "priority", "high", "low", "summer"),
        ]
        assert [(one.setting, one.old, one.new) for one in settings.changes] == [
            ("setpoint", 80.0, 70.0),
            ("priority", "high", "low"),
        ]
        assert await anna.do(link.EnforceSettings, None, "audit") == []
        assert (await anna.ask(link.QuerySettings)).differences == []
    texts = [text for subject, text in plant_log(project) if subject == "HI"]
    assert [text.split(" by ")[0] for text in texts[1:]] == [
        "setpoint changed from 80.0 to 70.0",
        "priority changed from high to low",
        "setpoint changed from 70.0 to 80.0",
        "priority changed from low to high",
    ]


async def test_a_request_that_is_too_long_is_refused(project: Path) -> None:
    async with running(project) as endpoint, Operator(endpoint) as anna:
        assert await anna.do(link.Unshelve, ["HI"] * 10_001) == ["a request names at most 10000 alarms"]
        assert await anna.do(link.Unshelve, ["NONE"]) == ["no alarm has this id"]
