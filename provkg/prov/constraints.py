"""The constraints by number and name (PROV-CONSTRAINTS, sections 6 and 7), and what a violation of one is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from provkg.prov.document import Statement
from provkg.prov.terms import Identifier


@dataclass(frozen=True, slots=True)
class Constraint:
    """A rule that a valid document keeps; `code` is its number, or where it comes from when it has none."""

    code: str
    name: str

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


_NAMES: Final = """
22 key-object
23 key-properties
24 unique-generation
25 unique-invalidation
26 unique-wasStartedBy
27 unique-wasEndedBy
28 unique-startTime
29 unique-endTime
30 start-precedes-end
31 start-start-ordering
32 end-end-ordering
33 usage-within-activity
34 generation-within-activity
35 wasInformedBy-ordering
36 generation-precedes-invalidation
37 generation-precedes-usage
38 usage-precedes-invalidation
39 generation-generation-ordering
40 invalidation-invalidation-ordering
41 derivation-usage-generation-ordering
42 derivation-generation-generation-ordering
43 wasStartedBy-ordering
44 wasEndedBy-ordering
45 specialization-generation-ordering
46 specialization-invalidation-ordering
47 wasAssociatedWith-ordering
48 wasAttributedTo-ordering
49 actedOnBehalfOf-ordering
50 typing
51 impossible-unspecified-derivation-generation-use
52 impossible-specialization-reflexive
53 impossible-property-overlap
54 impossible-object-property-overlap
55 entity-activity-disjoint
56 membership-empty-collection
"""
CONSTRAINTS: Final = {
    int(code): Constraint(code, name) for code, _, name in (line.partition(" ") for line in _NAMES.strip().splitlines())
}
MANDATORY: Final = Constraint("DM", "mandatory-argument")
"""PROV-DM, section 5: some places of a statement have no placeholder."""
DISTINCT_BUNDLES: Final = Constraint("DM", "distinct-bundle-identifiers")
"""PROV-CONSTRAINTS, section 7.2: the bundles of a document have different names."""
UNIQUE_MENTION: Final = Constraint("LINKS", "unique-mention")
"""PROV-LINKS, section 3: an entity mentions one entity of one bundle."""


@dataclass(frozen=True)
class Violation:
    """What speaks against a document.

    The first of `constraints` is broken; the others led to it: two statements are one event by 24, and 23 finds that
    they contradict each other. A `warning` is about clocks, which PROV-CONSTRAINTS does not trust.
    """

    constraints: tuple[Constraint, ...]
    sentence: str
    statements: tuple[Statement, ...] = ()
    about: Identifier | None = None
    bundle: Identifier | None = None
    severity: Literal["violation", "warning"] = "violation"

    @property
    def constraint(self) -> Constraint:
        """Return the constraint that is broken."""
        return self.constraints[0]

    @property
    def line(self) -> int | None:
        """Return the line of the last statement concerned, where the contradiction becomes one."""
        return max((each.line for each in self.statements if each.line), default=None)

    def __str__(self) -> str:
        led = f" (by {', '.join(map(str, self.constraints[1:]))})" if len(self.constraints) > 1 else ""
        return f"constraint {self.constraint}{led}: {self.sentence}"


@dataclass(frozen=True)
class Verdict:
    """What a validation found: a document without violations is valid, whatever the warnings."""

    violations: tuple[Violation, ...]
    warnings: tuple[Violation, ...]

    @property
    def valid(self) -> bool:
        """Say whether the document keeps all constraints."""
        return not self.violations

    @property
    def found(self) -> tuple[Violation, ...]:
        """Return everything, violations first."""
        return self.violations + self.warnings

    @property
    def codes(self) -> frozenset[str]:
        """Return the codes of all constraints named by violations."""
        return frozenset(each.code for violation in self.violations for each in violation.constraints)


def numbered(numbers: Sequence[int]) -> tuple[Constraint, ...]:
    """Return the constraints with these numbers, each once, in this order."""
    return tuple(CONSTRAINTS[number] for number in dict.fromkeys(numbers))
