"""Records are sent again: replies were lost, files come back, in another order, and the same is added twice."""

from __future__ import annotations

from tests.faults.counts import Counts
from tests.faults.saved_spool import SavedSpool
from tests.faults.scene import Scene


def play(scene: Scene) -> Counts:
    """Let spool files come back after they were taken in, once in their order and once in another."""
    folder = scene.make()
    scene.emitter(records=2, only=["dataset"]).join()
    corrected = next(iter(scene.promises().records))
    scene.emitter(records=8).join()
    scene.start("correct", name="late", record=corrected).join()
    saved = SavedSpool.of(folder.spool, scene.outside / "saved")
    # Under each other's names first, so that a correction comes before what it corrects.
    for backwards in (True, False, True):
        scene.counts.faults += saved.put(folder.spool, backwards=backwards)
        scene.mend()
    _lose_replies(scene)
    scene.start("again", name="twice").join()
    scene.counts.faults += 1
    return scene.judge()


def _lose_replies(scene: Scene) -> None:
    """Delete the verdicts on what a living process recorded, again and again."""
    emitter, writer = scene.emitter(pace=0.02, seconds=1.5), scene.writer()
    while emitter.alive:
        scene.pause(0.3)
        for file in (scene.store / "spool").glob("*.verdicts"):
            file.unlink(missing_ok=True)
            scene.counts.faults += 1
    writer.kill()
    scene.mend()
