"""What changed since a file of dependencies was made, so that it serves states that came after.

A snapshot gets the file of the one before as long as little changed; beside it lies the list of things of which the
file may tell something else than the state says, and these are looked up in the store.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from provkg.errors import Unreadable
from provkg.index.manifest import FILE as MANIFEST

FILE: Final = "CHANGED.json"


@dataclass
class Changed:
    """Things and digests that changed since the file of dependencies called `base` was made."""

    base: str
    things: set[str] = field(default_factory=set)

    def see(self, things: Iterable[str]) -> None:
        """Add things that changed."""
        self.things.update(things)

    def write(self, folder: Path) -> None:
        """Put the list into the snapshot at `folder`, which has its list of files already."""
        said = {"base": self.base, "snapshot": snapshot_digest(folder), "things": sorted(self.things)}
        text = json.dumps(said, ensure_ascii=False)
        (folder / FILE).write_text(f"{_digest(text.encode())}\n{text}", "utf-8")

    @classmethod
    def read(cls, folder: int | Path) -> Changed:
        """Return the list in the snapshot at `folder`, a path or a descriptor.

        Raises `Unreadable` when there is none, it is damaged, or another snapshot's.
        """
        try:
            digest, _, text = _content(folder, FILE).partition(b"\n")
            if digest.decode() != _digest(text):
                raise Unreadable("the list of what changed is damaged")
            said = json.loads(text)
            if said["snapshot"] != snapshot_digest(folder):
                raise Unreadable("the list of what changed is another snapshot's")
            return cls(str(said["base"]), set(said["things"]))
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise Unreadable(f"there is no list of what changed: {error}") from None


def snapshot_digest(folder: int | Path) -> str:
    """Return what tells the snapshot at `folder` from every other: its list of files has the digests of all."""
    return _digest(_content(folder, MANIFEST))


def _content(folder: int | Path, name: str) -> bytes:
    if isinstance(folder, Path):
        return (folder / name).read_bytes()
    # By its descriptor a reader's own snapshot is found also where another has taken its path.
    with os.fdopen(os.open(name, os.O_RDONLY, dir_fd=folder), "rb") as opened:
        return opened.read()


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=32).hexdigest()
