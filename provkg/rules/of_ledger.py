"""The rules that SPARQL cannot ask, because they compare the index with the ledger, or with the shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, Triple

from provkg import vocabulary as v
from provkg.gate.shapes import Shapes, sh
from provkg.graph.canonical import lines_of, triples_of
from provkg.ledger import StoredEntry, fits
from provkg.resources import SHAPES
from provkg.rules.ground import Ground
from provkg.sparql import substitute

if TYPE_CHECKING:
    from provkg.index import Joins, ReadIndex
    from provkg.ledger import Ledger
    from provkg.questions.terms import Term

Row = Mapping[str, "Term | None"]
_COUNTED: Final = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o . FILTER(?p != ?_derived) }"
REBUILD: Final = "run: provkg rebuild"
_CONFLICTS: Final = """
SELECT ?this ?value ?otherValue WHERE {
  { SELECT ?this WHERE { ?this ?_property ?any } GROUP BY ?this HAVING(COUNT(*) > 1) }
  ?this ?_property ?value , ?otherValue .
  FILTER(CONCAT(STR(?value), " ", COALESCE(STR(DATATYPE(?value)), ""))
    < CONCAT(STR(?otherValue), " ", COALESCE(STR(DATATYPE(?otherValue)), "")))
  FILTER(COALESCE(?value != ?otherValue, true))
  %s
} ORDER BY ?this ?value ?otherValue"""


def index_follows_ledger(ground: Ground) -> Iterator[Row]:
    """Yield what the index lacks or has too much, and each record whose statements do not give its root (X40)."""
    ledger = ground.ledger
    if ledger is None:
        return
    differing = 0
    for differing, row in enumerate(_differences(ground.index, ledger), 1):  # noqa: B007 - counted for what follows
        yield row
    (counted,) = ground.index.query(substitute(_COUNTED, {"_derived": v.dependsOn})).rows[0]
    joined = sum(1 for _ in ground.index.joins.marked())
    meant = ledger.stated_before(ground.index.size) + joined
    # Everything stated is there, and as much is there as is stated or joined: then there is nothing else.
    if differing or counted is None or int(getattr(counted, "value", 0)) != meant:
        yield from _unstated(ground, ledger)


def conflicting_values(ground: Ground) -> Iterator[Row]:
    """Yield each pair of values of a property that the shapes let have one, with the records that state them (X42)."""
    for first, second in conflicts(ground.index, ground.own_shapes):
        one, two = (Literal(_record_of(ground, each)) for each in (first, second))
        said = {"this": first.subject, "property": first.predicate, "value": first.object, "record": one}
        yield said | {"otherValue": second.object, "otherRecord": two}


def conflicts(index: ReadIndex, own_shapes: tuple[Path, ...] = ()) -> Iterator[tuple[Triple, Triple]]:
    """Yield each pair of statements that give two values to a property which the shapes let have one."""
    for prop, classes in functional(own_shapes).items():
        listed = " ".join(map(str, sorted(classes, key=str)))
        of = f"FILTER EXISTS {{ ?this a ?class . VALUES ?class {{ {listed} }} }}" if classes else ""
        for this, value, other in index.query(substitute(_CONFLICTS % of, {"_property": prop})).rows:
            if isinstance(this, NamedNode) and value is not None and other is not None:
                yield Triple(this, prop, value), Triple(this, prop, other)


ASKED: Final[Mapping[str, Callable[[Ground], Iterator[Row]]]] = {
    "index_follows_ledger": index_follows_ledger,
    "conflicting_values": conflicting_values,
}


@cache
def functional(own_shapes: tuple[Path, ...] = ()) -> dict[NamedNode, frozenset[NamedNode]]:
    """Return the properties that the shapes let have one value, with the classes of which they say so; none: of all."""
    shapes = Shapes.read([*sorted(SHAPES.glob("*.ttl")), *own_shapes])
    found: dict[NamedNode, set[NamedNode]] = {}
    everywhere: set[NamedNode] = set()
    for owner in list(shapes.statements):
        targets = {each for each in shapes.values(owner, v.sh_targetClass) if isinstance(each, NamedNode)}
        for constraint in [owner, *shapes.values(owner, v.sh_property)]:
            path = shapes.value(constraint, v.sh_path)
            most = shapes.value(constraint, sh("maxCount"))
            if isinstance(path, NamedNode) and isinstance(most, Literal) and most.value == "1":
                found.setdefault(path, set()).update(targets)
                if path in shapes.values(owner, v.sh_targetSubjectsOf):
                    everywhere.add(path)
    return {
        path: frozenset() if path in everywhere else frozenset(classes)
        for path, classes in sorted(found.items(), key=str)
        if classes or path in everywhere
    }


def _differences(index: ReadIndex, ledger: Ledger) -> Iterator[Row]:
    joins = index.joins
    for position in range(index.size):
        entry = ledger.entry(position)
        yield from _unproved(ledger, entry)
        if _is_live(ledger, entry, index.size):
            yield from _unlike(index, joins, entry)
    yield from _wrongly_joined(index, joins)


def _unproved(ledger: Ledger, entry: StoredEntry) -> Iterator[Row]:
    if not fits(entry.leaf, ledger.payload(entry.position)):
        node = NamedNode(f"urn:provkg:record:{entry.position}")
        problem = f"The statements of record {entry.leaf.record} do not give the root of its leaf"
        yield _said(node, problem, f"entry {entry.position} of the ledger", "restore the ledger from a backup")


def _unlike(index: ReadIndex, joins: Joins, entry: StoredEntry) -> Iterator[Row]:
    """Yield the statements of a live record that the index lacks, or takes for nobody's."""
    stated = triples_of(entry.lines)
    for triple in index.missing(stated):
        yield _row(triple, f"The index lacks a statement of record {entry.leaf.record}", REBUILD)
    for triple in joins.marked_of(stated):
        yield _row(triple, f"The index takes a statement of record {entry.leaf.record} for none", REBUILD)


