"""Who acted: people, accounts, orchestrators and the organisations behind them.

An agent's IRI is keyed by issuer and subject under the graph's salt, so the same account has one IRI in one graph and
its name stands nowhere unless it is given as `name`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pyoxigraph import NamedNode, Triple

from provkg import vocabulary
from provkg.identity import Names
from provkg.literals import literal
from provkg.records.description import Description, Reference, says

PSEUDONYM_DIGITS = 8


@dataclass(frozen=True, kw_only=True)
class Agent(Description):
    """Somebody or something that bears responsibility; `issuer` says who vouches for `subject`."""

    KEY: ClassVar = ("issuer", "subject")
    issuer: str
    subject: str
    name: str | None = says(vocabulary.foaf_name)
    on_behalf_of: Agent | Reference | None = says(vocabulary.prov_actedOnBehalfOf)

    def implied(self, subject: NamedNode, names: Names) -> Iterator[Triple]:  # noqa: ARG002
        """Give the agent a pseudonym that people can read out."""
        key = subject.value.rsplit("/", 1)[-1]
        yield Triple(subject, vocabulary.dct_identifier, literal(f"{self.kind()}-{key[:PSEUDONYM_DIGITS]}"))


@dataclass(frozen=True, kw_only=True)
class Person(Agent):
    """A human being."""

    CLASS: ClassVar = vocabulary.prov_Person


@dataclass(frozen=True, kw_only=True)
class ServiceAccount(Agent):
    """A credential that no person holds."""

    CLASS: ClassVar = vocabulary.ServiceAccount


@dataclass(frozen=True, kw_only=True)
class Orchestrator(Agent):
    """A scheduler, CI system or workflow engine that starts runs."""

    CLASS: ClassVar = vocabulary.Orchestrator


@dataclass(frozen=True, kw_only=True)
class Organization(Agent):
    """A company, institute or other legal body."""

    CLASS: ClassVar = vocabulary.prov_Organization


@dataclass(frozen=True, kw_only=True)
class Team(Agent):
    """A part of an organisation."""

    CLASS: ClassVar = vocabulary.Team
