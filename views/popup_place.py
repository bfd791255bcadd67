"""Where the box of an entry or a question opens over a screen, one at a time."""

from typing import Final

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QWidget

from views.editors import Popup

_EDGE_PX: Final = 4
_GAP_PX: Final = 6


class PopupPlace:
    """Hold the box that is open over a widget. GUI thread only."""

    def __init__(self, over: QWidget) -> None:
        self._over = over
        self._popup: Popup | None = None

    @property
    def is_taken(self) -> bool:
        """Tell whether a box is open."""
        return self._popup is not None

    def open(self, popup: Popup, at: QRect) -> None:
        """Open a box below what it is about, or above where there is no room; the one before is closed."""
        self.close()
        self._popup = popup
        popup.closed.connect(self._forget)
        popup.open()
        width, height = self._over.width(), self._over.height()
        place = QPoint(at.right() - popup.width(), at.bottom() + _GAP_PX)
        if place.y() + popup.height() > height:
            place.setY(at.top() - popup.height() - _GAP_PX)
        place.setX(min(max(_EDGE_PX, place.x()), max(_EDGE_PX, width - popup.width() - _EDGE_PX)))
        place.setY(min(max(_EDGE_PX, place.y()), max(_EDGE_PX, height - popup.height() - _EDGE_PX)))
        popup.move(place)

    def close(self) -> None:
        """Close the box without an answer."""
        popup, self._popup = self._popup, None
        if popup is not None:
            popup.dismiss()

    def _forget(self) -> None:
        self._popup = None
        self._over.setFocus(Qt.FocusReason.PopupFocusReason)
