"""How a thing is given to a reader: by a name, by its IRI, or by a file of it."""

from __future__ import annotations

import os
from typing import Final

from pyoxigraph import NamedNode

from provkg.errors import BadParameter

Named = str | NamedNode | os.PathLike[str]
"""A name or IRI as text, an IRI, or the path of a file, whose bytes tell what it is."""
_HOW: Final = "a thing is given by its name or IRI as text, such as 'grader@latest', or by the path of a file"


def as_text(named: Named) -> str:
    """Return what was given as text; raises `BadParameter` for what names nothing."""
    match named:
        case str():
            return named
        case NamedNode():
            return named.value
        case os.PathLike() if isinstance(path := os.fspath(named), str):
            return path
        case _:
            raise BadParameter(f"{named!r} names nothing; {_HOW}")
