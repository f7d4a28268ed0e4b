"""Metrics by the names that people know, whatever scikit-learn's scorers and functions call them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

NAMES: Final[Mapping[str, str]] = {
    "accuracy_score": "accuracy",
    "balanced_accuracy_score": "balancedAccuracy",
    "f1_score": "f1",
    "precision_score": "precision",
    "recall_score": "recall",
    "roc_auc_score": "rocAuc",
    "log_loss": "logLoss",
    "r2_score": "r2",
    "mean_squared_error": "mse",
    "root_mean_squared_error": "rmse",
    "mean_absolute_error": "mae",
    "mean_absolute_percentage_error": "mape",
    "max_error": "max_error",
    "median_absolute_error": "median_absolute_error",
    "explained_variance_score": "explained_variance",
    "average_precision_score": "average_precision",
    "brier_score_loss": "brier_score",
    "matthews_corrcoef": "matthews_corrcoef",
    "cohen_kappa_score": "cohen_kappa",
    "jaccard_score": "jaccard",
    "hamming_loss": "hamming_loss",
    "zero_one_loss": "zero_one_loss",
    "d2_absolute_error_score": "d2_absolute_error",
    "top_k_accuracy_score": "top_k_accuracy",
}
"""Names of metrics by the name of the function that takes true and predicted values."""
AVERAGED: Final = frozenset({"f1_score", "precision_score", "recall_score", "jaccard_score", "roc_auc_score"})
USUAL_AVERAGE: Final[Mapping[str, str]] = {"roc_auc_score": "macro"}


def metric_of(scorer: str) -> tuple[str, float]:
    """Return the metric of a scorer by its name, and -1 where the scorer turns it around (`neg_log_loss`)."""
    turned = scorer.startswith("neg_")
    plain = scorer.removeprefix("neg_")
    return NAMES.get(plain) or NAMES.get(f"{plain}_score") or plain, -1.0 if turned else 1.0


def scorers_of(scoring: Any, estimator: Any) -> str | None:
    """Return the name of the one metric that is scored; None where there are several, each with its own name."""
    if isinstance(scoring, str):
        return scoring
    if scoring is None:
        return usual_metric(estimator)
    if callable(scoring):
        function = getattr(scoring, "_score_func", scoring)
        turned = getattr(scoring, "_sign", 1) < 0
        return f"{'neg_' if turned else ''}{getattr(function, '__name__', type(scoring).__name__)}"
    return None


def usual_metric(estimator: Any) -> str:
    """Return what the estimator's own `score` measures."""
    from sklearn.base import is_classifier, is_regressor  # loaded where an estimator is

    try:
        return "accuracy" if is_classifier(estimator) else "r2" if is_regressor(estimator) else "score"
    except Exception:  # noqa: BLE001 - an estimator of the user's that cannot tell
        return "score"


def averaged(function: str, given: Mapping[str, Any]) -> str:
    """Return the metric of a function, with what several classes are averaged by where that is not the usual."""
    average = given.get("average")
    usual = USUAL_AVERAGE.get(function, "binary")
    if function not in AVERAGED or average is None or average == usual:
        return NAMES[function]
    return f"{function.removesuffix('_score')}_{average}"
