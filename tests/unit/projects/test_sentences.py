"""Sentences worded elsewhere, found again by their pattern."""

import pytest

from projects.sentences import Sentences, places

FRENCH = Sentences(
    [
        ("the device does not answer", "l’appareil ne répond pas"),
        ("It is unknown whether the value arrived: {}", "On ignore si la valeur est arrivée : {}"),
        ("{} is outside the allowed range: {}", "{} est hors de la plage permise : {}"),
        ("{} to {}", "{} à {}"),
        ("The controller holds {} instead of {}.", "L’automate contient {1} et non {0}."),
        ("The controller holds {}.", "L’automate contient {}."),
        ("Motor of {name} runs", "Le moteur de {name} tourne"),
        ("It took the command.", "Il a pris la commande."),
    ],
    lambda fact: fact.replace(".", ",") if fact.replace(".", "").isdigit() else fact,
)


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("the device does not answer", "l’appareil ne répond pas"),
        ("The device does not answer.", "L’appareil ne répond pas."),
        (
            "It is unknown whether the value arrived: the device does not answer",
            "On ignore si la valeur est arrivée : l’appareil ne répond pas",
        ),
        ("12.5 is outside the allowed range: below", "12,5 est hors de la plage permise : below"),
        ("The controller holds 1.5.", "L’automate contient 1,5."),
        ("The controller holds 2 instead of 3.", "L’automate contient 3 et non 2."),
        ("Motor of conveyor 4 runs", "Le moteur de conveyor 4 tourne"),
        ("The controller holds 0. It took the command.", "L’automate contient 0. Il a pris la commande."),
        ("nobody knows this", "nobody knows this"),
        ("", ""),
    ],
)
def test_a_sentence_is_said_in_other_words_with_its_own_facts(said: str, heard: str) -> None:
    assert FRENCH.say(said) == heard


def test_a_pattern_without_words_of_its_own_takes_no_sentence() -> None:
    loose = Sentences([("{}: {}", "{} : {}"), ("{} x", "y {}")])
    assert loose.say("Tank1: level high") == "Tank1: level high"
    assert loose.say("3 x") == "y 3"
    assert loose.say("any x") == "any x"
    assert Sentences([("{} to {}", "{} à {}")]).say("Connected to PLC") == "Connected to PLC"
    assert Sentences([("{} to {}", "{} à {}")]).say("0 to 100 %") == "0 à 100 %"


def test_what_is_added_to_a_sentence_is_said_behind_it() -> None:
    added = Sentences([("{} tags", "{} variables"), ("; {} lost on the way", " ; {} perdus en route")])
    assert added.say("5 tags; 3 lost on the way") == "5 variables\u202f; 3 perdus en route"


def test_placeholders_are_found_in_their_order() -> None:
    assert places("{} of {name} and {}") == ["{}", "{name}", "{}"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0 days without a fault", "0 jour sans défaut"),
        ("0.1 days without a fault", "0,1 jour sans défaut"),
        ("1.9 days without a fault", "1,9 jour sans défaut"),
        ("2 days without a fault", "2 jours sans défaut"),
        ("1,204 days without a fault", "1,204 jours sans défaut"),
        ("-3 days without a fault", "-3 jours sans défaut"),
        ("many days without a fault", "many jours sans défaut"),
    ],
)
def test_words_agree_with_the_number_before_them(text: str, expected: str) -> None:
    pairs = [("{} days without a fault", "{} {jour|jours} sans défaut")]
    fact = lambda one: one.replace(".", ",")  # noqa: E731
    assert Sentences(pairs, fact).say(text) == expected


def test_each_word_agrees_with_its_own_number_and_by_the_rule_of_its_language() -> None:
    pairs = [("{} values for {} places", "{} {valeur|valeurs} pour {} {place|places}")]
    assert Sentences(pairs).say("0 values for 3 places") == "0 valeur pour 3 places"
    german = [("{} values missing", "{} {Wert|Werte} fehlen")]
    assert Sentences(german, language="de").say("0 values missing") == "0 Werte fehlen"
    assert Sentences(german, language="de").say("1 values missing") == "1 Wert fehlen"
