"""Clocks jump: hours and years forward and back, in those who record and in the one who keeps."""

from __future__ import annotations

from typing import Final

from tests.faults.counts import Counts
from tests.faults.emitting import JUMPS
from tests.faults.scene import Scene

RECORDS: Final = 20


def play(scene: Scene) -> Counts:
    """Let every process live in a time of its own that changes from record to record."""
    scene.make()
    emitters = [scene.emitter(records=RECORDS, pace=0.03, jumps=True) for _ in range(2)]
    writer = scene.writer(jumps=JUMPS[1:])
    for emitter in emitters:
        if emitter.join() != 0:
            scene.counts.blame("failed", "training ended when its clock jumped")
    scene.counts.faults += RECORDS * len(emitters)
    writer.kill()
    scene.mend()
    return scene.judge()
