"""The report on alarms in the reader's language."""

import re

import pytest

from alarms.metrics import assess
from alarms.report import Heading, write_pdf
from hmi.report_words import speaker
from resources.catalogue import CatalogueError
from tests.unit.alarms.test_report import MONTH, month

ENGLISH = re.compile(r"\b(the|of|is|are|not|and|with|this|no|for|from|alarms|share|target)\b", re.IGNORECASE)


def test_every_text_of_the_report_is_french_with_a_decimal_comma(tmp_path):
    french, said = speaker("fr"), {}

    def say(text: str) -> str:
        said[text] = french(text)
        return said[text]

    write_pdf(tmp_path / "report.pdf", assess(month(), MONTH), Heading("Cellule", say=say))
    assert said["Key figures"] == "Indicateurs"
    assert said["4 low"] == "4 basse"
    assert [text for text in said.values() if ENGLISH.search(text)] == []
    assert [text for text in said.values() if re.search(r"\d\.\d", text.replace("ISA-18.2", ""))] == []
    assert any(re.search(r"\d,\d", text) for text in said.values())


def test_english_stays_as_it_is_written():
    assert speaker("en")("Key figures: 2.5 %") == "Key figures: 2.5 %"


def test_the_fonts_of_the_report_have_every_sign():
    text = speaker("fr")("1 flood; the worst brought 14 alarms within 10 min and began with FIL-001 (Low).")
    assert text.encode("cp1252").decode("cp1252") == text
    assert text.startswith("1 avalanche")


def test_an_unknown_language_is_told():
    with pytest.raises(CatalogueError, match="there are en, fr"):
        speaker("xx")
