"""Which files of one's own a program imports: found by reading it, since much is imported after recording begins."""

from __future__ import annotations

import os
import re
import sys
import sysconfig
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from provkg.capture.notebooks import NOTEBOOK, code_cells, python_cells

MOST_MODULES: Final = 500
LARGEST_MODULE: Final = 1 << 20
ELSEWHERE: Final = frozenset({"site-packages", "dist-packages", "node_modules", "__pycache__"})
NOT_OWN: Final = frozenset({"pyvenv.cfg", "conda-meta", ".git"})
"""What lies in folders of environments, and of other repositories."""
# A pattern takes a tenth of the time of a parser, and what it finds in a text of words is a file or is nothing.
IMPORT: Final = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<level>\.*)[ \t]*(?P<module>[\w.]*)[ \t]+import[ \t]*(?P<names>\([^)]*\)|[^#\n]+)"
    r"|import[ \t]+(?P<modules>[\w., \t]+))",
    re.MULTILINE,
)
NAME: Final = re.compile(r"(\w+)(?:\s+as\s+\w+)?")


def local_modules(script: Path, top: Path) -> list[Path]:
    """Return the modules under `top` that `script` imports, directly or through others, sorted; not `script` itself.

    Those that were imported by a name made at run time are among them once they are loaded.
    """
    modules = _LocalModules(script.resolve(), top.resolve())
    waiting = [str(modules.script), *modules.loaded()]
    found = dict.fromkeys(waiting)
    while waiting and len(found) <= MOST_MODULES:
        for module in modules.imported(waiting.pop()):
            if module not in found:
                found[module] = None
                waiting.append(module)
    return sorted(Path(module) for module in [*found][1 : MOST_MODULES + 1])


def is_installed(script: Path) -> bool:
    """Whether a script belongs to an installed package or to Python itself."""
    return bool(ELSEWHERE & set(script.parts)) or script.is_relative_to(sysconfig.get_path("stdlib"))


def place_of(script: Path | None) -> Path:
    """Return the folder that somebody works in: that of the script, or the working folder of an installed program.

    A folder in the place of the script, as of a command that names no file of code, is it.
    """
    if script is None or is_installed(script):
        return Path.cwd().resolve()
    return (script if script.is_dir() else script.parent).resolve()


class _LocalModules:
    """The modules of one's own under `top`, as paths that are text: there may be many."""

    def __init__(self, script: Path, top: Path) -> None:
        self.script, self._inside, self._files = script, f"{top}/", cache(_files)
        # An interpreter may lie in the folder of a script that lies at home.
        self._python = [f"{each}/" for each in (sys.prefix, sys.base_prefix) if f"{each}/".startswith(self._inside)]
        searched = (Path(entry).resolve() for entry in sys.path if entry)
        self._start = [str(each) for each in dict.fromkeys([script.parent, *searched]) if self._is_own(f"{each}/x")]

    def loaded(self) -> list[str]:
        """Return the files of modules that are loaded."""
        files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
        return sorted({file for file in files if isinstance(file, str) and file.endswith(".py") and self._is_own(file)})

    def imported(self, file: str) -> Iterator[str]:
        """Yield the files that a module imports."""
        folder = os.path.dirname(file)  # noqa: PTH120 - see the class
        for level, module, names in _imports(file):
            above = folder + "/.." * (level - 1)
            for start in [os.path.normpath(above)] if level else [*self._start, folder]:
                if paths := list(self._modules(start, module, names)):
                    yield from (path for path in paths if self._is_own(path))
                    break

    def _modules(self, folder: str, module: str, names: list[str]) -> Iterator[str]:
        """Yield the files of a module: each package on the way, itself, and the modules among what is taken from it."""
        for part in module.split(".") if module else []:
            yield from self._module(folder, part)
            folder = f"{folder}/{part}"
        for name in names:
            yield from self._module(folder, name)

    def _module(self, folder: str, name: str) -> Iterator[str]:
        if f"{name}.py" in self._files(folder):
            yield f"{folder}/{name}.py"
        elif name in self._files(folder) and "__init__.py" in self._files(f"{folder}/{name}"):
            yield f"{folder}/{name}/__init__.py"

    def _is_own(self, file: str) -> bool:
        """Whether a file under `top` is none of installed packages or of an environment kept inside it."""
        if not file.startswith(self._inside):
            return False
        parts = file[len(self._inside) :].split("/")[:-1]
        places = [self._inside + "/".join(parts[:length]) for length in range(1, len(parts) + 1)]
        installed = any(NOT_OWN & self._files(place) for place in places)
        return not installed and not ELSEWHERE & set(parts) and not any(file.startswith(each) for each in self._python)


def _files(folder: str) -> frozenset[str]:
    try:
        return frozenset(os.listdir(folder))  # noqa: PTH208 - names alone
    except OSError:
        return frozenset()


def _imports(file: str) -> Iterator[tuple[int, str, list[str]]]:
    for source in _sources(Path(file)):
        for found in IMPORT.finditer(source):
            if found["modules"] is None:
                yield len(found["level"]), found["module"], NAME.findall(found["names"])
            else:
                yield from ((0, each.strip().partition(" ")[0], []) for each in found["modules"].split(","))


def _sources(file: Path) -> list[str]:
    try:
        if file.suffix == NOTEBOOK:
            return python_cells(code_cells(file.read_bytes()))
        return [file.read_text("utf-8", "replace")] if file.stat().st_size <= LARGEST_MODULE else []
    except (OSError, ValueError):
        return []
