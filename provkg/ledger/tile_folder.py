"""A folder of tiles, to read: the checkpoint, the entries and the hashes that it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from provkg.errors import BadTile, Unreadable
from provkg.ledger.leaf import LONGEST
from provkg.ledger.tiles import CHECKPOINT, HEIGHT, WIDTH, Tile, hashes_in, unbundled
from provkg.merkle import proofs
from provkg.merkle.hashes import node_hash

# A bundle of 256 entries, each behind two bytes of length.
_LARGEST: Final = WIDTH * (2 + LONGEST)


class TileFolder:
    """The log of `size` entries whose tiles lie in the folder `path`; nothing that it says is verified."""

    def __init__(self, path: Path, size: int) -> None:
        self.path, self.size = path, size
        self._hashes = lru_cache(maxsize=64)(self._read_hashes)

    @staticmethod
    def checkpoint(path: Path) -> bytes:
        """Return the checkpoint in the folder at `path`; raises `Unreadable`."""
        try:
            return _read(path / CHECKPOINT)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise Unreadable(f"cannot read {path / CHECKPOINT}: {error.strerror}") from None

    def read(self, tile: Tile) -> tuple[Tile, bytes] | None:
        """Return what lies in the place of `tile`, or of the full one that took it; None where nothing does."""
        for each in (tile, tile.full):
            try:
                return each, _read(self.path / each.path)
            except (FileNotFoundError, NotADirectoryError):
                continue
        return None

    def hashes(self, tile: Tile) -> list[bytes] | None:
        """Return the hashes of `tile`, or None where it is missing; raises `BadTile` for another number of them."""
        return self._parts(tile, hashes_in)

    def entries(self, tile: Tile) -> list[bytes] | None:
        """Return the entries of `tile`, or None where it is missing; raises `BadTile` for another number of them."""
        return self._parts(tile, unbundled)

    def _parts(self, tile: Tile, parse: Callable[[bytes], list[bytes]]) -> list[bytes] | None:
        found = self.read(tile)
        if found is None:
            return None
        there, content = found
        parts = parse(content)
        if len(parts) != there.width:
            raise BadTile(f"it holds {len(parts)} of the {there.width} that belong there")
        return parts[: tile.width]

    def narrower(self, tile: Tile) -> Iterator[tuple[Tile, bytes]]:
        """Yield the narrower tiles in the place of `tile`, from when the log was shorter."""
        full = self.path / tile.full.path
        folder = full.with_name(f"{full.name}.p")
        for width in range(1, tile.width) if folder.is_dir() else ():
            if (folder / str(width)).is_file():
                yield Tile(tile.level, tile.index, width), _read(folder / str(width))

    def node(self, level: int, ordinal: int) -> bytes:
        """Return the hash of the complete subtree of 2**level entries which is the `ordinal`-th of its size."""
        height = level % HEIGHT
        first = ordinal << height
        hashes = self._hashes(level // HEIGHT, first // WIDTH)
        wanted = hashes[first % WIDTH : first % WIDTH + (1 << height)]
        if len(wanted) != 1 << height:
            raise BadTile(f"{self.path} lacks hashes of level {level // HEIGHT}, tile {first // WIDTH}")
        while len(wanted) > 1:
            wanted = [node_hash(left, right) for left, right in zip(wanted[::2], wanted[1::2], strict=True)]
        return wanted[0]

    def root(self, size: int) -> bytes:
        """Return the root over the first `size` entries, as the tiles give it."""
        return proofs.root_of(self.node, 0, size)

    def consistency(self, earlier: int, later: int) -> list[bytes]:
        """Return the proof that the first `later` entries begin with the first `earlier`."""
        return proofs.consistency(self.node, earlier, later)

    def _read_hashes(self, level: int, index: int) -> list[bytes]:
        there = min((self.size >> (HEIGHT * level)) - index * WIDTH, WIDTH)
        hashes = self.hashes(Tile(level, index, there)) if there > 0 else None
        if hashes is None:
            raise BadTile(f"{self.path} lacks tile {index} of level {level}")
        return hashes


def _read(file: Path) -> bytes:
    """Return what is in `file`, but not more than belongs there: the folder may be anybody's, and lead anywhere."""
    try:
        with file.open("rb") as opened:
            content = opened.read(_LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise
    except OSError as error:
        raise Unreadable(f"cannot read {file}: {error.strerror}") from None
    if len(content) > _LARGEST:
        raise Unreadable(f"{file} has more bytes than any tile")
    return content
