"""Digests of rows, kept in a file beside the graph: whether two datasets share rows is found without the rows.

A row of few possible contents, such as an e-mail address, could be guessed from a plain digest of it. So these are
keyed: BLAKE2b (RFC 7693) with a key made from the graph's salt. Whoever has the file without the salt can see which
rows are equal and nothing else; and only digests of one graph can be compared.

The file is text up to the second line's end: `provkg row digests 1`, then JSON with the number of rows (`rows`), what
they are rows of (`head`) and which key was used (`key`). Then come 16 bytes a row, in the order of the rows. The file
is named by its SHA-256.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Any, Final

from provkg.capture.digests import encoded
from provkg.capture.row_bytes import AT_ONCE, Rows, rows_of
from provkg.durable import sync_folder
from provkg.errors import Unreadable
from provkg.folder import Folder
from provkg.identity import canonical_json

FORMAT: Final = b"provkg row digests 1\n"
NAME: Final = "provkg_rows_1"
"""What the digest of the file is called where a record names it."""
WIDTH: Final = 16
LONGEST_HEAD: Final = 1 << 24


@dataclass(frozen=True)
class RowDigests:
    """The digests of the rows of some data, in their order."""

    head: Any
    key: str
    content: bytes

    def __len__(self) -> int:
        return len(self.content) // WIDTH

    def __iter__(self) -> Iterator[bytes]:
        return (self.content[start : start + WIDTH] for start in range(0, len(self.content), WIDTH))


def key_of(folder: Folder) -> bytes:
    """Return the key for rows of the graph in `folder`; raises `NotAKnowledgeGraph` without its salt."""
    return hmac.digest(folder.names.salt, b"provkg row digests 1", "sha256")


def keep_rows(content: Any, columns: Sequence[str] | None, store: Path) -> str:
    """Keep the digests of the rows of `content`, by `columns` or whole, and return the address of their file.

    Raises `Unreadable` for what has no rows, `BadParameter` for columns that are not there, `NotAKnowledgeGraph` where
    there is no graph with a salt.
    """
    return keep(rows_of(content, encoded, columns), Folder.find(store))


def keep(rows: Rows, folder: Folder) -> str:
    """Write the digests of `rows` beside the graph in `folder`, and return the SHA-256 that the file is named by."""
    key = key_of(folder)
    said = {"rows": rows.count, "head": rows.head, "key": _name_of(key)}
    folder.rows.mkdir(mode=0o700, exist_ok=True)
    draft = folder.rows / f".draft.{os.getpid()}.{secrets.token_hex(4)}"
    summed = sha256()
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            for piece in (FORMAT, canonical_json(said) + b"\n", *_digests(rows, key)):
                summed.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(folder.rows / summed.hexdigest())
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(folder.rows)
    return summed.hexdigest()


def _digests(rows: Rows, key: bytes) -> Iterator[bytes]:
    begun = blake2b(sha256(canonical_json(rows.head)).digest(), key=key, digest_size=WIDTH)
    for start in range(0, rows.count, AT_ONCE):
        yield b"".join(_each(begun, rows.between(start, start + AT_ONCE)))


def _each(begun: Any, rows: Any) -> Iterator[bytes]:
    copy = begun.copy
    for row in rows:
        summed = copy()
        summed.update(row)
        yield summed.digest()


def _name_of(key: bytes) -> str:
    return blake2b(b"name", key=key, digest_size=8).hexdigest()


def kept(address: str, folder: Folder) -> RowDigests:
    """Return the digests in the file named `address`; raises `Unreadable` where it is gone or is not that file."""
    path = folder.rows / address
    content = _content(path)
    if sha256(content).hexdigest() != address:
        raise Unreadable(f"{path} is not what was recorded: its SHA-256 is another; record the data once more")
    try:
        return _parsed(content)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Unreadable(f"{path} holds no digests of rows that this provkg can read: {error}") from None


def _parsed(content: bytes) -> RowDigests:
    end = content.find(b"\n", len(FORMAT), LONGEST_HEAD)
    if not content.startswith(FORMAT) or end < 0:
        raise ValueError("it begins otherwise")
    said = json.loads(content[len(FORMAT) : end])
    found = RowDigests(said["head"], said["key"], content[end + 1 :])
    if len(found.content) != WIDTH * said["rows"]:
        raise ValueError(f"it is not of {said['rows']} rows")
    return found


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"cannot read the digests of rows in {path}: {error.strerror}") from None


@dataclass(frozen=True)
class Shared:
    """What two lists of rows have in common: how many contents, how many rows of each, and where the first ones are."""

    contents: int
    left_rows: int
    right_rows: int
    examples: tuple[tuple[int, int], ...]


MOST_EXAMPLES: Final = 5


def shared(left: RowDigests, right: RowDigests) -> Shared:
    """Return what is in both; raises `Unreadable` where they are of rows that nobody can compare."""
    if left.key != right.key:
        raise Unreadable("these digests of rows were made in different graphs, each of which has a key of its own")
    if left.head != right.head:
        raise Unreadable(f"these are rows of different columns: {_difference(left.head, right.head)}")
    first: dict[bytes, int] = {}
    for number, row in enumerate(left):
        first.setdefault(row, number)
    met: dict[bytes, int] = {}
    found = 0
    for number, row in enumerate(right):
        if row in first:
            found += 1
            met.setdefault(row, number)
    examples = sorted((first[row], number) for row, number in met.items())[:MOST_EXAMPLES]
    return Shared(len(met), sum(row in met for row in left), found, tuple(examples))


def _difference(left: Any, right: Any) -> str:
    if isinstance(left, list) and isinstance(right, list):
        for one, other in zip(left, right, strict=False):
            if one != other:
                return f"{_shown(one)} here and {_shown(other)} there"
        if len(left) != len(right):
            return f"{len(left)} here and {len(right)} there"
    return f"{_shown(left)} here and {_shown(right)} there"


def _shown(head: Any) -> str:
    text = json.dumps(head, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:60]}…"
