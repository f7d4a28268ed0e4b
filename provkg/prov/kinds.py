"""The kinds of PROV statements and their arguments (PROV-DM, section 5; PROV-LINKS; PROV-DICTIONARY).

Argument names are those of PROV-XML and PROV-JSON, their order is PROV-N's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

Role = Literal["entity", "activity", "agent", "time", "generation", "usage", "thing", "bundle"]


@dataclass(frozen=True, slots=True)
class Argument:
    """One place of a statement.

    A placeholder `-` in an `expandable` place stands for something unknown, elsewhere for nothing at all
    (PROV-CONSTRAINTS, definition 4 and table 3); a `mandatory` place has no placeholder (PROV-DM).
    """

    name: str
    role: Role
    mandatory: bool = False
    expandable: bool = True


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of statement, called as in PROV-N; `identified` ones have an identifier of their own."""

    name: str
    arguments: tuple[Argument, ...] = ()
    identified: bool = True
    element: Role | None = None
    _positions: dict[str, int] = field(default_factory=dict, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        self._positions.update({argument.name: place for place, argument in enumerate(self.arguments)})

    def position(self, argument: str) -> int:
        """Return the place of the argument called so; raises `KeyError`."""
        return self._positions[argument]

    def has(self, argument: str) -> bool:
        """Say whether there is an argument called so."""
        return argument in self._positions

    def __hash__(self) -> int:
        return hash(self.name)


def _must(name: str, role: Role) -> Argument:
    return Argument(name, role, mandatory=True)


def _may(name: str, role: Role) -> Argument:
    return Argument(name, role)


def _if_at_all(name: str, role: Role) -> Argument:
    return Argument(name, role, expandable=False)


_TIME: Final = _may("time", "time")

ENTITY: Final = Kind("entity", element="entity")
ACTIVITY: Final = Kind("activity", (_may("startTime", "time"), _may("endTime", "time")), element="activity")
AGENT: Final = Kind("agent", element="agent")
GENERATION: Final = Kind("wasGeneratedBy", (_must("entity", "entity"), _may("activity", "activity"), _TIME))
USAGE: Final = Kind("used", (_must("activity", "activity"), _may("entity", "entity"), _TIME))
COMMUNICATION: Final = Kind("wasInformedBy", (_must("informed", "activity"), _must("informant", "activity")))
START: Final = Kind(
    "wasStartedBy", (_must("activity", "activity"), _may("trigger", "entity"), _may("starter", "activity"), _TIME)
)
END: Final = Kind(
    "wasEndedBy", (_must("activity", "activity"), _may("trigger", "entity"), _may("ender", "activity"), _TIME)
)
INVALIDATION: Final = Kind("wasInvalidatedBy", (_must("entity", "entity"), _may("activity", "activity"), _TIME))
DERIVATION: Final = Kind(
    "wasDerivedFrom",
    (
        _must("generatedEntity", "entity"),
        _must("usedEntity", "entity"),
        _if_at_all("activity", "activity"),
        _if_at_all("generation", "generation"),
        _if_at_all("usage", "usage"),
    ),
)
ATTRIBUTION: Final = Kind("wasAttributedTo", (_must("entity", "entity"), _must("agent", "agent")))
ASSOCIATION: Final = Kind(
    "wasAssociatedWith", (_must("activity", "activity"), _may("agent", "agent"), _if_at_all("plan", "entity"))
)
# Table 3 counts the activity of a delegation as expandable, ProvToolbox and its cases do not: a delegation for whatever
# activity is not the delegation for one. This follows the cases; docs/prov.md says so.
DELEGATION: Final = Kind(
    "actedOnBehalfOf",
    (_must("delegate", "agent"), _must("responsible", "agent"), _if_at_all("activity", "activity")),
)
INFLUENCE: Final = Kind("wasInfluencedBy", (_must("influencee", "thing"), _must("influencer", "thing")))
ALTERNATE: Final = Kind("alternateOf", (_must("alternate1", "entity"), _must("alternate2", "entity")), identified=False)
SPECIALIZATION: Final = Kind(
    "specializationOf", (_must("specificEntity", "entity"), _must("generalEntity", "entity")), identified=False
)
MENTION: Final = Kind(
    "mentionOf",
    (_must("specificEntity", "entity"), _must("generalEntity", "entity"), _must("bundle", "bundle")),
    identified=False,
)
MEMBERSHIP: Final = Kind("hadMember", (_must("collection", "entity"), _must("entity", "entity")), identified=False)
INSERTION: Final = Kind("prov:derivedByInsertionFrom", (_must("after", "entity"), _must("before", "entity")))
REMOVAL: Final = Kind("prov:derivedByRemovalFrom", (_must("after", "entity"), _must("before", "entity")))
DICTIONARY_MEMBERSHIP: Final = Kind("prov:hadDictionaryMember", (_must("dictionary", "entity"),), identified=False)

KINDS: Final = {
    kind.name: kind
    for kind in (
        ENTITY,
        ACTIVITY,
        GENERATION,
        USAGE,
        COMMUNICATION,
        START,
        END,
        INVALIDATION,
        DERIVATION,
        AGENT,
        ATTRIBUTION,
        ASSOCIATION,
        DELEGATION,
        INFLUENCE,
        ALTERNATE,
        SPECIALIZATION,
        MENTION,
        MEMBERSHIP,
        INSERTION,
        REMOVAL,
        DICTIONARY_MEMBERSHIP,
    )
}
ELEMENTS: Final = (ENTITY, ACTIVITY, AGENT)
RELATIONS: Final = (
    USAGE,
    GENERATION,
    INVALIDATION,
    START,
    END,
    COMMUNICATION,
    DERIVATION,
    ATTRIBUTION,
    ASSOCIATION,
    DELEGATION,
)
"""The relations whose identifiers name one relation only; influence stands above all of them."""
