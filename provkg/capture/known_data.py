"""Rows that have a record already, found again by the object that holds them: frameworks pass rows, not handles."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from provkg.capture.as_recorded import Recorded, recorded
from provkg.capture.defaults import defaults
from provkg.capture.digests import digest
from provkg.capture.files import content_of
from provkg.capture.handles import Data
from provkg.capture.same_columns import are_columns, are_columns_in_memory
from provkg.capture.tables import row_count
from provkg.capture.trouble import attempt
from provkg.errors import ProvkgError

_known: Final[dict[int, tuple[weakref.ref[Any], Recorded, Data]]] = {}
_by_content: Final[dict[tuple[int | None, str], Data]] = {}
_by_digest: Final[dict[str, Data]] = {}
_by_file: Final[dict[Path, Data]] = {}
MOST_BY_CONTENT: Final = 1000
_graph: Path | None = None


def remember(data: Data, *holders: Any) -> None:
    """Let `known` find `data` for as long as its rows live; rows that cannot be referred to weakly are not found.

    `holders` are other objects that hold the same rows, such as a framework's dataset.
    """
    _ask_this_graph()
    # Without its rows: what lies here must not keep them alive.
    light = replace(data, rows=None, table=None)
    whole = data.rows if isinstance(data.rows, tuple) else (data.rows,)
    for rows in whole:
        _remember(rows, light, data.sha256, whole)
    for rows in holders:
        _remember(rows, light)
    if isinstance(data.rows, Path):
        _by_file[data.rows.absolute()] = light
    if data.sha256 is not None:
        _by_digest.setdefault(data.sha256, light)


def known_content(rows: Any) -> Data | None:
    """Return the data that has the same content as `rows`; they are read only where as many rows are known."""
    _ask_this_graph()
    count = row_count(rows)
    if count is None or all(each.record_count != count for each in _by_digest.values()):
        return None
    return _by_digest.get(digest(rows).sha256)


def known_file(path: Path) -> Data | None:
    """Return the data that was recorded of the file at `path`, where it has not changed since."""
    _ask_this_graph()
    data = _by_file.get(path.absolute())
    return data if data is not None and content_of(path)[0].sha256 == data.sha256 else None


def _ask_this_graph() -> None:
    """Forget what was recorded in another graph than the one that holds now."""
    global _graph
    if _graph != defaults().folder:
        forget_data()
        _graph = defaults().folder


def forget_data() -> None:
    """Know nothing more: another graph's records describe what follows."""
    _known.clear()
    _by_content.clear()
    _by_digest.clear()
    _by_file.clear()


def _remember(rows: Any, data: Data, sha256: str | None = None, beside: Sequence[Any] = ()) -> None:
    key = id(rows)
    try:
        alive = weakref.ref(rows, lambda _: _known.pop(key, None))
    except TypeError:
        return
    _known[key] = (alive, recorded(rows, sha256, beside), data)


def remember_content(data: Data, sha256: str) -> None:
    """Let `known` find `data` by the digest of rows that somebody will make again, such as those of a fold."""
    while len(_by_content) >= MOST_BY_CONTENT:
        _by_content.pop(next(iter(_by_content)))
    _by_content[data.record_count, sha256] = replace(data, rows=None, table=None)


def known(rows: Any) -> Data | None:
    """Return the data that `rows` are: the same object, columns of it, equal ones too, or the rows of a fold.

    A view of some of the rows is other data, and so is an object that has been changed since.
    """
    if rows is None or isinstance(rows, str | bytes | int | float):
        return None
    _ask_this_graph()
    if id(rows) in _known:
        return _same_object(rows)
    found = _of_columns(_memory(rows)) or _of_content(rows)
    if found is not None:
        _remember(rows, found)
    return found


def known_object(rows: Any) -> Data | None:
    """Return the data that was recorded as this very object: the quickest look there is."""
    return _same_object(rows) if id(rows) in _known and _graph == defaults().folder else None


def known_memory(rows: Any) -> Data | None:
    """Return the data that `rows` are by where they lie: the same object, or columns of it. Copies are other data."""
    _ask_this_graph()
    if id(rows) in _known:
        return _same_object(rows)
    part = _memory(rows)
    return next((data for whole, _, data in _alive() if are_columns_in_memory(part, _memory(whole))), None)


def _same_object(rows: Any) -> Data | None:
    alive, was, data = _known[id(rows)]
    return data if alive() is rows and was.holds(rows) else None


def _of_columns(part: Any) -> Data | None:
    for whole, was, data in _alive():
        if was.kept is not None:
            if are_columns(part, was.kept):
                return data
        elif are_columns(part, _memory(whole)) and was.holds(whole):
            return data
    return None


def _of_content(rows: Any) -> Data | None:
    count = attempt("count rows", lambda: row_count(rows))
    if not any(count == known for known, _ in _by_content):
        return None
    try:
        return _by_content.get((count, digest(rows).sha256))
    except ProvkgError:  # of something that has no canonical form, so that nothing is known of it
        return None


def _alive() -> Iterator[tuple[Any, Recorded, Data]]:
    for alive, was, data in list(_known.values()):
        rows = alive()
        if rows is not None:
            yield rows, was, data


def _memory(rows: Any) -> Any:
    """Return a tensor of torch's as a NumPy array over the same memory, where it is one; everything else as it is."""
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(rows, torch.Tensor) or rows.device.type != "cpu":
        return rows
    try:
        return rows.detach().numpy()
    except (TypeError, RuntimeError):  # of a type that NumPy does not have, or sparse
        return rows
