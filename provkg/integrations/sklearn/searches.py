"""Searches for hyper-parameters: the space, a trial for each candidate, and which model was chosen by what."""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping
from datetime import UTC, datetime
from types import FrameType
from typing import Any

from provkg.capture.facts import people
from provkg.capture.handles import Data, ModelHandle, references, things
from provkg.capture.known_models import known_model, remember_as
from provkg.capture.session import session
from provkg.capture.spool.process import new_emitter
from provkg.capture.trouble import attempt
from provkg.capture.tunings import TuningBlock
from provkg.integrations.observing import Call
from provkg.integrations.sklearn import scope
from provkg.integrations.sklearn.around import around, parts_of
from provkg.integrations.sklearn.describing import class_name, model_name, parameters, parameters_said
from provkg.integrations.sklearn.metrics import metric_of, scorers_of
from provkg.integrations.sklearn.rows import data_behind, rows_of
from provkg.integrations.sklearn.trials import Trial, trials_of
from provkg.records import SelectionDecision, concept
from provkg.vocabulary import MetricKind

SPACES = ("param_grid", "param_distributions", "search_spaces")


def fitted(call: Call) -> Generator[None, None, None]:
    """Observe `fit` of a search: what it fits to compare is no run of its own, its last fit is."""
    search, pipeline, data = call.owner, around(), data_behind(*rows_of(call), role="train")
    title = f"search {model_name(search.estimator)}"
    with TuningBlock(title, data=data, params=settings_of(search), library="sklearn") as block:
        with parts_of(None), scope.within(_is_refit):
            yield
        attempt("record what the search tried", lambda: _record(block, search, data))
    best = known_model(search)
    if pipeline is not None and pipeline.in_a_row and best is not None:
        remember_as(best, pipeline.whole)  # its steps lead to the data of the search


def _is_refit(caller: FrameType) -> bool:
    return scope.module_of(caller).endswith("model_selection._search") and caller.f_code.co_name == "fit"


def settings_of(search: Any) -> dict[str, Any]:
    """Return the algorithm, the space and the budget of a search."""
    said = {name: value for name, value in parameters(search).items() if not name.startswith("estimator__")}
    for name in SPACES:
        said.pop(name, None)
    space: Any = next((value for name in SPACES if (value := getattr(search, name, None)) is not None), {})
    return {"algorithm": class_name(search), **said, "space": _space(space)}


def _space(space: Any) -> dict[str, Any]:
    if isinstance(space, Mapping):
        return {str(name): _choices(values) for name, values in space.items()}
    if isinstance(space, list | tuple):
        return {str(number): _space(each) for number, each in enumerate(space)}
    return {}


def _choices(values: Any) -> Any:
    frozen = getattr(values, "dist", None)  # of a distribution of scipy's, whose text says nothing
    if frozen is not None and hasattr(values, "args"):
        given = [*map(str, values.args), *(f"{name}={value}" for name, value in values.kwds.items())]
        return f"{frozen.name}({', '.join(given)})"
    return [_choice(each) for each in _listed(values)]


def _choice(value: Any) -> Any:
    said = parameters_said(value)
    return said if isinstance(said, str | bool | int | float) or said is None else str(said)


def _listed(values: Any) -> list[Any]:
    return values.tolist() if hasattr(values, "tolist") else list(values)


def _record(block: TuningBlock, search: Any, data: tuple[Data, ...]) -> None:
    if hasattr(search, "best_params_"):
        block.params({"best": {name: _choice(value) for name, value in search.best_params_.items()}})
    trials = trials_of(block, search, data)
    for trial in trials:
        block.describes(trial.descriptions)
    model = known_model(getattr(search, "best_estimator_", None))
    if model is not None:
        remember_as(model, search)
        _select(search, model, trials)


def _select(search: Any, model: ModelHandle, trials: list[Trial]) -> None:
    best, scorer = trials[search.best_index_], search.refit if isinstance(search.refit, str) else None
    metric, _ = metric_of(scorer or scorers_of(search.scoring, search.estimator) or "score")
    selected, now = references(things(model, "model"))[0], datetime.now(UTC)
    decision = SelectionDecision(
        id=new_emitter(),
        title=f"choose {model.name}",
        started=now,
        ended=now,
        decided_by=people().triggered_by,
        selected=selected,
        considered=(selected,),
        criterion=concept(MetricKind, metric),
        evidence=(best.means[metric].reference(),) if metric in best.means else (),
        rationale=f"{class_name(search)}: {_reason(search, metric, best)}",
    )
    session().record("selection", [decision])


def _reason(search: Any, metric: str, best: Trial) -> str:
    chosen = "by a rule of the user's" if callable(search.refit) else f"best mean {metric} on validation"
    count = len(search.cv_results_["params"])
    value = best.means[metric].value if metric in best.means else math.nan
    return f"{chosen} of {count} candidates ({value:.6g} over {search.n_splits_} folds)"
