"""A small sound project as files, and ways to spoil it."""

from collections.abc import Mapping

from projects.files import analyse
from projects.model import Problem, Project
from tags.drivers.catalogue import drivers

PROJECT = """\
name = "Sample"
format = 1

[station]
home = "overview"

[connections.plc]
driver = "s7"
host = "127.0.0.1"

[connections.bus]
driver = "modbus"
host = "127.0.0.1"
unit = 2

[scan.fast]
period_ms = 200
"""
PLAIN_PROJECT = """\
name = "x"
format = 1

[connections.plc]
driver = "s7"
host = "h"

[scan.fast]
period_ms = 200
"""
HEADER = (
    "path,type,connection,address,scan,access,unit,eu_low,eu_high,raw_low,raw_high,clamp,deadband,decimals,"
    "states,log,description,params"
)
TAGS = f"""\
{HEADER}
Tank.Level,INT16,plc,DB1.DBW2,fast,,%,0,100,0,27648,both,0.1,1,,change deadband=0.1 max=60s,Level,
Pump.Running,BOOL,bus,C3,,,,,,,,,,,0=Stopped;1=Running,change,,
Tank.Free,FLOAT64,,=100 - Tank.Level,,,%,0,100,,,,,1,,,,
Note,STRING,,,,rw,,,,,,,,,,,,
"""
ALARM_HEADER = (
    "alarm_id,tag,type,setpoint,deadband,on_delay_s,priority,operator_action,time_to_respond_s,"
    "suppression_expression,display_link"
)
ALARMS = f"""\
{ALARM_HEADER}
HI,Tank.Level,HI,90,2,2,high,Open the drain,60,not Pump.Running,overview
TRIP,Pump.Running,OFFNORMAL,0,,,low,Restart it,,,
"""
SCREEN = """\
{
  "format": 1,
  "title": "Overview",
  "level": "L1",
  "size": [800, 480],
  "elements": [
    {"id": "level", "type": "value", "x": 8, "y": 8, "w": 80, "h": 24, "tag": "Tank.Level"},
    {"id": "lamp", "type": "lamp", "x": 8, "y": 40, "w": 24, "h": 24, "on": "=Pump.Running"}
  ]
}
"""


def sample(changes: Mapping[str, str | bytes | None] | None = None) -> dict[str, bytes]:
    """Return the sample's files; ``changes`` replaces or (None) removes some."""
    files: dict[str, str | bytes | None] = {
        "project.toml": PROJECT,
        "tags.csv": TAGS,
        "alarms.csv": ALARMS,
        "screens/overview.json": SCREEN,
    }
    files.update(changes or {})
    return {
        name: data.encode() if isinstance(data, str) else data
        for name, data in files.items()
        if data is not None
    }


def problems(changes: Mapping[str, str | bytes | None] | None = None) -> list[Problem]:
    """Return what is wrong with the changed sample."""
    return analyse(sample(changes), drivers())[1]


def project(changes: Mapping[str, str | bytes | None] | None = None) -> Project:
    """Return the changed sample, which must be sound."""
    found, wrong = analyse(sample(changes), drivers())
    assert found is not None, "\n".join(map(str, wrong))
    return found


def tag_rows(*rows: str, header: str = HEADER) -> dict[str, str | bytes | None]:
    """Return the sample's changes for a tags.csv of its own; rows begin on line 2."""
    return {
        "tags.csv": "\n".join((header, *rows)) + "\n",
        "alarms.csv": None,
        "screens/overview.json": SCREEN.replace('"tag": "Tank.Level"', '"text": ""').replace(
            "=Pump.Running", ""
        ),
    }


def columns(**cells: str) -> str:
    """Return one row of tags.csv from its cells by column."""
    texts = [cells.pop(name, "") for name in HEADER.split(",")]
    assert not cells, cells
    return ",".join(f'"{text}"' if "," in text or "\n" in text else text for text in texts)
