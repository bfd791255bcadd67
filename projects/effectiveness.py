"""Check what project.toml says about equipment effectiveness against the tags."""

from collections.abc import Mapping
from typing import Final

from historian.effectiveness import Input
from projects.config import PROJECT_FILE, Config
from projects.derivation import is_kind_of
from projects.model import OeeUnit
from projects.problems import Problems
from projects.tag_facts import TagFacts
from tags.model import DataType

RESULTS: Final = "Oee"
"""The library's type that holds the results."""


def check_units(
    config: Config,
    facts: TagFacts,
    instances: Mapping[str, str],
    extends: Mapping[str, str],
    problems: Problems,
) -> tuple[OeeUnit, ...]:
    """Return the units whose inputs and results exist; faults of the others go to ``problems``."""
    sound: list[OeeUnit] = []
    for unit in config.oee_units:
        faults: list[tuple[str, str]] = []
        for source in Input:
            path = f"{unit.unit}.{source.value}"
            tag = facts.find(path)
            if path not in facts:
                faults.append(("unit", facts.unknown(path)))
            elif tag is not None and tag.data_type in (DataType.STRING, DataType.DATETIME):
                faults.append(("unit", f"{path} is {tag.data_type.value}; a number is needed"))
        kind = instances.get(unit.results)
        if kind is None or not is_kind_of(kind, RESULTS, extends):
            faults.append(("results", f"{unit.results} is no instance of the type {RESULTS}"))
        for key, text in faults:
            line = config.places.line("oee", unit.name, key)
            problems.fault(PROJECT_FILE, line, f"oee.{unit.name}.{key}", text)
        if not faults:
            sound.append(unit)
    return tuple(sound)
