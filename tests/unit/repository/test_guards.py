"""The guards of tests/conftest.py: each leak fails its test, and only that test."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ports
from tests.support.leaks import is_loopback
from tests.support.ports import free_port

ROOT = Path(__file__).resolve().parents[3]

CASES = """
import asyncio, logging, os, socket, threading
import pytest
from PySide6.QtCore import QThread, QTimer
from PySide6.QtWidgets import QWidget

log = logging.getLogger("tags.sample")
kept = []


def test_ok_quiet():
    log.info("nothing to see")

def test_bad_warning():
    log.warning("lost it")

def test_ok_library_warning():
    logging.getLogger("asyncua.client").warning("its own business")

def test_ok_warning_at_level(caplog):
    with caplog.at_level(logging.WARNING):
        log.warning("lost it")

def test_bad_error_in_warning_block(caplog):
    with caplog.at_level(logging.WARNING):
        log.error("something else")

def test_bad_warning_after_block(caplog):
    with caplog.at_level(logging.WARNING):
        pass
    log.warning("lost it")

def test_ok_expected_log(expected_log):
    announced = expected_log("^lost", logger="tags")
    log.warning("lost it")
    assert announced.seen == 1

@pytest.mark.expected_log("^lost", level=logging.ERROR)
def test_ok_expected_log_mark():
    log.error("lost it")

@pytest.mark.expected_log("^lost", level=logging.ERROR)
def test_bad_expected_log_mark_of_other_level():
    log.warning("lost it")

def test_bad_expected_log_of_other_logger(expected_log):
    expected_log("^lost", logger="alarms")
    log.warning("lost it")

def test_bad_expected_log_never_came(expected_log):
    expected_log("^lost")


async def test_ok_task_that_ends():
    asyncio.create_task(asyncio.sleep(0.05))

async def test_bad_task():
    kept.append(asyncio.create_task(asyncio.sleep(60)))

@pytest.fixture
async def worker():
    task = asyncio.create_task(asyncio.sleep(60))
    yield task
    task.cancel()

async def test_ok_task_of_fixture(worker):
    assert not worker.done()

async def test_ok_default_executor():
    await asyncio.get_running_loop().run_in_executor(None, int)


def run_thread(**options):
    stop = threading.Event()
    kept.append(stop)
    threading.Thread(target=stop.wait, args=(30,), **options).start()

def test_bad_thread():
    run_thread()

def test_stop_thread():
    kept[-1].set()

def test_ok_daemon_thread_of_a_library():
    run_thread(daemon=True)

def test_bad_daemon_thread_of_ours():
    run_thread(daemon=True, name="vigie-writer")

def test_stop_daemon_thread():
    kept[-1].set()

def test_ok_thread_that_ends():
    threading.Thread(target=threading.Event().wait, args=(0.05,)).start()


def test_ok_bind_loopback():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))

def test_bad_bind_everywhere():
    with socket.socket() as sock, pytest.raises(PermissionError):
        sock.bind(("", 0))

def test_bad_connect_elsewhere():
    with socket.socket() as sock, pytest.raises(PermissionError):
        sock.connect(("192.0.2.1", 9))


