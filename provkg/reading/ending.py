"""Recalls and withdrawals: the act by which a thing holds no longer, as a record of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal

from pyoxigraph import NamedNode, Triple

from provkg.errors import BadParameter
from provkg.sparql import substitute
from provkg.vocabulary import NAMESPACES, prov_wasRevisionOf

if TYPE_CHECKING:
    from provkg.graph import Admission
    from provkg.reading.reader import Reader
    from provkg.records import Agent, Description

How = Literal["recalled", "withdrawn"]
_ENDED: Final = f"""
PREFIX prov: <{NAMESPACES["prov"]}> PREFIX pvk: <{NAMESPACES["pvk"]}>
SELECT ?at ?reason WHERE {{
  ?_thing prov:invalidatedAtTime ?at . OPTIONAL {{ ?_thing prov:wasInvalidatedBy/pvk:invalidationReason ?reason }}
}} ORDER BY ?at LIMIT 1"""


@dataclass(frozen=True)
class Ending:
    """An end to be recorded: of what, how it is called, why, what takes its place, and who says so."""

    thing: NamedNode
    name: str
    how: How
    reason: str
    replacement: NamedNode | None = None
    by: str | Agent | None = None

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
            applies_to=(self.thing.value,),
            outcome="revoked",
            rationale=self.reason,
            reason=self.how,
        )
        said: list[Description] = [decision, Invalidation(of=self.thing.value, by=decision, at=moment)]
        if self.replacement is not None:
            said.append(Stated(lines=(f"{Triple(self.replacement, prov_wasRevisionOf, self.thing)} .",)))
        return said


def recorded_ending(reader: Reader, ending: Ending, *, wait: float) -> Admission:
    """Keep the record of `ending`; raises `BadParameter` for a thing that has ended already, or without a reason."""
    if not ending.reason.strip():
        raise BadParameter(f"say why {ending.name} is {ending.how}: whoever uses it will ask")
    if ending.replacement == ending.thing:
        raise BadParameter(f"{ending.name} cannot take its own place")
    for at, reason in reader.query(substitute(_ENDED, {"_thing": ending.thing})).rows:
        word = str(getattr(reason, "value", "")).rpartition("-")[2] or "ended"
        raise BadParameter(f"{ending.name} is {word} already, since {getattr(at, 'value', at)}")
    return reader.record(*ending.descriptions(datetime.now(UTC)), wait=wait)
