"""How a generated company works: how many runs of which kind a thousand have, and what all of them share."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from benchmarks.data import PACKAGES, SUCCEEDED, TEAM, digest, pointer
from provkg import records as r
from provkg import vocabulary as v

DAY_ONE = datetime.fromisoformat("2024-01-01T08:00:00+00:00")
MINUTES = 5
HUB = "customers"
ENDPOINTS = 50
TABLES = 200
NEW_PEOPLE = 5
TEAMS = tuple(r.Team(issuer="scale", subject=f"team-{n}", name=f"team {n}") for n in range(6))
SERVING = r.Environment(
    os_name="Debian GNU/Linux 12",
    kernel_version="6.1.0",
    software=r.SoftwareEnvironment(python_version="3.11.9", packages=PACKAGES[:12]),
    hardware=r.HardwareConfiguration(cpu_model="y", cpu_count=8, memory_bytes=32 << 30, architecture="x86_64"),
)
"""Where models serve; what they are made in is another."""
METRICS = {name: r.concept(v.MetricKind, name) for name in ("accuracy", "loss", "epochDuration", "precision")}


@dataclass(frozen=True)
class Shape:
    """What one block of `runs` runs consists of; what is left over after the rest are checks of models in service."""

    runs: int = 1000
    sweeps: int = 10
    trials: int = 40
    chain: int = 60
    """Versions of a dataset, each made from the one before."""
    tuned: int = 50
    """Versions of a model, each fine-tuned from the one before."""
    epochs: int = 5
    predictions: int = 5


@dataclass
class Block:
    """One block as far as it has come: its runs are numbered through, so that nothing depends on how many follow."""

    number: int
    shape: Shape
    chance: random.Random
    done: int = 0
    chosen: list[tuple[r.Reference, r.Reference]] = field(default_factory=list)
    """Models in service, each with the data that it is tested on."""

    def next(self) -> int:
        """Return the number of the next run."""
        self.done += 1
        return self.number * self.shape.runs + self.done - 1

    @property
    def now(self) -> datetime:
        """When the latest run starts."""
        return moment(self.number * self.shape.runs + max(self.done - 1, 0))

    @property
    def project(self) -> str:
        """Every ten blocks have projects of their own, five at a time."""
        return f"project-{self.number // 10}-{self.number % 5}"

    def person(self) -> r.Person:
        """Return one of the people of these months: five come with every block, and stay for four."""
        return person(NEW_PEOPLE * self.number + self.chance.randrange(4 * NEW_PEOPLE))

    def account(self, minutes: float, who: r.Person | None = None) -> dict[str, Any]:
        """Return what every run says of its time, its end and its people."""
        by = who or self.person()
        return {
            "started": self.now,
            "ended": self.now + timedelta(minutes=minutes),
            "status": SUCCEEDED,
            "triggered_by": by,
            "executed_by": by,
            "responsible": TEAM,
        }


def moment(run: int) -> datetime:
    """Return when the run of that number starts."""
    return DAY_ONE + timedelta(minutes=MINUTES * run)


def person(number: int) -> r.Person:
    """Return the person of that number."""
    team = pointer(TEAMS[number % len(TEAMS)])
    return r.Person(issuer="scale", subject=f"engineer-{number}", on_behalf_of=TEAM, member_of=(team,))


def code(number: int) -> r.SourceRevision:
    """Return the revision of the code that was worked with at the run of that number; one serves twenty runs."""
    commit = digest("commit", number // 20)[:40]
    return r.SourceRevision(
        commit=commit, is_dirty=False, repository=r.SourceRepository(url="https://git.example.org/models")
    )


def stored(place: str, *content: object) -> r.ArtifactFile:
    """Return the file of that content."""
    return r.ArtifactFile(
        sha256=digest("file", *content),
        byte_size=40_000_000,
        media_type="application/vnd.apache.parquet",
        location=f"s3://scale/{place}.parquet",
    )


def named(record: str) -> r.Reference:
    """Return the pointer to the record of that id."""
    return r.Reference("record", (record,))


def kept(name: str, *descriptions: r.Description, project: str) -> r.Record:
    """Return the record that closes what `descriptions` tell."""
    return r.Record(f"scale-{name}", r.CLOSED, descriptions, project)