def test_ok_widget(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    kept.append(widget)

def test_ok_widget_in_cycle(qapp):
    widget = QWidget()
    widget.me = widget

def test_bad_widget(qapp):
    kept.append(QWidget())

def test_ok_widget_of_another_test(qapp):
    pass

def test_bad_timer(qapp):
    timer = QTimer()
    timer.start(10_000)
    kept.append(timer)

def test_bad_qthread(qapp):
    thread = QThread()
    thread.start()
    kept.append(thread)

def test_stop_qthread(qapp):
    kept[-1].quit()
    assert kept[-1].wait(5000)

def test_ok_gui_mark(request, qtbot):
    assert request.node.get_closest_marker("gui") is not None
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"

def test_ok_no_gui_mark(request):
    assert request.node.get_closest_marker("gui") is None

@pytest.mark.soak
def test_soak_left_out():
    pytest.fail("ran without -m soak")
"""

FOLDER_CASE = """
import pytest

def test_ok_marked_{folder}(request):
    assert request.node.get_closest_marker("{folder}") is not None
"""


def run_pytest(folder, *arguments):
    """Run pytest with the guards on a folder of its own; return its outcomes {test name: set of words}."""
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (folder / "pyproject.toml").write_text(
        settings.replace('pythonpath = ["."]', f"pythonpath = ['{ROOT.as_posix()}']"), encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider", "-rA", *arguments],
        cwd=folder,
        env=dict(os.environ, PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        check=False,
    )
    outcomes = {}
    for line in done.stdout.splitlines():
        word, _, rest = line.partition(" ")
        if word in ("PASSED", "FAILED", "ERROR") and "::" in rest:
            outcomes.setdefault(rest.split("::")[1].split(" ")[0], set()).add(word)
    return outcomes, done.stdout


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("guarded")
    (folder / "tests").mkdir()
    (folder / "tests" / "test_cases.py").write_text(CASES, encoding="utf-8")
    for name in ("protocol", "soak"):
        (folder / "tests" / name).mkdir()
        text = FOLDER_CASE.format(folder=name)
        (folder / "tests" / name / f"test_{name}.py").write_text(text, encoding="utf-8")
    return run_pytest(folder)


def case_names(word):
    return [
        line.split("(")[0].split()[-1]
        for line in CASES.splitlines()
        if line.lstrip("async ").startswith("def " + word)
    ]


@pytest.mark.parametrize("name", case_names("test_bad_"))
def test_a_leak_fails_the_test_that_leaks(guarded, name):
    outcomes, output = guarded
    assert "ERROR" in outcomes.get(name, set()), output


@pytest.mark.parametrize(
    "name", [*case_names("test_ok_"), *case_names("test_stop_"), "test_ok_marked_protocol"]
)
def test_a_clean_test_passes(guarded, name):
    outcomes, output = guarded
    assert outcomes.get(name) == {"PASSED"}, output


def test_long_tests_run_on_demand_only(guarded, tmp_path):
    outcomes, _ = guarded
    assert "test_soak_left_out" not in outcomes
    assert "test_ok_marked_soak" not in outcomes
    (tmp_path / "test_long.py").write_text(
        "import pytest\n\n@pytest.mark.soak\ndef test_long():\n    pass\n", encoding="utf-8"
    )
    outcomes, _ = run_pytest(tmp_path, "-m", "soak", ".")
    assert outcomes == {"test_long": {"PASSED"}}


@pytest.mark.parametrize(
    ("address", "loopback"),
    [
        (("127.0.0.1", 80), True),
        (("127.8.9.1", 80), True),
        (("localhost", 80), True),
        (("::1", 80, 0, 0), True),
        (("", 80), False),
        (("0.0.0.0", 80), False),  # noqa: S104
        (("::", 80, 0, 0), False),
        (("fe80::1%eth0", 80, 0, 2), False),
        (("example.invalid", 80), False),
    ],
)
def test_loopback_addresses(address, loopback):
    assert is_loopback(address) is loopback


def test_free_ports_are_never_the_same():
    assert len({free_port() for _ in range(50)}) == 50


def test_another_process_gets_other_ports():
    code = "from tests.support.ports import free_port; print(*(free_port() for _ in range(50)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    theirs = {int(port) for port in done.stdout.split()}
    assert len(theirs) == 50
    assert not theirs & {free_port() for _ in range(50)}


def test_a_port_that_is_taken_is_passed_over(monkeypatch):
    taken, free = free_port(), free_port()
    monkeypatch.setattr(ports, "_ports", iter([taken, free]))
    with socket.create_server(("127.0.0.1", taken)):
        assert free_port() == free
