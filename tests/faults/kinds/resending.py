"""Records are sent again: replies were lost, files come back, in another order, and the same is added twice."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.faults.counts import Counts
from tests.faults.scene import Scene


def play(scene: Scene) -> Counts:
    """Let spool files come back after they were taken in, once in their order and once in another."""
    folder = scene.make()
    scene.emitter(records=2, only=["dataset"]).join()
    corrected = next(iter(scene.promises().records))
    scene.emitter(records=8).join()
    scene.start("correct", name="late", record=corrected).join()
    saved = _saved(folder.spool, scene.outside / "saved")
    # A correction that comes before what it corrects.
    _put(saved, folder.spool, backwards=True)
    scene.mend()
    for backwards in (False, True):
        scene.counts.faults += _put(saved, folder.spool, backwards=backwards)
        scene.mend()
    _lose_replies(scene)
    scene.start("again", name="twice").join()
    scene.counts.faults += 1
    return scene.judge()


def _saved(spool: Path, target: Path) -> list[Path]:
    target.mkdir()
    return [Path(shutil.move(file, target / file.name)) for file in sorted(spool.glob("*.spool"))]


def _put(saved: list[Path], spool: Path, *, backwards: bool) -> int:
    """Put the files into the spool, in the order of their names or against it."""
    names = [file.name for file in (reversed(saved) if backwards else saved)]
    for file, name in zip(saved, names, strict=True):
        shutil.copy(file, spool / name)
    return len(saved)


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
