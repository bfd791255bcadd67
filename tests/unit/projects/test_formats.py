"""Every format ever written stays readable: the files in ``fixtures`` are never changed, only added to.

``expected.json`` holds what the files meant when their format was new; a later version may know more of a tag
or an alarm, and must still agree on all of this.
"""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from projects.files import load
from projects.screens import dump_screen

FIXTURES = Path(__file__).parent / "fixtures"


def plain(fact: Any) -> dict[str, Any]:
    """Return a dataclass as JSON would hold it."""
    return json.loads(json.dumps(dataclasses.asdict(fact), default=str))


@pytest.mark.parametrize("name", sorted(path.name for path in FIXTURES.iterdir()))
def test_a_project_of_this_format_means_what_it_meant(name):
    project = load(FIXTURES / name / "plant")
    expected = json.loads((FIXTURES / name / "expected.json").read_text(encoding="utf-8"))
    found = {
        "name": project.name,
        "description": project.description,
        "station": plain(project.station),
        "connections": {key: plain(one) for key, one in project.connections.items()},
        "scan_classes": {key: one.period_ms for key, one in project.scan_classes.items()},
        "tags": {tag.path: plain(tag) for tag in project.tags},
        "alarms": {alarm.alarm_id: plain(alarm) for alarm in project.alarms},
        "screens": {key: plain(screen) for key, screen in project.screens.items()},
    }
    assert list(found["tags"]) == list(expected["tags"])
    assert list(found["alarms"]) == list(expected["alarms"])
    assert sorted(found["screens"]) == sorted(expected["screens"])
    assert differences(expected, found) == []


def differences(expected: Any, found: Any, place: str = "") -> list[str]:
    """Return where ``found`` lacks or contradicts what was ``expected``; a fact may hold more, a list not."""
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = enumerate(zip(expected, found, strict=True))
        return [line for at, (one, other) in pairs for line in differences(one, other, f"{place}[{at}]")]
    if not isinstance(expected, dict) or not isinstance(found, dict):
        return [] if expected == found else [f"{place}: expected {expected!r}, found {found!r}"]
    lines = []
    for key, value in expected.items():
        where = f"{place}/{key}"
        lines += differences(value, found[key], where) if key in found else [f"{where}: is gone"]
    return lines


def test_screens_of_format_1_are_saved_as_they_were():
    folder = FIXTURES / "format_1" / "plant"
    for name, screen in load(folder).screens.items():
        assert dump_screen(screen).decode() == (folder / "screens" / f"{name}.json").read_text(
            encoding="utf-8"
        )
