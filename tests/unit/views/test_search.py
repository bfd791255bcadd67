"""The search over screens, commands, alarms and tags."""

import pytest

from views.search import Entry, FoundKind, SearchIndex, folded

INDEX = SearchIndex(
    [
        Entry(FoundKind.SCREEN, "filling", "Remplissage", "L2  Ligne"),
        Entry(FoundKind.SCREEN, "overview", "Vue d’ensemble", "L1"),
        Entry(FoundKind.COMMAND, "theme", "Thème clair ou sombre", "Ctrl+T"),
        Entry(FoundKind.ALARM, "TANK-HI", "Niveau de la cuve haut", "TANK-HI  Filling.Tank.Level"),
        Entry(FoundKind.TAG, "Filling.Tank.Level", "Filling.Tank.Level", "Niveau de la cuve"),
        Entry(FoundKind.TAG, "Filling.Tank.LevelHigh", "Filling.Tank.LevelHigh", "Contact haut"),
        Entry(FoundKind.TAG, "Conveyors.Infeed.Motor.Tripped", "Conveyors.Infeed.Motor.Tripped", "Déclenché"),
    ]
)


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("", ["filling", "overview"]),
        ("tank.level", ["Filling.Tank.Level", "Filling.Tank.LevelHigh", "TANK-HI"]),
        ("filling tank level", ["Filling.Tank.Level", "Filling.Tank.LevelHigh", "TANK-HI"]),
        ("theme", ["theme"]),
        ("DECLENCHE", ["Conveyors.Infeed.Motor.Tripped"]),
        ("niveau", ["TANK-HI", "Filling.Tank.Level"]),
        ("remp", ["filling"]),
    ],
)
def test_what_fits_best_comes_first(query: str, keys: list[str]) -> None:
    found = [entry.key for entry in INDEX.find(query)]
    assert found[: len(keys)] == keys


def test_a_slip_of_the_finger_still_finds() -> None:
    assert "Conveyors.Infeed.Motor.Tripped" in [entry.key for entry in INDEX.find("conveyers motor")]
    assert INDEX.find("zzzzqqq") == []


def test_never_more_than_asked_for_and_a_long_query_is_cut() -> None:
    many = SearchIndex(Entry(FoundKind.TAG, f"T{n}", f"Tag{n}") for n in range(5_000))
    assert len(many.find("tag")) == 12
    assert many.find("x" * 100_000) == []


def test_case_and_accents_do_not_matter() -> None:
    assert folded("ÉTAT à l’Œuvre") == folded("etat a l’œuvre")
