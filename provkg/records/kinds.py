"""The kind of a record from what it says, in the words in which capture names its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from pyoxigraph import NamedNode, Triple

from provkg import vocabulary as v
from provkg.records.record import CLOSED, DEPLOYMENT, OPENED

ADDED: Final = "added"
"""What is said of a record of no or of several kinds."""
_ACTS: Final = {
    v.DeploymentRun: DEPLOYMENT,
    v.Deployment: DEPLOYMENT,
    v.SelectionDecision: "selection",
    v.Run: "run",
}
# Told beside an act, these are about it.
_JUDGEMENTS: Final = {
    v.Decision: "decision",
    v.Investigation: "investigation",
    v.IntegrityCheck: "integrity-check",
    v.Redaction: "redaction",
}
_THINGS: Final = {
    v.DatasetVersion: "dataset",
    v.Dataset: "dataset",
    v.DataSubset: "dataset",
    v.ModelVersion: "model",
    v.Model: "model",
    v.Experiment: "experiment",
    v.Environment: "environment",
}
_NOTES: Final = {
    v.Alert: "alert",
    v.Attestation: "attestation",
    v.DataIssue: "data-issue",
    v.DataProfile: "data-profile",
    v.Documentation: "documentation",
    v.LicenseGrant: "licence-grant",
    v.Policy: "policy",
    v.ProvenanceRequirement: "requirement",
    v.RegistryEntry: "registry-entry",
}


def record_type(triples: Iterable[Triple]) -> str:
    """Return `run-closed`, `dataset`, `deployment`, …: the kind of what the record is about, `added` when unclear.

    What happened comes before the things that it used and made, and these before what was noted about them.
    """
    types, ended = defaultdict[object, set[NamedNode]](set), set[object]()
    for triple in triples:
        if triple.predicate == v.rdf_type and isinstance(triple.object, NamedNode):
            types[triple.subject] |= {triple.object, *v.SUPERCLASSES.get(triple.object, ())}
        elif triple.predicate == v.runStatus:
            ended.add(triple.subject)
    for kinds in (_ACTS, _JUDGEMENTS, _THINGS, _NOTES):
        found = {_told(word, node in ended) for node, said in types.items() if (word := _word(kinds, said))}
        if found:
            return found.pop() if len(found) == 1 else ADDED
    return ADDED


def _word(kinds: dict[NamedNode, str], types: set[NamedNode]) -> str | None:
    return next((word for kind, word in kinds.items() if kind in types), None)


def _told(word: str, ended: bool) -> str:  # noqa: FBT001 - of two, and said at the one place that calls it
    return word if word != "run" else CLOSED if ended else OPENED
