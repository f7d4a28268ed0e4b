"""The candidates of a search as trainings within it, with their scores; told at its end, from its table of results."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from provkg.capture.facts import PATIENT
from provkg.capture.handles import Data, references
from provkg.capture.parameters import cleaned
from provkg.capture.session import session
from provkg.capture.spool.process import new_emitter
from provkg.capture.tunings import TuningBlock
from provkg.integrations.sklearn.describing import parameters, parameters_said
from provkg.integrations.sklearn.metrics import metric_of, scorers_of
from provkg.records import Description, MetricObservation, TrainingRun, configuration, settings
from provkg.records.parameters import is_seed


@dataclass(frozen=True)
class Trial:
    """One candidate: its run, and what was measured of it."""

    run: TrainingRun
    means: Mapping[str, MetricObservation]
    others: tuple[MetricObservation, ...]

    @property
    def descriptions(self) -> tuple[Description, ...]:
        """All there is to say of it."""
        return (self.run, *self.means.values(), *self.others)


def trials_of(block: TuningBlock, search: Any, data: tuple[Data, ...]) -> list[Trial]:
    """Return a trial for each candidate of a search that has ended.

    When each was fitted nobody knows, as they may run beside each other: they begin and end with the search.
    """
    results, ended = search.cv_results_, datetime.now(UTC)
    shared = {**block.told.fields(session(), PATIENT), "started": block.started, "ended": ended}
    learned_from = references(data)
    return [
        _trial(block, search, {**shared, "training_data": learned_from}, number)
        for number in range(len(results["params"]))
    ]


def _trial(block: TuningBlock, search: Any, shared: dict[str, Any], number: int) -> Trial:
    used = (*settings(cleaned(_parameters(search, number)), learning=True), *block.told.seeds.values())
    scores = list(_scores(search, number))
    failed = bool(scores) and all(math.isnan(score.mean) for score in scores)
    run = TrainingRun(
        **{**shared, "parameters": used, "configuration": configuration(used)},
        id=new_emitter(),
        title=f"{block.title}, trial {number + 1}",
        part_of=block.reference,
        status="failed" if failed else "succeeded",
    )
    means = {score.metric: _observation(run, score, score.mean) for score in scores if score.role == "validation"}
    others = [observation for score in scores if not math.isnan(score.mean) for observation in _spread(run, score)]
    return Trial(run, {} if failed else means, tuple(others))


def _parameters(search: Any, number: int) -> dict[str, Any]:
    """Return what was tried, and the seeds that all candidates share."""
    results, shared = search.cv_results_, parameters(search.estimator)
    seeds = {name: value for name, value in shared.items() if is_seed(name)}
    said = seeds | {name: parameters_said(value) for name, value in results["params"][number].items()}
    for name in ("n_resources", "iter"):  # of searches that give more to fewer
        if name in results:
            said[name] = int(results[name][number])
    return said


@dataclass(frozen=True)
class Score:
    """What one metric was on one role, over all folds."""

    metric: str
    role: str
    mean: float
    std: float
    folds: tuple[float, ...]


def _scores(search: Any, number: int) -> list[Score]:
    results, found = search.cv_results_, []
    for part, role in (("test", "validation"), ("train", "train")):
        for name in results:
            if not name.startswith(f"mean_{part}_"):
                continue
            called = name.removeprefix(f"mean_{part}_")
            scorer = scorers_of(search.scoring, search.estimator) or called if called == "score" else called
            metric, sign = metric_of(scorer)
            folds = [results.get(f"split{fold}_{part}_{called}") for fold in range(search.n_splits_)]
            found.append(
                Score(
                    metric,
                    role,
                    sign * float(results[name][number]),
                    float(results[f"std_{part}_{called}"][number]),
                    tuple(sign * float(fold[number]) for fold in folds if fold is not None),
                )
            )
    return found


def _observation(run: TrainingRun, score: Score, value: float, **more: Any) -> MetricObservation:
    this = run.reference()
    about: dict[str, Any] = {"metric": score.metric, "role": score.role, **more}
    return MetricObservation(run=this, of=this, on=run.training_data, value=value, **about)


def _spread(run: TrainingRun, score: Score) -> list[MetricObservation]:
    mean = [_observation(run, score, score.mean)] if score.role != "validation" else []
    folds = [_observation(run, score, value, label=f"fold {n}") for n, value in enumerate(score.folds)]
    return [*mean, _observation(run, score, score.std, metric=f"standard deviation of {score.metric}"), *folds]
