"""How metric points lie in a segment: one slot of 48 bytes each, made so that a torn one shows.

A slot is `series ‖ epoch ‖ value ‖ time ‖ step ‖ places`, eight bytes each, little-endian; time is that of the
monotonic clock in nanoseconds, `places` says which of epoch and step were given. Slots begin as zeros.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import Final

SLOT: Final = Struct("<qqdqqq")
# A process may be killed and a page written back amid the copy of a slot. Copies go by words upwards or by 16 bytes and
# more, so each 16 bytes hold a word that is never zero: series, time, places.
SERIES: Final = 0x5076_4B73 << 32
BARE: Final = 0x5076_4B70 << 32
AT_EPOCH: Final = BARE | 1
AT_STEP: Final = BARE | 2
AT_BOTH: Final = BARE | 3
NUMBERS: Final = 0xFFFF_FFFF
# In slots of a task's calls `places` says which call it is, epoch and step what it used and made.
CALL: Final = 0x5076_4B74 << 32
MORE: Final = 0x5076_4B6D << 32
DIGEST: Final = -1
"""As what was made: its digest follows in two more slots, 16 bytes in each."""
CALL_WITH_DIGEST: Final = Struct("<" + 3 * "qqdqqq")

Slot = tuple[int, int, float, int, int, int]


def packed(number: int, epoch: int | None, step: int | None, value: float, time: int) -> bytes:
    """Return the slot of one point; raises `struct.error` for an epoch or step beyond 64 bits."""
    places = BARE | (epoch is not None) | (step is not None) << 1
    return SLOT.pack(SERIES | number, epoch or 0, value, time, step or 0, places)


def slots(content: bytes) -> Iterator[Slot]:
    """Yield the slots of `content`, whose length is a multiple of theirs."""
    return SLOT.iter_unpack(content)


def is_whole(slot: Slot) -> bool:
    """Whether all of a slot was written."""
    series, _, _, time, _, places = slot
    return series & ~NUMBERS == SERIES and time > 0 and (places & ~3 == BARE or places & ~NUMBERS in {CALL, MORE})


def place_of(slot: Slot) -> tuple[int | None, int | None]:
    """Return the epoch and the step of a point, None where it was not given."""
    _, epoch, _, _, step, places = slot
    return epoch if places & 1 else None, step if places & 2 else None
