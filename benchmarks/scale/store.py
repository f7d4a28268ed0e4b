"""The index of a generated company, in the form in which provkg keeps one, and opening it.

What is left out is the gate, the ledger and its digests, which would take hours: each record's statements are made by
the classes that record, closed as the gate closes them, and given to the index as the ledger's entries are; so the
default graph, the graph about the records and the derived edges stand as they do in use, packed as in an index that was
rebuilt.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from itertools import count
from pathlib import Path
from time import perf_counter

from pyoxigraph import NamedNode, Quad

from benchmarks.scale.company import WHOLE, recorded
from benchmarks.scale.shape import DAY_ONE, Shape
from provkg.entailment import closed
from provkg.graph.canonical import normalised
from provkg.graph.collecting import collecting_seldom
from provkg.graph.following import about_record
from provkg.identity import Names
from provkg.index import Change, Index, ReadIndex, Snapshots
from provkg.index.index import STORE
from provkg.index.storage import copy_packed, opened_read_only, pack
from provkg.index.version import Version
from provkg.ledger import Leaf, StoredEntry
from provkg.literals import date_time_text
from provkg.records import Deployment, Record, statements

NAMES = Names("https://scale.example.org/kg/", b"the salt of a generated graph...")
CHUNK = 200_000
SETTLE_EVERY = 20
FACTS = "made.json"


def made(folder: Path, runs: int, shape: Shape = WHOLE) -> Path:
    """Return the folder of the graph of `runs` runs within `folder`, made unless it is there."""
    path = folder / f"runs-{runs}"
    if not (path / FACTS).exists():
        start = perf_counter()
        index = Index.create(path / "index", NAMES.ledger_graph)
        entries = statements_made = 0
        with collecting_seldom():
            for number, changes in enumerate(_chunks(_changes(runs, shape)), 1):
                index.apply(changes)
                entries += len(changes)
                statements_made += sum(len(change.added) + len(change.about) for change in changes)
                if number % SETTLE_EVERY == 0:
                    index.settle()
        index.close()
        pack(path / "index" / STORE)
        _shown(path)
        facts = {"runs": runs, "records": entries, "said": statements_made, "seconds": round(perf_counter() - start, 1)}
        (path / FACTS).write_text(json.dumps(facts))
    return path


def packed(path: Path) -> None:
    """Make the snapshot at `path` what it is once the index was rebuilt: packed, with its dependencies."""
    with opened(path) as index:
        shutil.rmtree(path / "index", ignore_errors=True)
        (path / "index").mkdir()
        copy_packed(opened_read_only(index.path), path / "index" / STORE)
        Version(index.size, "the last").write(path / "index")
    _shown(path, anew=True)


def _shown(path: Path, *, anew: bool = False) -> None:
    """Put the index at `path` where readers find it."""
    version = Version.read(path / "index")
    index = Index.open(path / "index", NAMES.ledger_graph, lambda _: version.mark if version is not None else None)
    Snapshots(path / "snapshots").take(index, anew=anew)
    index.close()
    # Readers have a copy of their own, and its files are no longer shared once the index goes on.
    shutil.rmtree(path / "index")


def opened(path: Path) -> ReadIndex:
    """Return the snapshot that readers get; raises `FileNotFoundError` where `made` was not asked first."""
    found = Snapshots(path / "snapshots").open()
    if found is None:
        raise FileNotFoundError(f"no graph at {path}; make it with: python -m benchmarks.scale make")
    return found


def bytes_of(path: Path) -> int:
    """Return how many bytes the snapshot in `path` takes."""
    return sum(each.stat().st_size for each in (path / "snapshots").rglob("*") if each.is_file())


def _chunks(changes: Iterator[Change]) -> Iterator[list[Change]]:
    chunk, size = list[Change](), 0
    for change in changes:
        chunk.append(change)
        size += len(change.added) + len(change.about)
        if size >= CHUNK:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _changes(runs: int, shape: Shape) -> Iterator[Change]:
    live, now = _Live(), DAY_ONE
    for position, record in zip(count(), recorded(runs, shape), strict=False):
        said = normalised(closed(statements(record, NAMES, live.at)))
        live.see(record)
        now = max(now, _told(record))
        entry = StoredEntry(position, _leaf(record, position, now, len(said)), ())
        about = about_record(entry, said, NAMES)
        yield Change(position, record.id, tuple(Quad(*triple) for triple in said), tuple(about))


class _Live:
    """What is live at which endpoint, as the index would say once it has taken in what came before."""

    def __init__(self) -> None:
        self._there: dict[NamedNode, NamedNode] = {}

    def at(self, endpoint: NamedNode, _stage: NamedNode) -> list[NamedNode]:
        return [self._there[endpoint]] if endpoint in self._there else []

    def see(self, record: Record) -> None:
        for each in record.descriptions:
            if isinstance(each, Deployment):
                self._there[each.endpoint.iri(NAMES)] = each.iri(NAMES)


def _told(record: Record) -> datetime:
    """Return when the last of what a record tells was over: then it is received."""
    found = (getattr(each, when, None) for each in record.descriptions for when in ("started", "ended", "made"))
    return max((each for each in found if isinstance(each, datetime)), default=DAY_ONE)


def _leaf(record: Record, position: int, received: datetime, said: int) -> Leaf:
    # What stands for digests has their length and their look: it takes the room in the index that they take.
    return Leaf(
        record=record.id, type=record.type, schema="1.0.0", level="standard", shapes=_digest("shapes"), warnings=0,
        emitter=f"emitter-{position % 50}", received=date_time_text(received), project=record.project,
        statements=said, root=_digest(record.id),
    )  # fmt: skip


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
