"""The W3C's SHACL test suite through the compiler: every result of every case, with focus, value, path and source."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store

from provkg.errors import Unreadable
from provkg.gate.compiler import compiled, findings
from provkg.gate.compiler.paths import read_path
from provkg.gate.shapes import Shapes, Term, sh

SUITE = Path(__file__).parents[2] / "shared" / "cases" / "shacl" / "tests"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"
ACTION, RESULT, FAILURE = NamedNode(MF + "action"), NamedNode(MF + "result"), NamedNode(SHT + "Failure")
SHAPES_GRAPH = NamedNode("urn:shapes")
Finding = tuple[str, str | None, str | None, str, str, str]


def cases(folder: str) -> list[Path]:
    return [file for file in sorted((SUITE / folder).glob("*/*.ttl")) if ACTION in predicates(Shapes.read([file]))]


def predicates(graph: Shapes) -> set[NamedNode]:
    return {predicate for said in graph.statements.values() for predicate, _ in said}


@pytest.fixture(autouse=True)
def suite() -> None:
    if not SUITE.is_dir():
        pytest.skip(f"the SHACL test suite is not at {SUITE}")


@pytest.mark.parametrize(("folder", "number"), [("core", 98), ("sparql", 23)])
def test_the_suite_is_complete(folder: str, number: int) -> None:
    assert len(cases(folder)) == number


@pytest.mark.parametrize("file", cases("core") + cases("sparql"), ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_a_case_has_the_results_that_the_suite_expects(file: Path) -> None:
    if file.stem == "datatype-ill-formed":
        pytest.xfail("a store reads xsd:byte as xsd:integer")
    graph = Shapes.read([file])
    case = next(node for node in graph.statements if graph.value(node, ACTION) is not None)
    action, result = graph.value(case, ACTION), graph.value(case, RESULT)
    assert action is not None
    assert result is not None
    data = member(graph, action, "dataGraph", file)
    shapes = Shapes.read([member(graph, action, "shapesGraph", file)])
    if result == FAILURE:
        with pytest.raises(Unreadable):
            found(shapes, data)
    else:
        assert found(shapes, data) == expected(graph, result)


def member(graph: Shapes, action: Term, name: str, file: Path) -> Path:
    named = graph.value(action, NamedNode(SHT + name))
    assert isinstance(named, NamedNode)
    path = Path(unquote(urlsplit(named.value).path))
    return path if path.is_file() else file


def found(shapes: Shapes, file: Path) -> Counter[Finding]:
    store = Store()
    store.load(file.read_bytes(), format=RdfFormat.TURTLE, base_iri=file.resolve().as_uri())
    store.extend(Quad(t.subject, t.predicate, t.object, SHAPES_GRAPH) for t in shapes.triples)
    queries = compiled(shapes, shapes_graph=SHAPES_GRAPH)
    return Counter(
        (
            name(each.focus),
            name(each.value) if each.value is not None else None,
            str(each.path) if each.path is not None else None,
            each.query.component.value,
            name(each.query.shape.node),
            each.query.shape.stated_severity.value,
        )
        for each in findings(queries, store.query)
    )


def expected(graph: Shapes, report: Term) -> Counter[Finding]:
    return Counter(one_expected(graph, result) for result in graph.values(report, sh("result")))


def one_expected(graph: Shapes, result: Term) -> Finding:
    def stated(term: str) -> Term:
        value = graph.value(result, sh(term))
        assert value is not None
        return value

    path, value = graph.value(result, sh("resultPath")), graph.value(result, sh("value"))
    return (
        name(stated("focusNode")),
        name(value) if value is not None else None,
        str(read_path(graph, path)) if path is not None else None,
        str(stated("sourceConstraintComponent"))[1:-1],
        name(stated("sourceShape")),
        str(stated("resultSeverity"))[1:-1],
    )


def name(term: Term) -> str:
    # A blank node has another label in every file that is read.
    return "_:" if isinstance(term, BlankNode) else str(as_stored(term) if isinstance(term, Literal) else term)


def as_stored(literal: Literal) -> Literal:
    store, node = Store(), NamedNode("urn:n")
    store.add(Quad(node, node, literal))
    stored = next(iter(store)).object
    assert isinstance(stored, Literal)
    return stored
