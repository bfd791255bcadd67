"""Instances of types: parameters, nesting, overrides, and where their faults are told."""

# ruff: noqa: E501 - one case in each line

import pytest

from projects.model import Problem
from tests.unit.projects.sample import HEADER, PLAIN_PROJECT, columns, problems, project, sample, tag_rows

PLAIN = {
    "project.toml": PLAIN_PROJECT,
    "screens/overview.json": None,
}
MOTOR = "\n".join(
    (
        HEADER,
        columns(path="Running", type="BOOL", address="DB{db}.DBX0.0", states="0=Stopped;1=Running"),
        columns(
            path="Speed", type="FLOAT32", address="DB{db}.DBD2", unit="1/min", eu_low="0", eu_high="{top}"
        ),
        columns(
            path="Half",
            type="FLOAT64",
            address="={InstancePath}.Speed / 2",
            description="Half of {InstanceName}",
        ),
        columns(path="Note", type="STRING", access="rw"),
    )
)
PUMP = "\n".join(
    (
        HEADER,
        columns(path="Motor", type="Motor", params="db={db};top=1500"),
        columns(path="Pressure", type="FLOAT32", connection="plc", address="DB{db}.DBD20"),
    )
)


def build(*rows: str, **types: str):
    files = {f"types/{name}.csv": text for name, text in types.items()}
    return project({**tag_rows(*rows), **PLAIN, **files})


def faults(*rows: str, **types: str) -> list[Problem]:
    files = {f"types/{name}.csv": text for name, text in types.items()}
    return [one for one in problems({**tag_rows(*rows), **PLAIN, **files}) if not one.is_warning]


def places(found):
    return [(one.file, one.row, one.column) for one in found]


def test_an_instance_becomes_its_members():
    read = build(
        columns(path="Mill", type="Motor", connection="plc", scan="fast", params="db=7; top = 3000"),
        columns(path="Last", type="BOOL"),
        Motor=MOTOR,
    )
    assert [tag.path for tag in read.tags] == ["Mill.Running", "Mill.Speed", "Mill.Half", "Mill.Note", "Last"]
    speed = read.tags.by_path("Mill.Speed")
    assert speed.address is not None
    assert (speed.address.text, speed.connection, speed.period_ms) == ("DB7.DBD2", "plc", 200)
    assert (speed.eu_high, speed.unit) == (3000, "1/min")
    half = read.tags.by_path("Mill.Half")
    assert (half.expression, half.description, half.connection) == ("Mill.Speed / 2", "Half of Mill", None)
    assert read.tags.by_path("Mill.Note").connection is None


def test_types_nest_and_pass_parameters_on():
    read = build(
        columns(path="Hall.P1", type="Pump", connection="plc", params="db=9"), Motor=MOTOR, Pump=PUMP
    )
    assert read.tags.by_path("Hall.P1.Motor.Half").expression == "Hall.P1.Motor.Speed / 2"
    assert read.tags.by_path("Hall.P1.Motor.Half").description == "Half of Motor"
    address = read.tags.by_path("Hall.P1.Motor.Running").address
    assert address is not None
    assert address.text == "DB9.DBX0.0"
    assert read.tags.by_path("Hall.P1.Pressure").connection == "plc"


def test_a_later_row_overrides_cells_of_a_member():
    read = build(
        columns(path="P1", type="Pump", connection="plc", params="db=9"),
        columns(path="P1.Motor.Speed", eu_high="900", unit="rpm"),
        columns(path="P1.Motor.Note", type="INT16"),
        columns(path="P2", type="Pump", connection="plc", params="db=10"),
        columns(path="P2.Motor", params="db=77;top=5"),
        Motor=MOTOR,
        Pump=PUMP,
    )
    speed = read.tags.by_path("P1.Motor.Speed")
    assert (speed.eu_high, speed.unit, speed.eu_low) == (900, "rpm", 0)
    assert read.tags.by_path("P1.Motor.Note").data_type == "INT16"
    other = read.tags.by_path("P2.Motor.Speed")
    assert other.address is not None
    assert (other.eu_high, other.address.text) == (5, "DB77.DBD2")
    assert [tag.path for tag in read.tags][:2] == ["P1.Motor.Running", "P1.Motor.Speed"]


def test_quoted_parameters_may_hold_semicolons():
    kind = f"{HEADER}\n{columns(path='State', type='INT32', address='{base}.State')}"
    files = {
        "project.toml": 'name = "x"\nformat = 1\n[connections.ua]\ndriver = "opcua"\nurl = "opc.tcp://h:1"\n',
        "types/Unit.csv": kind,
    }
    row = columns(path="U", type="Unit", connection="ua", params="base='ns=2;s=Line.U'")
    read = project({**tag_rows(row), **PLAIN, **files})
    address = read.tags[0].address
    assert address is not None
    assert address.text == "ns=2;s=Line.U.State"


def test_a_fault_in_a_type_names_the_instance_and_the_types_row_once():
    rows = [
        columns(path=f"M{n}", type="Motor", connection="plc", params=f"db={n + 1};top=10") for n in range(3)
    ]
    found = faults(*rows, Motor=MOTOR.replace("0=Stopped", "0="))
    assert places(found) == [("tags.csv", 2, "states")]
    assert found[0].text.endswith("(from types/Motor.csv row 2, and 2 more like it)")


