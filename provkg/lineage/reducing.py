"""A lineage with things of some kinds alone: the others are walked through, and what they connect is one dependency."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from provkg.errors import BadParameter
from provkg.lineage.graph import Dependency, Lineage, Node, part
from provkg.vocabulary import NAMESPACES, SUPERCLASSES

# What people say for several classes, or for one shortly.
WORDS: Final = {
    "data": ("DatasetVersion", "DataSubset", "DataSource"),
    "dataset": ("DatasetVersion", "DataSubset"),
    "model": ("ModelVersion",),
    "file": ("ArtifactFile",),
    "code": ("SourceRevision",),
    "package": ("SoftwarePackage",),
    "metric": ("Measurement",),
    "source": ("DataSource",),
    "batch": ("PredictionBatch",),
}
_CLASSES: Final = {
    kind.value.rpartition("#")[2]: kind for kind in SUPERCLASSES if kind.value.startswith(NAMESPACES["pvk"])
}


def only(lineage: Lineage, kinds: Iterable[str]) -> Lineage:
    """Return `lineage` with things of `kinds`, words or names of classes, and what was asked for."""
    kinds = (kinds,) if isinstance(kinds, str) else tuple(kinds)
    wanted = {name for kind in kinds for name in classes_called(kind)}
    if not wanted:
        return lineage
    asked = {*lineage.roots[:1], *([lineage.end] if lineage.end is not None else [])}
    kept = {iri for iri, node in lineage.nodes.items() if node.kind == "entity" and _is_any(node, wanted)} | asked
    roots = tuple(root for root in lineage.roots if root in kept)
    joined = tuple(each for root in _places(lineage, kept) for each in _leaps(lineage, root, kept))
    found = part(replace(lineage, roots=roots, dependencies=joined), kept)
    limits = replace(lineage.limits, kinds=kinds, others=len(lineage) - len(found))
    return replace(found, limits=limits)


def classes_called(kind: str) -> tuple[str, ...]:
    """Return the names of the classes that `kind` means: `model`, `dataset`, `ModelVersion` and the like."""
    wanted = "".join(letter for letter in kind.lower() if letter.isalnum())
    if wanted in WORDS:
        return WORDS[wanted]
    found = tuple(name for name in _CLASSES if name.lower() == wanted)
    if not found:
        known = ", ".join((*WORDS, "deployment", "prediction", "checkpoint"))
        raise BadParameter(f"{kind!r} is no kind of thing; take one of {known}, or a class such as DatasetVersion")
    return found


def _is_any(node: Node, wanted: set[str]) -> bool:
    wider = SUPERCLASSES.get(_CLASSES[node.type], ()) if node.type in _CLASSES else ()
    return node.type in wanted or any(kind.value.rpartition("#")[2] in wanted for kind in wider)


def _places(lineage: Lineage, kept: set[str]) -> list[str]:
    # Other things of the content that was asked for lead on as well, and are not shown unless they are of a kind.
    return sorted(kept & lineage.distances().keys())


def _leaps(lineage: Lineage, start: str, kept: set[str]) -> Iterator[Dependency]:
    """Yield a dependency from `start` to each thing that is kept and comes next, by a shortest way."""
    seen, waiting = {start}, deque[tuple[str, tuple[Dependency, ...]]]([(start, ())])
    beside = set(lineage.roots) - kept if start in lineage.roots else set()
    waiting.extend((root, ()) for root in sorted(beside))
    seen |= beside
    while waiting:
        here, way = waiting.popleft()
        for each in lineage.next_to(here):
            there = lineage.far_end(each)
            if there in seen:
                continue
            seen.add(there)
            if there in kept:
                yield _leap(lineage, start, there, (*way, each))
            else:
                waiting.append((there, (*way, each)))


def _leap(lineage: Lineage, near: str, far: str, way: tuple[Dependency, ...]) -> Dependency:
    if len(way) == 1 and lineage.near_end(way[0]) == near:
        return way[0]
    source, target = (near, far) if lineage.direction == "up" else (far, near)
    return Dependency(source, target, "dependsOn", steps=way if lineage.direction == "up" else way[::-1])
