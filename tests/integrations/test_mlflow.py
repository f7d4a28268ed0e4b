"""Existing MLflow scripts: MLflow gets what it would without us, and the graph gets their provenance."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from contextvars import Context
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("mlflow")
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["GIT_PYTHON_REFRESH"] = "quiet"

import mlflow
import numpy as np
import pandas as pd
from pyoxigraph import Literal, RdfFormat, parse
from sklearn.linear_model import LogisticRegression

import provkg
from provkg import vocabulary as v
from provkg.capture import CaptureWarning
from provkg.capture.spool import spool_files
from provkg.integrations.mlflow.watching import read
from provkg.integrations.mlflow_plugin import RunAround
from provkg.records import CLOSED, OPENED, EvaluationRun, ModelVersion, Reference, Run, SeedSetting, TrainingRun
from tests.integrations.asking import answers, asking, found
from tests.recording import CHECKOUT, Recorded, described, left_in, ran, recording

pytestmark = [
    pytest.mark.frameworks,
    pytest.mark.filterwarnings("ignore::DeprecationWarning:(sqlalchemy|alembic|mlflow|google|pydantic)"),
    pytest.mark.filterwarnings("ignore:.*is deprecated.*:FutureWarning:mlflow"),
    pytest.mark.filterwarnings("ignore:.*Inferred schema contains integer:UserWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
FRAME = pd.DataFrame({"a": [0.0, 1.0, 2.0, 3.0], "b": [1.0, 0.0, 1.0, 0.0], "y": [0.0, 0.0, 1.0, 1.0]})


@pytest.fixture(scope="module")
def tracking(tmp_path_factory: pytest.TempPathFactory) -> str:
    uri = f"sqlite:///{tmp_path_factory.mktemp('mlflow') / 'mlflow.db'}"
    mlflow.set_tracking_uri(uri)
    mlflow.MlflowClient().search_experiments()  # makes the database, which takes its time
    return uri


@pytest.fixture
def experiment(tracking: str, tmp_path: Path) -> Iterator[str]:
    name = tmp_path.name
    mlflow.create_experiment(name, artifact_location=(tmp_path / "artifacts").as_uri())
    mlflow.set_experiment(name)
    yield name
    while mlflow.active_run() is not None:
        mlflow.end_run()


@pytest.fixture
def recorded(tmp_path: Path, experiment: str) -> Iterator[Recorded]:
    with recording(tmp_path / "kg") as made:
        provkg.mlflow.autolog()
        yield made
        while mlflow.active_run() is not None:
            mlflow.end_run()
        provkg.mlflow.autolog(disable=True)


def runs(recorded: Recorded) -> list[Run]:
    return [run for record in recorded.records(CLOSED) for run in described(record, Run)]


def params(run: Run) -> dict[str, str]:
    return {
        each.name: each.value_text.partition("^")[0] for each in run.parameters if not isinstance(each, SeedSetting)
    }


def a_script(folder: Path) -> str:
    """Do what MLflow scripts do, and return the run's id."""
    table = folder / "scores.csv"
    table.write_text("a\n1\n")
    with mlflow.start_run(run_name="outer", tags={"team": "vision"}, description="a try") as run:
        mlflow.log_params({"C": 0.5, "solver": "lbfgs", "fit_intercept": True, "seed": 7})
        mlflow.log_param("rate", 1e-4)
        mlflow.log_input(mlflow.data.from_pandas(FRAME, targets="y", name="toy"), context="training")
        for step in range(3):
            mlflow.log_metrics({"loss": 1 / (step + 1), "val_loss": 2 / (step + 1)}, step=step)
        mlflow.log_metric("test_accuracy", 0.75)
        mlflow.set_tags({"stage": "draft"})
        mlflow.log_artifact(str(table), "tables")
        mlflow.log_text("notes", "notes.txt")
        mlflow.log_dict({"a": 1}, "config.json")
        with mlflow.start_run(run_name="inner", nested=True):
            mlflow.log_metric("loss", 3)
    return str(run.info.run_id)


