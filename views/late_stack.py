"""A stack of pages that costs nothing before it is seen."""

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget


class LateStack(QStackedWidget):
    """Take pages in when the stack is shown for the first time. GUI thread only.

    Qt gives the first page of a stack, and all widgets in it, their look as soon as it is added, hidden as it
    may be: that is most of what making a page costs, and is better done in slices or when it is seen.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[QWidget] = []
        self._wanted: QWidget | None = None
        self._is_open = False

    def put(self, page: QWidget) -> None:
        """Add a page behind the others."""
        if self._is_open:
            self.addWidget(page)
        else:
            page.hide()
            self._waiting.append(page)

    def turn_to(self, page: QWidget) -> None:
        """Show a page, which joins the others when it is none of them."""
        if not self._is_open:
            self._wanted = page
            return
        if self.indexOf(page) < 0:
            self.addWidget(page)
        self.setCurrentWidget(page)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        """Take the pages in."""
        if not self._is_open:
            self._is_open = True
            for page in self._waiting:
                self.addWidget(page)
            if self._wanted is not None:
                self.turn_to(self._wanted)
            self._waiting, self._wanted = [], None
            self._lay_out()
        super().showEvent(event)

    def _lay_out(self) -> None:
        """Give the page shown its place at once: whoever showed it goes on with what is in it."""
        for widget in (self, self.currentWidget()):
            layout = widget.layout() if widget is not None else None
            if layout is not None:
                layout.activate()
