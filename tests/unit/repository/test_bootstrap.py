"""The one-command set-up: what it finds missing, what it says, when it installs again."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.repository import ROOT


@pytest.fixture
def bootstrap():
    path = ROOT / "packaging" / "bootstrap.py"
    spec = importlib.util.spec_from_file_location("vigie_bootstrap", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def checkout(bootstrap, tmp_path, monkeypatch):
    """A folder that the set-up takes for its checkout."""
    locks = tmp_path / "packaging" / "locks"
    locks.mkdir(parents=True)
    for path in (tmp_path / "pyproject.toml", locks / "runtime.txt", locks / "test.txt"):
        path.write_text("one\n", encoding="utf-8")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "LOCKS", locks)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / ".venv" / "stamp.json")
    return tmp_path


@pytest.fixture
def installer(bootstrap, checkout, monkeypatch):
    """Record what the set-up would install, and make its environment look usable."""
    calls = []

    def run(command):
        if "venv" in command:
            calls.append("venv")
            bootstrap.VENV.mkdir(exist_ok=True)
            bootstrap.venv_python().parent.mkdir(exist_ok=True)
            bootstrap.venv_python().touch()
        return subprocess.CompletedProcess(command, 0, stdout="")

    monkeypatch.setattr(bootstrap, "run_quietly", run)
    monkeypatch.setattr(bootstrap, "pip", lambda *arguments: calls.append(Path(arguments[-1]).name))
    return calls


def missing(bootstrap, *, window=False, absent=(), font=True, ensurepip=True):
    return bootstrap.missing_packages(
        window, load=lambda library: library not in absent, font=lambda: font, ensurepip=lambda: ensurepip
    )


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 4), (3, 14, 0), (4, 0, 0)])
def test_a_python_that_is_new_enough(bootstrap, version):
    assert bootstrap.python_problem(version) is None


def test_an_old_python_is_named_with_what_to_do(bootstrap):
    text = bootstrap.python_problem((3, 9, 2), which=lambda name: None)
    assert text.startswith("Vigie needs Python 3.11 or later; this is Python 3.9.")
    assert "Install a newer one" in text


def test_the_newest_python_on_the_machine_is_offered(bootstrap):
    have = {"python3.11", "python3.12"}
    text = bootstrap.python_problem((3, 10, 0), which=lambda name: name if name in have else None)
    assert "run `python3.12 packaging/bootstrap.py`" in text


def test_nothing_is_missing_on_a_full_machine(bootstrap):
    assert missing(bootstrap, window=True) == {}


def test_missing_libraries_become_packages(bootstrap):
    absent = {"libEGL.so.1", "libxcb-cursor.so.0"}
    assert missing(bootstrap, absent=absent) == {"libEGL.so.1": "libegl1"}
    assert missing(bootstrap, window=True, absent=absent) == {
        "libEGL.so.1": "libegl1",
        "libxcb-cursor.so.0": "libxcb-cursor0",
    }


def test_fonts_and_ensurepip_become_packages(bootstrap):
    version = "python{}.{}-venv".format(*sys.version_info)
    assert set(missing(bootstrap, font=False, ensurepip=False).values()) == {"fonts-dejavu-core", version}


def test_a_library_that_does_not_exist_cannot_be_loaded(bootstrap):
    assert not bootstrap.can_load("libvigie-does-not-exist.so.1")


def test_a_font_is_found_in_a_subfolder(bootstrap, tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap, "FONT_FOLDERS", (str(tmp_path),))
    assert not bootstrap.has_font()
    (tmp_path / "truetype").mkdir()
    (tmp_path / "truetype" / "Sans.TTF").touch()
    assert bootstrap.has_font()


@pytest.mark.parametrize(("sudo", "as_root"), [("/usr/bin/sudo", "sudo sh -c"), (None, "su -c")])
def test_without_the_right_to_install_the_command_is_told(bootstrap, monkeypatch, sudo, as_root):
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: sudo)
    with pytest.raises(bootstrap.SetupError) as caught:
        bootstrap.install_system_packages({"libEGL.so.1": "libegl1", "a font": "fonts"}, None, has_apt=True)
    install = "apt-get install -y --no-install-recommends fonts libegl1"
    assert f"\n    {as_root} 'apt-get update; {install}'\n" in str(caught.value)
    assert "lacks libEGL.so.1, a font." in str(caught.value)


def test_without_apt_the_libraries_are_told(bootstrap):
    with pytest.raises(
        bootstrap.SetupError, match=r"lacks libEGL\.so\.1\. Install them with its package manager"
    ):
        bootstrap.install_system_packages({"libEGL.so.1": "libegl1"}, None, has_apt=False)


@pytest.mark.parametrize("prefix", [[], ["sudo", "-n"]])
def test_with_the_right_to_install_apt_asks_nothing(bootstrap, prefix, monkeypatch):
    commands = []

    def run(command):
        commands.append(command)
        failed_update = command[-1] == "update"  # one dead source of many
        return subprocess.CompletedProcess(command, 100 if failed_update else 0, stdout="")

    monkeypatch.setattr(bootstrap, "run_quietly", run)
    bootstrap.install_system_packages({"libEGL.so.1": "libegl1"}, prefix, has_apt=True)
    update, install = commands
    assert update[-1] == "update"
    assert install[: len(prefix)] == prefix
    assert install[len(prefix) : len(prefix) + 3] == ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    assert install[-4:] == ["install", "-y", "--no-install-recommends", "libegl1"]


def test_a_failed_installation_shows_apt_s_own_words(bootstrap, monkeypatch):
    monkeypatch.setattr(
        bootstrap,
        "run_quietly",
        lambda command: subprocess.CompletedProcess(command, 100, stdout="E: no space\n"),
    )
    with pytest.raises(bootstrap.SetupError, match=r"could not install libegl1:\n(.|\n)*E: no space"):
        bootstrap.install_system_packages({"libEGL.so.1": "libegl1"}, [], has_apt=True)


def test_packages_are_installed_once(bootstrap, installer):
    bootstrap.prepare_environment("test")
    assert installer[:2] == ["venv", "test.txt"]
    installed = len(installer)
    bootstrap.prepare_environment("test")
    bootstrap.prepare_environment("runtime")
    assert len(installer) == installed, "an environment for the tests serves the demo"


def test_the_tests_add_their_packages_to_the_demo_s(bootstrap, installer):
    bootstrap.prepare_environment("runtime")
    assert installer[:2] == ["venv", "runtime.txt"]
    del installer[:]
    bootstrap.prepare_environment("test")
    assert installer[0] == "test.txt"


@pytest.mark.parametrize(
    "changed", ["pyproject.toml", "packaging/locks/runtime.txt", "packaging/locks/test.txt"]
)
def test_a_changed_lock_is_installed(bootstrap, checkout, installer, changed):
    bootstrap.prepare_environment("test")
    del installer[:]
    (checkout / changed).write_text("two\n", encoding="utf-8")
    bootstrap.prepare_environment("runtime")
    assert installer[0] == "test.txt"


def test_line_ends_of_a_windows_checkout_change_nothing(bootstrap, checkout, installer):
    bootstrap.prepare_environment("test")
    del installer[:]
    (checkout / "pyproject.toml").write_bytes(b"one\r\n")
    bootstrap.prepare_environment("test")
    assert installer == []


def test_an_interrupted_installation_starts_afresh(bootstrap, installer, monkeypatch):
    def fail(*arguments):
        raise bootstrap.SetupError("no network")

    with monkeypatch.context() as patch:
        patch.setattr(bootstrap, "pip", fail)
        with pytest.raises(bootstrap.SetupError, match="no network"):
            bootstrap.prepare_environment("test")
    del installer[:]
    bootstrap.prepare_environment("test")
    assert installer[:2] == ["venv", "test.txt"]


def test_a_damaged_stamp_starts_afresh(bootstrap, installer):
    bootstrap.prepare_environment("test")
    del installer[:]
    bootstrap.STAMP.write_text("[", encoding="utf-8")
    bootstrap.prepare_environment("test")
    assert installer[:2] == ["venv", "test.txt"]


@pytest.mark.parametrize(
    ("environment", "system", "told"),
    [
        ({}, "Linux", True),
        ({"DISPLAY": ""}, "Linux", True),
        ({"DISPLAY": ":0"}, "Linux", False),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "Linux", False),
        ({"QT_QPA_PLATFORM": "offscreen"}, "Linux", False),
        ({}, "Windows", False),
    ],
)
def test_a_missing_display_is_told_before_qt_fails(bootstrap, environment, system, told):
    text = bootstrap.display_problem(environment, system)
    assert (text is not None) is told
    if told:
        assert "xvfb-run -a python3 packaging/bootstrap.py demo" in text


@pytest.mark.parametrize("code", [0, 1, 5])
def test_failed_checks_fail_the_run_and_pytest_still_comes_last(
    bootstrap, checkout, monkeypatch, capsys, code
):
    titles = []

    def call(command, environment):
        assert environment["QT_QPA_PLATFORM"] == "offscreen"
        titles.append(command[1:])
        return code if "pytest" in command else int("mypy" in command[0])

    monkeypatch.setattr(bootstrap, "prepare_system", lambda window: None)
    monkeypatch.setattr(bootstrap, "prepare_environment", lambda profile: None)
    monkeypatch.setattr(bootstrap, "call", call)
    assert bootstrap.test(["-k", "x"]) == (code or 1)
    assert titles[-1] == ["-m", "pytest", "-n", "2", "--dist", "loadfile", "-k", "x"]
    assert capsys.readouterr().out.splitlines()[-1] == "failed before the tests, so this run fails: mypy"


def run_bootstrap(*arguments):
    return subprocess.run(
        [sys.executable, str(ROOT / "packaging" / "bootstrap.py"), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_and_wrong_usage():
    asked = run_bootstrap("--help")
    assert asked.returncode == 0
    assert "bootstrap.py demo" in asked.stdout
    for arguments in ([], ["install"]):
        wrong = run_bootstrap(*arguments)
        assert wrong.returncode == 2
        assert "bootstrap.py demo" in wrong.stderr


def test_ci_runs_the_readme_s_command():
    text = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "set -euo pipefail" in text
    assert text.rstrip().endswith("exec python3 packaging/bootstrap.py test")
