"""Dependencies kept as rows of numbers tell what the store tells, of this state alone, and are never needed."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Triple

from provkg import vocabulary as v
from provkg.entailment import closed
from provkg.errors import StorageFailed, Unreadable
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph, read
from provkg.index import Change, Index, ReadIndex, Snapshots, changed, keeping
from provkg.index.adjacency import Adjacency, Rows
from provkg.index.changed import Changed
from provkg.index.manifest import FILE as MANIFEST
from provkg.index.packing import Facts, packed
from provkg.lineage.graph import Direction
from provkg.lineage.known import known_of
from provkg.lineage.reach import reached
from tests import story

LEDGER_GRAPH = NamedNode("http://e/graph/ledger")
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
THINGS = [NamedNode(f"http://e/{letter}") for letter in "abcdefgh"]
RUNS = [NamedNode(f"http://e/run/{number}") for number in range(3)]
DIGESTS = [Literal(letter * 4) for letter in "xyz"]
KINDS = [v.DatasetVersion, v.MetricObservation, v.ModelVersion]
METRICS = [v.MetricKind_accuracy, v.MetricKind_cpuTime]


@pytest.fixture(autouse=True)
def every_graph_is_large_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "LEAST", 1)
    monkeypatch.setattr(keeping, "PAUSE", 0)


# --- the form


@st.composite
def facts(draw: st.DrawFn) -> tuple[Facts, dict[str, set[tuple[str, str]]]]:
    """Return facts and, by what they say, the pairs of names that they say it of."""
    things, digests = (draw(st.lists(NAMES, min_size=1, max_size=8, unique=True)) for _ in range(2))
    drawn, said = Facts(), dict[str, set[tuple[str, str]]]()
    for name in things:
        drawn.things.of(name)
    for name, ends in (("rests_on", things), ("made_by", things), ("has_digest", digests)):
        said[name] = draw(st.sets(st.tuples(st.sampled_from(things), st.sampled_from(ends))))
        for left, right in said[name]:
            number = drawn.digests if name == "has_digest" else drawn.things
            getattr(drawn, name).add(drawn.things.of(left), number.of(right))
    for name in ("kinds", "metrics"):
        said[name] = draw(st.sets(st.tuples(st.sampled_from(things), NAMES)))
        for left, right in said[name]:
            getattr(drawn, name).add(drawn.things.of(left), right)
    return drawn, said


@given(facts())
def test_what_is_packed_is_read_back(drawn: tuple[Facts, dict[str, set[tuple[str, str]]]]) -> None:
    given_facts, said = drawn
    found = Adjacency.over(memoryview(packed(given_facts, "of a state")))
    assert found.base == "of a state"
    things = [name.decode() for name in found.things]
    digests = [name.decode() for name in found.digests]
    assert things == sorted(given_facts.things.numbers, key=str.encode)
    assert [found.things.find(name.encode()) for name in things] == list(range(len(things)))
    assert found.things.find(b"what is none of them, and longer") is None

    def pairs(rows: Rows, left: list[str], right: list[str]) -> set[tuple[str, str]]:
        assert len(rows) == len(left)
        return {(left[place], right[end]) for place in range(len(left)) for end in rows[place]}

    def turned(of: str) -> set[tuple[str, str]]:
        return {(right, left) for left, right in said[of]}

    assert pairs(found.up, things, things) == said["rests_on"]
    assert pairs(found.down, things, things) == turned("rests_on")
    assert pairs(found.makers, things, things) == said["made_by"]
    assert pairs(found.contents, things, digests) == said["has_digest"]
    assert pairs(found.bearers, digests, things) == turned("has_digest")
    for name, labels in (("kinds", found.kinds), ("metrics", found.metrics)):
        assert {(thing, each) for place, thing in enumerate(things) for each in labels[place]} == said[name]


@given(st.data())
def test_no_byte_of_it_may_be_another_or_missing(data: st.DataObject) -> None:
    content = bytearray(packed(data.draw(facts())[0], "of a state"))
    place = data.draw(st.integers(0, len(content) - 1))
    for damaged in (
        content[:place],
        content + b"\0",
        content[:place] + bytes([content[place] ^ data.draw(st.integers(1, 255))]) + content[place + 1 :],
    ):
        with pytest.raises(Unreadable):
            Adjacency.over(memoryview(bytes(damaged)))


# --- with snapshots


class Kept:
    """An index, its snapshots, and what is stated of it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.snapshots = folder, Snapshots(folder / "snapshots")
        self.index = Index.create(folder / "index", LEDGER_GRAPH)
        self.stated: set[Triple] = set()

    def take_in(self, added: Sequence[Triple], removed: Sequence[Triple] = ()) -> None:
        place = self.index.position
        gone = set(closed(removed)) - set(closed(added))
        change = Change(place, f"mark {place}", tuple(Quad(*each) for each in closed(added)), (), tuple(gone))
        self.index.apply([change])

    def reopen(self) -> None:
        self.index.close()
        self.index = Index.open(self.folder / "index", LEDGER_GRAPH, lambda place: f"mark {place}")
        self.snapshots.resume(self.index)

    def opened(self) -> ReadIndex:
        found = self.snapshots.open()
        assert found is not None
        return found

    @property
    def newest(self) -> Path:
        return self.snapshots.folder / str(self.snapshots.newest_size())


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    made = Kept(tmp_path)
    yield made
    made.index.abandon()


