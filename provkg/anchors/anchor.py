"""What anchors have in common, and which kind a path is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from provkg.anchors.folder import FolderAnchor
from provkg.anchors.git import GitAnchor, is_repository
from provkg.ledger.note import Note
from provkg.ledger.verification import Signed


class Anchor(Protocol):
    """A place for checkpoints; each method raises `AnchorFailed`."""

    def begin(self, note: Note) -> None:
        """Take the first checkpoint of a log here: from then on the place must be there."""

    def keep(self, note: Note) -> None:
        """Take another checkpoint of a log that was begun here; one that is there already changes nothing."""

    def holds(self, note: Note) -> bool:
        """Whether that checkpoint, as the newest of its log, is here."""

    def kept(self, origin: str) -> Iterator[Signed]:
        """Yield every checkpoint that was ever taken of the log `origin`, as it lies here."""


def anchor_at(path: Path) -> Anchor:
    """Return the anchor at `path`: a git repository, or else a folder."""
    return GitAnchor(path) if is_repository(path) else FolderAnchor(path)
