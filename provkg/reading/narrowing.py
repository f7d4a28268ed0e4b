"""Which of several things that bear one name is meant, where only some kinds of thing can be."""

from __future__ import annotations

from collections.abc import Callable

from pyoxigraph import NamedNode

from provkg.errors import AmbiguousName


def narrowed(find: Callable[[], NamedNode], fits: Callable[[NamedNode], bool]) -> NamedNode:
    """Return what `find` returns; where that is ambiguous, the one thing of those that it tells which `fits`.

    Raises `AmbiguousName` with those that fit, or with all where none does.
    """
    try:
        return find()
    except AmbiguousName as error:
        found = [each for each in map(NamedNode, error.iris) if fits(each)]
        if len(found) == 1:
            return found[0]
        raise _of_these(error, {each.value for each in found}) from None


def _of_these(error: AmbiguousName, found: set[str]) -> AmbiguousName:
    # Of very many only the first are told, and then nothing is lost by telling all kinds.
    if not found or len(error.candidates) != len(error.iris):
        return error
    kept = [each for each in zip(error.candidates, error.iris, strict=True) if each[1] in found]
    return AmbiguousName(error.name, [line for line, _ in kept], len(kept), [iri for _, iri in kept])
