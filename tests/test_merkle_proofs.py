"""Proofs are those of RFC 6962's own definitions, and nothing that was changed by a bit passes for one."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provkg.errors import LedgerBroken
from provkg.ledger import Ledger
from provkg.ledger.tree import Tree
from provkg.merkle import proofs
from provkg.merkle.hashes import leaf_hash
from provkg.merkle.proofs import is_continued, is_included
from tests.test_ledger import entry
from tests.test_merkle import recursive_root

LARGEST = 64
LEAVES = [str(number).encode() for number in range(LARGEST)]
ROOTS = [recursive_root(LEAVES[:size]) for size in range(LARGEST + 1)]


def split(size: int) -> int:
    k = 1
    while 2 * k < size:
        k *= 2
    return k


def naive_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """Return PATH(m, D[n]) as section 2.1.1 defines it."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*naive_path(m, leaves[:k]), recursive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), recursive_root(leaves[:k])]


def naive_proof(m: int, leaves: list[bytes]) -> list[bytes]:
    """Return PROOF(m, D[n]) as section 2.1.2 defines it, for 0 < m < n."""
    return naive_subproof(m, leaves, known=True)


def naive_subproof(m: int, leaves: list[bytes], *, known: bool) -> list[bytes]:
    if m == len(leaves):
        return [] if known else [recursive_root(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*naive_subproof(m, leaves[:k], known=known), recursive_root(leaves[k:])]
    return [*naive_subproof(m - k, leaves[k:], known=False), recursive_root(leaves[:k])]


@pytest.fixture(scope="module")
def tree() -> Iterator[Tree]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE tree (level, ordinal, hash, PRIMARY KEY (level, ordinal))")
        grown = Tree(connection)
        for position, leaf in enumerate(LEAVES):
            grown.add(position, leaf)
            assert grown.root(position + 1) == ROOTS[position + 1]
        yield grown


def test_a_grown_tree_gives_the_root_of_every_earlier_size(tree: Tree) -> None:
    assert [tree.root(size) for size in range(LARGEST + 1)] == ROOTS


def test_every_inclusion_proof_up_to_64_leaves_is_the_defined_one_and_holds(tree: Tree) -> None:
    for size in range(1, LARGEST + 1):
        for position in range(size):
            path = tree.inclusion(position, size)
            assert path == naive_path(position, LEAVES[:size])
            assert is_included(leaf_hash(LEAVES[position]), position, size, path, ROOTS[size])


def test_an_inclusion_proof_holds_at_no_other_place(tree: Tree) -> None:
    for size in range(1, 24):
        for position in range(size):
            path, leaf = tree.inclusion(position, size), leaf_hash(LEAVES[position])
            places = [other for other in range(-1, size + 2) if is_included(leaf, other, size, path, ROOTS[size])]
            assert places == [position]


def test_every_consistency_proof_up_to_64_leaves_is_the_defined_one_and_holds(tree: Tree) -> None:
    for later in range(2, LARGEST + 1):
        for earlier in range(1, later):
            path = tree.consistency(earlier, later)
            assert path == naive_proof(earlier, LEAVES[:later])
            assert is_continued(earlier, later, ROOTS[earlier], ROOTS[later], path)


def test_a_consistency_proof_holds_for_no_other_earlier_tree(tree: Tree) -> None:
    for later in range(2, 24):
        for earlier in range(1, later):
            path = tree.consistency(earlier, later)
            sizes = [m for m in range(later + 1) if is_continued(m, later, ROOTS[m], ROOTS[later], path)]
            assert sizes == [earlier]


def test_a_tree_continues_itself_and_nothing_without_a_proof(tree: Tree) -> None:
    assert tree.consistency(0, 7) == tree.consistency(7, 7) == []
    assert is_continued(7, 7, ROOTS[7], ROOTS[7], [])
    assert is_continued(0, 7, ROOTS[0], ROOTS[7], [])
    assert is_continued(0, 0, ROOTS[0], ROOTS[0], [])
    assert not is_continued(7, 7, ROOTS[6], ROOTS[7], [])
    assert not is_continued(7, 7, ROOTS[7], ROOTS[7], [ROOTS[7]])
    assert not is_continued(0, 7, ROOTS[1], ROOTS[7], [])
    assert not is_continued(4, 7, ROOTS[4], ROOTS[7], [])
    assert not is_continued(8, 7, ROOTS[8], ROOTS[7], [])
    assert not is_continued(-1, 7, ROOTS[7], ROOTS[7], [])


def test_every_wrong_bit_in_the_proofs_of_eleven_leaves_is_refused(tree: Tree) -> None:
    tried = 0
    for place in range(11):
        path, leaf = tree.inclusion(place, 11), leaf_hash(LEAVES[place])
        for wrong in every_flip(path):
            assert not is_included(leaf, place, 11, wrong, ROOTS[11])
            tried += 1
        for wrong in every_flip(tree.consistency(place, 11)):
            assert not is_continued(place, 11, ROOTS[place], ROOTS[11], wrong)
            tried += 1
    assert tried > 15_000


def every_flip(hashes: list[bytes]) -> Iterator[list[bytes]]:
    for which, found in enumerate(hashes):
        for bit in range(256):
            wrong = (int.from_bytes(found, "big") ^ 1 << bit).to_bytes(32, "big")
            yield [*hashes[:which], wrong, *hashes[which + 1 :]]


@given(st.data())
def test_a_proof_with_any_wrong_bit_is_refused(tree: Tree, data: st.DataObject) -> None:
    later = data.draw(st.integers(2, LARGEST))
    earlier, position = data.draw(st.integers(1, later - 1)), data.draw(st.integers(0, later - 1))
    leaf = leaf_hash(LEAVES[position])
    included = [leaf, ROOTS[later], *tree.inclusion(position, later)]
    continued = [ROOTS[earlier], ROOTS[later], *tree.consistency(earlier, later)]
    wrong = flipped(included, data)
    assert not is_included(wrong[0], position, later, wrong[2:], wrong[1])
    wrong = flipped(continued, data)
    assert not is_continued(earlier, later, wrong[0], wrong[1], wrong[2:])


def flipped(hashes: list[bytes], data: st.DataObject) -> list[bytes]:
    which, bit = data.draw(st.integers(0, len(hashes) - 1)), data.draw(st.integers(0, 255))
    wrong = bytearray(hashes[which])
    wrong[bit // 8] ^= 1 << bit % 8
    return [*hashes[:which], bytes(wrong), *hashes[which + 1 :]]


@given(st.data())
def test_a_proof_with_a_hash_too_many_too_few_or_cut_is_refused(tree: Tree, data: st.DataObject) -> None:
    later = data.draw(st.integers(2, LARGEST))
    earlier, position = data.draw(st.integers(1, later - 1)), data.draw(st.integers(0, later - 1))
    leaf, included = leaf_hash(LEAVES[position]), tree.inclusion(position, later)
    continued = tree.consistency(earlier, later)
    for path in misshapen(included, data):
        assert not is_included(leaf, position, later, path, ROOTS[later])
    for path in misshapen(continued, data):
        assert not is_continued(earlier, later, ROOTS[earlier], ROOTS[later], path)


def misshapen(path: list[bytes], data: st.DataObject) -> Iterator[list[bytes]]:
    place = data.draw(st.integers(0, len(path) - 1))
    yield path[:place] + path[place + 1 :]
    yield [*path[:place], ROOTS[1], *path[place:]]
    yield [*path, ROOTS[1]]
    yield [*path[:place], path[place][:-1], *path[place + 1 :]]


@given(st.integers(1, 64), st.integers(0, 64), st.lists(st.binary(min_size=32, max_size=32), max_size=8))
def test_no_made_up_proof_holds(size: int, place: int, path: list[bytes]) -> None:
    assert not is_included(sha256(b"made up").digest(), place, size, path, ROOTS[size])
    assert not is_continued(place, size, sha256(b"made up").digest(), ROOTS[size], path)


def test_the_98_inclusion_proofs_of_another_implementation_are_judged_as_it_judges_them(cases: Path) -> None:
    files = sorted((cases / "merkle" / "inclusion").rglob("*.json"))
    assert len(files) == 98
    wrong = [
        str(file) for file in files if holds(json.loads(file.read_text())) is json.loads(file.read_text())["wantErr"]
    ]
    assert wrong == []


def holds(case: dict[str, Any]) -> bool:
    leaf, root = (base64.b64decode(case[name] or "") for name in ("leafHash", "root"))
    path = [base64.b64decode(each) for each in case["proof"] or []]
    return is_included(leaf, case["leafIdx"], case["treeSize"], path, root)


@pytest.mark.parametrize("sizes", [[1, 2, 3, 10, 11], [16, 5], [33]])
def test_a_ledger_that_grows_in_groups_has_the_root_of_its_leaves_at_every_size(
    tmp_path: Path, sizes: list[int]
) -> None:
    number = 0
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        assert ledger.root() == ROOTS[0]
        for size in sizes:
            ledger.append([entry(f"a-{number + each}") for each in range(size)])
            number += size
        leaves = [each.leaf.to_bytes() for each in ledger.entries()]
        assert [ledger.root(size) for size in range(number + 1)] == [
            recursive_root(leaves[:n]) for n in range(number + 1)
        ]
        assert ledger.root() == recursive_root(leaves)


def test_a_record_sent_twice_or_refused_does_not_grow_the_tree(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        ledger.append([entry("a-1"), entry("a-2"), entry("a-1")])
        before = ledger.root()
        with pytest.raises(Exception, match="says something else"):
            ledger.append([entry("a-3"), entry("a-1", "<a> <p> <b> .")])
        assert ledger.root() == before
        assert rows(tmp_path) == 3


def rows(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "ledger.db")) as other:
        return int(other.execute("SELECT count(*) FROM tree").fetchone()[0])


def test_a_ledger_from_before_there_were_trees_gets_its_tree_when_it_is_opened_for_writing(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with Ledger.open(path) as ledger:
        ledger.append([entry(f"a-{number}") for number in range(7)])
        ledger.erase({number: [] for number in range(7)})
        root = ledger.root()
    with closing(sqlite3.connect(path)) as other:
        other.executescript(
            "DROP TABLE tree; DROP TABLE checkpoint; DROP TABLE text; DROP TABLE act; PRAGMA user_version = 1"
        )
    with Ledger.open(path, read_only=True) as ledger:
        assert ledger.size == 7
        with pytest.raises(LedgerBroken, match="has no tree yet"):
            ledger.root()
    with Ledger.open(path) as ledger:
        assert ledger.root() == root
        assert ledger.append([entry("a-7")]) == [7]


def test_a_hash_that_is_missing_is_told_with_its_place(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        ledger.append([entry(f"a-{number}") for number in range(4)])
        with closing(sqlite3.connect(tmp_path / "ledger.db")) as other, other:
            other.execute("DELETE FROM tree WHERE level = 1 AND ordinal = 0")
        assert ledger.root(4)
        with pytest.raises(LedgerBroken, match=r"lacks a hash \(level 1, number 0\)"):
            ledger.root(3)


def test_a_root_of_a_million_leaves_reads_some_twenty_hashes() -> None:
    read = []

    def node(level: int, ordinal: int) -> bytes:
        read.append((level, ordinal))
        return sha256(f"{level} {ordinal}".encode()).digest()

    proofs.root_of(node, 0, 999_999)
    assert len(read) == (999_999).bit_count()
    read.clear()
    proofs.inclusion(node, 777_777, 0, 999_999)
    assert len(read) < 40
