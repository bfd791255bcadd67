"""A stack of pages that costs nothing before it is seen."""

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget


class LateStack(QStackedWidget):
    """Take pages in when they are seen for the first time. GUI thread only.

    Qt gives the first page of a stack, and all widgets in it, their look as soon as it is added, hidden as it
    may be: that is most of what making a page costs, and is better done in slices or when it is seen.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wanted: QWidget | None = None
        self._is_open = False

    def put(self, page: QWidget) -> None:
        """Take in a page, which joins the others when it is turned to; the first one is shown first."""
        page.hide()
        if not self._is_open and self._wanted is None:
            self._wanted = page

    def turn_to(self, page: QWidget) -> None:
        """Show a page."""
        if not self._is_open:
            self._wanted = page
            return
        if self.indexOf(page) < 0:
            self.addWidget(page)
        self.setCurrentWidget(page)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        """Let the page join that is to be seen."""
        if not self._is_open:
            self._is_open = True
            if self._wanted is not None:
                self.turn_to(self._wanted)
            self._wanted = None
            self._lay_out()
        super().showEvent(event)

    def _lay_out(self) -> None:
        """Give the page shown its place at once: whoever showed it goes on with what is in it."""
        for widget in (self, self.currentWidget()):
            layout = widget.layout() if widget is not None else None
            if layout is not None:
                layout.activate()
