"""What a recorded address means on this machine: a path to look at, or why nobody looks there."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote_to_bytes, urlsplit

_HERE: Final = frozenset({"", "localhost", "127.0.0.1", "[::1]"})
HOME: Final = "~"
"""What capture writes for the home folder of whoever records; read for the home folder of whoever looks."""
RELATIVE: Final = "a relative address; say what it is relative to with --root DIR"


@dataclass(frozen=True)
class Place:
    """An address as it was recorded; without a `path`, `why` says what is not looked at.

    `elsewhere` tells another machine or service from an address that cannot be one of a file.
    """

    location: str
    path: Path | None = None
    why: str = ""
    elsewhere: bool = False

    @classmethod
    def of(cls, location: str, root: Path | None = None) -> Place:
        """Return what `location` means: a file: IRI (RFC 8089), a path, or something else, relative to `root`."""
        try:
            parts = urlsplit(location)
        except ValueError as error:
            return cls(location, why=f"no address: {error}")
        if "\0" in location or b"\0" in unquote_to_bytes(location):
            return cls(location, why="no address: it holds a zero byte")
        if parts.scheme == "file":
            if parts.query or parts.fragment:
                return cls(location, why="it names a part of a file")
            if parts.netloc.lower() not in _HERE | _own_names():
                return cls(location, why=f"it lies on the host {parts.netloc}", elsewhere=True)
            path = os.fsdecode(unquote_to_bytes(parts.path))
            if path.startswith("/~someone/"):
                return cls(location, why="it lies in the home folder of somebody whose name was not recorded")
            return cls._at(location, Path(path.removeprefix("/") if path.startswith("/~/") else path), root)
        if parts.scheme:
            return cls(location, why=f"{parts.scheme}: is not looked at", elsewhere=True)
        if parts.netloc:
            return cls(location, why=f"it lies on the host {parts.netloc}", elsewhere=True)
        return cls._at(location, Path(location), root)

    @classmethod
    def _at(cls, location: str, path: Path, root: Path | None) -> Place:
        if not str(path) or str(path) == ".":
            return cls(location, why="no address: it is empty")
        if path.parts[0] == HOME:
            path = Path.home().joinpath(*path.parts[1:])
        if path.is_absolute():
            return cls(location, path)
        return cls(location, root / path) if root is not None else cls(location, why=RELATIVE)


def _own_names() -> frozenset[str]:
    name = socket.gethostname().lower()
    return frozenset({name, name.partition(".")[0]})
