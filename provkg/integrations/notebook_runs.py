"""A notebook while it is worked with: one run, of which each cell that ran is a part."""

from __future__ import annotations

import ast
import json
from base64 import b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, Final, get_args

from provkg.capture import RunBlock
from provkg.capture.handles import Handle, Thing
from provkg.capture.known_data import known
from provkg.capture.known_models import known_model
from provkg.capture.secrets import filtered_text
from provkg.records import Plan, Reference

LONGEST_LINE: Final = 80
_THINGS: Final = get_args(Thing)


class NotebookRun(RunBlock):
    """A notebook's session: from the loading of the extension to the end of its kernel."""

    def __init__(self, name: str) -> None:
        super().__init__(f"notebook {name}")
        self.name = name
        self.cells: list[CellRun] = []


class CellRun(RunBlock):
    """One execution of a cell: its source by its digest, what it used, and its outputs by theirs."""

    def __init__(self, notebook: NotebookRun, source: str, number: int, cell_id: str | None) -> None:
        super().__init__(f"{notebook.name}, cell [{number}]", within=notebook, description=first_line(source))
        self.source, self.number, self.notebook = source, number, notebook
        self.outputs: list[tuple[str, str]] = []
        self.outcome = "runs"
        self.known: tuple[Handle, ...] = ()
        self._written: dict[str, Any] = {}
        self._before: Reference | None = notebook.cells[-1].reference if notebook.cells else None
        self.tag("notebook.execution_count", number)
        if cell_id is not None:
            self.tag("notebook.cell_id", cell_id)

    def works_with(self, things: Iterable[Handle]) -> None:
        """Say what known data and models the cell works with."""
        self.known = tuple(things)
        self.use(*(each for each in self.known if isinstance(each, _THINGS)))

    def show(self, bundle: Mapping[str, Any]) -> None:
        """Take an output: its representations by media type, of which all are digested together."""
        kinds = [kind for kind in bundle if kind != "text/plain"] or ["text/plain"]
        text = json.dumps(bundle, sort_keys=True, ensure_ascii=False, default=_as_text)
        self.outputs.append((kinds[0], sha256(text.encode("utf-8", "surrogatepass")).hexdigest()))

    def write(self, stream: str, text: str) -> None:
        """Take text that was printed."""
        self._written.setdefault(stream, sha256()).update(text.encode("utf-8", "surrogatepass"))

    def conclude(self, appeared: Mapping[str, Handle], error: BaseException | None) -> None:
        """Say what came out, and end: outputs by their digests, and the names under which known things appeared."""
        self.outcome = "ran" if error is None else type(error).__name__
        printed = [(stream, summed.hexdigest()) for stream, summed in self._written.items()]
        for number, (kind, digest) in enumerate([*self.outputs, *printed], start=1):
            self.tag(f"notebook.output.{number}", f"{kind} sha256:{digest}")
        if appeared:
            self.tag("notebook.appeared", ", ".join(f"{name} = {thing.name}" for name, thing in appeared.items()))
        self.end(error)

    def _specific(self) -> dict[str, Any]:
        digest = sha256(self.source.encode("utf-8", "surrogatepass")).hexdigest()
        # That the interpreter's state passes from cell to cell is all that is known of what they hand on.
        before = (self._before,) if self._before is not None else ()
        return {"plan": Plan(title=f"source of a cell of {self.notebook.name}", sha256=digest), "informed_by": before}


def _as_text(value: Any) -> str:
    return b64encode(value).decode() if isinstance(value, bytes | bytearray) else str(value)


def first_line(source: str) -> str:
    """Return what a cell is about: its first line, without secrets."""
    line = next((each.strip() for each in source.splitlines() if each.strip()), "")
    return str(filtered_text(line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…"))


def mentioned(source: str, names: Mapping[str, Any]) -> dict[str, Handle]:
    """Return the known data and models that a cell's code names, by the names of the user's that hold them."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return {}
    said = dict.fromkeys(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
    return {name: thing for name in said if (thing := _thing(names.get(name))) is not None}


def _thing(value: Any) -> Handle | None:
    if value is None or isinstance(value, str | int | float | bool | type):
        return None
    if isinstance(value, _THINGS):
        found: Handle = value
        return found
    return known(value) or known_model(value)
