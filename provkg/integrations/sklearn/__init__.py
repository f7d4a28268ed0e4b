"""scikit-learn: splits, fits, pipelines, searches and scores, as the user's program calls them."""

from __future__ import annotations

from types import ModuleType

from provkg.capture.trouble import look_through
from provkg.integrations.observing import Observed
from provkg.integrations.on_import import when_imported
from provkg.integrations.sklearn.estimators import observe_estimators
from provkg.integrations.sklearn.loaders import observe_loaders
from provkg.integrations.sklearn.saving import observe_files
from provkg.integrations.sklearn.scoring import observe_metrics, observe_validation
from provkg.integrations.sklearn.splitting import observe_splits


def observe(framework: ModuleType, observed: Observed) -> None:  # noqa: ARG001 - it imports nothing of itself
    """Watch what of scikit-learn is imported, and what will be."""
    look_through("joblib")
    when_imported("sklearn.base", lambda module: observe_estimators(module, observed))
    for files in ("joblib", "pickle"):
        when_imported(files, lambda module: observe_files(module, observed))
    when_imported("sklearn.datasets", lambda module: observe_loaders(module, observed))
    when_imported("sklearn.metrics", lambda module: observe_metrics(module, observed))
    when_imported("sklearn.model_selection", lambda module: observe_splits(module, observed))
    when_imported("sklearn.model_selection", lambda module: observe_validation(module, observed))
