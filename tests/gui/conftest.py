"""What all tests with a window share."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.patience import PATIENCE_MS
from views.language import LANGUAGE, SOURCE_LANGUAGE


class PatientBot(QtBot):
    """Waits as long as any other test does, where pytest-qt gives up after five seconds."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS) -> None:  # noqa: N802
        """Wait for a condition."""
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE_MS, **options: Any) -> Any:  # noqa: N802
        """Wait for a signal."""
        return super().waitSignal(signal, timeout=timeout, **options)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)


@pytest.fixture(scope="session", autouse=True)
def spoken(qapp: QApplication) -> None:
    """Let counted sentences have their forms, as in the program, which always speaks a language."""
    LANGUAGE.use(SOURCE_LANGUAGE)
