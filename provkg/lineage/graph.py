"""The value that a lineage is: things, the runs that made them, the agents behind these, and what depends on what."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from textwrap import shorten
from typing import TYPE_CHECKING, Any, Final
from typing import Literal as OneOf

from provkg.lineage.wording import SURROUNDINGS, in_words

if TYPE_CHECKING:
    from datetime import datetime

    import networkx as nx

Direction = OneOf["up", "down"]
Kind = OneOf["entity", "activity", "agent"]
SAME_CONTENT: Final = "sameContent"
"""The relation between two things whose digests say that they are the same."""
MADE_BY: Final = "wasGeneratedBy"
BEHIND: Final = "wasAssociatedWith"
SERVED_BY: Final = "servedBy"
"""The relation from an endpoint to what is deployed at it, whose record states it the other way round."""
SHOWN_OF_A_REASON: Final = 100
TEXT_FORMATS: Final = ("tree", "table", "paths", "dot", "mermaid", "json", "graphml", "svg")


@dataclass(frozen=True)
class Ended:
    """That a thing holds no longer: how it ended, such as `recalled`, when, and why."""

    how: str
    at: str
    reason: str | None = None

    def __str__(self) -> str:
        said = f"{self.how} {self.at[:10]}"
        return shorten(f"{said}: {self.reason}", SHOWN_OF_A_REASON, placeholder=" …") if self.reason else said


@dataclass(frozen=True)
class Node:
    """A thing, a run or an agent; `type` is the local name of its class."""

    iri: str
    kind: Kind
    type: str
    name: str
    version: str | None = None
    when: str | None = None
    ended: Ended | None = None
    """Set where it was recalled, withdrawn, retired or otherwise ended."""

    @property
    def mark(self) -> str:
        """What is said where it ended: `[recalled 2026-04-02: rows were read twice]`."""
        return f"[{self.ended}]" if self.ended is not None else ""

    def document(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return {**vars(self), "ended": None if self.ended is None else vars(self.ended)}

    @property
    def label(self) -> str:
        """Its name as people give it."""
        return f"{self.name}@{self.version}" if self.version else self.name

    @property
    def type_in_words(self) -> str:
        """Its class in words: `dataset version`."""
        return in_words(self.type)


@dataclass(frozen=True)
class Stated:
    """A record that states something: its id and place in the ledger, when it was taken in, and who wrote it."""

    record: str
    position: int
    recorded: str
    by: str


@dataclass(frozen=True)
class Dependency:
    """`source` depends on `target`; `relation` says how.

    `run` is the run that made the source when it used the target, and `use` how it used it. Where other things lie in
    between that are not shown, `steps` is a shortest way through them. `stated` are the records that say it.
    """

    source: str
    target: str
    relation: str
    run: str | None = None
    use: str | None = None
    steps: tuple[Dependency, ...] = ()
    stated: tuple[Stated, ...] = ()

    def document(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        said = {name: vars(self)[name] for name in ("source", "target", "relation", "run", "use")}
        steps = {"steps": [step.document() for step in self.steps]} if self.steps else {}
        return {**said, **steps, "records": [vars(each) for each in self.stated]}


@dataclass(frozen=True)
class Limits:
    """To what a lineage was limited, and what there is beyond: a limit that keeps all out is no statement about all.

    `others` counts the things that are of none of `kinds`, `apart` the steps between two things that are further from
    each other than `depth`.
    """

    depth: int | None = None
    at: datetime | None = None
    kinds: tuple[str, ...] = ()
    others: int = 0
    apart: int | None = None


Stating = Callable[[Iterable[Dependency]], Mapping[Dependency, tuple[Stated, ...]]]


@dataclass(frozen=True)
class Lineage:
    """Everything upstream or downstream of `roots`, as one state of the graph knows it.

    `roots` is the thing or run asked for, downstream also the things of the same content. `made_by` names the run that
    made a thing, `agents` who stood behind a run.
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
    end: str | None = None
    """Of what lies between two things, the one that the roots lead to."""
    revision: tuple[str, str] | None = None
    """Of the two that something was to lie between, the newer and the older, where one is the revision of the other."""
    since: datetime | None = None
    """Since when the thing asked for exists, where that is later than the moment asked about."""
    origins_stated: tuple[Dependency, ...] = ()
    """What `origins` returns, once the records were looked up."""
    limits: Limits = Limits()
    """What was left out because of how it was asked for."""
    stating: Stating | None = field(default=None, compare=False, repr=False)
    """Finds the records that state dependencies."""

    def __len__(self) -> int:
        return sum(map(self._is_come_to, self.nodes.values()))

    def __iter__(self) -> Iterator[Node]:
        """Go through the things, without the asked ones, nearest first."""
        order = self.distances()
        things = filter(self._is_come_to, self.nodes.values())
        return iter(sorted(things, key=lambda node: (order.get(node.iri, 0), node.type, node.label, node.iri)))

    def _is_come_to(self, node: Node) -> bool:
        return (node.kind == "entity" or node.iri == self.end) and node.iri not in self.roots

    def next_to(self, iri: str) -> list[Dependency]:
        """Return the dependencies that lead on from `iri`, away from the roots."""
        return self._onward.get(iri, [])

    def near_end(self, dependency: Dependency) -> str:
        """Return the end of `dependency` that lies towards the roots."""
        return dependency.source if self.direction == "up" else dependency.target

    def far_end(self, dependency: Dependency) -> str:
        """Return the end of `dependency` that lies away from the roots."""
        return dependency.target if self.direction == "up" else dependency.source

    def distances(self) -> dict[str, int]:
        """Return how many dependencies lie between the roots and each thing; a copy is as near as the other."""
        return self._walked[0]

    def ways(self) -> dict[str, Dependency]:
        """Return for each thing but the roots the dependency by which a shortest way comes to it."""
        return self._walked[1]

    @cached_property
    def _onward(self) -> Mapping[str, list[Dependency]]:
        onward: dict[str, list[Dependency]] = {}
        for dependency in self.dependencies:
            onward.setdefault(self.near_end(dependency), []).append(dependency)
        return onward

    @cached_property
    def _walked(self) -> tuple[dict[str, int], dict[str, Dependency]]:
        found, ways = dict.fromkeys(self.roots, 0), dict[str, Dependency]()
        waiting = deque(self.roots)
        while waiting:
            here = waiting.popleft()
            for dependency in self._onward.get(here, ()):
                there, step = self.far_end(dependency), int(dependency.relation != SAME_CONTENT)
                if found.get(there, found[here] + step + 1) > found[here] + step:
                    found[there], ways[there] = found[here] + step, dependency
                    (waiting.append if step else waiting.appendleft)(there)
        return found, ways

    def within(self, depth: int) -> Lineage:
        """Return the part that lies at most `depth` dependencies from the roots."""
        near = {iri for iri, distance in self.distances().items() if distance <= depth}
        return part(self, near)

    def without_surroundings(self) -> Lineage:
        """Return the lineage without files, code, packages, environments and measurements.

        Those that lead on to other things stay: downstream all, upstream those of which there are copies. Upstream, a
        thing whose making is known is not told once more for each time that the same content was made.
        """
        asked = {*self.roots[:1], *([] if self.end is None else [self.end])}
        steps = self._told_steps()
        bridges = {self.near_end(each) for each in steps if self.direction == "down" or each.relation == SAME_CONTENT}
        plain = {iri for iri, node in self.nodes.items() if node.type not in SURROUNDINGS}
        beside = set(self.roots) & (self.nodes.keys() - plain) - asked
        roots = tuple(root for root in self.roots if root not in beside)
        reduced = part(replace(self, roots=roots, dependencies=steps), (plain | bridges | asked) - beside)
        again = self.direction == "up" and len(steps) < len(self.dependencies)
        return replace(reduced, left_out=len(self) - len(reduced), made_again=again)

    def _told_steps(self) -> tuple[Dependency, ...]:
        """Return the dependencies without steps to copies that tell nothing new."""
        onward: dict[str, set[str]] = {}
        copies: dict[str, set[str]] = {}
        for each in self.dependencies:
            ends = copies if each.relation == SAME_CONTENT else onward
            ends.setdefault(self.near_end(each), set()).add(self.far_end(each))

        def tells_nothing(each: Dependency) -> bool:
            near, far = self.near_end(each), self.far_end(each)
            if self.direction == "up":
                return {near, far} <= self.made_by.keys()
            # The file of a thing leads back to it, or to another copy that is told anyway.
            return self.nodes[far].type in SURROUNDINGS and onward.get(far, set()) <= {near, *copies[near]}

        return tuple(each for each in self.dependencies if each.relation != SAME_CONTENT or not tells_nothing(each))

    def only(self, kinds: Iterable[str]) -> Lineage:
        """Return the lineage with things of these kinds alone, such as `model` and `dataset`, and what was asked for.

        The others are walked through: what they connect is one dependency, whose `steps` tell the way.
        """
        from provkg.lineage.reducing import only

        return only(self, kinds)

    def paths(self) -> Iterator[tuple[Dependency, ...]]:
        """Yield the ways from the root to the other end, shortest first, each without going through a thing twice.

        Of a lineage with one end only, the ways to each thing that leads no further.
        """
        from provkg.lineage.paths import paths

        return paths(self)

    def origins(self) -> tuple[Dependency, ...]:
        """Return which run made which thing, and who stood behind which run; with records, where these were looked up.

        Neither is a dependency: the things are what the runs used to make them.
        """
        return self.origins_stated or tuple(self._origins())

    def origin_records(self, iri: str) -> list[int]:
        """Return the places of the records that say which run made a thing, and who stood behind that."""
        ends = {(iri, MADE_BY), (self.made_by.get(iri, iri), BEHIND)}
        return sorted({stated.position for end in ends for stated in self._records_of_origins.get(end, ())})

    @cached_property
    def _records_of_origins(self) -> Mapping[tuple[str | None, str], list[Stated]]:
        found: dict[tuple[str | None, str], list[Stated]] = {}
        for each in self.origins_stated:
            found.setdefault((each.source, each.relation), []).extend(each.stated)
        return found

    def _origins(self) -> Iterator[Dependency]:
        for iri, run in sorted(self.made_by.items()):
            yield Dependency(iri, run, MADE_BY)
        for run, agents in sorted(self.agents.items()):
            yield from (Dependency(run, agent, BEHIND) for agent in agents)

    def explained(self) -> Lineage:
        """Return the lineage with the records that state each step, as far as the ledger is at hand.

        That is each dependency, which run made each thing, and who stood behind each run.
        """
        if self.stating is None:
            return self
        origins = tuple(self._origins())
        found = self.stating([*origins, *(each for joined in self.dependencies for each in (joined, *joined.steps))])
        told = tuple(
            replace(each, stated=found[each], steps=tuple(replace(step, stated=found[step]) for step in each.steps))
            for each in self.dependencies
        )
        stated = tuple(replace(each, stated=found[each]) for each in origins)
        return replace(self, dependencies=told, origins_stated=stated, stating=None)

    def to_json(self) -> str:
        """Return nodes and dependencies as JSON text, each step with the records that state it."""
        explained = self.explained()
        document = {
            "direction": self.direction,
            "roots": list(self.roots),
            "end": self.end,
            "nodes": [node.document() for node in self._ordered()],
            "dependencies": [dependency.document() for dependency in explained.dependencies],
            "madeBy": dict(sorted(self.made_by.items())),
            "agents": {run: list(agents) for run, agents in sorted(self.agents.items())},
            "origins": [step.document() for step in explained.origins()],
            "size": self.size,
        }
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"

    def to_networkx(self) -> nx.MultiDiGraph[str]:
        """Return a graph of networkx, from what depends to what it depends on; raises `MissingExtra` without it."""
        from provkg.lineage.networks import network

        return network(self)

    def text(self, format: str = "tree", *, everything: bool = False) -> str:  # noqa: A002 - the word that people type
        """Return the lineage as text in one of `TEXT_FORMATS`.

        json and graphml hold everything, the others files, code, packages, environments and measurements on request.
        """
        from provkg.lineage.writing import written  # which draws this value

        return written(self, format, everything=everything)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"Lineage({self.direction} from {self.roots[0]}: {len(self):,} thing{'' if len(self) == 1 else 's'})"

    def _repr_svg_(self) -> str | None:
        """Draw itself in a notebook, where it is not too large for a picture."""
        from provkg.lineage.writing import drawn

        return drawn(self)

    def _repr_html_(self) -> str | None:
        """Show itself in a notebook as a list, where it is too large for a picture."""
        from provkg.lineage.writing import listed

        return listed(self)

    def _ordered(self) -> list[Node]:
        return [self.nodes[iri] for iri in sorted(self.nodes)]


def part(lineage: Lineage, kept: set[str]) -> Lineage:
    """Return the part whose things are `kept`, where the roots still lead to them."""
    between = tuple(d for d in lineage.dependencies if d.source in kept and d.target in kept)
    reached = replace(lineage, dependencies=between)
    ends = {lineage.end} if lineage.end is not None else set()
    things = kept & (reached.distances().keys() | ends)
    made_by = {iri: run for iri, run in lineage.made_by.items() if iri in things}
    told = things.union(made_by.values())
    agents = {run: agents for run, agents in lineage.agents.items() if run in told}
    shown = told.union(*agents.values())
    return replace(
        lineage,
        nodes={iri: node for iri, node in lineage.nodes.items() if iri in shown},
        dependencies=tuple(d for d in between if d.source in things and d.target in things),
        made_by=made_by,
        agents=agents,
        origins_stated=tuple(each for each in lineage.origins_stated if {each.source, each.target} <= shown),
    )
