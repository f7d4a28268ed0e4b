"""Every byte flipped: whoever verifies sees it, or it holds nothing that anybody can ask for."""

from __future__ import annotations

import shutil
import traceback
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any, Final

from provkg.capture.spool import SpoolFile, spool_files
from provkg.errors import ProvkgError
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.graph.checkpointing import Checkpointing
from provkg.graph.proving import proof
from provkg.graph.verifying import verification
from provkg.ledger import Ledger
from provkg.ledger.verify_bundle import judge
from tests.faults.telling import Teller

SEEN: Final = "seen"
HARMLESS: Final = "harmless"
Look = Callable[[], str]
"""Says whether a flipped byte is seen or harmless, or in other words what was accepted instead."""


def flip(tell: Teller, *, store: str, spool: str, draft: str, seed: int, most: int | None) -> None:
    """Flip bytes of a ledger, its write-ahead log, a spool file and a bundle, at most so many of each file."""
    folder, rng = Folder.find(Path(store)), Random(seed)
    with KnowledgeGraph.hold(folder) as graph:
        graph.drain()
        Checkpointing(folder, graph.ledger).sign()
        # Copied while it is held: the log still has everything in it.
        held = _copied(folder, Path(draft) / "held")
        node = graph.ledger.entry(0).lines[0].partition(">")[0].removeprefix("<")
    _flip_ledger(tell, "log", held.ledger.with_name("ledger.db-wal"), held, rng, most)
    rest = _copied(folder, Path(draft) / "rest")
    _flip_ledger(tell, "ledger", rest.ledger, rest, rng, most)
    for file in spool_files(Path(spool)):
        _flip_file(tell, "spool", file.path, _spool_look(file), rng, most)
        for segment in file.segments():
            _flip_file(tell, "points", segment, _points_look(file), rng, most)
    bundle = Path(draft) / "bundle.json"
    bundle.write_bytes(proof(folder, node))
    _flip_file(tell, "bundle", bundle, lambda: _bundle_look(bundle), rng, most)
    tell("done")


def _copied(folder: Folder, target: Path) -> Folder:
    shutil.copytree(folder.path, target)
    return Folder.find(target)


def _flip_ledger(tell: Teller, what: str, path: Path, folder: Folder, rng: Random, most: int | None) -> None:
    before = _everything(folder)
    _flip_file(tell, what, path, lambda: _ledger_look(folder, before), rng, most)


def _flip_file(tell: Teller, what: str, path: Path, look: Look, rng: Random, most: int | None) -> None:
    """Flip one byte after the other, each to be there again before the next."""
    content = path.read_bytes()
    places: Sequence[int] = range(len(content))
    if most is not None and most < len(places):
        places = sorted(rng.sample(places, most))
    counted = {SEEN: 0, HARMLESS: 0}
    for place in places:
        changed = bytearray(content)
        changed[place] ^= rng.randint(1, 255)
        path.write_bytes(changed)
        said = _looked(look)
        if said in counted:
            counted[said] += 1
        else:
            tell("unseen", text=f"byte {place} of the {what}, {content[place]} made {changed[place]}: {said}")
    path.write_bytes(content)
    tell("flipped", file=what, bytes=len(content), flips=len(places), **counted)


def _looked(look: Look) -> str:
    try:
        return look()
    except ProvkgError:
        return SEEN
    except Exception:  # noqa: BLE001 - whatever escapes is what this looks for
        return traceback.format_exc()


# --- a ledger


def _ledger_look(folder: Folder, before: Sequence[Any]) -> str:
    """A flip that verifying does not see is harmless when everything that can be asked of the ledger stays the same.

    Such bytes are SQLite's own: free pages, room between the cells of a page, counters of changes and schema.
    """
    # What SQLite derived from the log as it was.
    folder.ledger.with_name(f"{folder.ledger.name}-shm").unlink(missing_ok=True)
    if any(True for _ in verification(folder).damages()):
        return SEEN
    try:
        after = _everything(folder)
    except ProvkgError as error:
        return f"provkg verify says verified, and reading says {error}"
    different = [name for (name, one), (_, other) in zip(before, after, strict=True) if one != other]
    return f"verified, and there is another answer to {', '.join(different)}" if different else HARMLESS


def _everything(folder: Folder) -> list[tuple[str, Any]]:
    """Return everything that a ledger can be asked, each way to ask it apart: they read different pages."""
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        entries = list(ledger.entries())
        ids = [entry.leaf.record for entry in entries]
        subjects = sorted({line.partition(">")[0].removeprefix("<") for entry in entries for line in entry.lines})
        return [
            ("entries", entries),
            ("payload", [ledger.payload(entry.position) for entry in entries]),
            ("find", [ledger.find(record) for record in ids]),
            ("holds", [ledger.holds(record) for record in ids]),
            ("superseding", [ledger.superseding(record) for record in ids]),
            ("superseded_at", [ledger.superseded_at(record) for record in ids]),
            ("records_describing", [ledger.records_describing(subject) for subject in subjects]),
            # The last one lies in a file as well, from which a ledger that lost it gets it back.
            ("checkpoints", {note for _, note in ledger.checkpoints()} | {folder.last_checkpoint.read_bytes()}),
            ("root", [ledger.root(size) for size in range(len(entries) + 1)]),
        ]


# --- a spool file and a bundle


def _spool_look(file: SpoolFile) -> Look:
    """Of a damaged spool file all frames but the damaged one are read, and none as another."""
    before = [(frame.sequence, frame.payload) for frame in file.frames()]

    def look() -> str:
        after = [(frame.sequence, frame.payload) for frame in file.frames()]
        if not file.damages:
            return "the file counts as whole"
        missing, others = _difference(before, after)
        if others:
            return f"frames were read that nobody wrote: {others}"
        return SEEN if len(missing) == 1 else f"{len(missing)} frames are lost with it"

    return look


def _points_look(file: SpoolFile) -> Look:
    """Of damaged points none is read as another: those under one checksum are lost, and it is said how many."""
    before = [record.to_json() for record in file.records()]

    def look() -> str:
        after = [record.to_json() for record in file.records()]
        if file.lost_points:
            return SEEN
        return HARMLESS if after == before else "other points were read than were written"

    return look


def _difference(before: Sequence[Any], after: Iterable[Any]) -> tuple[list[Any], list[Any]]:
    left = list(before)
    others = []
    for frame in after:
        if frame in left:
            left.remove(frame)
        else:
            others.append(frame)
    return left, others


def _bundle_look(bundle: Path) -> str:
    verdict, said, _ = judge(bundle.read_bytes())
    return f"verified: {said}" if verdict == "verified" else SEEN
