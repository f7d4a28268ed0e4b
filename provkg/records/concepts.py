"""Concepts by name: the ontology's own, or one that a graph adds to a scheme."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Final

from pyoxigraph import NamedNode, Triple

from provkg import vocabulary
from provkg.errors import BadParameter
from provkg.identity import Names, kebab_case
from provkg.literals import literal
from provkg.records.description import Description, Iri, Reference, says

PVK = vocabulary.NAMESPACES["pvk"]
# As text: a name may hold what no IRI can.
_KNOWN: Final = frozenset(individual.value for individual in vocabulary.INDIVIDUALS)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class OwnConcept(Description):
    """A concept that the ontology lacks, for example a metric of the user's own."""

    KEY: ClassVar = ("scheme", "name")
    scheme: str
    name: str = says(vocabulary.skos_prefLabel)

    def reference(self) -> Reference:
        """Return the pointer, whose kind is the scheme: `metric-kind` for a metric."""
        return Reference(kebab_case(self.scheme), (self.name,))

    def implied(self, subject: NamedNode, names: Names) -> Iterator[Triple]:  # noqa: ARG002
        """Type it as a member of its scheme."""
        yield Triple(subject, vocabulary.rdf_type, NamedNode(PVK + self.scheme))
        yield Triple(subject, vocabulary.skos_inScheme, NamedNode(f"{PVK}{self.scheme}-scheme"))
        yield Triple(subject, vocabulary.skos_notation, literal(self.name))


Concept = Iri | OwnConcept
"""A member of a scheme by its IRI, or one of the graph's own; fields take short names beside these."""


def concept(scheme: NamedNode, name: str) -> Concept:
    """Return the member `name` of the scheme of the class `scheme`, or a concept of the graph's own.

    `log_loss` and `log loss` find `logLoss`.
    """
    local = scheme.value.removeprefix(PVK)
    for spelling in (name, _camel_case(name)):
        if (known := f"{PVK}{local}-{spelling}") in _KNOWN:
            return Iri(known)
    return OwnConcept(scheme=local, name=name)


def chosen(term: NamedNode, scheme: NamedNode, *, default: Any = None, sparse: bool = False, own: bool = False) -> Any:
    """Declare a field whose values are members of the scheme of the class `scheme`, by their short names.

    Other names are refused, unless people are expected to bring their `own`, as they do with metrics.
    """
    taken = partial(member, scheme, own)
    return says(term, default=default, sparse=sparse, taken=taken)


def member(scheme: NamedNode, own: bool, given: Any, field: str) -> Any:  # noqa: FBT001 - bound where it is used
    """Return the member of `scheme` that is `given`; `field` is what the message calls it."""
    if isinstance(given, Iri | OwnConcept):
        return given
    if isinstance(given, NamedNode):
        return Iri(given.value)
    if not isinstance(given, str):
        raise BadParameter(f"{field}= takes a name, and got a {type(given).__name__}")
    if given.startswith(("http://", "https://", "urn:")):
        return Iri(given)
    found = concept(scheme, given)
    if own or isinstance(found, Iri):
        return found
    local = scheme.value.removeprefix(PVK)
    raise BadParameter(
        f"{field}={given!r} is none of {', '.join(names_of(scheme))}; "
        f"for one of your own, give OwnConcept(scheme={local!r}, name={given!r})"
    )


def names_of(scheme: NamedNode) -> list[str]:
    """Return the short names of the ontology's members of the scheme of the class `scheme`, sorted."""
    members = (each.value for each, kind in vocabulary.INDIVIDUALS.items() if kind == scheme)
    return sorted(member.removeprefix(f"{scheme.value}-") for member in members)


def _camel_case(name: str) -> str:
    first, *rest = [word for word in re.split(r"[\W_]+", name) if word] or [name]
    return first[:1].lower() + first[1:] + "".join(word[:1].upper() + word[1:] for word in rest)
