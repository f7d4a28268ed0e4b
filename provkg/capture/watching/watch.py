"""`watch`: a frame whose operations are seen from now on."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from provkg.capture.contents import is_watched
from provkg.capture.datasets import dataset
from provkg.capture.defaults import defaults
from provkg.capture.digests import digest
from provkg.capture.handles import Data
from provkg.capture.trouble import trouble
from provkg.capture.watching.making import Watch
from provkg.capture.watching.observing import noted
from provkg.capture.watching.origins import origin_of
from provkg.capture.watching.states import GRANULARITIES
from provkg.errors import BadParameter, UsageError

if TYPE_CHECKING:
    from provkg.capture.watching.lineage import TableLineage

_patched: dict[str, Any] = {}


def watch(frame: Any, granularity: str = "column", *, name: str | None = None, project: str | None = None) -> Any:
    """Return `frame`, a frame of pandas or what `provkg.dataset` gave back for one, with its operations seen.

    `granularity` says what is told apart: `dataset` (which operations, and how many rows and columns), `column` (which
    columns each came from, what was missing before and after), `rows` (which rows went on) or `cell` (which cells
    changed). What comes back is a pandas DataFrame in all that it does. Without a handle, the frame is recorded as the
    dataset `name`.
    """
    if isinstance(frame, str) or granularity not in GRANULARITIES:
        trouble(
            f"granularity={granularity!r} is none; take one of {', '.join(GRANULARITIES)}; columns are told apart",
            error=BadParameter,
        )
        granularity = "column"
    given = frame.rows if isinstance(frame, Data) else frame
    kind = f"{type(given).__module__.partition('.')[0]}.{type(given).__name__}"
    if not _is_pandas(given):
        trouble(f"watch() takes a frame of pandas, not a {kind}; it is not watched", error=BadParameter)
        return given
    return noted("the frame", lambda: _watched(frame, given, granularity, name, project), given)


def watched(frame: Any) -> TableLineage:
    """Return how a watched frame came to be so far; raises `UsageError` for one that is not watched."""
    from provkg.capture.watching.lineage import TableLineage

    if not is_watched(frame):
        raise UsageError(f"this {type(frame).__name__} is not watched; make it by provkg.watch(frame)")
    return TableLineage(frame._provkg_now())  # noqa: SLF001 - ours


def _is_pandas(given: Any) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(given, pandas.DataFrame)


def _watched(frame: Any, given: Any, granularity: str, name: str | None, project: str | None) -> Any:
    from provkg.capture.watching.pandas_frames import WatchedFrame, watched_frame

    if isinstance(given, WatchedFrame):
        return given
    data = _as_recorded(frame) if isinstance(frame, Data) else dataset(name or "data", given, project=project)
    begun = Watch(data.name, granularity, project or defaults().project)
    patch()
    return watched_frame(given, origin_of(given, begun, data))


def _as_recorded(data: Data) -> Data:
    """Return `data`, or a record of its rows as they are now where somebody has changed them in place."""
    if data.sha256 is None or data.sha256 == digest(data.rows).sha256:
        return data
    trouble(f"the rows of {data.name!r} were changed since they were recorded; they are recorded as they are now")
    return dataset(data.name, data.rows)


def patch() -> None:
    """See to it that the functions of pandas which take watched frames are seen; `unpatch` takes it back."""
    import pandas as pd

    from provkg.capture.watching.pandas_joining import OF_COLUMNS, OF_FRAMES, OF_MODULE, observed

    for each in (*OF_MODULE, *OF_COLUMNS):
        if each not in _patched:
            _patched[each] = getattr(pd, each)
            setattr(pd, each, observed(each, _patched[each]))

    for each in OF_FRAMES:
        if f"DataFrame.{each}" not in _patched:
            _patched[f"DataFrame.{each}"] = getattr(pd.DataFrame, each)
            setattr(pd.DataFrame, each, observed(each, getattr(pd.DataFrame, each)))


def unpatch() -> None:
    """Give pandas its own functions back."""
    import pandas as pd

    while _patched:
        each, original = _patched.popitem()
        setattr(pd.DataFrame if each.startswith("DataFrame.") else pd, each.rpartition(".")[2], original)


__all__ = ["patch", "unpatch", "watch", "watched"]
