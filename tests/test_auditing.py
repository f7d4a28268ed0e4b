"""A whole graph is asked for what its shapes want, by queries that find what an engine finds in the same statements."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from provkg import vocabulary as v
from provkg.entailment import closed
from provkg.errors import Unreadable
from provkg.folder import LEVELS, Folder
from provkg.gate import Problem, check_data
from provkg.gate.compiler import Membership, OpenWorld, Sizes, compiled, findings
from provkg.gate.shapes import Shapes
from provkg.gate.whole_graph import graph_shapes
from provkg.graph import KnowledgeGraph, read
from provkg.graph.auditing import asked_shapes
from provkg.sparql import check_query
from tests import story

EXAMPLES = sorted((Path(__file__).parent / "shapes").glob("*/*.ttl"))
KINDS = sorted({file.parent for file in EXAMPLES})
# What SHACL cannot say, and the gate has seen to before a graph holds anything.
BESIDE_SHACL = {"KnownTerm", "PlacedTerm", "KnownKind", "NoRecord"}
EX = "http://example.org/"


def store_of(*files: Path) -> Store:
    store = Store()
    for file in files:
        store.extend(Quad(t.subject, t.predicate, t.object) for t in triples_in(file))
    return store


def triples_in(file: Path) -> list[Triple]:
    return closed(quad.triple for quad in parse(path=str(file)))


def as_stored(problem: Problem) -> Problem:
    if problem.value is None or not problem.value.startswith('"'):
        return problem
    store = Store()
    store.load(f"<urn:s> <urn:p> {problem.value} .".encode(), format=RdfFormat.N_TRIPLES)
    return replace(problem, value=str(next(iter(store)).object))


@pytest.mark.parametrize("kind", KINDS, ids=lambda folder: folder.name)
def test_a_whole_graph_lacks_what_an_engine_finds_missing_in_it(kind: Path) -> None:
    files = [file for file in EXAMPLES if file.parent == kind]
    assert files
    asked = graph_shapes("audit", (), "info")
    for file in files:
        expected = {as_stored(each) for each in check_data(triples_in(file), "audit").found}
        store = store_of(file)
        found = {*asked.problems(store.query), *asked.undescribed(store.query)}
        assert found == {each for each in expected if each.constraint not in BESIDE_SHACL}, file


def test_what_is_asked_of_values_first_finds_the_same() -> None:
    store = store_of(*EXAMPLES)
    compared = 0
    for query in graph_shapes("audit", (), "info").queries:
        if query.from_values is not None:
            compared += 1
            assert rows(store, query.from_values) == rows(store, query.text), query.shape.node
    assert compared > 200


def rows(store: Store, text: str) -> set[tuple[str, ...]]:
    return {tuple(map(str, row)) for row in store.query(text)}  # type: ignore[union-attr]


def test_the_text_that_reads_less_is_taken() -> None:
    many = [Quad(node(f"m{n}"), v.dct_title, Literal("x")) for n in range(500)]
    few = [Quad(node(f"d{n}"), v.rdf_type, v.Dataset) for n in range(3)]
    titled = "@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:s> sh:targetClass <https://w3id.org/provkg#Dataset> ; "
    titled += "sh:property [ sh:path <http://purl.org/dc/terms/title> ; sh:maxLength 3 ] ."
    (query,) = compiled(shapes(titled), Membership(closed_types=True))
    store = Store()
    store.extend(many)
    assert Sizes(store.query, closed_types=True).quicker(query) is None
    store.extend(few)
    assert Sizes(store.query, closed_types=True).quicker(query) == query.text
    store.extend(Quad(node(f"e{n}"), v.rdf_type, v.Dataset) for n in range(100))
    assert Sizes(store.query, closed_types=True).quicker(query) == query.from_values


def node(name: str) -> NamedNode:
    return NamedNode(EX + name)


def shapes(text: str) -> Shapes:
    return Shapes.of(parse(text, format=RdfFormat.TURTLE))


def test_problems_come_while_the_graph_is_still_being_asked() -> None:
    store = store_of(*EXAMPLES)
    asked: list[str] = []

    def ask(text: str) -> object:
        asked.append(text)
        return store.query(text)

    queries = graph_shapes("audit").queries
    first = list(islice(findings(queries, ask), 1))
    assert len(first) == 1
    assert len(asked) < len(queries)


def test_shapes_that_refer_to_themselves_are_refused_with_the_shape() -> None:
    text = "@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:s> sh:targetClass <urn:c> ; "
    text += "sh:property [ sh:path <urn:p> ; sh:node <urn:s> ] ."
    with pytest.raises(Unreadable, match=r"<urn:s> refers to itself, which the engine oxigraph cannot ask"):
        compiled(shapes(text))


def test_a_pattern_that_oxigraph_cannot_match_is_refused_instead_of_passed_over() -> None:
    text = "@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:s> sh:targetClass <urn:c> ; "
    text += 'sh:property [ sh:path <urn:p> ; sh:pattern "(?=a)" ] .'
    with pytest.raises(Unreadable, match="cannot match the sh:pattern"):
        compiled(shapes(text))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder.create(tmp_path / "kg", base=story.BASE)


def in_graph(*said: Triple) -> Store:
    store = Store()
    store.extend(Quad(t.subject, t.predicate, t.object) for t in closed(said))
    return store


def test_a_node_of_which_only_others_speak_is_not_judged() -> None:
    ended = Triple(node("review"), v.prov_invalidated, node("draft"))
    asked = graph_shapes("minimal")
    spoken_of = [each.focus for each in asked.problems(in_graph(ended).query)]
    described = in_graph(ended, Triple(node("draft"), v.dct_title, Literal("Draft")))
    judged = [each.focus for each in asked.problems(described.query)]
    assert EX + "draft" not in spoken_of, "that it was invalidated is said of the review"
    assert EX + "draft" in judged


def test_what_may_turn_out_to_be_of_a_class_passes_where_it_is_wanted_and_where_it_is_excluded() -> None:
    text = "@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:s> sh:targetClass <urn:c> ; "
    text += "sh:property <urn:wanted>, <urn:excluded> . <urn:wanted> sh:path <urn:p> ; sh:class <urn:k> . "
    text += "<urn:excluded> sh:path <urn:q> ; sh:not [ sh:class <urn:k> ] ."
    queries = compiled(shapes(text), Membership(closed_types=True, open_world=OpenWorld()))

    def violated(*more: Triple) -> set[str]:
        said = [(v.rdf_type, NamedNode("urn:c")), (NamedNode("urn:p"), node("x")), (NamedNode("urn:q"), node("x"))]
        store = in_graph(*(Triple(node("this"), *each) for each in said), *more)
        return {str(each.query.shape.node) for each in findings(queries, store.query)}

    assert violated() == set()
    assert violated(Triple(node("x"), v.rdf_type, NamedNode("urn:k"))) == {"<urn:excluded>"}
    assert violated(Triple(node("x"), v.rdf_type, NamedNode("urn:other"))) == {"<urn:wanted>"}


def test_a_node_that_many_point_at_and_nobody_describes_is_told_once_with_every_property() -> None:
    store = Store()
    for n in range(3000):
        # What is spoken of lies anywhere among what is described.
        spoken = node(f"{n % 7}-nowhere")
        said = [Triple(node(f"v{n}"), v.rdf_type, v.DatasetVersion), Triple(node(f"v{n}"), v.versionOf, spoken)]
        said += [
            Triple(node(f"v{n}"), v.prov_wasDerivedFrom, node(f"v{n * 7 % 3000}" if n % 2 else f"{n % 5}-nowhere"))
        ]
        store.extend(Quad(t.subject, t.predicate, t.object) for t in closed(said))
    warnings = list(graph_shapes("minimal").undescribed(store.query))
    assert sorted(each.focus for each in warnings) == [f"{EX}{n}-nowhere" for n in range(7)]
    assert all("prov:wasDerivedFrom" in each.message for each in warnings if each.focus < f"{EX}5")
    assert all("pvk:versionOf" in each.message for each in warnings)


def test_nothing_is_kept_of_what_was_found() -> None:
    """Each problem can be forgotten before the next is asked for, however many a query finds."""
    store = Store()
    store.extend(Quad(node(f"d{n}"), v.rdf_type, v.Dataset) for n in range(2000))
    asked = graph_shapes("minimal")
    tracemalloc.start()
    try:
        found = asked.problems(store.query)
        next(found)
        before = tracemalloc.get_traced_memory()[0]
        number = sum(1 for _ in found)
        kept = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert number >= 1999
    assert kept < 10 * number, "bytes"


def test_every_query_may_reach_a_graph() -> None:
    queries = [each.text for each in graph_shapes("audit", (), "info").queries]
    assert len(queries) > 500
    for text in queries:
        check_query(text)


def test_a_graph_is_told_what_it_points_at_and_nobody_describes() -> None:
    source = [Triple(node("v"), v.rdf_type, v.DatasetVersion), Triple(node("v"), v.versionOf, node("nowhere"))]
    store = Store()
    store.extend(Quad(t.subject, t.predicate, t.object) for t in closed(source))
    (warning,) = graph_shapes("minimal").undescribed(store.query)
    assert warning.focus == EX + "nowhere"
    assert warning.severity == "warning"
    assert "pvk:versionOf" in warning.message


def test_the_story_lacks_at_each_level_what_checking_all_its_statements_finds(folder: Folder) -> None:
    with KnowledgeGraph.hold(folder) as graph:
        story.tell(graph)
    counted: list[int] = []
    with read(folder) as index:
        said = index.query(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o FILTER(?p != {v.dependsOn}) }}").triples
        for level in LEVELS:
            checked = check_data(said, level)
            found = set(asked_shapes(folder, level).findings(index))
            undescribed = {each for each in checked.warnings if each.constraint == "Described"}
            assert found == {*checked.problems} | undescribed, level
            counted.append(len(checked.problems))
    # What only an audit asks for is missing in the story.
    assert counted == sorted(counted)
    assert counted[-1] > counted[0]
