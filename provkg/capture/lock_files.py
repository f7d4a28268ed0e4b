"""The files near the code that pin the packages which it runs with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Final

from provkg.capture.files import artifact_file
from provkg.capture.local_modules import place_of
from provkg.records import ArtifactFile

# What tools write: uv, Poetry, PDM, Pipenv, pixi, pip (PEP 751), conda-lock, conda.
NAMES: Final = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pixi.lock", "pylock.toml", "pylock.*.toml")
CONDA: Final = ("conda-lock.yml", "*.conda-lock.yml", "environment.yml", "environment.yaml")
REQUIREMENTS: Final = "requirements*.txt"
PINNED: Final = re.compile(r"===?|\s@\s|--hash=")
MOST_FOLDERS: Final = 4
"""How far up a file is looked for where no repository ends the search."""


def lock_files(script: Path | None) -> tuple[ArtifactFile, ...]:
    """Return the lock files in the nearest folder above `script`, or the working folder, that has any."""
    found = (paths for each in _folders(place_of(script)) if (paths := sorted(_lock_files(each))))
    return tuple(artifact_file(path) for path in next(found, []))


def _folders(folder: Path) -> list[Path]:
    above = [folder, *folder.parents]
    outside = [*takewhile(lambda each: not (each / ".git").exists(), above)]
    # The last one, which is the repository's own, is looked into too.
    return above[: len(outside) + 1] if len(outside) < len(above) else above[:MOST_FOLDERS]


def _lock_files(folder: Path) -> Iterator[Path]:
    for pattern in (*NAMES, *CONDA):
        yield from (path for path in folder.glob(pattern) if path.is_file())
    yield from (path for path in folder.glob(REQUIREMENTS) if path.is_file() and _pins(path))


def _pins(requirements: Path) -> bool:
    """Whether a file of requirements says of each package which one it is: a version, an address or a digest."""
    try:
        text = requirements.read_text("utf-8", "replace")
    except OSError:
        return False
    lines = [line.strip() for line in text.replace("\\\n", " ").splitlines()]
    named = [line for line in lines if line and not line.startswith(("#", "-"))]
    return bool(named) and all(PINNED.search(line) for line in named)
