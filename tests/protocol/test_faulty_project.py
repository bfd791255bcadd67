"""A station and its clients run a faulty project with what is sound in it, and say clearly what is not."""

import logging
from pathlib import Path

import pytest
from PySide6.QtCore import QSize

from hmi import link
from hmi.cli.exits import Exit
from hmi.cli.main import main
from hmi.session import StationSession
from hmi.station.faults import MAX_LOGGED
from projects.files import load_tolerant, parse_tolerant
from tags.clock import ManualClock
from tags.database import TagDatabase
from tags.model import WriteOutcome
from tags.status import StatusCode, is_good
from tests.protocol.test_station import running, until
from views.canvas import ScreenCanvas
from views.elements.placeholder import Placeholder
from views.preview import render
from views.style import load_theme

CONFIG = """\
name = "Faulty"
format = 1

[station]
home = "nowhere"
language = "French"

[connections.store]
driver = "memory"

[connections.typo]
driver = "memory"
latency = 5

[connections.strange]
driver = "telepathy"
"""
TAGS = """\
path,type,connection,address,scan,access,unit,eu_low,eu_high,log,colour
Sound.Level,FLOAT64,,,,rw,%,0,100,change,
Sound.Double,FLOAT64,,=Sound.Level * 2,,,,,,,
Sound.Far,INT16,store,counter,,rw,,,,,
Bad.Connection,INT16,stroe,counter,,rw,,,,,
Bad.Scan,INT16,store,counter,fats,rw,,,,,
Bad.Range,INT16,store,counter,,rw,,100,0,,
Bad.Log,INT16,store,counter,,rw,,,,sometimes,
Bad.Syntax,FLOAT64,,=Sound.Level +,,,,,,,
Bad.Circle,FLOAT64,,=Bad.Circle + 1,,,,,,,
Bad.Unknown,FLOAT64,,=Sound.Levle,,,,,,,
Bad.Option,INT16,typo,counter,,rw,,,,,
Bad.Driver,INT16,strange,counter,,rw,,,,,
Bad.Input,FLOAT64,,=Bad.Scan + 1,,,,,,,
Bad.Attack,FLOAT64,,=Sound.Level.__class__,,,,,,,
Sound.Level,BOOL,,,,,,,,,
Lost,FLOAT99,,,,,,,,,
,BOOL,,,,,,,,,
"""
ALARMS = """\
alarm_id,tag,type,setpoint,priority,operator_action,display_link
HIGH,Sound.Level,HI,90,high,Close the inlet valve,nowhere
QUALITY,Bad.Scan,BADQUALITY,,low,Mend the project,
HIGH,Sound.Level,LO,10,low,Open it,
WORD,Sound.Level,LO,ten,low,Open it,
NOTAG,Nowhere,HI,1,low,Look,
LOST,Lost,HI,1,low,Look,
"""
SCREEN = """\
{
  "format": 1,
  "title": "Overview",
  "level": "L1",
  "size": [400, 200],
  "elements": [
    {"id": "sound", "type": "value", "x": 8, "y": 8, "w": 120, "h": 32, "tag": "Sound.Level"},
    {"id": "missing", "type": "value", "x": 8, "y": 48, "w": 120, "h": 32, "tag": "Sound.Levle"},
    {"id": "lost", "type": "bar", "x": 136, "y": 8, "w": 24, "h": 120, "tag": "Lost"},
    {"id": "syntax", "type": "text", "x": 8, "y": 88, "w": 120, "h": 32, "text": "=1 +"},
    {"id": "quality", "type": "value", "x": 8, "y": 128, "w": 120, "h": 32, "tag": "Bad.Range"}
  ]
}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "faulty"
    (folder / "screens").mkdir(parents=True)
    files = {
        "project.toml": CONFIG,
        "tags.csv": TAGS,
        "alarms.csv": ALARMS,
        "screens/overview.json": SCREEN,
        "screens/garbage.json": "{",
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


async def collect(session: StationSession, tag_ids: set[int]) -> tuple[dict[int, int], list[link.ToClient]]:
    """Return the statuses of these tags, once none of them waits any more, and the messages until then."""
    statuses: dict[int, int] = {}
    messages: list[link.ToClient] = []

    def is_settled(message: link.ToClient) -> bool:
        messages.append(message)
        if isinstance(message, link.Frame):
            batch = message.columns.unpack()
            statuses.update(zip(batch.tag_ids.tolist(), batch.statuses.tolist(), strict=True))
        return {
            tag_id for tag_id, status in statuses.items() if status != StatusCode.BadWaitingForInitialData
        } >= tag_ids

    await until(session, is_settled)
    return statuses, messages


async def test_what_is_sound_runs_and_what_is_not_says_so(
    project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        async with running(project) as endpoint, StationSession(endpoint, "operator") as session:
            assert session.welcome is not None
            seen = parse_tolerant(session.welcome.project_files)
            assert (await session.write("Sound.Level", 40.0)).outcome is WriteOutcome.CONFIRMED
            for path in ("Bad.Scan", "Bad.Option", "Bad.Driver"):
                refused = await session.write(path, 1)
                assert refused.outcome is WriteOutcome.REFUSED
                assert refused.status == StatusCode.BadConfigurationError
                assert seen.tags.by_path(path).fault in refused.text
            async with StationSession(endpoint, "window") as window:
                await window.subscribe(None)
                statuses, messages = await collect(window, {tag.id for tag in seen.tags})
                # The connection that is sound was made by now.
                assert (await window.write("Sound.Far", 7)).outcome is WriteOutcome.CONFIRMED

    for tag in seen.tags:
        if tag.path == "Sound.Far":
            assert statuses[tag.id] == StatusCode.UncertainInitialValue
        elif tag.path.startswith("Sound."):
            assert is_good(statuses[tag.id]), tag.path
        else:
            assert statuses[tag.id] == StatusCode.BadConfigurationError, tag.path
    [notice] = [message for message in messages if isinstance(message, link.Notice)]
    assert f"{len(seen.faults)} faults in the project ('vigie check' shows all)" in notice.text
    assert str(seen.faults[0]) in notice.text
    [alarms] = [message for message in messages if isinstance(message, link.Alarms) and message.complete]
    assert {row.alarm_id for row in alarms.rows} == {"QUALITY", "COMM.typo", "COMM.strange"}
    [connections] = [
        message for message in messages if isinstance(message, link.Connections) and len(message.statuses) > 1
    ]
    texts = {status.name: f"{status.state.value}: {status.text}" for status in connections.statuses}
    assert texts["typo"].startswith("failed: Not started: latency: the driver memory has no option")
    assert texts["strange"].startswith("failed: Not started: driver: unknown driver 'telepathy'")
    logged = [record.getMessage() for record in caplog.records if record.name == "hmi.station.faults"]
    assert logged == [f"fault in the project: {fault}" for fault in seen.faults]
    assert "Traceback" not in caplog.text


async def test_a_thousand_faults_are_counted(project: Path, caplog: pytest.LogCaptureFixture) -> None:
    rows = "\n".join(f"Sound.T{number},FLOAT99" for number in range(1000))
    (project / "tags.csv").write_text(f"path,type\n{rows}\n", encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        async with running(project) as endpoint, StationSession(endpoint, "operator"):
            pass
    logged = [record.getMessage() for record in caplog.records if record.name == "hmi.station.faults"]
    assert len(logged) == MAX_LOGGED + 1
    assert "'vigie check' shows all" in logged[-1]


@pytest.mark.parametrize(
    "url", ["history", "garbage://x", "postgresql://host:port/name", "sqlite:////no/such/folder/history.db"]
)
def test_a_history_that_cannot_be_opened_is_one_message(
    project: Path, url: str, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    text = f'name = "Sound"\nformat = 1\n[station]\nhistory_url = "{url}"\n'
    (project / "project.toml").write_text(text, encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        assert main(["station", str(project)]) == Exit.ENVIRONMENT
    told = capsys.readouterr().err
    assert "history" in told
    assert "fault of Vigie" not in told + caplog.text


def test_a_screen_paints_what_is_sound_and_placeholders_for_the_rest(project: Path, qtbot) -> None:
    read, _ = load_tolerant(project)
    assert set(read.screens) == {"overview"}
    screen = read.screens["overview"]
    database = TagDatabase(read.tags, ManualClock())
    canvas = ScreenCanvas(screen, database, load_theme("light"))
    qtbot.addWidget(canvas)
    placeholders = [one for one in canvas.scene.elements if isinstance(one, Placeholder)]
    assert {one.model.id for one in placeholders} == {"missing", "lost", "syntax"}
    assert any("did you mean Sound.Level" in one.problem for one in placeholders)
    canvas.resize(400, 200)
    with qtbot.waitExposed(canvas):
        canvas.show()
    image = canvas.grab().toImage()
    pixels = {image.pixel(x, y) for x in range(8, 128, 2) for y in range(48, 80, 2)}
    assert len(pixels) > 2
    assert not render(screen, database, load_theme("dark"), QSize(400, 200)).isNull()


def test_check_still_fails_with_everything_and_read_shows_what_is(
    project: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    assert main(["check", str(project)]) == 1
    told = capsys.readouterr().out
    for part in (
        "alarms.csv:2 [display_link]",
        "alarms.csv:4 [alarm_id]",
        "alarms.csv:5 [setpoint]",
        "alarms.csv:6 [tag]",
        "project.toml:5 [station.home]",
        "project.toml:6 [station.language]",
        "project.toml:13 [connections.typo.latency]",
        "project.toml:16 [connections.strange.driver]",
        "screens/garbage.json:1",
        "screens/overview.json:8 [missing.tag]",
        "screens/overview.json:10 [syntax.text]",
        "tags.csv:1 [colour]",
        "tags.csv:5 [connection]",
        "tags.csv:17 [type]",
        "tags.csv:18 [path]",
    ):
        assert part in told
    with caplog.at_level(logging.WARNING):
        assert main(["read", str(project), "Sound.Double", "Bad.Scan"]) == 1
    shown = capsys.readouterr()
    assert "UncertainInitialValue" in shown.out
    assert "BadConfigurationError" in shown.out
    assert "Traceback" not in shown.err + caplog.text
