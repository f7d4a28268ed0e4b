"""What a graph's ledger is verified against: its public keys, and the checkpoint that lies beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from provkg.errors import LedgerBroken, Unreadable
from provkg.folder import Folder
from provkg.graph.signing_key import public_keys
from provkg.ledger.checkpoint import origin_of
from provkg.ledger.database import is_there
from provkg.ledger.note import PublicKey
from provkg.ledger.verification import Signed, Verification


def verification(
    folder: Folder,
    remembered: Sequence[Signed] = (),
    keys: Sequence[PublicKey] = (),
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Verification:
    """Return the walk through the ledger of `folder`; with `keys`, only those are trusted, else those that lie there.

    `remembered` are checkpoints from elsewhere that it must continue, beside the last one in the folder.
    """
    if folder.index.exists() and not is_there(folder.ledger):
        raise LedgerBroken(f"{folder.ledger} is empty or missing, though the graph had one; restore it from a backup")
    trusted = keys or public_keys(folder)
    return Verification(folder.ledger, origin_of(folder.base), trusted, [*_last(folder), *remembered], progress)


def _last(folder: Folder) -> list[Signed]:
    file = folder.last_checkpoint
    try:
        return [Signed(str(file), file.read_bytes())]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise Unreadable(f"cannot read {file}: {error.strerror}") from None
