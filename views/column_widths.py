"""How wide a column of a table has to be in the language of the window."""

from collections.abc import Iterable, Mapping
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QTableView

from views.style import font

ROOM_PX: Final = 26
"""What the style keeps free beside the text of a cell or title."""


def fit_columns(table: QTableView, texts: Mapping[int, Iterable[str]]) -> None:
    """Give each column the width of the longest of its texts, or of its title where that is longer."""
    metrics = QFontMetrics(font(14))
    model = table.model()
    for column, found in texts.items():
        title = str(model.headerData(column, Qt.Orientation.Horizontal) or "")
        width_px = max(metrics.horizontalAdvance(text) for text in (*found, title))
        table.setColumnWidth(column, width_px + ROOM_PX)
