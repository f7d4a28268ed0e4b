"""The ranks of a distributed run: all write one run, each an activity of its own that is part of it."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any, Final

from provkg.capture.launcher import Launch, launch
from provkg.capture.source_code import command
from provkg.records import Run

# What is true of each rank by itself; the rest is said once, of the run.
OF_EACH: Final = frozenset(
    {
        *("triggered_by", "executed_by", "responsible", "trigger", "absent", "code", "entry_point", "command_line"),
        *("environment", "node", "libraries", "started", "ended", "status", "error_type", "error_message"),
    }
)
_blocks: Counter[tuple[str, str]] = Counter()
_said: list[tuple[Launch, int]] = []


@dataclass(frozen=True)
class Share:
    """What this rank has of a run; `run` is the id of the run, the same in all ranks."""

    run: str
    rank: int
    size: int

    @property
    def leads(self) -> bool:
        """Whether this rank states the facts of the run."""
        return self.rank == 0

    @property
    def activity(self) -> str:
        """The id of what this rank did."""
        return f"{self.run}/rank-{self.rank}"


def share_of(kind: str, title: str) -> Share | None:
    """Return this process' share of the next run of that kind and title; None where it is its alone."""
    launched, main = _said[0] if _said else _launched()
    if launched is None or main != os.getpid():  # a forked worker is no rank
        return None
    _blocks[kind, title] += 1
    words = [*launched.key, command().entry_point, kind, title, str(_blocks[kind, title])]
    return Share(sha256(json.dumps(words).encode()).hexdigest()[:32], launched.rank, launched.size)


def launched_as(launched: Launch) -> None:
    """Let this process be the rank that a framework made it, which no variable says; runs that go on stay as begun."""
    _said[:] = [(launched, os.getpid())]


def of_each(about: Mapping[str, Any]) -> dict[str, Any]:
    """Return those facts in `about` that each rank says of itself."""
    return {name: fact for name, fact in about.items() if name in OF_EACH}


def of_the_first(run: Run, share: Share) -> Run:
    """Return what the rank that says `run` did itself."""
    title = f"{run.title}, rank {share.rank}"
    return Run(id=share.activity, title=title, part_of=run.reference(), **of_each(vars(run)))


@cache
def _launched() -> tuple[Launch | None, int]:
    # Asked once: programs change these variables, and a rank stays what it was started as.
    return launch(), os.getpid()
