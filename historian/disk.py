"""Room on the disk: a warning in good time, and a reserve that is given up when there is none left."""

import logging
import os
import shutil
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

log = logging.getLogger(__name__)

_MIB = 1024 * 1024
_NEAR = 8
"""The reserve is made when the free space is within so many times the warning: not on a disk nearly empty."""


class Room(Enum):
    """Grade the free space."""

    PLENTY = "plenty"
    LITTLE = "little"
    """Warned of; everything goes on."""
    NONE = "none"
    """Samples wait in memory; what must not be lost is written into the space of the reserve."""


@dataclass(frozen=True, slots=True)
class DiskLimits:
    """Say how much free space is too little.

    ``reserve_bytes`` must exceed the write-ahead log and what one sealing pass adds: measured, deleting,
    sealing and checkpoints all fail on a full disk until so much is free.
    """

    reserve_bytes: int = 96 * _MIB
    warn_bytes: int = 2048 * _MIB
    stop_bytes: int = 32 * _MIB


class DiskGuard:
    """Watch the disk of a folder and hold a reserve file on it. Used by the keeper's and writer's threads."""

    def __init__(self, directory: Path, limits: DiskLimits) -> None:
        self._directory = directory
        self._reserve = directory / "history.reserve"
        self._limits = limits
        self.room = Room.PLENTY
        self._told = Room.PLENTY

    def check(self) -> str | None:
        """Look at the disk; return one sentence when its grade changed."""
        free = shutil.disk_usage(self._directory).free
        held = self._reserve.stat().st_size if self._reserve.exists() else 0
        if self.room is Room.NONE:
            # Back only when the reserve fits again, and not at the first freed byte.
            if free >= self._limits.reserve_bytes + 2 * self._limits.stop_bytes:
                self._hold()
                free -= self._limits.reserve_bytes
                self.room = Room.LITTLE if free < self._limits.warn_bytes else Room.PLENTY
        elif free < self._limits.stop_bytes:
            self.give_up()
        else:
            is_possible = free >= self._limits.reserve_bytes + 2 * self._limits.stop_bytes
            if not held and is_possible and free < _NEAR * self._limits.warn_bytes:
                self._hold()
            self.room = Room.LITTLE if free < self._limits.warn_bytes else Room.PLENTY
        before, self._told = self._told, self.room
        return None if before is self.room else self._sentence(before, free)

    def give_up(self) -> None:
        """Free the reserve, because the disk is full."""
        self.room = Room.NONE
        self._reserve.unlink(missing_ok=True)

    def _hold(self) -> None:
        """Write the reserve for real: a sparse file would hold nothing."""
        if self._reserve.exists():
            return
        try:
            with self._reserve.open("wb") as file:
                if hasattr(os, "posix_fallocate"):
                    os.posix_fallocate(file.fileno(), 0, self._limits.reserve_bytes)
                else:
                    for _ in range(self._limits.reserve_bytes // _MIB):
                        file.write(bytes(_MIB))
        except OSError as error:
            self._reserve.unlink(missing_ok=True)
            log.info("the history's reserve on the disk cannot be made: %s", error)

    def _sentence(self, before: Room, free: int) -> str:
        where = f"the disk of {self._directory}"
        if self.room is Room.NONE:
            return (
                f"{where} is full: history keeps alarms, writes and events, and samples wait in memory; free "
                "some space now"
            )
        if before is Room.NONE:
            return f"{where} has room again ({free // _MIB} MiB): history records samples again"
        if self.room is Room.LITTLE:
            return f"{where} has only {free // _MIB} MiB left: free some space before history stops"
        return f"{where} has room again ({free // _MIB} MiB)"