def rests(one: int, other: int) -> Triple:
    return Triple(THINGS[one], v.prov_wasDerivedFrom, THINGS[other])


def told(index: ReadIndex) -> dict[str, object]:
    """Return all that a walk may ask of a state."""
    known, found = known_of(index), dict[str, object]()
    for node in (*THINGS, *RUNS):
        number = known.number(node)
        for direction in ("up", "down"):
            found[f"{direction} {node.value}"] = walked(index, node, direction)
        found[f"kinds {node.value}"] = known.kinds([number])[number]
        found[f"metrics {node.value}"] = known.metrics([number])[number]
        found[f"makers {node.value}"] = {known.node(each).value for each in known.makers([number])[number]}
        found[f"copies {node.value}"] = {known.node(each).value for each in known.copies([number])[number]}
        assert known.node(number) == node
    return found


def walked(index: ReadIndex, node: NamedNode, direction: Direction) -> dict[str, int]:
    reach = reached(index, node, direction)
    return {reach.known.node(each).value: steps for each, steps in reach.distances.items()}


def looked_up(kept: Kept) -> ReadIndex:
    """Return the newest state without its file."""
    index = kept.opened()
    index.__dict__["adjacency"] = None
    return index


def is_used_and_right(kept: Kept) -> bool:
    """Whether the newest snapshot has a file; it must then tell what the store tells."""
    with kept.opened() as index, looked_up(kept) as plain:
        assert told(index) == told(plain)
        return index.adjacency is not None


