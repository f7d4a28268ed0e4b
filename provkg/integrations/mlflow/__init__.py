"""MLflow: what a script tells MLflow, provkg is told too, and each MLflow run keeps its provenance as an artefact.

MLflow gets what it would without us, and besides a tag `provkg.run` and the artefact `provkg/provenance.ttl`.
"""

from __future__ import annotations

from types import ModuleType

from provkg import integrations
from provkg.integrations.mlflow import watching
from provkg.integrations.observing import Observed


def autolog(*, disable: bool = False) -> None:
    """Record what is told to MLflow from now on, also where MLflow is imported later; `disable` ends that."""
    integrations.autolog("mlflow", disable=disable)


def observe(framework: ModuleType, observed: Observed) -> None:
    """Watch what MLflow is told."""
    watching.observe(framework, observed)
