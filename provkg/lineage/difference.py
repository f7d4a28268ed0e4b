"""Difference: in what two things of one kind differ, factor by factor, and in what they agree."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from provkg.errors import BadParameter
from provkg.index.same_content import trained_version
from provkg.lineage.facets import side
from provkg.lineage.factors import FACTORS, factors_of
from provkg.lineage.families import family, with_article
from provkg.lineage.recorded import is_recorded
from provkg.lineage.sides import Facts, Side, facets_of
from provkg.lineage.wording import some

if TYPE_CHECKING:
    from provkg.index import ReadIndex

FORMATS: Final = ("text", "json", "markdown", "html")
OWN: Final = frozenset({"itself", "steps"})
"""Facets of a thing itself, and not of the run that made it."""


@dataclass(frozen=True)
class Change:
    """One fact that differs; None where one of both does not have it, or nothing is recorded of it."""

    fact: str
    left: str | None
    right: str | None


@dataclass(frozen=True)
class Facet:
    """One side of a comparison, such as the settings: what differs, and what is the same."""

    name: str
    changes: tuple[Change, ...]
    alike: tuple[tuple[str, str], ...]
    """The facts that are the same."""
    unrecorded: tuple[Change, ...] = ()
    """The facts that are recorded of one of both only, so that nobody knows whether they differ."""

    @property
    def differs(self) -> bool:
        """Whether anything of it does."""
        return bool(self.changes)

    @property
    def same(self) -> int:
        """How many facts are the same."""
        return len(self.alike)

    @property
    def lacking(self) -> frozenset[str]:
        """The side, `left` or `right`, of which nothing of it is recorded."""
        known = self.changes or self.alike
        sides = (("left", [each.left for each in self.unrecorded]), ("right", [each.right for each in self.unrecorded]))
        return frozenset(name for name, values in sides if values and not known and not any(values))

    @property
    def factors(self) -> tuple[str, ...]:
        """What was varied: single settings, data, packages; none in what came of it."""
        changed, same = [change.fact for change in self.changes], {fact for fact, _ in self.alike}
        return factors_of(self.name, changed, same)


@dataclass(frozen=True)
class Difference:
    """In what two things differ, facet by facet."""

    left: str
    right: str
    facets: tuple[Facet, ...]
    notes: tuple[str, ...] = ()
    """What to know of where the facts were taken from."""

    @property
    def factors(self) -> tuple[str, ...]:
        """What was varied, of what makes a result what it is: each setting, package, commit and dataset by itself."""
        return tuple(factor for facet in self.facets for factor in facet.factors)

    @property
    def only_factor(self) -> str | None:
        """The one factor in which they differ, where it is one."""
        return self.factors[0] if len(self.factors) == 1 else None

    def unrecorded(self, side: str) -> tuple[str, ...]:
        """Return which of what makes a result what it is was not recorded at all of a side, `left` or `right`."""
        return tuple(facet.name for facet in self.facets if facet.name in FACTORS and side in facet.lacking)

    @property
    def matters(self) -> bool:
        """Whether a factor differs, or the thing itself where it is no run, and no model that one trained."""
        trained = any(facet.name in {"settings", "metrics"} for facet in self.facets)
        return bool(self.factors) or (not trained and any(each.differs and each.name in OWN for each in self.facets))

    def text(self, format: str = "text") -> str:  # noqa: A002 - the word that people type
        """Return it in words, as JSON, as Markdown for a pull request, or as HTML."""
        if format not in FORMATS:
            raise BadParameter(f"{format!r} is no format of a difference; take one of {', '.join(FORMATS)}")
        from provkg.lineage import difference_words as told  # which tells this value

        writers = {"text": told.words, "markdown": told.markdown, "html": told.html_table, "json": told.json_text}
        return "\n".join(writers[format](self)) + "\n"

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        """Show itself in a notebook."""
        return self.text("html")


def difference(index: ReadIndex, left: NamedNode, right: NamedNode, names: tuple[str, str] | None = None) -> Difference:
    """Return in what two runs, models, datasets, pipelines or environments differ; `names` is what to call them.

    Raises `BadParameter` for things of different kinds, of which no fact answers to a fact of the other.
    """
    called = names or (left.value, right.value)
    _check_alike((family(index, left), family(index, right)), called)
    # Of a version that serves, the facts of its making are those of the version of the same bytes.
    sides = (side(index, trained_version(index, left)), side(index, trained_version(index, right)))
    one, other = facets_of(*sides)
    absent = (sides[0].absent, sides[1].absent)
    facets = tuple(_compared(name, (one.get(name, {}), other.get(name, {})), absent) for name in {**one, **other})
    notes = tuple(_note(name, each) for name, each in zip(called, sides, strict=True) if each.taken)
    return Difference(*called, tuple(each for each in facets if each.changes or each.alike or each.unrecorded), notes)


def _compared(name: str, sides: tuple[Facts, Facts], absent: tuple[Collection[str], Collection[str]]) -> Facet:
    left, right = sides
    facts = sorted({**left, **right})
    alike = tuple((fact, left[fact]) for fact in facts if left.get(fact) == right.get(fact))
    changes = [Change(fact, left.get(fact), right.get(fact)) for fact in facts if left.get(fact) != right.get(fact)]

    def is_known(change: Change) -> bool:
        return all(
            change.fact in facts or is_recorded(name, change.fact, facts, lacked)
            for facts, lacked in zip(sides, absent, strict=True)
        )

    known = tuple(change for change in changes if is_known(change))
    return Facet(name, known, alike, tuple(change for change in changes if change not in known))


def _note(called: str, told: Side) -> str:
    return f"{called} repeats {told.repeats}: what it does not state of {some(told.taken)} is taken from there"


def _check_alike(families: tuple[str | None, str | None], called: tuple[str, str]) -> None:
    one, other = families
    if one is not None and other is not None and one != other:
        what = f"{called[0]} is {with_article(one)} and {called[1]} is {with_article(other)}"
        cure = "compare two of one kind, such as the runs that made them (provkg show tells which)"
        raise BadParameter(f"{what}, which have no facts in common; {cure}")
