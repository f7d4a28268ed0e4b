"""Transformers: each transformation is a step with its parameters, what it was fitted on, and columns in and out."""

from __future__ import annotations

import weakref
from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from provkg.capture.around import open_run
from provkg.capture.blocks import RunBlock
from provkg.capture.handles import Data
from provkg.capture.steps import StepBlock
from provkg.capture.trouble import attempt, trouble
from provkg.integrations.observing import Call
from provkg.integrations.sklearn import scope
from provkg.integrations.sklearn.around import Around, parts_of
from provkg.integrations.sklearn.columns import record_columns
from provkg.integrations.sklearn.compositions import columns_of_parts, is_composed, unseen_parts
from provkg.integrations.sklearn.counting import Calls
from provkg.integrations.sklearn.describing import class_name, kind_of, parameters
from provkg.integrations.sklearn.models import library_of
from provkg.integrations.sklearn.rows import data_behind, rows_of

USES: Final = Calls(100)
"""Transformations by one estimator that are told: a service transforms every request."""
_fitted_on: Final[dict[int, tuple[weakref.ref[Any], tuple[Data, ...]]]] = {}


def fitted(call: Call) -> Generator[None, None, None]:
    """Observe `fit` of a transformer: what it learned from is told with what it transforms."""
    if not is_users_own_step():
        fitted_on = data_behind(*rows_of(call), role=None)
        remember(call.owner, fitted_on)
    with scope.within(scope.nothing):
        yield


def transformed(call: Call) -> Generator[None, None, None]:
    """Observe `transform`."""
    if is_users_own_step() or not _is_told(call.owner):
        with scope.within(scope.nothing):
            yield
        return
    rows, _ = rows_of(call)
    yield from told(call, data_behind(rows), fits_on=_learned_from(call.owner))


def fitted_and_transformed(call: Call) -> Generator[None, None, None]:
    """Observe `fit_transform`."""
    if is_users_own_step():
        with scope.within(scope.nothing):
            yield
        return
    data = data_behind(*rows_of(call))[:1]
    remember(call.owner, data)
    yield from told(call, data, fits_on=data)


def told(call: Call, data: tuple[Data, ...], *, fits_on: tuple[Data, ...]) -> Generator[None, None, tuple[Data, ...]]:
    """Observe a call that makes new rows of `data`, and return them."""
    transformer, began = call.owner, datetime.now(UTC)
    parts = Around(transformer, data, in_a_row=False) if is_composed(call) else None
    with step_of(transformer, data, fits_on) as step:
        with parts_of(parts):
            yield
        made = attempt(f"record what {class_name(transformer)} made", lambda: _record(step, call, data, parts, began))
    return (made,) if made is not None else data


def _record(step: StepBlock, call: Call, data: tuple[Data, ...], parts: Around | None, began: datetime) -> Data | None:
    if parts is None:
        return record_rows(step, call, data)
    step.params(columns_of_parts(call.owner))
    for title, part, rows in unseen_parts(call, parts):
        with step_of(part, data, data, title=title).since(began) as inner:
            parts.takes(part, (inner.dataset(f"{data[0].name}-{title}", rows, of=data[:1]),))
    made = [made for _, made in parts.made]
    step.use(*made)
    return record_rows(step, call, (*data[:1], *made))


def step_of(
    transformer: Any, data: tuple[Data, ...] = (), fits_on: tuple[Data, ...] = (), *, title: str | None = None
) -> StepBlock:
    """Return the block of one transformation."""
    return StepBlock(
        title or class_name(transformer),
        uses=data,
        fits_on=fits_on,
        kind=kind_of(transformer),
        params=parameters(transformer),
        library=library_of(transformer),
    )


def record_rows(step: RunBlock, call: Call, data: tuple[Data, ...]) -> Data | None:
    """Record what a transformation returned as data made of its input."""
    rows = call.result[0] if isinstance(call.result, tuple) else call.result
    if rows is None or not data:
        return None
    made = step.dataset(f"{data[0].name}-{class_name(call.owner)}", rows, of=data)
    record_columns(step, call.owner, made, data[0])
    made.rows = None  # what knows it must not keep it in memory
    return made


def is_users_own_step() -> bool:
    """Whether the user tells of the step that goes on in a block of their own."""
    run = open_run()
    return isinstance(run, StepBlock)


def _is_told(transformer: Any) -> bool:
    if USES.told(transformer):
        return True
    trouble(
        f"only the first {USES.most} transformations by a {class_name(transformer)} are recorded",
        kind="transformations",
    )
    return False


def remember(transformer: Any, data: tuple[Data, ...]) -> None:
    """Keep in mind what `transformer` was fitted on, for what it transforms later."""
    key = id(transformer)
    light = tuple(replace(each, rows=None) for each in data)
    _fitted_on[key] = (weakref.ref(transformer, lambda _: _fitted_on.pop(key, None)), light)


def _learned_from(transformer: Any) -> tuple[Data, ...]:
    alive, data = _fitted_on.get(id(transformer), (None, ()))
    return data if alive is not None and alive() is transformer else ()
