"""Recalls and withdrawals: the act by which a thing holds no longer, as a record of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal, get_args

from pyoxigraph import NamedNode, Triple

from provkg.errors import BadParameter
from provkg.questions.terms import short
from provkg.reading.given import text
from provkg.reading.named import Named, as_text
from provkg.sparql import prologue, substitute
from provkg.vocabulary import prov_wasRevisionOf

if TYPE_CHECKING:
    from provkg.graph import Admission
    from provkg.reading.acts import Acts
    from provkg.records import Agent, Description

How = Literal["recalled", "withdrawn", "retired", "corrected", "licenceRevoked", "legalErasure", "securityIncident"]
_PROLOGUE: Final = prologue("prov", "pvk")
_ENDED: Final = """
SELECT ?at ?reason WHERE {
  ?_thing prov:invalidatedAtTime ?at . OPTIONAL { ?_thing prov:wasInvalidatedBy/pvk:invalidationReason ?reason }
} ORDER BY ?at LIMIT 1"""
_CAN_END: Final = """
ASK {
  ?_thing a prov:Entity
  FILTER NOT EXISTS { ?_thing a ?kind FILTER(?kind IN (pvk:Project, prov:Plan, prov:Agent)) }
}"""
_MADE_FROM: Final = "ASK { ?_thing prov:wasDerivedFrom+ ?_replacement }"


@dataclass(frozen=True)
class Ending:
    """An end to be recorded: of what, how that is called, why, what takes its place, who says so and on what."""

    things: tuple[NamedNode, ...]
    name: str
    how: How
    reason: str
    replacement: NamedNode | None = None
    by: str | Agent | None = None
    evidence: tuple[NamedNode, ...] = ()

    def descriptions(self, moment: datetime) -> list[Description]:
        """Return the decision and the end that it brings, as one record says them."""
        from provkg.capture.agents import agent, involved
        from provkg.records import Invalidation, RetirementDecision, Stated

        decided_by = agent(self.by) if self.by is not None else involved(None).triggered_by
        decision = RetirementDecision(
            title=f"{self.how} {self.name}",
            started=moment,
            ended=moment,
            decided_by=decided_by,
            applies_to=tuple(thing.value for thing in self.things),
            outcome="revoked",
            rationale=self.reason,
            reason=self.how,
            evidence=tuple(each.value for each in self.evidence),
        )
        said: list[Description] = [decision]
        for thing in self.things:
            said.append(Invalidation(of=thing.value, by=decision, at=moment))
            if self.replacement is not None:
                said.append(Stated(lines=(f"{Triple(self.replacement, prov_wasRevisionOf, thing)} .",)))
        return said


def recorded_ending(reader: Acts, ending: Ending, *, wait: float) -> Admission:
    """Keep the record of `ending`; raises `BadParameter` for a thing that has ended already, or without a reason."""
    if not text("reason", ending.reason, "its rows were read twice").strip():
        raise BadParameter(f"say why {ending.name} is {ending.how}: whoever uses it will ask")
    check_by(ending.by)
    if isinstance(ending.by, str) and not ending.by.strip():
        raise BadParameter("by= is empty; name who decided it, or leave it out for whoever runs this")
    if ending.replacement in ending.things:
        raise BadParameter(f"{ending.name} cannot take its own place")
    for thing in ending.things:
        if ending.replacement is not None and kind(ending.replacement) != kind(thing):
            raise BadParameter(f"a {kind(ending.replacement)} cannot take the place of a {kind(thing)}")
        _check_later(reader, ending, thing)
        for at, reason in reader.query(_PROLOGUE + substitute(_ENDED, {"_thing": thing})).rows:
            word = str(getattr(reason, "value", "")).rpartition("-")[2] or "ended"
            raise BadParameter(f"{ending.name} is {word} already, since {getattr(at, 'value', at)}")
    # Whatever level the graph asks: a recall cannot wait for its evidence, and `provkg missing` asks people for that.
    return reader.record(*ending.descriptions(datetime.now(UTC)), level="minimal", wait=wait)


def check_by(by: object) -> None:
    """Refuse what is no name and no agent as who decided something."""
    from provkg.records import Agent  # only who decides pays for it

    if by is not None and not isinstance(by, str | Agent):
        raise BadParameter(f"by is {by!r:.100}, which is nobody; give a name such as 'Mara Lind', or an agent")


def _check_later(reader: Acts, ending: Ending, thing: NamedNode) -> None:
    """Refuse what `thing` was made from as its replacement: that would be its revision, and so made from it, too."""
    if ending.replacement is None:
        return
    asked = substitute(_MADE_FROM, {"_thing": thing, "_replacement": ending.replacement})
    if reader.query(_PROLOGUE + asked).boolean:
        raise BadParameter(
            f"{ending.name} was made from {short(ending.replacement)}, so that is no revision which replaces it; "
            "leave the replacement out, and say in the reason what to use"
        )


def can_end(reader: Acts, thing: NamedNode) -> bool:
    """Return whether `thing` is one that ends: no agent, project, plan or run."""
    return bool(reader.query(_PROLOGUE + substitute(_CAN_END, {"_thing": thing})).boolean)


def kind(thing: NamedNode) -> str:
    """Return the kind that the IRI of `thing` names, in words."""
    return short(thing).partition("/")[0].replace("-", " ")


def live_at(reader: Acts, endpoint: Named, stage: str) -> tuple[NamedNode, ...]:
    """Return the deployments that are live at an endpoint in `stage`; raises `BadParameter` where none is."""
    rows = [
        (row["deployment"], str(row["stage"]).rpartition("-")[2])
        for row in reader.ask("serving", endpoint=as_text(endpoint))
    ]
    found = tuple(NamedNode(str(deployment)) for deployment, word in rows if word == stage)
    if not found:
        raise BadParameter(f"nothing is live at {endpoint} in {stage}{_elsewhere(stage, {word for _, word in rows})}")
    return found


def _elsewhere(stage: str, others: set[str]) -> str:
    if others:
        return f"; what is live there is in {', '.join(sorted(others))}"
    from provkg.records.choices import DeploymentStage  # only who names a wrong one pays for it

    known = get_args(DeploymentStage)
    return "" if stage in known else f"; {stage} is no stage of the ontology, which has {', '.join(known)}"
