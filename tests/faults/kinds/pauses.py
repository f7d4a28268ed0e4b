"""Processes are stopped and go on: a stopped one is not dead, and holds the graph while it stands still."""

from __future__ import annotations

import signal
import time
from typing import Final

from tests.faults.counts import Counts
from tests.faults.scene import Scene

STOPS: Final = 3
STOPPED_SECONDS: Final = 0.4


def play(scene: Scene) -> Counts:
    """Stop and continue emitters and the writer; while it stands still, nobody else gets the graph."""
    scene.make()
    emitters = [scene.emitter(pace=0.1) for _ in range(2)]
    writer = scene.writer(drains=3)
    scene.await_told("drained", writer)
    for _ in range(STOPS):
        stopped = scene.rng.choice(emitters)
        stopped.send(signal.SIGSTOP)
        scene.counts.faults += 1
        time.sleep(STOPPED_SECONDS * scene.rng.random())
        stopped.send(signal.SIGCONT)
    _stop_the_holder(scene)
    scene.kill_all()
    scene.mend()
    return scene.judge()


def _stop_the_holder(scene: Scene) -> None:
    writer = next(actor for actor in scene.actors if actor.role == "write")
    before = len(scene.told("released", writer))
    scene.await_told("released", writer, number=before + 1)
    scene.await_told("holds", writer, number=before + 2)
    writer.send(signal.SIGSTOP)
    scene.counts.faults += 1
    acknowledged = len(scene.told("acknowledged"))
    second = scene.writer(wait=0.2)
    if not scene.await_told("held", second):
        scene.counts.blame("failed", "two processes hold the graph")
    time.sleep(STOPPED_SECONDS)
    if not scene.await_told("acknowledged", number=acknowledged + 1, patience=20):
        scene.counts.blame("failed", "training stood still while the holder did")
    writer.send(signal.SIGCONT)
    scene.await_told("holds", second, patience=5)
