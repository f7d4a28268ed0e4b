"""Tiles: a log as static files of 256 hashes or entries each, at paths that anybody can work out (C2SP tlog-tiles)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from provkg.errors import BadTile
from provkg.ledger.leaf import LONGEST
from provkg.ledger.tree import Tree
from provkg.merkle.proofs import HASH_BYTES

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT
CHECKPOINT: Final = "checkpoint"
FOLDER: Final = "tile"
_LENGTH_BYTES: Final = 2
_HIGHEST: Final = 63
_PATH: Final = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, order=True)
class Tile:
    """Where `width` consecutive hashes of a level lie, or entries where `level` is None; fewer than 256 are partial."""

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """The path below the log's prefix."""
        level = "entries" if self.level is None else str(self.level)
        return f"{FOLDER}/{level}/{index_path(self.index)}" + ("" if self.is_full else f".p/{self.width}")

    @classmethod
    def parse(cls, path: str) -> Tile:
        """Return the tile at `path`; raises `BadTile` for any other spelling than the one of `path`."""
        found = _PATH.fullmatch(path)
        if found is None:
            raise BadTile(f"{path!r:.120} is no path of a tile, such as tile/0/x001/x234/067 or tile/entries/000.p/5")
        level = None if found["level"] == "entries" else int(found["level"])
        tile = cls(level, int(found["index"].replace("/", "").replace("x", "")), int(found["width"] or WIDTH))
        # Of what the pattern lets through, indexes padded with x000/, high levels and wide tiles are none.
        if tile.path != path or (level or 0) > _HIGHEST:
            raise BadTile(f"{path!r:.120} is no path of a tile: it has another level, index or width than there can be")
        return tile

    @property
    def is_full(self) -> bool:
        """Whether it has all 256: such a tile never changes again."""
        return self.width == WIDTH

    @property
    def full(self) -> Tile:
        """The tile that takes its place once the log is long enough."""
        return Tile(self.level, self.index)

    @property
    def height(self) -> int:
        """The level of its hashes in the tree, where leaves have 0."""
        return HEIGHT * (self.level or 0)

    @property
    def start(self) -> int:
        """The ordinal of its first hash or entry among all of its level."""
        return self.index * WIDTH

    @property
    def stop(self) -> int:
        """The ordinal after its last."""
        return self.start + self.width

    @property
    def needs(self) -> int:
        """How many entries the log must have for the tile to be."""
        return self.stop << self.height

    def content(self, tree: Tree) -> bytes:
        """Return its bytes; raises `BadTile` where an entry is too long for any bundle."""
        if self.level is None:
            return bundled(tree.leaves(self.start, self.stop), self.start)
        return b"".join(tree.nodes(self.height, self.start, self.stop))


def index_path(index: int) -> str:
    """Return `index` in path elements of three digits, all but the last with an x before them."""
    elements = [f"{index % 1000:03}"]
    while index := index // 1000:
        elements.insert(0, f"x{index % 1000:03}")
    return "/".join(elements)


def tiles_of(size: int) -> Iterator[Tile]:
    """Yield the tiles of a log of `size` entries: of each level the full ones, and the partial one if there is any."""
    yield from _level(None, size)
    level, hashes = 0, size
    while hashes:
        yield from _level(level, hashes)
        level, hashes = level + 1, hashes >> HEIGHT


def _level(level: int | None, hashes: int) -> Iterator[Tile]:
    full, rest = divmod(hashes, WIDTH)
    yield from (Tile(level, index) for index in range(full))
    if rest:
        yield Tile(level, full, rest)


def bundled(entries: Sequence[bytes], start: int = 0) -> bytes:
    """Return `entries` as one bundle: each behind its length; raises `BadTile` for one that is too long."""
    for position, entry in enumerate(entries, start):
        if len(entry) > LONGEST:
            said = f"entry {position} has {len(entry):,} bytes, and no bundle takes more than {LONGEST:,}"
            raise BadTile(f"{said}: this log cannot be published as tiles")
    return b"".join(len(entry).to_bytes(_LENGTH_BYTES, "big") + entry for entry in entries)


def unbundled(content: bytes) -> list[bytes]:
    """Return the entries of a bundle; raises `BadTile` where it ends in the middle of one."""
    entries: list[bytes] = []
    at = 0
    while at < len(content):
        begin = at + _LENGTH_BYTES
        at = begin + int.from_bytes(content[at:begin], "big")
        if begin > len(content) or at > len(content):
            raise BadTile(f"the bundle ends in the middle of its entry {len(entries)}")
        entries.append(content[begin:at])
    return entries


def hashes_in(content: bytes) -> list[bytes]:
    """Return the hashes of a tile; raises `BadTile` where the last one is not whole."""
    if len(content) % HASH_BYTES:
        raise BadTile(f"the tile has {len(content)} bytes, and a hash {HASH_BYTES}")
    return [content[at : at + HASH_BYTES] for at in range(0, len(content), HASH_BYTES)]
