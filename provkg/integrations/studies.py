"""What an Optuna study says of itself: its settings and space, its trials and which of them are best."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any, Final

from provkg.capture import TrainingBlock, TuningBlock
from provkg.capture.trouble import attempt
from provkg.integrations.emerging import EmergingTraining
from provkg.integrations.ends import failed, stopped
from provkg.records import ParameterDefinition, Plan, Reference

RUN_ATTRIBUTE: Final = "provkg:run"
_TYPES: Final = {"int": "integer", "float": "number", "bool": "boolean"}


class StudyRun(TuningBlock):
    """One call of `study.optimize`; the next call on the same study, in another process too, goes on from it."""

    def __init__(self, study: Any, **about: Any) -> None:
        super().__init__(study.study_name, data=None, **about)
        self._study = study
        self.space: Mapping[str, Any] = {}
        self.tag("optuna.study", study.study_name)
        said = attempt("read the study's attributes", self._run_before)
        self._continues = Reference(self._kind.kind(), ("provkg", said)) if said else None
        if self._continues is None:
            self.known_as(f"optuna:{study.study_name}")
        attempt("note the run in the study", self._note)

    def _run_before(self) -> str | None:
        found = self._study._storage.get_study_system_attrs(self._study._study_id)  # noqa: SLF001 - not the user's
        return str(found[RUN_ATTRIBUTE]) if RUN_ATTRIBUTE in found else None

    def _note(self) -> None:
        # A system attribute: what the user attaches to the study stays the user's.
        key = self.whole.key[-1]
        self._study._storage.set_study_system_attr(self._study._study_id, RUN_ATTRIBUTE, key)  # noqa: SLF001

    def _specific(self) -> dict[str, Any]:
        plan = Plan(title=self.title, declares_parameters=tuple(definitions(self.space))) if self.space else None
        return {
            **super()._specific(),
            "plan": plan,
            "informed_by": (self._continues,) if self._continues is not None else (),
        }


class Search:
    """A study that is being optimised, and the block that its trials are parts of."""

    def __init__(self, block: TuningBlock, study: Any) -> None:
        self.block, self.study = block, study
        self.space: dict[str, Any] = {}
        if isinstance(block, StudyRun):
            block.space = self.space

    def trial(self, title: str) -> TrainingBlock:
        """Return the block of a trial: a training where the search has data, else what becomes one."""
        if self.block.names_data:
            return self.block.trial(title)
        return EmergingTraining(title, within=self.block, library="optuna")

    def conclude(self) -> None:
        """Say what was searched and what was best."""
        self.block.params({"space": {name: _text(each) for name, each in self.space.items()}})
        best = self.study.best_trials
        if not best:
            return
        self.block.tag("optuna.best_trials", ",".join(str(trial.number) for trial in best))
        if len(objectives(self.study)) == 1:
            self.block.params({"best": best[0].params})
            self.block.metric(objectives(self.study)[0], best[0].value)


def settings(study: Any, budget: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a search: its algorithm and its budget."""
    return {
        "sampler": type(study.sampler).__name__,
        "pruner": type(study.pruner).__name__,
        "direction": [direction.name.lower() for direction in study.directions],
        **{name: value for name, value in budget.items() if value is not None},
    }


def objectives(study: Any) -> Sequence[str]:
    """Return what the values of a trial are called: as the user calls them, else `objective`, numbered if several."""
    if study.metric_names:
        return [str(name) for name in study.metric_names]
    count = len(study.directions)
    return ["objective"] if count == 1 else [f"objective_{number}" for number in range(count)]


def definitions(space: Mapping[str, Any]) -> Iterator[ParameterDefinition]:
    """Yield what each parameter may be."""
    for name, distribution in space.items():
        low, high = getattr(distribution, "low", None), getattr(distribution, "high", None)
        values = [low] if low is not None else list(getattr(distribution, "choices", ()))
        kinds = {_TYPES.get(type(value).__name__, "text") for value in values}
        yield ParameterDefinition(
            title=name,
            parameter_type=kinds.pop() if len(kinds) == 1 else None,
            description=_text(distribution),
            min_value=low,
            max_value=high,
        )


def _text(distribution: Any) -> str:
    return str(distribution)


def tell(block: TrainingBlock, study: Any, trial: Any) -> None:
    """Say what a trial that has ended was: its parameters, values and the user's attributes."""
    block.params({name: value for name, value in trial.params.items() if name not in block.told.params})
    for name, value in trial.user_attrs.items():
        block.tag(name, value)
    if trial.state.name == "COMPLETE":
        for name, value in zip(objectives(study), trial.values, strict=True):
            block.metric(name, value)


def error_of(trial: Any, raised: BaseException | None) -> BaseException | None:
    """Return how a trial ended: one that was pruned was stopped, which is no failure."""
    match trial.state.name:
        case "COMPLETE":
            return None
        case "PRUNED":
            last = max(trial.intermediate_values, default=None)
            return stopped("optuna", "TrialPruned", "pruned" if last is None else f"pruned after step {last}")
        case state:
            return raised or failed("optuna", f"TrialState.{state}", f"the trial ended as {state}")


def replay(search: TuningBlock, study: Any, trial: Any) -> None:
    """Record a trial that has ended, from what the study keeps of it."""
    block = search.trial(f"{study.study_name}, trial {trial.number}")
    block.tag("optuna.trial", trial.number)
    if trial.datetime_start is not None:
        block.since(trial.datetime_start.astimezone(UTC))
    block.begin()
    for step, value in sorted(trial.intermediate_values.items()):
        block.metric("intermediate_value", value, step=step)
    tell(block, study, trial)
    block.end(error_of(trial, None))
