"""Verifying a folder of tiles: the entries give the hashes, the hashes the root, and that was signed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from provkg.errors import BadNote, BadTile
from provkg.ledger.checkpoint import Checkpoint
from provkg.ledger.note import Note, PublicKey
from provkg.ledger.payload import Damage
from provkg.ledger.tile_folder import TileFolder
from provkg.ledger.tiles import CHECKPOINT, HEIGHT, WIDTH, Tile, hashes_in, tiles_of, unbundled
from provkg.ledger.tree import grown
from provkg.ledger.verification import BySize, Signed, by_size
from provkg.merkle import proofs
from provkg.merkle.hashes import leaf_hash


@dataclass
class TileVerification:
    """One walk through the folder of tiles at `path`; `entries` and `tiles` count what was looked at.

    `keys` are trusted to sign for the log; `remembered` are checkpoints that somebody kept. Nothing but the folder is
    read.
    """

    path: Path
    keys: Sequence[PublicKey]
    remembered: Sequence[Signed] = ()
    entries: int = 0
    tiles: int = 0
    _frontier: dict[int, bytes] = field(default_factory=dict, init=False)
    _open: dict[int, list[bytes]] = field(default_factory=dict, init=False)
    _kept: list[tuple[Signed, Checkpoint]] = field(default_factory=list, init=False)
    _signed: BySize = field(default_factory=dict, init=False)
    _damaged: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.signed = Signed(CHECKPOINT, TileFolder.checkpoint(self.path))

    def damages(self) -> Iterator[Damage]:
        """Yield everything that is wrong, in the order of the log; nothing when it is verified."""
        try:
            said = self._read(self.signed, None)
        except BadNote as error:
            yield Damage("TAMPERED", CHECKPOINT, str(error))
            return
        self.folder = TileFolder(self.path, said.size)
        self._kept = [(self.signed, said)]
        for signed in self.remembered:
            try:
                self._kept.append((signed, self._read(signed, said.origin)))
            except BadNote as error:
                yield Damage("TAMPERED", signed.place, str(error))
        self._signed = by_size(self._kept)
        for damage in self._walk(said.size):
            self._damaged = True
            yield damage

    def _read(self, signed: Signed, origin: str | None) -> Checkpoint:
        note = Note.parse(signed.note)
        note.signed_by(self.keys)
        said = Checkpoint.of(note)
        if origin not in {None, said.origin}:
            raise BadNote(f"it speaks of another log, {said.origin}")
        return said

    def _walk(self, size: int) -> Iterator[Damage]:
        yield from self._compared()
        for tile in (each for each in tiles_of(size) if each.level is None):
            hashes, wrong = self._looked_at(tile)
            yield from wrong
            if not hashes:
                return
            for leaf in hashes:
                yield from self._grow(leaf)
        for level, hashes in sorted(self._open.items()):
            if hashes:
                yield from self._above(Tile(level, (size >> HEIGHT * level) // WIDTH, len(hashes)), hashes)
        for signed, said in self._kept:
            if said.size > size:
                what = f"it was signed for {said.size:,} entries, and {size:,} are published"
                yield Damage("INCOMPLETE", signed.place, what)

    def _looked_at(self, bundle: Tile) -> tuple[list[bytes], list[Damage]]:
        """Return the leaf hashes with which to go on, and what is wrong with a bundle and the hashes of its entries.

        Where the two differ, the tile of hashes goes on: what stands above shows whether it is the one that was signed.
        """
        tile = Tile(0, bundle.index, bundle.width)
        entries, lost = self._parts(bundle, self.folder.entries)
        hashes, wrong = self._parts(tile, self.folder.hashes)
        given = [leaf_hash(entry) for entry in entries]
        different = [at for at, (one, other) in enumerate(zip(given, hashes, strict=False)) if one != other]
        damages = [
            *lost, *wrong,
            *(Damage("TAMPERED", tile.path, f"it is not the hash of entry {tile.start + at}") for at in different),
            *self._narrower(bundle), *self._narrower(tile),
        ]  # fmt: skip
        return hashes or given, damages

    def _parts(self, tile: Tile, read: Callable[[Tile], list[bytes] | None]) -> tuple[list[bytes], list[Damage]]:
        try:
            found = read(tile)
        except BadTile as error:
            return [], [Damage("TAMPERED", tile.path, str(error))]
        if found is None:
            return [], [Damage("INCOMPLETE", tile.path, "it is missing")]
        self.tiles += 1
        return found, []

    def _grow(self, leaf: bytes) -> Iterator[Damage]:
        completed = list(grown(self.entries, leaf, lambda level, _: self._frontier[level]))
        self._frontier.update((level, found) for level, _, found in completed)
        self.entries += 1
        for level, ordinal, found in completed:
            if level % HEIGHT == 0:
                hashes = self._open.setdefault(level // HEIGHT, [])
                hashes.append(found)
                if len(hashes) == WIDTH:
                    yield from self._above(Tile(level // HEIGHT, ordinal // WIDTH), hashes)
                    hashes.clear()
        yield from self._compared()

    def _above(self, tile: Tile, expected: Sequence[bytes]) -> Iterator[Damage]:
        """Compare a tile with the hashes that those below it give; the lowest were looked at with their entries."""
        if tile.level == 0:
            return
        hashes, wrong = self._parts(tile, self.folder.hashes)
        yield from wrong
        for at, (found, given) in enumerate(zip(hashes, expected, strict=False)):
            if found != given:
                yield Damage("TAMPERED", tile.path, f"it is not the hash of the tile below it, {tile.start + at}")
        yield from self._narrower(tile)

    def _narrower(self, tile: Tile) -> list[Damage]:
        """Compare what was published of a tile while it was partial: those who read it then must have seen the same."""
        whole = self.folder.read(tile)
        return [
            Damage("TAMPERED", narrow.path, "it does not begin the tile that took its place")
            for narrow, earlier in (self.folder.narrower(tile) if whole else ())
            if not _begins(whole[1] if whole else b"", narrow, earlier)
        ]

    def _compared(self) -> Iterator[Damage]:
        """Compare what was signed of the entries walked so far with what they give."""
        here = self._signed.get(self.entries, ())
        # What was changed below changes the root too, and was said already.
        if here and not self._damaged:
            root = proofs.root_of(lambda level, _: self._frontier[level], 0, self.entries)
            for signed, said in here:
                if said.root != root:
                    what = f"it was signed for another history of the first {said.size:,} entries than the one here"
                    yield Damage("FORK", signed.place, what)


def _begins(content: bytes, narrow: Tile, earlier: bytes) -> bool:
    try:
        count = len(unbundled(earlier) if narrow.level is None else hashes_in(earlier))
    except BadTile:
        return False
    return count == narrow.width and content.startswith(earlier)
