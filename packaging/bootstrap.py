"""Set up Vigie from a bare machine, then run the demo or the tests.

    python3 packaging/bootstrap.py demo [ARGUMENTS OF vigie demo]
    python3 packaging/bootstrap.py test [ARGUMENTS OF pytest]
    python3 packaging/bootstrap.py setup

On Windows: `py packaging\\bootstrap.py ...`. Standard library only. The file must parse on any Python 3, so
that an old interpreter gets a message and not a SyntaxError.
"""

import ctypes
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCKS = ROOT / "packaging" / "locks"
STAMP = VENV / "vigie-bootstrap.json"
OLDEST_PYTHON = (3, 11)
NEWEST_NAMED_PYTHON = 14
WINDOWS = os.name == "nt"

# Exit codes beside those of `vigie` and pytest.
EXIT_USAGE = 2
EXIT_MACHINE = 3

# shared library -> its package in Debian and Ubuntu (Ubuntu 24.04 finds the old name of a t64 package too)
QT_LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libdbus-1.so.3": "libdbus-1-3",
}
# what the xcb and Wayland platforms of Qt want on top, for a real window
QT_WINDOW_LIBRARIES = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}
FONT_PACKAGE = "fonts-dejavu-core"
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")

# commands of the environment; their first word is also what a failure is called
CHECKS = (
    ("ruff", "format", "--check", "--quiet", "."),
    ("ruff", "check", "--quiet", "--output-format=concise", "."),
    ("mypy",),
    ("lint-imports",),
)

# Two at a time halve the run; more would starve the tests that wait for real servers.
PARALLEL = ("-n", "2", "--dist", "loadfile")


class SetupError(Exception):
    """The machine lacks something that only its owner can give; the text says what to do."""


def say(text):
    """Print one line at once, also when the output is a pipe."""
    print(text, flush=True)


def section(title):
    say("== " + title)


# ---- the interpreter ------------------------------------------------------------------------------------


def python_problem(version, which=shutil.which):
    """Return why this Python cannot be used, or None."""
    if tuple(version[:2]) >= OLDEST_PYTHON:
        return None
    text = "Vigie needs Python {}.{} or later; this is Python {}.{}.".format(*OLDEST_PYTHON, *version[:2])
    for minor in range(NEWEST_NAMED_PYTHON, OLDEST_PYTHON[1] - 1, -1):
        name = f"python3.{minor}"
        if which(name):
            return f"{text} {name} is installed: run `{name} packaging/bootstrap.py` instead."
    return text + " Install a newer one and run this file with it."


def has_ensurepip():
    """Tell whether `python -m venv` can put pip into an environment (Debian packs that apart)."""
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        return False
    return True


# ---- system packages (Linux) ----------------------------------------------------------------------------


def can_load(library):
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_font():
    for folder in FONT_FOLDERS:
        for _, _, names in os.walk(str(Path(folder).expanduser())):
            if any(name.lower().endswith((".ttf", ".otf", ".ttc")) for name in names):
                return True
    return False


def missing_packages(window, load=can_load, font=has_font, ensurepip=has_ensurepip):
    """Return {what is missing: Debian package} for this machine.

    window: the libraries of a real window too, not only those of the offscreen platform.
    """
    wanted = dict(QT_LIBRARIES)
    if window:
        wanted.update(QT_WINDOW_LIBRARIES)
    missing = {library: package for library, package in wanted.items() if not load(library)}
    if not font():
        missing["a font"] = FONT_PACKAGE
    if not ensurepip():
        missing["the Python module ensurepip"] = "python{}.{}-venv".format(*sys.version_info)
    return missing


