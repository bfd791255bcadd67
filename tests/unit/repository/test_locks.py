"""The locked dependencies: no address in them, whole, and the same for demo and tests."""

import re
import tomllib
from functools import cache

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.repository import ROOT

PYTHONS = ("3.11", "3.12", "3.13")
SYSTEMS = {
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    "windows": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
}


@cache
def locked(name):
    """Return [Requirement] of a lock, hashes and comments left out."""
    text = (ROOT / "packaging" / "locks" / f"{name}.txt").read_text(encoding="utf-8")
    lines = text.replace("\\\n", " ").splitlines()
    return [
        Requirement(line.split("--hash")[0]) for line in lines if line and not line.lstrip().startswith("#")
    ]


def chosen(name, python, system):
    """Return {package: version} that one interpreter on one system installs from a lock."""
    environment = {"python_version": python, "python_full_version": f"{python}.4", **SYSTEMS[system]}
    environment |= {
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "extra": "",
    }
    versions = {}
    for requirement in locked(name):
        if requirement.marker is None or requirement.marker.evaluate(environment):
            assert requirement.name not in versions
            versions[canonicalize_name(requirement.name)] = str(requirement.specifier).removeprefix("==")
    return versions


@pytest.mark.parametrize("name", ["runtime", "test"])
def test_a_lock_pins_and_hashes_everything_and_names_no_address(name):
    text = (ROOT / "packaging" / "locks" / f"{name}.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert re.search(r"^\s*-(-find-links|-index|-extra|f|i|e)\b", text, re.MULTILINE) is None
    assert all(re.fullmatch(r"==[^,*]+", str(requirement.specifier)) for requirement in locked(name))
    entries = re.split(r"\n(?=[a-z])", text)
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_the_lock_of_the_tests_contains_the_demo_s(python, system):
    demo, tests = chosen("runtime", python, system), chosen("test", python, system)
    assert demo.items() <= tests.items()


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_the_locks_satisfy_pyproject(python, system):
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = settings["dependency-groups"]
    wanted = {
        "runtime": settings["project"]["dependencies"] + settings["build-system"]["requires"],
        "test": groups["test"] + groups["lint"],
    }
    environment = {"python_version": python, "python_full_version": f"{python}.4", **SYSTEMS[system]}
    for name, requirements in wanted.items():
        versions = chosen(name, python, system)
        for requirement in map(Requirement, requirements):
            if requirement.marker is None or requirement.marker.evaluate(environment):
                assert versions[canonicalize_name(requirement.name)] in requirement.specifier


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_binding_that_kills_python_3_11_is_excluded(system):
    assert not chosen("runtime", "3.11", system)["pyside6-essentials"].startswith("6.12")
