"""What scikit-learn's estimators say of themselves: parameters, kinds, columns, names."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import Any, Final

from provkg.capture.chance import UNSEEDED, seed_of
from provkg.records.parameters import is_seed

FRAMEWORK: Final = "sklearn"
KINDS: Final[Mapping[str, str]] = {
    "StandardScaler": "standardization",
    "MinMaxScaler": "minMaxScaling",
    "MaxAbsScaler": "scaling",
    "RobustScaler": "robustScaling",
    "Normalizer": "normalization",
    "OneHotEncoder": "oneHotEncoding",
    "OrdinalEncoder": "ordinalEncoding",
    "TargetEncoder": "targetEncoding",
    "LabelEncoder": "labelEncoding",
    "LabelBinarizer": "labelEncoding",
    "MultiLabelBinarizer": "labelEncoding",
    "KBinsDiscretizer": "discretization",
    "Binarizer": "discretization",
    "PolynomialFeatures": "featureConstruction",
    "SplineTransformer": "featureConstruction",
    "MissingIndicator": "featureConstruction",
    "KNNImputer": "modelImputation",
    "IterativeImputer": "modelImputation",
}
OF_MODULES: Final[Mapping[str, str]] = {
    "feature_selection": "featureSelection",
    "feature_extraction": "featureExtraction",
    "decomposition": "dimensionalityReduction",
    "manifold": "dimensionalityReduction",
    "random_projection": "dimensionalityReduction",
    "kernel_approximation": "featureConstruction",
    "impute": "imputation",
    "preprocessing": "scaling",
}
MOST_COLUMNS: Final = 1000


def class_name(estimator: Any) -> str:
    """Return the name of an estimator's class."""
    return type(estimator).__name__


def model_name(estimator: Any) -> str:
    """Return what to call the model: its class, and before it those of the steps that lead to it."""
    return "-".join(class_name(step) for _, step in steps_of(estimator)) or class_name(estimator)


def steps_of(estimator: Any) -> list[tuple[str, Any]]:
    """Return the named steps of a pipeline that do something; none of anything else."""
    steps = getattr(estimator, "steps", None) if is_pipeline(estimator) else None
    return [(str(name), step) for name, step in steps or () if step is not None and step != "passthrough"]


def is_pipeline(estimator: Any) -> bool:
    """Whether `estimator` is a pipeline: scikit-learn's own or of its kind, such as imbalanced-learn's."""
    return any(kind.__name__ == "Pipeline" for kind in type(estimator).__mro__)


def is_search(estimator: Any) -> bool:
    """Whether `estimator` searches for the best parameters of another one."""
    return any(kind.__name__ == "BaseSearchCV" for kind in type(estimator).__mro__)


def is_column_transformer(estimator: Any) -> bool:
    """Whether `estimator` hands columns to several transformers."""
    return any(kind.__name__ == "ColumnTransformer" for kind in type(estimator).__mro__)


def is_feature_union(estimator: Any) -> bool:
    """Whether `estimator` hands all columns to several transformers."""
    return any(kind.__name__ == "FeatureUnion" for kind in type(estimator).__mro__)


def is_model(estimator: Any) -> bool:
    """Whether what `estimator` learns is a model, rather than how to transform data."""
    if is_pipeline(estimator):
        steps = steps_of(estimator)
        return bool(steps) and is_model(steps[-1][1])
    if any(kind.__name__ == "SelectorMixin" for kind in type(estimator).__mro__):
        return False
    kind = type(estimator)  # what instances have depends, for some, on whether they are fitted
    return hasattr(kind, "predict") or not (hasattr(kind, "transform") or hasattr(kind, "fit_transform"))


def kind_of(transformer: Any) -> str:
    """Return the kind of transformation, one of the ontology's where it has one."""
    for kind in type(transformer).__mro__:
        if kind.__name__ in KINDS:
            return KINDS[kind.__name__]
        package, _, rest = kind.__module__.partition(".")
        if package == FRAMEWORK and (found := OF_MODULES.get(rest.partition(".")[0])):
            return found
    return class_name(transformer)


def parameters(estimator: Any) -> dict[str, Any]:
    """Return the parameters of an estimator and those within it, by scikit-learn's names (`clf__C`).

    An estimator among them is said by its class.
    """
    found = {name: value for name, value in _parameters(estimator).items() if not _is_composition(value)}
    return {
        name: UNSEEDED if value is None and is_seed(name) else parameters_said(value) for name, value in found.items()
    }


def _parameters(estimator: Any) -> dict[str, Any]:
    try:
        found: dict[str, Any] = estimator.get_params(deep=True)
    except Exception:  # noqa: BLE001 - an estimator of the user's that does not keep scikit-learn's conventions
        return {}
    return dict(sorted(found.items()))


def _is_composition(value: Any) -> bool:
    """Whether `value` is a list of named estimators, whose parameters stand beside it under their names."""
    return isinstance(value, list | tuple) and any(
        isinstance(each, tuple) and any(is_estimator(part) for part in each) for each in value
    )


def parameters_said(value: Any) -> Any:
    """Return a parameter as it can be recorded: an estimator by its class, a splitter by its text."""
    if is_estimator(value):
        return class_name(value)
    if isinstance(value, list | tuple):
        return [parameters_said(each) for each in value]
    if type(value).__module__.partition(".")[0] == FRAMEWORK:  # a splitter, a scorer: their text says all
        return str(value)
    if type(value).__name__ in {"RandomState", "Generator"}:
        seed = seed_of(value)
        return seed if seed is not None else type(value).__name__
    return value


def is_estimator(value: Any) -> bool:
    """Whether `value` is an estimator, and not the class of one."""
    return not inspect.isclass(value) and hasattr(value, "get_params") and hasattr(value, "fit")


def columns_in(estimator: Any) -> list[str] | None:
    """Return the columns that an estimator was fitted on, where it knows their names."""
    names = getattr(estimator, "feature_names_in_", None)
    return _texts(names) if names is not None else None


def columns_out(transformer: Any) -> list[str] | None:
    """Return the columns that a fitted transformer makes, where it can tell."""
    try:
        return _texts(transformer.get_feature_names_out())
    except Exception:  # noqa: BLE001 - many cannot, each in its own way
        return None


def _texts(names: Iterable[Any]) -> list[str] | None:
    found = [str(name) for name in names]
    return found if len(found) <= MOST_COLUMNS else None
