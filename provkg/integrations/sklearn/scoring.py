"""Scores: what `score` and the functions of `sklearn.metrics` say of a model that is known, on the data they saw."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable, Generator
from types import ModuleType
from typing import Any, Final

from provkg.capture.blocks import RunBlock
from provkg.capture.evaluations import EvaluationBlock
from provkg.capture.handles import Data, ModelHandle
from provkg.capture.inferences import InferenceBlock
from provkg.capture.known_data import known_object
from provkg.capture.known_models import known_model
from provkg.capture.metrics import as_number
from provkg.capture.trouble import attempt, trouble
from provkg.integrations.observing import Call, Observed
from provkg.integrations.runs import open_block
from provkg.integrations.sklearn import scope
from provkg.integrations.sklearn.counting import Calls
from provkg.integrations.sklearn.describing import FRAMEWORK, class_name, is_search, model_name, parameters
from provkg.integrations.sklearn.metrics import NAMES, averaged, metric_of, scorers_of, usual_metric
from provkg.integrations.sklearn.rows import data_behind, rows_of

SCORES: Final = Calls(1000)
"""Scores of one model that are told."""
Source = Callable[[], tuple[Data, ...]]
"""Tells from what something was predicted, once somebody asks."""
_predicted: Final[dict[int, tuple[weakref.ref[Any], ModelHandle, Source]]] = {}
"""What was predicted, by which model, from what."""


def observe_metrics(module: ModuleType, observed: Observed) -> None:
    """Watch the functions that compare what is true with what was predicted."""
    for name in NAMES:
        if hasattr(module, name):
            observed.observe(module, name, _compared)


def observe_validation(module: ModuleType, observed: Observed) -> None:
    """Watch the functions that validate across folds."""
    for name in ("cross_val_score", "cross_validate"):
        observed.observe(module, name, _validated)


def scored(call: Call) -> Generator[None, None, None]:
    """Observe `score`."""
    model, (rows, target) = known_model(call.owner), rows_of(call)
    with scope.within(scope.nothing):
        yield
    if model is not None and not _is_users_own():
        attempt("record a score", lambda: _evaluate(model, data_behind(rows, target), _metric_of(call.owner), call))


def _metric_of(estimator: Any) -> tuple[str, float]:
    if is_search(estimator):
        scorer = estimator.refit if isinstance(estimator.refit, str) else None
        return metric_of(scorer or scorers_of(estimator.scoring, estimator.estimator) or "score")
    return usual_metric(estimator), 1.0


def _evaluate(model: ModelHandle, data: tuple[Data, ...], metric: tuple[str, float], call: Call) -> None:
    value = as_number(call.result)
    if value is None or not _is_told(model):
        return
    with EvaluationBlock(model, data=data, library=FRAMEWORK) as run:
        run.metric(metric[0], metric[1] * value)


def _is_users_own() -> bool:
    """Whether the user tells of the evaluation that goes on in a block of their own."""
    return isinstance(open_block(), EvaluationBlock)


def _is_told(model: ModelHandle) -> bool:
    if SCORES.told(model):
        return True
    trouble(f"only the first {SCORES.most:,} scores of {model.name!r} are recorded", kind="scores")
    return False


# --- predictions and what they are compared with


def predicted(call: Call) -> Generator[None, None, None]:
    """Observe `predict` and its like: which model said what from which rows is kept in mind, as long as it is there."""
    with scope.within(scope.nothing):
        yield
    model = known_model(call.owner)
    if model is None or call.result is None:
        return
    rows = call.args[1] if len(call.args) > 1 else call.kwargs.get("X")  # a service predicts row by row: no detours
    attempt("keep a prediction in mind", lambda: keep_in_mind(model, source_in(rows), call.result))


def predicted_and_told(call: Call) -> Generator[None, None, None]:
    """Observe `predict` where the user asked for predictions to be recorded."""
    yield from predicted(call)
    model, (rows, _) = known_model(call.owner), rows_of(call)
    if model is not None and not isinstance(open_block(), InferenceBlock) and _is_told(model):
        with InferenceBlock(model, data=data_behind(rows), library=FRAMEWORK) as run:
            run.predictions(call.result, name=f"{model.name}-predictions")


def source_in(rows: Any) -> Source:
    """Return what tells which data `rows` are, as long as they are there or were known before."""
    data = known_object(rows)
    return functools.partial(_rows, data if data is not None else _weak(rows))


def keep_in_mind(model: ModelHandle, source: Source, result: Any) -> None:
    """Let `result` be known as what `model` predicted, for as long as it is there."""
    # A column of a view is, for NumPy, one of the array that the view is of.
    for values in (result, owner) if (owner := getattr(result, "base", None)) is not None else (result,):
        _keep(values, model, source)


def _keep(values: Any, model: ModelHandle, source: Source) -> None:
    key = id(values)
    try:
        _predicted[key] = (weakref.ref(values, lambda _: _predicted.pop(key, None)), model, source)
    except TypeError:  # of a list, for example, which is then not known as a prediction
        return


def _weak(rows: Any) -> Any:
    try:
        return weakref.ref(rows)
    except TypeError:
        return None


def _prediction(values: Any) -> tuple[ModelHandle, tuple[Data, ...]] | None:
    """Return who predicted `values`, or the array that they are a column of, and from what."""
    while values is not None:
        alive, model, source = _predicted.get(id(values), (None, None, None))
        if alive is not None and alive() is values and model is not None and source is not None:
            return (model, data) if (data := source()) else None
        values = getattr(values, "base", None)
    return None


def _rows(kept: Any) -> tuple[Data, ...]:
    if isinstance(kept, Data):
        return (kept,)
    rows = kept() if kept is not None else None
    return data_behind(rows) if rows is not None else ()


def _compared(call: Call) -> Generator[None, None, None]:
    told = scope.is_told() and not _is_users_own()
    with scope.within(scope.nothing):
        yield
    if told:
        attempt("record a metric", lambda: _record_metric(call))


def _record_metric(call: Call) -> None:
    given = (*call.args[:2], *(call.kwargs.get(name) for name in ("y_pred", "y_score", "y_prob", "y_proba")))
    found = next((found for each in given if (found := _prediction(each)) is not None), None)
    if found is not None:
        model, data = found
        _evaluate(model, data, (averaged(call.name, call.kwargs), 1.0), call)


# --- validation across folds


def _validated(call: Call) -> Generator[None, None, None]:
    if not scope.is_told():
        yield
        return
    estimator, (rows, target) = call.argument("estimator"), rows_of(call)
    data = data_behind(rows, target)
    said = {"cv": call.kwargs.get("cv"), "scoring": call.kwargs.get("scoring"), **parameters(estimator)}
    title = f"cross-validate {model_name(estimator)}"
    with RunBlock(title, uses=data, params=said, library=FRAMEWORK) as run:
        with scope.within(scope.nothing):
            yield
        attempt(f"record the scores of {class_name(estimator)}", lambda: _record_folds(run, call, estimator, data[0]))


def _record_folds(run: RunBlock, call: Call, estimator: Any, data: Data) -> None:
    scoring, result = call.kwargs.get("scoring"), call.result
    tables = result if isinstance(result, dict) else {"test_score": result}
    for part, role in (("test_", "validation"), ("train_", "train")):
        for name, values in tables.items():
            if name.startswith(part):
                called = name.removeprefix(part)
                scorer = scorers_of(scoring, estimator) or called if called == "score" else called
                _record_scores(run, metric_of(scorer), values, role, data)


def _record_scores(run: RunBlock, metric: tuple[str, float], values: Any, role: str, data: Data) -> None:
    name, sign = metric
    run.metric(name, sign * float(values.mean()), role=role, data=data)
    run.metric(f"standard deviation of {name}", float(values.std()), role=role, data=data)
    for fold, value in enumerate(values):
        run.metric(name, sign * float(value), role=role, data=data, label=f"fold {fold}")