TRIPLES = st.one_of(
    st.builds(rests, st.integers(0, 7), st.integers(0, 7)),
    st.builds(Triple, st.sampled_from(THINGS), st.just(v.prov_wasGeneratedBy), st.sampled_from(RUNS)),
    st.builds(Triple, st.sampled_from(RUNS), st.sampled_from([v.trainingData, v.fitsOn]), st.sampled_from(THINGS)),
    st.builds(Triple, st.sampled_from(THINGS), st.just(v.sha256), st.sampled_from(DIGESTS)),
    st.builds(Triple, st.sampled_from(THINGS), st.just(v.rdf_type), st.sampled_from(KINDS)),
    st.builds(Triple, st.sampled_from(THINGS), st.just(v.metricKind), st.sampled_from(METRICS)),
)
STEPS = st.lists(
    st.tuples(st.lists(TRIPLES, max_size=6), st.booleans(), st.sampled_from("srn")), min_size=1, max_size=8
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, first=st.lists(TRIPLES, min_size=4, max_size=20))
def test_whatever_is_said_and_taken_back_the_file_tells_what_the_store_tells(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[list[Triple], bool, str]], first: list[Triple]
) -> None:
    kept = Kept(tmp_path_factory.mktemp("kept"))
    stated = set(first)
    kept.take_in(first)
    kept.snapshots.take(kept.index)
    assert is_used_and_right(kept)
    base = (kept.newest / keeping.FILE).stat().st_ino
    for triples, removes, then in steps:
        removed = [each for each in triples if each in stated] if removes else []
        stated = (stated | set(triples)) - set(removed)
        # What others still state, and what follows from it, stays.
        still = set(closed(sorted(stated, key=str)))
        kept.take_in(
            [] if removed else triples, [each for each in closed(removed) if each not in still] if removed else []
        )
        if then != "n":
            kept.snapshots.take(kept.index)
            assert is_used_and_right(kept)
            assert (kept.newest / keeping.FILE).stat().st_ino == base, "so little changed that the file is the same"
        if then == "r" and kept.snapshots.newest_size() == kept.index.position:
            kept.reopen()
    kept.index.abandon()


