"""Merkle roots equal RFC 6962's, worked out by hand and by an independent, recursive reading of its section 2.1."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provkg.merkle.hashes import leaf_hash, node_hash, root


def recursive_root(contents: list[bytes]) -> bytes:
    """Return MTH(D[n]) exactly as the text defines it: k is the largest power of two smaller than n."""
    if not contents:
        return sha256(b"").digest()
    if len(contents) == 1:
        return sha256(b"\x00" + contents[0]).digest()
    k = 1
    while 2 * k < len(contents):
        k *= 2
    return sha256(b"\x01" + recursive_root(contents[:k]) + recursive_root(contents[k:])).digest()


def test_the_root_of_nothing_is_the_digest_of_nothing() -> None:
    assert root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_root_of_an_empty_leaf_is_the_digest_of_a_zero_byte() -> None:
    assert root([b""]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


def test_seven_leaves_make_the_tree_that_the_rfc_draws() -> None:
    """Section 2.1.3 draws hash = h(h(h(a,b), h(c,d)), h(h(e,f), j))."""
    a, b, c, d, e, f, j = (leaf_hash(bytes([number])) for number in range(7))
    left = node_hash(node_hash(a, b), node_hash(c, d))
    assert root([bytes([number]) for number in range(7)]) == node_hash(left, node_hash(node_hash(e, f), j))


@given(st.lists(st.binary(max_size=40), max_size=80))
def test_the_root_is_the_one_that_the_definition_gives(contents: list[bytes]) -> None:
    assert root(contents) == recursive_root(contents)


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=20), st.data())
def test_changing_any_leaf_changes_the_root(contents: list[bytes], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(contents) - 1))
    other = data.draw(st.binary(max_size=8).filter(lambda content: content != contents[place]))
    assert root([*contents[:place], other, *contents[place + 1 :]]) != root(contents)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_no_leaf_can_pass_for_an_inner_node(left: bytes, right: bytes) -> None:
    assert leaf_hash(left + right) != node_hash(left, right)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 8, 9, 31, 32, 33, 1000])
def test_a_root_needs_its_leaves_once(size: int) -> None:
    """An iterator is enough, so that a record of any size can be read as it comes."""
    contents = [str(number).encode() for number in range(size)]
    assert root(iter(contents)) == recursive_root(contents)
