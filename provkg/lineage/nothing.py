"""What is said of a lineage that has nothing to tell: that there is nothing, or none of the kind, depth or time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from provkg.lineage.graph import Lineage
from provkg.lineage.wording import in_words


def nothing(lineage: Lineage) -> str:
    """Return a sentence that holds for what was asked, and claims nothing of what a limit kept out."""
    if lineage.end is not None:
        return _neither(lineage, lineage.end)
    if lineage.since is not None:
        return f"It did not exist then; it was made {_told(lineage.since)}."
    if lineage.limits.others:
        return _none_of_kinds(lineage)
    which = "that is known" if lineage.limits.at is None else f"that existed at {_told(lineage.limits.at)}"
    return f"It rests on nothing {which}." if lineage.direction == "up" else f"Nothing {which} rests on it."


def _neither(lineage: Lineage, end: str) -> str:
    limits, ends = lineage.limits, [lineage.nodes[each].label for each in (lineage.roots[0], end)]
    then = f" at {_told(limits.at)}" if limits.at is not None else ""
    if limits.apart is not None and limits.depth is not None:
        way = f"{ends[0]} rests on {ends[1]} in {limits.apart}"
        return f"Neither rests on the other within {_steps(limits.depth)}{then}: {way}."
    return f"Neither rests on the other{then}: {', '.join(ends)}.{_revised(lineage)}"


def _revised(lineage: Lineage) -> str:
    """Return how one replaces or revises the other, if it does: it need not be made from it."""
    if lineage.revision is None:
        return ""
    newer, older = (lineage.nodes[iri] for iri in lineage.revision)
    return f" {newer.label} {'is a revision of' if older.ended is None else 'replaces'} {older.label}."


def _none_of_kinds(lineage: Lineage) -> str:
    limits = lineage.limits
    kinds = " or ".join(_in_words(limits.kinds))
    within = f" within {_steps(limits.depth)}" if limits.depth is not None else ""
    then = f" at {_told(limits.at)}" if limits.at is not None else ""
    others = f"{limits.others:,} other thing{'' if limits.others == 1 else 's'}"
    if lineage.direction == "up":
        return f"It rests on no {kinds}{within}{then}, but on {others}."
    return f"No {kinds} rests on it{within}{then}, but {others} {'does' if limits.others == 1 else 'do'}."


def _in_words(kinds: Sequence[str]) -> list[str]:
    return [in_words(kind) if kind[:1].isupper() else kind for kind in kinds]


def _steps(depth: int) -> str:
    return f"{depth:,} step{'' if depth == 1 else 's'}"


def _told(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
