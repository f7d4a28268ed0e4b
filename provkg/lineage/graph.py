"""The value that a lineage is: things, the runs that made them, the agents behind these, and what depends on what."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from typing import Literal as OneOf

from provkg.errors import BadParameter

Direction = OneOf["up", "down"]
Kind = OneOf["entity", "activity", "agent"]
# What nearly every thing has around it; drawings leave it out unless it is asked for.
SURROUNDINGS: Final = frozenset(
    {
        "Accelerator",
        "ArtifactFile",
        "ContainerImage",
        "Environment",
        "HardwareConfiguration",
        "MetricObservation",
        "MetricSeries",
        "SoftwareEnvironment",
        "SoftwarePackage",
        "SourceRevision",
    }
)
# Relations whose names are no verbs, as they read in "x … y" and "(… it)".
PHRASES: Final = {
    "configuredBy": "configured by",
    "deploys": "serves",
    "evaluatedModel": "evaluated",
    "evaluationData": "evaluated on",
    "fitsOn": "fitted on",
    "hadMember": "contains",
    "hasContainer": "contains",
    "hasFile": "kept in",
    "hasHardware": "contains",
    "hasSoftware": "contains",
    "includesPackage": "contains",
    "initializedFrom": "started from",
    "inputData": "read",
    "predictedBy": "predicted by",
    "ranIn": "ran in",
    "referenceData": "looked up in",
    "rewardModel": "rewarded by",
    "sameContent": "same content as",
    "trainingData": "trained on",
    "usedCode": "ran code",
    "usedLibrary": "ran with",
    "usedModel": "ran model",
    "usedPrompt": "prompted with",
    "validationData": "validated on",
}
SAME_CONTENT: Final = "sameContent"
"""The relation between two things whose digests say that they are the same."""
TEXT_FORMATS: Final = ("tree", "dot", "mermaid", "json", "svg")


@dataclass(frozen=True)
class Node:
    """A thing, a run or an agent; `type` is the local name of its class."""

    iri: str
    kind: Kind
    type: str
    name: str
    version: str | None = None
    when: str | None = None

    @property
    def label(self) -> str:
        """Its name as people give it."""
        return f"{self.name}@{self.version}" if self.version else self.name

    @property
    def type_in_words(self) -> str:
        """Its class in words: `dataset version`."""
        return in_words(self.type)


@dataclass(frozen=True)
class Dependency:
    """`source` depends on `target`; `relation` says how.

    `run` is the run that made the source when it used the target, and `use` how it used it.
    """

    source: str
    target: str
    relation: str
    run: str | None = None
    use: str | None = None


@dataclass(frozen=True)
class Lineage:
    """Everything upstream or downstream of `roots`, as one state of the graph knows it.

    `roots` is the thing asked for, downstream also the things of the same content. `made_by` names the run that made a
    thing, `agents` who stood behind a run.
    """

    direction: Direction
    roots: tuple[str, ...]
    nodes: Mapping[str, Node]
    dependencies: tuple[Dependency, ...]
    made_by: Mapping[str, str]
    agents: Mapping[str, tuple[str, ...]]
    size: int = 0
    left_out: int = 0
    made_again: bool = False
    """Whether things that were made more than once, with the same content, are among those left out."""

    def __len__(self) -> int:
        return sum(node.kind == "entity" for node in self.nodes.values()) - len(self.roots)

    def __iter__(self) -> Iterator[Node]:
        """Go through the things, without the asked ones, nearest first."""
        order = self.distances()
        things = (node for node in self.nodes.values() if node.kind == "entity" and node.iri not in self.roots)
        return iter(sorted(things, key=lambda node: (order.get(node.iri, 0), node.type, node.label, node.iri)))

    def next_to(self, iri: str) -> list[Dependency]:
        """Return the dependencies that lead on from `iri`, away from the roots."""
        return [dependency for dependency in self.dependencies if self._near_end(dependency) == iri]

    def _near_end(self, dependency: Dependency) -> str:
        return dependency.source if self.direction == "up" else dependency.target

    def far_end(self, dependency: Dependency) -> str:
        """Return the end of `dependency` that lies away from the roots."""
        return dependency.target if self.direction == "up" else dependency.source

    def distances(self) -> dict[str, int]:
        """Return how many dependencies lie between the roots and each thing; a copy is as near as the other."""
        return self._walked()[0]

    def ways(self) -> dict[str, Dependency]:
        """Return for each thing but the roots the dependency by which a shortest way comes to it."""
        return self._walked()[1]

    def _walked(self) -> tuple[dict[str, int], dict[str, Dependency]]:
        onward: dict[str, list[Dependency]] = {}
        for dependency in self.dependencies:
            onward.setdefault(self._near_end(dependency), []).append(dependency)
        found, ways = dict.fromkeys(self.roots, 0), dict[str, Dependency]()
        waiting = deque(self.roots)
        while waiting:
            here = waiting.popleft()
            for dependency in onward.get(here, ()):
                there, step = self.far_end(dependency), int(dependency.relation != SAME_CONTENT)
                if found.get(there, found[here] + step + 1) > found[here] + step:
                    found[there], ways[there] = found[here] + step, dependency
                    (waiting.append if step else waiting.appendleft)(there)
        return found, ways

    def within(self, depth: int) -> Lineage:
        """Return the part that lies at most `depth` dependencies from the roots."""
        near = {iri for iri, distance in self.distances().items() if distance <= depth}
        return _part(self, near)

    def without_surroundings(self) -> Lineage:
        """Return the lineage without files, code, packages, environments and measurements.

        Those that lead on to other things stay: downstream all, upstream those of which there are copies. Upstream, a
        thing whose making is known is not told once more for each time that the same content was made.
        """
        asked = set(self.roots[:1])
        steps = self._told_steps()
        bridges = {self._near_end(each) for each in steps if self.direction == "down" or each.relation == SAME_CONTENT}
        plain = {iri for iri, node in self.nodes.items() if node.type not in SURROUNDINGS}
        beside = set(self.roots) & (self.nodes.keys() - plain) - asked
        roots = tuple(root for root in self.roots if root not in beside)
        reduced = _part(replace(self, roots=roots, dependencies=steps), (plain | bridges | asked) - beside)
        again = self.direction == "up" and len(steps) < len(self.dependencies)
        return replace(reduced, left_out=len(self) - len(reduced), made_again=again)

    def _told_steps(self) -> tuple[Dependency, ...]:
        """Return the dependencies without steps to copies that tell nothing new."""
        onward: dict[str, set[str]] = {}
        copies: dict[str, set[str]] = {}
        for each in self.dependencies:
            ends = copies if each.relation == SAME_CONTENT else onward
            ends.setdefault(self._near_end(each), set()).add(self.far_end(each))

        def tells_nothing(each: Dependency) -> bool:
            near, far = self._near_end(each), self.far_end(each)
            if self.direction == "up":
                return {near, far} <= self.made_by.keys()
            # The file of a thing leads back to it, or to another copy that is told anyway.
            return self.nodes[far].type in SURROUNDINGS and onward.get(far, set()) <= {near, *copies[near]}

        return tuple(each for each in self.dependencies if each.relation != SAME_CONTENT or not tells_nothing(each))

    def to_json(self) -> str:
        """Return nodes and dependencies as JSON text."""
        document = {
            "direction": self.direction,
            "roots": list(self.roots),
            "nodes": [vars(node) for node in self._ordered()],
            "dependencies": [vars(dependency) for dependency in self.dependencies],
            "madeBy": dict(sorted(self.made_by.items())),
            "agents": {run: list(agents) for run, agents in sorted(self.agents.items())},
            "size": self.size,
        }
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"

    def text(self, format: str = "tree", *, everything: bool = False) -> str:  # noqa: A002 - the word that people type
        """Return the lineage as tree, dot, mermaid, json or svg text; json holds everything, the others on request."""
        # They draw this value, so they import this module first.
        from provkg.lineage.drawing import dot, mermaid
        from provkg.lineage.picture import svg
        from provkg.lineage.tree import tree

        drawn = self if everything else self.without_surroundings()
        writers = {"tree": tree, "dot": dot, "mermaid": mermaid, "svg": svg}
        if format == "json":
            return self.to_json()
        if format not in writers:
            raise BadParameter(f"{format!r} is no format of a lineage; take one of {', '.join(TEXT_FORMATS)}")
        return writers[format](drawn)

    def __str__(self) -> str:
        return self.text()

    def _repr_svg_(self) -> str:
        """Draw itself in a notebook."""
        return self.text("svg")

    def _ordered(self) -> list[Node]:
        return [self.nodes[iri] for iri in sorted(self.nodes)]


def _part(lineage: Lineage, kept: set[str]) -> Lineage:
    """Return the part whose things are `kept`, where the roots still lead to them."""
    between = tuple(d for d in lineage.dependencies if d.source in kept and d.target in kept)
    reached = replace(lineage, dependencies=between)
    things = kept & reached.distances().keys()
    made_by = {iri: run for iri, run in lineage.made_by.items() if iri in things}
    agents = {run: agents for run, agents in lineage.agents.items() if run in made_by.values()}
    shown = things | set(made_by.values()) | {agent for group in agents.values() for agent in group}
    return replace(
        lineage,
        nodes={iri: node for iri, node in lineage.nodes.items() if iri in shown},
        dependencies=tuple(d for d in between if d.source in things and d.target in things),
        made_by=made_by,
        agents=agents,
    )


def in_words(name: str) -> str:
    """Return a class or property name in words: `trainedOn` gives `trained on`, `wasDerivedFrom` `derived from`."""
    if name in PHRASES:
        return PHRASES[name]
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
    return words.removeprefix("was ").removeprefix("had ")


def joined(names: Sequence[str]) -> str:
    """Return `names` as one phrase."""
    return ", ".join(dict.fromkeys(names))
