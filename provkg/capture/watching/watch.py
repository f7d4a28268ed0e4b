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
from provkg.errors import BadParameter

if TYPE_CHECKING:
    from provkg.capture.watching.lineage import TableLineage

_patched: dict[str, Any] = {}


def watch(frame: Any, granularity: str = "column", *, name: str | None = None, project: str | None = None) -> Any:
    """Return `frame`, of pandas or polars or what `provkg.dataset` gave back for one, with its operations seen.

    `granularity` says what is told apart: `dataset` (which operations, and how many rows and columns), `column` (which
    columns each came from, what was missing before and after), `rows` (which rows went on) or `cell` (which cells
    changed). What comes back is a DataFrame in all that it does. Without a handle, the frame is recorded as the
    dataset `name`.
    """
    if granularity not in GRANULARITIES:
        trouble(
            f"granularity={granularity!r} is none; take one of {', '.join(GRANULARITIES)}; columns are told apart",
            error=BadParameter,
        )
        granularity = "column"
    given = frame.rows if isinstance(frame, Data) else frame
    if (library := _library(given)) is None:
        kind = type(given).__name__
        trouble(f"watch() takes a frame of pandas or polars, not a {kind}; it is not watched", error=BadParameter)
        return given
    return noted("the frame", lambda: _watched(frame, given, granularity, name, project, library), given)


def watched(frame: Any) -> TableLineage:
    """Return how a watched frame came to be so far; raises `UsageError` for one that is not watched."""
    from provkg.capture.watching.lineage import TableLineage
    from provkg.capture.watching.recording import state_now

    return TableLineage(state_now(frame))


def _library(given: Any) -> str | None:
    """Return whose frame it is; nothing is imported that the user has not imported."""
    for library in ("pandas", "polars"):
        module = sys.modules.get(library)
        if module is not None and isinstance(given, module.DataFrame):
            return library
    return None


def _watched(frame: Any, given: Any, granularity: str, name: str | None, project: str | None, library: str) -> Any:
    if is_watched(given):
        return given
    data = _as_recorded(frame) if isinstance(frame, Data) else dataset(name or "data", given, project=project)
    begun = Watch(data.name, granularity, project or defaults().project, library)
    if library == "polars":
        from provkg.capture.watching import polars_frames

        polars_frames.patch()
        # A frame of its own, so that the given one stays unwatched.
        return polars_frames.watched_frame(given.clone(), origin_of(given, begun, data))
    from provkg.capture.watching.pandas_frames import watched_frame

    patch()
    state = origin_of(given, begun, data)
    return watched_frame(given if _copies_on_write() else given.copy(), state)


def _copies_on_write() -> bool:
    """Whether a change of one frame leaves those alone that share what it holds, as from pandas 3 on."""
    import pandas as pd

    return int(pd.__version__.partition(".")[0]) >= 3 or pd.options.mode.copy_on_write is True


def _as_recorded(data: Data) -> Data:
    """Return `data`, or a record of its rows as they are now where somebody has changed them in place."""
    if data.sha256 is None or data.sha256 == digest(data.rows).sha256:
        return data
    trouble(f"the rows of {data.name!r} were changed since they were recorded; they are recorded as they are now")
    return dataset(data.name, data.rows)


def patch() -> None:
    """See to it that the functions of pandas which take watched frames are seen; `unpatch` takes it back."""
    import pandas as pd

    from provkg.capture.watching.pandas_functions import OF_COLUMNS, OF_FRAMES, OF_MODULE, observed

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
