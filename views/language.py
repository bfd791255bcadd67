"""The language of the window: Qt's translators, the locale, and the station's sentences in other words."""

import re
from typing import Final

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator

from projects.sentences import Sentences
from projects.texts import SaidNames
from resources.catalogue import LANGUAGES, SOURCE_LANGUAGE, Catalogue, read
from views.project_names import use_names
from views.words import grouped

STATION: Final = "Station"
"""The context of the sentences that packages without Qt word."""
FRAME: Final = "Frame"
"""The context of what drivers say about the frames of their protocols."""
_REQUEST: Final = re.compile(r"#\d+")
_ANY_REQUEST: Final = "#0"
_NUMBER: Final = re.compile(r"-?\d+\.\d+")


class CatalogueTranslator(QTranslator):
    """Answer Qt from a catalogue; what it does not hold Qt shows as it stands in the sources."""

    def __init__(self, catalogue: Catalogue, parent: QObject) -> None:
        super().__init__(parent)
        self._catalogue = catalogue

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str:
        """Return the translation, None when there is none."""
        return self._catalogue.find(context, source, disambiguation or "", n) or None  # type: ignore[return-value]

    def isEmpty(self) -> bool:  # noqa: N802  Qt's name
        """Tell Qt that there is something to ask for."""
        return False


class Language:
    """Hold the application's language; one per process, in the GUI thread."""

    def __init__(self) -> None:
        self.name = SOURCE_LANGUAGE
        self.sentences = Sentences(())
        self.frames = Sentences(())
        self._translators: list[QTranslator] = []
        self._learned: dict[str, tuple[Catalogue, Sentences, Sentences]] = {}

    def learn(self, name: str) -> tuple[Catalogue, Sentences, Sentences]:
        """Read the words of a language, so that :meth:`use` takes it up at once. Any thread.

        Raises:
            CatalogueError: there is no such language.
        """
        if name not in self._learned:
            catalogue = read(name)
            self._learned[name] = (
                catalogue,
                Sentences(catalogue.of_context(STATION), _local_fact),
                # Apart from the others: a frame is put into words for each of hundreds a second.
                Sentences(catalogue.of_context(FRAME), is_closed=True),
            )
        return self._learned[name]

    def use(self, name: str) -> None:
        """Let every text that is made from now on be in this language; numbers and dates follow.

        Raises:
            CatalogueError: there is no such language.
        """
        application = QCoreApplication.instance()
        catalogue, sentences, frames = self.learn(name)
        for translator in self._translators:
            QCoreApplication.removeTranslator(translator)
            translator.deleteLater()
        self._translators = []
        self.name = name
        use_names(SaidNames())  # until the project is said in this language
        QLocale.setDefault(locale_of(name))
        self.sentences, self.frames = sentences, frames
        if application is None:
            return
        if name != SOURCE_LANGUAGE:
            own = QTranslator(application)
            if own.load(f"qtbase_{name}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
                self._install(own)
        self._install(CatalogueTranslator(catalogue, application))

    def _install(self, translator: QTranslator) -> None:
        QCoreApplication.installTranslator(translator)
        self._translators.append(translator)


LANGUAGE: Final = Language()
"""The process's language: Qt has one as well, and its translators belong to the one application."""


def station_text(text: str) -> str:
    """Return what a station worded, in the window's language; unchanged where no translation is known."""
    return LANGUAGE.sentences.say(text)


def frame_text(text: str) -> str:
    """Return what a driver says about a frame, in the window's language.

    Without its number a frame is like many others, so that its words are known already: 1 us, not 60 us.
    """
    found = _REQUEST.search(text)
    if found is None:
        return LANGUAGE.frames.say(text)
    plain = f"{text[: found.start()]}{_ANY_REQUEST}{text[found.end() :]}"
    return LANGUAGE.frames.say(plain).replace(_ANY_REQUEST, found.group(), 1)


def system_language() -> str:
    """Return the language of the operator's system where Vigie speaks it, else the sources'."""
    for name in QLocale.system().uiLanguages():
        language = name.partition("-")[0]
        if language in LANGUAGES:
            return language
    return SOURCE_LANGUAGE


def locale_of(language: str) -> QLocale:
    """Return the locale of a language: the system's own where it speaks that language, for its country."""
    system = QLocale.system()
    if system.language() is QLocale(language).language():
        return system
    if language == SOURCE_LANGUAGE and system.language() is QLocale.Language.C:
        return system
    return QLocale(language)


def _local_fact(text: str) -> str:
    """Write a number as the window does; everything else stays."""
    return grouped(text) if _NUMBER.fullmatch(text) else text
