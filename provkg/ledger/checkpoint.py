"""Checkpoints: the size and root of a ledger at some time, as the text of a signed note (C2SP tlog-checkpoint)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from provkg.errors import BadNote
from provkg.ledger.note import Note, decoded, encoded
from provkg.merkle.proofs import HASH_BYTES

# The largest position that SQLite counts.
LARGEST: Final = (1 << 63) - 1
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True)
class Checkpoint:
    """What a log says of itself: after `size` entries, its root is `root`; `extensions` are lines of other programs."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text to sign."""
        lines = (self.origin, str(self.size), encoded(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Return the checkpoint that `text` gave; raises `BadNote` for anything else."""
        origin, size, root, *extensions = _lines(text)
        if not _SIZE.fullmatch(size) or int(size) > LARGEST:
            raise BadNote(f"{size!r:.40} is no size of a log: a decimal number without leading zeros")
        try:
            given = decoded(root)
        except ValueError as error:
            raise BadNote(f"the root of the checkpoint is no Base64 ({error})") from None
        if len(given) != HASH_BYTES:
            raise BadNote(f"the root of the checkpoint has {len(given)} bytes; a SHA-256 has {HASH_BYTES}")
        return cls(origin, int(size), given, tuple(extensions))

    @classmethod
    def of(cls, note: Note) -> Checkpoint:
        """Return the checkpoint that `note` holds; whether it is signed is asked of the note."""
        return cls.parse(note.text)


def origin_of(base: str) -> str:
    """Return what the log of a graph with that base IRI calls itself: the IRI without scheme and last slash."""
    bare = base.partition("://")[2] or base
    # Neither spaces nor plus signs may stand in the name of a key, which is the same.
    return "".join(quote(each, safe="") if each.isspace() or each == "+" else each for each in bare.rstrip("/"))


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    if lines.pop() != "" or len(lines) < 3 or not all(lines):
        raise BadNote("a checkpoint has three lines or more, none empty: origin, size and root of a log")
    return lines
