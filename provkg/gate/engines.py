"""The SHACL engines behind one interface.

pyshifty is fast, pyshacl is the reference, and oxigraph asks the shapes as queries, which also works where the data do
not fit into memory (see `provkg.gate.compiler`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from logging import ERROR, getLogger
from typing import TYPE_CHECKING, Any, Final, Protocol

from pyoxigraph import Literal as OxLiteral
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from provkg.errors import BadParameter, MissingExtra, Unreadable
from provkg.gate.problem import SEVERITIES, Severity
from provkg.gate.shapes import MARK, Shapes

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node
    from shifty import Violation

ENGINES: Final = ("shifty", "pyshacl", "oxigraph")
SH: Final = "http://www.w3.org/ns/shacl#"
_SHAPES_GRAPH: Final = NamedNode(f"{MARK}shapes")
_SEVERITIES: Final[dict[str, Severity]] = {f"{SH}Warning": "warning", f"{SH}Info": "info"}


Marks = Mapping[str, Sequence[str]]
"""Nodes to be judged, with the properties by which shapes select them; none where shapes look for nodes themselves."""
_NOTHING: Final[Mapping[str, str]] = {}


@dataclass(frozen=True)
class Result:
    """One validation result as an engine reports it, terms as `Problem` writes them."""

    focus: str
    shape: str
    constraint: str
    value: str | None
    path: str | None
    message: str | None
    severity: Severity


class Engine(Protocol):
    """Shapes made ready once; data comes as N-Triples."""

    def results(self, data: bytes, marks: Marks, least: Severity = "info") -> list[Result]:
        """Return every result of severity `least` or graver."""


def engine(name: str, shapes: bytes, evident: Mapping[str, str] = _NOTHING) -> Engine:
    """Return the engine `name` with `shapes` (N-Triples) loaded; there is no other that would step in.

    `evident` names the constraint of those shapes whose result follows from the node alone: no report is needed then.
    """
    try:
        match name:
            case "shifty":
                return Shifty(shapes, evident)
            case "pyshacl":
                return PySHACL(shapes)
            case "oxigraph":
                return Oxigraph(shapes)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"shifty", "pyshacl"}:
            raise  # installed, but broken: show that
        package = "pyshifty" if name == "shifty" else name
        raise MissingExtra(f"the engine {name} is not installed; run: pip install {package}") from None
    raise BadParameter(f"{name!r} is no SHACL engine; take one of {', '.join(ENGINES)}")


class Shifty:
    """pyshifty's prepared validator."""

    def __init__(self, shapes: bytes, evident: Mapping[str, str]) -> None:
        # Late: importing it costs 50 ms, and a reader of the graph validates nothing.
        import shifty

        self._evident = evident
        try:
            self._validator = shifty.PreparedValidator(shapes)
        except ValueError as error:
            raise Unreadable(f"the shapes are not valid SHACL: {error}") from None
        if ignored := self._validator.diagnostics:
            raise Unreadable(f"the engine shifty would pass over a part of the shapes: {'; '.join(ignored)}")

    def results(self, data: bytes, marks: Marks, least: Severity = "info") -> list[Result]:
        """Ask for the verdict first: only the report names components and values, at ten times the cost and more."""
        verdict = self._validator.validate_algebra(
            data + _marked(marks, marks), graph_mode="data", minimum_severity=least, infer=False
        )
        if verdict.conforms:
            return []
        found = [each for each in verdict.violations if _severity(each) in _counted(least)]
        known = [self._result(each) for each in found if each.shape_name in self._evident]
        unknown = {each.focus_node for each in found if each.shape_name not in self._evident}
        return [*known, *self._reported(data, marks, unknown, least)] if unknown or not found else known

    def failures(self, data: bytes, marks: Marks) -> dict[str, frozenset[str]]:
        """Return the shapes that each marked node violates, by the name that N-Triples give it."""
        verdict = self._validator.validate_algebra(
            data + _marked(marks, marks), graph_mode="data", minimum_severity="violation", infer=False
        )
        found: dict[str, set[str]] = defaultdict(set)
        for each in verdict.violations:
            found[each.focus_node].add(str(each.shape_name))
        return {node: frozenset(shapes) for node, shapes in found.items()}

    def _result(self, violation: Violation) -> Result:
        focus, shape = violation.focus_node.strip("<>"), str(violation.shape_name)
        constraint = self._evident[shape]
        value = None if constraint.endswith("Count") else focus
        return Result(focus, shape, constraint, value, None, None, _severity(violation))

    def _reported(self, data: bytes, marks: Marks, nodes: Collection[str], least: Severity) -> list[Result]:
        """Return the report on `nodes` alone, and on everything where the gate did not mark them."""
        asked = nodes if nodes and all(node in marks for node in nodes) else marks
        text = data + _marked(marks, asked)
        with _no_second_word():
            _, report, _ = self._validator.validate(text, graph_mode="data", minimum_severity=least, infer=False)
            return _of_severity(_results(report), least)


