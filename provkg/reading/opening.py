"""Which graph and which state of it readers see."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from provkg.folder import DEFAULT_FOLDER, Folder

if TYPE_CHECKING:
    from provkg.index import ReadIndex


def default_folder() -> Path:
    """Return the graph that recording goes to."""
    from provkg.capture.defaults import defaults  # only who names no folder pays for it

    return defaults().store or Path(DEFAULT_FOLDER)


def newest(folder: Folder) -> ReadIndex:
    """Return the newest state, with what this process recorded."""
    from provkg.capture.session import settle  # with the store's libraries, which a reader of an index does not need
    from provkg.graph import read

    settle(folder.path)
    return read(folder)
