"""Factors: the single things that were varied, of all the facts that differ because of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

FACTORS: Final = ("data", "code", "settings", "seeds", "environment")
"""The facets that make a result what it is; the others are what came of it."""
USES: Final = {
    "trainingData": "training data",
    "fitsOn": "fitted on",
    "validationData": "validation data",
    "evaluationData": "evaluation data",
    "inputData": "input",
    "referenceData": "reference data",
    "used": "used",
}
"""What data are called by how a run used them."""
_LEARNED: Final = ("training data", "fitted on")
_AS_FACTORS: Final = {"fitted on": "data fitted on", "input": "input data", "used": "data used"}
# What changes along with something else is no factor of its own: another commit has other scripts.
_COMES_WITH: Final[Mapping[str, frozenset[str]]] = {
    "commit": frozenset({"repository"}),
    "branch": frozenset({"repository", "commit"}),
    "digest of the patch": frozenset({"uncommitted changes"}),
    "digest of the script": frozenset(
        {"repository", "commit", "entry point", "uncommitted changes", "digest of the patch"}
    ),
}


def factors_of(facet: str, changed: Collection[str], same: Collection[str]) -> tuple[str, ...]:
    """Return the factors among the facts of a facet that `changed`; `same` are those that did not."""
    if facet not in FACTORS:
        return ()
    if facet == "data":
        return _data(changed, same)
    return tuple(fact for fact in changed if facet != "code" or not _COMES_WITH.get(fact, frozenset()) & {*changed})


def _data(changed: Collection[str], same: Collection[str]) -> tuple[str, ...]:
    """Return the uses for which other data were taken: what a run learned from brings along what it is judged on.

    So `one-factor-pairs` has it, too. Data of the same content are the same, whatever they are called.
    """
    uses = [use for use in USES.values() if _other_data(use, changed) and f"{use}: digest" not in same]
    learned = next((use for use in _LEARNED if use in uses), None)
    found = uses if learned is None else [use for use in uses if use in {learned, "reference data"}]
    return tuple(_AS_FACTORS.get(use, use) for use in found)


def _other_data(use: str, changed: Collection[str]) -> bool:
    return any(fact == use or fact.startswith(f"{use}: ") for fact in changed)
