"""What the programs of a run said about the files that they opened, line by line while they go on."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

WORD: Final = r"""(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")"""
LINE: Final = re.compile(rf"([rwumkp]) (\d+) ({WORD}(?: {WORD})?)\n".encode())
WORDS: Final = re.compile(WORD)


@dataclass(frozen=True)
class Opened:
    """One file opened (`r` read, `w` written, `u` both), moved (`m`, `to` another place) or recorded already (`k`).

    Of a Python that began to run (`p`), `path` is its prefix.
    """

    how: str
    at: int
    path: Path
    to: Path | None = None


class Trace:
    """The file that watched programs write to; `new` gives what has come since it was called last."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read = 0
        path.touch(mode=0o600)

    def new(self) -> Iterator[Opened]:
        """Yield what has been said since, whole lines only; what is no line of ours is passed over."""
        with self.path.open("rb") as file:
            file.seek(self._read)
            text = file.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in LINE.finditer(whole):
            opened = _opened(line[1].decode(), int(line[2]), line[3].decode("ascii", "replace"))
            if opened is not None:
                yield opened


def _opened(how: str, at: int, text: str) -> Opened | None:
    try:
        paths = [Path(ast.literal_eval(path)) for path in WORDS.findall(text)]
    except (SyntaxError, ValueError):
        return None
    if len(paths) != (2 if how == "m" else 1):
        return None
    return Opened(how, at, *paths)
