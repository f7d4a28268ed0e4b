"""Cosignatures: what a witness signs below another log's checkpoint (C2SP tlog-cosignature, Ed25519)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from provkg.errors import BadNote
from provkg.ledger.note import (
    SIGNATURE_BYTES,
    Note,
    PrivateKey,
    Signature,
    encoded,
    is_signed,
    key_id,
    signature_line,
    verifier_key,
)

COSIGNATURE: Final = b"\x04"
TIME_BYTES: Final = 8
LATEST: Final = (1 << 63) - 1


@dataclass(frozen=True)
class WitnessKey:
    """An Ed25519 key that cosigns checkpoints under `name`; as text it is the C2SP verifier key of kind 0x04."""

    name: str
    content: bytes

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{encoded(COSIGNATURE + self.content)}"

    @property
    def key_id(self) -> bytes:
        """The four bytes by which signature lines call it."""
        return key_id(self.name, COSIGNATURE, self.content)

    @classmethod
    def parse(cls, text: str) -> WitnessKey:
        """Return the key that `str` gave; raises `BadKey`."""
        return cls(*verifier_key(text, COSIGNATURE))

    @classmethod
    def of(cls, key: PrivateKey) -> WitnessKey:
        """Return what others need to check the cosignatures made with `key`."""
        return cls(key.name, key.public.content)

    def lines(self, note: Note) -> list[Signature]:
        """Return the signature lines of `note` that claim to be this key's."""
        return [each for each in note.signatures if (each.name, each.key_id) == (self.name, self.key_id)]

    def cosigned_at(self, note: Note) -> int | None:
        """Return when this key cosigned `note`, in seconds since 1970, or None where it did not.

        Of several cosignatures the last counts. Raises `BadNote` for a line that claims to be this key's and is not.
        """
        return max((self._time(each, note.text) for each in self.lines(note)), default=None)

    def _time(self, signature: Signature, text: str) -> int:
        time, made = signature.content[:TIME_BYTES], signature.content[TIME_BYTES:]
        seconds = int.from_bytes(time, "big")
        whole = len(time) == TIME_BYTES and len(made) == SIGNATURE_BYTES and seconds <= LATEST
        if not whole or not is_signed(self.content, made, cosigned_text(text, seconds)):
            raise BadNote(f"the cosignature of {self} does not fit the checkpoint: one of the two was changed")
        return seconds


def cosigned_text(text: str, seconds: int) -> bytes:
    """Return what a witness signs of the note `text` at that time."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def cosignature(text: str, key: PrivateKey, seconds: int) -> Signature:
    """Return the line by which `key` cosigns the checkpoint `text`."""
    made = key.signature(cosigned_text(text, seconds))
    return Signature(key.name, WitnessKey.of(key).key_id, seconds.to_bytes(TIME_BYTES, "big") + made)


def cosignatures(content: bytes) -> list[Signature]:
    """Return the lines of a witness's answer; raises `BadNote` for anything else."""
    try:
        lines = content.decode().split("\n")
    except UnicodeDecodeError:
        raise BadNote("the witness's answer is no UTF-8 text") from None
    if lines.pop() != "" or not lines:
        raise BadNote("the witness's answer is not made of signature lines, each ended by a newline")
    return [signature_line(line) for line in lines]


def with_cosignatures(note: Note, given: Iterable[Signature], keys: Iterable[WitnessKey]) -> Note:
    """Return `note` with those lines of `given` that one of `keys` made, in the place of its earlier ones.

    Raises `BadNote` where one that claims to be of such a key is not, or there is none at all.
    """
    answer = Note(note.text, tuple(given))
    known = list(keys)
    new = [each for key in known if key.cosigned_at(answer) is not None for each in key.lines(answer)]
    if not new:
        raise BadNote(f"none of its lines is a cosignature of {', '.join(map(str, known))}")
    replaced = {(each.name, each.key_id) for each in new}
    kept = [each for each in note.signatures if (each.name, each.key_id) not in replaced]
    return Note(note.text, (*kept, *new))
