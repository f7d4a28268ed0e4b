"""Finds the classes of estimators, those defined later too, and watches what they do."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from types import ModuleType
from typing import Any, Final

from provkg.integrations.observing import Call, Observed, Observer
from provkg.integrations.sklearn import models, pipelines, scope, scoring, searches, steps
from provkg.integrations.sklearn.around import around
from provkg.integrations.sklearn.describing import is_model, is_pipeline, is_search


def observe_estimators(base: ModuleType, observed: Observed) -> None:
    """Watch every class of estimators that there is, and each that will be defined."""
    for kind in _below(base.BaseEstimator):
        _watch_all(kind, observed)

    def defined(call: Call) -> Generator[None, None, None]:
        yield
        kind = call.args[0]
        # A class that two of them greet is complete after the first in its order of resolution, which ends last.
        if issubclass(kind, base.BaseEstimator):
            _watch_all(kind, observed, but=() if call.function is _first_greeter(kind) else WRAPPED)

    for greeter in _greeters(base):
        observed.observe(greeter, "__init_subclass__", defined)


WRAPPED: Final = ("transform", "fit_transform")
"""What scikit-learn wraps when a class is defined; ours goes around that."""


def _below(kind: type) -> Iterator[type]:
    seen: set[type] = set()
    waiting = [kind]
    while waiting:
        each = waiting.pop()
        if each not in seen:
            seen.add(each)
            waiting += type.__subclasses__(each)
            yield each


def _greeters(base: ModuleType) -> list[type]:
    """Return the classes that are told of new subclasses."""
    kinds = {*base.BaseEstimator.__mro__, *base.TransformerMixin.__mro__} - {object}
    return [kind for kind in kinds if "__init_subclass__" in vars(kind)]


def _first_greeter(kind: type) -> Any:
    for each in kind.__mro__[1:]:
        if (greeter := vars(each).get("__init_subclass__")) is not None:
            ours = getattr(greeter, "__func__", greeter)
            return getattr(ours, "__wrapped__", ours)
    return None


def _watch_all(kind: type, observed: Observed, but: tuple[str, ...] = ()) -> None:
    _watch(kind, observed, but)
    for mixin in kind.__mro__[1:-1]:  # many methods are a mixin's, which is no estimator
        _watch(mixin, observed)


def _watch(kind: type, observed: Observed, but: tuple[str, ...] = ()) -> None:
    for name, observer in _methods(observed).items():
        method = vars(kind).get(name)
        if method is None or name in but:
            continue
        if hasattr(method, "fn") and hasattr(method, "check"):  # there only on some conditions
            observed.observe(method, "fn", observer)
        elif callable(method):
            observed.observe(kind, name, observer)


def _told(observer: Observer) -> Observer:
    def observing(call: Call) -> Generator[None, None, None]:
        if not scope.is_told():
            yield
            return
        yield from observer(call)

    return observing


def _fit(call: Call) -> Generator[None, None, None]:
    composition = around()
    if is_search(call.owner):
        yield from searches.fitted(call)
    elif is_pipeline(call.owner):
        yield from pipelines.fitted(call)
    elif composition is not None:
        yield from pipelines.part_fitted(call, composition)
    elif is_model(call.owner):
        yield from models.fitted(call)
    elif call.name == "fit_transform":
        yield from steps.fitted_and_transformed(call)
    else:
        yield from steps.fitted(call)


def _partial_fit(call: Call) -> Generator[None, None, None]:
    return models.fitted_in_part(call) if is_model(call.owner) else steps.fitted(call)


def _methods(observed: Observed) -> dict[str, Observer]:
    predicted = _told(scoring.predicted_and_told if observed.predictions else scoring.predicted)
    return {**METHODS, **dict.fromkeys(PREDICTING, predicted)}


PREDICTING: Final = ("predict", "predict_proba", "decision_function")
METHODS: Final[dict[str, Observer]] = {
    "fit": _told(_fit),
    "fit_transform": _told(_fit),
    "fit_predict": _told(_fit),
    "partial_fit": _told(_partial_fit),
    "transform": _told(steps.transformed),
    "score": _told(scoring.scored),
}
