"""What may and what may not be in the repository."""

import ast
import re

import pytest

from tests.support.repository import ROOT, ROOT_PACKAGES, git, relative, repository_files

LARGEST_FILE_BYTES = 1_000_000
GENERATED = re.compile(
    r"(^|/)(__pycache__|node_modules|\.venv[^/]*|build|dist|[^/]+\.egg-info|\.[a-z_]+_cache)/"
    r"|\.(pyc|pyo|pyd|so|dll|dylib|exe|whl|gz|zip|db|db-wal|db-shm|log)$"
)

# A module over 400 lines needs a reason: path -> reason.
LONG_MODULES: dict[str, str] = {
    "alarms/conditions.py": "one evaluation over shared columns; parts would pass a dozen arrays around",
    "alarms/inputs.py": "reads the inputs of every alarm type by one table",
    "alarms/manager.py": "the one owner of all alarm states; samples, requests and settings meet in it",
    "hmi/desktop/client.py": "matches what is asked of a station with what comes back, by one table",
    "hmi/link.py": "declares every message between station and clients, and nothing else",
    "hmi/station/why_chain.py": "walks one chain from tag to controller, link by link",
    "projects/config.py": "declares every table of project.toml with its bounds",
    "tags/connection.py": "the supervisor's state table and the transitions that belong to it",
    "tags/model.py": "declares the facts that all packages share, and nothing else",
    "views/canvas.py": "one widget: what it paints, and what pointer, keys and the window ask of it",
    "views/elements/base.py": "what every element builds on: actions, look, texts, and the element itself",
    "views/alarm_backtest.py": "one page whose form, plot and tables are of one and the same back-test",
    "views/alarm_list.py": "every tool of the operator's list acts on one selection and one filter",
    "views/alarm_performance.py": "one period whose tables and plots all lead to the same rows",
    "views/alarm_rows.py": "one table model whose roles and columns belong together",
}
LONGEST_MODULE_LINES = 400

# Written in pieces, so that this file does not name them either.
REGISTRY_HOSTS = [
    re.escape(".".join(parts))
    for parts in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("deb", "debian", "org"),
        ("security", "debian", "org"),
        ("archive", "ubuntu", "com"),
        ("crates", "io"),
    ]
]


def python_files():
    return [path for path in repository_files() if path.suffix == ".py"]


def texts():
    for path in repository_files():
        data = path.read_bytes()
        if b"\0" not in data:
            yield relative(path), data.decode("utf-8")


def test_nothing_generated_or_vendored_is_tracked():
    assert [relative(path) for path in repository_files() if GENERATED.search(relative(path))] == []
    assert not git("ls-files", "--cached", "--ignored", "--exclude-standard"), (
        "tracked in spite of .gitignore"
    )


@pytest.mark.parametrize(
    "path",
    ["a/__pycache__/b.py", ".venv/x", ".venv311/x", "dist/v.txt", "v.egg-info/PKG", "x/h.db-wal", "a.whl"],
)
def test_generated_files_are_recognised(path):
    assert GENERATED.search(path)


def test_no_file_is_huge():
    sizes = {relative(path): path.stat().st_size for path in repository_files()}
    assert {path: size for path, size in sizes.items() if size > LARGEST_FILE_BYTES} == {}


def test_no_registry_is_named():
    found = [
        (path, match.group())
        for path, text in texts()
        for match in re.finditer("|".join(REGISTRY_HOSTS), text, re.IGNORECASE)
    ]
    assert found == []


def test_text_files_end_with_one_newline_and_unix_line_ends():
    wrong = [path for path, text in texts() if text and (not text.endswith("\n") or "\r" in text)]
    assert wrong == []


def test_no_module_is_named_s7():
    # python-snap7 installs a top-level package of that name.
    named = [
        relative(path) for path in python_files() if "s7" in (path.stem, *path.relative_to(ROOT).parent.parts)
    ]
    assert named == []


def test_folders_that_share_a_library_s_name_are_no_packages():
    # `packaging` and `docs` lie beside the root packages on the import path; a folder without __init__.py
    # gives way to the installed library.
    for name in ("packaging", "docs"):
        assert not (ROOT / name / "__init__.py").exists()


def test_root_packages_are_the_configured_ones():
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert packages == set(ROOT_PACKAGES)


def test_long_modules_have_a_reason():
    lengths = {
        relative(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files()
        if relative(path).split("/")[0] in ROOT_PACKAGES
    }
    too_long = {path: lines for path, lines in lengths.items() if lines > LONGEST_MODULE_LINES}
    assert {path: lines for path, lines in too_long.items() if path not in LONG_MODULES} == {}
    assert [path for path in LONG_MODULES if path not in too_long] == [], (
        "the table names a module that is short"
    )
    assert all(len(reason.split()) >= 5 for reason in LONG_MODULES.values())


def test_events_are_processed_by_hand_in_tests_only():
    # A nested event loop in the product runs slots in the middle of other slots.
    calls = []
    for path in python_files():
        # Benchmarks paint by hand too, in a process that has no slots to disturb.
        if relative(path).startswith(("tests/", "views/measure", "hmi/benchmarks/")):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr == "processEvents":
                calls.append(f"{relative(path)}:{node.lineno}")
    assert calls == []


MAY_LOOK_AT_A_CLOCK = ("tests/support/", "tests/soak/")
"""Waits that are in vain end there, and a soak of half an hour says how long recovery took."""


def test_no_test_times_itself():
    # A bound on seconds fails on a busy machine and passes a fault on a fast one: `vigie bench` measures
    # speed against a peer in the same run, and tests.support.work counts what a test wants bounded.
    # What must come is waited for with tests.support.patience.
    clocks = {"perf_counter", "perf_counter_ns", "process_time", "process_time_ns"}
    found = []
    for path in python_files():
        if not relative(path).startswith("tests/"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Attribute):
                continue
            is_watched = not relative(path).startswith(MAY_LOOK_AT_A_CLOCK)
            if node.attr in clocks or (is_watched and ast.unparse(node) == "time.monotonic"):
                found.append(f"{relative(path)}:{node.lineno}")
    assert found == []
