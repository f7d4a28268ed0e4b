"""scikit-learn: splits, fits, pipelines, searches and scores, as the user's program calls them."""

from __future__ import annotations

from types import ModuleType

from provkg.integrations.observing import Observed
from provkg.integrations.on_import import when_imported
from provkg.integrations.sklearn.estimators import observe_estimators
from provkg.integrations.sklearn.splitting import observe_splits


def observe(framework: ModuleType, observed: Observed) -> None:  # noqa: ARG001 - it imports nothing of itself
    """Watch what of scikit-learn is imported, and what will be."""
    when_imported("sklearn.base", lambda module: observe_estimators(module, observed))
    when_imported("sklearn.model_selection", lambda module: observe_splits(module, observed))
