"""Optuna: a study's `optimize` is a search for parameters, its trials are runs, trainings where they train."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final

from provkg import integrations
from provkg.capture import TrainingBlock, TuningBlock, apart
from provkg.capture.trouble import attempt
from provkg.integrations.emerging import EmergingTraining
from provkg.integrations.ends import failed
from provkg.integrations.observing import Call, Observed
from provkg.integrations.runs import open_block
from provkg.integrations.studies import Search, StudyRun, error_of, replay, settings, tell

REPORTED: Final = "intermediate_value"
_searches: Final[dict[int, list[Search]]] = {}
_trials: Final[dict[tuple[int, int], tuple[TrainingBlock, int]]] = {}
_of_thread = threading.local()


def autolog(*, disable: bool = False) -> None:
    """Record every study that is optimised from now on, and trials that are asked for; `disable` ends that."""
    integrations.autolog("optuna", disable=disable)


def trials_of(search: TuningBlock) -> Callable[[Any, Any], None]:
    """Return a callback of `study.optimize` that records each trial when it has ended, in `search`.

    For those who say what is recorded: `study.optimize(objective, callbacks=[provkg.optuna.trials_of(search)])`. With
    `autolog`, trials are recorded while they run, and there is nothing left for it to do.
    """

    def ended(study: Any, trial: Any) -> None:
        if not _searches.get(id(study)):
            attempt(f"record trial {trial.number}", lambda: replay(search, study, trial))

    return ended


def observe(framework: ModuleType, observed: Observed) -> None:
    """Watch how studies are optimised and what trials are told."""
    from optuna.study import _optimize  # which Optuna loads itself

    observed.observe(framework.Study, "optimize", _optimizing)
    observed.observe(framework.Study, "ask", _asked)
    observed.observe(framework.Study, "tell", _telling)
    observed.observe(framework.trial.Trial, "report", _reported)
    observed.observe(framework.trial.Trial, "_suggest", _suggested)
    observed.observe(_optimize, "_run_trial", _running)
    observed.observe(_optimize, "_log_failed_trial", _failing)


# --- the search


def _optimizing(call: Call) -> Generator[None, None, None]:
    study, around = call.owner, open_block()
    budget = {name: call.argument(name) for name in ("n_trials", "timeout", "n_jobs")}
    if isinstance(around, TuningBlock):
        search = Search(around, study)
        around.params(settings(study, budget))
        with _searching(search):
            yield
        return
    block = StudyRun(study, params=settings(study, budget), library="optuna")
    with block, _searching(Search(block, study)):
        yield


@contextmanager
def _searching(search: Search) -> Iterator[None]:
    of_study = _searches.setdefault(id(search.study), [])
    of_study.append(search)
    try:
        yield
    finally:
        of_study.remove(search)
        attempt("record how the search ended", search.conclude)


# --- trials


def _asked(call: Call) -> Generator[None, None, None]:
    yield
    study, trial = call.owner, call.result
    search = next(iter(_searches.get(id(study), [])[-1:]), None)
    title = f"{study.study_name}, trial {trial.number}"
    block = search.trial(title) if search is not None else EmergingTraining(title, library="optuna")
    block.tag("optuna.study", study.study_name)
    block.tag("optuna.trial", trial.number)
    _trials[id(study), trial.number] = (block.begin(), trial._trial_id)  # noqa: SLF001 - its key in the storage
    if (underway := _underway()) is not None:
        underway.number = trial.number
        apart.enter(block)


def _running(call: Call) -> Generator[None, None, None]:
    underway = _Underway()
    _stack().append(underway)
    try:
        yield
    finally:
        _stack().remove(underway)
        if underway.number is not None:
            study = call.argument("study")
            attempt("record the end of a trial", lambda: _finish(study, underway.number, underway.error))


def _failing(call: Call) -> Generator[None, None, None]:
    if (underway := _underway()) is not None:
        raised = call.argument("exc_info")
        underway.error = raised[1] if raised else failed("optuna", "TrialState.FAIL", str(call.argument("message")))
    yield


def _telling(call: Call) -> Generator[None, None, None]:
    yield
    _finish(call.owner, call.result.number, None)


def _suggested(call: Call) -> Generator[None, None, None]:
    yield
    trial, name = call.owner, str(call.argument("name"))
    if (block := _block(trial)) is not None:
        block.params({name: call.result})
    for search in _searches.get(id(trial.study), [])[-1:]:
        search.space[name] = call.argument("distribution")


def _reported(call: Call) -> Generator[None, None, None]:
    yield
    if (block := _block(call.owner)) is not None:
        block.metric(REPORTED, call.argument("value"), step=call.argument("step"))


def _block(trial: Any) -> TrainingBlock | None:
    found = _trials.get((id(trial.study), trial.number))
    return found[0] if found is not None else None


def _finish(study: Any, number: int | None, error: BaseException | None) -> None:
    found = _trials.pop((id(study), number or 0), None)
    if found is None:
        return
    block, key = found
    frozen = study._storage.get_trial(key)  # noqa: SLF001 - `study.trials` copies all of them
    try:
        tell(block, study, frozen)
    finally:
        block.end(error_of(frozen, error))
        apart.leave(block)


@dataclass
class _Underway:
    """A trial that this thread runs."""

    number: int | None = None
    error: BaseException | None = None


def _stack() -> list[_Underway]:
    if not hasattr(_of_thread, "stack"):
        _of_thread.stack = []
    stack: list[_Underway] = _of_thread.stack
    return stack


def _underway() -> _Underway | None:
    return next(iter(_stack()[-1:]), None)
