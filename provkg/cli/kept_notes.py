"""Files that somebody kept to compare a ledger with: read whole, and said by name where they cannot be used."""

from __future__ import annotations

from pathlib import Path

from provkg.errors import BadNote, Unreadable


def content_of(file: Path) -> bytes:
    """Return what is in `file`; raises `Unreadable`."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise Unreadable(f"cannot read {file}: {error.strerror}") from None


def kept_note(file: Path) -> bytes:
    """Return the checkpoint in `file`; raises `BadNote` where it is none. Who signed it is not asked here."""
    from provkg.ledger.checkpoint import Checkpoint  # for some milliseconds that help texts do without
    from provkg.ledger.note import Note

    content = content_of(file)
    try:
        Checkpoint.of(Note.parse(content))
    except BadNote as error:
        raise BadNote(f"{file} is no checkpoint: {error}") from None
    return content
