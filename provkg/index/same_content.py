"""Model versions of the same bytes: one that serves was trained where a version of its content was."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from provkg import vocabulary as v

if TYPE_CHECKING:
    from provkg.index.reading import ReadIndex


def trained_version(index: ReadIndex, model: NamedNode) -> NamedNode:
    """Return the version of the same bytes whose training is recorded, where that of `model` is not; else `model`.

    A version that was written to a file has the bytes of that file too, as an estimator in memory has others. Of
    several it is the one that was made last.
    """
    if _trained(index, [model]):
        return model
    (digests,) = index.linked([model], v.sha256)
    alike = _bearers(index, (each for each in digests if isinstance(each, Literal)))
    found = _trained(index, sorted(alike - {model}, key=str))
    return max(found, key=lambda each: (_made(index, each), each.value), default=model)


def _bearers(index: ReadIndex, digests: Iterable[Literal]) -> set[NamedNode]:
    bearers = _nodes(index.linked(digests, v.sha256, backwards=True))
    return bearers | _nodes(index.linked(bearers, v.hasFile, backwards=True))


def _nodes(found: Iterable[Iterable[object]]) -> set[NamedNode]:
    return {each for ends in found for each in ends if isinstance(each, NamedNode)}


def _trained(index: ReadIndex, things: list[NamedNode]) -> list[NamedNode]:
    return [each for each, runs in zip(things, index.linked(things, v.trainedBy), strict=True) if runs]


def _made(index: ReadIndex, thing: NamedNode) -> str:
    (times,) = index.linked([thing], v.prov_generatedAtTime)
    return max((each.value for each in times if isinstance(each, Literal)), default="")
