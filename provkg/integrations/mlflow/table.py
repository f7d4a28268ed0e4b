"""Which runs MLflow has open in this process, and what we ourselves say to MLflow: a tag and an artefact a run."""

from __future__ import annotations

import atexit
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from provkg.capture import ModelHandle, apart
from provkg.capture.secrets import filtered_text
from provkg.capture.trouble import attempt, warned
from provkg.integrations.ends import failed, stopped
from provkg.integrations.mlflow.runs import LoggedRun
from provkg.integrations.provenance import turtle
from provkg.records import Reference, Run

RUN_TAG: Final = "provkg.run"
ARTEFACT: Final = "provkg/provenance.ttl"
_open: Final[dict[str, LoggedRun]] = {}
_ended: Final[dict[str, Reference]] = {}
_failed: Final[dict[str, BaseException]] = {}
_experiments: Final[dict[str, str]] = {}
_fluent: Final[set[str]] = set()
_lock = threading.RLock()
_speaking: ContextVar[bool] = ContextVar("provkg speaks to MLflow", default=False)
_logging: ContextVar[tuple[Logging, ...]] = ContextVar("models that MLflow is logging", default=())


@dataclass(frozen=True)
class Logging:
    """A model that MLflow is logging: the name it is registered under, and the version that its object is known as."""

    name: str | None
    of: ModelHandle | None


def speaking() -> bool:
    """Whether the call under way is ours."""
    return _speaking.get()


@contextmanager
def _saying() -> Iterator[None]:
    token = _speaking.set(True)
    try:
        yield
    finally:
        _speaking.reset(token)


@contextmanager
def logging_model(model: Logging) -> Iterator[None]:
    """Let it be known what is logged here."""
    token = _logging.set((*_logging.get(), model))
    try:
        yield
    finally:
        _logging.reset(token)


def model_being_logged() -> Logging | None:
    """Return the model that is being logged."""
    return next(reversed(_logging.get()), None)


# --- runs


def begin(client: Any, run: Any, *, new: bool = False, fluent: bool = False) -> LoggedRun:
    """Return the run of ours that goes with MLflow's, begun now if need be; a `fluent` one is this thread's."""
    with _lock:
        logged = _open.get(run.info.run_id) or _begun(client, run, new=new)
    if fluent:
        _fluent.add(run.info.run_id)
        apart.enter(logged)
    return logged


def active() -> LoggedRun | None:
    """Return the run that MLflow takes for this thread's, which outlives the task that began it."""
    mlflow = sys.modules.get("mlflow")
    run = mlflow.active_run() if mlflow is not None and _open else None
    return _open.get(run.info.run_id) if run is not None else None


def _begun(client: Any, run: Any, *, new: bool) -> LoggedRun:
    run_id, tags = run.info.run_id, run.data.tags
    title = tags.get("mlflow.runName") or run.info.run_name or f"MLflow run {run_id[:8]}"
    parent = _open.get(tags.get("mlflow.parentRunId", ""))
    # A trial or step around it that lies in MLflow's parent says more than the parent alone.
    around = {"within": parent} if parent is not None and not apart.lies_in(parent) else {}
    experiment = _experiment(client, run.info.experiment_id)
    logged = LoggedRun(title, run_id, run.info.artifact_uri, experiment=experiment, library="mlflow", **around)
    _name(logged, tags, new=new)
    if not _open:
        # After the session's own, so that it is called before: the last runs have to be told first.
        atexit.unregister(_at_exit)
    _open[run_id] = logged.begin()
    atexit.register(_at_exit)
    with _saying():
        attempt("tag the MLflow run", lambda: client.set_tag(run_id, RUN_TAG, logged.whole.key[-1]))
    return logged


def _name(logged: LoggedRun, tags: Mapping[str, str], *, new: bool) -> None:
    logged.tag("mlflow.run_id", logged.run_id)
    said = tags.get(RUN_TAG)
    if not new:
        logged.continues = _ended.get(logged.run_id) or (Reference(Run.kind(), ("provkg", said)) if said else None)
    if logged.continues is None:
        logged.known_as(f"mlflow:{logged.run_id}")
    take_tags(logged, tags)


def _experiment(client: Any, experiment_id: str) -> str | None:
    if experiment_id not in _experiments:
        with _saying():
            found = attempt("read the MLflow experiment", lambda: client.get_experiment(experiment_id).name)
        _experiments[experiment_id] = found or ""
    return _experiments[experiment_id] or None


def run_of(client: Any, run_id: str) -> LoggedRun | None:
    """Return the run of ours that goes with MLflow's `run_id`; says so where that has ended."""
    if run_id in _open or speaking():
        return _open.get(run_id)
    with _saying():
        run = client.get_run(run_id)
    if run.info.status == "RUNNING":
        return begin(client, run)
    warned(f"MLflow run {run_id} has ended; what it is told afterwards is in MLflow only")
    return None


def take_tags(logged: LoggedRun, tags: Mapping[Any, Any]) -> None:
    """Record the user's tags; MLflow's own say what is known otherwise, and who somebody is."""
    for key, value in tags.items():
        if key == "mlflow.note.content":
            logged.told.description = filtered_text(str(value))
        elif key != RUN_TAG and not str(key).startswith("mlflow."):
            logged.tag(key, value)


# --- ends


def fails(run_id: str, error: BaseException | None) -> None:
    """Take the exception that ends a run, before MLflow is told of it."""
    if error is not None and run_id in _open:
        _failed[run_id] = error


def finish(client: Any, run_id: str, status: str) -> None:
    """End the run of ours as MLflow's ends, and give MLflow its provenance."""
    error = _failed.pop(run_id, None) or _as_error(status)
    with _lock:
        logged = _open.pop(run_id, None)
    _fluent.discard(run_id)
    if logged is None or not logged.is_ours:
        return
    logged.finish(error)
    apart.leave(logged)
    _ended[run_id] = logged.whole
    attempt("store the provenance in MLflow", lambda: _store(client, logged))


def _as_error(status: str) -> BaseException | None:
    """Return how MLflow's status reads as an end: `KILLED` is somebody's wish, and no failure."""
    if status == "FINISHED":
        return None
    end = stopped if status == "KILLED" else failed
    return end("mlflow", f"RunStatus.{status}", f"MLflow was told that the run ended as {status}")


def _store(client: Any, logged: LoggedRun) -> None:
    text = turtle(logged.whole)
    if text is not None:
        name = ARTEFACT if logged.continues is None else f"provkg/provenance-{logged.whole.key[-1][-8:]}.ttl"
        with _saying():
            client.log_text(logged.run_id, text.decode(), name)


def link_model(client: Any, model_id: str, pointer: str | None) -> None:
    """Let MLflow's model lead to its record."""
    if pointer is not None:
        with _saying():
            client.set_logged_model_tags(model_id, {"provkg.model": pointer})


def _at_exit() -> None:
    """End the runs that MLflow is about to end, while what they are told in can still be written."""
    from mlflow import MlflowClient

    error = getattr(sys, "last_value", None)
    for run_id in [each for each in _open if each in _fluent]:
        fails(run_id, error)
        attempt("record the end of an MLflow run", partial(finish, MlflowClient(), run_id, "FINISHED"))
