"""The disk is full while processes record and one keeps, and later has room again."""

from __future__ import annotations

import time
from typing import Final

from tests.faults.counts import Counts
from tests.faults.disks import SmallDisk, why_no_small_disk
from tests.faults.scene import Scene

SMALL: Final = 2300
LARGE: Final = 1 << 18
PATIENCE: Final = 30.0
FULL_SECONDS: Final = 1.0


def missing() -> str:
    """Return why this cannot be played here."""
    return why_no_small_disk()


def play(scene: Scene) -> Counts:
    """Let a small disk fill up, make room after a while, and let everybody end."""
    disk = SmallDisk(scene.outside, SMALL + scene.rng.randint(0, 1000))
    enough = scene.outside / "enough"
    try:
        scene.store = disk.place / "kg"
        scene.make()
        emitters = [scene.emitter(pace=0.04, until=str(enough)) for _ in range(2)]
        writer = scene.writer(pace=0.05)
        _await_full(scene)
        acknowledged = len(scene.told("acknowledged"))
        time.sleep(FULL_SECONDS)
        # Each of two emitters records several things in that time, or in more where the machine is slow.
        if not scene.await_told("acknowledged", number=acknowledged + len(emitters), patience=PATIENCE):
            scene.counts.blame("failed", "training stood still while the disk was full")
        disk.grow(LARGE)
        time.sleep(FULL_SECONDS)
        enough.touch()
        for emitter in emitters:
            if emitter.join() != 0:
                scene.counts.blame("failed", "training ended when the disk was full")
        writer.kill()
        scene.mend()
        return scene.judge()
    finally:
        scene.kill_all()
        disk.close()


def _await_full(scene: Scene) -> None:
    """Wait until both sides have told that nothing fits any more."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        told = [said.facts["text"] for said in [*scene.told("trouble"), *scene.told("stderr")]]
        if any("No space left" in text or "is full" in text for text in told):
            scene.counts.faults += 1
            return
        time.sleep(0.02)
    scene.counts.blame("failed", "nobody told that the disk was full")
