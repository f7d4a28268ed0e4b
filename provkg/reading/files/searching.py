"""Looking for content that is not where it was: below folders that somebody names, by size first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from provkg.reading.files.below import plain_files
from provkg.reading.files.seen import Looking


def found_below(
    folders: Sequence[Path], wanted: Iterable[tuple[str, int | None]], looking: Looking
) -> dict[str, list[str]]:
    """Return the paths below `folders` that hold a wanted content, by its digest; links are not followed."""
    contents = dict(wanted)
    sizes = set(contents.values())
    found: dict[str, list[str]] = {}
    for folder in folders if contents else ():
        for path, size in plain_files(folder.absolute()):
            # Of what nobody wrote down the size, every file may be it.
            if size in sizes or None in sizes:
                digest = looking.seen(looking.ask(path)).sha256
                if digest in contents:
                    found.setdefault(digest, []).append(str(path))
    return found
