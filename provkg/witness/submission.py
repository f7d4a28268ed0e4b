"""What a witness is asked: a checkpoint, and the proof that it continues an earlier one (C2SP tlog-witness)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from provkg.errors import BadNote, BadSubmission
from provkg.ledger.checkpoint import LARGEST, Checkpoint
from provkg.ledger.note import Note, decoded, encoded
from provkg.merkle.proofs import HASH_BYTES

MOST_PROOF_LINES: Final = 63
# 63 hashes and a checkpoint with a hundred signatures; those of other kinds may have some kilobytes each.
MOST_BYTES: Final = 1 << 19
_OLD: Final = re.compile(r"old (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True)
class Submission:
    """The body of an add-checkpoint request: `proof` leads from a log of `old` entries to the checkpoint `note`."""

    old: int
    proof: tuple[bytes, ...]
    note: Note

    @property
    def checkpoint(self) -> Checkpoint:
        """What the note states; who signed it is not asked here."""
        return Checkpoint.of(self.note)

    def to_bytes(self) -> bytes:
        """Return the body."""
        lines = [f"old {self.old}", *map(encoded, self.proof)]
        return "".join(f"{line}\n" for line in lines).encode() + b"\n" + self.note.to_bytes()

    @classmethod
    def parse(cls, body: bytes) -> Submission:
        """Return the submission that `to_bytes` gave; raises `BadSubmission` for anything else."""
        if len(body) > MOST_BYTES:
            raise BadSubmission(f"a request of {len(body):,} bytes is larger than any that we read")
        head, blank, below = body.partition(b"\n\n")
        try:
            first, *lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise BadSubmission("what stands before the checkpoint is no ASCII text") from None
        found = _OLD.fullmatch(first)
        if not blank or found is None or int(found[1]) > LARGEST:
            raise BadSubmission("a request is a line such as “old 5”, lines of proof, an empty line and a checkpoint")
        if len(lines) > MOST_PROOF_LINES:
            raise BadSubmission(f"a proof of {len(lines)} lines is longer than any; {MOST_PROOF_LINES} is the most")
        return cls(int(found[1]), tuple(map(_hash, lines)), _note(below))


def _hash(line: str) -> bytes:
    try:
        found = decoded(line)
    except ValueError as error:
        raise BadSubmission(f"a line of the proof, {line!r:.60}, is no Base64 ({error})") from None
    if len(found) != HASH_BYTES:
        raise BadSubmission(f"a line of the proof holds {len(found)} bytes, and a hash has {HASH_BYTES}")
    return found


def _note(content: bytes) -> Note:
    try:
        note = Note.parse(content)
        Checkpoint.of(note)
    except BadNote as error:
        raise BadSubmission(f"what is submitted is no checkpoint: {error}") from None
    return note
