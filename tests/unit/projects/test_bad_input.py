"""One table of what people get wrong: each is told with its file, row, column and what was expected."""

# ruff: noqa: E501 - one case in each line

import pytest

from tests.unit.projects.sample import (
    ALARM_HEADER,
    HEADER,
    PROJECT,
    SCREEN,
    TAGS,
    columns,
    problems,
    tag_rows,
)

PLC = {"path": "A", "type": "INT16", "connection": "plc", "address": "DB1.DBW0"}


def alarm(row: str, header: str = ALARM_HEADER) -> dict[str, str]:
    return {"alarms.csv": f"{header}\n{row}\n"}


def screen(old: str, new: str) -> dict[str, str]:
    assert old in SCREEN
    return {"screens/overview.json": SCREEN.replace(old, new)}


def config(old: str, new: str) -> dict[str, str]:
    assert old in PROJECT
    return {"project.toml": PROJECT.replace(old, new)}


CASES = [
    # In project.toml
    ({"project.toml": None}, "project.toml", 0, "", "is missing"),
    ({"project.toml": b"name = \"\xe9\""}, "project.toml", 1, "", "no UTF-8"),
    ({"project.toml": 'name = "a\n'}, "project.toml", 1, "", "is no TOML"),
    ({"project.toml": "format = 1\nname = [1,\n"}, "project.toml", 2, "", "is no TOML"),
    (config("format = 1", "format = 2"), "project.toml", 2, "format", "newer Vigie; this one reads up to 1"),
    (config("format = 1", 'format = "1"'), "project.toml", 2, "format", "expected format = 1"),
    (config("format = 1", "format = 0"), "project.toml", 2, "format", "expected format = 1"),
    (config("format = 1\n", ""), "project.toml", 0, "format", "is required"),
    (config('name = "Sample"', 'nmae = "Sample"'), "project.toml", 1, "nmae", "did you mean name?"),
    (config('name = "Sample"', "name = 3"), "project.toml", 1, "name", "got '3'"),
    (config("home =", "hme ="), "project.toml", 5, "station.hme", "did you mean home?"),
    (config('"overview"', '"overveiw"'), "project.toml", 5, "station.home", "did you mean overview?"),
    (config("[station]", '[station]\nlanguage = "French"'), "project.toml", 5, "station.language", "en or fr"),
    (config("period_ms = 200", "period_ms = 10"), "project.toml", 17, "scan.fast.period_ms", "20"),
    (config("period_ms = 200", "period_ms = 3_600_001"), "project.toml", 17, "scan.fast.period_ms", "3600000"),
    (config("period_ms = 200", 'period_ms = "200"'), "project.toml", 17, "scan.fast.period_ms", "integer"),
    (config('"modbus"', '"modbsu"'), "project.toml", 12, "connections.bus.driver", "did you mean modbus or modbus_rtu?"),
    (config('driver = "modbus"\n', ""), "project.toml", 11, "connections.bus.driver", "is required"),
    (config("unit = 2", 'unit = "2"'), "project.toml", 14, "connections.bus.unit", "expected a whole number"),
    (config("unit = 2", "unit = true"), "project.toml", 14, "connections.bus.unit", "expected a whole number"),
    (config("unit = 2", "unti = 2"), "project.toml", 14, "connections.bus.unti", "did you mean unit?"),
    (config("unit = 2", 'word_order = "CADB"'), "project.toml", 14, "connections.bus.word_order", "CDAB"),
    (config("unit = 2", "timeout_s = inf"), "project.toml", 14, "connections.bus.timeout_s", "a number"),
    (config("unit = 2", "enabled = 1"), "project.toml", 14, "connections.bus.enabled", "boolean"),
    (
        config('driver = "modbus"\nhost = "127.0.0.1"', 'driver = "modbus"'),
        "project.toml", 11, "connections.bus.host", "is required by the driver modbus",
    ),
    (config("[connections.plc]", '[connections."p l c"]'), "project.toml", 7, "connections.p l c", "begins with a letter"),
    # Of tags, the table
    ({"tags.csv": ""}, "tags.csv", 1, "", "header row is missing"),
    ({"tags.csv": b"p\0a\0t\0h\0"}, "tags.csv", 0, "", "CSV UTF-8"),
    ({"tags.csv": "pth,type\nTank.Level,INT16\n"}, "tags.csv", 1, "pth", "did you mean path?"),
    ({"tags.csv": "path\nTank.Level\n"}, "tags.csv", 1, "type", "required column 'type' is missing"),
    ({"tags.csv": "path,type,type\n"}, "tags.csv", 1, "type", "occurs twice"),
    (tag_rows('A,"INT16'), "tags.csv", 2, "", "is no CSV row"),
    (tag_rows("A,BOOL", 'B,"INT"16'), "tags.csv", 3, "", "is no CSV row"),
    (tag_rows(columns(path="A", type="BOOL") + ",left over"), "tags.csv", 2, "", "'left over' stands under no column"),
    ({"tags.csv": TAGS.replace("DB1.DBW2", "#NAME?")}, "tags.csv", 2, "address", "a spreadsheet has put #NAME?"),
    # Of tags, paths and types
    (tag_rows(columns(type="BOOL")), "tags.csv", 2, "path", "is required"),
    (tag_rows(columns(path="A")), "tags.csv", 2, "type", "is required"),
    (tag_rows(columns(path="A", type="bool")), "tags.csv", 2, "type", "did you mean BOOL?"),
    (tag_rows(columns(path="A", type="WORD")), "tags.csv", 2, "type", "unknown type 'WORD'"),
    (tag_rows(columns(path="A..B", type="BOOL")), "tags.csv", 2, "path", "single points"),
    (tag_rows(columns(path="1A", type="BOOL")), "tags.csv", 2, "path", "is no name"),
    (tag_rows(columns(path="Tank-1.Level", type="BOOL")), "tags.csv", 2, "path", "'Tank-1' is no name"),
    (tag_rows(columns(path="A.if", type="BOOL")), "tags.csv", 2, "path", "word of the expression language"),
    (tag_rows(columns(path="De\u0301bit", type="BOOL")), "tags.csv", 2, "path", "composed characters: 'D\u00e9bit'"),
    (tag_rows(columns(path="A" * 201, type="BOOL")), "tags.csv", 2, "path", "at most 200"),
    (tag_rows("A,BOOL", "B,BOOL", "A,INT16"), "tags.csv", 4, "path", "row 2 has it too"),
    (tag_rows("A.B,BOOL", "A,BOOL"), "tags.csv", 3, "path", "'A' is a tag here and the folder of 'A.B' in row 2"),
    # Of tags, where the value comes from
    (tag_rows(columns(**PLC | {"connection": "plx"})), "tags.csv", 2, "connection", "did you mean plc?"),
    (tag_rows(columns(**PLC | {"connection": ""})), "tags.csv", 2, "connection", "an address needs the connection"),
    (tag_rows(columns(**PLC | {"address": ""})), "tags.csv", 2, "address", "needs an address"),
    (tag_rows(columns(**PLC | {"address": "DB1.DBQ0"})), "tags.csv", 2, "address", "DB1.DBQ0"),
    (tag_rows(columns(**PLC | {"scan": "fats"})), "tags.csv", 2, "scan", "did you mean fast?"),
    (tag_rows(columns(**PLC | {"access": "read"})), "tags.csv", 2, "access", "expected r, rw or w"),
    (tag_rows(columns(path="A", type="BOOL", address="=1 +")), "tags.csv", 2, "address", "column"),
    (tag_rows(columns(path="A", type="BOOL", address="=Bee", ), "Bea,BOOL"), "tags.csv", 2, "address", "did you mean Bea?"),
    (tag_rows(columns(path="A", type="BOOL", address="=True", access="rw")), "tags.csv", 2, "access", "cannot be written"),
    (tag_rows(columns(path="A", type="BOOL", address="=True", connection="plc")), "tags.csv", 2, "connection", "no connection"),
    (tag_rows(columns(path="A", type="BOOL", address="=A")), "tags.csv", 2, "address", "depends on itself: A > A"),
    (
        tag_rows(*(columns(path=a, type="BOOL", address=f"=not {b}") for a, b in ("AB", "BC", "CA"))),
        "tags.csv", 2, "address", "depends on itself: A > B > C > A",
    ),
    # Of tags, numbers
    (tag_rows(columns(**PLC, eu_low="x", eu_high="1")), "tags.csv", 2, "eu_low", "expected a number, got 'x'"),
    (tag_rows(columns(**PLC, eu_low="nan", eu_high="1")), "tags.csv", 2, "eu_low", "expected a number"),
    (tag_rows(columns(**PLC, eu_low="0,5", eu_high="1")), "tags.csv", 2, "eu_low", "the decimal sign is a point"),
    (tag_rows(columns(**PLC, eu_low="1", eu_high="1")), "tags.csv", 2, "eu_low", "eu_low below eu_high"),
    (tag_rows(columns(**PLC, eu_low="1")), "tags.csv", 2, "eu_high", "go together"),
    (tag_rows(columns(path="A", type="BOOL", eu_low="0", eu_high="1")), "tags.csv", 2, "eu_low", "only numbers"),
    (tag_rows(columns(**PLC, eu_low="0", eu_high="1", raw_low="0")), "tags.csv", 2, "raw_high", "go together"),
    (tag_rows(columns(**PLC, raw_low="0", raw_high="9")), "tags.csv", 2, "eu_low", "scaling needs eu_low"),
    (
        tag_rows(columns(**PLC, eu_low="0", eu_high="1", raw_low="3", raw_high="3")),
        "tags.csv", 2, "raw_low", "are both 3",
    ),
    (
        tag_rows(columns(path="A", type="INT16", eu_low="0", eu_high="1", raw_low="0", raw_high="9")),
        "tags.csv", 2, "raw_low", "this tag has no address",
    ),
    (
        tag_rows(columns(path="A", type="INT16", address="=1", eu_low="0", eu_high="1", raw_low="0", raw_high="9")),
        "tags.csv", 2, "raw_low", "engineering units already",
    ),
    (tag_rows(columns(**PLC, clamp="both")), "tags.csv", 2, "clamp", "needs raw_low and raw_high"),
    (tag_rows(columns(**PLC, clamp="all")), "tags.csv", 2, "clamp", "expected none, low, high or both"),
    (tag_rows(columns(**PLC, deadband="-1")), "tags.csv", 2, "deadband", "not below 0"),
    (tag_rows(columns(path="A", type="STRING", deadband="1")), "tags.csv", 2, "deadband", "only numbers"),
    (tag_rows(columns(**PLC, decimals="1.5")), "tags.csv", 2, "decimals", "whole number of 0 to 10"),
    (tag_rows(columns(**PLC, decimals="11")), "tags.csv", 2, "decimals", "whole number of 0 to 10"),
    (tag_rows(columns(path="A", type="BOOL", decimals="1")), "tags.csv", 2, "decimals", "only numbers"),
    # Of tags, states and log
    (tag_rows(columns(**PLC, states="Closed")), "tags.csv", 2, "states", "such as 0=Closed;1=Open"),
    (tag_rows(columns(**PLC, states="0=")), "tags.csv", 2, "states", "such as 0=Closed;1=Open"),
    (tag_rows(columns(**PLC, states="0=A;0=B")), "tags.csv", 2, "states", "has two texts"),
    (tag_rows(columns(**PLC, states="40000=A")), "tags.csv", 2, "states", "-32768 to 32767"),
    (tag_rows(columns(path="A", type="BOOL", states="2=A")), "tags.csv", 2, "states", "0 to 1"),
    (tag_rows(columns(path="A", type="FLOAT32", states="2=A")), "tags.csv", 2, "states", "BOOL and whole numbers"),
    (tag_rows(columns(**PLC, log="chnage")), "tags.csv", 2, "log", "did you mean change?"),
    (tag_rows(columns(**PLC, log="change deadband")), "tags.csv", 2, "log", "got 'deadband'"),
    (tag_rows(columns(**PLC, log="change max=60")), "tags.csv", 2, "log", "got 'max=60'"),
    (tag_rows(columns(**PLC, log="change min=1min max=10s")), "tags.csv", 2, "log", "min is longer than max"),
    (tag_rows(columns(**PLC, log="change min=0.5ms")), "tags.csv", 2, "log", "got 'min=0.5ms'"),
    (tag_rows(columns(**PLC, log="periodic")), "tags.csv", 2, "log", "periodic 10s"),
    (tag_rows(columns(**PLC, log="off 1s")), "tags.csv", 2, "log", "expected off"),
    (tag_rows(columns(path="A", type="BOOL", log="change deadband=1")), "tags.csv", 2, "log", "only numbers"),
    (tag_rows(columns(**PLC, params="a=1")), "tags.csv", 2, "params", "only instances of types"),
    # In the alarms
    (alarm("A,Tank.Level,HI,90,,,highest,x"), "alarms.csv", 2, "priority", "did you mean high?"),
    (alarm(",Tank.Level,HI,90,,,high,x"), "alarms.csv", 2, "alarm_id", "id is required"),
    (alarm("a b,Tank.Level,HI,90,,,high,x"), "alarms.csv", 2, "alarm_id", "expected letters"),
    (alarm("A,,HI,90,,,high,x"), "alarms.csv", 2, "tag", "tag that the alarm watches is required"),
    (alarm("A,Tank.Levle,HI,90,,,high,x"), "alarms.csv", 2, "tag", "did you mean Tank.Level"),
    (alarm("A,Tank.Level,HIGH,90,,,high,x"), "alarms.csv", 2, "type", "unknown type 'HIGH'"),
    (alarm("A,Tank.Level,,90,,,high,x"), "alarms.csv", 2, "type", "type is required"),
    (alarm("A,Tank.Level,HI,,,,high,x"), "alarms.csv", 2, "setpoint", "needs its limit"),
    (alarm("A,Tank.Level,HI,full,,,high,x"), "alarms.csv", 2, "setpoint", "expected a number"),
    (alarm("A,Pump.Running,HI,1,,,high,x"), "alarms.csv", 2, "type", "limits a number"),
    (alarm("A,Note,OFFNORMAL,1,,,high,x"), "alarms.csv", 2, "type", "compares a number or BOOL"),
    (alarm("A,Pump.Running,TRIP,2,,,high,x"), "alarms.csv", 2, "setpoint", "expected 0 or 1"),
    (alarm("A,Tank.Level,OFFNORMAL,1.5,,,high,x"), "alarms.csv", 2, "setpoint", "whole number"),
    (alarm("A,Tank.Level,HI,90,-1,,high,x"), "alarms.csv", 2, "deadband", "not below 0"),
    (alarm("A,Pump.Running,TRIP,1,1,,high,x"), "alarms.csv", 2, "deadband", "only a limit"),
    (alarm("A,Tank.Level,HI,90,,90000,high,x"), "alarms.csv", 2, "on_delay_s", "at most 86400"),
    (alarm("A,Tank.Level,HI,90,,,high,x,,Pump.Runing"), "alarms.csv", 2, "suppression_expression", "Pump.Running"),
    (alarm("A,Tank.Level,HI,90,,,high,x,,open(1)"), "alarms.csv", 2, "suppression_expression", "open"),
    (alarm("A,Tank.Level,HI,90,,,high,x,,,overveiw"), "alarms.csv", 2, "display_link", "did you mean overview?"),
    (alarm("A,plx,COMM,,,,high,x"), "alarms.csv", 2, "tag", "did you mean plc?"),
    (alarm("A,plc,COMM,,,5,high,x"), "alarms.csv", 2, "on_delay_s", "COMM"),
    (alarm("A,Tank.Level,HI,90,,,high,x\nA,Tank.Level,LO,9,,,high,x"), "alarms.csv", 3, "alarm_id", "row 2 has it too"),
    (
        alarm("A,Tank.Level,HI,90,,,high,x\nB,Tank.Level,HIHI,80,,,high,x"),
        "alarms.csv", 3, "setpoint", "expected HI below HIHI, got 90 and 80 (row 2)",
    ),
    (
        alarm("A,Tank.Level,HI,10,,,high,x\nB,Tank.Level,LOLO,10,,,high,x"),
        "alarms.csv", 3, "setpoint", "expected LOLO below HI",
    ),
    (alarm("A,Tank.Level,HI,90,maybe", "alarm_id,tag,type,setpoint,enabled"), "alarms.csv", 2, "enabled", "true or false"),
    # In screens
    ({"screens/overview.json": "{"}, "screens/overview.json", 1, "", "is no JSON"),
    ({"screens/overview.json": "[]"}, "screens/overview.json", 0, "", "expected a JSON object"),
    ({"screens/overview.json": b'{"a": "\xff"}'}, "screens/overview.json", 1, "", "no UTF-8"),
    ({"screens/overview.json": "[" * 100_000}, "screens/overview.json", 0, "", "nested too deeply"),
    ({"screens/overview.json": '{"a":' * 30 + "1" + "}" * 30}, "screens/overview.json", 0, "", "nested too deeply"),
    (screen('"format": 1', '"format": 2'), "screens/overview.json", 0, "format", "newer Vigie"),
    (screen('"format": 1', '"format": true'), "screens/overview.json", 0, "format", "expected"),
    (screen('"title": "Overview",', ""), "screens/overview.json", 0, "title", "expected the screen's title"),
    (screen('"L1"', '"L5"'), "screens/overview.json", 0, "level", "expected one of L1, L2, L3 or L4"),
    (screen("[800, 480]", "[800]"), "screens/overview.json", 0, "size", "expected [width, height]"),
    (screen("[800, 480]", "[800, 0]"), "screens/overview.json", 0, "size", "expected [width, height]"),
    (screen('"title": "Overview"', '"title": "a", "title": "b"'), "screens/overview.json", 0, "", "occurs twice"),
    (screen('"x": 8, "y": 8', '"x": NaN, "y": 8'), "screens/overview.json", 0, "", "NaN"),
    (screen('"x": 8, "y": 8', '"x": 1e999, "y": 8'), "screens/overview.json", 0, "", "too large"),
    (screen('"Tank.Level"', '"Tank.Levle"'), "screens/overview.json", 7, "level.tag", "did you mean Tank.Level"),
    (
        screen('"tag": "Tank.Level"', '"state_tag": "Tank"'),
        "screens/overview.json", 7, "level.state_tag", "unknown tag 'Tank'",
    ),
    (screen("=Pump.Running", "=Pump.Runing"), "screens/overview.json", 8, "lamp.on", "Pump.Running"),
    (screen("=Pump.Running", "=().__class__"), "screens/overview.json", 8, "lamp.on", "'__class__' is no name"),
    (screen("=Pump.Running", "=__import__('os')"), "screens/overview.json", 8, "lamp.on", "__import__"),
    (
        screen('"on": "=Pump.Running"', '"pens": [{"tag": "Note"}, {"tag": "Nota"}]'),
        "screens/overview.json", 8, "lamp.pens[1].tag", "did you mean Note?",
    ),
    (
        screen('"on": "=Pump.Running"', '"screen": "overwiev"'),
        "screens/overview.json", 8, "lamp.screen", "did you mean overview?",
    ),
    (screen('"id": "lamp"', '"id": "level"'), "screens/overview.json", 7, "level", "two elements have the id 'level'"),
    (screen('"id": "lamp", ', ""), "screens/overview.json", 0, "elements[1].id", "expected an id"),
    (screen('"w": 24', '"w": 0'), "screens/overview.json", 8, "lamp.w", "size above 0"),
    (screen('"w": 24', '"w": "24"'), "screens/overview.json", 8, "lamp.w", "number of pixels"),
    (screen('"w": 24', '"w": true'), "screens/overview.json", 8, "lamp.w", "number of pixels"),
    (screen('"type": "lamp", ', ""), "screens/overview.json", 8, "lamp.type", "expected the element's type"),
    (screen('"level": "L1"', '"level": "L1", "parent": "hall"'), "screens/overview.json", 0, "parent", "unknown screen 'hall'"),
    (screen('"level": "L1"', '"level": "L1", "parent": "overview"'), "screens/overview.json", 0, "parent", "its own parent"),
    ({"screens/hall 1.json": SCREEN}, "screens/hall 1.json", 0, "", "letters, digits, _ and - only"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "file", "row", "column", "text"),
    CASES,
    ids=[f"{n}-{c[1]}-{c[3]}" for n, c in enumerate(CASES)],
)
def test_bad_input_is_told_with_its_place(changes, file, row, column, text):
    faults = [problem for problem in problems(changes) if not problem.is_warning]
    places = [(fault.file, fault.row, fault.column) for fault in faults]
    assert (file, row, column) in places, "\n".join(map(str, faults))
    matching = [fault for fault in faults if (fault.file, fault.row, fault.column) == (file, row, column)]
    assert any(text in fault.text for fault in matching), "\n".join(map(str, matching))


