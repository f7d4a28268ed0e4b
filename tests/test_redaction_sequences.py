"""Whatever comes in which order, what was redacted is nowhere, the ledger is verified, and the index follows it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Triple

from provkg import vocabulary as v
from provkg.capture.spool import SpoolWriter
from provkg.errors import BadParameter, UnknownThing
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.graph.archiving import archived
from provkg.graph.canonical import lines_of
from provkg.reading import Reader
from provkg.records import Stated
from tests.commands import run
from tests.test_redaction import holding

BASE = "https://example.org/kg/"
THINGS = [NamedNode(f"{BASE}dataset/{name}") for name in "ab"]
RELATIONS = {"dct:description": v.dct_description, "pvk:intendedUse": v.intendedUse}
VALUES = ["the first of the values", 'a second, with ü and "quotes"', "third\nof two lines"]

STATEMENTS = st.tuples(st.sampled_from(THINGS), st.sampled_from(sorted(RELATIONS)), st.sampled_from(VALUES))
ADD = st.tuples(st.just("add"), st.lists(STATEMENTS, min_size=1, max_size=4, unique=True), st.booleans())
REDACT = st.tuples(st.just("redact"), STATEMENTS, st.booleans())
OTHER = st.tuples(st.sampled_from(["again", "purge", "rebuild"]), st.integers(0, 9), st.booleans())
STEPS = st.lists(ADD | ADD | REDACT | OTHER, min_size=3, max_size=9)


class Story:
    """What was sent to one graph, and what must not be in it any more."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.sent: list[list[Triple]] = []
        self.gone: set[tuple[NamedNode, str, str]] = set()

    def add(self, said: list[tuple[NamedNode, str, str]], spooled: bool) -> None:
        things = {thing for thing, _, _ in said}
        triples = [Triple(thing, v.rdf_type, v.Dataset) for thing in things]
        triples += [Triple(thing, v.dct_title, Literal(thing.value[-1])) for thing in things]
        triples += [Triple(thing, RELATIONS[relation], Literal(value)) for thing, relation, value in said]
        self.sent.append(triples)
        self.send(triples, f"r-{len(self.sent)}", spooled)

    def send(self, triples: list[Triple], record: str, spooled: bool) -> None:
        if spooled:
            writer = SpoolWriter(self.folder.spool)
            writer.record("dataset", [Stated(lines=tuple(lines_of(triples)))], id=record, project="p")
            writer.close()
        with KnowledgeGraph.hold(self.folder) as graph:
            if not spooled:
                graph.add(record, "dataset", triples, project="p")
            report = graph.drain()
            assert (report.rejected, report.conflicts) == (0, 0), report.messages

    def redact(self, said: tuple[NamedNode, str, str], whole: bool) -> None:
        thing, relation, value = said
        with KnowledgeGraph.hold(self.folder) as graph:
            try:
                request = graph.redact(thing, relation, reason="4711", value=None if whole else value, by="Grace")
            except (BadParameter, UnknownThing):
                return  # nobody says it, or nobody any more
            graph.approve(request.id, by="Linus")
            graph.snapshot()
        self.gone |= {(thing, relation, each) for each in (VALUES if whole else [value])}

    def again(self, number: int, spooled: bool) -> None:
        if self.sent:
            chosen = number % len(self.sent)
            self.send(self.sent[chosen], f"r-{chosen + 1}", spooled)

    def purge(self, number: int, even_needed: bool) -> None:
        out = self.folder.path.parent / f"archive-{len(list(self.folder.path.parent.iterdir()))}-{number}.json"
        with KnowledgeGraph.hold(self.folder) as graph:
            graph.retain("p", 0, by="Grace")
            archived(graph, out, project=None, before=None, purge=True, even_needed=even_needed, by="Grace")
            graph.snapshot()

    def rebuild(self, _number: int, _flag: bool) -> None:
        assert run("rebuild", "--store", self.folder.path).exit_code == 0

    def check(self) -> None:
        for value in VALUES:
            if {(thing, relation, value) for thing in THINGS for relation in RELATIONS} <= self.gone:
                assert holding(self.folder, value) == []
        with Reader.open(self.folder.path) as reader:
            said = {(t.subject, t.predicate, t.object) for t in reader.triples()}
            assert not said & {(thing, RELATIONS[name], Literal(value)) for thing, name, value in self.gone}
            assert list(reader.audit(rules=["X40"])) == []
            before = reader.export("nquads")
        self.rebuild(0, False)
        with Reader.open(self.folder.path) as reader:
            assert reader.export("nquads") == before
        shown = run("verify", "--store", self.folder.path)
        assert shown.exit_code == 0, shown.stdout


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_any_sequence_leaves_a_sound_graph_without_what_was_redacted(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, object, bool]]
) -> None:
    story = Story(Folder.create(Path(tmp_path_factory.mktemp("story")) / "kg", base=BASE))
    for name, what, flag in [("add", [(THINGS[0], "dct:description", VALUES[0])], False), *steps]:
        getattr(story, name)(what, flag)
    story.check()


def test_when_every_value_of_everything_is_redacted_no_file_holds_any(tmp_path: Path) -> None:
    story = Story(Folder.create(tmp_path / "kg", base=BASE))
    said = [(thing, relation, value) for thing in THINGS for relation in RELATIONS for value in VALUES]
    story.add(said[:7], False)
    story.add(said, True)
    for thing in THINGS:
        for relation in RELATIONS:
            story.redact((thing, relation, VALUES[0]), True)
    story.add(said[3:], True)
    story.again(0, False)
    story.check()
    assert [holding(story.folder, value) for value in VALUES] == [[], [], []]