def _wrongly_joined(index: ReadIndex, joins: Joins) -> Iterator[Row]:
    """Yield what follows from the parts that two records say and is not there, and what is there as if it followed."""
    for triple in dict.fromkeys(index.missing(joins.everything())):
        yield _row(triple, "The index lacks what follows from a qualified relation", REBUILD)
    for triple in joins.marked():
        if not joins.follows(triple):
            yield _row(triple, "The index takes for what follows from a qualified relation what does not", REBUILD)


def _unstated(ground: Ground, ledger: Ledger) -> Iterator[Row]:
    size, joins = ground.index.size, ground.index.joins
    for subject, group in groupby(ground.index.everything(), key=lambda triple: triple.subject):
        own = (triple for triple in group if triple.predicate != v.dependsOn)
        triples = [triple for triple in own if not joins.is_marked(triple)]
        if triples and isinstance(subject, NamedNode):
            stated = {line for entry in _live_describing(ledger, subject, size) for line in entry.lines}
            for triple, line in zip(triples, lines_of(triples), strict=True):
                if line not in stated:
                    yield _row(triple, "The index holds what no live record states", REBUILD)


def _live_describing(ledger: Ledger, node: NamedNode, size: int) -> list[StoredEntry]:
    found = (entry for entry in ledger.records_describing(node.value) if entry.position < size)
    return [entry for entry in found if _is_live(ledger, entry, size)]


def _is_live(ledger: Ledger, entry: StoredEntry, size: int) -> bool:
    taken_back = ledger.superseded_at(entry.leaf.record)
    return taken_back is None or taken_back >= size


def _record_of(ground: Ground, triple: Triple) -> str:
    if ground.ledger is None:
        return "a record"
    for entry in stating(ground.ledger, triple, ground.index.size):
        return f"record {entry.leaf.record}, received {entry.leaf.received}"
    return "the parts of a qualified relation" if ground.index.joins.is_marked(triple) else "no live record"


def stating(ledger: Ledger, triple: Triple, size: int) -> list[StoredEntry]:
    """Return the records that state `triple` and are live once the ledger has `size` entries, in order."""
    if not isinstance(triple.subject, NamedNode):
        return []
    (line,) = lines_of([triple])
    return [entry for entry in _live_describing(ledger, triple.subject, size) if line in entry.lines]


def _row(triple: Triple, problem: str, cure: str) -> Row:
    subject = triple.subject if isinstance(triple.subject, NamedNode) else v.rdf_type
    return _said(subject, problem, str(triple), cure)


def _said(this: NamedNode, problem: str, statement: str, cure: str) -> Row:
    return {"this": this, "problem": Literal(problem), "statement": Literal(statement), "cure": Literal(cure)}