def kept(run_id: str) -> Any:
    """Return everything that MLflow has of a run and that does not depend on when and under which id it ran."""
    client = mlflow.MlflowClient()
    run = client.get_run(run_id)
    root = Path(run.info.artifact_uri.removeprefix("file://"))
    files = {str(file.relative_to(root)): file.read_bytes() for file in root.rglob("*") if file.is_file()}
    metrics = {
        name: [(each.value, each.step) for each in client.get_metric_history(run_id, name)] for name in run.data.metrics
    }
    inputs = [(each.dataset.to_dictionary(), [dict(tag) for tag in each.tags]) for each in run.inputs.dataset_inputs]
    tags = {key: value for key, value in run.data.tags.items() if key != "mlflow.log-model.history"}
    return SimpleNamespace(
        params=run.data.params, metrics=metrics, inputs=inputs, tags=tags, files=files, status=run.info.status
    )


def test_mlflow_has_what_it_has_without_us(experiment: str, tmp_path: Path) -> None:
    alone = kept(a_script(tmp_path))
    with recording(tmp_path / "kg"):
        provkg.mlflow.autolog()
        watched = kept(a_script(tmp_path))
        provkg.mlflow.autolog(disable=True)
    after = kept(a_script(tmp_path))
    ours = {name for name in watched.tags if name.startswith("provkg.")}
    assert ours == {"provkg.run"}
    assert watched.files.pop("provkg/provenance.ttl")
    del watched.tags["provkg.run"]
    assert watched == alone == after


def test_a_script_is_known_in_the_graph(recorded: Recorded, tmp_path: Path, experiment: str) -> None:
    data = provkg.dataset("toy", FRAME, source="https://example.org/toy", license="CC0-1.0")
    run_id = a_script(tmp_path)
    outer = next(run for run in runs(recorded) if run.title == "outer")
    inner = next(run for run in runs(recorded) if run.title == "inner")
    assert isinstance(outer, TrainingRun), "it has training data"
    assert not isinstance(inner, TrainingRun)
    assert inner.part_of == outer.reference()
    assert outer.training_data == (data.reference,), "the frame is known by the object"
    assert outer.external_id == (f"mlflow:{run_id}",)
    assert outer.description == "a try"
    assert {(tag.key, tag.value) for tag in outer.tags} == {
        ("team", "vision"),
        ("stage", "draft"),
        ("mlflow.run_id", run_id),
    }
    with asking(tmp_path / "kg") as graph:
        assert answers(graph, "learning-curve", "at", "value", run="outer", metric="loss", role="validation") == [
            (0, 2.0),
            (1, 1.0),
            (2, pytest.approx(2 / 3)),
        ]
        settings = dict(answers(graph, "runs-of-experiment", "key", "value", experiment=experiment))
        assert settings["C"] == 0.5
        assert found(
            graph,
            """SELECT ?path ?value WHERE { ?run pvk:externalId ?id ; pvk:parameter ?p .
            ?p pvk:paramName ?path ; pvk:numericValue ?value
            FILTER(!CONTAINS(?path, ".")) } ORDER BY ?path""",  # but for the seeds that the process has by itself
        ) == [("C", 0.5), ("fit_intercept", 1), ("rate", 1e-4), ("seed", 7)], "texts of numbers are numbers again"
        assert found(
            graph,
            "SELECT ?n WHERE { ?m a pvk:MetricObservation ; pvk:onSplitRole pvk:SplitRole-test ; pvk:value ?n }",
        ) == [(0.75,)]
        files = found(
            graph,
            """SELECT ?name WHERE { ?data pvk:versionOf/dct:title ?name ; prov:wasGeneratedBy/dct:title "outer" }
            ORDER BY ?name""",
        )
        assert files == [("config.json",), ("notes.txt",), ("tables/scores.csv",)]


def test_a_metric_of_a_part_is_measured_on_its_data(recorded: Recorded, tmp_path: Path) -> None:
    with mlflow.start_run(run_name="judge"):
        mlflow.log_input(mlflow.data.from_pandas(FRAME, name="held-out"), context="test")
        mlflow.log_metric("test_accuracy", 0.5)
    with asking(tmp_path / "kg") as graph:
        on = "SELECT ?name WHERE { ?m a pvk:MetricObservation ; pvk:measuredOn/pvk:versionOf/dct:title ?name }"
        assert found(graph, on) == [("held-out",)]


