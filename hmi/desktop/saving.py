"""Ask where to save a file, without blocking the window."""

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget


def ask_file(
    parent: QWidget,
    title: str,
    name: str,
    kinds: Mapping[str, str],
    chosen: Callable[[Path], object],
) -> QFileDialog:
    """Open a save dialog; ``chosen`` gets the path, always with one of the suffixes of ``kinds``.

    ``kinds`` maps suffixes such as ``.pdf`` to their names; the first one is the default. The dialog asks
    before an existing file is replaced and deletes itself.
    """
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    first = next(iter(kinds))
    dialog = QFileDialog(parent, title, str(Path(folder or ".") / f"{name}{first}"))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setNameFilters([f"{text} (*{suffix})" for suffix, text in kinds.items()])
    dialog.setDefaultSuffix(first.removeprefix("."))
    dialog.selectFile(f"{name}{first}")

    def on_filter(text: str) -> None:
        suffix = text.rpartition("(*")[2].removesuffix(")")
        dialog.setDefaultSuffix(suffix.removeprefix("."))
        selected = dialog.selectedFiles()
        if selected:
            dialog.selectFile(Path(selected[0]).with_suffix(suffix).name)

    def on_chosen(text: str) -> None:
        path = Path(text)
        chosen(path if path.suffix.lower() in kinds else path.with_name(path.name + first))

    dialog.filterSelected.connect(on_filter)
    dialog.fileSelected.connect(on_chosen)
    dialog.open()
    return dialog
