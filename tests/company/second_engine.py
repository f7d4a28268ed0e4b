"""The same questions asked of rdflib, an engine that shares no code with Oxigraph.

Rows are compared without their order: among literals of several types SPARQL 1.1 (section 15.1) leaves it open, and
the two differ. Numbers are compared by value: an average of doubles is a double in one engine, of integers a decimal in both,
but with as many digits as each likes.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, serialize

from provkg import vocabulary as v
from provkg.index import Answer

if TYPE_CHECKING:
    from rdflib import Dataset
    from rdflib.query import Result

NUMBERS = {f"{v.NAMESPACES['xsd']}{name}" for name in ("integer", "decimal", "double", "float")}
MOMENT = f"{v.NAMESPACES['xsd']}dateTime"


def loaded(quads: Iterable[Quad]) -> Dataset:
    """Return what a store says as rdflib's dataset; its default graph is the merge, as in the store."""
    from rdflib import Dataset

    with quiet():
        said = Dataset()
        said.parse(data=serialize(quads, format=RdfFormat.N_QUADS), format="nquads")
    return said


@contextmanager
def quiet() -> Iterator[None]:
    """Let rdflib call what it has deprecated itself."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Dataset", DeprecationWarning)
        yield


def said_by_rdflib(graph: Dataset, text: str) -> Counter[tuple[object, ...]]:
    """Return the rows, statements or the verdict of an answer of rdflib, each as often as it is given."""
    with quiet():
        return _counted(graph.query(text))


def _counted(result: Result) -> Counter[tuple[object, ...]]:
    if result.type == "ASK":
        return Counter([(bool(result.askAnswer),)])
    if result.type == "SELECT":
        return Counter(tuple(_of_rdflib(row[name]) for name in result.vars or ()) for row in result)  # type: ignore[call-overload, index]
    return Counter(tuple(map(_of_rdflib, triple)) for triple in result.graph or ())


def said_by_oxigraph(answer: Answer) -> Counter[tuple[object, ...]]:
    """Return the rows, statements or the verdict of an answer, each as often as it is given."""
    if answer.kind == "boolean":
        return Counter([(answer.boolean,)])
    if answer.kind == "table":
        return Counter(tuple(map(_of_oxigraph, row)) for row in answer.rows)
    return Counter(tuple(map(_of_oxigraph, triple)) for triple in set(answer.triples))


def _of_oxigraph(term: object) -> object:
    if term is None:
        return None
    if isinstance(term, Literal):
        return _value(term.value, term.datatype.value, term.language)
    assert isinstance(term, NamedNode | BlankNode)
    return term.value


def _of_rdflib(term: object) -> object:
    from rdflib import Literal as Text

    if term is None:
        return None
    if isinstance(term, Text):
        return _value(str(term), str(term.datatype or f"{v.NAMESPACES['xsd']}string"), term.language)
    return str(term)


def _value(text: str, datatype: str, language: str | None) -> object:
    if datatype in NUMBERS:
        return float(f"{float(text):.12g}")
    if datatype == MOMENT:
        return datetime.fromisoformat(text)
    return text, language if language else datatype
