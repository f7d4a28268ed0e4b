"""What XGBoost and LightGBM have in common: rows behind their datasets, values of each round, boosters."""

from __future__ import annotations

import os
import re
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from provkg import vocabulary
from provkg.capture import RunBlock, dataset, model
from provkg.capture.file_digests import path_digest
from provkg.capture.filed_models import version_in
from provkg.capture.given_data import data_of
from provkg.capture.handles import Data, ModelHandle
from provkg.capture.known_data import known
from provkg.capture.known_models import keep_model, known_model, remember_as, remember_later
from provkg.capture.trouble import warned
from provkg.integrations.emerging import EmergingTraining
from provkg.integrations.sklearn import scope
from provkg.integrations.sklearn.scoring import keep_in_mind
from provkg.records import Feature, Iri, MetricObservation, concept

KINDS: Final = {
    "logloss": "logLoss",
    "mlogloss": "logLoss",
    "binary_logloss": "logLoss",
    "multi_logloss": "logLoss",
    "auc": "rocAuc",
    "aucpr": "prAuc",
    "average_precision": "prAuc",
    "l1": "mae",
    "l2": "mse",
}
"""What the field calls the metrics that both name in their own ways."""
TRAINING: Final = frozenset({"train", "training", "dtrain"})
TEST: Final = frozenset({"test", "testing", "dtest", "holdout"})
_VALIDATION: Final = re.compile(r"(?i)(eval|val|valid|validation)(_0)?")
MOST_FEATURES: Final = 100
_of_thread = threading.local()


# --- data


@dataclass
class Given:
    """What a dataset was made of; its rows are held weakly, since users let go of them to save memory."""

    data: Data | None = None
    rows: list[weakref.ref[Any]] = field(default_factory=list)
    path: Path | None = None


class Datasets:
    """Which rows lie behind the datasets of one framework."""

    def __init__(self, framework: str) -> None:
        self._framework = framework
        self._given: weakref.WeakKeyDictionary[Any, Given] = weakref.WeakKeyDictionary()

    def made(self, made: Any, *rows: Any) -> None:
        """Remember what `made` is made of: rows, labels, weights, groups, or a file."""
        first = rows[0]
        if isinstance(first, str | os.PathLike):
            self._given[made] = Given(path=Path(os.fsdecode(first).partition("?")[0]))
            return
        held = [each for each in rows if each is not None]
        # Labels of known data beside rows that are not are other data: the rows were changed meanwhile.
        self._given[made] = Given(known(first), _weak(held))

    def data(self, made: Any, content: tuple[Any, ...] = ()) -> Data | None:
        """Return the record of what `made` holds; `content` is what the framework gives back of it."""
        given = self._given.get(made) or Given()
        if given.data is None:
            alive = [each for each in (one() for one in given.rows) if each is not None]
            given.data = self._recorded(given, tuple(alive) if alive else content)
            self._given[made] = given
        return given.data

    def _recorded(self, given: Given, rows: tuple[Any, ...]) -> Data | None:
        if given.path is not None:
            return dataset(given.path.stem, given.path) if given.path.exists() else None
        if not rows:
            warned(f"{self._framework} was given data whose rows are gone; record it before: provkg.dataset(…)")
            return None
        return data_of(*rows, framework=self._framework)


def _weak(rows: Sequence[Any]) -> list[weakref.ref[Any]]:
    try:
        return [weakref.ref(each) for each in rows]
    except TypeError:  # lists
        return []


# --- rounds


@dataclass
class Rounds:
    """A training whose rounds are told: the sets that it is evaluated on, by name."""

    run: RunBlock
    sets: Mapping[str, tuple[str, Data | None]]

    def take(self, name: str, metric: str, value: float, number: int) -> None:
        """Record the value that a metric has on one of the sets after a round."""
        role, data = self.sets.get(name, (role_of(name), None))
        # What no data tells apart the names have to.
        label = name if data is None and _is_own_name(name) else None
        self.run.metric(KINDS.get(metric, metric), value, step=number, role=role, label=label, data=data)


