"""Words and numbers on screens, in the window's language."""

from PySide6.QtCore import QCoreApplication, QLocale


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
    """Return a number written with a point as the language writes it."""
    return number.replace(".", decimal_point())
