"""A process beside the one that holds a graph: it makes statements of records, and judges them by what it is told.

It is started by `provkg.graph.workers` with `python -m provkg.graph.bench DESCRIPTOR DIR`, opens neither ledger nor
index, and ends with the process that started it.
"""

from __future__ import annotations

import json
import os
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

from provkg.errors import ProvkgError
from provkg.folder import Folder
from provkg.graph.admitting import Gates, Submission
from provkg.graph.canonical import triples_of
from provkg.graph.collecting import collecting_seldom
from provkg.graph.intake import composed, nothing_live, stored
from provkg.ledger.entry import sealed
from provkg.records import Record


class Bench:
    """The records that one such process works at, by the number that the holder gave them."""

    def __init__(self, folder: Folder) -> None:
        self._names, self.gates = folder.names, Gates(folder, folder.names)
        self._composed: dict[int, Submission] = {}

    def answer(self, task: dict[str, Any]) -> dict[str, Any]:
        """Return what came of a task: `compose` and `judge` each have a list, whose items begin with a number."""
        return {
            "composed": [[number, *self._compose(number, *said)] for number, *said in task.get("compose", ())],
            "judged": [[number, *self._judge(number, *said)] for number, *said in task.get("judge", ())],
        }

    def _compose(self, number: int, emitter: str, said: dict[str, Any]) -> list[Any]:
        """Return the lines of a record, all and those without the owner's terms; nothing where it cannot be made."""
        try:
            sent = composed(Record.from_json(said), self._names, self.gates, emitter, nothing_live)
        except (ProvkgError, ValueError):
            return []  # the holder finds the same, and says so
        self._composed[number] = sent
        return [sent.lines, None if sent.plain == sent.lines else sent.plain]

    def _judge(self, number: int, known: list[str] | None) -> list[Any]:
        """Return what the ledger keeps of an accepted record, and its outcome; nothing for any other."""
        sent = self._composed.pop(number, None)
        if sent is None or known is None:
            return []
        told = triples_of(known)
        verdict = self.gates.judge(
            sent, lambda _sent, _gate: told, held=lambda _record: False, superseding=lambda _record: ()
        )
        if not verdict.accepted:
            return []
        made, outcome = sealed(self.gates.entry(sent, verdict)), stored(sent.record, verdict)
        return [made.leaf.decode(), made.secret.hex(), made.lines, outcome.warnings, outcome.messages]


def main(descriptor: str, place: str) -> None:
    """Work until the holder is gone."""
    connection = Connection(int(descriptor))
    tasks: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=_listen, args=(connection, tasks), daemon=True).start()
    bench = Bench(Folder.find(Path(place)))
    bench.gates.gate(bench.gates.level(None, None), None)
    connection.send_bytes(json.dumps({"digest": bench.gates.digest}).encode())
    with collecting_seldom():
        while True:
            connection.send_bytes(json.dumps(bench.answer(json.loads(tasks.get()))).encode())


def _listen(connection: Connection, tasks: SimpleQueue[bytes]) -> None:
    """Take tasks off the connection at once, so that neither side waits for the other to read."""
    try:
        while True:
            tasks.put(connection.recv_bytes())
    except (EOFError, OSError):
        # The holder is gone, or has enough of us; whatever is being judged, nobody asks for any more.
        os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
