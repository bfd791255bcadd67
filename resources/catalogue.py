"""The program's texts in other languages: the files of ``translations/``, as Qt Linguist saves them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Final
from xml.etree import ElementTree as Xml

LANGUAGES: Final[Mapping[str, str]] = MappingProxyType({"en": "English", "fr": "Français"})
"""The languages of the program by code, each called as its speakers call it; the sources are English."""
SOURCE_LANGUAGE: Final = "en"


class CatalogueError(Exception):
    """Tell that a translation file is missing or cannot be read."""


@dataclass(frozen=True, slots=True)
class Message:
    """Hold one text of the sources and its translation: one form, or one per plural form."""

    context: str
    source: str
    comment: str = ""
    forms: tuple[str, ...] = ()
    is_plural: bool = False

    @property
    def is_finished(self) -> bool:
        """Tell whether every form is there."""
        return bool(self.forms) and all(self.forms)


class Catalogue:
    """Find the translation of a text by its context, as ``QTranslator`` does."""

    def __init__(self, language: str, messages: tuple[Message, ...]) -> None:
        self.language = language
        self.messages = messages
        self._forms = {
            (one.context, one.source, one.comment): one.forms for one in messages if one.is_finished
        }

    def find(self, context: str, source: str, comment: str = "", count: int = -1) -> str:
        """Return the translation, in the plural form of ``count`` when it is not negative; empty if none."""
        forms = self._forms.get((context, source, comment))
        if forms is None and comment:
            forms = self._forms.get((context, source, ""))
        if forms is None:
            return ""
        return forms[min(plural_form(self.language, count), len(forms) - 1)]

    def of_context(self, context: str) -> Iterator[tuple[str, str]]:
        """Return the finished (source, translation) pairs of one context."""
        for one in self.messages:
            if one.context == context and one.is_finished:
                yield one.source, one.forms[0]


def plural_form(language: str, count: float) -> int:
    """Return which plural form a count takes: 0 the singular. French has it for all below 2: 0,1 jour."""
    if count < 0:
        return 0
    return int(count >= 2) if language == "fr" else int(count != 1)


def read(language: str) -> Catalogue:
    """Read a language's file.

    Raises:
        CatalogueError: there is no such file, or it is no file of Qt Linguist.
    """
    file = resources.files("resources") / "translations" / f"vigie_{language}.ts"
    if language not in LANGUAGES or not file.is_file():
        raise CatalogueError(f"there is no language {language!r}; there are {', '.join(LANGUAGES)}")
    return Catalogue(language, parse(file.read_bytes()))


def parse(data: bytes) -> tuple[Message, ...]:
    """Return the messages of a ``.ts`` file, those without a finished translation too.

    Raises:
        CatalogueError: it is no file of Qt Linguist.
    """
    try:
        root = Xml.fromstring(data)  # noqa: S314  a file of this package
    except Xml.ParseError as error:
        raise CatalogueError(f"a translation file cannot be read: {error}") from error
    found = []
    for context in root.iter("context"):
        name = context.findtext("name", "")
        for item in context.iter("message"):
            translation = item.find("translation")
            is_plural = item.get("numerus") == "yes"
            forms: tuple[str, ...] = ()
            if translation is not None and translation.get("type") is None:
                plural = tuple(form.text or "" for form in translation.iter("numerusform"))
                forms = plural if is_plural else (translation.text or "",)
            found.append(
                Message(name, item.findtext("source", ""), item.findtext("comment", ""), forms, is_plural)
            )
    return tuple(found)
