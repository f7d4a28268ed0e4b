"""Which Python a command runs, as far as the command says it before it is started."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

PYTHON: Final = re.compile(r"(?:python|pypy)[\d.]*")
FIRST_LINES: Final = 4096
# An interpreter whose path is too long for a first line, or has a space, stands in the second one (pip, uv).
BEHIND_SHELL: Final = re.compile(r"^'''exec' [\"']?([^\"'\n]+?)[\"']? [\"']?\$0")


def is_python(name: str) -> bool:
    """Whether a program of that name or path is Python."""
    return PYTHON.fullmatch(Path(name).name) is not None


def python_of(arguments: Sequence[str], path: str | None) -> Path | None:
    """Return the Python that a command is seen to run, looked for along `path`: itself, or what its first line names.

    Shells and programs that start others (`sh -c "…"`, `nice`) are taken to run the first word that is named like one.
    """
    words = [word for argument in arguments for word in (argument, *argument.split())]
    named = (found for word in words if is_python(word) and (found := _at(word, path)) is not None)
    program = _at(arguments[0], path)
    if program is None or is_python(program.name):
        return program
    return _of_script(program, path) or next(named, None)


def _at(word: str, path: str | None) -> Path | None:
    found = shutil.which(word, path=path)
    # Not resolved: the Python of a virtual environment is a link to another one.
    return Path(found).absolute() if found is not None else None


def _of_script(program: Path, path: str | None) -> Path | None:
    try:
        with program.open("rb") as file:
            first, second, *_ = [*file.read(FIRST_LINES).decode("utf-8", "replace").splitlines(), "", ""]
    except OSError:
        return None
    if not first.startswith("#!"):
        return None
    words = (*first[2:].split(), *BEHIND_SHELL.findall(second))
    found = (_at(word, path) for word in words if is_python(word))
    return next((each for each in found if each is not None), None)
