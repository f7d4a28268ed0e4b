"""Proving that what a graph says of a thing was logged: the records, and how each lies under a signed checkpoint."""

from __future__ import annotations

from provkg.errors import CannotRun, UnknownThing
from provkg.folder import Folder
from provkg.graph.checkpointing import Checkpointing
from provkg.graph.knowledge_graph import KnowledgeGraph
from provkg.graph.signing_key import public_keys
from provkg.ledger import Ledger
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
        note = _over(folder, ledger, entries[-1].position, wait)
        before = None if earlier is None else Note.parse(earlier)
        return bundle(ledger, iri, entries, note, public_keys(folder), before)


def _over(folder: Folder, ledger: Ledger, position: int, wait: float) -> Note:
    """Return the newest checkpoint, which stands for the entry at `position` too."""
    kept = ledger.checkpoints()
    if not kept or kept[-1][0] <= position:
        with KnowledgeGraph.hold(folder, wait=wait) as graph:
            return Checkpointing(folder, graph.ledger).sign()
    note = Note.parse(kept[-1][1])
    if Checkpoint.of(note).size != kept[-1][0]:
        raise CannotRun("the newest checkpoint was changed; see what is wrong with: provkg verify")
    return note
