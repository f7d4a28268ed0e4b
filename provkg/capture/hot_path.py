"""What a metric call comes to once all is known: one slot, packed and put into a mapped segment."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final, Protocol, SupportsIndex

from provkg.capture.metrics import as_number
from provkg.capture.spool.points import AT_BOTH, AT_EPOCH, AT_STEP, BARE, SLOT
from provkg.capture.spool.segments import Put

# Others cost more: what is one number has many forms.
PLAIN: Final = (float, int)

pack: Final = SLOT.pack
now: Final = time.monotonic_ns

Shortcuts = tuple[Put, dict[Any, int], dict[Any, int]]
"""Where slots go, and how slots name the series of a call without and with an epoch."""


class Log(Protocol):
    """Records one value of a series."""

    def __call__(self, value: Any, step: SupportsIndex | None = None, *, epoch: SupportsIndex | None = None) -> None:
        """Record `value` at a step or an epoch, or both, or as the next one."""


def bound(
    called: object,
    measure: Callable[[Any, SupportsIndex | None, SupportsIndex | None], None],
    shortcuts: Callable[[], Shortcuts],
) -> Log:
    """Return what records values of the series that `called` stands for; `measure` does so the long way."""
    put, at_step, at_epoch = shortcuts()

    def log(value: Any, step: SupportsIndex | None = None, *, epoch: SupportsIndex | None = None) -> None:
        nonlocal put, at_step, at_epoch
        try:
            number = value if isinstance(value, PLAIN) else as_number(value)
            if epoch is None:
                if step is None:
                    put(pack(at_step[called], 0, number, now(), 0, BARE))
                else:
                    put(pack(at_step[called], 0, number, now(), step, AT_STEP))
            elif step is None:
                put(pack(at_epoch[called], epoch, number, now(), 0, AT_EPOCH))
            else:
                put(pack(at_epoch[called], epoch, number, now(), step, AT_BOTH))
        except Exception:  # noqa: BLE001, S110 - something is new, wrong or full, which the long way settles or says
            pass
        else:
            return
        measure(value, epoch, step)
        put, at_step, at_epoch = shortcuts()

    return log
