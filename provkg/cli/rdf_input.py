"""RDF files as commands take them: paths, or `-` for standard input."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from provkg.errors import UsageError

if TYPE_CHECKING:
    from provkg.exchange.rdf import RdfFile

STANDARD_INPUT: Final = "-"


def rdf_files(names: tuple[str, ...], format_: str | None) -> list[RdfFile]:
    """Read the files called `names`; raises `UsageError` for standard input without a format, `Unreadable`."""
    return [_rdf_file(name, format_) for name in names]


def _rdf_file(name: str, format_: str | None) -> RdfFile:
    # pyoxigraph takes 10 ms that help texts do without.
    from provkg.exchange import rdf

    if name != STANDARD_INPUT:
        return rdf.RdfFile.open(Path(name), format=format_)
    if format_ is None:
        raise UsageError("standard input has no file name to tell its format; add --from, for example --from turtle")
    data = sys.stdin.buffer.read()
    return rdf.RdfFile(rdf.STANDARD_INPUT, rdf.format_named(format_), data)
