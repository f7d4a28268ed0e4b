"""What is watched of MLflow: its client, through which all of it goes, and what begins and ends a script's runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from provkg.capture.known_models import known_model
from provkg.capture.trouble import attempt
from provkg.integrations.mlflow import inputs, registry, table
from provkg.integrations.mlflow.runs import LoggedRun, Saved
from provkg.integrations.observing import Call, Observed, Observer
from provkg.integrations.runs import also_open

TERMINAL: Final = frozenset({"FINISHED", "FAILED", "KILLED"})
_NUMBER: Final = re.compile(r"([+-]?\d+)|[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_WORDS: Final = {"True": True, "False": False}


def observe(framework: ModuleType, observed: Observed) -> None:
    """Watch MLflow's client, its active runs, its models and its datasets."""
    from mlflow.data.dataset import Dataset  # loaded with MLflow itself
    from mlflow.tracking.fluent import ActiveRun

    also_open(table.active)
    observed.observe(ActiveRun, "__init__", _activated)
    observed.observe(ActiveRun, "__exit__", _left)
    observed.observe(Dataset, "_to_mlflow_entity", _described)
    observed.observe(framework.models.Model, "log", _logging_model)
    for name, observer in _OF_CLIENT.items():
        observed.observe(framework.MlflowClient, name, observer)
    if (active := framework.active_run()) is not None:
        table.begin(framework.MlflowClient(), active, fluent=True)


def _after(act: Callable[[Call], None]) -> Observer:
    """Return an observer that acts when the call has ended well, and is not ours."""

    def observer(call: Call) -> Generator[None, None, None]:
        mine = table.speaking()
        yield
        if not mine:
            act(call)

    return observer


# --- runs


def _created(call: Call) -> None:
    table.begin(call.owner, call.result, new=True)


def _activated(call: Call) -> Generator[None, None, None]:
    yield
    from mlflow import MlflowClient

    table.begin(MlflowClient(), call.owner, fluent=True)


def _left(call: Call) -> Generator[None, None, None]:
    table.fails(call.owner.info.run_id, call.argument("exc_val"))
    yield


def _terminated(call: Call) -> Generator[None, None, None]:
    status = call.argument("status")
    if not table.speaking() and (call.name == "set_terminated" or status in TERMINAL):
        table.finish(call.owner, call.argument("run_id"), status or "FINISHED")
    yield


# --- what runs are told


def _of_run(call: Call) -> LoggedRun | None:
    return table.run_of(call.owner, str(call.argument("run_id")))


def _metric(call: Call) -> None:
    run = _of_run(call)
    if run is not None and table.model_being_logged() is None:  # which MLflow repeats the run's metrics for
        data = inputs.logged(call.argument("dataset_name"), call.argument("dataset_digest"))
        run.take_metric(str(call.argument("key")), call.argument("value"), call.argument("step"), data)


def _param(call: Call) -> None:
    run = _of_run(call)
    if run is not None:
        run.params({str(call.argument("key")): call.argument("value")})


def _tag(call: Call) -> None:
    run = _of_run(call)
    if run is not None:
        table.take_tags(run, {call.argument("key"): call.argument("value")})


def _batch(call: Call) -> None:
    run = _of_run(call)
    if run is None:
        return
    for metric in () if table.model_being_logged() is not None else call.argument("metrics", ()):
        data = inputs.logged(getattr(metric, "dataset_name", None), getattr(metric, "dataset_digest", None))
        run.take_metric(metric.key, metric.value, metric.step, data)
    if params := {param.key: read(param.value) for param in call.argument("params", ())}:
        run.params(params)
    table.take_tags(run, {tag.key: tag.value for tag in call.argument("tags", ())})


def _inputs(call: Call) -> None:
    run = _of_run(call)
    for given in call.argument("datasets") or () if run is not None else ():
        data = attempt("record an MLflow dataset", partial(inputs.data_behind, given.dataset))
        context = next((tag.value for tag in given.tags or () if tag.key == inputs.CONTEXT), None)
        if data is not None and run is not None:
            run.take_input(data, context)


def _described(call: Call) -> Generator[None, None, None]:
    yield
    inputs.described(call.owner, call.result)


def read(value: Any) -> Any:
    """Return the number or truth value that MLflow has made text of; other texts are texts."""
    if not isinstance(value, str):
        return value
    found = _NUMBER.fullmatch(value)
    if found is None:
        return _WORDS.get(value, value)
    return int(value) if found[1] is not None else float(value)


# --- files and models


def _artifact(call: Call) -> None:
    run = _of_run(call)
    if run is not None:
        local, folder = Path(call.argument("local_path")), call.argument("artifact_path") or ""
        _output(run, [local], folder)


def _artifacts(call: Call) -> None:
    run = _of_run(call)
    if run is not None:
        local, folder = Path(call.argument("local_dir")), call.argument("artifact_path") or ""
        _output(run, sorted(local.iterdir()), folder)


def _output(run: LoggedRun, paths: Iterable[Path], folder: str) -> None:
    for path in paths:
        name = f"{folder}/{path.name}" if folder else path.name
        run.dataset(name, kept_at(run.artifacts, name) or path)


def kept_at(root: str, name: str = "") -> Path | None:
    """Return where MLflow keeps an artefact, if that is a disk of this machine."""
    parts = urlsplit(root)
    path = Path(unquote(parts.path)) / name
    return path if parts.scheme in {"", "file"} and path.exists() else None


def _logging_model(call: Call) -> Generator[None, None, None]:
    given = call.kwargs.values()  # each flavour has its own word for the model
    of = next((found for value in given if (found := known_model(value)) is not None), None)
    with table.logging_model(table.Logging(call.argument("registered_model_name"), of)):
        yield


def _model(call: Call) -> None:
    model = call.owner.get_logged_model(call.argument("model_id"))
    run = table.run_of(call.owner, model.source_run_id) if model.source_run_id else None
    if run is None:
        return
    path = kept_at(model.artifact_location) or Path(call.argument("local_dir"))
    logging = table.model_being_logged() or table.Logging(None, None)
    saved = Saved(logging.name or model.name, path, logging.of)
    registry.saved(model.model_id, saved)
    saved.when_recorded(lambda handle: table.link_model(call.owner, model.model_id, registry.pointer(handle)))
    run.take_model(saved)


def _registered(call: Call) -> None:
    registry.registered(call.owner, call.result)


def _aliased(call: Call) -> None:
    version = call.owner.get_model_version(call.argument("name"), call.argument("version"))
    registry.registered(call.owner, version, str(call.argument("alias")))


def _staged(call: Call) -> None:
    registry.registered(call.owner, call.result, str(call.argument("stage")))


_OF_CLIENT: Final[dict[str, Observer]] = {
    "create_run": _after(_created),
    "set_terminated": _terminated,
    "update_run": _terminated,
    "log_metric": _after(_metric),
    "log_param": _after(_param),
    "log_batch": _after(_batch),
    "log_inputs": _after(_inputs),
    "set_tag": _after(_tag),
    "log_artifact": _after(_artifact),
    "log_artifacts": _after(_artifacts),
    "log_model_artifacts": _after(_model),
    "_create_model_version": _after(_registered),
    "set_registered_model_alias": _after(_aliased),
    "transition_model_version_stage": _after(_staged),
}
