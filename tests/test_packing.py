"""A rebuilt index is packed: it says the same, in less room, and goes on as any other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from provkg.errors import StorageFailed
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph, read, stores
from provkg.index import storage
from provkg.index.storage import pack
from provkg.records import Dataset
from provkg.vocabulary import dct_title
from tests import story

PART = 200


@pytest.fixture
def in_parts(tmp_path: Path) -> Path:
    """Return a store that took its statements in parts, as one does that follows a ledger."""
    store = Store(str(tmp_path / "store"))
    said = statements()
    while part := list(islice(said, PART)):
        store.bulk_extend(part)
    store.flush()
    return tmp_path / "store"


def statements() -> Iterator[Quad]:
    for number in range(20 * PART):
        # A thousand things that each part speaks of again, in the default graph and in another.
        thing = NamedNode(f"https://example.org/a-thing-with-a-long-name/{number * 7 % 1000}")
        graph = NamedNode("https://example.org/graph") if number % 3 == 0 else None
        yield Quad(thing, dct_title, Literal(f"title {number}"), graph)


def size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())


def test_a_packed_store_holds_the_same_in_less_room(in_parts: Path) -> None:
    before = size(in_parts)
    pack(in_parts)
    assert set(Store.read_only(str(in_parts))) == set(statements())
    assert size(in_parts) < 0.7 * before
    assert [each.name for each in in_parts.parent.iterdir()] == [in_parts.name]


def test_where_there_is_no_room_it_stays_as_it_is(in_parts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: Store, target: Path) -> None:
        target.mkdir()
        raise StorageFailed("the disk is full")

    before = {file.name: file.read_bytes() for file in in_parts.iterdir() if file.suffix == ".sst"}
    monkeypatch.setattr(storage, "copy_packed", full)
    pack(in_parts)
    assert {file.name: file.read_bytes() for file in in_parts.iterdir() if file.suffix == ".sst"} == before
    assert [each.name for each in in_parts.parent.iterdir()] == [in_parts.name]


def test_a_rebuilt_index_is_packed_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "PACKED_FROM", 1)
    packed = list[Path]()

    def seen(path: Path) -> None:
        pack(path)
        packed.append(path)

    monkeypatch.setattr(stores, "pack", seen)
    folder = Folder.create(tmp_path / "kg", base=story.BASE, level="standard")
    with KnowledgeGraph.hold(folder) as graph:
        story.tell(graph)
    before = everything(folder)
    with KnowledgeGraph.hold(folder) as graph:
        graph.rebuild()
        assert graph.messages == []
    assert len(packed) == 1
    assert everything(folder) == before
    with KnowledgeGraph.hold(folder) as graph:
        graph.record(Dataset(name="one more"))
        assert graph.messages == [], "the next to hold it finds it as it should be"
    with read(folder) as index:
        assert index.statements(predicate=dct_title, target=Literal("one more"))


def everything(folder: Folder) -> list[tuple[str, ...]]:
    with read(folder) as index:
        asked = "SELECT ?g ?s ?p ?o { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
        return sorted(tuple(map(str, row)) for row in index.query(asked).rows)
