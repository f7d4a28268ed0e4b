"""Checkpoints and keys that somebody kept to compare a ledger with, and how commands are given them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import click

from provkg.cli.options import ANY_PATH, TEXT
from provkg.errors import BadKey, BadNote, BadParameter, Unreadable

if TYPE_CHECKING:
    from provkg.ledger.note import PublicKey
    from provkg.ledger.verification import Signed

Key = TypeVar("Key")
_SINCE: Final = "An earlier checkpoint, kept where nobody could change it; the ledger must continue it."
_KEYS: Final = "Trust this public key, or these, a line each; not those that lie there."
since_option = click.option("--since", type=ANY_PATH, metavar="FILE", help=_SINCE)
keys_option = click.option("--key", "keys", type=TEXT, multiple=True, metavar="VKEY", help=_KEYS)


def lines_of(given: Iterable[str]) -> tuple[str, ...]:
    """Return the lines of what options were given: `provkg key` prints one for each key that a graph ever had."""
    return tuple(line.strip() for text in given for line in text.splitlines() or [text])


def public_keys_of(keys: Iterable[str]) -> list[PublicKey]:
    """Return the keys that `--key` names; raises `BadParameter` for one that is none."""
    from provkg.ledger.note import PublicKey

    return [parsed_key(PublicKey.parse, key, "--key") for key in lines_of(keys)]


def parsed_key(parse: Callable[[str], Key], text: str, option: str) -> Key:
    """Return the key that `option` names; raises `BadParameter` for one that is none."""
    try:
        return parse(text)
    except BadKey as error:
        raise BadParameter(f"{option} {text!r} is no public key: {error}") from None


def signed_in(file: Path | None) -> list[Signed]:
    """Return the checkpoint that `--since` names, if it names one; raises as `kept_note`."""
    if file is None:
        return []
    from provkg.ledger.verification import Signed

    return [Signed(str(file), kept_note(file))]


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
