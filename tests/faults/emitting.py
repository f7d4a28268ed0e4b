"""The emitters: training programs that record through the public functions and tell what these acknowledged."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Final

import provkg
from provkg.capture.session import Session, end_session, session
from provkg.records import Dataset, Description, Record, TrainingRun
from tests.faults.shim import set_clock
from tests.faults.telling import Teller

KINDS: Final = {"dataset": 6, "correction": 2, "training": 4, "refused": 1}
YEAR: Final = 365 * 24 * 3600
JUMPS: Final = (0, -1, 3600, -3600, YEAR, -YEAR, 10 * YEAR, -10 * YEAR)
STARTED: Final = datetime(2026, 3, 20, 9, tzinfo=UTC)
BASE: Final = "https://example.org/kg/"
LONGEST_STEP: Final = 0.02
SOURCE: Final = "https://example.org/readings"


def emit(
    tell: Teller,
    *,
    store: str,
    name: str,
    seed: int,
    records: int = 1 << 30,
    seconds: float = 1e9,
    until: str = "",
    pace: float = 0.0,
    only: Sequence[str] = (),
    jumps: bool = False,
) -> None:
    """Record so many things or for so long, about `pace` seconds apart, and end as a program does.

    With `until`, end once there is such a file.
    """
    begin(tell, Path(store))
    rng = Random(seed)
    kinds = {kind: weight for kind, weight in KINDS.items() if not only or kind in only}
    deadline = time.monotonic() + seconds
    for ordinal in range(records):
        if time.monotonic() > deadline or (until and Path(until).exists()):
            break
        (kind,) = rng.choices(list(kinds), list(kinds.values()))
        if jumps:
            set_clock(rng.choice(JUMPS))
        recorded(tell, kind, f"{name}-{ordinal}", rng)
        time.sleep(pace * rng.random() * 2)
    end(tell)
    tell("done")


def begin(tell: Teller, store: Path) -> None:
    """Record into the graph at `store` from now on, and leave the draining to others."""
    os.environ["PROVKG_DELIVER"] = "off"
    tell_records(tell)
    provkg.configure(store=store)


def end(tell: Teller) -> None:
    """End as the interpreter does at exit, and tell what found no place on the disk."""
    writer = session().writer
    end_session()
    tell("ended", waiting=writer.lost)


def tell_records(tell: Teller) -> None:
    """Let the way into the spool tell what it is given, and what it has when it returns."""
    original, ordinals = Session._record, count()  # which openings take, too

    def record(self: Session, kind: str, descriptions: Sequence[Description], **more: Any) -> str:
        ordinal = f"{os.getpid()}/{next(ordinals)}"
        said = Record("", kind, tuple(descriptions), more.get("project"), more.get("supersedes", ()))
        tell("says", ordinal=ordinal, record=said.to_json(), measured=more.get("points") is not None)
        given = original(self, kind, descriptions, **more)
        tell("acknowledged", ordinal=ordinal, record=given, waiting=self.writer.lost)
        return given

    Session._record = record  # type: ignore[method-assign]  # the same with other words for its arguments


def recorded(tell: Teller, kind: str, name: str, rng: Random) -> None:
    """Record one thing of `kind`; no two have the same `name`."""
    match kind:
        case "dataset":
            provkg.dataset(name, [[rng.random()]], version="1", source=SOURCE, license="CC0-1.0")
        case "correction":
            first = provkg.record(Dataset(name=name, description="as it was told first"))
            if first is not None:
                provkg.record(Dataset(name=name, description="as it is"), supersedes=[first])
        case "training":
            train(tell, name, rng)
        case _:
            # Nobody triggered it, which no level lets pass.
            provkg.record(TrainingRun(id=name, title=name, started=STARTED))


def train(tell: Teller, name: str, rng: Random) -> None:
    """Record a training with points of which no two have the same value."""
    data = provkg.dataset(f"{name}-data", [[rng.random()]], version="1", source=SOURCE, license="CC0-1.0")
    with provkg.training(name, data=data, params={"alpha": rng.random()}) as run:
        for epoch in range(rng.randint(1, 12)):
            value = rng.getrandbits(40) + 0.25
            run.metric("loss", value, epoch=epoch)
            tell("point", value=value, waiting=session().writer.lost)
            time.sleep(rng.random() * LONGEST_STEP)