def test_all_faults_are_told_at_once_and_sorted():
    found = problems(
        {
            **config("unit = 2", 'unit = "2"'),
            "tags.csv": f"{HEADER}\nA,WORD\nB,BOOL,plx,C1\nB,BOOL\n",
            "alarms.csv": f"{ALARM_HEADER}\nX,Gone,TRIP\n",
        }
    )
    places = [(problem.file, problem.row, problem.column) for problem in found if not problem.is_warning]
    assert places == sorted(places)
    assert set(places) == {
        ("project.toml", 14, "connections.bus.unit"),
        ("tags.csv", 2, "type"),
        ("tags.csv", 3, "connection"),
        ("tags.csv", 4, "path"),
        ("alarms.csv", 2, "tag"),
        ("screens/overview.json", 7, "level.tag"),
        ("screens/overview.json", 8, "lamp.on"),
    }


@pytest.mark.parametrize(
    ("tags", "row", "column"),
    [
        (TAGS.replace("INT16", "WORD"), 2, "type"),
        (TAGS.replace("Tank.Level,INT16", "Tank,Vessel"), 2, "type"),
        (TAGS.replace("path,", "pth,"), 1, "pth"),
        (TAGS.replace("Tank.Level,", '"Tank".Level,'), 2, ""),
        (b"\xff\xfe" + TAGS.encode("utf-16-le"), 0, ""),
    ],
)
def test_what_a_fault_hides_is_not_reported_where_it_is_used(tags, row, column):
    found = [one for one in problems({"tags.csv": tags}) if not one.is_warning]
    places = [(one.file, one.row, one.column) for one in found]
    assert ("tags.csv", row, column) in places
    assert [place for place in places if place[0] != "tags.csv"] == []
    assert len(places) == (2 if column == "pth" else 1)


def test_the_same_faults_of_many_rows_are_told_quickly_and_completely():
    rows = [
        columns(path=f"Hall{n}.Level", type="INT16", connection="plx", address="MW0") for n in range(3000)
    ]
    found = [one for one in problems(tag_rows(*rows)) if not one.is_warning]
    assert len(found) == 3000
    assert {one.column for one in found} == {"connection"}
