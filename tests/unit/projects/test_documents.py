"""The reference of the format is right: its example loads, and it names every column and option."""

import re

import pytest

from projects.alarm_rows import ALARM_COLUMNS
from projects.files import parse
from projects.type_tables import DATA_TYPES, TAG_COLUMNS
from tags.drivers.catalogue import drivers
from tags.evaluation import FUNCTIONS, PATH_FUNCTIONS
from tags.expression import compile_expression
from tests.support.repository import ROOT

TEXT = (ROOT / "docs" / "project-format.md").read_text(encoding="utf-8")
FILE = re.compile(r"^`(?P<name>[\w./]+)`\n\n```\w+\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_example_loads_without_a_problem():
    files = {found["name"]: found["text"].encode() for found in FILE.finditer(TEXT)}
    assert len(files) == 5
    project = parse(files)
    assert [str(problem) for problem in project.problems] == []
    assert [tag.path for tag in project.tags][-3:] == [
        "Agitator.Running",
        "Agitator.Speed",
        "Agitator.Percent",
    ]


def test_every_name_is_there():
    names = {*TAG_COLUMNS, *ALARM_COLUMNS, *DATA_TYPES, *drivers()}
    names.update(option.name for driver in drivers().values() for option in driver.options)
    names.update(f"{name}(" for name in (*FUNCTIONS, *PATH_FUNCTIONS))
    assert sorted(name for name in names if not re.search(rf"[` ]{re.escape(name)}", TEXT)) == []


def test_the_defaults_of_options_are_there():
    rows = [row for row in TEXT.splitlines() if row.count("|") >= 5]
    wrong = []
    for driver in drivers().values():
        for option in driver.options:
            default = "required" if option.required else f"{option.default!r}".replace("'", '"')
            if isinstance(option.default, bool):
                default = default.lower()
            if not any(f"`{option.name}`" in row and default in row for row in rows):
                wrong.append(f"{driver.name} {option.name}: {default}")
    assert wrong == []


@pytest.mark.parametrize("text", re.findall(r"^=(.+)$", TEXT, re.MULTILINE))
def test_the_expressions_compile(text):
    assert compile_expression(text).paths
