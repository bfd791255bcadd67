"""Play short WAV files through whatever the machine has, without ever waiting for it."""

import contextlib
import logging
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol

from PySide6.QtCore import QObject, QProcess, Slot
from PySide6.QtWidgets import QApplication

log = logging.getLogger(__name__)

PROGRAMS: Final = (("pw-play",), ("paplay",), ("aplay", "-q"), ("afplay",))
"""Players of PipeWire, PulseAudio, ALSA and macOS, the first one found is used."""
_STOP_MS: Final = 500


class Player(Protocol):
    """Play named sounds. GUI thread only; no method waits for sound to end."""

    def play(self, name: str, content: bytes) -> None:
        """Play a WAV file; what still sounds is cut off."""

    def stop(self) -> None:
        """Be quiet at once."""

    def close(self) -> None:
        """Be quiet and leave no process and no file behind; safe to call twice."""


class _Folder:
    """Keep WAV files for players that read files only; made when the first sound is played."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def file(self, name: str, content: bytes) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="vigie-sound-", ignore_cleanup_errors=True)
        path = Path(self._folder.name) / f"{name}.wav"
        if not path.exists():
            path.write_bytes(content)
        return path

    def remove(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


class ProcessPlayer(QObject):
    """Play with an external program; when there is none, or it fails, with the desktop's beep.

    A machine without a sound card makes the program fail: that is logged once, and the beep is used from then
    on.
    """

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        programs: Sequence[Sequence[str]] = PROGRAMS,
        beep: Callable[[], object] = QApplication.beep,
    ) -> None:
        super().__init__(parent)
        self._commands = [list(command) for command in programs if shutil.which(command[0])]
        self._beep = beep
        self._folder = _Folder()
        self._process: QProcess | None = None

    def play(self, name: str, content: bytes) -> None:
        """Start a program, or beep."""
        self.stop()
        if not self._commands:
            self._beep()
            return
        try:
            file = self._folder.file(name, content)
        except OSError as error:
            self._give_up(f"its file cannot be written: {error}")
            self._beep()
            return
        program, *arguments = self._commands[0]
        process = QProcess(self)
        process.setStandardOutputFile(QProcess.nullDevice())
        process.setStandardErrorFile(QProcess.nullDevice())
        process.finished.connect(self._on_finished)
        process.errorOccurred.connect(self._on_error)
        self._process = process
        process.start(program, [*arguments, str(file)])

    @Slot(int, QProcess.ExitStatus)
    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._end(None if code == 0 and status is QProcess.ExitStatus.NormalExit else f"exit code {code}")

    @Slot(QProcess.ProcessError)
    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:  # no signal says that it finished
            self._end("it does not start")

    def _end(self, failure: str | None) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.deleteLater()
        if failure is not None:
            log.info("%s cannot play sound: %s", self._commands.pop(0)[0], failure)
            if not self._commands:
                self._give_up("no player works")
            self._beep()

    def _give_up(self, why: str) -> None:
        self._commands = []
        log.info("no alarm tones, the desktop's beep is used: %s", why)

    def stop(self) -> None:
        """End the program that plays."""
        process, self._process = self._process, None
        if process is not None:
            process.finished.disconnect(self._on_finished)
            process.errorOccurred.disconnect(self._on_error)
            process.kill()
            # A killed player is gone in a millisecond; waiting reaps it, so that no zombie is left.
            process.waitForFinished(_STOP_MS)
            process.deleteLater()

    def close(self) -> None:
        """Be quiet and remove the files."""
        self.stop()
        self._folder.remove()


if sys.platform == "win32":
    import winsound

    class WindowsPlayer:
        """Play through Windows itself, which plays in a thread of its own."""

        def __init__(self) -> None:
            self._folder = _Folder()

        def play(self, name: str, content: bytes) -> None:
            """Start playing; without a sound card Windows refuses, and the beep is used."""
            flags = winsound.SND_FILENAME | winsound.SND_ASYNC | winsound.SND_NODEFAULT
            try:
                winsound.PlaySound(str(self._folder.file(name, content)), flags)
            except (RuntimeError, OSError):
                QApplication.beep()

        def stop(self) -> None:
            """Be quiet."""
            with contextlib.suppress(RuntimeError):
                winsound.PlaySound(None, 0)

        def close(self) -> None:
            """Be quiet and remove the files."""
            self.stop()
            self._folder.remove()


def system_player() -> Player:
    """Return what plays sound on this machine."""
    if sys.platform == "win32":
        return WindowsPlayer()
    return ProcessPlayer()
