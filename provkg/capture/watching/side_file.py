"""The side file of a recorded table: every operation with its rows and columns, so that the graph can stay small.

It is a line with the name of the form, the length of a header, the header as JSON, and arrays of numbers behind it,
each compressed. No value of the data is in it: rows stand there by number, columns by name, labels as numbers. Its
name is its digest, which the record of the table has.
"""

from __future__ import annotations

import json
import zlib
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from provkg.capture.watching.rows import Chosen, Cut, Every, Folded, Forgotten, Grouped, Kept, Rows, Taken
from provkg.capture.watching.states import Done, Flow, From, Origin, Parent, State, ancestry
from provkg.durable import write_once
from provkg.errors import Unreadable

FORM: Final = b"provkg-table-lineage-1\n"
MEDIA_TYPE: Final = "application/vnd.provkg.table-lineage"
FOLDER: Final = "tables"
"""Where side files lie, in the folder of the graph."""
_LENGTH: Final = 8


class _Arrays:
    """Arrays on their way into the file, each once."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.heads: list[list[Any]] = []
        self._known: dict[int, int] = {}
        self._held: list[Any] = []

    def put(self, numbers: Any) -> int:
        """Return the number under which the array will stand in the file."""
        import numpy as np

        if (known := self._known.get(id(numbers))) is not None:
            return known
        steps = np.asarray(numbers)
        shown = steps.astype(steps.dtype.newbyteorder("<"), copy=False)
        # Neighbours are near each other in most of them, so that differences take less room.
        stepped = shown.dtype.kind == "i" and len(shown) > 1
        body = np.diff(shown, prepend=shown.dtype.type(0)) if stepped else shown
        self.bodies.append(zlib.compress(body.tobytes(), 1))
        self.heads.append([shown.dtype.str, len(shown), stepped, len(self.bodies[-1])])
        self._known[id(numbers)] = len(self.heads) - 1
        self._held.append(numbers)  # so that its id stays its own
        return len(self.heads) - 1


def encoded(state: State) -> bytes:
    """Return the side file of `state`."""
    arrays = _Arrays()
    states = [_state(each, arrays) for each in ancestry(state)]
    header = json.dumps({"states": states, "arrays": arrays.heads}, ensure_ascii=False, separators=(",", ":"))
    raw = header.encode("utf-8", "replace")
    return FORM + len(raw).to_bytes(_LENGTH, "big") + raw + b"".join(arrays.bodies)


def _state(state: State, arrays: _Arrays) -> dict[str, Any]:
    said: dict[str, Any] = {
        "number": state.number,
        "title": state.title,
        "kind": state.kind,
        "columns": state.columns,
        "rows": state.rows,
        "told": state.told,
        "line": state.line,
        "parents": [[each.state.number, _rows(each.rows, arrays), each.carries] for each in state.parents],
        "flows": {name: _flow(flow, arrays) for name, flow in state.flows.items()},
        "cells": state.done.cells_changed,
        "missing": state.done.missing,
    }
    if state.origin is not None:
        labels = state.origin.labels
        said["origin"] = [state.origin.name, state.origin.sha256, None if labels is None else arrays.put(labels)]
    return said


def _flow(flow: Flow, arrays: _Arrays) -> list[Any]:
    came = [[each.parent, each.column, int(each.whole), int(each.assumed)] for each in flow.sources]
    numbers = [None if each is None else arrays.put(each) for each in (flow.changed, flow.picks)]
    return [came, *numbers, flow.digest]


def _rows(rows: Rows, arrays: _Arrays) -> list[Any]:
    match rows:
        case Kept(count):
            return ["kept", count]
        case Cut(start, count):
            return ["cut", start, count]
        case Folded(count, times):
            return ["folded", count, times]
        case Forgotten(signature, went_on):
            return ["forgotten", signature, went_on]
        case Taken():
            return ["taken", arrays.put(rows.positions)]
        case Grouped():
            return ["grouped", arrays.put(rows.groups)]
        case Chosen():
            return ["chosen", arrays.put(rows.bits), rows.of]
        case _:
            return ["every"]


# --- back again


def decoded(content: bytes, place: str) -> State:
    """Return the state that a side file tells of; raises `Unreadable` for what is none."""
    try:
        return _decoded(content)
    except (ValueError, TypeError, KeyError, IndexError, zlib.error, RecursionError) as error:
        raise Unreadable(f"{place} is no lineage of a table: {error}") from None


def _decoded(content: bytes) -> State:
    if not content.startswith(FORM):
        raise ValueError(f"it does not begin with {FORM.decode().strip()}")
    start = len(FORM) + _LENGTH
    end = start + int.from_bytes(content[len(FORM) : start], "big")
    header = json.loads(content[start:end])
    arrays = _read_arrays(header["arrays"], memoryview(content)[end:])
    states: dict[int, State] = {}
    for said in header["states"]:
        states[said["number"]] = _read_state(said, states, arrays)
    return states[max(states)]


def _read_arrays(heads: list[list[Any]], body: memoryview) -> list[Any]:
    import numpy as np

    arrays, start = [], 0
    for kind, count, stepped, length in heads:
        raw = np.frombuffer(zlib.decompress(body[start : start + length]), dtype=np.dtype(str(kind)), count=count)
        arrays.append(np.cumsum(raw, dtype=raw.dtype) if stepped else raw)
        start += length
    return arrays


def _read_state(said: dict[str, Any], states: dict[int, State], arrays: list[Any]) -> State:
    parents = [Parent(states[number], _read_rows(rows, arrays), bool(on)) for number, rows, on in said["parents"]]
    origin = said.get("origin")
    labels = None if origin is None or origin[2] is None else arrays[origin[2]]
    return State(
        title=said["title"],
        kind=said["kind"],
        columns=tuple(said["columns"]),
        rows=said["rows"],
        parents=tuple(parents),
        flows={name: _read_flow(flow, arrays) for name, flow in said["flows"].items()},
        told=said["told"],
        line=said["line"],
        done=Done(said["cells"], {name: tuple(pair) for name, pair in said["missing"].items()}),
        origin=None if origin is None else Origin(origin[0], origin[1], labels=labels),
        number=said["number"],
    )


def _read_flow(said: list[Any], arrays: list[Any]) -> Flow:
    came, changed, picks, digest = said
    numbers = [None if each is None else arrays[each] for each in (changed, picks)]
    sources = tuple(From(parent, column, bool(whole), bool(assumed)) for parent, column, whole, assumed in came)
    return Flow(sources, numbers[0], digest, numbers[1])


def _read_rows(said: list[Any], arrays: list[Any]) -> Rows:
    match said:
        case ["kept", count]:
            return Kept(count)
        case ["cut", start, count]:
            return Cut(start, count)
        case ["folded", count, times]:
            return Folded(count, times)
        case ["forgotten", signature, went_on]:
            return Forgotten(signature, went_on)
        case ["taken", number]:
            return Taken(arrays[number])
        case ["grouped", number]:
            return Grouped(arrays[number])
        case ["chosen", number, of]:
            return Chosen(arrays[number], of)
        case ["every"]:
            return Every()
    raise ValueError(f"rows of the kind {said[:1]}")


# --- on disk


def kept(content: bytes, store: Path) -> tuple[str, Path]:
    """Write a side file beside the graph at `store`, under its digest; return that and the place."""
    summed = sha256(content).hexdigest()
    folder = store / FOLDER
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    place = folder / f"{summed}.lineage"
    if not place.exists():
        write_once(place, content)
    return summed, place


def found(summed: str, store: Path) -> State:
    """Return what the side file with the digest `summed` tells; raises `Unreadable` where it is gone or changed."""
    place = store / FOLDER / f"{summed}.lineage"
    try:
        content = place.read_bytes()
    except OSError as error:
        raise Unreadable(f"cannot read {place}: {error.strerror}; the record of the table names it") from None
    if sha256(content).hexdigest() != summed:
        raise Unreadable(f"{place} is not the file that was recorded: its digest is another")
    return decoded(content, str(place))
