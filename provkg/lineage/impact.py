"""Impact: what is touched if a thing turns out bad, first what serves people now, with the way that leads to each."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, get_args

from pyoxigraph import NamedNode

from provkg.errors import BadParameter
from provkg.lineage.describing import local, node_of, type_of
from provkg.lineage.graph import SAME_CONTENT, Dependency, Lineage, Node
from provkg.lineage.reach import Reach, is_serving, reached
from provkg.lineage.tracing import lineage_of
from provkg.lineage.wording import SURROUNDINGS
from provkg.records.choices import DeploymentStage
from provkg.vocabulary import Deployment, deploymentStage, deploys

if TYPE_CHECKING:
    from provkg.index import ReadIndex

FORMATS: Final = ("text", "json", "markdown", "csv")
AT_ONCE: Final = 500
"""Things whose names are looked up with them, so that they can be told when the state that was asked is closed."""
PRODUCTION: Final = "production"
FAIL_ON: Final = (PRODUCTION, *(stage for stage in get_args(DeploymentStage) if stage != PRODUCTION), "any")
# What has to be looked at first; kinds that are not here follow by their names.
ORDER: Final = (
    *("Deployment", "ModelVersion", "Checkpoint", "PredictionBatch", "Prediction", "DatasetVersion", "Split", "Slice"),
)


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

    `moment` is when "now" is. What is asked of it is looked up then: how much is touched, of which kinds and what is
    live at once, names, runs and ways for what is shown.
    """

    def __init__(self, reach: Reach, moment: datetime, size: int) -> None:
        self.moment, self.size = moment, size
        self._reach, self._known = reach, reach.known

    @property
    def at_moment(self) -> bool:
        """Whether only what existed at a moment was asked for."""
        return self._reach.at is not None

    @cached_property
    def lineage(self) -> Lineage:
        """Everything that rests on it, with all names and all that depends on what."""
        return lineage_of(self._reach, self.size)

    @cached_property
    def asked(self) -> Node:
        """The thing itself."""
        return node_of(self._known, self._reach.asked)

    @cached_property
    def affected(self) -> tuple[Affected, ...]:
        """What is touched: live things first, those in production before others, then by kind and distance."""
        self._known.said(self._reach.things)
        return tuple(sorted(map(self._told, self._reach.things), key=_place))

    @cached_property
    def live(self) -> tuple[Affected, ...]:
        """What serves now: deployments and their models."""
        return tuple(sorted(map(self._told, self._stages.keys() & self._reach.things), key=_place))

    @cached_property
    def runs(self) -> tuple[Node, ...]:
        """The runs that made what is touched, by name."""
        return self._run_nodes(self._runs)

    @property
    def run_count(self) -> int:
        """How many runs made what is touched."""
        return len(self._runs)

    def some_runs(self, most: int) -> tuple[Node, ...]:
        """Return the runs that made what is touched, or of very many the first by IRI, so that few are looked up."""
        if len(self._runs) <= AT_ONCE:
            return self.runs
        return self._run_nodes(self._by_iri(self._runs)[:most])

    @cached_property
    def _runs(self) -> set[int]:
        made = self._known.makers(self._reach.distances)
        asked = set().union(*(made[root] for root in self._reach.roots))
        # As in a drawing, the first of several that claim to have made a thing.
        return {self._first(made[each]) for each in self._reach.things if made[each]} - asked

    def _run_nodes(self, runs: Collection[int]) -> tuple[Node, ...]:
        self._known.said(runs)
        return tuple(sorted((node_of(self._known, run, "activity") for run in runs), key=_by_label))

    def made_by(self, each: Affected) -> Node | None:
        """Return the run that made a thing."""
        number = self._known.number(NamedNode(each.node.iri))
        runs = self._known.makers((number,))[number]
        return node_of(self._known, self._first(runs), "activity") if runs else None

    def counts(self) -> dict[str, int]:
        """Return how many things of each kind are touched, by the local names of classes."""
        found = {kind: len(things) for kind, things in self._by_kind.items()}
        return dict(sorted(found.items(), key=lambda each: _rank(each[0])))

    def of_kind(self, kind: str, most: int | None = None) -> tuple[Affected, ...]:
        """Return what is touched of a kind and not live, nearest first; `most` says how many are enough.

        As many are told by name; of very many that are as near, those whose IRIs come first.
        """
        things = [each for each in self._by_kind.get(kind, ()) if each not in self._stages]
        if most is not None and len(things) > most:
            distances = self._reach.distances
            furthest = sorted(map(distances.__getitem__, things))[most - 1]
            things = [each for each in things if distances[each] <= furthest]
            if len(things) > AT_ONCE:
                things = sorted(self._by_iri(things), key=distances.__getitem__)[:most]
        self._known.said(things)
        return tuple(sorted(map(self._told, things), key=_place)[:most])

    def path(self, thing: str) -> tuple[Dependency, ...]:
        """Return a shortest way from `thing` back to what was asked for; raises `BadParameter` where there is none."""
        way, here = [], thing
        while here not in self.lineage.roots:
            if here not in self._ways:
                raise BadParameter(f"{thing} does not rest on {self.asked.iri}")
            way.append(self._ways[here])
            here = way[-1].target
        if here != self.asked.iri:  # a copy of it
            way.append(Dependency(here, self.asked.iri, SAME_CONTENT))
        return tuple(way)

    @cached_property
    def _ways(self) -> dict[str, Dependency]:
        return self.lineage.ways()

    def fails(self, on: str) -> bool:
        """Whether something is touched that serves in a stage, such as `production`, or at all (`any`)."""
        if on not in FAIL_ON:
            raise BadParameter(f"{on!r} is nothing to fail on; take one of {', '.join(FAIL_ON)}")
        return bool(len(self)) if on == "any" else any(each.stage == on for each in self.live)

    def text(self, format: str = "text", *, paths: bool = False, everything: bool = False) -> str:  # noqa: A002 - the word that people type
        """Return it in words, as JSON, Markdown or CSV.

        `paths` tells the way to each, `everything` leaves nothing out; JSON and CSV never do.
        """
        from provkg.lineage.impact_words import csv_table, markdown, words  # which tell this value

        if format not in FORMATS:
            raise BadParameter(f"{format!r} is no format of an impact; take one of {', '.join(FORMATS)}")
        if format == "json":
            return json.dumps(self._document(), ensure_ascii=False, indent=2) + "\n"
        if format == "csv":
            return csv_table(self)
        lines = markdown(self, paths=paths) if format == "markdown" else words(self, paths=paths, everything=everything)
        return "\n".join(lines) + "\n"

    def __len__(self) -> int:
        return len(self._reach.things)

    def look_up(self) -> None:
        """Look up how much is touched and what is live, and, where it is not much, all there is to tell."""
        _ = self.live, self._by_kind, self.asked
        if len(self) <= AT_ONCE:
            _ = self.affected, self.runs, self.lineage

    def __iter__(self) -> Iterator[Affected]:
        return iter(self.affected)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"Impact({self.asked.iri}: {len(self):,} thing{'' if len(self) == 1 else 's'})"

    def _repr_html_(self) -> str:
        """Show itself in a notebook."""
        from provkg.lineage.impact_words import html  # which tells this value

        return html(self)

    def _document(self) -> dict[str, Any]:
        return {
            "thing": list(self.lineage.roots),
            "moment": self.moment.isoformat(),
            "ledgerEntries": self.size,
            "things": len(self),
            "counts": self.counts(),
            "live": [each.node.iri for each in self.live],
            "runs": [run.iri for run in self.runs],
            "affected": [
                {
                    **each.node.document(),
                    "distance": each.distance,
                    "stage": each.stage,
                    "path": self._way(each.node.iri),
                }
                for each in self.affected
            ],
        }

    def _way(self, thing: str) -> list[str]:
        return [each.target for each in self.path(thing)]

    @cached_property
    def _by_kind(self) -> dict[str, list[int]]:
        kinds = self._known.kinds(self._reach.things)
        names, found = dict[frozenset[NamedNode], str](), dict[str, list[int]]()
        for each in self._reach.things:
            classes = kinds[each]
            if (name := names.get(classes)) is None:
                name = names[classes] = type_of(classes)
            found.setdefault(name, []).append(each)
        return found

    @cached_property
    def _stages(self) -> dict[int, str]:
        """In which stage deployments serve at the moment, and their models; a model by its gravest one."""
        kinds, found = self._known.kinds(self._reach.distances), dict[int, str]()
        deployments = [each for each in self._reach.distances if Deployment in kinds[each]]
        self._known.said(deployments)
        for each in deployments:
            if not is_serving(self._known, each, self.moment):
                continue
            stage = next((local(term) for term in self._terms(each, deploymentStage)), "-unknown")
            for thing in (each, *map(self._known.number, self._terms(each, deploys))):
                if found.get(thing) != PRODUCTION:
                    found[thing] = stage.rpartition("-")[2]
        return found

    def _told(self, thing: int) -> Affected:
        return Affected(node_of(self._known, thing), self._reach.distances[thing], self._stages.get(thing))

    def _terms(self, thing: int, relation: NamedNode) -> list[NamedNode]:
        return [each for each in self._known.of(thing, relation) if isinstance(each, NamedNode)]

    def _first(self, things: Collection[int]) -> int:
        # Most were made by one run, whose IRI need not be known.
        return next(iter(things)) if len(things) == 1 else self._by_iri(things)[0]

    def _by_iri(self, things: Iterable[int]) -> list[int]:
        return sorted(things, key=lambda each: self._known.node(each).value)


def impact(index: ReadIndex, thing: NamedNode, *, at: datetime | None = None) -> Impact:
    """Return what rests on `thing` or on the same content, and which of it serves at a moment, or now.

    At a moment, only what existed then.
    """
    found = Impact(reached(index, thing, "down", at=at), at or datetime.now(UTC), index.size)
    found.look_up()
    return found


def _by_label(node: Node) -> tuple[str, str]:
    return node.label, node.iri


def _place(each: Affected) -> tuple[Any, ...]:
    gravity = 0 if each.stage == PRODUCTION else 1 if each.is_live else 2
    return (gravity, _rank(each.node.type), each.distance, each.node.label, each.node.iri)


def _rank(kind: str) -> tuple[int, str]:
    if kind in ORDER:
        return ORDER.index(kind), kind
    return len(ORDER) + (kind in SURROUNDINGS), kind
