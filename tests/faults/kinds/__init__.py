"""The kinds of fault: each plays one round in a scene and returns its counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tests.faults import shim
from tests.faults.counts import Counts
from tests.faults.kinds import backups, calls, clocks, flips, forks, full, killing, pauses, power, resending, short
from tests.faults.scene import Scene


def _nothing() -> str:
    return ""


@dataclass(frozen=True)
class Kind:
    """A kind of fault; `missing` says why it cannot be played here, `weight` how often it is played in a turn."""

    play: Callable[[Scene], Counts]
    missing: Callable[[], str] = _nothing
    weight: int = 1


KINDS: Final[dict[str, Kind]] = {
    "kills": Kind(killing.play, weight=2),
    "power": Kind(power.play, power.missing),
    "calls": Kind(calls.play, calls.missing, weight=4),
    "unsynced": Kind(power.play_without_disk, shim.missing),
    "short": Kind(short.play, short.missing),
    "full": Kind(full.play, full.missing),
    "flips": Kind(flips.play),
    "pauses": Kind(pauses.play),
    "clocks": Kind(clocks.play, shim.missing),
    "resending": Kind(resending.play),
    "forks": Kind(forks.play),
    "backups": Kind(backups.play),
    "every-call": Kind(calls.play_all, calls.missing),
    "every-flip": Kind(flips.play_all),
}
USUAL: Final = [kind for kind in KINDS if not kind.startswith("every-")]
"""The kinds whose rounds take seconds; those that try everything take an hour."""
