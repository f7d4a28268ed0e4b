"""A call of the system fails, or is the last: strace acts at the n-th write, sync, rename or removal."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from itertools import count, product
from typing import Final

from tests.faults.actors import Actor
from tests.faults.counts import Counts
from tests.faults.scene import Scene

KILLED: Final = "signal=KILL"
ACTS: Final = ("error=EIO", "error=ENOSPC", KILLED)
# The most calls that one life of either makes, about: later ones are not reached, which is no fault.
WRITER: Final = {"pwrite64": 60, "fdatasync": 12, "fsync": 30, "write": 60, "rename": 12, "unlink": 8, "ftruncate": 4}
EMITTER: Final = {"write": 30, "fdatasync": 6, "ftruncate": 2, "fallocate": 3}
RECORDS: Final = 6
HAPPENED: Final = ("(INJECTED)", "killed by SIGKILL")


@cache
def missing() -> str:
    """Return why no calls can be made to fail here; empty when they can, which is tried."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    command = ["strace", "-f", "-o", "/dev/null", "-e", "inject=fsync:error=EIO", "true"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return f"strace may not trace here ({done.stderr.strip()})" if done.returncode else ""


def play(scene: Scene) -> Counts:
    """Let a writer or an emitter live through failing calls, or die in one; then the next mends what is left."""
    life, calls = scene.rng.choice([("writer", WRITER), ("writer", WRITER), ("emitter", EMITTER)])
    call = scene.rng.choice(list(calls))
    first, act = scene.rng.randint(1, calls[call]), scene.rng.choice(ACTS)
    # Once, or again and again: a disk that fails rarely does so once.
    when = str(first) if scene.rng.random() < 0.7 else f"{first}+{scene.rng.randint(2, 9)}"
    return _lived(scene, life, call, act, when)


def play_all(scene: Scene) -> Counts:
    """Let each call of both fail in turn, alone and in each way, until no such call is reached any more."""
    counts = Counts()
    for life, calls in (("writer", WRITER), ("emitter", EMITTER)):
        for call, act in product(calls, ACTS):
            for ordinal in count(1):
                with Scene(scene.rng.getrandbits(32), scene.mutant) as one:
                    counts += (found := _lived(one, life, call, act, str(ordinal)))
                if not found.faults:
                    break
    return counts


def _lived(scene: Scene, life: str, call: str, act: str, when: str) -> Counts:
    scene.make()
    scene.emitter(records=RECORDS).join()
    if life == "writer":
        actor = scene.start("write", seed=1, holds=2, drains=2, attached=True)
    else:
        actor = scene.emitter(records=RECORDS, pace=0.02, attached=True)
    scene.counts.faults += _injected(scene, actor, f"{call}:{act}:when={when}", call)
    if act != KILLED and not scene.told("done", actor):
        scene.counts.blame("failed", f"{call}:{act} at {when}, and the {life} did not go on")
    scene.mend()
    return scene.judge()


def _injected(scene: Scene, actor: Actor, injection: str, call: str) -> int:
    """Trace the actor to its end and return how many of its calls were made to fail."""
    log = scene.outside / "strace"
    scene.await_told("waits", actor)
    command = ["strace", "-f", "-o", str(log), "-e", f"trace={call}", "-e", f"inject={injection}", "-p", str(actor.pid)]
    tracer = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    actor.join()
    tracer.wait(30)
    scene.listener.settle()
    said = log.read_text("utf-8", "replace") if log.exists() else ""
    # A process of several threads is said to be killed in each.
    return said.count(HAPPENED[0]) or int(HAPPENED[1] in said)
