"""The query operation of the SPARQL 1.1 Protocol, by the W3C's own test cases over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from provkg.folder import Folder
from tests.conftest import CASES
from tests.serving import served

MANIFEST = CASES / "sparql11-http" / "protocol" / "manifest.ttl"
TEST = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
HTTP = "http://www.w3.org/2011/http#"
CONTENT = "http://www.w3.org/2011/content#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
GRAPHS = "http://kasei.us/2009/09/sparql/data/"
FORMS = {
    "boolean": {"application/sparql-results+json", "application/sparql-results+xml"},
    "tabular": {"application/sparql-results+json", "application/sparql-results+xml", "text/csv"},
    "RDF": {"text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"},
}


@dataclass(frozen=True)
class Request:
    """One request of a case and what must come back."""

    method: str
    path: str
    headers: dict[str, str]
    body: str | None
    statuses: set[str]
    form: str | None
    boolean: bool | None


class Manifest:
    """The manifest as a graph to walk."""

    def __init__(self, file: Path) -> None:
        self._store = Store()
        self._store.extend(parse(file.read_bytes(), format=RdfFormat.TURTLE, base_iri="http://example.org/manifest"))

    def cases(self) -> dict[str, list[Request]]:
        """Return the requests of each case by its name."""
        found = self._store.quads_for_pattern(None, NamedNode(RDF + "type"), NamedNode(TEST + "ProtocolTest"))
        return {quad.subject.value.rpartition("#")[2]: self._requests(quad.subject) for quad in found}  # type: ignore[union-attr]  # cases have IRIs

    def _requests(self, case: object) -> list[Request]:
        action = self._one(case, TEST + "action")
        return [self._request(node) for node in self._list(self._one(action, HTTP + "requests"))]

    def _request(self, node: object) -> Request:
        response = self._one(node, HTTP + "resp")
        body = self._one(node, HTTP + "body")
        headers = self._list(self._one(node, HTTP + "headers"))
        boolean = self._text(response, TEST + "expectedBoolean")
        return Request(
            method=self._text(node, HTTP + "methodName") or "",
            path=self._text(node, HTTP + "absolutePath") or "",
            headers={str(self._text(h, HTTP + "fieldName")): str(self._text(h, HTTP + "fieldValue")) for h in headers},
            body=self._text(body, CONTENT + "chars") if body is not None else None,
            statuses={str(each)[-4] for each in self._all(response, TEST + "expectedStatus")},
            form=self._text(response, TEST + "expectedFormat"),
            boolean=None if boolean is None else boolean == "true",
        )

    def _list(self, node: object) -> list[object]:
        items = []
        while node is not None and node != NamedNode(RDF + "nil"):
            items.append(self._one(node, RDF + "first"))
            node = self._one(node, RDF + "rest")
        return items

    def _text(self, node: object, predicate: str) -> str | None:
        found = self._one(node, predicate)
        return None if found is None else str(getattr(found, "value", found))

    def _one(self, node: object, predicate: str) -> object | None:
        return next(iter(self._all(node, predicate)), None)

    def _all(self, node: object, predicate: str) -> list[object]:
        if node is None:
            return []
        found = self._store.quads_for_pattern(node, NamedNode(predicate), None)  # type: ignore[arg-type]  # walked from the store
        return [quad.object for quad in found]


REQUESTS = Manifest(MANIFEST).cases() if MANIFEST.is_file() else {}
UPDATES = sorted(name for name in REQUESTS if name.startswith("update_"))
QUERIES = sorted(set(REQUESTS) - set(UPDATES))
NO_CASES = "the W3C protocol cases are not beside this checkout (../shared/cases)"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = Folder.create(tmp_path_factory.mktemp("protocol") / "kg")
    _snapshot(folder, list(_data()))
    with served(folder.path) as client:
        yield client


def _data() -> Iterator[Quad]:
    for number in (1, 2, 3) if REQUESTS else ():
        graph = NamedNode(f"{GRAPHS}data{number}.rdf")
        file = MANIFEST.with_name(f"data{number}.nt")
        for quad in parse(file.read_bytes(), format=RdfFormat.N_TRIPLES):
            yield Quad(quad.subject, quad.predicate, quad.object, graph)


def _snapshot(folder: Folder, quads: list[Quad]) -> None:
    # Records have no graphs of their own, so a graph with several is laid out as the server reads it.
    (folder.snapshots / "1").mkdir(parents=True)
    store = Store(str(folder.snapshots / "1"))
    store.extend(quads)
    store.flush()


def sent(client: httpx.Client, request: Request) -> httpx.Response:
    address = request.path.replace("/sparql/", "/sparql", 1)
    content = None if request.body is None else _encoded(request)
    return client.request(request.method, address, headers=request.headers, content=content)


def _encoded(request: Request) -> bytes:
    utf_16 = any("UTF-16" in value for value in request.headers.values())
    return (request.body or "").encode("utf-16" if utf_16 else "utf-8")


@pytest.mark.cases
@pytest.mark.skipif(not REQUESTS, reason=NO_CASES)
def test_all_cases_are_collected() -> None:
    assert (len(QUERIES), len(UPDATES)) == (27, 7)


@pytest.mark.cases
@pytest.mark.parametrize("name", QUERIES or [pytest.param("none", marks=pytest.mark.skip(reason=NO_CASES))])
def test_the_query_operation_is_as_the_protocol_says(name: str, client: httpx.Client) -> None:
    assert REQUESTS[name]
    for request in REQUESTS[name]:
        answer = sent(client, request)
        assert str(answer.status_code)[0] in request.statuses, answer.text
        if request.form:
            assert answer.headers["content-type"].partition(";")[0] in FORMS[request.form]
        if request.boolean is not None:
            assert answer.json()["boolean"] is request.boolean


@pytest.mark.cases
@pytest.mark.parametrize("name", UPDATES or [pytest.param("none", marks=pytest.mark.skip(reason=NO_CASES))])
def test_the_update_operation_is_refused(name: str, client: httpx.Client) -> None:
    assert sent(client, REQUESTS[name][0]).status_code == 403


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "d1"),
        ({"default-graph-uri": "urn:g"}, "g1"),
        ({"named-graph-uri": "urn:g"}, "in g1"),
        ({"default-graph-uri": "urn:none"}, ""),
    ],
)
def test_the_request_s_dataset_goes_before_the_graph_s_own(
    given: dict[str, str], expected: str, tmp_path: Path
) -> None:
    folder = Folder.create(tmp_path / "kg")
    relation, value = NamedNode("urn:p"), NamedNode("urn:o")
    _snapshot(
        folder,
        [Quad(NamedNode("urn:d1"), relation, value), Quad(NamedNode("urn:g1"), relation, value, NamedNode("urn:g"))],
    )
    text = (
        "SELECT (GROUP_CONCAT(?n) AS ?all) { { ?s ?p ?o BIND(STRAFTER(STR(?s), 'urn:') AS ?n) } "
        "UNION { GRAPH ?g { ?s ?p ?o } BIND(CONCAT('in ', STRAFTER(STR(?s), 'urn:')) AS ?n) } }"
    )
    with served(folder.path) as client:
        answer = client.get("/sparql", params={"query": text, **given}, headers={"Accept": "text/csv"})
    said = answer.text.splitlines()[1].strip('"')
    assert said == (expected or "") if given else said in {"d1 in g1", "in g1 d1"}
