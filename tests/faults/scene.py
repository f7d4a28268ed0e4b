"""A scene: one graph under attack, its actors, and everything they tell; made anew for each round."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any

from provkg.folder import Folder
from tests.faults.actors import Actor
from tests.faults.counts import Counts
from tests.faults.emitting import BASE
from tests.faults.judging import judged
from tests.faults.promises import Promises
from tests.faults.telling import Listener, Said


class Scene:
    """One round's graph at `store`; `outside` is where no fault reaches. A context manager."""

    def __init__(self, seed: int, mutant: str | None = None) -> None:
        self.rng, self.mutant = Random(seed), mutant
        # Short: the path of a socket has room for a hundred characters.
        self.outside = Path(tempfile.mkdtemp(prefix="faults-"))
        self.listener = Listener(self.outside / "told")
        self.store = self.outside / "kg"
        self.counts = Counts()
        self.actors: list[Actor] = []
        self._named = 0
        self.given: dict[str, Any] = {}

    def __enter__(self) -> Scene:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill_all()
        self.listener.close()
        shutil.rmtree(self.outside, ignore_errors=True)

    def make(self) -> Folder:
        """Make the graph."""
        return Folder.create(self.store, base=BASE)

    def start(self, role: str, **arguments: Any) -> Actor:
        """Start an actor, with the mutant if there is one."""
        actor = Actor(role, self.listener.address, self.mutant, {"store": str(self.store), **self.given, **arguments})
        self.actors.append(actor)
        return actor

    def emitter(self, **arguments: Any) -> Actor:
        """Start an emitter with a name and a seed of its own."""
        self._named += 1
        return self.start("emit", **{"name": f"e{self._named}", "seed": self.rng.getrandbits(32), **arguments})

    def writer(self, **arguments: Any) -> Actor:
        """Start a writer."""
        return self.start("write", **{"seed": self.rng.getrandbits(32), **arguments})

    def told(self, what: str, actor: Actor | None = None) -> list[Said]:
        """Return what was told so far of that kind, by all or by one."""
        heard = list(self.listener.heard)
        return [said for said in heard if said.what == what and (actor is None or said.pid == actor.pid)]

    def await_told(self, what: str, actor: Actor | None = None, *, number: int = 1, patience: float = 30) -> bool:
        """Return whether it was told so often before patience ends or the actor does."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            if len(self.told(what, actor)) >= number:
                return True
            if actor is not None and not actor.alive:
                break
            time.sleep(0.002)
        self.listener.settle()
        return len(self.told(what, actor)) >= number

    def kill_all(self) -> None:
        """End all actors at once."""
        for actor in self.actors:
            actor.kill()

    def pause(self, longest: float) -> None:
        """Wait for a random time."""
        time.sleep(self.rng.random() * longest)

    def mend(self) -> None:
        """Let the next process open the graph and take in what is left; that it can is part of what is judged."""
        self.given.clear()
        mender = self.start("mend")
        code = mender.join()
        self.listener.settle()
        if code != 0 or not self.told("done", mender):
            said = [each.facts["text"] for each in self.told("trouble", mender)]
            self.counts.blame("failed", f"the next to open the graph could not mend it: {said or code}")

    def promises(self) -> Promises:
        """Return what was promised so far."""
        return Promises.of(self.listener.settle())

    def judge(self, promises: Promises | None = None) -> Counts:
        """Return the counts of this round, everything in it judged; nobody may run any more."""
        found = judged(self.store, self.outside / "judged", promises or self.promises())
        found += self.counts
        return found
