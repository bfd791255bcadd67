"""Licence, change log, README and the links between the documents."""

import re
import tomllib

import pytest

from tests.support.repository import ROOT, relative, repository_files

HEADING = re.compile(r"^## (?P<version>Unreleased|\d+\.\d+\.\d+ - \d{4}-\d{2}-\d{2})$")
ENTRY = re.compile(r"^- \[(FEATURE|CHANGE|PERF|BUGFIX)\] [a-z][a-z -]*: \S.*[.)]$")
LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


def project():
    return tomllib.loads(text_of("pyproject.toml"))["project"]


def test_licence_is_mit():
    text = text_of("LICENSE")
    assert text.startswith("MIT License\n")
    assert "Copyright (c) 2026 Vigie contributors" in text
    assert project()["license"] == "MIT"


def test_change_log_is_readable_by_people_and_programs():
    problems = []
    versions = []
    unwrapped = text_of("CHANGELOG.md").replace("\n  ", " ")
    for number, line in enumerate(unwrapped.splitlines(), start=1):
        if line.startswith("## "):
            heading = HEADING.match(line)
            versions.append(heading["version"].split(" ")[0] if heading else line)
            if heading is None:
                problems.append(f"{number}: a heading is `## Unreleased` or `## 1.2.3 - 2026-01-31`: {line}")
        elif line.startswith("- ") and not ENTRY.match(line):
            problems.append(f"{number}: an entry is `- [FEATURE] area: A sentence.`: {line}")
    assert problems == []
    assert versions[0] in ("Unreleased", project()["version"])
    numbers = [tuple(map(int, version.split("."))) for version in versions if version != "Unreleased"]
    assert numbers == sorted(numbers, reverse=True)


@pytest.mark.parametrize(
    ("entry", "good"),
    [
        ("- [FEATURE] alarms: Acknowledge from the banner.", True),
        ("- [FEATURE] Acknowledge from the banner.", False),
        ("- [FIX] alarms: Acknowledge from the banner.", False),
        ("- alarms: Acknowledge from the banner.", False),
    ],
)
def test_change_log_entries(entry, good):
    assert bool(ENTRY.match(entry)) is good


def test_readme_gives_the_two_commands():
    text = text_of("README.md")
    for command in (
        "python3 packaging/bootstrap.py demo",
        "python3 packaging/bootstrap.py test",
        "py packaging\\bootstrap.py demo",
        "py packaging\\bootstrap.py test",
    ):
        assert command in text
    assert "](docs/images/overview-light.png)" in text


def test_relative_links_lead_somewhere():
    broken = []
    for path in repository_files():
        if path.suffix != ".md":
            continue
        for match in LINK.finditer(path.read_text(encoding="utf-8")):
            target = match["target"].partition("#")[0]
            if target and "://" not in target and not (path.parent / target).exists():
                broken.append(f"{relative(path)}: {match['target']}")
    assert broken == []
