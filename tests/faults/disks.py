"""Disks of their own for a scene: an ext4 whose power can be cut, and a small one that can be full."""

from __future__ import annotations

import fcntl
import os
import shutil
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final, Protocol

# ioctl_ext4(2), the same as FS_IOC_SHUTDOWN of xfs and f2fs: _IOR('X', 125, __u32).
SHUTDOWN: Final = 0x8004587D
WITHOUT_THE_LOG: Final = 2
MEGABYTES: Final = 48


class Disk(Protocol):
    """Where a scene's graph lies; after `cut` and `repair`, what was not synced may be gone."""

    place: Path

    def cut(self) -> None:
        """Cut the power: whatever is called after that fails."""

    def repair(self) -> None:
        """Switch on again, once all processes are gone."""

    def close(self) -> None:
        """Give it back."""


class Ext4:
    """A file with an ext4 in it, mounted by way of a loop device."""

    def __init__(self, folder: Path) -> None:
        self._image, self.place = folder / "disk.img", folder / "disk"
        self.place.mkdir()
        with self._image.open("wb") as opened:
            opened.truncate(MEGABYTES << 20)
        _run("mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", str(self._image))
        self._mount()

    def cut(self) -> None:
        """Cut the power, with all that the journal has not got yet."""
        descriptor = os.open(self.place, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, SHUTDOWN, struct.pack("I", WITHOUT_THE_LOG))
        finally:
            os.close(descriptor)

    def repair(self) -> None:
        """Mount it again: ext4 replays its journal."""
        self.close()
        self._mount()

    def close(self) -> None:
        """Unmount it."""
        _unmounted(self.place)

    def _mount(self) -> None:
        _run("mount", "-o", "loop", str(self._image), str(self.place))


class Synced:
    """A folder of which, after a power cut, nothing is left but what the actors synced (`shim.c` keeps count)."""

    def __init__(self, folder: Path) -> None:
        self.place, self.kept = folder / "zone", folder / "kept"
        self.place.mkdir()
        self.kept.mkdir()

    def cut(self) -> None:
        """Nothing yet: the actors are about to be killed."""

    def repair(self) -> None:
        """Put what was synced in the place of what was written."""
        for each in sorted(self.place.rglob("*")):
            if each.is_dir():
                (self.kept / each.relative_to(self.place)).mkdir(parents=True, exist_ok=True)
        for draft in self.kept.rglob("*.draft"):
            draft.unlink()
        shutil.rmtree(self.place)
        shutil.copytree(self.kept, self.place)

    def close(self) -> None:
        """Nothing to give back."""


class SmallDisk:
    """A file system in memory that is soon full and can be made larger."""

    def __init__(self, folder: Path, kilobytes: int) -> None:
        self.place = folder / "small"
        self.place.mkdir()
        _run("mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "none", str(self.place))

    def grow(self, kilobytes: int) -> None:
        """Make room."""
        _run("mount", "-o", f"remount,size={kilobytes}k", str(self.place))

    def close(self) -> None:
        """Unmount it."""
        _unmounted(self.place)


@cache
def why_no_ext4() -> str:
    """Return why no power can be cut here; empty when it can, which is tried."""
    return _tried(lambda folder: Ext4(folder).close)


@cache
def why_no_small_disk() -> str:
    """Return why no small file system can be mounted here; empty when it can, which is tried."""
    return _tried(lambda folder: SmallDisk(folder, 64).close)


def _tried(mounted: Callable[[Path], Callable[[], None]]) -> str:
    folder = Path(tempfile.mkdtemp(prefix="faults-disk-"))
    try:
        mounted(folder)()
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", None) or str(error)
        return f"no file system can be mounted here ({str(said).strip()})"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return ""


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)


def _unmounted(place: Path) -> None:
    for _ in range(100):
        if not os.path.ismount(place):
            return
        done = subprocess.run(["umount", str(place)], check=False, capture_output=True)
        if done.returncode:
            time.sleep(0.05)
    subprocess.run(["umount", "-l", str(place)], check=False, capture_output=True)
