"""The data that an estimator is handed: known where it can be, and never kept in memory by us."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from provkg.capture.given_data import data_of
from provkg.capture.handles import Data
from provkg.capture.known_data import known, known_content
from provkg.capture.trouble import attempt
from provkg.integrations.observing import Call
from provkg.integrations.sklearn.describing import FRAMEWORK

ROWS = ("X", "raw_documents", "X_train")
TARGETS = ("y", "Y")


def rows_of(call: Call) -> tuple[Any, Any]:
    """Return what a method such as `fit` was given as rows and as target."""
    return _first(call, ROWS, 1), _first(call, TARGETS, 2)


def _first(call: Call, names: tuple[str, ...], place: int) -> Any:
    for name in names:
        if name in call.kwargs:
            return call.kwargs[name]
    said = {name: value for name in names if (value := call.argument(name)) is not None}
    if said:
        return next(iter(said.values()))
    # `fit(self, y)` of encoders of labels: the first argument, whatever it is called.
    return call.args[place] if place == 1 and len(call.args) > place else None


def data_behind(rows: Any, target: Any = None, *, role: str | None = None) -> tuple[Data, ...]:
    """Return the records of rows and of their target, which is mostly the same; new ones where nothing is known."""
    of_rows, of_target = known(rows), known(target)
    if of_rows is None and of_target is not None:  # lists, which nobody can refer to weakly, are known by their content
        of_rows = attempt("compare data", lambda: known_content((rows, target)))
    if of_rows is not None:
        return (_light(of_rows),)
    if of_target is not None:
        return _light(data_of(rows, role=role, framework=FRAMEWORK)), _light(of_target)
    return (_light(data_of(rows, target, role=role, framework=FRAMEWORK)),)


def _light(data: Data) -> Data:
    return replace(data, rows=None, table=None)