def administrator_prefix():
    """Return the words before a command that needs root, or None when this user may not."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    allowed = subprocess.run(
        ["sudo", "-n", "true"], stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    return ["sudo", "-n"] if allowed.returncode == 0 else None


def install_system_packages(missing, prefix, has_apt):
    """Install what is missing with apt, or raise SetupError that names it and the command to run."""
    packages = sorted(set(missing.values()))
    if not has_apt:
        raise SetupError(
            "This machine lacks {}. Install them with its package manager, then run this command again.\n"
            "(Their packages in Debian and Ubuntu: {})".format(", ".join(missing), " ".join(packages))
        )
    command = "apt-get install -y --no-install-recommends " + " ".join(packages)
    if prefix is None:
        as_root = "sudo sh -c" if shutil.which("sudo") else "su -c"
        raise SetupError(
            "This machine lacks {}. Install the packages with this command, then run again:\n\n"
            "    {} 'apt-get update; {}'\n".format(", ".join(missing), as_root, command)
        )
    say("installing " + " ".join(packages))
    # Through `env`, because sudo keeps no variable of the caller.
    quiet = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    updated = run_quietly([*quiet, "update"])
    installed = run_quietly([*quiet, *command.split()[1:]])
    if installed.returncode != 0:
        # A failed update alone is no reason to stop: one dead third-party source must not block the rest.
        raise SetupError(
            "apt-get could not install {}:\n{}{}".format(" ".join(packages), updated.stdout, installed.stdout)
        )


def run_quietly(command):
    """Run a command without input; its output is kept for the error message."""
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def prepare_system(window):
    if platform.system() != "Linux":
        if not has_ensurepip():
            raise SetupError(
                "This Python has no ensurepip; install the one from python.org or your package manager."
            )
        return
    section("System packages")
    missing = missing_packages(window)
    if not missing:
        say("all there")
        return
    has_apt = shutil.which("apt-get") is not None
    install_system_packages(missing, administrator_prefix() if has_apt else None, has_apt)
    still = missing_packages(window, ensurepip=ensurepip_in_new_process)
    if still:
        raise SetupError("Still missing after the installation: " + ", ".join(still))


def ensurepip_in_new_process():
    """Look again with a fresh interpreter: this one has cached that the module was not there."""
    return run_quietly([sys.executable, "-c", "import ensurepip"]).returncode == 0


# ---- the environment ------------------------------------------------------------------------------------


def venv_python():
    return VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")


def venv_script(name):
    return VENV / ("Scripts/" + name + ".exe" if WINDOWS else "bin/" + name)


def fingerprint(profile):
    """Return what the environment depends on; equal fingerprints mean that nothing needs installing."""
    digest = hashlib.sha256()
    for path in (ROOT / "pyproject.toml", LOCKS / "runtime.txt", LOCKS / "test.txt"):
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
        digest.update(b"\0")
    return {
        "profile": profile,
        "files": digest.hexdigest(),
        "root": str(ROOT),
        "python": "{}.{}.{}".format(*sys.version_info),
    }


def read_stamp():
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def is_current(stamp, wanted):
    """Tell whether an environment with this stamp serves; one made for the tests serves the demo too."""
    if stamp.get("profile") == "test":
        wanted = dict(wanted, profile="test")
    return stamp == wanted


def environment_is_usable(stamp, wanted):
    """Tell whether packages may be installed into the environment as it is (same Python, same place)."""
    return stamp.get("python") == wanted["python"] and stamp.get("root") == wanted["root"]


def prepare_environment(profile):
    """Make .venv hold the locked packages and the project; do nothing when it already does."""
    section("Python environment")
    wanted = fingerprint(profile)
    stamp = read_stamp()
    works = venv_python().exists() and run_quietly([str(venv_python()), "-c", ""]).returncode == 0
    if works and is_current(stamp, wanted):
        say(f".venv is up to date (Python {wanted['python']})")
        return
    started = time.monotonic()
    if stamp.get("profile") == "test":
        wanted = fingerprint("test")
    if STAMP.exists():
        STAMP.unlink()
    if not works or not environment_is_usable(stamp, wanted):
        say(f"creating .venv with Python {wanted['python']}")
        made = run_quietly([sys.executable, "-m", "venv", "--clear", str(VENV)])
        if made.returncode != 0:
            raise SetupError("python -m venv failed:\n" + made.stdout)
    lock = LOCKS / (wanted["profile"] + ".txt")
    say(f"installing the packages of {lock.relative_to(ROOT).as_posix()}")
    pip("install", "--require-hashes", "--requirement", str(lock))
    # The build backend is in the lock, hence no isolated build, which would fetch another one.
    pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    STAMP.write_text(json.dumps(wanted, indent=1) + "\n", encoding="utf-8")
    say(f"ready after {time.monotonic() - started:.0f} s")


def pip(*arguments):
    command = [str(venv_python()), "-m", "pip", "--disable-pip-version-check", "--no-input", "-qq"]
    done = subprocess.run([*command, *arguments], stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise SetupError(
            f"pip {arguments[0]} failed (above). Is the package index reachable? See docs/installation.md."
        )


# ---- what to do with it ---------------------------------------------------------------------------------


def display_problem(environment, system):
    """Return why no window can be opened here, or None."""
    if system != "Linux":
        return None
    if any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
        return None
    return (
        "Vigie is installed, but there is no display to open its window on (DISPLAY is not set).\n"
        "Run this in a desktop session or through `ssh -X`, or under a virtual one:\n\n"
        "    xvfb-run -a python3 packaging/bootstrap.py demo"
    )


def demo(arguments):
    prepare_system(window=True)
    prepare_environment("runtime")
    problem = None if {"-h", "--help"} & set(arguments) else display_problem(os.environ, platform.system())
    if problem:
        raise SetupError(problem)
    section("vigie demo")
    return become([str(venv_script("vigie")), "demo", *arguments])


def become(command):
    """Run the last command: in this very process on POSIX, so that signals and the exit code are its own."""
    sys.stdout.flush()
    if not WINDOWS:
        os.execv(command[0], command)  # noqa: S606
    process = subprocess.Popen(command)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # the console has told the child as well, which now closes the demo


def setup(arguments):
    if arguments:
        say("setup takes no arguments")
        return EXIT_USAGE
    prepare_system(window=True)
    prepare_environment("test")
    say(f"ready: {venv_script('vigie').relative_to(ROOT)}")
    return 0


def test(arguments):
    """Run the checks, then pytest, whose closing line stays the last one."""
    prepare_system(window=False)
    prepare_environment("test")
    environment = dict(os.environ, QT_QPA_PLATFORM="offscreen", PYTHONUTF8="1")
    failed = []
    for program, *options in CHECKS:
        title = " ".join([program, *options])
        section(title)
        if call([str(venv_script(program)), *options], environment) != 0:
            failed.append(title)
    section("pytest")
    if failed:
        say("failed before the tests, so this run fails: " + "; ".join(failed))
    code = call([str(venv_python()), "-m", "pytest", *PARALLEL, *arguments], environment)
    return code or (1 if failed else 0)


def call(command, environment):
    return subprocess.run(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False
    ).returncode


COMMANDS = {"demo": demo, "test": test, "setup": setup}


def main(arguments):
    problem = python_problem(sys.version_info)
    if problem:
        print(problem, file=sys.stderr)
        return EXIT_MACHINE
    if not arguments or arguments[0] not in COMMANDS:
        asked_for_help = bool(arguments) and arguments[0] in ("-h", "--help")
        print(__doc__.strip(), file=sys.stdout if asked_for_help else sys.stderr)
        return 0 if asked_for_help else EXIT_USAGE
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except SetupError as error:
        print(error, file=sys.stderr)
        return EXIT_MACHINE
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
