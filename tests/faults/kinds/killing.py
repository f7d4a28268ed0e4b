"""Processes are killed at random moments: while they write, sync, commit or take in."""

from __future__ import annotations

from typing import Final

from tests.faults.actors import Actor
from tests.faults.counts import Counts
from tests.faults.scene import Scene

KILLS: Final = 6


def play(scene: Scene) -> Counts:
    """Kill emitters and writers one after the other, each to be followed by another."""
    scene.make()
    roles = [scene.emitter, scene.emitter, scene.writer]
    running: list[Actor] = [role(pace=0.05) for role in roles]
    scene.await_told("drained", running[-1])
    for _ in range(KILLS):
        scene.pause(0.15)
        # The writer more often: there is more to be interrupted in it.
        which = scene.rng.choice([0, 1, 2, 2])
        running[which].kill()
        scene.counts.faults += 1
        running[which] = roles[which](pace=0.05)
    scene.kill_all()
    scene.mend()
    return scene.judge()
