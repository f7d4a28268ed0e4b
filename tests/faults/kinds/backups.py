"""An old backup of the ledger comes back: nobody signs it unasked, and what is sent again is there once."""

from __future__ import annotations

import shutil
from pathlib import Path

from provkg.folder import Folder
from provkg.graph.verifying import verification
from tests.faults.counts import Counts
from tests.faults.saved_spool import SavedSpool
from tests.faults.scene import Scene


def play(scene: Scene) -> Counts:
    """Restore a backup from before some records, which then come once more from a copy of the spool."""
    folder = scene.make()
    scene.emitter(records=4).join()
    scene.mend()
    shutil.copy(folder.ledger, scene.outside / "backup.db")
    scene.emitter(records=4).join()
    saved = SavedSpool.of(folder.spool, scene.outside / "saved")
    scene.mend()
    _restore(folder, scene.outside / "backup.db")
    scene.counts.faults += 1
    _see_that_nobody_signs(scene, folder)
    saved.put(folder.spool)
    scene.mend()
    _see_that_it_is_noticed(scene, folder)
    scene.start("accept").join()
    return scene.judge()


def _restore(folder: Folder, backup: Path) -> None:
    for beside in ("-wal", "-shm"):
        folder.ledger.with_name(folder.ledger.name + beside).unlink(missing_ok=True)
    shutil.copy(backup, folder.ledger)


def _see_that_nobody_signs(scene: Scene, folder: Folder) -> None:
    before = folder.last_checkpoint.read_bytes()
    scene.mend()
    if not any("no checkpoint was signed" in said.facts["text"] for said in scene.told("mended")):
        scene.counts.blame("failed", "nobody told that an old backup was restored")
    if folder.last_checkpoint.read_bytes() != before:
        scene.counts.blame("failed", "an old backup was signed without being told to")


def _see_that_it_is_noticed(scene: Scene, folder: Folder) -> None:
    if not list(verification(folder).damages()):
        scene.counts.blame("unverified", "provkg verify does not notice that the log went on from an old backup")
