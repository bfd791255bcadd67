"""Delete what is not shown any more piece by piece: a thousand widgets at once take longer than a frame."""

from PySide6.QtWidgets import QWidget
from shiboken6 import delete, isValid

from hmi.desktop.workspace import Workspace
from views.slices import Slices


def clearing(workspace: Workspace | None, body: QWidget | None) -> Slices[None]:
    """Delete the pages of a workspace, then itself and what stood around it."""
    parts: list[QWidget] = []
    if workspace is not None:
        parts += [*workspace.pages.made_pages(), *workspace.screens.canvases, workspace]
    if body is not None:
        parts.append(body)
    for part in parts:
        if isValid(part):
            delete(part)
        yield
