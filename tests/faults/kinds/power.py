"""The power is cut while processes record and one keeps: what was not synced is gone."""

from __future__ import annotations

import time
from typing import Final

from tests.faults.counts import Counts
from tests.faults.disks import Disk, Ext4, Synced, why_no_ext4
from tests.faults.scene import Scene

UNSYNCED_SECONDS: Final = 1.0
TICK: Final = 0.01


def missing() -> str:
    """Return why this cannot be played here."""
    return why_no_ext4()


def play(scene: Scene) -> Counts:
    """Cut the power of an ext4 once."""
    return _played(scene, Ext4(scene.outside))


def play_without_disk(scene: Scene) -> Counts:
    """Cut the power once, where a file system would keep no more than it has to."""
    disk = Synced(scene.outside)
    scene.given["synced"] = [str(disk.place), str(disk.kept)]
    return _played(scene, disk)


def _played(scene: Scene, disk: Disk) -> Counts:
    """Whatever was acknowledged a second before the cut has to be there, and whatever was stored right up to it."""
    try:
        scene.store = disk.place / "kg"
        scene.start("make").join()
        scene.emitter(pace=0.05)
        writer = scene.writer(drains=50, pace=0.1)
        scene.await_told("drained", writer)
        late = _recording(scene, UNSYNCED_SECONDS + scene.rng.random())
        moment = time.monotonic()
        disk.cut()
        scene.counts.faults += 1
        scene.kill_all()
        disk.repair()
        scene.mend()
        return scene.judge(scene.promises().before(moment - UNSYNCED_SECONDS - late))
    finally:
        scene.kill_all()
        disk.close()


def _recording(scene: Scene, seconds: float) -> float:
    """Let short programs come and go for so long, so that spool files are removed too.

    Return by how much this machine was late at worst: the threads that sync are no better off.
    """
    until, late = time.monotonic() + seconds, 0.0
    short = scene.emitter(records=8)
    while (before := time.monotonic()) < until:
        time.sleep(TICK)
        late = max(late, time.monotonic() - before - TICK)
        if not short.alive:
            short = scene.emitter(records=8)
    return late
