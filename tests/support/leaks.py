"""Find what a test leaves behind: tasks, threads, Qt objects, and sockets that leave loopback."""

import asyncio
import gc
import ipaddress
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

GRACE_S = 2.0

# Threads that end with the process and that no test owns.
LIBRARY_THREADS = ("pytest_timeout ", "pydevd.", "execnet")
OUR_THREADS = ("vigie", "hmi", "views", "tags", "alarms", "historian", "projects")


async def leaked_tasks(grace_s: float = GRACE_S) -> list[str]:
    """Return the tasks of the running loop that do not end by themselves within the grace.

    Runs after the other fixtures of the test were torn down.
    """
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if others:
        _, others = await asyncio.wait(others, timeout=grace_s)
    return [f"leaked asyncio task: {task!r}" for task in others]


def leaked_threads(before: set[threading.Thread], grace_s: float = GRACE_S) -> list[str]:
    """Return the threads started since `before` that do not end by themselves within the grace.

    A daemon thread counts when its name says that it is ours (`vigie-...` or a root package's name).
    """
    deadline = time.monotonic() + grace_s
    leaked = []
    for thread in set(threading.enumerate()) - before - {threading.current_thread()}:
        if thread.name.startswith(LIBRARY_THREADS):
            continue
        if thread.daemon and not thread.name.startswith(OUR_THREADS):
            continue
        thread.join(max(0.0, deadline - time.monotonic()))
        if thread.is_alive():
            leaked.append(f"leaked thread: {thread!r}")
    return leaked


class QtObjects:
    """The Qt objects alive at one moment that a test must not leave behind. GUI thread only."""

    def __init__(self) -> None:
        self._before = dict(_running_qt_objects())

    def leaked(self) -> list[str]:
        """Return widgets, timers and threads that appeared since, after what Qt has to delete is deleted."""
        new = self._new()
        if new:
            _delete_what_is_due()
            gc.collect()  # a widget in a reference cycle is unreachable, not leaked
            _delete_what_is_due()
            new = self._new()
        return new

    def _new(self) -> list[str]:
        return [text for key, text in _running_qt_objects() if key not in self._before]


def _delete_what_is_due() -> None:
    from PySide6.QtCore import QCoreApplication, QEvent

    application = QCoreApplication.instance()
    if application is not None:
        application.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        application.processEvents()


def _running_qt_objects() -> Iterator[tuple[int, str]]:
    """Yield (identity, description); nothing while no QApplication exists. Never imports Qt by itself."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    core = sys.modules.get("PySide6.QtCore")
    if widgets is None or core is None or widgets.QApplication.instance() is None:
        return
    import shiboken6

    for widget in widgets.QApplication.topLevelWidgets():
        yield shiboken6.getCppPointer(widget)[0], f"leaked top-level widget: {widget!r}"
    kinds = (core.QThread, core.QTimer)
    for thing in gc.get_objects():
        if not issubclass(type(thing), kinds) or not shiboken6.isValid(thing):
            continue
        if isinstance(thing, core.QTimer):
            if thing.isActive():
                yield (
                    shiboken6.getCppPointer(thing)[0],
                    f"leaked running QTimer: {thing!r} of {thing.parent()!r}",
                )
        elif thing.isRunning() and thing is not core.QThread.currentThread():
            yield shiboken6.getCppPointer(thing)[0], f"leaked running QThread: {thing!r}"


class SocketGuard:
    """Refuses sockets that are bound or connected to anything but loopback, wherever in Python they are made.

    An audit hook cannot be taken away again, so there is one for the whole test session.
    """

    def __init__(self) -> None:
        self._problems: list[str] = []
        self._active = False

    def install(self) -> None:
        """Start watching; for the life of the process."""
        sys.addaudithook(self._on_event)

    @contextmanager
    def watching(self) -> Iterator[Callable[[], list[str]]]:
        """Refuse while the block runs; yields a function that returns what was refused."""
        self._problems, self._active = [], True
        try:
            yield lambda: list(self._problems)
        finally:
            self._active = False

    def _on_event(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event not in ("socket.bind", "socket.connect") or not self._active:
            return
        sock, address = arguments
        if sock.family not in (socket.AF_INET, socket.AF_INET6) or is_loopback(address):
            return
        problem = f"{event.removeprefix('socket.')} to {address!r}: tests use 127.0.0.1 only"
        self._problems.append(problem)
        raise PermissionError(problem)


def is_loopback(address: Any) -> bool:
    """Tell whether a socket address (host, port, ...) is this machine's loopback."""
    host = address[0] if isinstance(address, tuple) and address else ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False
