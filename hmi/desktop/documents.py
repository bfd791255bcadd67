"""Open the document that an alarm's row names, with whatever the desktop shows such documents with."""

from typing import Final

from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QDesktopServices

SCHEMES: Final = ("http", "https", "file")
"""A project's text must not start anything but a viewer of documents."""


def open_document(address: str) -> str:
    """Ask the desktop to show a document; return why that is not done, empty when it is asked for."""
    url = QUrl(address, QUrl.ParsingMode.StrictMode)
    if not url.isValid() or url.scheme().lower() not in SCHEMES:
        text = QCoreApplication.translate(
            "Documents", "{address} is not opened: an address begins with http, https or file."
        )
        return text.format(address=address)
    if not QDesktopServices.openUrl(url):
        return QCoreApplication.translate("Documents", "Nothing on this computer opens {address}.").format(
            address=address
        )
    return ""
