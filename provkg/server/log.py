"""The graph's log over HTTP: its newest checkpoint, and the tiles below that (C2SP tlog-tiles)."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from typing import Final

from provkg.errors import BadTile
from provkg.folder import Folder
from provkg.ledger import Ledger
from provkg.ledger.tiles import CHECKPOINT, Tile

PREFIX: Final = "/log/"
# A year: the bytes of a tile never change. Not public: who may ask is for the server to say, not for caches.
_FOR_EVER: Final = "max-age=31536000, immutable"
_FASTEST: Final = 1


@dataclass(frozen=True)
class Resource:
    """One of the log's files, with the headers that go with it."""

    content: bytes
    headers: dict[str, str]


def resource(folder: Folder, path: str, *, packed: bool) -> Resource | None:
    """Return what lies at `path` below the log's prefix, or None; `packed` says that the asker takes gzip."""
    if not folder.ledger.exists():
        return None
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        kept = ledger.checkpoints()
        if not kept:
            return None
        size, note = kept[-1]
        if path == CHECKPOINT:
            headers = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-cache"}
            return Resource(note, headers)
        return _tile(ledger, size, path, packed=packed)


def _tile(ledger: Ledger, size: int, path: str, *, packed: bool) -> Resource | None:
    try:
        tile = Tile.parse(path)
    except BadTile:
        return None
    # What no checkpoint stands for yet may still be lost; nobody is to build on it.
    if tile.needs > size:
        return None
    with ledger.proving() as tree:
        content = tile.content(tree)
    headers = {"Content-Type": "application/octet-stream", "Cache-Control": _FOR_EVER}
    if tile.level is not None:
        return Resource(content, headers)
    # Leaves are JSON, and hashes cannot be made smaller.
    headers["Vary"] = "Accept-Encoding"
    if packed:
        return Resource(gzip.compress(content, _FASTEST, mtime=0), {**headers, "Content-Encoding": "gzip"})
    return Resource(content, headers)
