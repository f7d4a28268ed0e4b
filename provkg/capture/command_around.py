"""The command that is recorded around this program (`provkg exec`): which run it is, and what it is told.

The program adds lines to the file that `PROVKG_TRACE` names, so that files which it records itself are not recorded
twice; the first line of that file says when the command began, and in which folder.
"""

from __future__ import annotations

import ast
import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from provkg.capture.trouble import attempt
from provkg.records import DatasetVersion, ModelVersion, Reference
from provkg.records.encoding import decoded, encoded

if TYPE_CHECKING:
    from provkg.capture.handles import Data, ModelHandle

LONGEST_LINE: Final = 1 << 16


@dataclass(frozen=True)
class Around:
    """The command around this program."""

    run: Reference
    began: int
    """When it began, in nanoseconds."""
    folder: Path
    """Where it was started."""


@cache
def run_around_the_process() -> Reference | None:
    """Return the run that started this process (`PROVKG_WITHIN`), such as that of `provkg exec`; None without one."""
    told = os.environ.get("PROVKG_WITHIN")
    if not told:
        return None
    found = attempt("read PROVKG_WITHIN", lambda: decoded(json.loads(told)))
    return found if isinstance(found, Reference) else None


@cache
def around() -> Around | None:
    """Return the command around this program; None where none is recorded."""
    run, trace = run_around_the_process(), os.environ.get("PROVKG_TRACE")
    if run is None or not trace:
        return None
    with suppress(OSError, ValueError, SyntaxError), open(trace, "rb") as file:  # noqa: PTH123 - seen by nobody
        letter, began, folder = file.readline(LONGEST_LINE).decode("ascii").split(maxsplit=2)
        if letter == "b":
            return Around(run, int(began), Path(ast.literal_eval(folder)))
    return None


@dataclass(frozen=True)
class Making:
    """The run that made a file, and when."""

    run: Reference
    at: datetime


def making_of(path: Any) -> Making | None:
    """Return how the file at `path` was made, where it was since the command around this program began."""
    command = around()
    if command is None or not isinstance(path, Path):
        return None
    with suppress(OSError):
        status = path.stat()
        if S_ISREG(status.st_mode) and status.st_mtime_ns >= command.began:
            return Making(command.run, datetime.fromtimestamp(status.st_mtime_ns // 1000 / 1e6, UTC))
    return None


def name_of(path: Path, folder: Path) -> str:
    """Return what to call a file: its path below `folder`, its last parts where it lies elsewhere."""
    if path.is_relative_to(folder) and path != folder:
        return str(path.relative_to(folder))
    return str(Path(*path.parts[-2:])).lstrip(os.sep)


def tell_recorded(path: Path, sha256: str) -> None:
    """Say that this program records the file at `path` itself."""
    _tell("k", str(path.absolute()), sha256)


def tell_named(thing: Data | ModelHandle, said: DatasetVersion | ModelVersion, store: Path) -> None:
    """Say as which data or model this program has recorded files."""
    if not os.environ.get("PROVKG_TRACE") or thing.reference is None:
        return
    about: dict[str, Any] = {"store": str(store), "name": thing.name, "version": thing.version, "sha256": thing.sha256}
    about |= {"synthetic": said.synthetic if isinstance(said, DatasetVersion) else None}
    about |= {"is": encoded(thing.reference), "made": encoded(said.made)}
    for file in said.files:
        place = unquote(urlsplit(str(file.location)).path)
        _tell("n", place, json.dumps(about | {"file": file.sha256}))


def _tell(letter: str, *words: str) -> None:
    trace = os.environ.get("PROVKG_TRACE")
    if trace:
        with suppress(OSError), open(trace, "ab", buffering=0) as told:  # noqa: PTH123 - a line in one write
            told.write(f"{letter} {time.time_ns()} {' '.join(map(ascii, words))}\n".encode())
