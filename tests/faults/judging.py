"""The judge: compares what was promised with what is there, on a copy that it takes in, verifies and rebuilds."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pyoxigraph import DefaultGraph, Quad, Store

from provkg.capture.spool import spool_files
from provkg.errors import ProvkgError
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph, read
from provkg.graph.admitting import submission
from provkg.graph.verifying import verification
from provkg.identity import Names
from provkg.ledger import Ledger, StoredEntry
from provkg.literals import literal
from provkg.records import statements
from tests.faults.counts import Counts
from tests.faults.promises import Meant, Promises

SHOWN: Final = 5


def judged(store: Path, draft: Path, promises: Promises) -> Counts:
    """Return what is wrong with the graph at `store`, which nobody holds, measured by `promises`.

    The judge's code has no mutant in it.
    """
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(store, draft)
    counts = Counts(rounds=1, acknowledged=len(promises.records), points=len(promises.points))
    for failure in promises.failures:
        counts.blame("failed", failure)
    try:
        _judge(Folder.find(draft), promises, counts)
    except ProvkgError as error:
        counts.blame("lost", f"the graph does not open: {type(error).__name__}: {error}", max(1, len(promises.records)))
    return counts


def _judge(folder: Folder, promises: Promises, counts: Counts) -> None:
    _taken_in(folder, counts)
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        entries = list(ledger.entries())
    _there(entries, folder, promises, counts)
    _said(entries, promises, folder.names, counts)
    for damage in verification(folder).damages():
        counts.blame("unverified", str(damage))
    _indexed(folder, len(entries), counts)


def _taken_in(folder: Folder, counts: Counts) -> None:
    """Drain what is left: the actors did so, and nothing may wait after that."""
    with KnowledgeGraph.hold(folder) as graph:
        graph.drain()
        again = graph.drain()
        if not again.idle:
            counts.blame("failed", f"the spool does not drain: {again}")
    # One whose process died before it had written a frame stays for a day: nobody can tell whose it is.
    left = [file.path.name for file in spool_files(folder.spool) if next(file.frames(), None) is not None]
    if left:
        counts.blame("failed", f"left in the spool: {', '.join(left)}")


def _there(entries: Sequence[StoredEntry], folder: Folder, promises: Promises, counts: Counts) -> None:
    """Count what was promised and is not there, and ids that are there twice; what was refused is to lie in a file."""
    kept = Counter(entry.leaf.record for entry in entries)
    aside = {path.name.partition(".")[0] for path in folder.rejected.iterdir() if path.stat().st_size}
    for record in (promises.records.keys() | promises.stored | promises.refused) - kept.keys():
        if record in promises.stored or record not in aside:
            counts.blame("lost", f"record {record} was {promises.told(record)}")
        elif not promises.refusable(record):
            counts.blame("failed", f"record {record} was refused")
    for record, number in kept.items():
        if number > 1:
            counts.blame("doubled", f"record {record} is there {number} times")
    values = {line.rpartition(" ")[0].rpartition(" ")[2] for entry in entries for line in entry.lines}
    for value in promises.points:
        if str(literal(value)) not in values:
            counts.blame("lost", f"point {value} was acknowledged")


def _said(entries: Sequence[StoredEntry], promises: Promises, names: Names, counts: Counts) -> None:
    """Compare what the entries say with what was sent, and see that nobody sent none of them."""
    unanswered = [_Sent(meant, names) for meant in promises.unanswered]
    known = {record: _Sent(meant, names) for record, meant in promises.meant.items()}
    for entry in entries:
        record, lines = entry.leaf.record, frozenset(entry.lines)
        if record in known:
            if not known[record].says(lines):
                counts.blame("partial", f"record {record} says {len(lines)} lines of {len(known[record].lines)}")
        elif sent := next((sent for sent in unanswered if sent.says(lines)), None):
            unanswered.remove(sent)
        elif not record.endswith(("-interrupted", "-loose")):
            doubled = any(sent.says(lines) for sent in known.values())
            counts.blame("doubled" if doubled else "partial", f"record {record} was never sent")


class _Sent:
    """The lines of a record as it was sent."""

    def __init__(self, meant: Meant, names: Names) -> None:
        said = meant.record
        self.lines = frozenset(submission(said.id, said.type, statements(said, names), names).lines)
        self._measured = meant.measured

    def says(self, lines: frozenset[str]) -> bool:
        """Whether `lines` are all that was sent, and no more than that but points."""
        return self.lines <= lines if self._measured else self.lines == lines


def _indexed(folder: Folder, size: int, counts: Counts) -> None:
    """Compare the index with one made anew, and the readers' copy with both."""
    here = _quads(folder)
    with read(folder) as reader:
        shown, seen = set(reader.everything()), reader.size
    with KnowledgeGraph.hold(folder) as graph:
        graph.rebuild()
    anew = _quads(folder)
    if differing := here ^ anew:
        some = "; ".join(map(str, list(differing)[:SHOWN]))
        counts.blame("differing", f"{len(here - anew)} too many, {len(anew - here)} missing: {some}", len(differing))
    told = {quad.triple for quad in anew if isinstance(quad.graph_name, DefaultGraph)}
    if seen != size or shown != told:
        counts.blame("differing", f"readers see {seen} of {size} entries, {len(shown ^ told)} statements differ")


def _quads(folder: Folder) -> set[Quad]:
    return set(Store.read_only(str(folder.index / "store")))
