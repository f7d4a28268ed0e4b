"""Records for a graph that another process holds: they go through its spool, and its verdicts come back."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

from provkg.capture.spool import Outcome, SpoolFile, SpoolWriter
from provkg.errors import GraphHeld, StorageFailed
from provkg.folder import Folder
from provkg.graph.knowledge_graph import KnowledgeGraph
from provkg.records import Record

POLL_SECONDS: Final = 0.1


Tell = Callable[[str], None]


def handed_over(
    folder: Folder, records: Sequence[Record], wait: float, *, tell: Tell | None = None
) -> dict[str, Outcome]:
    """Leave `records` in the spool and return, by id, the verdicts that come within `wait` seconds.

    Once the holder lets go without having taken them in, this process does, and has `tell` say what it mended.
    """
    writer = _written(folder, records)
    known = _awaited(folder, SpoolFile(writer.path), {record.id for record in records}, time.monotonic() + wait, tell)
    if len(known) == len(records):
        writer.remove()
    return known


def _written(folder: Folder, records: Sequence[Record]) -> SpoolWriter:
    writer = SpoolWriter(folder.spool, strict=True)
    try:
        for record in records:
            writer.record(
                record.type, record.descriptions, project=record.project, id=record.id, supersedes=record.supersedes
            )
        writer.close()
    except StorageFailed:
        # All or none: half of them would be kept without anybody being told.
        writer.remove()
        raise
    return writer


def _awaited(folder: Folder, file: SpoolFile, ids: set[str], until: float, tell: Tell | None) -> dict[str, Outcome]:
    while not ids <= (known := file.outcomes()).keys() and time.monotonic() < until:
        if _taken_in(folder, tell):
            return file.outcomes()
        time.sleep(POLL_SECONDS)
    return known


def _taken_in(folder: Folder, tell: Tell | None) -> bool:
    """Take in the spool if nobody holds the graph any more, and return whether that was so."""
    try:
        graph = KnowledgeGraph.hold(folder, tell=tell)
    except GraphHeld:
        return False
    with graph:
        for message in graph.drain().messages:
            if tell is not None:
                tell(message)
    return True
