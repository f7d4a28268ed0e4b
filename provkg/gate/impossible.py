"""What cannot be true, as far as one record and what is known of its nodes show.

The audit asks the same of the whole graph, in the same words: rules X07, X10, X20, X21, X23, X58 and X59. Here a doubt
is no refusal: what the record and its surroundings leave open is accepted. (That a thing has one digest, X09, is a
shape.)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from provkg import vocabulary as v
from provkg.gate.problem import Problem
from provkg.gate.rules import short
from provkg.literals import python_value

RULES_NAMESPACE: Final = "https://w3id.org/provkg/rules#"
_OF_ENTITIES: Final = (
    v.prov_wasGeneratedBy, v.prov_wasDerivedFrom, v.prov_wasAttributedTo, v.prov_wasInvalidatedBy,
    v.prov_generatedAtTime, v.prov_invalidatedAtTime, v.prov_specializationOf, v.prov_alternateOf, v.prov_hadMember,
)  # fmt: skip
# That something generated or ended another follows from what the other says, and is judged there.
_OF_ACTIVITIES: Final = (
    v.prov_used, v.prov_wasAssociatedWith, v.prov_wasInformedBy,
    v.prov_wasStartedBy, v.prov_wasEndedBy, v.prov_startedAtTime, v.prov_endedAtTime,
)  # fmt: skip
_SPANS: Final = ((v.prov_startedAtTime, v.prov_endedAtTime), (v.windowStart, v.windowEnd))
_ASKED: Final = frozenset(
    {
        *_OF_ENTITIES, *_OF_ACTIVITIES, v.rdf_type,
        v.windowStart, v.windowEnd,
        v.partOfRun, v.trainedOn, v.trainedBy, v.trainingData, v.sha256, v.configDigest, v.paramName, v.paramValue,
    }
)  # fmt: skip
_ENTITY: Final = ("Entity", "an activity", _OF_ACTIVITIES)
_APART: Final = "name what happened and what was made apart, each with an identifier of its own."
Edges = dict[object, dict[object, None]]
Said = defaultdict[NamedNode, Edges]


def impossible(triples: Sequence[Triple], known: Iterable[Triple] = ()) -> Iterator[Problem]:
    """Yield what cannot be true of `triples`, a closed record, with what is `known` of its nodes."""
    said: Said = defaultdict(dict)
    for triple in (*triples, *known):
        if triple.predicate in _ASKED:
            said[triple.predicate].setdefault(triple.subject, {})[triple.object] = None
    own: set[object] = {triple.subject for triple in triples if triple.predicate not in v.REVERSED}
    derived, special = (_on_circles(said[relation]) for relation in (v.prov_wasDerivedFrom, v.prov_specializationOf))
    for node in own:
        yield from _ends_before_it_began(node, said)
        yield from _trained_on_other_data(node, said)
        yield from _derived_from_itself(node, said) if node in derived else ()
        yield from _special_of_itself(node, said) if node in special else ()
        yield from _happens_and_is(node, said)
        yield from _made_twice(node, said, own)
    yield from _one_digest_for_two(own, said)


def _ends_before_it_began(node: object, said: Said) -> Iterator[Problem]:
    for begin, end in _SPANS:
        for started in said[begin].get(node, ()):
            for ended in said[end].get(node, ()):
                if _earlier(ended, started):
                    told = (
                        f"It ended ({_text(ended)}) before it began ({_text(started)}); correct one of the two times."
                    )
                    yield _problem(node, "X10", told)


def _earlier(one: object, other: object) -> bool:
    try:
        return bool(python_value(one) < python_value(other))  # type: ignore[arg-type, operator]
    except (TypeError, ValueError):
        return False  # what is no time is for the shapes to say


def _trained_on_other_data(node: object, said: Said) -> Iterator[Problem]:
    for run in said[v.trainedBy].get(node, ()):
        used = said[v.trainingData].get(run, {})
        contents = {digest for data in used for digest in said[v.sha256].get(data, ())}
        for data in said[v.trainedOn].get(node, ()):
            if used and data not in used and contents.isdisjoint(said[v.sha256].get(data, ())):
                message = (
                    f"It says that it was trained on {_text(data)}, which {_text(run)} does not name as training data; "
                    "correct whichever is wrong."
                )
                yield _problem(node, "X07", message)


def _derived_from_itself(node: object, said: Said) -> Iterator[Problem]:
    derived = said[v.prov_wasDerivedFrom]
    for over in derived.get(node, ()):
        if node in _reached(over, derived):
            message = f"It is derived from itself, over {_text(over)}; correct the derivation that is wrong."
            yield _problem(node, "X20", message)


def _special_of_itself(node: object, said: Said) -> Iterator[Problem]:
    special = said[v.prov_specializationOf]
    for over in special.get(node, ()):
        if node in _reached(over, special):
            message = (
                f"It is a specialisation or version of itself, over {_text(over)}; correct the statement that is wrong."
            )
            yield _problem(node, "X58", message)


def _happens_and_is(node: object, said: Said) -> Iterator[Problem]:
    kinds = said[v.rdf_type].get(node, {})
    happens, exists = v.prov_Activity in kinds, v.prov_Entity in kinds
    if happens and exists:
        yield _problem(node, "X59", f"It is a prov:Activity and a prov:Entity; {_APART}")
    elif happens or exists:
        kind, other, foreign = ("Activity", "an entity", _OF_ENTITIES) if happens else _ENTITY
        for relation in foreign:
            if node in said[relation]:
                told = f"It is a prov:{kind}, and only {other} says {_text(relation)}; {_APART}"
                yield _problem(node, "X59", told)


def _on_circles(edges: Edges) -> set[object]:
    """Return the nodes on circles, and between two; almost always there are none, and no path is walked."""
    back: Edges = {}
    for node, targets in edges.items():
        for target in targets:
            back.setdefault(target, {})[node] = None
    return _endless(edges, back) & _endless(back, edges)


def _endless(edges: Edges, back: Edges) -> set[object]:
    left = {node: set(targets) & edges.keys() for node, targets in edges.items()}
    ends = [node for node, targets in left.items() if not targets]
    while ends:
        end = ends.pop()
        del left[end]
        for node in back.get(end, ()):
            left[node].discard(end)
            ends += [] if left[node] else [node]
    return set(left)


def _made_twice(node: object, said: Said, own: set[object]) -> Iterator[Problem]:
    parts, kinds = said[v.partOfRun], said[v.rdf_type]
    runs = (each for each in said[v.prov_wasGeneratedBy].get(node, ()) if v.Run in kinds.get(each, ()))
    for one, other in combinations(sorted(runs, key=str), 2):
        above, below = _reached(one, parts), _reached(other, parts)
        # Of a run that the record does not describe, nobody knows here what it is part of.
        if other not in above and one not in below and (above | below) <= own:
            message = (
                f"Both {_text(one)} and {_text(other)} are said to have made it; keep the one that did, or say that "
                "one run is part of the other."
            )
            yield _problem(node, "X21", message)


def _one_digest_for_two(own: set[object], said: Said) -> Iterator[Problem]:
    sharing: dict[object, list[object]] = defaultdict(list)
    for node, digests in said[v.configDigest].items():
        for digest in digests if node in own else ():
            sharing[digest].append(node)
    for digest, nodes in sharing.items():
        for node, other in ((a, b) for a in nodes for b in nodes if a != b):
            lacking = _settings(other, said) - _settings(node, said)
            for name, _ in sorted(lacking, key=str):
                message = (
                    f"It has the digest {_text(digest)} of {_text(other)}, but not its setting {_text(name)}; compute "
                    "the digest anew over all members."
                )
                yield _problem(node, "X23", message)


def _settings(configuration: object, said: Said) -> set[tuple[object, object]]:
    return {
        (name, value)
        for member in said[v.prov_hadMember].get(configuration, ())
        for name in said[v.paramName].get(member, ())
        for value in said[v.paramValue].get(member, ())
    }


def _reached(start: object, edges: Edges) -> set[object]:
    seen: set[object] = set()
    waiting = [start]
    while waiting:
        if (node := waiting.pop()) not in seen:
            seen.add(node)
            waiting += edges.get(node, ())
    return seen


def _text(term: object) -> str:
    return short(term) if isinstance(term, NamedNode) else term.value if isinstance(term, Literal) else str(term)


def _problem(node: object, rule: str, message: str) -> Problem:
    focus = node.value if isinstance(node, NamedNode) else str(node)
    return Problem(focus, RULES_NAMESPACE + rule, rule, None, None, message, "violation")