def test_a_fault_in_an_override_names_its_own_row():
    found = faults(
        columns(path="M", type="Motor", connection="plc", params="db=1;top=10"),
        columns(path="M.Speed", eu_low="20"),
        Motor=MOTOR,
    )
    assert places(found) == [("tags.csv", 3, "eu_low")]
    assert "types/" not in found[0].text


@pytest.mark.parametrize(
    ("rows", "types", "place", "text"),
    [
        ([columns(path="M", type="Moter")], {}, ("tags.csv", 2, "type"), "did you mean Motor?"),
        ([columns(path="M", type="Motor", connection="plc", params="db=1")], {}, ("tags.csv", 2, "params"),
         "needs the parameter 'top' (types/Motor.csv row 3)"),
        ([columns(path="M", type="Motor", connection="plc", params="db=1;top=2;bd=3")], {}, ("tags.csv", 2, "params"),
         "has no parameter 'bd'; expected db or top"),
        ([columns(path="M", type="Motor", connection="plc", params="db=1;top=2;db=3")], {}, ("tags.csv", 2, "params"),
         "given twice"),
        ([columns(path="M", type="Motor", connection="plc", params="db=1;top=2;InstanceName=x")], {},
         ("tags.csv", 2, "params"), "cannot be given"),
        ([columns(path="M", type="Motor", connection="plc", params="db=1;top")], {}, ("tags.csv", 2, "params"),
         "expected key=value"),
        ([columns(path="M", type="Motor", connection="plc", params="db=1;top=2", unit="A")], {}, ("tags.csv", 2, "unit"),
         "belongs to a member of Motor"),
        ([columns(path="M", type="Motor", connection="plc", params="db=1;top=2"), columns(path="M.Sped", unit="A")], {},
         ("tags.csv", 3, "path"), "M is a Motor: unknown member 'Sped'; did you mean Speed?"),
        ([columns(path="M.Speed", unit="A"), columns(path="M", type="Motor", connection="plc", params="db=1;top=2")], {},
         ("tags.csv", 2, "path"), "stands below its row"),
        ([columns(path="M", type="Motor", connection="plc", params="db=1;top=2"), columns(path="M.Speed", type="REAL")], {},
         ("tags.csv", 3, "type"), "unknown type 'REAL'"),
        ([columns(path="M", type="Motor", connection="plx", params="db=1;top=2")], {}, ("tags.csv", 2, "connection"),
         "did you mean plc?"),
        ([columns(path="M", type="Motor", connection="plc", params="db=x;top=2")], {}, ("tags.csv", 2, "address"),
         "(from types/Motor.csv row 2)"),
        ([columns(path="M", type="Motor", connection="plc", params="db=1;top=2"), columns(path="M.Note", params="a=1")], {},
         ("tags.csv", 3, "params"), "only instances of types"),
        ([columns(path="A", type="BOOL")], {"Loop": f"{HEADER}\n{columns(path='Inner', type='Loop')}"},
         ("types/Loop.csv", 2, "type"), "contains itself: Loop > Loop"),
        ([columns(path="A", type="X")], {"X": f"{HEADER}\nY,Y", "Y": f"{HEADER}\nX,X"},
         ("types/X.csv", 2, "type"), "contains itself: X > Y > X"),
        ([columns(path="A", type="X", params="k=X")], {"X": f"{HEADER}\n{columns(path='I', type='{k}', params='k=X')}"},
         ("tags.csv", 2, "type"), "contains itself: X > X"),
        ([columns(path="A", type="BOOL")], {"X": f"{HEADER}\n{columns(path='I', type='WORD')}"},
         ("types/X.csv", 2, "type"), "unknown type 'WORD'"),
        ([columns(path="A", type="BOOL")], {"X": f"{HEADER}\n{columns(path='I')}"},
         ("types/X.csv", 2, "type"), "the type is required"),
        ([columns(path="A", type="BOOL")], {"X": f"{HEADER}\nI,BOOL\nI,BOOL"},
         ("types/X.csv", 3, "path"), "row 2 has it too"),
        ([columns(path="A", type="BOOL")], {"X": f"{HEADER}\n{columns(path='I', type='BOOL', description='{a')}"},
         ("types/X.csv", 2, "description"), "as {name} in braces"),
        ([columns(path="A", type="BOOL")], {"BOOL": f"{HEADER}\nI,BOOL"}, ("types/BOOL.csv", 0, ""), "name of a data type"),
        ([columns(path="A", type="BOOL")], {"My type": f"{HEADER}\nI,BOOL"}, ("types/My type.csv", 0, ""), "begins with a letter"),
        ([columns(path="A", type="X"), columns(path="B", type="X")], {"X": f"{HEADER}\nC.D,BOOL\nC,BOOL"},
         ("tags.csv", 2, "path"), "'A.C' is a tag here and the folder of 'A.C.D'"),
    ],
)  # fmt: skip
def test_faults_of_types(rows, types, place, text):
    found = faults(*rows, **({"Motor": MOTOR} | types))
    assert place in places(found), "\n".join(map(str, found))
    assert any(text in one.text for one in found if (one.file, one.row, one.column) == place), "\n".join(
        map(str, found)
    )


def test_types_that_multiply_are_stopped():
    types = {f"T{n}": f"{HEADER}\na,T{n + 1}\nb,T{n + 1}" for n in range(40)}
    types["T40"] = HEADER
    found = faults(columns(path="A", type="T0"), **types)
    assert places(found) == [("tags.csv", 2, "type")]
    assert "more than 200000 tags" in found[0].text


def test_the_sample_has_no_types():
    assert not any(name.startswith("types/") for name in sample())
