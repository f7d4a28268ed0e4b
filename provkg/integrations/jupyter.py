"""Jupyter: after `%load_ext provkg`, each cell that runs is recorded; `%provkg` shows what was, and what is missing.

Nothing is shown unless it is asked for.
"""

from __future__ import annotations

import atexit
import io
import os
import sys
from collections.abc import Generator
from contextlib import redirect_stderr
from typing import Any, Final

from provkg.capture import apart, notebooks
from provkg.capture.defaults import defaults
from provkg.capture.trouble import attempt
from provkg.integrations.notebook_runs import CellRun, NotebookRun, mentioned
from provkg.integrations.observing import Call, Observed

_loaded: Final[dict[int, Extension]] = {}


def load_ipython_extension(shell: Any) -> None:
    """Record the cells that run in `shell` from now on; IPython calls this for `%load_ext provkg`."""
    if id(shell) not in _loaded:
        attempt("record this notebook", lambda: _load(shell))


def unload_ipython_extension(shell: Any) -> None:
    """End the notebook's run; IPython calls this for `%unload_ext provkg`."""
    extension = _loaded.pop(id(shell), None)
    if extension is not None:
        extension.unload()


def _load(shell: Any) -> None:
    extension = Extension(shell)
    _loaded[id(shell)] = extension
    extension.load()


class Extension:
    """What is watched of one shell."""

    def __init__(self, shell: Any) -> None:
        self._shell, self._observed = shell, Observed("jupyter")
        self.notebook = NotebookRun(_name())
        self._counted_at_load, self._ahead = shell.execution_count, 0
        self._cell: CellRun | None = None
        self._printing: list[Printing] = []

    def load(self) -> None:
        """Begin the notebook's run, without a word."""
        with redirect_stderr(io.StringIO()):
            self.notebook.begin()
        # After the session's own, so that it is called before: the end has to be told while that can be done.
        atexit.register(self._end)
        self._shell.events.register("pre_run_cell", self._before)
        self._shell.events.register("post_run_cell", self._after)
        self._shell.register_magic_function(self._show, "line", "provkg")
        self._observed.observe(type(self._shell.display_pub), "publish", self._displaying)
        self._observed.observe(type(self._shell.displayhook), "write_format_data", self._resulting)

    def unload(self) -> None:
        """Let go of the shell."""
        self._observed.let_go()
        self._shell.events.unregister("pre_run_cell", self._before)
        self._shell.events.unregister("post_run_cell", self._after)
        self._end()

    def _end(self) -> None:
        atexit.unregister(self._end)
        if self._cell is not None:
            self._cell.end()
        self.notebook.end()

    # --- cells

    def _before(self, info: Any) -> None:
        attempt("record a cell", lambda: self._begin(info))

    def _begin(self, info: Any) -> None:
        number = self._shell.execution_count - self._ahead if info.store_history else 0
        cell = CellRun(self.notebook, info.raw_cell, number, getattr(info, "cell_id", None))
        cell.works_with(mentioned(self._code(info), self._shell.user_ns).values())
        self._cell = cell.begin()
        self.notebook.cells.append(cell)
        apart.enter(cell)
        self._printing = [Printing(name, cell) for name in ("stdout", "stderr")]

    def _code(self, info: Any) -> str:
        return str(getattr(info, "transformed_cell", None) or self._shell.transform_cell(info.raw_cell))

    def _after(self, result: Any) -> None:
        cell, self._cell = self._cell, None
        while self._printing:
            attempt("let a stream go", self._printing.pop().let_go)
        if cell is not None:
            attempt("record the end of a cell", lambda: self._finish(cell, result))
            apart.leave(cell)
        elif result.execution_count is not None:
            # Of the cell that loads us: IPython counts a cell before or after it runs, as its version wills.
            self._ahead = self._counted_at_load - result.execution_count

    def _finish(self, cell: CellRun, result: Any) -> None:
        known = mentioned(self._code(result.info), self._shell.user_ns)
        appeared = {name: thing for name, thing in known.items() if thing not in cell.known}
        cell.conclude(appeared, result.error_before_exec or result.error_in_exec)

    # --- outputs

    def _displaying(self, call: Call) -> Generator[None, None, None]:
        yield
        if self._cell is not None:
            self._cell.show(call.argument("data"))

    def _resulting(self, call: Call) -> Generator[None, None, None]:
        yield
        if self._cell is not None:
            self._cell.show(call.argument("format_dict"))

    # --- what is shown

    def _show(self, line: str) -> None:
        """Show what was recorded of this notebook, and what only people can add: `%provkg`, `%provkg missing`."""
        text = self._missing() if line.strip() == "missing" else self._recorded()
        sys.stdout.write(text)

    def _recorded(self) -> str:
        cells = [cell for cell in self.notebook.cells if not cell.goes_on]
        lines = [f"{self.notebook.title}, recorded in {defaults().folder}", *map(_line, cells)]
        return "\n".join([*lines, "What is missing: %provkg missing", ""])

    def _missing(self) -> str:
        from provkg.reading import open as opened  # takes the spool in, which nobody should wait for unasked

        with opened(defaults().folder) as graph:
            return str(graph.missing().text())


class Printing:
    """What is printed to a stream while a cell runs.

    On the stream itself: IPython puts a function of its own there for each cell, which hides the one of the class.
    """

    def __init__(self, name: str, cell: CellRun) -> None:
        self._stream: Any = getattr(sys, name)
        self._before = before = self._stream.write

        def write(text: str, *args: Any, **kwargs: Any) -> Any:
            written = before(text, *args, **kwargs)
            attempt("record what was printed", lambda: cell.write(name, text))
            return written

        self._stream.write = self._ours = write

    def let_go(self) -> None:
        """Put back what was there, if nobody has put something else since."""
        if vars(self._stream).get("write") is self._ours:
            self._stream.write = self._before


def _name() -> str:
    path = notebooks.this_notebook()
    named = path.name if path is not None else os.path.basename(os.environ.get("JPY_SESSION_NAME", ""))  # noqa: PTH119
    return named or "in memory"


def _line(cell: CellRun) -> str:
    outputs = ", ".join(f"{kind} {digest[:12]}" for kind, digest in cell.outputs)
    return "  ".join(filter(None, [f"[{cell.number}]", cell.outcome, cell.told.description or "", outputs]))
