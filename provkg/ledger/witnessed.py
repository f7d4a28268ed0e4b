"""Whether checkpoints were cosigned by the witnesses that somebody trusts, and how far."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from provkg.errors import BadNote
from provkg.ledger.checkpoint import Checkpoint
from provkg.ledger.cosignature import WitnessKey
from provkg.ledger.note import Note
from provkg.ledger.payload import Damage
from provkg.ledger.verification import Signed


@dataclass(frozen=True)
class Witnessed:
    """That `witness` had seen the first `size` entries at that time, in seconds since 1970."""

    witness: WitnessKey
    size: int
    seconds: int

    def __str__(self) -> str:
        return f"{self.witness.name} cosigned the first {self.size:,} entries at {time_text(self.seconds)}"


def witnessed(signed: Sequence[Signed], witnesses: Iterable[WitnessKey]) -> tuple[list[Witnessed], list[Damage]]:
    """Return the largest checkpoint that each of `witnesses` cosigned, and what is wrong or missing."""
    seen, damages = [], []
    for witness in witnesses:
        found, wrong = _cosigned(signed, witness)
        damages += wrong
        if found:
            seen.append(max(found, key=lambda each: (each.size, each.seconds)))
        else:
            what = f"{witness.name} cosigned none of them; ask it to with: provkg checkpoint --witness"
            damages.append(Damage("INCOMPLETE", "the checkpoints", what))
    return seen, damages


def time_text(seconds: int) -> str:
    """Return a time as people read it, in UTC; one that is beyond all calendars as the number."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return f"second {seconds}"


def _cosigned(signed: Iterable[Signed], witness: WitnessKey) -> tuple[list[Witnessed], list[Damage]]:
    found, wrong = [], []
    for each in signed:
        try:
            note = Note.parse(each.note)
            seconds, size = witness.cosigned_at(note), Checkpoint.of(note).size
        except BadNote as error:
            wrong.append(Damage("TAMPERED", each.place, str(error)))
            continue
        if seconds is not None:
            found.append(Witnessed(witness, size, seconds))
    return found, wrong
