"""Optuna's studies are searches with trials, whoever runs them and in however many threads and processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("optuna")

import optuna

import provkg
from provkg.capture import CaptureWarning
from provkg.integrations.runs import training_here
from provkg.records import CLOSED, ModelVersion, Run, TrainingRun, TuningRun
from tests.integrations.asking import answers, asking, found
from tests.recording import Recorded, described, left_in, ran, recording

pytestmark = [pytest.mark.frameworks, pytest.mark.filterwarnings("ignore::optuna.exceptions.ExperimentalWarning")]
optuna.logging.set_verbosity(optuna.logging.CRITICAL)


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Recorded]:
    with recording(tmp_path / "kg") as made:
        provkg.optuna.autolog()
        yield made
        provkg.optuna.autolog(disable=True)


def runs(recorded: Recorded) -> list[Run]:
    return [run for record in recorded.records(CLOSED) for run in described(record, Run)]


def search_of(recorded: Recorded) -> TuningRun:
    (search,) = (run for run in runs(recorded) if isinstance(run, TuningRun))
    return search


def trials(recorded: Recorded) -> list[Run]:
    return [run for run in runs(recorded) if not isinstance(run, TuningRun)]


def params(run: Run) -> dict[str, str]:
    return {each.name: each.value_text.partition("^")[0].strip('"') for each in run.parameters}


def status(run: Run) -> str:
    return str(getattr(run.status, "value", "")).rpartition("-")[2]


def study(**more: Any) -> Any:
    return optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1), study_name="best C", **more)


def objective(trial: Any) -> float:
    c = trial.suggest_float("C", 1e-3, 10, log=True)
    solver = trial.suggest_categorical("solver", ["lbfgs", "saga"])
    for step in range(3):
        trial.report(c * step, step)
    trial.set_user_attr("note", "quick")
    return float(c + (solver == "saga"))


def test_a_study_finds_what_it_finds_without_us(tmp_path: Path) -> None:
    def values() -> list[Any]:
        made = study()
        made.optimize(objective, n_trials=3)
        return [(each.values, each.params, each.intermediate_values, each.user_attrs) for each in made.trials]

    alone = values()
    with recording(tmp_path / "kg"):
        provkg.optuna.autolog()
        watched = values()
        provkg.optuna.autolog(disable=True)
    assert watched == alone == values()


def test_a_study_is_a_search_with_trials(recorded: Recorded, tmp_path: Path) -> None:
    made = study()
    made.optimize(objective, n_trials=3)
    search = search_of(recorded)
    assert (search.title, search.external_id) == ("best C", ("optuna:best C",))
    assert {name: params(search)[name] for name in ("sampler", "pruner", "n_trials")} == {
        "sampler": "RandomSampler",
        "pruner": "MedianPruner",
        "n_trials": "3",
    }
    assert float(params(search)["best.C"]) == made.best_params["C"]
    assert [trial.title for trial in trials(recorded)] == [f"best C, trial {number}" for number in range(3)]
    assert {trial.part_of for trial in trials(recorded)} == {search.reference()}
    assert [float(params(trial)["C"]) for trial in trials(recorded)] == [each.params["C"] for each in made.trials]
    with asking(tmp_path / "kg") as graph:
        assert answers(graph, "learning-curve", "at", "value", run="best C, trial 1", metric="intermediate_value") == [
            (step, value) for step, value in made.trials[1].intermediate_values.items()
        ]
        objectives = """SELECT ?value WHERE { ?m pvk:metricKind/skos:prefLabel "objective" ; pvk:measuredIn ?run ;
            pvk:value ?value . ?run pvk:partOfRun ?search } ORDER BY ?value"""
        assert found(graph, objectives) == [(value,) for value in sorted(each.value for each in made.trials)]
        space = """SELECT ?name ?low ?high ?words WHERE { ?search a pvk:TuningRun ; pvk:executesPlan ?plan .
            ?plan pvk:declaresParameter ?p . ?p dct:title ?name . ?p dct:description ?words .
            OPTIONAL { ?p pvk:minValue ?low ; pvk:maxValue ?high } } ORDER BY ?name"""
        (c, solver) = found(graph, space)
        assert c[:3] == ("C", 1e-3, 10.0)
        assert "log=True" in c[3]
        assert (solver[0], "saga" in solver[3]) == ("solver", True)
        best = """SELECT ?n WHERE { ?search a pvk:TuningRun ; pvk:tagged ?tag .
            ?tag pvk:tagKey "optuna.best_trials" ; pvk:tagValue ?n }"""
        assert found(graph, best) == [(str(made.best_trial.number),)]


def test_trials_end_as_optuna_says(recorded: Recorded) -> None:
    def ends(trial: Any) -> float:
        trial.report(1.0, 4)
        if trial.number == 1:
            raise optuna.TrialPruned
        if trial.number == 2:
            raise LookupError("no such thing")
        return float("nan") if trial.number == 3 else 1.0

    study().optimize(ends, n_trials=4, catch=(LookupError,))
    found = [(status(run), run.error_type, run.error_message) for run in trials(recorded)]
    assert found[:3] == [
        ("succeeded", None, None),
        ("aborted", "optuna.TrialPruned", "pruned after step 4"),
        ("failed", "LookupError", "no such thing"),
    ]
    assert found[3][:2] == ("failed", "optuna.TrialState.FAIL")
    assert status(search_of(recorded)) == "succeeded"


def test_an_exception_ends_the_search_and_goes_on(recorded: Recorded) -> None:
    def fails(trial: Any) -> float:
        raise LookupError("theirs")

    with pytest.raises(LookupError, match="theirs"):
        study().optimize(fails, n_trials=3)
    assert [(run.error_type, status(run)) for run in runs(recorded)] == [("LookupError", "failed")] * 2


def test_several_objectives_have_values_each(recorded: Recorded, tmp_path: Path) -> None:
    made = study(directions=["minimize", "maximize"])
    made.set_metric_names(["loss", "accuracy"])
    made.optimize(lambda trial: (trial.suggest_float("x", 0, 1), 0.5), n_trials=2)
    with asking(tmp_path / "kg") as graph:
        kinds = """SELECT ?kind ?value WHERE { ?m pvk:metricKind ?kind ; pvk:value ?value ; pvk:measuredIn ?run }"""
        assert (
            sorted(str(kind).rpartition("-")[2] for kind, _ in found(graph, kinds)) == ["accuracy"] * 2 + ["loss"] * 2
        )


def test_trials_in_threads_are_parts_of_the_search(recorded: Recorded) -> None:
    data = provkg.dataset("digits", [[0, 1], [1, 0]], source="https://example.org/digits")

    def fit(trial: Any) -> float:
        x = trial.suggest_float("x", 0, 1)
        with training_here("fit", data=data, params={"x": x}) as run:
            run.metric("loss", x, epoch=0)
            run.model("net", b"weights")
        return float(x)

    study().optimize(fit, n_trials=6, n_jobs=3)
    search = search_of(recorded)
    assert {trial.part_of for trial in trials(recorded)} == {search.reference()}
    assert sorted(trial.title or "" for trial in trials(recorded)) == [f"best C, trial {n}" for n in range(6)]
    assert all(isinstance(trial, TrainingRun) for trial in trials(recorded)), "what trains in a trial is it"
    made = [model for record in recorded.records(CLOSED) for model in described(record, ModelVersion)]
    assert {model.run for model in made} == {trial.reference() for trial in trials(recorded)}
    assert {model.trained_on for model in made} == {(data.reference,)}


def test_a_search_of_the_users_takes_the_trials(recorded: Recorded) -> None:
    data = provkg.dataset("digits", [[0, 1], [1, 0]], source="https://example.org/digits")
    with provkg.tuning("mine", data=data):
        study().optimize(objective, n_trials=2)
    search = search_of(recorded)
    assert search.title == "mine"
    assert params(search)["sampler"] == "RandomSampler"
    assert [(type(trial), trial.part_of) for trial in trials(recorded)] == [(TrainingRun, search.reference())] * 2


def test_trials_that_are_asked_for_are_runs(recorded: Recorded) -> None:
    made = study()
    first, second = made.ask(), made.ask()
    with provkg.run("beside"):
        pass
    for trial in (second, first):
        made.tell(trial, trial.suggest_float("x", 0, 1))
    made.tell(made.ask(), state=optuna.trial.TrialState.PRUNED)
    assert [(run.title, status(run)) for run in trials(recorded)] == [
        ("beside", "succeeded"),
        ("best C, trial 1", "succeeded"),
        ("best C, trial 0", "succeeded"),
        ("best C, trial 2", "aborted"),
    ]
    assert {run.part_of for run in trials(recorded)} == {None}


def test_a_callback_records_trials_without_autolog(tmp_path: Path) -> None:
    with recording(tmp_path / "kg") as recorded:
        data = provkg.dataset("digits", [[0, 1], [1, 0]], source="https://example.org/digits")
        made = study()
        with provkg.tuning("mine", data=data) as search:
            made.optimize(objective, n_trials=2, callbacks=[provkg.optuna.trials_of(search)])
        first, second = trials(recorded)
        assert first.part_of == search_of(recorded).reference()
        assert first.started is not None
        assert second.started is not None
        assert abs(first.started.timestamp() - made.trials[0].datetime_start.timestamp()) < 0.01
        assert float(params(second)["C"]) == made.trials[1].params["C"]


def test_with_autolog_the_callback_has_nothing_left_to_do(recorded: Recorded) -> None:
    with provkg.tuning("mine", data=None) as search:
        study().optimize(objective, n_trials=2, callbacks=[provkg.optuna.trials_of(search)])
    assert len(trials(recorded)) == 2


SCRIPT = """
    import sys
    import provkg
    provkg.configure(store="kg", base="https://example.org/")
    provkg.autolog("optuna")
    import optuna
    study = optuna.create_study(study_name="long", storage="sqlite:///study.db", load_if_exists=True)
    study.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=2)
"""


def test_a_study_goes_on_in_another_process(tmp_path: Path) -> None:
    found: list[Run] = []
    for _ in range(2):
        done = ran(SCRIPT, tmp_path)
        assert done.returncode == 0, done.stderr
        file = left_in(tmp_path / "kg")
        found += [run for record in file.records() if record.type == CLOSED for run in described(record, Run)]
        file.remove()
    searches = [run for run in found if isinstance(run, TuningRun)]
    assert searches[1].informed_by == (searches[0].reference(),)
    assert [run.external_id for run in searches] == [("optuna:long",), None], "one external id is one run"
    numbers = [run.title for run in found if not isinstance(run, TuningRun)]
    assert numbers == [f"long, trial {number}" for number in range(4)]


def test_a_failure_of_ours_changes_nothing(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr("provkg.integrations.studies.Search.trial", broken)
    made = study()
    with pytest.warns(CaptureWarning, match="RuntimeError: ours"):
        made.optimize(objective, n_trials=2)
    assert len(made.trials) == 2