class PySHACL:
    """The reference implementation."""

    def __init__(self, shapes: bytes) -> None:
        # Late: pyshacl and rdflib cost 240 ms to import.
        from pyshacl.errors import ReportableRuntimeError
        from pyshacl.shapes_graph import ShapesGraph

        self._refusal = ReportableRuntimeError
        self._shapes = ShapesGraph(_graph(shapes))

    def results(self, data: bytes, marks: Marks, least: Severity = "info") -> list[Result]:
        """Read the report; this engine has no cheaper way to a verdict."""
        with _no_second_word():
            return self._report(data + _marked_lines(marks), least)

    def _report(self, text: bytes, least: Severity) -> list[Result]:
        from pyshacl.graph_abstraction import DataGraph
        from pyshacl.validator import Validator

        validator: Any = Validator(DataGraph.from_rdflib(_graph(text)), shacl_graph=_graph(b""), options={})
        # The shapes are read once, here and not by `pyshacl.validate`: reading them costs ten times what a record does.
        validator.shacl_graph = self._shapes
        try:
            _, report, _ = validator.run()
        except self._refusal as error:
            raise Unreadable(f"the shapes are not valid SHACL: {error}") from None
        return _of_severity(_results(report), least)


class Oxigraph:
    """The shapes as queries to a store in memory."""

    def __init__(self, shapes: bytes) -> None:
        # Late: the other engines do without.
        from provkg.gate.compiler import compiled

        stated = Shapes.of(parse(shapes, format=RdfFormat.N_TRIPLES))
        self._quads = [Quad(t.subject, t.predicate, t.object, _SHAPES_GRAPH) for t in stated.triples]
        self._queries = compiled(stated, shapes_graph=_SHAPES_GRAPH)

    def results(self, data: bytes, marks: Marks, least: Severity = "info") -> list[Result]:
        """Ask every query: there is no cheaper way to a verdict."""
        from provkg.gate.compiler import Sizes, findings

        store = Store()
        store.load(data + _marked_lines(marks), format=RdfFormat.N_TRIPLES)
        store.extend(self._quads)
        sizes = Sizes(store.query, closed_types=False)
        return _of_severity((each.result() for each in findings(self._queries, store.query, sizes)), least)


def _marked_lines(marks: Marks) -> bytes:
    return "".join(f"{node} {mark} <{MARK}> .\n" for node in marks for mark in marks[node]).encode()


def _marked(marks: Marks, nodes: Iterable[str]) -> bytes:
    # Turtle, which names each node once: parsing is a third of the cost, and goes by the byte.
    return "".join(f"{node} {f' <{MARK}>; '.join(marks[node])} <{MARK}> .\n" for node in nodes).encode()


def _of_severity(results: Iterable[Result], least: Severity) -> list[Result]:
    counted = _counted(least)
    return [result for result in results if result.severity in counted]


def _severity(violation: Violation) -> Severity:
    return _SEVERITIES.get(SH + violation.severity, "violation")


def _counted(least: Severity) -> tuple[Severity, ...]:
    return SEVERITIES[: SEVERITIES.index(least) + 1]


@contextmanager
def _no_second_word() -> Iterator[None]:
    # Of a value that is none of its type, rdflib logs a traceback; the result says so in words.
    log = getLogger("rdflib.term")
    before = log.level
    log.setLevel(ERROR)
    try:
        yield
    finally:
        log.setLevel(before)


def _graph(text: bytes) -> Graph:
    from rdflib import Graph

    return Graph().parse(data=text, format="nt")


def _results(report: Graph) -> Iterator[Result]:
    from rdflib import URIRef
    from rdflib.namespace import RDF

    def one(node: Node, name: str) -> Node | None:
        return report.value(node, URIRef(SH + name))

    # By type, not from the report: sh:detail holds results that explain others and count for nothing.
    details = set(report.objects(None, URIRef(f"{SH}detail")))
    for node in report.subjects(RDF.type, URIRef(f"{SH}ValidationResult")):
        if node in details:
            continue
        path = one(node, "resultPath")
        message = one(node, "resultMessage")
        yield Result(
            focus=_text(one(node, "focusNode")) or "",
            shape=_text(one(node, "sourceShape")) or "",
            constraint=_component(one(node, "sourceConstraintComponent")),
            value=_text(one(node, "value")),
            path=str(path) if isinstance(path, URIRef) else None,
            message=None if message is None else str(message),
            severity=_SEVERITIES.get(str(one(node, "resultSeverity")), "violation"),
        )


def _component(term: Any) -> str:
    return str(term).rsplit("#", 1)[-1].rsplit("/", 1)[-1].removesuffix("ConstraintComponent")


def _text(term: Any) -> str | None:
    from rdflib import BNode, Literal

    match term:
        case None:
            return None
        case Literal():
            return str(_literal(term))
        case BNode():
            return f"_:{term}"
        case _:
            return str(term)


def _literal(term: Any) -> OxLiteral:
    if term.language:
        return OxLiteral(str(term), language=term.language)
    return OxLiteral(str(term), datatype=NamedNode(str(term.datatype)) if term.datatype else None)
