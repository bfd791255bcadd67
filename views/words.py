"""Words and numbers on screens, in the window's language."""

from typing import Final

from PySide6.QtCore import QCoreApplication, QLocale

from tags.model import Value
from views.project_names import device_text

_SPACE: Final = "\u202f"
"""Between thousands in every language: a comma or a point there could be read as the decimal sign."""
_FRENCH_DIGITS: Final = 4
_DIGITS: Final = 5
"""Digits from which thousands stand apart: French sets 1 248 apart, other languages leave four together."""


def word(text: str) -> str:
    """Return a word of the element library; its source stands where the element is declared.

    The tool that collects texts finds it there: in ``words``, in the defaults of a kind's text properties,
    and in tables marked with ``QT_TRANSLATE_NOOP``.
    """
    return QCoreApplication.translate("Element", text) if text else ""


def decimal_point() -> str:
    """Return the sign between whole and decimals."""
    return QLocale().decimalPoint()


def localised(number: str) -> str:
    """Return a number written with a point as the language writes it, its digits together."""
    return number.replace(".", decimal_point())


def least_grouped() -> int:
    """Return from how many digits on the language sets thousands apart."""
    return _FRENCH_DIGITS if QLocale().language() is QLocale.Language.French else _DIGITS


def grouped(number: str) -> str:
    """Return a number written with a point as the language writes it: thousands apart, a true minus sign.

    The one form of numbers in the window, on screens and in tables; entries take it back (HMI-22).
    """
    sign, digits = ("−", number[1:]) if number.startswith("-") else ("", number)
    whole, point, rest = digits.partition(".")
    if not whole.isdecimal():
        return number
    if not any(character in "123456789" for character in digits):
        sign = ""
    # Asked only where it matters: the language costs 1 us, and most values have fewer digits.
    if len(whole) >= _DIGITS or (len(whole) >= _FRENCH_DIGITS and len(whole) >= least_grouped()):
        head = len(whole) % 3
        parts = [whole[:head]] if head else []
        parts += [whole[at : at + 3] for at in range(head, len(whole), 3)]
        whole = _SPACE.join(parts)
    return sign + whole + (decimal_point() if point else "") + rest


def computed_text(value: Value | None) -> str:
    """Return what an expression came to as people read it; empty for nothing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return device_text(value)
    if isinstance(value, bool):
        return QCoreApplication.translate("LocalText", "On" if value else "Off")
    return grouped(f"{value:g}" if isinstance(value, float) else str(value))
