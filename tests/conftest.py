"""Guards and set-up for every test; see docs/development.md."""

import gc
import inspect
import logging
import os
import shutil
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings

from tests.support.leaks import QtObjects, SocketGuard, leaked_tasks, leaked_threads
from tests.support.logs import ExpectedLog, LogGuard
from tests.support.ports import free_port as next_free_port

# Before anything imports Qt.
os.environ["QT_QPA_PLATFORM"] = "offscreen"

QT_FIXTURES = {"qapp", "qtbot", "qtmodeltester"}
USER_FOLDER_VARIABLES = {
    "VIGIE_DATA_DIR": "vigie",
    "XDG_DATA_HOME": "data",
    "XDG_CONFIG_HOME": "config",
    "XDG_CACHE_HOME": "cache",
    "XDG_STATE_HOME": "state",
    "XDG_RUNTIME_DIR": "runtime",
}

# How long an example takes says something of the machine only. CI tries the same examples each time: what
# chance found there would be held against a change that has nothing to do with it.
settings.register_profile(
    "vigie", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize="CI" in os.environ
)
settings.load_profile("vigie")

SOCKETS = pytest.StashKey[SocketGuard]()
USER_FOLDERS = pytest.StashKey[Path]()
LOG_GUARD = pytest.StashKey[LogGuard]()


def pytest_configure(config: pytest.Config) -> None:
    folder = Path(tempfile.mkdtemp(prefix="vigie-tests-"))
    for variable, name in USER_FOLDER_VARIABLES.items():
        (folder / name).mkdir(mode=0o700)
        os.environ[variable] = str(folder / name)
    config.addinivalue_line("markers", "expected_log(pattern, level=WARNING, logger=''): see the fixture")
    config.stash[USER_FOLDERS] = folder
    config.stash[SOCKETS] = SocketGuard()
    config.stash[SOCKETS].install()


def pytest_unconfigure(config: pytest.Config) -> None:
    folder = config.stash.get(USER_FOLDERS, None)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark by fixture and folder, watch the tasks of async tests, leave long tests out unless asked for."""
    for item in items:
        if not isinstance(item, pytest.Function):
            continue
        if QT_FIXTURES & set(item.fixturenames):
            item.add_marker(pytest.mark.gui)
        for folder in ("protocol", "soak"):
            if item.path.is_relative_to(config.rootpath / "tests" / folder):
                item.add_marker(getattr(pytest.mark, folder))
        if _is_async(item):
            # Set up after the thread guard, which looks when the loop is closed and its own threads are gone.
            item.fixturenames.insert(
                item.fixturenames.index("fail_on_leaked_thread") + 1, "fail_on_leaked_task"
            )
    if "soak" not in config.option.markexpr:
        soak = [item for item in items if item.get_closest_marker("soak")]
        if soak:
            items[:] = [item for item in items if not item.get_closest_marker("soak")]
            config.hook.pytest_deselected(items=soak)


def pytest_collection_finish() -> None:
    """Leave out of every look at living objects what was there before the first test.

    That is some 350,000 of them, among which each test with a window looks for its own timers twice.
    """
    gc.collect()
    gc.freeze()


def _is_async(item: pytest.Function) -> bool:
    inner = getattr(getattr(item.obj, "hypothesis", None), "inner_test", item.obj)
    return inspect.iscoroutinefunction(inner)


@pytest.fixture(autouse=True)
def fail_on_leaked_thread() -> Iterator[None]:
    """Every other guard asks for this one, so that it is torn down last."""
    before = set(threading.enumerate())
    yield
    _fail_on(leaked_threads(before))


@pytest_asyncio.fixture
async def fail_on_leaked_task(fail_on_leaked_thread: None) -> AsyncIterator[None]:
    yield
    _fail_on(await leaked_tasks())


@pytest.fixture(autouse=True)
def fail_on_unexpected_log(
    request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture, fail_on_leaked_thread: None
) -> Iterator[None]:
    guard = LogGuard(caplog.handler)
    for mark in request.node.iter_markers("expected_log"):
        guard.expect(*mark.args, **mark.kwargs)
    request.node.stash[LOG_GUARD] = guard
    logging.getLogger().addHandler(guard)
    yield
    logging.getLogger().removeHandler(guard)
    _fail_on(guard.problems())


@pytest.fixture
def expected_log(request: pytest.FixtureRequest) -> Callable[..., ExpectedLog]:
    """Announce a record at WARNING or above: `expected_log("regex", level=logging.ERROR, logger="tags")`."""
    return request.node.stash[LOG_GUARD].expect


@pytest.fixture(autouse=True)
def fail_on_open_network(pytestconfig: pytest.Config, fail_on_leaked_thread: None) -> Iterator[None]:
    with pytestconfig.stash[SOCKETS].watching() as refused:
        yield
    _fail_on(refused())


@pytest.fixture(autouse=True)
def fail_on_leaked_qt_object(request: pytest.FixtureRequest, fail_on_leaked_thread: None) -> Iterator[None]:
    if request.node.get_closest_marker("gui") is None:
        yield
        return
    request.getfixturevalue("qapp")
    before = QtObjects()
    yield
    _fail_on(before.leaked())


@pytest.fixture
def free_port() -> int:
    """A free TCP port on 127.0.0.1."""
    return next_free_port()


def _fail_on(problems: list[str]) -> None:
    if problems:
        pytest.fail("\n".join(problems), pytrace=False)
