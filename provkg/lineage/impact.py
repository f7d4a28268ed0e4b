"""Impact: what is touched if a thing turns out bad, first what serves people now, with the way that leads to each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Literal, NamedNode

from provkg.errors import BadParameter
from provkg.lineage.graph import SURROUNDINGS, Dependency, Lineage, Node
from provkg.lineage.tracing import downstream
from provkg.sparql import prologue

if TYPE_CHECKING:
    from provkg.index import ReadIndex

FORMATS: Final = ("text", "json", "markdown")
FAIL_ON: Final = ("production", "any")
PRODUCTION: Final = "production"
# What has to be looked at first; kinds that are not here follow by their names.
ORDER: Final = (
    *("Deployment", "ModelVersion", "Checkpoint", "PredictionBatch", "Prediction", "DatasetVersion", "Split", "Slice"),
)
_PROLOGUE: Final = prologue("pvk", "prov")
_SERVING: Final = """
SELECT ?deployment ?stage ?model ?since ?ended WHERE {
  ?deployment pvk:deploys ?model .
  OPTIONAL { ?deployment pvk:deploymentStage ?stage }
  OPTIONAL { ?deployment prov:generatedAtTime ?since }
  OPTIONAL { ?deployment prov:invalidatedAtTime ?ended }
}"""


@dataclass(frozen=True)
class Affected:
    """A thing that rests on the one asked for, `distance` dependencies away; `stage` says where it serves now."""

    node: Node
    distance: int
    stage: str | None = None

    @property
    def is_live(self) -> bool:
        """Whether it serves now, or is a model that does."""
        return self.stage is not None


class Impact:
    """Everything that rests on a thing, as one state of the graph knows it; going through it begins with what is live.

    `moment` is when "now" is.
    """

    def __init__(self, lineage: Lineage, stages: Mapping[str, str], moment: datetime) -> None:
        self.lineage, self.moment = lineage, moment
        self._stages = stages

    @cached_property
    def affected(self) -> tuple[Affected, ...]:
        """What is touched: live things first, those in production before others, then by kind and distance."""
        far = self.lineage.distances()
        found = (Affected(node, far.get(node.iri, 0), self._stages.get(node.iri)) for node in self.lineage)
        return tuple(sorted(found, key=_place))

    @property
    def live(self) -> tuple[Affected, ...]:
        """What serves now: deployments and their models."""
        return tuple(each for each in self.affected if each.is_live)

    @property
    def runs(self) -> tuple[Node, ...]:
        """The runs that made what is touched, by name."""
        asked = {self.lineage.made_by.get(root) for root in self.lineage.roots}
        made = {run for run in self.lineage.made_by.values() if run not in asked}
        return tuple(sorted((self.lineage.nodes[run] for run in made), key=lambda run: (run.label, run.iri)))

    def counts(self) -> dict[str, int]:
        """Return how many things of each kind are touched, by the local names of classes."""
        found: dict[str, int] = {}
        for each in sorted(self.affected, key=lambda each: _rank(each.node.type)):
            found[each.node.type] = found.get(each.node.type, 0) + 1
        return found

    def path(self, thing: str) -> tuple[Dependency, ...]:
        """Return a shortest way from `thing` back to what was asked for; raises `BadParameter` where there is none."""
        way, here = [], thing
        while here not in self.lineage.roots:
            if here not in self._ways:
                raise BadParameter(f"{thing} does not rest on {self.lineage.roots[0]}")
            way.append(self._ways[here])
            here = way[-1].target
        return tuple(way)

    @cached_property
    def _ways(self) -> dict[str, Dependency]:
        return self.lineage.ways()

    def fails(self, on: str) -> bool:
        """Whether something is touched in `production`, or at all (`any`)."""
        if on not in FAIL_ON:
            raise BadParameter(f"{on!r} is nothing to fail on; take one of {', '.join(FAIL_ON)}")
        return bool(self.affected) if on == "any" else any(each.stage == PRODUCTION for each in self.affected)

    def text(self, format: str = "text", *, paths: bool = False, everything: bool = False) -> str:  # noqa: A002 - the word that people type
        """Return it in words, as JSON or Markdown; `paths` tells the way to each, `everything` leaves nothing out."""
        from provkg.lineage.impact_words import markdown, words  # which tell this value

        if format not in FORMATS:
            raise BadParameter(f"{format!r} is no format of an impact; take one of {', '.join(FORMATS)}")
        if format == "json":
            return json.dumps(self._document(), ensure_ascii=False, indent=2) + "\n"
        lines = markdown(self, paths=paths) if format == "markdown" else words(self, paths=paths, everything=everything)
        return "\n".join(lines) + "\n"

    def __len__(self) -> int:
        return len(self.affected)

    def __iter__(self) -> Iterator[Affected]:
        return iter(self.affected)

    def __str__(self) -> str:
        return self.text()

    def _document(self) -> dict[str, Any]:
        return {
            "thing": list(self.lineage.roots),
            "moment": self.moment.isoformat(),
            "size": self.lineage.size,
            "counts": self.counts(),
            "live": [each.node.iri for each in self.live],
            "runs": [run.iri for run in self.runs],
            "affected": [
                {**vars(each.node), "distance": each.distance, "stage": each.stage, "path": self._way(each.node.iri)}
                for each in self.affected
            ],
        }

    def _way(self, thing: str) -> list[str]:
        return [each.target for each in self.path(thing)]


def impact(index: ReadIndex, thing: NamedNode, *, at: datetime | None = None) -> Impact:
    """Return what rests on `thing` or on the same content, and which of it serves at a moment, or now."""
    moment = at or datetime.now(UTC)
    if moment.tzinfo is None:
        raise BadParameter(f"the moment {moment.isoformat()} has no time zone; give one, such as {moment.isoformat()}Z")
    return Impact(downstream(index, thing), _stages(index, moment), moment)


def _stages(index: ReadIndex, moment: datetime) -> dict[str, str]:
    """Return in which stage deployments serve at a moment, and their models; a model by its gravest one."""
    found: dict[str, str] = {}
    for deployment, stage, model, since, ended in index.query(_PROLOGUE + _SERVING).rows:
        if not _is_between(since, moment, ended):
            continue
        word = stage.value.rpartition("-")[2] if isinstance(stage, NamedNode) else "unknown"
        for thing in (deployment, model):
            if isinstance(thing, NamedNode) and found.get(thing.value) != PRODUCTION:
                found[thing.value] = word
    return found


def _is_between(since: object, moment: datetime, ended: object) -> bool:
    begun = not isinstance(since, Literal) or datetime.fromisoformat(since.value) <= moment
    return begun and (not isinstance(ended, Literal) or datetime.fromisoformat(ended.value) > moment)


def _place(each: Affected) -> tuple[Any, ...]:
    gravity = 0 if each.stage == PRODUCTION else 1 if each.is_live else 2
    return (gravity, _rank(each.node.type), each.distance, each.node.label, each.node.iri)


def _rank(kind: str) -> tuple[int, str]:
    if kind in ORDER:
        return ORDER.index(kind), kind
    return len(ORDER) + (kind in SURROUNDINGS), kind