def test_the_run_keeps_its_provenance_as_prov_o(recorded: Recorded, tmp_path: Path) -> None:
    run_id = a_script(tmp_path)
    client = mlflow.MlflowClient()
    path = client.download_artifacts(run_id, "provkg/provenance.ttl", str(tmp_path))
    said = [quad.triple for quad in parse(Path(path).read_bytes(), format=RdfFormat.TURTLE)]
    (run,) = {each.subject for each in said if each.object == Literal(f"mlflow:{run_id}")}
    of_run = {(each.predicate, each.object) for each in said if each.subject == run}
    assert (v.rdf_type, v.prov_Activity) in of_run, "in the words of PROV, so that any tool reads it"
    assert any(predicate == v.prov_used for predicate, _ in of_run)
    assert any(predicate == v.prov_endedAtTime for predicate, _ in of_run)
    made = [each.subject for each in said if each.predicate == v.prov_wasGeneratedBy and each.object == run]
    assert len(made) == 6, "three files and three metrics"
    titles = {
        str(each.object.value) for each in said if each.predicate == v.dct_title and hasattr(each.object, "value")
    }
    assert {"outer", "inner", "toy"} <= titles, "its part and its data too"
    tag = client.get_run(run_id).data.tags["provkg.run"]
    outer = next(run for run in runs(recorded) if run.title == "outer")
    assert outer.reference() == Reference("run", ("provkg", tag)), "and MLflow's run leads to ours"


def logged_model(**more: Any) -> str:
    with mlflow.start_run(run_name="fit") as run:
        mlflow.log_input(mlflow.data.from_pandas(FRAME, targets="y", name="toy"), context="training")
        model = LogisticRegression().fit(FRAME[["a", "b"]].to_numpy(), FRAME.y)
        mlflow.log_metric("accuracy", 1.0)
        mlflow.sklearn.log_model(model, name="model", pip_requirements=["scikit-learn"], **more)
    return str(run.info.run_id)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_models_and_the_registry_are_known(recorded: Recorded, tmp_path: Path, experiment: str) -> None:
    name = f"{experiment}-classifier"
    logged_model(registered_model_name=name)
    client = mlflow.MlflowClient()
    client.set_registered_model_alias(name, "champion", "1")
    client.transition_model_version_stage(name, "1", "Staging")
    with asking(tmp_path / "kg") as graph:
        assert answers(graph, "training-data", "name", model=name) == [("toy",)]
        entries = found(
            graph,
            """SELECT ?name ?version ?alias WHERE { ?entry a pvk:RegistryEntry ; pvk:registryName ?name ;
            pvk:registryVersion ?version ; pvk:registers ?model . ?model pvk:trainedBy/dct:title "fit" .
            OPTIONAL { ?entry pvk:alias ?alias } } ORDER BY ?alias""",
        )
        assert entries == [(name, "1", None), (name, "1", "Staging"), (name, "1", "champion")]
        (files,) = found(graph, "SELECT (COUNT(?f) AS ?n) WHERE { ?m a pvk:ModelVersion ; pvk:hasFile ?f }")
        assert files[0] >= 3, "MLmodel, the model, its requirements"
        of_model = "SELECT ?v WHERE { ?m pvk:metricKind pvk:MetricKind-accuracy ; pvk:value ?v }"
        assert found(graph, of_model) == [(1.0,)], "MLflow repeats it for the model"


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_another_process_registers_a_model_that_it_did_not_make(recorded: Recorded, experiment: str) -> None:
    from provkg.integrations.mlflow import registry

    run_id = logged_model()
    registry._saved.clear()  # as in a process that knows nothing of it
    (model,) = mlflow.search_logged_models(filter_string=f"source_run_id = '{run_id}'", output_format="list")
    mlflow.register_model(f"models:/{model.model_id}", f"{experiment}-later")
    (entry,) = recorded.records("registry-entry") or [recorded.records()[-1]]
    assert f"mlflow:{experiment}-later/1" in str(entry.to_json())


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_a_model_without_data_is_files_and_it_is_said(recorded: Recorded, tmp_path: Path) -> None:
    with (
        pytest.warns(CaptureWarning, match="nothing says what it learned from"),
        mlflow.start_run(run_name="blind"),
    ):
        mlflow.sklearn.log_model(LogisticRegression(), name="model", pip_requirements=["scikit-learn"])
    (run,) = runs(recorded)
    assert not isinstance(run, TrainingRun)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_a_model_that_was_trained_before_is_its_export(recorded: Recorded, tmp_path: Path) -> None:
    provkg.autolog("sklearn")
    try:
        data = provkg.dataset("toy", FRAME, source="https://example.org/toy")
        model = LogisticRegression().fit(FRAME[["a", "b"]], FRAME.y)
        with mlflow.start_run(run_name="only logs"):
            mlflow.sklearn.log_model(model, name="toy-model", pip_requirements=["scikit-learn"])
    finally:
        provkg.autolog("sklearn", disable=True)
    fit, logs = runs(recorded)
    assert fit.training_data == (data.reference,)  # type: ignore[attr-defined]
    assert not isinstance(logs, TrainingRun)
    with asking(tmp_path / "kg") as graph:
        exported = """SELECT ?name WHERE { ?m pvk:versionOf/dct:title "toy-model" ;
            pvk:exportedFrom/pvk:versionOf/dct:title ?name }"""
        assert found(graph, exported) == [("LogisticRegression",)]
        assert answers(graph, "datasets-behind-model", "name", model="toy-model") == [("toy",)]


