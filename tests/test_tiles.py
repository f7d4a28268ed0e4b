"""Tiles are those of C2SP tlog-tiles: at the paths that it defines, and with the hashes and entries that it defines."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from provkg.errors import BadTile
from provkg.ledger import Ledger
from provkg.ledger.tiles import Tile, bundled, hashes_in, tiles_of, unbundled
from provkg.ledger.tree import Tree
from tests.test_ledger import entry
from tests.test_merkle import recursive_root

SIZE = 600


@pytest.fixture(scope="module")
def leaves() -> list[bytes]:
    return []


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory, leaves: list[bytes]) -> Iterator[Tree]:
    with Ledger.open(tmp_path_factory.mktemp("tiles") / "ledger.db") as ledger:
        ledger.append([entry(f"r-{number}") for number in range(SIZE)])
        leaves += [each.leaf.to_bytes() for each in ledger.entries()]
        with ledger.proving() as tree:
            yield tree


def naive_path(level: int | str, index: int, width: int | None = None) -> str:
    """Return a tile's path as the specification words it: groups of three digits, all but the last begun by an x."""
    digits = str(index)
    digits = "0" * (-len(digits) % 3) + digits
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return (
        f"tile/{level}/"
        + "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
        + (f".p/{width}" if width else "")
    )


def naive_tile(leaves: list[bytes], level: int, index: int, width: int) -> bytes:
    """Return MTH(D[(n * 256 + i) * 256**l : (n * 256 + i + 1) * 256**l]) for each i, one after another."""
    step = 256**level
    starts = [(index * 256 + each) * step for each in range(width)]
    return b"".join(recursive_root(leaves[start : start + step]) for start in starts)


def test_the_path_of_the_specification_s_example() -> None:
    assert Tile(0, 1234067).path == "tile/0/x001/x234/067"
    assert Tile(None, 1234067, 5).path == "tile/entries/x001/x234/067.p/5"
    assert Tile.parse("tile/0/x001/x234/067") == Tile(0, 1234067, 256)


@given(st.one_of(st.none(), st.integers(0, 63)), st.integers(0, 10**15), st.integers(1, 256))
@example(None, 999, 256)
@example(0, 1000, 255)
def test_every_tile_has_one_path_and_is_read_back_from_it(level: int | None, index: int, width: int) -> None:
    path = naive_path("entries" if level is None else level, index, None if width == 256 else width)
    assert Tile(level, index, width).path == path
    assert Tile.parse(path) == Tile(level, index, width)


@pytest.mark.parametrize(
    "path",
    [
        "", "tile", "checkpoint", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/00/000", "tile/-1/000", "tile/64/000",
        "tile/0/x000/000", "tile/0/x001/x000", "tile/0/001/000", "tile/0/X001/000", "tile/0/000.p/0", "tile/0/000.p",
        "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/", "tile/0/000.p/1000", "tile/0/000 ", "/tile/0/000",
        "tile/0/000/", "tile/data/000", "tile/0/../000", "tile/0/x001/../000", "tile/0/%30%30%30", "tile/0/000\n",
        "tile/0/" + 3 * "\N{ARABIC-INDIC DIGIT ZERO}", "tile/0/" + "x999/" * 2000 + "000", "tile/0/000?x", "tile//000",
        "tile/0//000", "tile/0/x/000",
    ],
)  # fmt: skip
def test_another_spelling_of_a_path_is_refused(path: str) -> None:
    with pytest.raises(BadTile, match="no path of a tile"):
        Tile.parse(path)


@given(st.one_of(st.text(max_size=30), st.text(alphabet="tile/0123456789x.pentries", max_size=30)))
def test_any_text_is_no_path_or_the_one_of_its_tile(text: str) -> None:
    with suppress(BadTile):
        assert Tile.parse(text).path == text


def test_a_log_of_70000_entries_has_the_tiles_that_the_specification_counts() -> None:
    found = list(tiles_of(70_000))
    of_level = {level: [tile for tile in found if tile.level == level] for level in (None, 0, 1, 2)}
    for level in (None, 0):
        assert [tile.width for tile in of_level[level]] == [256] * 273 + [112]
    assert [(tile.index, tile.width) for tile in of_level[1]] == [(0, 256), (1, 17)]
    assert of_level[2] == [Tile(2, 0, 1)]
    assert sum(map(len, of_level.values())) == len(found)


def test_a_log_of_256_entries_has_a_full_tile_and_a_partial_one_above_it() -> None:
    assert list(tiles_of(256)) == [Tile(None, 0), Tile(0, 0), Tile(1, 0, 1)]
    assert list(tiles_of(0)) == []
    assert list(tiles_of(1)) == [Tile(None, 0, 1), Tile(0, 0, 1)]


@given(st.integers(0, 1 << 40))
def test_no_level_of_a_log_has_an_empty_tile_or_one_partial_that_is_not_the_last(size: int) -> None:
    widths = {level: size >> 8 * level for level in range(6)}
    partial = [tile for tile in tiles_of(size % (1 << 17)) if not tile.is_full]
    assert all(0 < tile.width < 256 for tile in partial)
    small = size % (1 << 17)
    assert {tile.level: tile.width for tile in partial if tile.level is not None} == {
        level: (small >> 8 * level) % 256 for level in widths if (small >> 8 * level) % 256
    }
    assert all(tile.needs <= small for tile in tiles_of(small))


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 600])
def test_hashes_and_entries_are_the_defined_ones_at_every_size(tree: Tree, leaves: list[bytes], size: int) -> None:
    for tile in tiles_of(size):
        if tile.level is None:
            some = leaves[tile.index * 256 : tile.index * 256 + tile.width]
            assert tile.content(tree) == b"".join(struct.pack(">H", len(leaf)) + leaf for leaf in some)
        else:
            assert tile.content(tree) == naive_tile(leaves, tile.level, tile.index, tile.width)


def test_an_entry_that_no_bundle_takes_is_named() -> None:
    assert unbundled(bundled([b"", b"x" * 65_535])) == [b"", b"x" * 65_535]
    with pytest.raises(BadTile, match="entry 257 has 65,536 bytes, and no bundle takes more than 65,535"):
        bundled([b"a", b"x" * 65_536], start=256)


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_is_read_back_and_cut_anywhere_it_is_told(entries: list[bytes]) -> None:
    content = bundled(entries)
    assert unbundled(content) == entries
    ends = {len(bundled(entries[:count])) for count in range(len(entries) + 1)}
    for cut in set(range(len(content))) - ends:
        with pytest.raises(BadTile, match="ends in the middle"):
            unbundled(content[:cut])


@given(st.binary(max_size=200))
def test_any_bytes_are_no_bundle_or_the_one_of_its_entries(content: bytes) -> None:
    with suppress(BadTile):
        assert bundled(unbundled(content)) == content


def test_a_tile_holds_whole_hashes() -> None:
    assert hashes_in(bytes(64)) == [bytes(32), bytes(32)]
    with pytest.raises(BadTile, match="has 65 bytes"):
        hashes_in(bytes(65))


def test_a_ledger_that_lacks_a_leaf_or_a_hash_says_so(tmp_path: Path) -> None:
    from provkg.errors import LedgerBroken

    with Ledger.open(tmp_path / "ledger.db") as ledger:
        ledger.append([entry(f"r-{number}") for number in range(3)])
        with ledger.proving() as tree:
            for tile in (Tile(0, 0, 4), Tile(None, 0, 4)):
                with pytest.raises(LedgerBroken, match="provkg verify"):
                    tile.content(tree)
