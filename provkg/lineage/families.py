"""Which things can be compared with each other: runs with runs, data with data, models with models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from provkg import vocabulary as v

if TYPE_CHECKING:
    from provkg.index import ReadIndex

# The first that fits counts: a deployment or a batch is an entity, too.
_FAMILIES: Final[tuple[tuple[str, frozenset[NamedNode]], ...]] = (
    ("run", frozenset({v.prov_Activity, v.Run})),
    ("model", frozenset({v.ModelVersion, v.Checkpoint, v.Model})),
    ("dataset", frozenset({v.DatasetVersion, v.DataSubset, v.Split, v.Slice, v.Dataset, v.ArtifactFile})),
    ("environment", frozenset({v.Environment, v.SoftwareEnvironment, v.HardwareConfiguration, v.ContainerImage})),
    ("pipeline", frozenset({v.prov_Plan, v.Pipeline, v.Step})),
    ("agent", frozenset({v.prov_Agent})),
    ("batch of predictions", frozenset({v.PredictionBatch})),
    ("deployment", frozenset({v.Deployment})),
)


def family(index: ReadIndex, thing: NamedNode) -> str | None:
    """Return what kind of thing it is as far as comparing goes, or None for one that has no such kind."""
    kinds = {triple.object for triple in index.statements(thing, v.rdf_type)}
    return next((name for name, classes in _FAMILIES if kinds & classes), None)


def with_article(name: str) -> str:
    """Return `a run`, `an environment`."""
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"
