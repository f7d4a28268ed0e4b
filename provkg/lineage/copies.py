"""Things of one content in a lineage: told as one step from the first that the way comes to, to each of the others."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence

from provkg.lineage.graph import SAME_CONTENT, Dependency, Direction


def with_copies(
    direction: Direction, roots: Sequence[str], dependencies: Sequence[Dependency], contents: Mapping[str, str]
) -> tuple[Dependency, ...]:
    """Return `dependencies` with a step from a thing to each other of its content (`contents`: thing to digest).

    Only from the first of each content, nearest to the roots: between all of them there would be as many as pairs.
    """
    alike, onward = _grouped(contents), _onward(direction, dependencies)
    seen, told, waiting = set(roots), set[str](), deque(roots)
    found: list[Dependency] = []
    while waiting:
        here = waiting.popleft()
        if (digest := contents.get(here)) is not None and digest not in told:
            told.add(digest)
            beside = {*roots, here, *onward.get(here, ())}
            copies = [each for each in alike[digest] if each not in beside]
            found += [_step(direction, here, each) for each in copies]
            # To the front: a copy is no further away than what it is a copy of.
            waiting.extendleft(each for each in reversed(copies) if each not in seen)
            seen.update(copies)
        following = [each for each in onward.get(here, ()) if each not in seen]
        seen.update(following)
        waiting.extend(following)
    return (*dependencies, *found)


def _grouped(contents: Mapping[str, str]) -> dict[str, list[str]]:
    alike: dict[str, list[str]] = defaultdict(list)
    for thing in sorted(contents):
        alike[contents[thing]].append(thing)
    return alike


def _onward(direction: Direction, dependencies: Iterable[Dependency]) -> dict[str, list[str]]:
    onward: dict[str, dict[str, None]] = defaultdict(dict)
    for each in dependencies:
        near, far = (each.source, each.target) if direction == "up" else (each.target, each.source)
        onward[near][far] = None
    return {near: list(far) for near, far in onward.items()}


def _step(direction: Direction, near: str, far: str) -> Dependency:
    return Dependency(near, far, SAME_CONTENT) if direction == "up" else Dependency(far, near, SAME_CONTENT)
