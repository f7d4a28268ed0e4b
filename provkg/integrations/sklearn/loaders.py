"""Data that scikit-learn brings, fetches or generates: where it comes from is known."""

from __future__ import annotations

from collections.abc import Generator
from types import ModuleType
from typing import Any, Final

from provkg.capture import dataset
from provkg.capture.known_data import remember
from provkg.capture.trouble import attempt
from provkg.integrations.observing import Call, Observed
from provkg.integrations.sklearn import scope

PREFIXES: Final = ("load_", "fetch_", "make_")
NO_TABLES: Final = ("load_svmlight", "load_files", "load_sample_image", "fetch_file")
"""What reads files of the user's, or gives no rows."""


def observe_loaders(module: ModuleType, observed: Observed) -> None:
    """Watch the functions that give data."""
    for name in dir(module):
        if name.startswith(PREFIXES) and not name.startswith(NO_TABLES):
            observed.observe(module, name, _loaded)


def _loaded(call: Call) -> Generator[None, None, None]:
    told = scope.is_told()
    with scope.within(scope.nothing):
        yield
    if told:
        attempt("record the data that was loaded", lambda: _record(call))


def _record(call: Call) -> None:
    rows, *others = _held(call.result)
    if rows is None:
        return
    made = call.name.startswith("make_")
    target = next((each for each in others if each is not None), None)
    said = {name: value for name, value in call.kwargs.items() if isinstance(value, str | bool | int | float)}
    data = dataset(
        call.name if made else call.name.partition("_")[2],
        (rows, target) if target is not None else rows,
        source=f"scikit-learn: sklearn.datasets.{call.name}",
        synthetic=True if made else None,
        description=f"made with {said}" if made and said else None,
    )
    remember(data, *(each for each in (*others, rows) if each is not None))


def _held(result: Any) -> tuple[Any, ...]:
    """Return rows, target and the frame of both, as far as the result holds them."""
    if isinstance(result, tuple):
        return (*result[:2], None)
    if isinstance(result, dict):  # a Bunch
        return (result.get("data"), result.get("target"), result.get("frame"))
    return (None,)
