"""A process that records forks twenty others, which record too; some of them are killed."""

from __future__ import annotations

from tests.faults.counts import Counts
from tests.faults.scene import Scene


def play(scene: Scene) -> Counts:
    """Let one process fork in the middle of a training, while another drains."""
    scene.make()
    writer = scene.writer(pace=0.1)
    forker = scene.start("fork", name="f", seed=scene.rng.getrandbits(32), children=20)
    if forker.join() != 0:
        scene.counts.blame("failed", "the process that forked did not come to its end")
    scene.listener.settle()
    scene.counts.faults += len(scene.told("forked"))
    writer.kill()
    scene.mend()
    return scene.judge()
