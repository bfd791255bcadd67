"""The checkout as a set of files."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOT_PACKAGES = ("hmi", "views", "tags", "alarms", "historian", "projects", "resources")

_CACHES = {"__pycache__", "build", "dist"}


def git(*arguments: str) -> list[str] | None:
    """Return the lines that a git command prints, or None without git or outside a checkout."""
    if shutil.which("git") is None:
        return None
    done = subprocess.run(
        # The clone of a container is often owned by another user.
        ["git", "-c", "safe.directory=*", "-c", "core.quotePath=off", *arguments],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.stdout.splitlines() if done.returncode == 0 else None


def repository_files() -> list[Path]:
    """Return the files that are tracked or would be (not ignored); without git, all but the usual caches."""
    lines = git("ls-files", "--cached", "--others", "--exclude-standard")
    if lines is not None:
        files = [ROOT / line for line in lines]
        return [file for file in files if file.is_file()]
    found = []
    for folder, names, files in os.walk(ROOT):
        names[:] = [
            name for name in names if name == ".ci" or (not name.startswith(".") and name not in _CACHES)
        ]
        found += [Path(folder) / name for name in files]
    return found


def relative(path: Path) -> str:
    """Return the path from the root of the repository, with forward slashes."""
    return path.relative_to(ROOT).as_posix()
