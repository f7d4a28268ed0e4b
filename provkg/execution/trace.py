"""What the programs of a run said about the files that they opened, line by line while they go on."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

WORD: Final = r"""(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")"""
LINE: Final = re.compile(rf"([rwumkpnde]) (\d+) ({WORD}(?: {WORD})?)\n".encode())
WORDS: Final = re.compile(WORD)
MORE: Final = "mknde"
"""What comes with another word."""


@dataclass(frozen=True)
class Opened:
    """One file opened (`r` read, `w` written, `u` both) or moved (`m`, `to` another place), and what else is said.

    A program recorded it itself (`k`, `said` is the digest that it had), as data or a model (`n`, as JSON); it is about
    to change a file that it has read (`d`, its digest, size and time). Of a Python that begins (`p`), `path` is its
    prefix, of one that an error ends (`e`) its script, and what the error says.
    """

    how: str
    at: int
    path: Path
    said: str | None = None

    @property
    def to(self) -> Path:
        """Where a file was moved."""
        return Path(self.said or "")


class Trace:
    """The file that watched programs write to; `new` gives what has come since it was called last."""

    def __init__(self, path: Path, began: int, folder: Path) -> None:
        self.path = path
        self._read = 0
        path.touch(mode=0o600)
        path.write_text(f"b {began} {str(folder)!a}\n", "ascii")

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
        words = [ast.literal_eval(word) for word in WORDS.findall(text)]
    except (SyntaxError, ValueError):
        return None
    return Opened(how, at, Path(words[0]), *words[1:]) if len(words) == (2 if how in MORE else 1) else None
