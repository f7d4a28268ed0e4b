"""XGBoost: `train` and what is built on it, with the rows behind each matrix and the values of every round."""

from __future__ import annotations

import json
import weakref
from collections.abc import Generator, Mapping
from types import ModuleType
from typing import Any, Final

from provkg import integrations
from provkg.capture import RunBlock
from provkg.capture.handles import Data
from provkg.capture.trouble import attempt
from provkg.integrations.boosting import (
    Datasets,
    Rounds,
    base_model,
    importances,
    loaded,
    predicted,
    recorded,
    role_of,
    saved,
    telling,
    tells_of_model,
    told,
)
from provkg.integrations.observing import Call, Observed
from provkg.integrations.runs import open_training, training_here

FRAMEWORK: Final = "xgboost"
SETTINGS: Final = ("num_boost_round", "early_stopping_rounds", "maximize")
FOLDS: Final = ("nfold", "stratified", "shuffle", "seed")
_matrices: Final = Datasets(FRAMEWORK)


def autolog(*, disable: bool = False) -> None:
    """Record what XGBoost trains from now on; `disable` ends that."""
    integrations.autolog(FRAMEWORK, disable=disable)


def callback(run: RunBlock) -> Any:
    """Return a callback of `xgboost.train` that records the values of each round in `run`.

    For those who say what is recorded; with `autolog` there is nothing left for it to do.
    """
    from xgboost.callback import TrainingCallback  # whoever calls this has it

    class Recording(TrainingCallback):  # type: ignore[misc]  # XGBoost is not looked at by the type checker
        def after_iteration(self, model: Any, epoch: int, evals_log: Mapping[str, Any]) -> bool:  # noqa: ARG002
            if told() is None:
                attempt("record a round of XGBoost", lambda: _take(Rounds(run, {}), evals_log, epoch))
            return False

    return Recording()


def observe(framework: ModuleType, observed: Observed) -> None:
    """Watch the matrices that are made, trainings and their rounds, and files of boosters."""
    for kind in (framework.DMatrix, framework.QuantileDMatrix):
        observed.observe(kind, "__init__", _made)
    for module in (framework, framework.training, framework.sklearn):
        observed.observe(module, "train", _training)
    for module in (framework, framework.training):
        observed.observe(module, "cv", _validating)
    observed.observe(framework.callback.CallbackContainer, "after_iteration", _round)
    for kind in (framework.Booster, framework.sklearn.XGBModel):
        observed.observe(kind, "save_model", _saving)
        observed.observe(kind, "load_model", _loading)
    observed.observe(framework.Booster, "predict", _predicting)


def _made(call: Call) -> Generator[None, None, None]:
    yield
    given = [call.argument(name) for name in ("data", "label", "weight", "group", "qid")]
    _matrices.made(call.owner, *given)


def _data(matrix: Any) -> Data | None:
    return _matrices.data(matrix, content=(matrix.get_data(), matrix.get_label()))


def _training(call: Call) -> Generator[None, None, None]:
    matrix, around = call.argument("dtrain"), open_training()
    data = attempt("record the data of XGBoost", lambda: _data(matrix))
    sets = {name: (role_of(name, trains=each is matrix), _known(each)) for each, name in call.argument("evals") or ()}
    validation = tuple(found for role, found in sets.values() if role != "train" and found is not None)
    given = {**(call.argument("params") or {}), **_said(call, SETTINGS)}
    with (
        training_here("train XGBoost", data=data, validation=validation, params=given, library=FRAMEWORK) as run,
        telling(Rounds(run, sets)),
    ):
        base = attempt("record the model to go on from", lambda: base_model(call.argument("xgb_model"), FRAMEWORK))
        if base is not None:
            run.resume_from(base)
        yield
        attempt(
            "record what XGBoost trained", lambda: _trained(run, call.result, data, new=tells_of_model(run, around))
        )


def _known(matrix: Any) -> Data | None:
    return attempt("record the data of XGBoost", lambda: _data(matrix))


def _said(call: Call, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name in names if (value := call.argument(name)) is not None}


def _trained(run: RunBlock, booster: Any, data: Data | None, *, new: bool) -> None:
    defaults = {name: value for name, value in effective(booster).items() if name not in run.told.params}
    run.params(defaults)
    run.tag("xgboost.defaults", ", ".join(sorted(defaults)))
    run.tag("xgboost.rounds", booster.num_boosted_rounds())
    if booster.attr("best_iteration") is not None:
        run.tag("xgboost.best_iteration", booster.best_iteration)
    if new:  # else the model is told of by whoever opened the training
        handle = recorded(run, booster, FRAMEWORK, data)
        importances(run, handle, data, _gains(booster))


def effective(booster: Any) -> dict[str, Any]:
    """Return the parameters that the trees were grown with, those too that nobody has set."""
    said = json.loads(booster.save_config())["learner"]
    grown = said.get("gradient_booster", {})
    found = grown.get("tree_train_param") or grown.get("updater", {})
    return {
        "booster": grown.get("name"),
        "objective": said.get("objective", {}).get("name"),
        **{name: _number(value) for name, value in found.items() if isinstance(value, str)},
    }


def _number(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value


def _gains(booster: Any) -> dict[str, float]:
    trees = json.loads(booster.save_config())["learner"]["gradient_booster"]["name"] in {"gbtree", "dart"}
    return dict(booster.get_score(importance_type="gain")) if trees else {}


def _round(call: Call) -> Generator[None, None, None]:
    yield
    rounds = told()
    if rounds is not None and not call.owner.is_cv:
        _take(rounds, call.owner.history, int(call.argument("epoch")))


def _take(rounds: Rounds, history: Mapping[str, Mapping[str, Any]], number: int) -> None:
    for name, metrics in history.items():
        for metric, values in metrics.items():
            rounds.take(name, metric, values[-1], number)


def _validating(call: Call) -> Generator[None, None, None]:
    matrix = call.argument("dtrain")
    data = attempt("record the data of XGBoost", lambda: _data(matrix))
    given = {**(call.argument("params") or {}), **_said(call, SETTINGS + FOLDS)}
    with training_here("cross-validate XGBoost", data=data, params=given, library=FRAMEWORK) as run:
        yield
        attempt("record the rounds of a cross-validation", lambda: _folds(run, call.result))


def _folds(run: RunBlock, result: Any) -> None:
    for column in list(result):
        part, _, rest = str(column).partition("-")
        metric, _, what = rest.rpartition("-")
        rounds = Rounds(run, {})
        name = metric if what == "mean" else f"{metric}_{what}"
        for number, value in enumerate(list(result[column])):
            # What XGBoost calls `test` is what each fold leaves out of training.
            rounds.take("validation" if part == "test" else part, name, float(value), number)


def _saving(call: Call) -> Generator[None, None, None]:
    yield
    saved(call.owner, call.argument("fname"))


def _loading(call: Call) -> Generator[None, None, None]:
    yield
    attempt("look for the version in a file", lambda: loaded(call.owner, call.argument("fname"), FRAMEWORK))


def _predicting(call: Call) -> Generator[None, None, None]:
    yield
    matrix = weakref.ref(call.argument("data"))

    def source() -> tuple[Data, ...]:
        alive = matrix()
        data = _known(alive) if alive is not None else None
        return (data,) if data is not None else ()

    attempt("keep a prediction in mind", lambda: predicted(call.owner, source, call.result))
