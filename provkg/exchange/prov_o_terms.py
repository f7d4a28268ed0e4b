"""How PROV-O says each kind of statement: properties, qualified properties and classes (PROV-O, sections 3.1 to 3.3).

Also PROV-LINKS for mentions and PROV-DICTIONARY for dictionaries.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from provkg.prov import kinds
from provkg.prov.kinds import Kind
from provkg.prov.terms import PROV


@dataclass(frozen=True, slots=True)
class Form:
    """The form of one kind of relation, or of a special one, which `type` names.

    `subject` is the place of the statement that the subject of the properties fills, `places` says which property of
    the qualified node fills which other place, `object` which place the object of the short form fills.
    """

    kind: Kind
    subject: str
    node_class: str
    qualified: str
    short: str
    object: str
    places: MappingProxyType[str, str]
    inverse: str | None = None
    type: str | None = None


def _form(
    kind: Kind,
    node_class: str,
    short: str,
    places: dict[str, str],
    inverse: str | None = None,
    type_: str | None = None,
) -> Form:
    named = MappingProxyType({PROV + each: place for each, place in places.items()})
    return Form(
        kind=kind,
        subject=kind.arguments[0].name,
        node_class=PROV + node_class,
        qualified=f"{PROV}qualified{node_class}",
        short=PROV + short,
        object=next(iter(places.values())),
        places=named,
        inverse=inverse and PROV + inverse,
        type=type_ and PROV + type_,
    )


_BY_ACTIVITY: Final = {"activity": "activity", "atTime": "time"}
_DERIVATION: Final = {
    "entity": "usedEntity",
    "hadActivity": "activity",
    "hadGeneration": "generation",
    "hadUsage": "usage",
}
FORMS: Final = (
    _form(kinds.GENERATION, "Generation", "wasGeneratedBy", _BY_ACTIVITY, "generated"),
    _form(kinds.USAGE, "Usage", "used", {"entity": "entity", "atTime": "time"}),
    _form(kinds.COMMUNICATION, "Communication", "wasInformedBy", {"activity": "informant"}),
    _form(kinds.START, "Start", "wasStartedBy", {"entity": "trigger", "hadActivity": "starter", "atTime": "time"}),
    _form(kinds.END, "End", "wasEndedBy", {"entity": "trigger", "hadActivity": "ender", "atTime": "time"}),
    _form(
        kinds.INVALIDATION,
        "Invalidation",
        "wasInvalidatedBy",
        {"activity": "activity", "atTime": "time"},
        "invalidated",
    ),
    _form(kinds.DERIVATION, "Derivation", "wasDerivedFrom", _DERIVATION),
    _form(kinds.DERIVATION, "Revision", "wasRevisionOf", _DERIVATION, type_="Revision"),
    _form(kinds.DERIVATION, "Quotation", "wasQuotedFrom", _DERIVATION, type_="Quotation"),
    _form(kinds.DERIVATION, "PrimarySource", "hadPrimarySource", _DERIVATION, type_="PrimarySource"),
    _form(kinds.ATTRIBUTION, "Attribution", "wasAttributedTo", {"agent": "agent"}),
    _form(kinds.ASSOCIATION, "Association", "wasAssociatedWith", {"agent": "agent", "hadPlan": "plan"}),
    _form(kinds.DELEGATION, "Delegation", "actedOnBehalfOf", {"agent": "responsible", "hadActivity": "activity"}),
    _form(kinds.INFLUENCE, "Influence", "wasInfluencedBy", {"influencer": "influencer"}, "influenced"),
    _form(kinds.INSERTION, "Insertion", "derivedByInsertionFrom", {"dictionary": "before"}),
    _form(kinds.REMOVAL, "Removal", "derivedByRemovalFrom", {"dictionary": "before"}),
)
# Influence may name its influencer by what it is; the other forms do so anyway.
INFLUENCERS: Final = tuple(PROV + name for name in ("entity", "activity", "agent"))
PLAIN: Final = MappingProxyType(
    {
        f"{PROV}alternateOf": kinds.ALTERNATE,
        f"{PROV}specializationOf": kinds.SPECIALIZATION,
        f"{PROV}hadMember": kinds.MEMBERSHIP,
    }
)
ELEMENTS: Final = MappingProxyType(
    {
        kinds.ENTITY: frozenset(
            PROV + name
            for name in ("Entity", "Bundle", "Collection", "EmptyCollection", "Plan", "Dictionary", "EmptyDictionary")
        ),
        kinds.ACTIVITY: frozenset({f"{PROV}Activity"}),
        kinds.AGENT: frozenset(PROV + name for name in ("Agent", "Person", "Organization", "SoftwareAgent")),
    }
)
# These classes say no more than the kind of the statement does; others are values of prov:type.
SILENT_CLASSES: Final = frozenset(
    {
        *(form.node_class for form in FORMS if form.type is None),
        *(PROV + name for name in ("Entity", "Activity", "Agent", "InstantaneousEvent")),
        *(PROV + name for name in ("EntityInfluence", "ActivityInfluence", "AgentInfluence")),
    }
)
TIMES: Final = MappingProxyType(
    {
        f"{PROV}generatedAtTime": (kinds.GENERATION, "entity"),
        f"{PROV}invalidatedAtTime": (kinds.INVALIDATION, "entity"),
    }
)
ACTIVITY_TIMES: Final = MappingProxyType({f"{PROV}startedAtTime": "startTime", f"{PROV}endedAtTime": "endTime"})
ATTRIBUTES: Final = MappingProxyType(
    {
        "http://www.w3.org/2000/01/rdf-schema#label": f"{PROV}label",
        f"{PROV}atLocation": f"{PROV}location",
        f"{PROV}hadRole": f"{PROV}role",
        f"{PROV}value": f"{PROV}value",
    }
)
MENTION_OF: Final = f"{PROV}mentionOf"
AS_IN_BUNDLE: Final = f"{PROV}asInBundle"
QUALIFIED_MENTION: Final = f"{PROV}qualifiedMention"
DICTIONARY_MEMBER: Final = f"{PROV}hadDictionaryMember"
INSERTED_PAIR: Final = f"{PROV}insertedKeyEntityPair"
REMOVED_KEY: Final = f"{PROV}removedKey"
PAIR_KEY: Final = f"{PROV}pairKey"
PAIR_ENTITY: Final = f"{PROV}pairEntity"
