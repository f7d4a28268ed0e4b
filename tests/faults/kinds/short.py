"""Writes take a part of what they were given: a limit on the size of files falls and rises (setrlimit(2))."""

from __future__ import annotations

import resource
import time
from contextlib import suppress
from typing import Final

from tests.faults.counts import Counts
from tests.faults.scene import Scene

FALLS: Final = 4
FALLEN_SECONDS: Final = 0.25
LARGEST_FRAME: Final = 2000


def missing() -> str:
    """Return why this cannot be played here."""
    return "" if hasattr(resource, "prlimit") else "there is no prlimit here"


def play(scene: Scene) -> Counts:
    """Let the spool file of an emitter, or the files of a writer, grow no further at some byte, several times."""
    scene.make()
    emitter = scene.emitter(pace=0.03, seconds=FALLS * 2 * FALLEN_SECONDS)
    writer = scene.writer(pace=0.05)
    scene.await_told("acknowledged", emitter, number=3)
    unlimited = resource.prlimit(emitter.pid, resource.RLIMIT_FSIZE)
    for _ in range(FALLS):
        if not emitter.alive:
            break
        limited, largest = (emitter, _largest(scene)) if scene.rng.random() < 0.7 else (writer, 400_000)
        limit = largest + scene.rng.randint(1, LARGEST_FRAME)
        # It may have ended by itself.
        with suppress(ProcessLookupError):
            resource.prlimit(limited.pid, resource.RLIMIT_FSIZE, (limit, unlimited[1]))
            scene.counts.faults += 1
            time.sleep(FALLEN_SECONDS)
            resource.prlimit(limited.pid, resource.RLIMIT_FSIZE, unlimited)
        scene.pause(FALLEN_SECONDS)
    if emitter.join() != 0:
        scene.counts.blame("failed", "training ended because of a short write")
    writer.kill()
    scene.mend()
    return scene.judge()


def _largest(scene: Scene) -> int:
    files = (scene.store / "spool").glob("*.spool")
    return max((file.stat().st_size for file in files), default=0)
