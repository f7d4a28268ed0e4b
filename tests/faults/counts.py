"""The counts that a round comes to, and the table of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final

BAD: Final = ("lost", "doubled", "partial", "unverified", "differing", "failed")


@dataclass
class Counts:
    """What was done, and what was found wrong; `lines` say each wrong thing in a sentence.

    `harmless` are faults after which everything that can be asked has the same answer; `lost` records or points were
    promised and are not there; `doubled` are there twice; `partial` say other than was sent; `unverified` are findings
    of `provkg verify`, or what it should have found; `differing` are statements in which the index and one made anew
    differ; `failed` is all that did not behave: a traceback, a conflict, what was not mended by the next opening.
    """

    rounds: int = 0
    acknowledged: int = 0
    points: int = 0
    faults: int = 0
    harmless: int = 0
    lost: int = 0
    doubled: int = 0
    partial: int = 0
    unverified: int = 0
    differing: int = 0
    failed: int = 0
    lines: list[str] = field(default_factory=list)

    def blame(self, what: str, line: str, number: int = 1) -> None:
        """Count something wrong and say what."""
        setattr(self, what, getattr(self, what) + number)
        self.lines.append(f"{what}: {line}")

    def __iadd__(self, other: Counts) -> Counts:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
        return self

    @property
    def wrong(self) -> int:
        """How much was found wrong."""
        return sum(self.blamed().values())

    def blamed(self) -> dict[str, int]:
        """Return the counts of what was found wrong, without those of which there is none."""
        return {name: number for name in BAD if (number := getattr(self, name))}

    def to_json(self) -> dict[str, Any]:
        """Return the counts by name."""
        return asdict(self)


def table(rows: Mapping[str, Counts], skipped: Mapping[str, str]) -> Iterable[str]:
    """Yield the lines of the table, one a kind of fault, and why the others were left out."""
    names = [each.name for each in fields(Counts) if each.name != "lines"]
    width = max(map(len, [*rows, "all"]))
    yield " ".join([" " * width, *(f"{name:>12}" for name in names)])
    whole = Counts()
    for kind, counts in rows.items():
        whole += counts
        yield _row(kind, counts, names, width)
    if len(rows) > 1:
        yield _row("all", whole, names, width)
    yield from (f"{kind}: left out, {reason}" for kind, reason in skipped.items())


def _row(kind: str, counts: Counts, names: Iterable[str], width: int) -> str:
    return " ".join([f"{kind:<{width}}", *(f"{getattr(counts, name):>12,}" for name in names)])
