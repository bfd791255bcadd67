"""Where a project's running station listens, published in a file that only the same user can read."""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import filelock
import msgspec
import platformdirs

HOST = "127.0.0.1"
DATA_DIR_VARIABLE = "VIGIE_DATA_DIR"


class EndpointError(Exception):
    """Tell that a station's data folder or endpoint cannot be used."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Name a station's address, the secret that opens it, and the process behind it."""

    host: str
    port: int
    secret: str
    pid: int = 0
    started_ns: int = 0


def data_dir() -> Path:
    """Return the user's data folder of Vigie: history, logs, certificates; never the project's folder."""
    override = os.environ.get(DATA_DIR_VARIABLE)
    return Path(override) if override else Path(platformdirs.user_data_dir("vigie", appauthor=False))


def station_dir(project: Path) -> Path:
    """Return the folder in which the station of this project keeps its history and endpoint.

    The name has the folder's own name for people and a hash of its whole path, so that two projects of one
    name never share a history.
    """
    resolved = project.resolve()
    digest = hashlib.sha256(os.path.normcase(str(resolved)).encode()).hexdigest()[:12]
    return data_dir() / "stations" / f"{resolved.name}-{digest}"


def new_secret() -> str:
    """Return a secret for one start of a station."""
    return secrets.token_urlsafe(32)


class StationClaim:
    """Hold the right to be the one station of a project, and publish where it listens.

    The claim is an operating-system lock: it ends with the process, however that ends.
    """

    __slots__ = ("_dir", "_lock")

    def __init__(self, project: Path) -> None:
        """Claim the project.

        Raises:
            EndpointError: another station has it, or the data folder cannot be written.
        """
        self._dir = station_dir(project)
        try:
            self._dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EndpointError(f"the data folder {self._dir} cannot be made: {error.strerror}") from error
        # One second, because find() holds the lock for an instant when it probes.
        self._lock = filelock.FileLock(self._dir / "station.lock", timeout=1)
        try:
            self._lock.acquire()
        except filelock.Timeout:
            raise EndpointError(f"a station already runs for {project}") from None

    @property
    def directory(self) -> Path:
        """Return the folder for the station's own files."""
        return self._dir

    def publish(self, endpoint: Endpoint) -> None:
        """Write where the station listens; readable by this user only."""
        target = self._dir / "endpoint.json"
        part = target.with_suffix(".part")
        part.unlink(missing_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.encode(endpoint))
        part.replace(target)

    def release(self) -> None:
        """Withdraw the endpoint and give the project free; safe to call twice."""
        if self._lock.is_locked:
            (self._dir / "endpoint.json").unlink(missing_ok=True)
            self._lock.release()


def find(project: Path) -> Endpoint | None:
    """Return where the running station of a project listens, or None when none runs."""
    directory = station_dir(project)
    try:
        endpoint = msgspec.json.decode((directory / "endpoint.json").read_bytes(), type=Endpoint)
    except (OSError, msgspec.MsgspecError):
        return None
    probe = filelock.FileLock(directory / "station.lock", timeout=0)
    try:
        probe.acquire()
    except filelock.Timeout:
        return endpoint
    probe.release()
    return None
