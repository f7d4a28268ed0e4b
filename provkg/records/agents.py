"""Who acted: people, accounts, orchestrators and the organisations behind them.

An agent's IRI is keyed by issuer and subject under the graph's salt, so the same account has one IRI in one graph and
its name stands nowhere unless it is given as `name`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pyoxigraph import NamedNode, Triple

from provkg import vocabulary
from provkg.identity import Names
from provkg.literals import literal
from provkg.records import choices
from provkg.records.concepts import Concept, chosen
from provkg.records.description import Description, Pointer, points, says, several, term

PSEUDONYM_DIGITS = 8


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Agent(Description):
    """Somebody or something that bears responsibility; `issuer` says who vouches for `subject`."""

    KEY: ClassVar = ("issuer", "subject")
    issuer: str
    subject: str
    name: str | None = says(vocabulary.foaf_name)
    on_behalf_of: Agent | Pointer | tuple[Agent | Pointer, ...] | None = points(vocabulary.prov_actedOnBehalfOf)
    member_of: tuple[Organization | Pointer, ...] = several(vocabulary.org_memberOf)
    unit_of: tuple[Organization | Pointer, ...] = several(vocabulary.org_unitOf)

    def implied(self, subject: NamedNode, names: Names) -> Iterator[Triple]:  # noqa: ARG002
        """Give the agent a pseudonym that people can read out."""
        key = subject.value.rsplit("/", 1)[-1]
        yield Triple(subject, vocabulary.dct_identifier, literal(f"{self.kind()}-{key[:PSEUDONYM_DIGITS]}"))


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Person(Agent):
    """A human being."""

    CLASS: ClassVar = vocabulary.prov_Person


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ServiceAccount(Agent):
    """A credential that no person holds."""

    CLASS: ClassVar = vocabulary.ServiceAccount


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Orchestrator(Agent):
    """A scheduler, CI system or workflow engine that starts runs."""

    CLASS: ClassVar = vocabulary.Orchestrator


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Organization(Agent):
    """A company, institute or other legal body."""

    CLASS: ClassVar = vocabulary.prov_Organization


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Team(Organization):
    """A part of an organisation."""

    CLASS: ClassVar = vocabulary.Team


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class InRole(Description):
    """An agent and the role that it has for the thing or run that names it (PROV-O, section 3.3: qualified terms)."""

    agent: Agent | Pointer = points(vocabulary.prov_agent)
    role: choices.AgentRole | Concept = chosen(vocabulary.prov_hadRole, vocabulary.AgentRole)

    def statements(self, names: Names) -> Iterator[Triple]:
        """Yield who it is; the relation belongs to what names it."""
        for value in (self.agent, self.role):
            if isinstance(value, Description):
                yield from value.statements(names)

    def association(self, run: NamedNode, names: Names) -> Iterator[Triple]:
        """Yield that the agent took part in `run` in this role."""
        yield Triple(run, vocabulary.prov_wasAssociatedWith, term(self.agent, names))
        yield from self._relation(run, vocabulary.prov_qualifiedAssociation, vocabulary.prov_Association, names)

    def attribution(self, thing: NamedNode, names: Names) -> Iterator[Triple]:
        """Yield that `thing` is attributed to the agent in this role."""
        yield Triple(thing, vocabulary.prov_wasAttributedTo, term(self.agent, names))
        yield from self._relation(thing, vocabulary.prov_qualifiedAttribution, vocabulary.prov_Attribution, names)

    def _relation(self, subject: NamedNode, relation: NamedNode, kind: NamedNode, names: Names) -> Iterator[Triple]:
        agent, role = term(self.agent, names), term(self.role, names)
        word = kind.value.rpartition("#")[2].lower()
        node = names.iri(word, [subject.value, agent.value, role.value])
        yield Triple(subject, relation, node)
        yield Triple(node, vocabulary.rdf_type, kind)
        yield Triple(node, vocabulary.prov_agent, agent)
        yield Triple(node, vocabulary.prov_hadRole, role)


def in_roles() -> Any:
    """Declare the field for agents with their roles."""
    return field(default=(), metadata={"sparse": True})
