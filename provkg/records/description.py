"""What can be said about one thing, as typed fields that become RDF statements once the graph's names are known.

A description is a frozen dataclass: `KEY` names the fields that identify the thing, and every field made with `says`
is a statement about it. A field that holds a description points at that thing and describes it in the same record; a
`Reference` only points. All of it is plain Python, so that a training process can write it to a spool as JSON without
knowing the graph's salt.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, Final, Protocol

from pyoxigraph import Literal, NamedNode, Triple

from provkg import vocabulary
from provkg.errors import BadParameter, UnknownThing
from provkg.identity import Names, kebab_case
from provkg.literals import literal

Term = NamedNode | Literal
Taken = Callable[[Any, str], Any]
REGISTRY: Final[dict[str, type[Description]]] = {}
_SCALARS: Final = (str, bool, int, float, Decimal, datetime)
_AS_IT_IS: Final = frozenset({*_SCALARS, tuple, type(None)})
# A scheme and a colon (RFC 3986, section 3.1), and nothing that an IRI cannot hold.
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:[^\s<>\"{}|\\^`]+$")


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


class Handled(Protocol):
    """What the calls of a training script give back: something that a record describes."""

    @property
    def reference(self) -> Reference | None:
        """The pointer to it; None when it could not be recorded."""


Pointer = Reference | Iri | Handled | str
"""Points at a thing that is known already: what a call gave back, its IRI, or its name where a graph is open."""


@dataclass(frozen=True)
class Named:
    """Points at a thing by the name that people type; only an open graph knows which one that is."""

    value: str

    def iri(self, _names: Names) -> NamedNode:
        """Raise `UnknownThing`: nobody has looked the name up."""
        raise UnknownThing(
            f"{self.value!r} is a name, and names are looked up in an open graph: "
            "record it with provkg.open(...).record(...), or give the thing's IRI or what made it gave back"
        )


def says(
    term: NamedNode,
    form: Callable[[Any], Literal] = literal,
    *,
    default: Any = None,
    sparse: bool = False,
    taken: Taken | None = None,
) -> Any:
    """Declare a field whose value is stated with the property `term`; `form` makes literals of plain values.

    A `sparse` field is rarely used: while it is empty, neither the spool nor the thing's identity knows of it.
    `taken` makes of each value, and the field's name, what is kept.
    """
    also = {} if taken is None else {"taken": taken}
    return dataclasses.field(default=default, metadata={"term": term, "form": form, "sparse": sparse, **also})


def points(term: NamedNode, *, default: Any = None, sparse: bool = False) -> Any:
    """Declare a field whose values are things, each described or pointed at (`Pointer`)."""
    return says(term, default=default, sparse=sparse, taken=pointed)


def several(term: NamedNode, *, sparse: bool = True) -> Any:
    """Declare a field for any number of things, described or pointed at."""
    return points(term, default=(), sparse=sparse)


# Equality and text are written here: made by `dataclass` for each of a hundred kinds, they cost 35 ms at import.
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Description:
    """One thing that happened or exists; each kind of thing is a subclass."""

    CLASS: ClassVar[NamedNode | None] = None
    KEY: ClassVar[tuple[str, ...] | None] = None

    def __init_subclass__(cls) -> None:
        """Make the kind known to the reader of spools."""
        REGISTRY[cls.__name__] = cls

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        given = {each.name: getattr(self, each.name) for each in dataclasses.fields(self)}
        said = ", ".join(f"{name}={value!r}" for name, value in given.items() if values(value))
        return f"{type(self).__name__}({said})"

    def __post_init__(self) -> None:
        """Take handles for the things that they stand for, and the short names of concepts for these.

        Lists and sets are taken for what they hold, and numbers of numpy for those of Python.
        """
        for name, given in vars(self).items():
            if type(given) not in _AS_IT_IS and (plain := _plain(given)) is not given:
                object.__setattr__(self, name, plain)  # frozen for everybody else
        for name, taken in _taking(type(self)):  # type: ignore[arg-type]  # a class is hashable
            if (given := getattr(self, name)) is not None and given != ():
                several = isinstance(given, tuple)
                value = tuple(taken(each, name) for each in given) if several else taken(given, name)
                object.__setattr__(self, name, value)

    def reference(self) -> Reference | Iri:
        """Return a pointer to this thing; without `KEY` a thing is identified by all that is said of it."""
        if self.KEY is not None and getattr(self, "id", "") is not None:
            return Reference(self.kind(), tuple(referred(getattr(self, name)) for name in self.KEY))
        fields = _key(type(self))  # type: ignore[arg-type]  # a class is hashable
        said = [(name, getattr(self, name), rare) for name, rare in fields]
        seldom = [part for name, value, sparse in said if sparse and values(value) for part in (name, value)]
        return Reference(self.kind(), tuple(map(referred, [*(value for _, value, rare in said if not rare), *seldom])))

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
        for each, relation in _stating(type(self)):  # type: ignore[arg-type]  # a class is hashable
            for value in values(getattr(self, each.name)):
                if relation is not None:
                    yield Triple(subject, relation, _stated(value, names, each))
                if isinstance(value, Description):
                    yield from value.statements(names)
        yield from self.implied(subject, names)

    def implied(self, subject: NamedNode, names: Names) -> Iterator[Triple]:  # noqa: ARG002 - for subclasses
        """Yield statements that follow from several fields together; most kinds have none."""
        return iter(())


@cache
def _stating(kind: type[Description]) -> tuple[tuple[dataclasses.Field[Any], NamedNode | None], ...]:
    """Return each field of a kind with its property; those without one say nothing by themselves."""
    return tuple((each, each.metadata.get("term")) for each in dataclasses.fields(kind))


@cache
def _key(kind: type[Description]) -> tuple[tuple[str, bool], ...]:
    """Return the names of the fields that identify a thing without `KEY`, and which of them are rarely used."""
    return tuple((each.name, bool(each.metadata.get("sparse"))) for each in dataclasses.fields(kind))


@cache
def _taking(kind: type[Description]) -> tuple[tuple[str, Taken], ...]:
    return tuple((each.name, each.metadata["taken"]) for each in dataclasses.fields(kind) if "taken" in each.metadata)


def _plain(given: Any) -> Any:
    if isinstance(given, list | set | frozenset):
        held = given if isinstance(given, list) else sorted(given, key=repr)
        return tuple(_plain(each) for each in held)
    # A number of numpy, known by its shape: nothing is imported for it.
    return given.item() if getattr(given, "shape", None) == () and hasattr(given, "item") else given


def _stated(value: Any, names: Names, field: dataclasses.Field[Any]) -> Term:
    try:
        return term(value, names, field.metadata["form"])
    except (TypeError, ValueError, ArithmeticError) as error:
        if isinstance(value, _SCALARS):
            raise BadParameter(f"{field.name}: {error}") from None
        kind = type(value).__name__
        raise BadParameter(f"{field.name}= takes text, a number, a truth value or a time, and got a {kind}") from None


def pointed(value: Any, field: str) -> Any:
    """Return `value` as a description or pointer; `field` is what the message calls it."""
    if isinstance(value, Description | Reference | Iri | Named):
        return value
    if isinstance(value, NamedNode):
        return Iri(value.value)
    if isinstance(value, str):
        return Iri(value) if _ABSOLUTE.match(value) else Named(value)
    if (describe := getattr(value, "describe", None)) is not None:
        describe()
    reference = getattr(value, "reference", False)
    if isinstance(reference, Reference):
        return reference
    if reference is None:  # it could not be recorded, which was said then; making a description must not stop training
        return Named(str(getattr(value, "name", field)))
    raise BadParameter(
        f"{field}= takes a description, what a call of provkg gave back, a name or an IRI, "
        f"and got a {type(value).__name__}"
    )


def values(value: Any) -> tuple[Any, ...]:
    """Return the values of a field: none for None, each of a tuple, or the one."""
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def term(value: Any, names: Names, form: Callable[[Any], Literal] = literal) -> Term:
    """Return what stands in the graph for `value`."""
    if isinstance(value, Description | Reference | Iri | Named):
        return value.iri(names)
    return literal(value) if isinstance(value, Decimal | datetime) else form(value)


def node(value: Description | Pointer, names: Names) -> NamedNode:
    """Return the IRI of the thing that `value` describes or points at."""
    found: NamedNode = pointed(value, "a thing").iri(names)
    return found


def referred(value: Any) -> Any:
    """Return `value` with descriptions replaced by pointers to them."""
    if isinstance(value, Description):
        return value.reference()
    return tuple(referred(each) for each in value) if isinstance(value, tuple) else value


def _key_field(value: Any, names: Names) -> Any:
    match value:
        case Reference() | Iri() | Named():
            return value.iri(names).value
        case tuple():
            return [_key_field(each, names) for each in value]
        case float() | Decimal() | datetime():
            # The literal's text is the same for equal numbers; a JSON number need not be.
            return str(literal(value))
        case _:
            return value