def test_mlflows_own_autologging_is_recorded_too(recorded: Recorded) -> None:
    mlflow.sklearn.autolog(log_models=False, silent=True)
    try:
        X, y = FRAME[["a", "b"]].to_numpy(), FRAME.y.to_numpy()  # noqa: N806 - what people call them
        data = provkg.dataset("toy", X, source="https://example.org/toy")
        LogisticRegression(C=0.25).fit(X, y)
    finally:
        mlflow.sklearn.autolog(disable=True)
    (run,) = runs(recorded)
    assert isinstance(run, TrainingRun)
    assert params(run)["C"] == '"0.25"'
    assert data.reference in run.training_data


@pytest.mark.parametrize(("status", "ours"), [("FINISHED", "succeeded"), ("FAILED", "failed"), ("KILLED", "aborted")])
def test_a_run_ends_as_mlflow_is_told(recorded: Recorded, status: str, ours: str) -> None:
    mlflow.start_run()
    mlflow.end_run(status)
    (run,) = runs(recorded)
    assert getattr(run.status, "value", "").endswith(ours)
    assert run.error_type == (None if status == "FINISHED" else f"mlflow.RunStatus.{status}")


def test_an_exception_ends_the_run_and_goes_on(recorded: Recorded) -> None:
    with pytest.raises(ZeroDivisionError), mlflow.start_run():
        _ = 1 / 0
    (run,) = runs(recorded)
    assert run.error_type == "ZeroDivisionError"
    assert mlflow.last_active_run().info.status == "FAILED"


def test_a_run_that_goes_on_later_names_the_one_before(recorded: Recorded) -> None:
    with mlflow.start_run(run_name="long") as run:
        mlflow.log_param("C", 1)
    with mlflow.start_run(run_id=run.info.run_id):
        mlflow.log_metric("loss", 0.5)
    first, second = runs(recorded)
    assert second.informed_by == (first.reference(),)
    assert first.external_id == (f"mlflow:{run.info.run_id}",)
    assert second.external_id is None, "one external id is one run"
    files = [each.path for each in mlflow.MlflowClient().list_artifacts(run.info.run_id, "provkg")]
    assert len(files) == 2, "each piece keeps its own"


def test_clients_create_and_end_runs_as_well(recorded: Recorded, experiment: str) -> None:
    client = mlflow.MlflowClient()
    held = client.get_experiment_by_name(experiment)
    assert held is not None
    run = client.create_run(held.experiment_id, run_name="by hand", tags={"k": "v"})
    client.log_metric(run.info.run_id, "loss", 0.5, step=3)
    client.log_param(run.info.run_id, "C", 2)
    assert mlflow.active_run() is None
    with provkg.run("beside") as beside:
        pass
    client.set_terminated(run.info.run_id)
    (ours,) = (each for each in runs(recorded) if each.title == "by hand")
    assert params(ours) == {"C": '"2"'}
    (other,) = (each for each in runs(recorded) if each.title == "beside")
    assert other.part_of is None, "a run of a client's is nobody's surroundings"
    assert beside.reference == other.reference()


