"""`train_test_split` and the splitters: parts with their roles, seed, strategy, sizes and members."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import ModuleType
from typing import Any, Final

from provkg.capture.around import seed_is_set
from provkg.capture.chance import UNSEEDED, same_again, seed_of
from provkg.capture.handles import Data
from provkg.capture.known_data import remember_content
from provkg.capture.known_splitters import settings_of, strategy_of
from provkg.capture.splits import SplitBlock
from provkg.capture.trouble import attempt, trouble
from provkg.integrations.observing import Call, Observed
from provkg.integrations.sklearn import scope
from provkg.integrations.sklearn.describing import FRAMEWORK, class_name
from provkg.integrations.sklearn.roles import assigned_names, roles_of_parts
from provkg.integrations.sklearn.rows import data_behind

MOST_FOLDS: Final = 50


def observe_splits(module: ModuleType, observed: Observed) -> None:
    """Watch the function that splits and every class of splitters."""
    observed.observe(module, "train_test_split", _split_in_two)
    for kind in vars(module).values():
        if isinstance(kind, type) and "split" in dir(kind) and kind.__module__.endswith("._split"):
            for each in kind.__mro__[:-1]:
                if "split" in vars(each):
                    observed.observe(each, "split", _split_in_folds)


def _split_in_two(call: Call) -> Generator[None, None, None]:
    if not scope.is_told() or not call.args:
        yield
        return
    began, chance = datetime.now(UTC), call.kwargs.get("random_state")
    again = attempt("remember what draws the split", lambda: same_again(chance))
    names = assigned_names(scope.caller())
    data = data_behind(*call.args[:2])[0]
    yield
    attempt("record the split", lambda: _record_two(call, data, again, names, began))


def _record_two(call: Call, data: Data, again: Any, names: Sequence[str], began: datetime) -> None:
    numpy, count, seed = sys.modules["numpy"], _length(call.args[0]), seed_of(again)
    members = call.function(numpy.arange(count), **{**call.kwargs, "random_state": again})
    roles = roles_of_parts(data.role, names)
    whole = replace(data, rows=call.args[0])
    with _block_of_two(call, whole, seed).since(began) as split:
        for n, (role, indices) in enumerate(zip(roles, members, strict=True)):
            halves = tuple(call.result[n::2])
            part = split.part(role, halves if len(halves) > 1 else halves[0], indices.tolist())
            part.rows = None  # what knows it must not keep it in memory
    whole.rows = None


def _block_of_two(call: Call, whole: Data, seed: int | None) -> SplitBlock:
    shuffles, stratify = call.kwargs.get("shuffle", True), call.kwargs.get("stratify")
    strategy = "temporal" if not shuffles else "stratified" if stratify is not None else "random"
    sizes = {name: size for name in ("test_size", "train_size") if (size := call.kwargs.get(name)) is not None}
    chance = {"random_state": seed if seed is not None else UNSEEDED} if shuffles else {}
    if shuffles and seed is not None and call.kwargs.get("random_state") is None:
        seed_is_set("numpy.random.seed", seed, "numpy")  # NumPy's own generator draws where the call says nothing
        chance = {}
    return SplitBlock(
        whole,
        strategy=strategy,
        stratify=stratify,
        library=FRAMEWORK,
        params={**sizes, "shuffle": bool(shuffles), **chance},
    )


# --- splitters


def _split_in_folds(call: Call) -> Generator[None, None, None]:
    told = scope.is_told()
    yield
    if told and call.result is not None:
        call.result = _followed(call.result, call)


def _followed(folds: Iterator[Any], call: Call) -> Iterator[Any]:
    """Pass folds on as they come, and record them."""
    recording = attempt("record a split into folds", lambda: Folds(call))
    try:
        for fold in folds:
            if recording is not None:
                attempt("record a fold", lambda: recording.take(fold))  # noqa: B023 - called at once
            yield fold
    finally:
        if recording is not None:
            attempt("record the end of a split", recording.end)


class Folds:
    """The folds of one split while they are iterated, between which the user does other things."""

    def __init__(self, call: Call) -> None:
        splitter, self._rows = call.owner, call.argument("X")
        target, groups = call.argument("y"), call.argument("groups")
        data = replace(data_behind(self._rows, target)[0], rows=self._rows)
        self._whole, self._number = data, 0
        strategy = strategy_of(splitter)
        self._block = SplitBlock(
            data,
            strategy=strategy,
            stratify=target if "tratified" in class_name(splitter) else None,
            group=groups if "roup" in strategy else None,
            library=FRAMEWORK,
            params={"splitter": class_name(splitter), **settings_of(splitter)},
        ).begin()

    def take(self, fold: Any) -> None:
        """Record the two parts of one fold."""
        number, self._number = self._number, self._number + 1
        if number >= MOST_FOLDS:
            _say_many(number)
            return
        for role, indices in zip(roles_of_parts(self._whole.role, ()), fold, strict=True):
            rows = _taken(self._rows, indices)
            part = self._block.part(role, rows, indices.tolist(), fold=number)
            part.rows = None
            if part.sha256 is not None:
                remember_content(part, part.sha256)

    def end(self) -> None:
        """End the split, when all folds have been seen or nobody asks for more."""
        self._whole.rows = self._rows = None
        self._block.end()


def _taken(rows: Any, indices: Any) -> Any:
    if hasattr(rows, "iloc"):
        return rows.iloc[indices]
    return rows[indices] if hasattr(rows, "shape") else [rows[n] for n in indices]


def _length(rows: Any) -> int:
    shape = getattr(rows, "shape", None)
    return int(shape[0]) if shape else len(rows)


def _say_many(number: int) -> None:
    if number == MOST_FOLDS:
        trouble(f"only the first {MOST_FOLDS} folds of a split are recorded", kind="folds")
