"""PROV documents as values: statements, bundles, and what makes two documents say the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from provkg.prov.kinds import Kind
from provkg.prov.terms import Blank, Identifier, Name, Time, Value

Filler = Identifier | Time | None
Attribute = tuple[Name, Value]
Pair = tuple[Value, Identifier | None]


@dataclass(frozen=True)
class Statement:
    """One PROV statement; `None` in `arguments` is the placeholder `-`.

    `pairs` holds the keys of a dictionary, with their entities unless they are removed. `line` says where in the file
    the statement stands and is no part of what it says.
    """

    kind: Kind
    id: Identifier | None
    arguments: tuple[Filler, ...] = ()
    attributes: frozenset[Attribute] = frozenset()
    pairs: frozenset[Pair] = frozenset()
    line: int | None = field(default=None, compare=False)

    def argument(self, name: str) -> Filler:
        """Return what stands in the place called `name`."""
        return self.arguments[self.kind.position(name)]

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the identifiers in the statement, its own first."""
        for term in (self.id, *self.arguments, *(entity for _, entity in self.pairs)):
            if isinstance(term, Name | Blank):
                yield term


@dataclass(frozen=True)
class Bundle:
    """Statements with a name of their own: provenance that has provenance."""

    id: Identifier
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Document:
    """What one file says, apart from its bundles, and the bundles; `prefixes` serve to write names short."""

    statements: tuple[Statement, ...]
    bundles: tuple[Bundle, ...] = ()
    prefixes: Mapping[str, str] = field(default_factory=dict, compare=False)

    def says_the_same_as(self, other: Document) -> bool:
        """Say whether both hold the same sets of statements; a blank identifier used once counts as none."""
        return self._content() == other._content()

    def _content(self) -> tuple[frozenset[Statement], frozenset[tuple[Identifier, frozenset[Statement]]]]:
        bundles = frozenset((bundle.id, _content(bundle.statements)) for bundle in self.bundles if bundle.statements)
        return _content(self.statements), bundles


def without_lonely_blanks(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Return the statements; a relation's blank identifier that nothing refers to is left out."""
    listed = tuple(statements)
    uses = Counter(term for each in listed for term in each.identifiers() if isinstance(term, Blank))
    return tuple(
        replace(each, id=None) if isinstance(each.id, Blank) and uses[each.id] == 1 and not each.kind.element else each
        for each in listed
    )


def _content(statements: Iterable[Statement]) -> frozenset[Statement]:
    return frozenset(without_lonely_blanks(dict.fromkeys(statements)))
