"""The window's process: the Qt application around one main window, and pictures of screens without one."""

import getpass
import os
import platform
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QApplication

from hmi.desktop.client import StationClient
from hmi.desktop.closing import ask_operator
from hmi.desktop.collecting import QuietCollector
from hmi.desktop.connector import EndpointProvider, Identity, ProjectParser
from hmi.desktop.main_window import AskClose, MainWindow
from hmi.desktop.settings import WindowSettings
from hmi.desktop.snapshot import live_values
from hmi.desktop.sound import system_player
from hmi.endpoint import Endpoint, data_dir
from projects.files import parse_tolerant as parse_files
from projects.model import Project, Screen
from projects.texts import said_names, translated
from resources.catalogue import SOURCE_LANGUAGE
from views.color_vision import ColorVision, seen_image
from views.language import LANGUAGE, system_language
from views.preview import PreviewSource, render
from views.project_names import use_names
from views.style import load_fonts, load_theme

DEFAULT_SIZE = (1366, 768)
TITLE_BAR_PX = 32
"""What a desktop puts above a window, about."""


def make_application() -> QApplication:
    """Return the process's QApplication with Vigie's name, fonts and icon; made when there is none."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("Vigie")
    application.setApplicationDisplayName("Vigie")
    application.setDesktopFileName("vigie")
    application.setStyle("Fusion")
    load_fonts()
    application.setWindowIcon(application_icon())
    return application


def application_icon() -> QIcon:
    """Return Vigie's mark: a lookout's lens, in the colours of the window's chrome."""
    result = QIcon()
    for side in (16, 24, 32, 48, 64, 128, 256):
        pixmap = QPixmap(side, side)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(side / 64, side / 64)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#1C68A8"))
        painter.drawRoundedRect(QRectF(2, 2, 60, 60), 12, 12)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor("#FFFFFF"), 5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawArc(QRectF(6, 18, 52, 52), 40 * 16, 100 * 16)
        painter.drawArc(QRectF(6, -6, 52, 52), 220 * 16, 100 * 16)
        painter.setBrush(QColor("#FFFFFF"))
        painter.drawEllipse(QPointF(32, 32), 6, 6)
        painter.end()
        result.addPixmap(pixmap)
    return result


def run(
    provider: EndpointProvider,
    *,
    theme: str | None = None,
    language: str | None = None,
    size: tuple[int, int] | None = None,
    owns_station: bool = False,
    settings_path: Path | None = None,
    ask_close: AskClose = ask_operator,
    parse: ProjectParser = parse_files,
    opened: Callable[[MainWindow], object] | None = None,
    is_audible: bool = True,
) -> int:
    """Open the operator's window and serve it to its end; return the process's exit code.

    ``provider`` says where the station listens now and is asked again before every attempt. ``theme`` None is
    the one last chosen, ``language`` None that of the last choice or of the system, ``size`` None the last
    size. ``owns_station`` makes closing ask what happens to the station. ``opened`` is called with the shown
    window, for tests and benchmarks; ``is_audible`` False plays no alarm tones.
    """
    application = make_application()
    identity = Identity("vigie window", _user(), platform.node())
    settings = WindowSettings(settings_path or data_dir() / "window.ini")
    LANGUAGE.use(language or settings.language or system_language())
    client = StationClient(provider, parse, identity)
    window = MainWindow(
        client,
        settings,
        theme=theme,
        owns_station=owns_station,
        ask_close=ask_close,
        player=system_player() if is_audible else None,
    )
    geometry = settings.geometry
    if size is not None:
        window.resize(QSize(*size))
    elif geometry is None or not window.restoreGeometry(geometry):
        _take_room(window)
    restore_signals = _end_on_signals(window)
    quits = application.quitOnLastWindowClosed()
    application.setQuitOnLastWindowClosed(False)
    window.closed.connect(application.quit)
    window.show()
    collector = QuietCollector(window)
    collector.start()
    window.start()
    if opened is not None:
        opened(window)
    try:
        return application.exec()
    finally:
        collector.stop()
        restore_signals()
        window.end()
        window.deleteLater()
        client.deleteLater()
        application.setQuitOnLastWindowClosed(quits)


def _take_room(window: MainWindow) -> None:
    """Give a window its first size: the usual one, or the whole monitor where that has no room for it."""
    usual, room = QSize(*DEFAULT_SIZE), window.screen().availableSize()
    window.resize(usual.boundedTo(room))
    if usual.width() > room.width() or usual.height() + TITLE_BAR_PX > room.height():
        window.setWindowState(Qt.WindowState.WindowMaximized)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no entry for this user in the system's database
        return "operator"


def _end_on_signals(window: MainWindow) -> Callable[[], None]:
    """Close cleanly on SIGINT and SIGTERM; the frame timer lets Python see them. Returns how to undo it."""
    previous = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def end(number: int, frame: object) -> None:  # noqa: ARG001
        window.end()
        QCoreApplication.quit()

    def restore() -> None:
        for number, handler in previous.items():
            signal.signal(number, handler)

    for number in previous:
        signal.signal(number, end)
    return restore


def screenshot(
    project: Project,
    screen: Screen,
    out: Path | str,
    *,
    theme: str = "light",
    language: str = SOURCE_LANGUAGE,
    vision: str = ColorVision.NORMAL,
    size: tuple[int, int] = (1920, 1080),
    endpoint: Endpoint | None = None,
) -> bool:
    """Paint one screen into a file without a display; return whether the file was written.

    ``vision``, one of :class:`ColorVision`, paints it as people see it whose colour vision differs. The
    values are a station's when ``endpoint`` names one, else those of the preview.
    """
    existing = QApplication.instance()
    if existing is None:
        # No display is needed; an environment that asks for a platform keeps it.
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = make_application()
    LANGUAGE.use(language)
    shown = translated(project, language)
    use_names(said_names(project, language))
    source = live_values(shown, endpoint) if endpoint is not None else PreviewSource(shown.tags)
    image = render(shown.screens[screen.id], source, load_theme(theme), QSize(*size), library=shown.library)
    is_written = seen_image(image, ColorVision(vision)).save(str(out))
    if existing is None:
        application.quit()
    return is_written
