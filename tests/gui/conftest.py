"""What all tests with a window share."""

import pytest
from PySide6.QtWidgets import QApplication

from views.language import LANGUAGE, SOURCE_LANGUAGE


@pytest.fixture(scope="session", autouse=True)
def spoken(qapp: QApplication) -> None:
    """Let counted sentences have their forms, as in the program, which always speaks a language."""
    LANGUAGE.use(SOURCE_LANGUAGE)
