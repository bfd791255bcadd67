"""The quality scale claims nothing that no test proves."""

import ast
from pathlib import Path

import pytest

from tags.drivers.catalogue import drivers
from tags.quality_scale import CLAIMS, EXEMPT, LEVELS, RULES, facts, level_of
from tests.support.repository import ROOT


def test_every_driver_of_ours_is_on_the_scale() -> None:
    assert set(CLAIMS) == set(drivers())


def test_levels_build_on_each_other() -> None:
    assert [rule.level for rule in RULES] == sorted((rule.level for rule in RULES), key=LEVELS.index)
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert level_of("nobody's driver") is None
    assert not any(fact.met for fact in facts("nobody's driver"))
    assert all(level_of(name) in LEVELS for name in CLAIMS)


@pytest.mark.parametrize("driver", list(CLAIMS))
def test_claims_are_proved_by_tests_that_run_over_the_driver(driver: str) -> None:
    known = {rule.name for rule in RULES}
    for rule, evidence in CLAIMS[driver].items():
        assert rule in known
        if evidence.startswith(EXEMPT):
            assert len(evidence) > len(EXEMPT) + 10, f"{rule}: say why"
            continue
        file, _, name = evidence.partition("::")
        text = (ROOT / file).read_text(encoding="utf-8")
        tree = ast.parse(text)
        names = {
            node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        }
        assert name in names, f"{rule}: no {name} in {file}"
        assert driver in text or Path(file).stem == "test_driver_scale", f"{rule}: {file} knows no {driver}"


@pytest.mark.parametrize("driver", list(drivers()))
def test_options_are_explained(driver: str) -> None:
    for option in drivers()[driver].options:
        assert len(option.help) > 5, option.name
        assert option.required or option.default is not None, option.name
        assert not option.choices or option.default in option.choices, option.name


def test_the_guide_explains_every_rule() -> None:
    guide = (ROOT / "docs" / "drivers.md").read_text(encoding="utf-8")
    for rule in RULES:
        assert f"`{rule.name}`" in guide, rule.name
