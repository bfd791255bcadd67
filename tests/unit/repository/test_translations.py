"""Every text of the program in every language, and no text past the translators."""

import ast
import csv
import importlib.util
import re
import sys

import pytest

from resources.catalogue import LANGUAGES, Catalogue, CatalogueError, parse, plural_form, read
from tests.support.repository import ROOT

PLACE = re.compile(r"\{[^{}|]*\}|%L?n")
MARKUP = re.compile(r"</?\w+[^>]*>")


@pytest.fixture(scope="module")
def tool():
    path = ROOT / "packaging" / "translations.py"
    spec = importlib.util.spec_from_file_location("vigie_translations", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["vigie_translations"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["vigie_translations"]


def test_every_text_of_the_sources_has_a_finished_translation(tool):
    for language in LANGUAGES:
        assert [f"{text.place}: {text.context}: {text.source}" for text in tool.missing(language)] == []


def test_the_files_hold_nothing_but_the_texts_of_the_sources(tool):
    texts = {text.key for text in tool.all_texts()}
    for language in LANGUAGES:
        messages = read(language).messages
        assert [one for one in messages if (one.context, one.source, one.comment) not in texts] == []
        assert len(messages) == len({(one.context, one.source, one.comment) for one in messages})


def test_placeholders_and_markup_are_the_same_in_both_languages():
    for message in read("fr").messages:
        for form in message.forms:
            # A sentence of the station may put its facts in another order, by their numbers.
            found = ["{}" if re.fullmatch(r"\{\d\}", place) else place for place in PLACE.findall(form)]
            assert sorted(found) == sorted(PLACE.findall(message.source)), message
            assert MARKUP.findall(form) == MARKUP.findall(message.source), message
            assert form.startswith(" ") is message.source.startswith(" "), message


def test_french_signs_stand_apart_as_french_wants_it():
    for message in read("fr").messages:
        for form in message.forms:
            assert badly_set(form) == "", form
            assert "..." not in form, form


@pytest.mark.parametrize(
    "folder", ["projects/library", "projects/examples/packaging_cell", "projects/examples/first_steps"]
)
def test_the_french_of_the_shipped_projects_is_set_like_that_of_the_window(folder):
    with (ROOT / folder / "texts.csv").open(encoding="utf-8-sig", newline="") as file:
        forms = [row["fr"] for row in csv.DictReader(file)]
    assert any(forms)
    assert [form for form in forms if badly_set(form)] == []


@pytest.mark.parametrize(
    "form",
    ["Cause\u00a0: froid", "Cause : froid", "Cause: froid", "Quoi ?", "« Marche »", "l'air", "Fin ; puis"],
)
def test_what_is_badly_set_in_french_is_found(form):
    assert badly_set(form)


def badly_set(form):
    """Return the first place where French has a straight apostrophe or another space than a narrow one."""
    bare = re.sub(r"opc\.tcp://\S+|\w+://\S+|C:/\S*|\{\}:\{\}|[=!<>]=|\d:\d", "", form)
    signs = re.search(r"(?<=[^\u202f])[;!?»]|(?<![\u202f\"]):(?=\s|$)|«(?!\u202f)", bare)
    found = signs or re.search("\u00a0|[A-Za-zÀ-ÿ]'[A-Za-zÀ-ÿ]", bare)
    return bare[max(found.start() - 5, 0) : found.end() + 5] if found else ""


def test_plural_forms_follow_the_language():
    assert [plural_form("fr", count) for count in (-1, 0, 1, 2)] == [0, 0, 0, 1]
    assert [plural_form("en", count) for count in (-1, 0, 1, 2)] == [0, 1, 0, 1]
    ts = b"""<TS language="fr"><context><name>C</name><message numerus="yes"><source>%n alarm(s)</source>
    <translation><numerusform>%n alarme</numerusform><numerusform>%n alarmes</numerusform></translation>
    </message></context></TS>"""
    catalogue = Catalogue("fr", parse(ts))
    assert [catalogue.find("C", "%n alarm(s)", "", count) for count in (0, 2)] == ["%n alarme", "%n alarmes"]
    assert catalogue.find("C", "unknown") == ""


def test_a_language_that_does_not_exist_or_a_broken_file_is_told():
    with pytest.raises(CatalogueError, match="there is no language 'xx'; there are en, fr"):
        read("xx")
    with pytest.raises(CatalogueError, match="cannot be read"):
        parse(b"<TS>")


# Texts that people see and that no translator does

SHOWN_BY = {
    "setText", "setToolTip", "setWindowTitle", "setAccessibleName", "setAccessibleDescription",
    "setPlaceholderText", "setTitle", "setStatusTip", "setInformativeText", "addAction", "addItem",
    "addButton", "QLabel", "QPushButton", "QAction", "QMenu", "QCheckBox", "QRadioButton", "QGroupBox",
    "set_full_text", "tell", "showText", "drawText",
}  # fmt: skip
"""Calls that put a text before people."""
ALLOWED = {
    "Vigie": "the program's name",
    " — Vigie": "the program's name",
    " ": "a gap",
    "…": "a sign",
    "—": "a sign",
    "?": "a sign",
    "!": "a sign",
}


def literals_shown(path):
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in SHOWN_BY:
            continue
        for argument in node.args:
            for text in words_of(argument):
                if text not in ALLOWED and re.search(r"[A-Za-zÀ-ÿ]{2,}", text):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}: {name}({text!r})"


def words_of(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        for part in node.values:
            yield from words_of(part)
    elif isinstance(node, ast.IfExp):
        yield from words_of(node.body)
        yield from words_of(node.orelse)
    elif isinstance(node, ast.BinOp):
        yield from words_of(node.left)
        yield from words_of(node.right)


def test_no_text_reaches_the_window_past_the_translators():
    found = []
    for folder in ("views", "hmi/desktop"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            found += literals_shown(path)
    assert found == []


# Counts, whose nouns have a form for one and another for many

COUNTS = re.compile(r"\{(n|count|total|all|rows|events|alarms|tags|shown|good|missed|times)\}")
FILLED = re.compile(r"\blen\(|\bsum\(|count|rows\b")
BESIDE_NO_NOUN = re.compile(r"(: \{(n|count)?\}|\(×?\{(n|count)\}\).*|^\w+ \{n\})$")
"""``Events written: {n}``, ``Shelved ({n})`` and ``missed {n}`` agree with any number."""
NO_PLURAL = {
    "Alarm flood since {time}, {count} in the last 10 minutes. First: {message}": "a flood is ten and more",
    "{shown} of %Ln alarm(s) shown": "agrees with the whole, which is counted",
    "{good} of %Ln controller(s) connected ({others})": "agrees with the whole, which is counted",
    "{bad} of {all} not good": "no noun",
    "{title}, page {number} of {count}": "no noun",
}


def counted_texts(path):
    """Yield the texts with a number in a placeholder, which Qt cannot choose a form for."""
    tree = ast.parse(path.read_text("utf-8"))
    filled = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            values = [*node.args, *(one.value for one in node.keywords)]
            filled[id(node.func.value)] = " ".join(ast.unparse(one) for one in values)
    for node in ast.walk(tree):
        name = getattr(getattr(node, "func", None), "attr", "")
        if name not in {"tr", "translate"}:
            continue
        index = int(name == "translate")
        for text in words_of(node.args[index]) if len(node.args) > index else ():
            by_name = COUNTS.search(text)
            by_value = "{}" in text and FILLED.search(filled.get(id(node), ""))
            if (by_name or by_value) and not BESIDE_NO_NOUN.search(text):
                yield text, f"{path.relative_to(ROOT)}:{node.lineno}: {text}"


def test_a_counted_text_has_a_form_for_one_and_for_many():
    found = [
        counted
        for folder in ("views", "hmi/desktop")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for counted in counted_texts(path)
    ]
    assert [place for text, place in found if text not in NO_PLURAL] == []
    assert NO_PLURAL.keys() - {text for text, _ in found} == set(), "reasons for texts that are gone"


def test_every_plural_text_says_one_and_many_rightly():
    for language in LANGUAGES:
        for message in read(language).messages:
            if message.is_plural:
                assert len(message.forms) == 2, message
                assert not any("(s)" in form for form in message.forms), message


def test_every_counted_word_of_a_sentence_agrees_with_its_number():
    plural = re.compile(
        r"\{\}[ \u202f](?!(?:ms|ns|plus|premières|refus|dans|pas|vers|toutes|après)\b)[a-zà-ÿ]+s\b"
    )
    large = {
        "The address answers when asked now, but not every {} ms as it should.",
        "INDICATIVE: {} days; figures are firm from 30 days on.",
        # The station says these of two or more; one has a sentence of its own.
        "All {} tags are good again; a moment ago some were not, for example {}.",
        "{} of {} tags have no good value, for example {}.",
        "{} alarms chattered (3 or more times within 60 s); a deadband or a delay ends that: {}",
        "{} alarms came and went within 10 s; a delay keeps such alarms from the operator: {}",
        "{} alarms stood for more than 24 h; solve or suppress them by design, or they hide new ones: {}",
    }
    # Fixed limits of the program are all above one.
    limits = re.compile(r"\b(more than|at most|Top) \{\}", re.IGNORECASE)
    left = [
        one.source
        for one in read("fr").messages
        if one.context in ("Station", "Frame") and plural.search(one.forms[0]) and one.source not in large
    ]
    assert [text for text in left if not limits.search(text)] == []
