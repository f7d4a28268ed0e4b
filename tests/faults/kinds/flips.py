"""Every byte of a small ledger, of its log, of spool files and of a bundle is changed, one at a time."""

from __future__ import annotations

from typing import Final

from provkg.folder import Folder
from tests.faults.counts import Counts
from tests.faults.emitting import BASE
from tests.faults.promises import Promises
from tests.faults.scene import Scene

AT_MOST: Final = 300


def play(scene: Scene) -> Counts:
    """Change some hundred bytes of each file; one that nobody notices counts as unverified."""
    return _played(scene, AT_MOST)


def play_all(scene: Scene) -> Counts:
    """Change every byte of each file."""
    return _played(scene, None)


def _played(scene: Scene, most: int | None) -> Counts:
    scene.make()
    scene.emitter(records=4, only=["dataset", "correction"]).join()
    # Elsewhere, for a training describes all packages of its environment, which makes a ledger large.
    other = Folder.create(scene.outside / "other", base=BASE)
    elsewhere = scene.emitter(store=str(other.path), records=2, only=["training"])
    elsewhere.join()
    flipper = scene.start(
        "flip", spool=str(other.spool), draft=str(scene.outside), seed=scene.rng.getrandbits(32), most=most
    )
    flipper.join(patience=24 * 3600)
    scene.listener.settle()
    for said in scene.told("flipped"):
        scene.counts.faults += said.facts["flips"]
        scene.counts.harmless += said.facts["harmless"]
    for said in scene.told("unseen"):
        scene.counts.blame("unverified", said.facts["text"])
    if not scene.told("done", flipper):
        scene.counts.blame("failed", "the flips did not come to their end")
    return scene.judge(Promises.of(said for said in scene.listener.settle() if said.pid != elsewhere.pid))
