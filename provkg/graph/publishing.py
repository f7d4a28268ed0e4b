"""Publishing a graph's log as tiles: up to the newest checkpoint, signed now where the graph is free."""

from __future__ import annotations

from pathlib import Path

from provkg.errors import CannotRun, GraphHeld, StorageFailed
from provkg.folder import Folder
from provkg.graph.checkpointing import Checkpointing
from provkg.graph.knowledge_graph import KnowledgeGraph
from provkg.graph.signing_key import public_keys
from provkg.ledger import Ledger
from provkg.ledger.checkpoint import Checkpoint
from provkg.ledger.note import Note
from provkg.ledger.publishing import Published, publish


def publish_tiles(folder: Folder, out: Path, *, wait: float = 0) -> Published:
    """Let the folder `out` hold the graph's log as tiles.

    Entries that are under no checkpoint are signed first, which takes the graph; where that is not to be had, within
    `wait` seconds, the log is published up to what was signed last.
    """
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        return publish(ledger, newest(folder, ledger, wait=wait), public_keys(folder), out)


def newest(folder: Folder, ledger: Ledger, *, wait: float = 0) -> Note:
    """Return the newest checkpoint, signed now if entries await one and the graph can be had; raises `GraphHeld`."""
    kept = ledger.checkpoints()
    if not kept or kept[-1][0] < ledger.size:
        try:
            with KnowledgeGraph.hold(folder, wait=wait) as graph:
                return Checkpointing(folder, graph.ledger).sign()
        except (GraphHeld, StorageFailed):
            # Whoever publishes need not be allowed to write to the graph.
            if not kept:
                raise
    note = Note.parse(kept[-1][1])
    if Checkpoint.of(note).size != kept[-1][0]:
        raise CannotRun("the newest checkpoint was changed; see what is wrong with: provkg verify")
    return note