def test_a_graph_gets_it_and_goes_on_with_it(tmp_path: Path) -> None:
    """Through the door that records go through, also after the process that held the graph has ended."""
    folder = Folder.create(tmp_path / "kg", base=story.BASE, level="standard")
    records = story.records()
    with KnowledgeGraph.hold(folder) as graph:
        for record in records[: len(records) // 2]:
            graph.add(record.name, record.type, list(record.triples))
        graph.snapshot()
    with read(folder) as index:
        assert index.adjacency is not None
        assert not index.adjacency.changed
    with KnowledgeGraph.hold(folder) as graph:
        for record in records[len(records) // 2 :]:
            graph.add(record.name, record.type, list(record.triples))
        graph.snapshot()
    with read(folder) as index, read(folder) as plain:
        assert index.adjacency is not None
        assert index.adjacency.changed, "the file of the state before goes on"
        plain.__dict__["adjacency"] = None
        for each in (story.thing("dataset-version/apple-readings-2"), story.thing("model-version/apple-grader-2")):
            assert walked(index, each, "down") == walked(plain, each, "down")
            assert walked(index, each, "up") == walked(plain, each, "up")


def three(kept: Kept) -> None:
    kept.take_in([rests(1, 0), rests(2, 1)])
    kept.snapshots.take(kept.index)


def test_small_graphs_go_without(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "LEAST", 2)
    three(kept)
    assert not is_used_and_right(kept)
    three(kept)
    assert is_used_and_right(kept)


@pytest.mark.parametrize("name", [keeping.FILE, changed.FILE])
def test_what_is_gone_is_made_again_with_the_next_snapshot(kept: Kept, name: str) -> None:
    three(kept)
    (kept.newest / name).unlink()
    assert not is_used_and_right(kept)
    kept.take_in([rests(3, 2)])
    kept.snapshots.take(kept.index)
    assert is_used_and_right(kept)


@pytest.mark.parametrize("name", [keeping.FILE, changed.FILE])
@pytest.mark.parametrize("how", ["cut", "emptied", "changed"])
def test_what_is_damaged_is_not_used(kept: Kept, name: str, how: str) -> None:
    three(kept)
    file = kept.newest / name
    stat, content = file.stat(), bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes({"cut": bytes(content[:-9]), "emptied": b"", "changed": bytes(content)}[how])
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert not is_used_and_right(kept)


def test_of_another_state_it_is_not_used(kept: Kept) -> None:
    three(kept)
    first = kept.newest
    kept.take_in([rests(3, 2)])
    kept.snapshots.take(kept.index)
    (kept.newest / changed.FILE).write_bytes((first / changed.FILE).read_bytes())
    assert not is_used_and_right(kept), "the list of the state before does not have the new thing"


def test_of_another_graph_it_is_not_used(kept: Kept, tmp_path: Path) -> None:
    three(kept)
    other = Kept(tmp_path / "other")
    other.take_in([rests(5, 4)])
    other.snapshots.take(other.index)
    content = (other.newest / keeping.FILE).read_bytes()
    (kept.newest / keeping.FILE).write_bytes(content)
    assert not is_used_and_right(kept), "its list is that of its own file"
    (kept.newest / changed.FILE).write_bytes((other.newest / changed.FILE).read_bytes())
    assert not is_used_and_right(kept), "a list names the snapshot that it lies in"
    other.index.abandon()


def test_a_reader_has_that_of_its_own_snapshot_when_another_takes_its_place(kept: Kept) -> None:
    three(kept)
    with kept.opened() as before:
        kept.index.close()
        kept.index = Index.create(kept.folder / "index", LEDGER_GRAPH)
        kept.take_in([rests(5, 4)])
        kept.snapshots.take(kept.index, anew=True)
        assert kept.newest.name == "1" == before.path.name
        assert walked(before, THINGS[2], "up") == {THINGS[2].value: 0, THINGS[1].value: 1, THINGS[0].value: 2}
        assert before.adjacency is not None
        assert before.adjacency.things.find(THINGS[5].value.encode()) is None


def test_after_a_crash_nobody_knows_what_changed_and_it_is_made_anew(kept: Kept) -> None:
    three(kept)
    before = (kept.newest / keeping.FILE).stat().st_ino
    kept.take_in([rests(3, 2)])
    kept.reopen()  # without a snapshot of what it took in last
    assert kept.index.changed is None
    kept.take_in([rests(4, 3)])
    kept.snapshots.take(kept.index)
    assert is_used_and_right(kept)
    assert (kept.newest / keeping.FILE).stat().st_ino != before


def test_what_failed_half_way_is_not_taken_for_known(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    three(kept)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as failing:
        failing.setattr(kept.index, "_derive", full)
        with pytest.raises(StorageFailed):
            kept.take_in([rests(3, 2)])
    assert kept.index.changed is None
    kept.take_in([rests(3, 2)])
    assert kept.index.changed is None
    kept.snapshots.take(kept.index)
    assert is_used_and_right(kept)


def test_where_it_cannot_be_written_the_snapshot_goes_without(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Changed, folder: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as failing:
        failing.setattr(Changed, "write", full)
        three(kept)
    assert {MANIFEST, "CURRENT"} <= {each.name for each in kept.newest.iterdir()}
    assert not (kept.newest / keeping.FILE).exists()
    assert not is_used_and_right(kept)


def test_where_files_cannot_be_shared_they_are_copied(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    three(kept)
    before = kept.newest / keeping.FILE

    def refused(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    kept.take_in([rests(3, 2)])
    kept.snapshots.take(kept.index)
    assert is_used_and_right(kept)
    assert (kept.newest / keeping.FILE).read_bytes() == before.read_bytes()
    assert kept.index.changed is not None
    assert kept.index.changed.things, "it goes on from the file before"


def test_where_much_changed_it_is_made_anew_but_not_again_and_again(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "FEW", 1)
    three(kept)
    before = (kept.newest / keeping.FILE).stat().st_ino
    kept.take_in([rests(3, 2), rests(4, 2)])
    kept.snapshots.take(kept.index)
    assert (kept.newest / keeping.FILE).stat().st_ino != before, "of the few there are, more than one in ten"
    assert kept.index.changed == Changed(f"{kept.index.identity} 2")
    monkeypatch.setattr(keeping, "PAUSE", 1e9)
    kept.take_in([rests(5, 2), rests(6, 2)])
    kept.snapshots.take(kept.index)
    kept.take_in([rests(7, 2)])
    kept.snapshots.take(kept.index)
    assert not is_used_and_right(kept), "it was made a moment ago"