def role_of(name: str, *, trains: bool = False) -> str:
    """Return the role of a set: by its being what is learned from, else by its name."""
    if trains or name.lower() in TRAINING:
        return "train"
    return "test" if name.lower() in TEST else "validation"


def _is_own_name(name: str) -> bool:
    return name.lower() not in TRAINING | TEST and _VALIDATION.fullmatch(name) is None


@contextmanager
def telling(rounds: Rounds) -> Iterator[None]:
    """Let the rounds that this thread makes here be told."""
    if not hasattr(_of_thread, "told"):
        _of_thread.told = []
    _of_thread.told.append(rounds)
    try:
        yield
    finally:
        _of_thread.told.pop()


def told() -> Rounds | None:
    """Return the training whose rounds this thread makes."""
    return next(iter(getattr(_of_thread, "told", [])[-1:]), None)


# --- boosters


def base_model(given: Any, framework: str) -> ModelHandle | None:
    """Return the model that a training goes on from: a booster, a fitted estimator, or the file of a booster."""
    if given is None:
        return None
    if isinstance(given, str | os.PathLike):
        path = Path(os.fsdecode(given))
        found = _made.get(path_digest(path).sha256) or version_in(path, path.stem)
        return found or model(path.stem, path, framework=framework)
    return known_model(given) or model(f"{framework}-booster", given, framework=framework)


_made: Final[dict[str, ModelHandle]] = {}


def saved(booster: Any, path: Any) -> None:
    """Record that a booster was written to a file, which is known by its content afterwards."""
    handle = known_model(booster)
    if handle is not None and isinstance(path, str | os.PathLike):
        file = Path(os.fsdecode(path))
        handle.add_file(file)
        _made[path_digest(file).sha256] = handle


def loaded(booster: Any, path: Any, framework: str) -> None:
    """Note which version a booster that was read from a file is, or the file, to be recorded when it is asked."""
    if not isinstance(path, str | os.PathLike):
        return
    file = Path(os.fsdecode(path)).absolute()
    found = _made.get(path_digest(file).sha256) or version_in(file, file.stem)
    if found is not None:
        remember_as(found, booster)
    else:
        remember_later(booster, lambda: model(file.stem, file, framework=framework))


def predicted(booster: Any, source: Callable[[], tuple[Data, ...]], result: Any) -> None:
    """Let what a booster predicted be known, so that what compares it with the truth is its evaluation."""
    handle = known_model(booster)
    if handle is not None and result is not None and scope.is_told():
        keep_in_mind(handle, source, result)


def forget_boosters() -> None:
    """Know no file of a booster any more."""
    _made.clear()


def tells_of_model(run: RunBlock, around: RunBlock | None) -> bool:
    """Whether the booster is ours to tell: not in a training of the user's, nor in a fit that is scikit-learn's."""
    return run is not around or (isinstance(around, EmergingTraining) and scope.is_told())


def recorded(run: RunBlock, booster: Any, framework: str, data: Data | None) -> ModelHandle:
    """Record the booster that a run made; it is known again by the object."""
    name = f"{data.name}-{framework}" if data is not None else f"{framework}-booster"
    handle = run.model(name, booster, framework=framework)
    keep_model(handle)
    return handle


def importances(run: RunBlock, handle: ModelHandle, data: Data | None, gains: Mapping[str, float]) -> None:
    """Record how much each feature counts for the model, the first hundred of them."""
    if data is None or data.reference is None or handle.reference is None:
        return
    kind = concept(vocabulary.MetricKind, "featureImportance")
    most = sorted(gains.items(), key=lambda each: -each[1])[:MOST_FEATURES]
    run.describes(
        [
            MetricObservation(
                run=run.reference,
                metric=kind if isinstance(kind, Iri) else "featureImportance",
                value=float(gain),
                of=handle.reference,
                feature=Feature(version=data.reference, name=name),
            )
            for name, gain in most
        ]
    )