def test_what_a_framework_trains_inside_is_that_run(recorded: Recorded) -> None:
    from provkg.integrations.runs import training_here

    data = provkg.dataset("toy", np.ones((3, 2)), source="https://example.org/toy")
    others = provkg.dataset("other", np.zeros((3, 2)), source="https://example.org/other")
    with mlflow.start_run(run_name="fit"):
        with training_here("theirs", data=data, params={"C": 1}) as run:
            run.model("net", b"weights")
        with training_here("second", data=others):
            pass
    inner, outer = runs(recorded)
    assert isinstance(outer, TrainingRun)
    assert (outer.title, outer.training_data, params(outer)) == ("fit", (data.reference,), {"C": '"1"'})
    assert (inner.title, inner.part_of) == ("second", outer.reference()), "other data is another training"


def test_what_scikit_learn_fits_inside_is_that_run_with_its_data_and_model(recorded: Recorded) -> None:
    provkg.autolog("sklearn")
    with mlflow.start_run(run_name="fit"):
        estimator = LogisticRegression(C=0.5).fit(FRAME[["a", "b"]], FRAME.y)
        estimator.score(FRAME[["a", "b"]], FRAME.y)
    provkg.autolog("sklearn", disable=True)
    (run,) = (each for each in runs(recorded) if isinstance(each, TrainingRun))
    assert run.title == "fit"
    assert len(run.training_data) == 1
    assert params(run)["C"] == '"0.5"'
    models = [model for record in recorded.records(CLOSED) for model in described(record, ModelVersion)]
    assert len(models) == 1
    assert any(isinstance(each, EvaluationRun) for each in runs(recorded)), "the model is known when it is scored"


def test_a_booster_that_is_trained_inside_is_the_model_of_that_run(recorded: Recorded) -> None:
    xgboost = pytest.importorskip("xgboost")
    provkg.autolog("xgboost", "sklearn")
    with mlflow.start_run(run_name="boost"):
        xgboost.train({"nthread": 1}, xgboost.DMatrix(FRAME[["a", "b"]], label=FRAME.y), 2)
    with mlflow.start_run(run_name="estimator"):
        xgboost.XGBRegressor(n_estimators=2, n_jobs=1).fit(FRAME[["a", "b"]], FRAME.y)
    provkg.autolog("xgboost", "sklearn", disable=True)
    made = [model.run for record in recorded.records(CLOSED) for model in described(record, ModelVersion)]
    assert made == [run.reference() for run in runs(recorded)], "one model each"


def test_a_run_that_one_cell_began_is_around_what_the_next_one_trains(recorded: Recorded) -> None:
    from provkg.integrations.runs import training_here

    data = provkg.dataset("toy", np.ones((3, 2)), source="https://example.org/toy")

    def cell() -> None:
        with training_here("theirs", data=data):
            pass

    mlflow.start_run(run_name="across cells")
    Context().run(cell)  # as the cells of a notebook are: what one set, the next one does not see
    mlflow.end_run()
    (run,) = runs(recorded)
    assert run.training_data == (data.reference,)  # type: ignore[attr-defined]


def test_a_nested_run_is_a_part_of_what_is_around_it_in_its_parent(recorded: Recorded) -> None:
    with mlflow.start_run(run_name="outer"), provkg.run("trial"), mlflow.start_run(run_name="inner", nested=True):
        pass
    inner, trial, outer = runs(recorded)
    assert (inner.part_of, trial.part_of) == (trial.reference(), outer.reference())


