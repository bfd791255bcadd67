"""CSV files as text editors and French, English and German spreadsheets write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.problems import Problems
from projects.tables import Dialect, Row, Table, dump_table, parse_number, read_table
from projects.type_tables import TAG_COLUMNS, TAG_REQUIRED
from tests.unit.projects.sample import PLAIN_PROJECT, TAGS, problems, project

LINES = TAGS.splitlines()


def spreadsheet(delimiter: str, newline: str = "\r\n") -> str:
    """Return the sample's tags as a spreadsheet saves them: cells that hold the delimiter are quoted."""
    rows = []
    for line in LINES:
        cells = [f'"{cell}"' if delimiter in cell else cell for cell in line.split(",")]
        rows.append(delimiter.join(cells))
    return newline.join(rows) + newline


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_every_dialect_gives_the_same_tags(delimiter, newline, bom):
    read = project({"tags.csv": bom + spreadsheet(delimiter, newline).encode()})
    assert list(read.tags) == list(project().tags)


def test_french_decimal_commas_and_truth_values():
    tags = (
        "path;type;connection;address;unit;eu_low;eu_high;deadband;log\n"
        "Débit;FLOAT32;plc;MD4;m³/h;-1,5;2,5;0,05;change deadband=0,1 max=1,5s\n"
    )
    alarms = (
        "alarm_id;tag;type;setpoint;operator_action;latching;shelvable\nD;Débit;HI;1,25;Fermer;VRAI;FAUX\n"
    )
    read = project({"tags.csv": tags, "alarms.csv": alarms, "screens/overview.json": None} | PLC)
    tag = read.tags.by_path("Débit")
    assert (tag.eu_low, tag.eu_high, tag.deadband_eu, tag.unit) == (-1.5, 2.5, 0.05, "m³/h")
    assert (tag.log.deadband_eu, tag.log.max_ms) == (0.1, 1500)
    alarm = read.alarms[0]
    assert (alarm.setpoint, alarm.latching, alarm.shelvable) == (1.25, True, False)


PLC = {"project.toml": PLAIN_PROJECT}


def test_windows_1252_is_read_with_a_warning():
    data = "path;type;unit\nDébit;FLOAT32;m³/h\n".encode("cp1252")
    changes = {"tags.csv": data, "alarms.csv": None, "screens/overview.json": None} | PLC
    read = project(changes)
    assert read.tags[0].path == "Débit"
    assert read.tags[0].unit == "m³/h"
    warnings = [one for one in read.problems if one.file == "tags.csv"]
    assert [(one.row, one.is_warning) for one in warnings] == [(2, True)]
    assert "Windows-1252" in warnings[0].text


def test_a_declared_delimiter_counts_as_a_line():
    found = problems({"tags.csv": "sep=;\n" + spreadsheet(";", "\n").replace("INT16", "WORD")})
    assert ("tags.csv", 3, "type") in [(one.file, one.row, one.column) for one in found]


def test_line_breaks_in_cells_are_kept_and_rows_are_counted_by_lines():
    tags = 'path,type,description\nA,BOOL,"first\nsecond"\n\n,,\nB,WORD,\n'
    found = [one for one in problems({"tags.csv": tags, "alarms.csv": None}) if one.file == "tags.csv"]
    assert [(one.row, one.column) for one in found] == [(6, "type")]
    read = project(
        {"tags.csv": tags.replace("WORD", "BOOL"), "alarms.csv": None, "screens/overview.json": None} | PLC
    )
    assert read.tags.by_path("A").description == "first\nsecond"


def test_an_expression_survives_a_spreadsheet_behind_an_apostrophe():
    read = project({"tags.csv": TAGS.replace("=100 -", "'=100 -")})
    assert read.tags.by_path("Tank.Free").expression == "100 - Tank.Level"


def test_columns_may_be_few_and_in_any_order():
    changes = {"tags.csv": "type,path\nBOOL,A\n", "alarms.csv": None, "screens/overview.json": None} | PLC
    assert [tag.path for tag in project(changes).tags] == ["A"]


@pytest.mark.parametrize(
    ("text", "decimal_comma", "value"),
    [
        ("1.5", False, 1.5), ("1,5", True, 1.5), ("1,5", False, None), ("-3e2", False, -300.0),
        (".5", False, 0.5),
        ("+7", False, 7.0), ("1e999", False, None), ("inf", False, None), ("nan", False, None),
        ("1_0", False, None),
        ("1 000", True, None), ("٣", False, None), ("", False, None), ("1,2,3", True, None),
        ("0x10", False, None),
    ],
)  # fmt: skip
def test_numbers(text, decimal_comma, value):
    assert parse_number(text, decimal_comma) == value


CELL = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"]) | st.sampled_from('\n",;\t '), max_size=12
).map(str.strip)


@given(
    rows=st.lists(st.dictionaries(st.sampled_from(TAG_COLUMNS), CELL.filter(bool), min_size=1), max_size=6),
    dialect=st.builds(
        Dialect, st.sampled_from([",", ";", "\t"]), st.booleans(), st.sampled_from(["\n", "\r\n"])
    ),
)
def test_what_is_saved_is_what_is_read(rows, dialect):
    rows = [{key: text for key, text in row.items() if not text.startswith(("'=", "#"))} for row in rows]
    table = Table("tags.csv", TAG_COLUMNS, tuple(Row(0, row) for row in rows if row), dialect)
    wrong = Problems()
    again = read_table("tags.csv", dump_table(table), TAG_COLUMNS, TAG_REQUIRED, wrong)
    assert wrong.sorted() == []
    assert [row.cells for row in again.rows] == [row.cells for row in table.rows]
    assert again.columns == table.columns
    assert again.dialect.delimiter == dialect.delimiter
    assert again.dialect.bom == dialect.bom
    assert dump_table(again) == dump_table(table)
