"""What was redacted does not come back over the two parts of a qualified relation, said in one record or in several."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Triple

from provkg import vocabulary as v
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph, read
from provkg.ledger import Ledger
from provkg.rules import Ground, Rulebook, audit

BASE = "https://example.org/"
RUN, PART, MARA, OTHER = (NamedNode(f"{BASE}{local}") for local in ("run", "part", "agent/mara", "other-part"))
TYPED = [Triple(RUN, v.rdf_type, v.prov_Activity)]
LEADING = [*TYPED, Triple(RUN, v.prov_qualifiedAssociation, PART)]
TELLING = [Triple(PART, v.rdf_type, v.prov_Association), Triple(PART, v.prov_agent, MARA)]
PLAIN = [*TYPED, Triple(RUN, v.prov_wasAssociatedWith, MARA)]
TOLD = {
    "in one record": [LEADING + TELLING],
    "in two records and plainly": [PLAIN, LEADING, TELLING],
}
AGAIN = {
    "the parts": LEADING + TELLING,
    "what was taken out": TELLING,
    "the plain relation": PLAIN,
    "over another node": [
        *TYPED, Triple(RUN, v.prov_qualifiedAssociation, OTHER), Triple(OTHER, v.rdf_type, v.prov_Association),
        Triple(OTHER, v.prov_agent, MARA),
    ],
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Folder:
    made = Folder.create(tmp_path / "kg", base=BASE)
    with KnowledgeGraph.hold(made) as graph:
        for number, said in enumerate(TOLD[request.param]):
            graph.add(str(number), "statement", said)
        asked = graph.redact(RUN, "wasAssociatedWith", reason="asked for", by="Grace")
        done = graph.approve(asked.id, by="Linus")
        assert (done.statements, done.also) == (2, ())
    return made


def naming(folder: Folder) -> set[Triple]:
    """Return who is said to have to do with the run, and over which node."""
    with KnowledgeGraph.hold(folder) as graph:
        graph.snapshot()
    with read(folder) as index:
        return {triple for triple in index.statements() if triple.object == MARA}


@pytest.mark.parametrize("folder", TOLD, indirect=True)
def test_the_parts_go_with_the_relation_that_follows_from_them(folder: Folder) -> None:
    assert naming(folder) == set()
    with read(folder) as index:
        assert Triple(*LEADING[1]) in index.statements(RUN), "that somebody took part may be known"


@pytest.mark.parametrize("folder", TOLD, indirect=True)
@pytest.mark.parametrize("again", AGAIN)
def test_it_stays_out_however_it_comes_again(folder: Folder, again: str) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        assert not graph.add("again", "statement", AGAIN[again]).duplicate
    assert naming(folder) == set()
    with read(folder) as index, Ledger.open(folder.ledger, read_only=True) as ledger:
        assert list(audit(Ground(index, ledger), Rulebook.read().choose(["X40"]))) == []


@pytest.mark.parametrize("folder", ["in one record"], indirect=True)
def test_it_stays_out_when_its_parts_come_one_after_the_other(folder: Folder) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        graph.add("telling", "statement", AGAIN["over another node"][2:])
        graph.add("leading", "statement", AGAIN["over another node"][:2])
    over = naming(folder)
    assert over == {AGAIN["over another node"][3]}, "of the other node it was not said whose part in what it is"
