"""What a state of the graph says of things, kept as it was looked up: a walk asks for each thing once.

Things are numbered, so that the steps of a walk are set operations on numbers. A lookup costs some twenty microseconds,
a step that is known less than one: the second lineage through the same part of a graph is a hundred times as quick. A
state whose snapshot has a file of dependencies (`provkg.index.adjacency`) knows these steps at once; things that are in
it have their numbers there, all others those that follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import TYPE_CHECKING, Final, TypeVar
from weakref import WeakKeyDictionary, ref

from pyoxigraph import Literal, NamedNode

from provkg import vocabulary as v
from provkg.index.reading import closed

if TYPE_CHECKING:
    from provkg.index import ReadIndex
    from provkg.index.adjacency import Adjacency, Labels, Rows
    from provkg.lineage.graph import Direction, Kind, Node

Value = TypeVar("Value")
MOST_KEPT: Final = 1_000_000
"""Things, some 500 bytes each; a state that more were asked of begins anew."""
Said = Mapping[NamedNode, tuple[object, ...]]
_NOBODY: Final[frozenset[int]] = frozenset()
_NOTHING: Final[tuple[object, ...]] = ()


class Known:
    """What was looked up of one state of the index."""

    def __init__(self, index: ReadIndex) -> None:
        self._reading, self._lock = ref(index), Lock()  # the state may be closed while what was found is kept
        self._place = index.path
        self._file: Adjacency | None = index.adjacency
        self._in_file = 0 if self._file is None else len(self._file.things)
        self._numbers: dict[NamedNode, int] = {}
        self._nodes: dict[int, NamedNode] = {}
        self._next = self._in_file
        self._onward: dict[Direction, dict[int, frozenset[int]]] = {"up": {}, "down": {}}
        self._copies: dict[int, frozenset[int]] = {}
        self._digests: dict[int, tuple[Literal, ...]] = {}
        self._bearers: dict[Literal, frozenset[int]] = {}
        self._of_content: dict[int, frozenset[int] | None] = {}
        self._makers: dict[int, frozenset[int]] = {}
        self._kinds: dict[int, frozenset[NamedNode]] = {}
        self._metrics: dict[int, frozenset[NamedNode]] = {}
        self._said: dict[int, Said] = {}
        self._ends: dict[int, Mapping[object, tuple[NamedNode, ...]]] = {}
        self._texts: dict[tuple[NamedNode, NamedNode], tuple[str, ...]] = {}
        self.told: dict[tuple[int, Kind], Node] = {}
        """The nodes that were described."""
        self._shared: dict[frozenset[NamedNode], frozenset[NamedNode]] = {}

    def __len__(self) -> int:
        return max(len(self._nodes), len(self._onward["up"]), len(self._onward["down"]))

    @property
    def _index(self) -> ReadIndex:
        if (found := self._reading()) is None:
            raise closed(self._place)
        return found

    def number(self, node: NamedNode) -> int:
        """Return the number of `node`."""
        found = self._numbers.get(node)
        if found is not None:
            return found
        with self._lock:  # a server's threads walk side by side
            if (found := self._numbers.get(node)) is None:
                found = None if self._file is None else self._file.things.find(node.value.encode())
                if found is None:
                    found, self._next = self._next, self._next + 1
                self._nodes[found] = node
                self._numbers[node] = found
        return found

    def node(self, number: int) -> NamedNode:
        """Return the thing with that number."""
        found = self._nodes.get(number)
        if found is None and self._file is not None:
            found = self._nodes[number] = NamedNode(self._file.things[number].decode())
            self._numbers[found] = number
        return self._nodes[number] if found is None else found

    def onward(self, direction: Direction, things: Iterable[int]) -> Mapping[int, frozenset[int]]:
        """Return a mapping that holds for each of `things` what it rests on (`up`), or what rests on it (`down`)."""
        known = self._onward[direction]

        def look_up(nodes: list[NamedNode]) -> Iterable[frozenset[int]]:
            found = self._index.linked(nodes, v.dependsOn, backwards=direction == "down")
            return (frozenset(self.number(each) for each in ends if isinstance(each, NamedNode)) for ends in found)

        return self._with(known, things, look_up, lambda file: _sets(file.up if direction == "up" else file.down))

    def copies(self, things: Iterable[int]) -> Mapping[int, frozenset[int]]:
        """Return a mapping that holds for each of `things` what has the same content, itself included."""

        def look_up(nodes: list[NamedNode]) -> Iterable[frozenset[int]]:
            digests = self.digests(map(self.number, nodes))
            return (self._bearing(digests[self.number(node)]) for node in nodes)

        return self._with(self._copies, things, look_up, self._copies_in)

    def digests(self, things: Iterable[int]) -> Mapping[int, tuple[Literal, ...]]:
        """Return a mapping that holds the digests of each of `things`."""

        def look_up(nodes: list[NamedNode]) -> Iterable[tuple[Literal, ...]]:
            found = self._index.linked(nodes, v.sha256)
            return (tuple(each for each in ends if isinstance(each, Literal)) for ends in found)

        return self._with(self._digests, things, look_up)

    def makers(self, things: Iterable[int]) -> Mapping[int, frozenset[int]]:
        """Return a mapping that holds the runs that made each of `things`."""

        def look_up(nodes: list[NamedNode]) -> Iterable[frozenset[int]]:
            found = self._index.linked(nodes, v.prov_wasGeneratedBy)
            return (frozenset(self.number(each) for each in ends if isinstance(each, NamedNode)) for ends in found)

        return self._with(self._makers, things, look_up, lambda file: _sets(file.makers))

    def made(self, activity: int) -> frozenset[int]:
        """Return what `activity` made."""
        (ends,) = self._index.linked([self.node(activity)], v.prov_wasGeneratedBy, backwards=True)
        return self.numbers(ends)

    def numbers(self, terms: Iterable[object]) -> frozenset[int]:
        """Return the numbers of those of `terms` that are IRIs."""
        return frozenset(self.number(each) for each in terms if isinstance(each, NamedNode))

    def kinds(self, things: Iterable[int]) -> Mapping[int, frozenset[NamedNode]]:
        """Return a mapping that holds the classes of each of `things`; equal sets are one object."""

        def look_up(nodes: list[NamedNode]) -> Iterable[frozenset[NamedNode]]:
            for ends in self._index.linked(nodes, v.rdf_type):
                found = frozenset(each for each in ends if isinstance(each, NamedNode))
                yield self._shared.setdefault(found, found)

        return self._with(self._kinds, things, look_up, lambda file: self._labelled(file.kinds))

    def metrics(self, things: Iterable[int]) -> Mapping[int, frozenset[NamedNode]]:
        """Return a mapping that holds what each of `things` measures."""

        def look_up(nodes: list[NamedNode]) -> Iterable[frozenset[NamedNode]]:
            for ends in self._index.linked(nodes, v.metricKind):
                found = frozenset(each for each in ends if isinstance(each, NamedNode))
                yield self._shared.setdefault(found, found)

        return self._with(self._metrics, things, look_up, lambda file: self._labelled(file.metrics))

    def said(self, things: Iterable[int]) -> Mapping[int, Said]:
        """Return a mapping that holds what is said of each of `things`: by property, the other ends."""

        def look_up(nodes: list[NamedNode]) -> Iterable[Said]:
            for quads in self._index.said(nodes):
                found: dict[NamedNode, list[object]] = {}
                for quad in quads:
                    found.setdefault(quad.predicate, []).append(quad.object)
                yield {relation: tuple(ends) for relation, ends in found.items()}

        return self._with(self._said, things, look_up)

    def ends(self, things: Iterable[int]) -> Mapping[int, Mapping[object, tuple[NamedNode, ...]]]:
        """Return a mapping that holds by which properties each of `things` is related to what."""
        said = self.said(things)

        def look_up(nodes: list[NamedNode]) -> Iterable[Mapping[object, tuple[NamedNode, ...]]]:
            for node in nodes:
                found: dict[object, tuple[NamedNode, ...]] = {}
                for relation, ends in said[self._numbers[node]].items():
                    for end in ends:
                        found[end] = (*found.get(end, ()), relation)
                yield found

        return self._with(self._ends, things, look_up)

    def texts(self, node: NamedNode, relation: NamedNode) -> tuple[str, ...]:
        """Return what literals `node` has the relation to; many things are versions of one."""
        found = self._texts.get((node, relation))
        if found is None:
            (ends,) = self._index.linked([node], relation)
            found = self._texts[node, relation] = tuple(each.value for each in ends if isinstance(each, Literal))
        return found

    def of(self, thing: int, relation: NamedNode) -> tuple[object, ...]:
        """Return what `thing` has the relation to."""
        return self.said((thing,))[thing].get(relation, _NOTHING)

    def _bearing(self, digests: tuple[Literal, ...]) -> frozenset[int]:
        return _NOBODY.union(*map(self._bearers_of, digests)) if digests else _NOBODY

    def _bearers_of(self, digest: Literal) -> frozenset[int]:
        found = self._bearers.get(digest)
        if found is None:
            (ends,) = self._index.linked([digest], v.sha256, backwards=True)
            found = self._bearers[digest] = frozenset(self.number(each) for each in ends if isinstance(each, NamedNode))
        return found

    def _copies_in(self, file: Adjacency) -> Callable[[int], frozenset[int] | None]:
        """Return what tells the bearers of a thing's content; of one of which something changed, None."""
        of_content = self._of_content

        def bearing(content: int) -> frozenset[int] | None:
            if content not in of_content:
                changed = file.changed and file.digests[content] in file.changed
                of_content[content] = None if changed else frozenset(file.bearers[content])
            return of_content[content]

        def copies(thing: int) -> frozenset[int] | None:
            contents = file.contents[thing]
            if not contents:
                return _NOBODY
            if len(contents) == 1:
                return bearing(contents[0])
            found = [bearing(each) for each in contents]
            return None if None in found else _NOBODY.union(*(each for each in found if each is not None))

        return copies

    def _labelled(self, labels: Labels) -> Callable[[int], frozenset[NamedNode]]:
        terms = (frozenset(map(NamedNode, each)) for each in labels.sets)
        which, sets = labels.which, [self._shared.setdefault(found, found) for found in terms]
        return lambda thing: sets[which[thing]]

    def _with(
        self,
        known: dict[int, Value],
        things: Iterable[int],
        look_up: Callable[[list[NamedNode]], Iterable[Value]],
        in_file: Callable[[Adjacency], Callable[[int], Value | None]] | None = None,
    ) -> Mapping[int, Value]:
        # A walk may ask for thousands that are there.
        fresh = [each for each in things if each not in known]
        if fresh and in_file is not None and self._file is not None:
            fresh = self._read(known, fresh, in_file(self._file), self._file)
        if fresh:
            known.update(zip(fresh, look_up([self.node(each) for each in fresh]), strict=True))
        return known

    def _read(
        self, known: dict[int, Value], things: list[int], told: Callable[[int], Value | None], file: Adjacency
    ) -> list[int]:
        """Add what the file tells of `things`; return those of which it tells nothing that still holds."""
        if not file.changed and max(things) < self._in_file:
            known |= {each: found for each in things if (found := told(each)) is not None}
        else:
            for each in things:
                if each < self._in_file and file.holds(each) and (found := told(each)) is not None:
                    known[each] = found
        return [each for each in things if each not in known]


def _sets(rows: Rows) -> Callable[[int], frozenset[int]]:
    return lambda thing: frozenset(rows[thing])


_KNOWN: Final[WeakKeyDictionary[ReadIndex, Known]] = WeakKeyDictionary()


def known_of(index: ReadIndex) -> Known:
    """Return what was looked up of `index`, to be added to."""
    found = _KNOWN.get(index)
    if found is None or len(found) > MOST_KEPT:
        found = _KNOWN[index] = Known(index)
    return found
