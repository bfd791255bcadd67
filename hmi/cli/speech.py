"""The language of what commands tell of a plant: one option for all of them (docs/decisions/0051)."""

import argparse
from collections.abc import Callable
from typing import Final

from hmi import report_words
from resources.catalogue import LANGUAGES, SOURCE_LANGUAGE

_CONTEXT: Final = "Terminal"
"""Where the translations of what commands themselves tell are."""
OF_TEXTS: Final = "the language of what is told; names, codes, times and numbers of JSON stay"


def add_language(parser: argparse.ArgumentParser, text: str = OF_TEXTS) -> None:
    """Give a command the option ``--language``."""
    parser.add_argument(
        "--language", choices=tuple(LANGUAGES), default=SOURCE_LANGUAGE, help=f"{text} (default: %(default)s)"
    )


def speaker(language: str) -> Callable[[str], str]:
    """Return what says a sentence of a command, of the station or of a report in a language."""
    return report_words.speaker(language, _CONTEXT)


def teller(language: str) -> Callable[[str], None]:
    """Return what prints a sentence in a language; the sources' is English.

    ``packaging/translations.py`` finds its texts, and those of ``say``, by the call itself.
    """
    say = speaker(language)

    def tell(text: str) -> None:
        print(say(text))

    return tell
