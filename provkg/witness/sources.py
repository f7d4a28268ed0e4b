"""Where a witness without a network finds what a log signed: its tiles, its graph's folder, or a file that was sent."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from provkg.errors import BadNote, BadSubmission, BadTile, Unreadable
from provkg.ledger.checkpoint import Checkpoint
from provkg.ledger.ledger import Ledger
from provkg.ledger.note import Note
from provkg.ledger.tile_folder import TileFolder
from provkg.ledger.tiles import CHECKPOINT
from provkg.witness.submission import Submission

LEDGER: Final = "ledger.db"


class Source:
    """A log's newest checkpoint, and proofs that it continues earlier ones as far as the source can give them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._sent: Submission | None = None
        self.note = self._note()

    def submission(self, old: int) -> Submission:
        """Return the checkpoint with the proof that it continues the first `old` entries.

        A file that was sent has the proof that it has. Raises `Unreadable` where what the proof needs is missing.
        """
        size = Checkpoint.of(self.note).size
        if self._sent is not None:
            return self._sent
        proof = self._proof(old, size) if old <= size else []
        return Submission(old, tuple(proof), self.note)

    def _note(self) -> Note:
        try:
            if (self.path / LEDGER).is_file():
                return self._of_ledger()
            file = self.path / CHECKPOINT if self.path.is_dir() else self.path
            content = file.read_bytes()
            if content.startswith(b"old "):
                self._sent = Submission.parse(content)
                return self._sent.note
            note = Note.parse(content)
            Checkpoint.of(note)
        except OSError as error:
            raise Unreadable(f"cannot read {self.path}: {error.strerror}") from None
        except (BadNote, BadSubmission) as error:
            raise Unreadable(f"{self.path} holds no checkpoint: {error}") from None
        return note

    def _of_ledger(self) -> Note:
        with Ledger.open(self.path / LEDGER, read_only=True) as ledger:
            kept = ledger.checkpoints()
        if not kept:
            raise Unreadable(f"nothing was signed yet in {self.path}; let its owner type: provkg checkpoint")
        return Note.parse(kept[-1][1])

    def _proof(self, old: int, size: int) -> list[bytes]:
        if old in {0, size}:
            return []
        if (self.path / LEDGER).is_file():
            with Ledger.open(self.path / LEDGER, read_only=True) as ledger, ledger.proving() as tree:
                return tree.consistency(old, size)
        if not self.path.is_dir():
            cure = f"ask for what this prints, with the checkpoint of {old:,} entries: provkg checkpoint --since FILE"
            raise Unreadable(f"{self.path} holds no proof that it continues {old:,} entries; {cure}")
        try:
            return TileFolder(self.path, size).consistency(old, size)
        except BadTile as error:
            raise Unreadable(f"what the proof needs is missing: {error}") from None
