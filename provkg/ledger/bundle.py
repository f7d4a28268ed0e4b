"""Bundles: all that shows somebody without the graph that records about a thing were logged and are unchanged."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from provkg.errors import BadNote, HistoryChanged, LedgerBroken
from provkg.ledger.checkpoint import Checkpoint
from provkg.ledger.entry import StoredEntry
from provkg.ledger.ledger import Ledger
from provkg.ledger.note import Note, PublicKey, encoded
from provkg.ledger.verify_bundle import FORMAT, WITH_ANSWER


def bundle(
    ledger: Ledger,
    node: str | None,
    entries: Sequence[StoredEntry],
    note: Note,
    keys: Sequence[PublicKey],
    earlier: Note | None = None,
    answer: Mapping[str, Any] | None = None,
) -> bytes:
    """Return the bundle that proves `entries`, which describe `node` or are archived, under the checkpoint `note`.

    With `answer`, its query, rows and the statements behind it, they prove what it rests on, and `node` is None.
    With `earlier`, it also proves that the log continues that checkpoint. Of `keys` it names those that signed. Raises
    `BadNote` for a checkpoint that none of them signed, `HistoryChanged` where the log does not continue `earlier`.
    """
    signers = [*note.signed_by(keys), *([] if earlier is None else earlier.signed_by(keys))]
    size = Checkpoint.of(note).size
    document = {
        "format": FORMAT if answer is None else WITH_ANSWER,
        "node": node,
        "keys": [str(key) for key in dict.fromkeys(signers)],
        "checkpoint": note.to_bytes().decode(),
        "earlier": None if earlier is None else _continuation(ledger, earlier, note),
        "records": [_record(ledger, entry, size) for entry in entries],
    } | ({} if answer is None else {"answer": dict(answer)})
    return (json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _continuation(ledger: Ledger, earlier: Note, note: Note) -> dict[str, Any]:
    before, now = Checkpoint.of(earlier), Checkpoint.of(note)
    if before.origin != now.origin:
        raise BadNote(f"the earlier checkpoint is of another log, {before.origin}, and not of {now.origin}")
    if before.size > now.size or ledger.root(before.size) != before.root:
        raise HistoryChanged(
            f"{ledger.path} does not continue the earlier checkpoint of {before.size:,} entries; see: provkg verify"
        )
    with ledger.proving() as tree:
        path = tree.consistency(before.size, now.size)
    return {"checkpoint": earlier.to_bytes().decode(), "path": _written(path)}


def _record(ledger: Ledger, entry: StoredEntry, size: int) -> dict[str, Any]:
    with ledger.proving() as tree:
        path = tree.inclusion(entry.position, size)
    return {
        "position": entry.position,
        "leaf": json.loads(entry.leaf.to_bytes()),
        "statements": [_statement(*row) for row in ledger.payload(entry.position)],
        "path": _written(path),
    }


def _statement(salt: bytes | None, commitment: bytes, line: str | None) -> dict[str, str]:
    if line is None:
        return {"commitment": commitment.hex()}
    if salt is None:
        raise LedgerBroken("a statement lost its salt, but not its text; see what is wrong with: provkg verify")
    return {"salt": salt.hex(), "line": line}


def _written(path: Iterable[bytes]) -> list[str]:
    return [encoded(each) for each in path]
