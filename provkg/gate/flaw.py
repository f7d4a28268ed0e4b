"""What is wrong with a file of the owner's, and on which line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from provkg.errors import MalformedRDF, Unreadable


@dataclass(frozen=True)
class Flaw:
    """A reason not to use a file; `line` counts from 1, and is unknown where it lies in no one statement."""

    file: Path
    line: int | None
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line is not None else str(self.file)
        return f"{place}: {self.message}"

    @classmethod
    def of(cls, file: Path, error: Unreadable) -> Flaw:
        """Return the flaw of a file that could not be read at all."""
        if isinstance(error, MalformedRDF):
            return cls(file, error.line, error.reason)
        return cls(file, None, str(error).removeprefix(f"{file}: "))
