"""Proving that what a graph says of a thing was logged: the records, and how each lies under a signed checkpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from provkg.errors import CannotRun, UnknownThing
from provkg.folder import Folder
from provkg.graph.checkpointing import Checkpointing
from provkg.graph.knowledge_graph import KnowledgeGraph
from provkg.graph.signing_key import public_keys
from provkg.ledger import Ledger, StoredEntry
from provkg.ledger.bundle import bundle
from provkg.ledger.checkpoint import Checkpoint
from provkg.ledger.note import Note


def proof(folder: Folder, iri: str, *, earlier: bytes | None = None, wait: float = 0) -> bytes:
    """Return a bundle about the thing named `iri`, and that the log continues the checkpoint `earlier`.

    Signs a checkpoint where the newest records are under none, and for that takes the graph. Raises `UnknownThing`
    where no record describes it, `GraphHeld` where another process keeps the graph for longer than `wait` seconds.
    """
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        entries = ledger.records_describing(iri)
        if not entries:
            raise UnknownThing(f"no record in {folder.path} describes {iri}")
        return _proof(folder, ledger, iri, entries, earlier, wait)


def proof_of_answer(
    folder: Folder,
    entries: Sequence[StoredEntry],
    answer: Mapping[str, Any],
    *,
    earlier: bytes | None = None,
    wait: float = 0,
) -> bytes:
    """Return a bundle of the records in `entries`, which state what stands behind `answer`; as `proof` does."""
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        return _proof(folder, ledger, None, entries, earlier, wait, answer)


def _proof(
    folder: Folder,
    ledger: Ledger,
    iri: str | None,
    entries: Sequence[StoredEntry],
    earlier: bytes | None,
    wait: float,
    answer: Mapping[str, Any] | None = None,
) -> bytes:
    acts = acts_behind(ledger, entries)
    entries = sorted({each.position: each for each in (*entries, *acts)}.values(), key=lambda each: each.position)
    before = None if earlier is None else Note.parse(earlier)
    least = max(entries[-1].position + 1, 0 if before is None else Checkpoint.of(before).size)
    note = _over(folder, ledger, least, wait)
    return bundle(ledger, iri, entries, note, public_keys(folder), before, answer)


def acts_behind(ledger: Ledger, entries: Sequence[StoredEntry]) -> list[StoredEntry]:
    """Return the acts that took text out of `entries`; without them, nobody could tell erasing from hiding."""
    lacking = {each.position for each in entries if len(each.lines) < each.leaf.statements}
    return [act for act in ledger.acts() if any(of in lacking for of, _, _ in act.leaf.erases or ())] if lacking else []


def _over(folder: Folder, ledger: Ledger, least: int, wait: float) -> Note:
    """Return the newest checkpoint of `least` entries or more that a witness cosigned, or, of none, the newest."""
    kept = ledger.checkpoints()
    if not kept or kept[-1][0] < least:
        with KnowledgeGraph.hold(folder, wait=wait) as graph:
            return Checkpointing(folder, graph.ledger).sign()
    notes = [(size, Note.parse(content)) for size, content in kept if size >= least]
    own = {(key.name, key.key_id) for key in public_keys(folder)}
    cosigned = [(size, note) for size, note in notes if any((s.name, s.key_id) not in own for s in note.signatures)]
    size, note = (cosigned or notes)[-1]
    if Checkpoint.of(note).size != size:
        raise CannotRun("the newest checkpoint was changed; see what is wrong with: provkg verify")
    return note
