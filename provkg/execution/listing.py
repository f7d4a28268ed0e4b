"""The files below a folder before and after a run: which are new or changed, and which were moved."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

HIDDEN: Final = frozenset(
    {".git", ".hg", ".svn", ".dvc", ".venv", ".tox", ".mypy_cache", ".pytest_cache", "__pycache__"}
)
MOST_LOOKED_AT: Final = 20_000
"""Beyond so many files below the working folder, changes that no program reported are not looked for."""

Looks = tuple[int, int, int]
"""When a file changed last, its size and its inode."""
Listing = Mapping[Path, Looks]


def looked_at(folder: Path, apart: tuple[Path, ...]) -> Listing | None:
    """Return how each file below `folder` looks; None where there are too many to look at."""
    found: dict[Path, Looks] = {}
    for path in _below(folder, apart):
        try:
            status = path.stat()
        except OSError:
            continue
        found[path] = (status.st_mtime_ns, status.st_size, status.st_ino)
        if len(found) > MOST_LOOKED_AT:
            return None
    return found


def _below(folder: Path, apart: tuple[Path, ...]) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        here = Path(parent)
        folders[:] = [name for name in folders if name not in HIDDEN and here / name not in apart]
        if "pyvenv.cfg" in names:
            folders[:] = []
            continue
        yield from (here / name for name in names if not name.endswith((".pyc", ".py")))


def changed(before: Listing | None, after: Listing | None) -> list[Path]:
    """Return the files that are new or look otherwise."""
    if before is None or after is None:
        return []
    return sorted(path for path, looks in after.items() if before.get(path) != looks)


def moved(before: Listing | None, after: Listing | None) -> list[tuple[Path, Path]]:
    """Return the files that lie elsewhere and look as before, from where to where."""
    if before is None or after is None:
        return []
    gone = {looks: path for path, looks in before.items() if path not in after}
    return sorted((gone[looks], path) for path, looks in after.items() if path not in before and looks in gone)
