"""LightGBM: `train` and what is built on it, with the rows behind each dataset and the values of every round."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Mapping
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
from provkg.integrations.sklearn.scoring import source_in

FRAMEWORK: Final = "lightgbm"
FOLDS: Final = ("num_boost_round", "nfold", "stratified", "shuffle", "seed")
# fmt: off
LEARNS: Final = (
    "boosting", "objective", "tree_learner", "num_iterations", "learning_rate", "num_leaves", "max_depth",
    "min_data_in_leaf", "min_sum_hessian_in_leaf", "bagging_fraction", "bagging_freq", "bagging_seed",
    "feature_fraction", "feature_fraction_seed", "extra_trees", "early_stopping_round", "lambda_l1", "lambda_l2",
    "min_gain_to_split", "max_bin", "linear_tree", "is_unbalance", "scale_pos_weight", "sigmoid",
    "boost_from_average", "num_class", "deterministic", "data_random_seed",
)
# fmt: on
"""The parameters that decide what is learned; LightGBM has a hundred more, about files and machines."""
_PARAMETER: Final = re.compile(r"^\[(\w+): (.*)\]$", re.MULTILINE)
_datasets: Final = Datasets(FRAMEWORK)


def autolog(*, disable: bool = False) -> None:
    """Record what LightGBM trains from now on; `disable` ends that."""
    integrations.autolog(FRAMEWORK, disable=disable)


def callback(run: RunBlock) -> Callable[[Any], None]:
    """Return a callback of `lightgbm.train` that records the values of each round in `run`.

    For those who say what is recorded; with `autolog` there is nothing left for it to do.
    """

    def recording(env: Any) -> None:
        if told() is None:
            attempt("record a round of LightGBM", lambda: _take(Rounds(run, {}), env.evaluation_result_list, env))

    return recording


def observe(framework: ModuleType, observed: Observed) -> None:
    """Watch the datasets that are made, trainings and their rounds, and files of boosters."""
    observed.observe(framework.Dataset, "__init__", _made)
    for module in (framework, framework.engine, framework.sklearn):
        observed.observe(module, "train", _training)
    for module in (framework, framework.engine):
        observed.observe(module, "cv", _validating)
    for name in ("eval_train", "eval_valid"):
        observed.observe(framework.Booster, name, _evaluating)
    observed.observe(framework.Booster, "save_model", _saving)
    observed.observe(framework.Booster, "__init__", _loading)
    observed.observe(framework.Booster, "predict", _predicting)


def _made(call: Call) -> Generator[None, None, None]:
    yield
    _datasets.made(call.owner, *(call.argument(name) for name in ("data", "label", "weight", "group")))


def _data(made: Any) -> Data | None:
    held = [each for each in (made.data, made.label) if each is not None] if made.data is not None else []
    return attempt("record the data of LightGBM", lambda: _datasets.data(made, content=tuple(held)))


def _training(call: Call) -> Generator[None, None, None]:
    made, around = call.argument("train_set"), open_training()
    data = _data(made)
    sets = dict(_sets(call, made))
    validation = tuple(found for role, found in sets.values() if role != "train" and found is not None)
    given = {**(call.argument("params") or {}), **_said(call, ("num_boost_round",))}
    with (
        training_here("train LightGBM", data=data, validation=validation, params=given, library=FRAMEWORK) as run,
        telling(Rounds(run, sets)),
    ):
        base = attempt("record the model to go on from", lambda: base_model(call.argument("init_model"), FRAMEWORK))
        if base is not None:
            run.resume_from(base)
        yield
        attempt(
            "record what LightGBM trained", lambda: _trained(run, call.result, data, new=tells_of_model(run, around))
        )


def _said(call: Call, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name in names if (value := call.argument(name)) is not None}


def _sets(call: Call, made: Any) -> Iterator[tuple[str, tuple[str, Data | None]]]:
    """Yield what each set that is evaluated is called, as LightGBM calls it, with its role and data."""
    given = call.argument("valid_sets") or []
    several = given if isinstance(given, list | tuple) else [given]
    names = call.argument("valid_names") or []
    called = [names] if isinstance(names, str) else list(names)
    for number, each in enumerate(several):
        name = called[number] if number < len(called) else f"valid_{number}"
        trains = each is made
        yield ("training" if trains and number >= len(called) else name), (role_of(name, trains=trains), _data(each))


def _trained(run: RunBlock, booster: Any, data: Data | None, *, new: bool) -> None:
    said = run.told.params
    defaults = {name: value for name, value in effective(booster).items() if name not in said}
    run.params(defaults)
    run.tag("lightgbm.defaults", ", ".join(sorted(defaults)))
    run.tag("lightgbm.rounds", booster.current_iteration())
    if booster.best_iteration > 0:
        run.tag("lightgbm.best_iteration", booster.best_iteration)
    if new:  # else the model is told of by whoever opened the training
        handle = recorded(run, booster, FRAMEWORK, data)
        gains = dict(zip(booster.feature_name(), booster.feature_importance("gain").tolist(), strict=True))
        importances(run, handle, data, gains)


def effective(booster: Any) -> dict[str, Any]:
    """Return the parameters that the trees were grown with, those too that nobody has set."""
    found = dict(_PARAMETER.findall(booster.model_to_string()))
    return {name: _number(found[name]) for name in LEARNS if found.get(name)}


def _number(value: str) -> Any:
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value


def _evaluating(call: Call) -> Generator[None, None, None]:
    yield
    rounds = told()
    if rounds is not None:
        number = call.owner.current_iteration() - 1
        for name, metric, value, *_ in call.result:
            rounds.take(str(name), str(metric), float(value), number)


def _take(rounds: Rounds, results: Any, env: Any) -> None:
    for name, metric, value, *_ in results or ():
        rounds.take(str(name), str(metric), float(value), env.iteration)


def _validating(call: Call) -> Generator[None, None, None]:
    data = _data(call.argument("train_set"))
    given = {**(call.argument("params") or {}), **_said(call, FOLDS)}
    with training_here("cross-validate LightGBM", data=data, params=given, library=FRAMEWORK) as run:
        yield
        attempt("record the rounds of a cross-validation", lambda: _folds(run, call.result))


def _folds(run: RunBlock, result: Mapping[str, Any]) -> None:
    for column, values in result.items():
        part, _, rest = column.partition(" ")
        if part not in {"train", "valid"}:
            continue  # the boosters, where they were asked for
        metric, _, what = rest.rpartition("-")
        rounds, name = Rounds(run, {}), metric if what == "mean" else f"{metric}_{what}"
        for number, value in enumerate(values):
            rounds.take(part, name, float(value), number)


def _saving(call: Call) -> Generator[None, None, None]:
    yield
    saved(call.owner, call.argument("filename"))


def _loading(call: Call) -> Generator[None, None, None]:
    yield
    attempt("look for the version in a file", lambda: loaded(call.owner, call.argument("model_file"), FRAMEWORK))


def _predicting(call: Call) -> Generator[None, None, None]:
    yield
    rows = call.argument("data")
    attempt("keep a prediction in mind", lambda: predicted(call.owner, source_in(rows), call.result))
