"""What kinds of things and relations are called when a lineage is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

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
    "dependsOn": "rests on",
    "deployedAt": "deployed at",
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
    "inRepository": "commit in",
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


def in_words(name: str) -> str:
    """Return a class or property name in words: `trainedOn` gives `trained on`, `wasDerivedFrom` `derived from`."""
    if name in PHRASES:
        return PHRASES[name]
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
    return words.removeprefix("was ").removeprefix("had ")


def joined(names: Sequence[str]) -> str:
    """Return `names` as one phrase."""
    return ", ".join(dict.fromkeys(names))


def some(names: Sequence[str], shown: int = 5) -> str:
    """Return `a`, `a and b`, `a, b and c`; of many, the first `shown` and how many more."""
    if len(names) > shown:
        return f"{', '.join(names[:shown])} and {len(names) - shown:,} more"
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)
