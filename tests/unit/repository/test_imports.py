"""Where the packages come from, and what importing them pulls in."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.repository import ROOT, ROOT_PACKAGES
from tests.unit.repository.test_documents import project

# Importing these four must stay cheap: a driver or a database is loaded when a project uses it.
HEAVY = (
    "PySide6",
    "shiboken6",
    "pyqtgraph",
    "asyncua",
    "pymodbus",
    "snap7",
    "serial",
    "sqlalchemy",
    "websockets",
)


def run_python(code, folder=ROOT):
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", ROOT_PACKAGES)
def test_each_root_package_is_the_checkout_s(name):
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert Path(spec.origin) == ROOT / name / "__init__.py"


def test_a_script_in_the_checkout_gets_the_checkout_s_packages():
    code = f"import {', '.join(ROOT_PACKAGES)}\nfor m in ({', '.join(ROOT_PACKAGES)}): print(m.__file__)"
    assert run_python(code).splitlines() == [str(ROOT / name / "__init__.py") for name in ROOT_PACKAGES]


def test_the_library_named_packaging_is_not_hidden_by_our_folder():
    origin = run_python("import packaging.version; print(packaging.version.__file__)").strip()
    assert Path(origin).parent != ROOT / "packaging"


def test_headless_packages_import_no_heavy_library():
    code = f"""
import sys
import tags, alarms, historian, projects
print(*sorted(set({HEAVY!r}) & {{name.partition(".")[0] for name in sys.modules}}))
"""
    assert run_python(code).split() == []


def test_the_version_is_told_alike():
    done = subprocess.run(
        [sys.executable, "-m", "hmi", "--version"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["vigie", project()["version"]]
