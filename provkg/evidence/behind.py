"""What stands behind an answer: the statements that the patterns of its query met in the solutions of its rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, NamedNode, Triple

from provkg.evidence.patterns import Node, Path, Pattern, Scope, Variable, scope_of
from provkg.evidence.ways import Ways, look_in

if TYPE_CHECKING:
    from provkg.index import ReadIndex, Row, Term

Solution = Mapping[str, "Term"]
Keys = set[tuple["Term | None", ...]]


class Behind:
    """The statements behind the `rows` of an answer to the query `text`, in the order in which they are met first.

    `statements` are those of the default graph, `about` the subjects of those that a named graph holds of records.
    Raises `UsageError` for a query with parts that are not told here.
    """

    def __init__(self, index: ReadIndex, text: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        self._index = index
        self._look = look_in(index)
        self._ways = Ways(self._look)
        self.statements: dict[Triple, None] = {}
        self.about: dict[NamedNode, None] = {}
        scope = scope_of(text)
        shown = [place for place, name in enumerate(columns) if scope.shown is None or name in scope.shown]
        names = tuple(columns[place] for place in shown)
        self._gather(scope, names, {tuple(row[place] for place in shown) for row in rows})

    def _gather(self, scope: Scope, names: tuple[str, ...], keys: Keys) -> None:
        """Take what stands behind those solutions of `scope` that give one of `keys` for `names`."""
        found = self._index.stream(scope.where)
        # The variables of the rows that are there before anything is computed of them.
        known = [place for place, name in enumerate(names) if name in found.columns]
        wanted = {tuple(key[place] for place in known) for key in keys}
        wheres = [found.columns.index(names[place]) for place in known]
        inner: list[tuple[Scope, tuple[str, ...], Keys]] = [
            (each, tuple(found.columns if each.shown is None else (n for n in each.shown if n in found.columns)), set())
            for each in scope.within
        ]
        for row in found:
            if tuple(row[place] for place in wheres) not in wanted:
                continue
            solution = {name: term for name, term in zip(found.columns, row, strict=True) if term is not None}
            self._take(scope, solution)
            for _, shown, seen in inner:
                seen.add(tuple(solution.get(name) for name in shown))
        for each, shown, seen in inner:
            self._gather(each, shown, seen)

    def _take(self, scope: Scope, solution: Solution) -> None:
        hidden = [each for each in scope.patterns if _is_open(each, solution, only_hidden=True)]
        for pattern in scope.patterns:
            if not _is_open(pattern, solution):
                self._met(pattern, solution)
        for group in [hidden, *scope.tested]:
            for found in self._fitting(group, solution) if group else ():
                for pattern in group:
                    self._met(pattern, found)

    def _met(self, pattern: Pattern, solution: Solution) -> None:
        subject, target = _value(pattern.subject, solution), _value(pattern.target, solution)
        if subject is None or target is None:
            return
        if pattern.record:
            self.about |= {node: None for node in (subject, target) if isinstance(node, NamedNode)}
            return
        if isinstance(pattern.path, Variable):
            relation = solution.get(pattern.path.name)
            met = self._look(subject, relation, target) if isinstance(relation, NamedNode) else []
        else:
            met = list(self._ways.edges(pattern.path, subject, target))
        self.statements |= dict.fromkeys(met)

    def _fitting(self, patterns: Sequence[Pattern], solution: Solution) -> Iterator[Solution]:
        """Yield `solution` with values for the variables in `patterns` that nobody sees, as they fit all of these."""
        if not patterns:
            yield solution
            return
        # The pattern with most known ends first: it leaves fewest to try.
        first = max(patterns, key=lambda each: sum(_value(node, solution) is not None for node in _ends(each)))
        rest = [each for each in patterns if each is not first]
        for more in self._values(first, solution):
            yield from self._fitting(rest, {**solution, **more})

    def _values(self, pattern: Pattern, solution: Solution) -> Iterator[Solution]:
        subject, target = _value(pattern.subject, solution), _value(pattern.target, solution)
        if pattern.record or not (isinstance(pattern.path, Path) and pattern.path.op == "iri"):
            yield {}
            return
        for triple in self._look(subject, pattern.path.iri, target):
            pairs = ((pattern.subject, triple.subject), (pattern.target, triple.object))
            yield {_name(node): term for node, term in pairs if isinstance(node, Variable) and _is_term(term)}


def _is_term(term: object) -> bool:
    return not isinstance(term, BlankNode)


def _name(variable: Variable) -> str:
    return variable.name


def _ends(pattern: Pattern) -> tuple[Node, Node]:
    return pattern.subject, pattern.target


def _value(node: Node, solution: Solution) -> Term | None:
    return solution.get(node.name) if isinstance(node, Variable) else node


def _is_open(pattern: Pattern, solution: Solution, *, only_hidden: bool = False) -> bool:
    """Whether an end of `pattern` has no value: as of an OPTIONAL that found nothing, or of a variable nobody sees."""
    nodes = [node for node in _ends(pattern) if isinstance(node, Variable) and node.name not in solution]
    return any(node.hidden for node in nodes) if only_hidden else bool(nodes)
