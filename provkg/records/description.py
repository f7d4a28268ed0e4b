"""What can be said about one thing, as typed fields that become RDF statements once the graph's names are known.

A description is a frozen dataclass: `KEY` names the fields that identify the thing, and every field made with `says`
is a statement about it. A field that holds a description points at that thing and describes it in the same record; a
`Reference` only points. All of it is plain Python, so that a training process can write it to a spool as JSON without
knowing the graph's salt.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Final

from pyoxigraph import Literal, NamedNode, Triple

from provkg import vocabulary
from provkg.identity import Names, kebab_case
from provkg.literals import literal

Term = NamedNode | Literal
REGISTRY: Final[dict[str, type[Description]]] = {}


@dataclass(frozen=True)
class Reference:
    """Points at a thing that another record describes."""

    kind: str
    key: tuple[Any, ...]

    def iri(self, names: Names) -> NamedNode:
        """Return the thing's IRI in the graph that `names` belongs to."""
        return names.iri(self.kind, [_key_field(value, names) for value in self.key])


@dataclass(frozen=True)
class Iri:
    """Points at a thing by its full IRI: a concept, a licence, a package."""

    value: str

    def iri(self, _names: Names) -> NamedNode:
        """Return the IRI; it is the same in every graph."""
        return NamedNode(self.value)


def says(term: NamedNode, form: Callable[[Any], Literal] = literal, *, default: Any = None) -> Any:
    """Declare a field whose value is stated with the property `term`; `form` makes literals of plain values."""
    return dataclasses.field(default=default, metadata={"term": term, "form": form})


@dataclass(frozen=True, kw_only=True)
class Description:
    """One thing that happened or exists; each kind of thing is a subclass."""

    CLASS: ClassVar[NamedNode | None] = None
    KEY: ClassVar[tuple[str, ...] | None] = None

    def __init_subclass__(cls) -> None:
        """Make the kind known to the reader of spools."""
        REGISTRY[cls.__name__] = cls

    def reference(self) -> Reference | Iri:
        """Return a pointer to this thing; without `KEY` a thing is identified by all that is said of it."""
        names = self.KEY if self.KEY is not None else tuple(f.name for f in dataclasses.fields(self))
        return Reference(self.kind(), tuple(referred(getattr(self, name)) for name in names))

    @classmethod
    def kind(cls) -> str:
        """Return the first part of an IRI of this kind, for example `training-run`."""
        return kebab_case(cls.__name__)

    def iri(self, names: Names) -> NamedNode:
        """Return this thing's IRI in the graph that `names` belongs to."""
        return self.reference().iri(names)

    def statements(self, names: Names) -> Iterator[Triple]:
        """Yield everything that this description says, nested descriptions first named and then described."""
        subject = self.iri(names)
        if self.CLASS is not None:
            yield Triple(subject, vocabulary.rdf_type, self.CLASS)
        for each in dataclasses.fields(self):
            for value in values(getattr(self, each.name)):
                if "term" in each.metadata:
                    yield Triple(subject, each.metadata["term"], term(value, names, each.metadata["form"]))
                if isinstance(value, Description):
                    yield from value.statements(names)
        yield from self.implied(subject, names)

    def implied(self, subject: NamedNode, names: Names) -> Iterator[Triple]:  # noqa: ARG002 - for subclasses
        """Yield statements that follow from several fields together; most kinds have none."""
        return iter(())


def values(value: Any) -> tuple[Any, ...]:
    """Return the values of a field: none for None, each of a tuple, or the one."""
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def term(value: Any, names: Names, form: Callable[[Any], Literal] = literal) -> Term:
    """Return what stands in the graph for `value`."""
    if isinstance(value, Description | Reference | Iri):
        return value.iri(names)
    return literal(value) if isinstance(value, Decimal | datetime) else form(value)


def referred(value: Any) -> Any:
    """Return `value` with descriptions replaced by pointers to them."""
    if isinstance(value, Description):
        return value.reference()
    return tuple(referred(each) for each in value) if isinstance(value, tuple) else value


def _key_field(value: Any, names: Names) -> Any:
    match value:
        case Reference() | Iri():
            return value.iri(names).value
        case tuple():
            return [_key_field(each, names) for each in value]
        case float() | Decimal() | datetime():
            # The literal's text is the same for equal numbers; a JSON number need not be.
            return str(literal(value))
        case _:
            return value
