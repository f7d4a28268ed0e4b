"""Whether a thing may go on, such as a model to production: its record is complete, and no rule speaks against it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from provkg.errors import BadParameter
from provkg.reading.ended import ended_beneath

if TYPE_CHECKING:
    from provkg.index import ReadIndex
    from provkg.lineage import Node
    from provkg.rules import Finding
    from provkg.score import Score

FAIL_ON: Final[Mapping[str, frozenset[str]]] = {
    "violation": frozenset({"violation"}),
    "warning": frozenset({"violation", "warning"}),
    "never": frozenset(),
}
"""Which findings hold a thing back, or make an audit fail."""


@dataclass(frozen=True)
class Promotion:
    """What stands in the way of a thing, at the level of its `score`.

    `findings` are those of the rules that concern the thing, what it rests on, or what speaks of it; `ended` is what of
    the thing itself and all that it rests on is no longer valid, which counts as a violation. `at_least` is the score
    in percent that it needs, `fail_on` the gravest finding that does not hold it back.
    """

    score: Score
    findings: tuple[Finding, ...]
    at_least: int = 100
    fail_on: str = "violation"
    ended: tuple[Node, ...] = ()

    @property
    def grave(self) -> tuple[Finding, ...]:
        """The findings that hold it back."""
        return tuple(each for each in self.findings if each.severity in FAIL_ON[self.fail_on])

    @property
    def allowed(self) -> bool:
        """Whether nothing holds it back."""
        return self.score.percent >= self.at_least and not self.grave and not self._is_held_by_an_end

    @property
    def _is_held_by_an_end(self) -> bool:
        return bool(self.ended) and "violation" in FAIL_ON[self.fail_on]

    def __bool__(self) -> bool:
        return self.allowed

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def to_json(self) -> str:
        """Return it as one JSON object."""
        score = {name: getattr(self.score, name) for name in ("thing", "name", "level", "asked", "present", "percent")}
        said = {"allowed": self.allowed, "at_least": self.at_least, "fail_on": self.fail_on, **score}
        said["missing"] = [{"name": m.name, "message": m.message, "why": m.why} for m in self.score.missing]
        said["ended"] = [{"thing": each.iri, "name": each.label, **each.document()["ended"]} for each in self.ended]
        said["findings"] = [finding.facts() for finding in self.findings]
        return json.dumps(said, ensure_ascii=False, indent=2)

    def _lines(self) -> Iterator[str]:
        score = self.score
        yield f"{score.name}: {'nothing holds it back' if self.allowed else 'held back'}"
        yield (
            f"  {score.percent} % at {score.level} ({score.present:,} of {score.asked:,} fields); "
            f"{self.at_least} % needed; {len(self.findings)} finding(s), {len(self.grave)} grave"
        )
        yield from (f"  no longer valid: {each.label}, {each.ended}" for each in self.ended)
        missing: dict[str, dict[str, None]] = {}
        for each in score.missing:
            missing.setdefault(each.message, {})[each.name] = None
        yield from (f"  missing: {message} ({', '.join(names)})" for message, names in missing.items())
        yield from (f"  {found.rule.id} {found.severity}: {found}" for found in self.findings)


def promotion(
    index: ReadIndex, score: Score, found: Iterable[Finding], *, at_least: int = 100, fail_on: str = "violation"
) -> Promotion:
    """Return whether the thing of `score` may go on, with what of `found` concerns it."""
    if fail_on not in FAIL_ON:
        raise BadParameter(f"{fail_on!r} is no severity that holds back; take one of {', '.join(FAIL_ON)}")
    thing = NamedNode(score.thing)
    near = {NamedNode(node.node) for node in score.nodes} | _speaking_of(index, thing) | {thing}
    concerned = (each for each in found if each.this in near or thing in each.row.values())
    return Promotion(score, tuple(concerned), at_least, fail_on, ended_beneath(index, thing))


def _speaking_of(index: ReadIndex, thing: NamedNode) -> set[NamedNode]:
    """Return what states something of `thing`: its runs, evaluations, decisions, deployments."""
    return {each.subject for each in index.statements(target=thing) if isinstance(each.subject, NamedNode)}