def test_a_failure_of_ours_changes_nothing(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr("provkg.integrations.mlflow.runs.LoggedRun.take_metric", broken)
    with pytest.warns(CaptureWarning, match="RuntimeError: ours"), mlflow.start_run() as run:
        mlflow.log_metric("loss", 0.5)
    assert mlflow.get_run(run.info.run_id).data.metrics == {"loss": 0.5}


def test_our_errors_are_mlflows_when_it_refuses(recorded: Recorded) -> None:
    with mlflow.start_run():
        mlflow.log_param("C", 1)
        with pytest.raises(mlflow.MlflowException, match="Changing param"):
            mlflow.log_param("C", 2)
    assert params(runs(recorded)[0]) == {"C": '"1"'}, "what MLflow refused was not logged"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-3", -3),
        ("0.5", 0.5),
        ("1e-4", 1e-4),
        ("1.5E+3", 1500.0),
        ("True", True),
        ("lbfgs", "lbfgs"),
        ("1.2.3", "1.2.3"),
        ("", ""),
        ("\u0661", "\u0661"),
        ("nan", "nan"),
        ("1_000", "1_000"),
    ],
)
def test_texts_of_numbers_are_read_as_numbers(text: str, value: object) -> None:
    assert (read(text), type(read(text))) == (value, type(value))


def test_the_plugin_names_the_run_around(recorded: Recorded) -> None:
    assert not RunAround().in_context()
    assert RunAround().tags() == {}
    with provkg.run("ours") as run:
        assert RunAround().in_context()
        assert RunAround().tags() == {"provkg.within": run.whole.key[-1]}


def test_mlflow_itself_asks_the_plugin(recorded: Recorded) -> None:
    from mlflow.tracking.context.registry import _run_context_provider_registry as providers

    provkg.mlflow.autolog(disable=True)
    providers.register(RunAround)
    try:
        with provkg.run("ours") as run, mlflow.start_run() as logged:
            pass
        with mlflow.start_run() as alone:
            pass
    finally:
        providers._registry.pop()
    client = mlflow.MlflowClient()
    assert client.get_run(logged.info.run_id).data.tags["provkg.within"] == run.whole.key[-1]
    assert "provkg.within" not in client.get_run(alone.info.run_id).data.tags


@pytest.mark.checkout
def test_the_plugin_that_the_package_declares_is_there() -> None:
    said = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]
    assert said["mlflow.run_context_provider"] == {"provkg": f"{RunAround.__module__}:{RunAround.__qualname__}"}


SCRIPT = """
    import provkg
    provkg.configure(store="kg", base="https://example.org/")
    provkg.mlflow.autolog()
    import sys
    assert "mlflow" not in sys.modules, "nothing is imported that the script does not import"
    import mlflow
    mlflow.set_experiment("scripts")
    mlflow.start_run(run_name="never ended")
    mlflow.log_metric("loss", 0.5)
    {end}
"""


def test_a_forked_child_leaves_the_run_to_its_parent(tracking: str, tmp_path: Path) -> None:
    end = "child = os.fork()\n    if not child: sys.exit()\n    os.waitpid(child, 0)\n    mlflow.end_run()"
    text = SCRIPT.replace("{end}", f"import os\n    {end}")
    done = ran(text, tmp_path, MLFLOW_TRACKING_URI=tracking, MLFLOW_DISABLE_TELEMETRY="true")
    assert done.returncode == 0, done.stderr
    files = spool_files(tmp_path / "kg" / "spool")
    closed = [
        run for file in files for record in file.records() if record.type == CLOSED for run in described(record, Run)
    ]
    assert [run.title for run in closed] == ["never ended"]


@pytest.mark.parametrize(("end", "status"), [("", "succeeded"), ("1 / 0", "failed"), ("os._exit(9)", "open")])
def test_a_script_that_never_ends_its_run(tracking: str, tmp_path: Path, end: str, status: str) -> None:
    text = SCRIPT.replace("{end}", f"import os; {end}" if end else "")
    done = ran(text, tmp_path, MLFLOW_TRACKING_URI=tracking, MLFLOW_DISABLE_TELEMETRY="true")
    assert done.returncode == {"succeeded": 0, "failed": 1, "open": 9}[status], done.stderr
    file = left_in(tmp_path / "kg")
    closed = [run for record in file.records() if record.type == CLOSED for run in described(record, Run)]
    opened = [run for record in file.records() if record.type == OPENED for run in described(record, Run)]
    assert [run.title for run in opened] == ["never ended"]
    assert [getattr(run.status, "value", "").rpartition("-")[2] for run in closed] == (
        [status] if status != "open" else []
    )
