"""The plain relations that follow from a qualified one whose two parts came in two records.

That a thing has a qualified relation may be said by one record, and with what by another: neither says the plain
relation, both together do (PROV-O, section 3.3). What follows so and is stated by no live record stands in the default
graph like everything else, and once more in the graph `JOINED`, which tells it from what is stated.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store, Triple

from provkg.entailment import qualified_forms, unqualified
from provkg.vocabulary import UNQUALIFIED

JOINED: Final = NamedNode("urn:provkg:joined")
"""The graph that holds what is joined and not stated; it is in no export."""
STEPS: Final = frozenset(step for plain in UNQUALIFIED.values() for step, _ in plain)
"""The properties of a qualified relation that say with what."""
_PARTS: Final = STEPS.union(UNQUALIFIED)
_LEADING_TO: Final = {step: [form for form, plain in UNQUALIFIED.items() if step in dict(plain)] for step in STEPS}
_NONE: Final[frozenset[Triple]] = frozenset()


class Joins:
    """Tells and keeps what is joined in a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._any_marked: bool | None = None

    def marked(self) -> Iterator[Triple]:
        """Yield what the store holds as joined and not stated."""
        for quad in self._store.quads_for_pattern(None, None, None, JOINED):
            yield quad.triple

    def is_marked(self, triple: Triple) -> bool:
        """Whether the store holds `triple` as joined and not stated."""
        return _mark(triple) in self._store

    def marked_of(self, triples: Iterable[Triple]) -> list[Triple]:
        """Return those of `triples` that the store holds as joined and not stated."""
        # In most graphs there is none, and then nothing is looked up.
        if not self._has_marked():
            return []
        return [each for each in triples if each.predicate in qualified_forms() and self.is_marked(each)]

    def everything(self) -> Iterator[Triple]:
        """Yield all that follows from the qualified relations of the store, whether or not it is stated."""
        for form in UNQUALIFIED:
            for quad in self._store.quads_for_pattern(None, form, None, DefaultGraph()):
                yield from unqualified([quad.triple, *self._steps(quad.object)])

    def follows(self, triple: Triple, without: Collection[Triple] = _NONE) -> bool:
        """Whether `triple` follows from a qualified relation, also where the statements `without` are taken away."""
        return bool(self.grounds(triple, without))

    def grounds(self, triple: Triple, without: Collection[Triple] = _NONE) -> list[Triple]:
        """Return the two parts of the qualified relation, if there is one, from which `triple` follows so."""
        for form, step, forward in qualified_forms().get(triple.predicate, ()):
            one, other = (triple.subject, triple.object) if forward else (triple.object, triple.subject)
            for node in self._near(one, form, step, other):
                parts = Triple(one, form, node), Triple(node, step, other)  # type: ignore[arg-type]
                if all(Quad(*part) in self._store and part not in without for part in parts):
                    return [*parts]
        return []

    def over(self, nodes: Iterable[object]) -> set[Triple]:
        """Return what follows over the qualified relations `nodes`."""
        return {each for node in nodes for each in unqualified(self.parts(node))}

    def parts(self, node: object, steps: Iterable[Triple] = ()) -> list[Triple]:
        """Return what the qualified relation `node` says with what, and who names it that this or `steps` concerns."""
        own = self._steps(node)
        forms = {form for step in (*own, *steps) for form in _LEADING_TO.get(step.predicate, ())}
        return own + [quad.triple for form in forms for quad in self._pattern(None, form, node)]

    def changed(self, triples: Iterable[Triple], removed: Collection[Triple]) -> tuple[set[Triple], set[Triple]]:
        """Return what is joined and not stated once `removed` has gone, and what is neither any more.

        Only of what may come or go with `triples`; ask while all of these are in the store.
        """
        touched = self.over(between(triples)).union(each for each in removed if each.predicate in qualified_forms())
        unstated = {each for each in touched if each in removed or not self._is_stated(each)}
        held = {each for each in unstated if self.follows(each, removed)}
        return held, unstated - held

    def mark(self, triples: Collection[Triple]) -> None:
        """Note that `triples` are joined and not stated."""
        if triples:
            self._any_marked = True
            self._store.extend(map(_mark, triples))

    def unmark(self, triples: Iterable[Triple]) -> None:
        """Note that `triples` are stated, or gone."""
        for triple in self.marked_of(triples):
            self._store.remove(_mark(triple))

    def _is_stated(self, triple: Triple) -> bool:
        return Quad(*triple) in self._store and not (self._has_marked() and self.is_marked(triple))

    def _has_marked(self) -> bool:
        if self._any_marked is None:
            self._any_marked = next(self.marked(), None) is not None
        return self._any_marked

    def _near(self, one: object, form: NamedNode, step: NamedNode, other: object) -> Iterator[object]:
        """Yield what may lie between `one` and `other`, from both ends: the one with fewer relations ends it."""
        if isinstance(one, NamedNode):
            leaving, arriving = self._pattern(one, form, None), self._pattern(None, step, other)
            for there, here in zip(leaving, arriving, strict=False):
                yield from {there.object, here.subject}

    def _steps(self, node: object) -> list[Triple]:
        if not isinstance(node, NamedNode):
            return []
        return [quad.triple for step in STEPS for quad in self._pattern(node, step, None)]

    def _pattern(self, subject: object, predicate: NamedNode, target: object) -> Iterator[Quad]:
        return self._store.quads_for_pattern(subject, predicate, target, DefaultGraph())  # type: ignore[arg-type]


def between(triples: Iterable[Triple]) -> set[object]:
    """Return the qualified relations of which `triples` say a part."""
    parts = [triple for triple in triples if triple.predicate in _PARTS]
    return {part.object if part.predicate in UNQUALIFIED else part.subject for part in parts}


def _mark(triple: Triple) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object, JOINED)
