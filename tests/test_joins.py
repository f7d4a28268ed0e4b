"""A qualified relation that two records say in parts gives the plain one, and the index knows that nobody stated it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, Quad, Store, Triple

from provkg import vocabulary as v
from provkg.entailment import closed, qualified_forms, unqualified
from provkg.graph.canonical import lines_of, triples_of
from provkg.graph.following import Following
from provkg.identity import Names
from provkg.index import Change, Index
from provkg.index.dependencies import RESTS_ON, Dependencies
from provkg.index.joins import STEPS, Joins
from provkg.ledger import Entry, Ledger
from tests.test_index import LEDGER_GRAPH, change, default_graph, edges, mark_at, node

RUN, OTHER, DATA, USE = node("run"), node("other"), node("data"), node("use")
NAMES = Names("http://e/", b"salt")
LEADING, TELLING = Triple(RUN, v.prov_qualifiedUsage, USE), Triple(USE, v.prov_entity, DATA)
USED = Triple(RUN, v.prov_used, DATA)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    made = Index.create(tmp_path / "index", LEDGER_GRAPH)
    yield made
    made.abandon()


def joined(index: Index) -> set[Triple]:
    return set(Joins(index._store).marked())


@pytest.mark.parametrize("told", [[LEADING, TELLING], [TELLING, LEADING]], ids=["forth", "back"])
def test_two_records_that_say_one_part_each_give_the_plain_relation(index: Index, told: list[Triple]) -> None:
    index.apply([change(0, told[:1])])
    assert default_graph(index) == {told[0]}
    index.apply([change(1, told[1:])])
    assert default_graph(index) == {LEADING, TELLING, USED}
    assert joined(index) == {USED}


def test_what_lies_above_a_plain_relation_and_its_inverse_follow_too(index: Index) -> None:
    said = [
        Triple(DATA, v.prov_qualifiedRevision, USE),
        Triple(DATA, v.prov_qualifiedGeneration, node("making")),
    ]
    index.apply([change(0, said)])
    index.apply([change(1, [Triple(USE, v.prov_entity, OTHER), Triple(node("making"), v.prov_activity, RUN)])])
    assert joined(index) == {
        Triple(DATA, v.prov_wasRevisionOf, OTHER),
        Triple(DATA, v.prov_wasDerivedFrom, OTHER),
        Triple(DATA, v.prov_wasGeneratedBy, RUN),
        Triple(RUN, v.prov_generated, DATA),
    }


def test_what_rests_on_a_joined_relation_comes_and_goes_with_it(index: Index) -> None:
    index.apply([change(0, [Triple(DATA, v.prov_qualifiedGeneration, USE), Triple(RUN, v.usedModel, OTHER)])])
    part = Triple(USE, v.prov_activity, RUN)
    index.apply([change(1, [part])])
    assert edges(index) == {("data", "other")}
    index.apply([change(2, [], [part])])
    assert edges(index) == set()


def test_what_a_record_says_itself_is_not_joined(index: Index) -> None:
    index.apply([change(0, [LEADING, TELLING])])
    assert USED in default_graph(index)
    assert joined(index) == set()


def test_stating_what_was_joined_makes_it_stated_and_taking_it_back_joined_again(index: Index) -> None:
    index.apply([change(0, [LEADING]), change(1, [TELLING])])
    index.apply([change(2, [USED])])
    assert joined(index) == set()
    index.apply([Change(3, mark_at(3), (), (), (USED,))])
    assert joined(index) == {USED}
    assert USED in default_graph(index)
    index.apply([Change(4, mark_at(4), (), (), (TELLING,))])
    assert default_graph(index) == {LEADING}
    assert joined(index) == set()


def test_a_relation_stays_while_it_follows_over_another_node(index: Index) -> None:
    again = [Triple(RUN, v.prov_qualifiedUsage, OTHER), Triple(OTHER, v.prov_entity, DATA)]
    index.apply([change(n, [said]) for n, said in enumerate([LEADING, TELLING, *again])])
    index.apply([Change(4, mark_at(4), (), (), (LEADING,))])
    assert joined(index) == {USED}
    index.apply([Change(5, mark_at(5), (), (), (again[1],))])
    assert joined(index) == set()
    assert USED not in default_graph(index)


def test_a_time_follows_as_well_and_from_a_literal_nothing_leads_back(index: Index) -> None:
    noon = Literal("2026-05-01T12:00:00Z", datatype=v.xsd_dateTime)
    index.apply([change(0, [Triple(DATA, v.prov_qualifiedGeneration, USE)])])
    index.apply([change(1, [Triple(USE, v.prov_atTime, noon), Triple(USE, v.prov_activity, Literal("a run"))])])
    assert joined(index) == {
        Triple(DATA, v.prov_generatedAtTime, noon),
        Triple(DATA, v.prov_wasGeneratedBy, Literal("a run")),
    }


def test_what_follows_says_no_part_of_a_qualified_relation_and_no_half_of_an_edge() -> None:
    """One round over the parts is then enough, and one over the edges of what is joined."""
    follows = set(qualified_forms())
    assert follows.isdisjoint(v.UNQUALIFIED)
    assert follows.isdisjoint(STEPS)
    assert follows.isdisjoint(RESTS_ON)


# --- following the ledger in any way gives what all live records say together

THINGS = [node(name) for name in ("a", "b", "c")]
BETWEEN = [node(name) for name in ("p", "q")]
NOON = Literal("2026-05-01T12:00:00Z", datatype=v.xsd_dateTime)
FORMS = [
    v.prov_qualifiedUsage, v.prov_qualifiedGeneration, v.prov_qualifiedRevision, v.prov_qualifiedPrimarySource,
    v.prov_qualifiedDerivation,
]  # fmt: skip
PLAIN = [
    v.prov_used, v.prov_wasGeneratedBy, v.prov_generated, v.prov_wasRevisionOf, v.prov_hadPrimarySource,
    v.prov_wasDerivedFrom, v.usedModel, v.hasFile,
]  # fmt: skip
things, nodes = st.sampled_from(THINGS), st.sampled_from(BETWEEN)
PARTS = (
    st.builds(Triple, things, st.sampled_from(FORMS), nodes)
    | st.builds(Triple, nodes, st.sampled_from([v.prov_entity, v.prov_activity]), things)
    | st.builds(Triple, nodes, st.just(v.prov_atTime), st.just(NOON))
)
STATED = st.builds(Triple, things, st.sampled_from(PLAIN), things) | st.builds(
    Triple, things, st.just(v.prov_generatedAtTime), st.just(NOON)
)
RECORDS = st.lists(
    st.tuples(st.lists(PARTS | PARTS | STATED, min_size=1, max_size=4), st.sets(st.integers(0, 7), max_size=2)),
    min_size=1,
    max_size=8,
)
PLACES = count()


def entry(number: int, said: Sequence[Triple], supersedes: set[int]) -> Entry:
    return Entry(
        record=str(number), type="record", lines=tuple(lines_of(closed(said))), schema="1", level="minimal",
        shapes="", warnings=0, emitter="e", received="2026-05-01T12:00:00Z",
        supersedes=tuple(str(other) for other in sorted(supersedes) if other != number),
    )  # fmt: skip


def meant(entries: Sequence[Entry]) -> tuple[set[Triple], set[Triple], set[tuple[str, str]]]:
    """Return what the live records say together, what none of them states, and the edges, from their definitions."""
    taken_back = {record for entry in entries for record in entry.supersedes}
    stated = set(triples_of({line for entry in entries if entry.record not in taken_back for line in entry.lines}))
    whole = set(closed(stated))
    return whole, whole - stated, defined_edges(whole)


def defined_edges(whole: set[Triple]) -> set[tuple[str, str]]:
    from tests import test_index

    return test_index.defined_edges(list(whole))


def held(index: Index) -> tuple[set[Triple], set[Triple], set[tuple[str, str]]]:
    stands = {triple for triple in default_graph(index) if triple.predicate != v.dependsOn}
    return stands, joined(index), edges(index)


class Failing:
    """A store whose power goes after so many writes."""

    def __init__(self, store: Store, writes: int) -> None:
        self._store, self._left = store, writes

    def extend(self, quads: Iterator[Quad]) -> None:
        self._count()
        self._store.extend(quads)

    def remove(self, quad: Quad) -> None:
        self._count()
        self._store.remove(quad)

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def __contains__(self, quad: Quad) -> bool:
        return quad in self._store

    def _count(self) -> None:
        if self._left == 0:
            raise KeyboardInterrupt
        self._left -= 1


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(RECORDS, st.data())
def test_however_the_ledger_is_followed_the_index_holds_what_live_records_say_together(
    tmp_path_factory: pytest.TempPathFactory, told: list[tuple[list[Triple], set[int]]], data: st.DataObject
) -> None:
    place = tmp_path_factory.getbasetemp() / f"joins {next(PLACES)}"
    place.mkdir()
    entries = [entry(number, said, taken_back) for number, (said, taken_back) in enumerate(told)]
    with Ledger.open(place / "ledger.db") as ledger:
        ledger.append(entries)
        following = Following(ledger, NAMES)
        changes = [following.change(each) for each in ledger.entries()]
        index = Index.create(place / "index", LEDGER_GRAPH)
        settled, writes = data.draw(st.integers(0, len(changes))), data.draw(st.integers(0, 60))
        for number, each in enumerate(changes):
            index.apply([each])
            assert held(index) == meant(entries[: number + 1]), "step by step"
            if number + 1 == settled:
                index.settle()
        index.abandon()
        at_once = Index.create(place / "at once", LEDGER_GRAPH)
        at_once.apply(changes)
        assert held(at_once) == meant(entries), "all at once"
        at_once.abandon()
        again = Index.open(place / "index", LEDGER_GRAPH, following.mark_at)
        fail(again, changes[settled:], writes)
        again = Index.open(place / "index", LEDGER_GRAPH, following.mark_at)
        size = data.draw(st.integers(1, 8))
        for start in range(settled, len(changes), size):
            again.apply(changes[start : start + size], replay=True)
        assert held(again) == meant(entries), "taken in again after a crash"
        again.abandon()


TOLD = [change(0, [LEADING]), change(1, [TELLING]), Change(2, mark_at(2), (Quad(*USED),), ())]
BACK = [Change(3, mark_at(3), (), (), (USED,)), Change(4, mark_at(4), (), (), (TELLING,))]
HISTORIES = {
    "taken back": ([*TOLD, BACK[0]], {LEADING, TELLING, USED}, {USED}),
    "parted": ([*TOLD[:2], Change(2, mark_at(2), (), (), (TELLING,))], {LEADING}, set()),
    "gone": ([*TOLD, *BACK], {LEADING}, set()),
}


@pytest.mark.parametrize("history", HISTORIES)
def test_after_a_crash_at_any_write_nothing_joined_is_taken_for_stated(tmp_path: Path, history: str) -> None:
    changes, stands, follows = HISTORIES[history]
    for writes in count():
        index = Index.create(tmp_path / str(writes), LEDGER_GRAPH)
        crashed = fail(index, changes, writes)
        again = Index.open(tmp_path / str(writes), LEDGER_GRAPH, mark_at)
        again.apply(changes, replay=True)
        assert (default_graph(again), joined(again)) == (stands, follows), f"the power went after {writes} writes"
        again.abandon()
        if not crashed:
            break
    assert writes > len(changes), "it went between the writes of one entry, too"


def fail(index: Index, changes: Sequence[Change], writes: int) -> bool:
    """Let `index` take in `changes` until the power goes; return whether it went."""
    failing: Store = Failing(index._store, writes)  # type: ignore[assignment]
    index._store, index._joins, index._dependencies = failing, Joins(failing), Dependencies(failing)
    try:
        for each in changes:
            index.apply([each], replay=True)
    except KeyboardInterrupt:
        return True
    finally:
        index.abandon()
    return False


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(RECORDS, st.integers(0, 80))
def test_what_failed_half_way_is_made_up_for_by_the_next_that_is_taken_in(
    tmp_path_factory: pytest.TempPathFactory, told: list[tuple[list[Triple], set[int]]], writes: int
) -> None:
    place = tmp_path_factory.getbasetemp() / f"failed {next(PLACES)}"
    place.mkdir()
    entries = [entry(number, said, taken_back) for number, (said, taken_back) in enumerate(told)]
    with Ledger.open(place / "ledger.db") as ledger:
        ledger.append(entries)
        changes = [Following(ledger, NAMES).change(each) for each in ledger.entries()]
    index = Index.create(place / "index", LEDGER_GRAPH)
    sound = index._store
    failing: Store = Failing(sound, writes)  # type: ignore[assignment]
    index._store, index._joins, index._dependencies = failing, Joins(failing), Dependencies(failing)
    try:
        index.apply(changes)
    except KeyboardInterrupt:
        index._store, index._joins, index._dependencies = sound, Joins(sound), Dependencies(sound)
        index.apply(changes[index.position :])
    assert held(index) == meant(entries)
    index.abandon()


@given(st.lists(PARTS, max_size=8), st.lists(PARTS, max_size=3))
def test_what_follows_is_told_alike_from_either_side(said: list[Triple], without: list[Triple]) -> None:
    store = Store()
    store.extend(Quad(*triple) for triple in said)
    joins = Joins(store)
    left = [triple for triple in said if triple not in without]
    follows = set(unqualified(left))
    assert {triple for triple in unqualified(said) if joins.follows(triple, without)} == follows
    assert joins.over(BETWEEN) == set(joins.everything()) == set(unqualified(said))
