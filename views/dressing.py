"""Give the application another look in slices, so that nobody waits while a thousand widgets change."""

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from views.slices import Slices
from views.style import Theme, icon, icon_names, palette, stylesheet

_NOTED: Final = 100
"""Widgets that are noted at once, in about a millisecond."""
_POLISHED: Final = 10
"""Widgets that get their look at once, in about a millisecond."""


class Dresser:
    """Change the style sheet of an application whose windows are open. GUI thread only.

    Qt gives a new sheet to all widgets at once, hidden ones as well, in 100 to 200 ms. Here every widget is
    first told to have no look yet, so that the sheet itself changes in a few milliseconds; then each gets
    its look, those that are seen first.
    """

    def __init__(self, application: QApplication) -> None:
        self._application = application
        self._due: list[QWidget] = []

    def dressing(self, theme: Theme, parts: Iterable[Iterable[object]] = ()) -> Slices[None]:
        """Give what is seen the look of a theme; ``parts`` change the colours that no sheet gives.

        Nothing is painted until all of it has changed. What is hidden follows with :meth:`finishing`; a
        change that is given up is made good by the next one.
        """
        application = self._application
        sheet = stylesheet(theme)
        is_same = not self._due and (application.styleSheet(), application.palette()) == (
            sheet,
            palette(theme),
        )
        if not is_same:
            for name in icon_names():
                icon(name, theme)
                yield
            yield from self._noting()
        still = [window for window in application.topLevelWidgets() if window.isVisible()]
        for window in still:
            window.setUpdatesEnabled(False)
        try:
            if not is_same:
                self._change(sheet, theme)
                yield
                yield from self._polishing([one for one in self._due if isValid(one) and one.isVisible()])
            for part in parts:
                for _ in part:
                    yield
        finally:
            for window in still:
                if isValid(window):
                    window.setUpdatesEnabled(True)

    def finishing(self) -> Slices[None]:
        """Give what is hidden its look as well."""
        yield from self._polishing(self._due)

    def _noting(self) -> Slices[None]:
        for number, widget in enumerate(self._application.allWidgets()):
            if isValid(widget) and widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
                self._note(widget)
            if number % _NOTED == _NOTED - 1:
                yield

    def _note(self, widget: QWidget) -> None:
        # What has a sheet of its own, and all below it, Qt has to change itself: they are a few labels.
        if widget.style() is self._application.style():
            widget.setAttribute(Qt.WidgetAttribute.WA_WState_Polished, False)
            self._due.append(widget)

    def _change(self, sheet: str, theme: Theme) -> None:
        """Set the sheet and keep what has its look still to come from being asked how it likes it."""
        quiet = [one for one in self._due if isValid(one) and not one.testAttribute(_IS_STYLED)]
        for widget in quiet:
            widget.setAttribute(_IS_STYLED, True)
        # Qt takes one sheet away and sets another in a fifth of the time that it takes to replace it.
        self._application.setStyleSheet("")
        self._application.setPalette(palette(theme))
        self._application.setStyleSheet(sheet)
        for widget in quiet:
            widget.setAttribute(_IS_STYLED, False)

    def _polishing(self, widgets: list[QWidget]) -> Slices[None]:
        done = set()
        for number, widget in enumerate(widgets):
            if isValid(widget) and not widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
                self._application.style().polish(widget)
                widget.setAttribute(Qt.WidgetAttribute.WA_WState_Polished, True)
                widget.update()
            done.add(id(widget))
            if number % _POLISHED == _POLISHED - 1:
                yield
        self._due = [widget for widget in self._due if id(widget) not in done]


_IS_STYLED: Final = Qt.WidgetAttribute.WA_SetStyle


def polishing(widget: QWidget) -> Slices[None]:
    """Let a widget that has not been shown yet, and all in it, have its look already, in slices."""
    for number, part in enumerate((widget, *widget.findChildren(QWidget))):
        if isValid(part):
            part.ensurePolished()
        if number % _POLISHED == _POLISHED - 1:
            yield
