"""Signing what the ledger holds: each checkpoint is proven to continue the last before it is signed."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Final

from provkg.errors import BadNote, HistoryChanged, StorageFailed
from provkg.folder import Folder
from provkg.graph.signing_key import public_keys, signing_key, write_public
from provkg.ledger import Ledger
from provkg.ledger.checkpoint import Checkpoint, origin_of
from provkg.ledger.note import Note, signed
from provkg.merkle.proofs import is_continued

_TOLD: Final = "if a backup was restored on purpose, say so: provkg checkpoint --accept-restore --store"


class Checkpointing:
    """The checkpoints of one graph: all of them in the ledger, the last also in a file outside it.

    The file is what remembers more than a ledger that was restored from a backup.
    """

    def __init__(self, folder: Folder, ledger: Ledger) -> None:
        self._folder, self._ledger = folder, ledger

    def last(self) -> Note | None:
        """Return the newest that was signed, or None; raises `BadNote` where it cannot be read."""
        found = self._remembered()
        return max(found, key=lambda note: Checkpoint.of(note).size, default=None)

    def sign(self, *, accept_restore: bool = False) -> Note:
        """Return a checkpoint of the whole ledger, signed now unless that was done before.

        Raises `HistoryChanged` where the ledger does not continue the last one, unless that is accepted: then what it
        does not continue is set aside, and the log goes on from here. The same goes for a graph that was restored: the
        one that its backup was taken of may have gone on, and signed.
        """
        if not accept_restore:
            self._check_accepted()
        size, root = self._ledger.size, self._ledger.root()
        given_up = self._set_aside(size) if accept_restore else []
        remembered = self._remembered()
        for note in remembered:
            self._check_continued(Checkpoint.of(note), size, root)
        state = Checkpoint(origin_of(self._folder.base), size, root)
        known = next((note for note in remembered if note.text == state.text), None)
        note = known or signed(state.text, signing_key(self._folder))
        if remembered != [note, note]:
            self._keep(size, note, given_up)
        if accept_restore:
            self._folder.restored.unlink(missing_ok=True)
        return note

    def keep_cosigned(self, cosigned: Note) -> None:
        """Keep a checkpoint that is in the ledger with more signatures below it; raises `BadNote` if it is not."""
        size = Checkpoint.of(cosigned).size
        kept = next((Note.parse(note) for known, note in self._ledger.checkpoints() if known == size), None)
        if kept is None or kept.text != cosigned.text:
            raise BadNote(f"{self._ledger.path} has no such checkpoint of {size:,} entries")
        claimed = {(each.name, each.key_id) for each in cosigned.signatures}
        others = [each for each in kept.signatures if (each.name, each.key_id) not in claimed]
        whole = Note(kept.text, (*cosigned.signatures, *others))
        self._ledger.keep_checkpoint(size, whole.to_bytes())
        last = self._in_file()
        if last is not None and last.text == whole.text:
            self._write(whole)

    def check(self) -> None:
        """Raise `HistoryChanged` where `sign` would."""
        size, root = self._ledger.size, self._ledger.root()
        for note in self._remembered():
            self._check_continued(Checkpoint.of(note), size, root)
        self._check_accepted()

    def _check_accepted(self) -> None:
        if (marker := self._folder.restored).exists():
            raise HistoryChanged(
                f"{self._folder.path} was restored from {marker.read_text('utf-8', 'replace').strip()}; if it goes on "
                f"from there, and no other copy does: provkg checkpoint --accept-restore --store {self._folder.path}"
            )

    def _check_continued(self, last: Checkpoint, size: int, root: bytes) -> None:
        if last.size > size:
            raise HistoryChanged(
                f"{self._ledger.path} has {size:,} entries, but {last.size:,} were signed; restore the newest backup, "
                f"or, {_TOLD} {self._folder.path}"
            )
        with self._ledger.proving() as tree:
            proof = tree.consistency(last.size, size)
        if not is_continued(last.size, size, last.root, root, proof):
            raise HistoryChanged(
                f"{self._ledger.path} is not the ledger whose {last.size:,} entries were signed: its history was "
                f"changed, or went on from a backup; see what is wrong with: provkg verify; {_TOLD} {self._folder.path}"
            )

    def _remembered(self) -> list[Note]:
        """Return the last note in the ledger and the one in the file, as far as there are such."""
        in_file = self._in_file()
        in_ledger = [self._read(f"{self._ledger.path}", note) for _, note in self._ledger.checkpoints()[-1:]]
        return in_ledger if in_file is None else [*in_ledger, in_file]

    def _in_file(self) -> Note | None:
        file = self._folder.last_checkpoint
        otherwise = f", or go on without it: provkg checkpoint --accept-restore --store {self._folder.path}"
        try:
            return self._read(str(file), file.read_bytes(), otherwise)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageFailed(f"cannot read {file}: {error.strerror}") from None

    def _read(self, place: str, content: bytes, otherwise: str = "") -> Note:
        try:
            note = Note.parse(content)
            note.signed_by(public_keys(self._folder))
            Checkpoint.of(note)
        except BadNote as error:
            cure = f"see what is wrong with: provkg verify; restore a backup{otherwise}"
            raise BadNote(f"the last checkpoint in {place} is damaged: {error}; {cure}") from None
        return note

    def _keep(self, size: int, note: Note, instead_of: Iterable[int]) -> None:
        self._ledger.keep_checkpoint(size, note.to_bytes(), instead_of=instead_of)
        self._write(note)

    def _write(self, note: Note) -> None:
        try:
            write_public(self._folder.last_checkpoint, note.to_bytes().decode())
        except OSError as error:
            raise StorageFailed(f"cannot write {self._folder.last_checkpoint}: {error.strerror}") from error

    def _set_aside(self, size: int) -> list[int]:
        """Put what the ledger does not continue into files of their own: an auditor may hold copies of it."""
        kept = [Note.parse(note) for _, note in self._ledger.checkpoints()]
        stale = [note for note in kept if not self._fits(Checkpoint.of(note), size)]
        last = self._sound_in_file()
        if last is not None and not self._fits(Checkpoint.of(last), size):
            stale.append(last)
            self._folder.last_checkpoint.rename(self._aside(last))
        for note in stale:
            write_public(self._aside(note), note.to_bytes().decode())
        return [Checkpoint.of(note).size for note in stale]

    def _sound_in_file(self) -> Note | None:
        """Return the note in the file; what is no note of this log any more is put aside."""
        try:
            return self._in_file()
        except BadNote:
            file = self._folder.last_checkpoint
            file.rename(self._folder.checkpoints / f"given-up-damaged-{sha256(file.read_bytes()).hexdigest()[:8]}")
            return None

    def _fits(self, said: Checkpoint, size: int) -> bool:
        return said.size <= size and self._ledger.root(said.size) == said.root

    def _aside(self, note: Note) -> Path:
        said = Checkpoint.of(note)
        return self._folder.checkpoints / f"given-up-{said.size}-{said.root.hex()[:8]}"
