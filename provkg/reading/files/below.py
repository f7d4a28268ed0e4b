"""What lies below a folder, as its digest takes it: links to files count, links to folders are not followed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG


@dataclass(frozen=True)
class Below:
    """The files below a folder by their place there, in the order of their bytes, and what is no regular file."""

    names: tuple[str, ...]
    special: tuple[str, ...]


def files_below(folder: Path) -> Below:
    """Return what lies below `folder`; raises `OSError` where a folder cannot be read."""
    names: list[str] = []
    special: list[str] = []
    for path in _walked(folder):
        name = path.relative_to(folder).as_posix()
        (names if _is_regular(path) else special).append(name)
    return Below(tuple(sorted(names, key=os.fsencode)), tuple(sorted(special, key=os.fsencode)))


def plain_files(folder: Path) -> Iterator[tuple[Path, int]]:
    """Yield the regular files below `folder` with their sizes, without any links; what cannot be read is left out."""
    for parent, _, names in os.walk(folder):
        for name in sorted(names, key=os.fsencode):
            path = Path(parent) / name
            try:
                told = path.lstat()
            except OSError:
                continue
            if S_ISREG(told.st_mode):
                yield path, told.st_size


def _walked(folder: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise error

    for parent, _, names in os.walk(folder, onerror=refuse):
        yield from (Path(parent) / name for name in names)


def _is_regular(path: Path) -> bool:
    try:
        return S_ISREG(path.stat().st_mode)
    except FileNotFoundError:  # a link that leads nowhere
        return False
