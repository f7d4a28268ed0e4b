"""The code of a notebook: its code cells in order, without outputs, which differ each time it runs."""

from __future__ import annotations

import json
import os
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

NOTEBOOK: Final = ".ipynb"
FORM: Final = "notebook-code-1"
"""What is hashed of a notebook: the JSON list of the sources of its code cells."""


def code_cells(notebook: bytes) -> list[str]:
    """Return the sources of the code cells, in order (nbformat 4); raises `ValueError` for what is no notebook."""
    match json.loads(notebook):
        case {"cells": list(cells)}:
            pass
        case _:
            raise ValueError("it has no list of cells")
    return [_source(cell) for cell in cells if isinstance(cell, dict) and cell.get("cell_type") == "code"]


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def code_digest(cells: list[str]) -> str:
    """Return the digest of code cells: equal for equal code in equal order, whatever came of it."""
    return sha256(
        json.dumps(cells, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    ).hexdigest()


def as_text(cells: list[str]) -> str:
    """Return code cells as one text, each behind a line `# %%`."""
    return "".join(f"# %%\n{cell}\n" for cell in cells)


def python_cells(cells: list[str]) -> list[str]:
    """Return code cells as Python that parses: without lines that speak to the kernel, and cells in other languages."""
    return ["\n".join(map(_python, cell.splitlines())) for cell in cells if not _of_another_language(cell)]


def _python(line: str) -> str:
    bare = line.lstrip()
    return f"{line[: len(line) - len(bare)]}pass" if bare.startswith(("%", "!", "?")) else line


def _of_another_language(cell: str) -> bool:
    magic = cell.lstrip().partition("\n")[0].split(" ")[0]
    return magic.startswith("%%") and magic not in {"%%time", "%%timeit", "%%capture", "%%prun"}


def this_notebook() -> Path | None:
    """Return the notebook that this kernel runs, where the program around it tells: Jupyter Server, VS Code."""
    shell = _shell()
    if shell is None:
        return None
    told = getattr(shell, "user_ns", {}).get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME")
    if not isinstance(told, str):
        return None
    path = Path(unquote(urlsplit(told).path) if "://" in told else told)
    # Jupyter Server names it by its path below the folder that it serves, where the kernel mostly was started.
    found = next((each for each in (path, Path.cwd() / path.name) if each.suffix == NOTEBOOK and each.is_file()), None)
    return found.absolute() if found is not None else None


def _shell() -> Any:
    interactive = sys.modules.get("IPython.core.interactiveshell") if "ipykernel" in sys.modules else None
    shell = getattr(interactive, "InteractiveShell", None)
    return shell.instance() if shell is not None and shell.initialized() else None
