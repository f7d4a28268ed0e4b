"""Types and impossibilities: constraints 50 to 56 (PROV-CONSTRAINTS, sections 6.3, 6.4), and what PROV-DM demands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from provkg.prov import kinds
from provkg.prov.constraints import MANDATORY, Violation, numbered
from provkg.prov.document import Statement
from provkg.prov.kinds import Kind
from provkg.prov.normal_form import Fact, Instance
from provkg.prov.notation import Notation
from provkg.prov.terms import Identifier, Name, prov
from provkg.prov.unification import Term

_EMPTY: Final = frozenset({prov("EmptyCollection"), prov("EmptyDictionary")})
_TYPED: Final = frozenset({"entity", "activity", "agent"})
_OBJECT_FREE: Final = (*kinds.RELATIONS, kinds.INFLUENCE)


def missing_arguments(statements: Iterable[Statement], notation: Notation) -> Iterator[Violation]:
    """Yield the mandatory places that no statement of the same identifier fills (PROV-DM, section 5)."""
    filled: dict[tuple[Kind, Identifier], set[str]] = defaultdict(set)
    listed = list(statements)
    for each in listed:
        if each.id is not None:
            filled[each.kind, each.id].update(_filled(each))
    for each in listed:
        known = filled[each.kind, each.id] if each.id is not None else set(_filled(each))
        for place in each.kind.arguments:
            if place.mandatory and place.name not in known:
                sentence = f"{notation.statement(each)} does not say its {place.name}, which may not be left out"
                yield Violation((MANDATORY,), sentence, (each,), next(each.identifiers(), None))


def _filled(statement: Statement) -> Iterator[str]:
    for place, filler in zip(statement.kind.arguments, statement.arguments, strict=True):
        if filler is not None:
            yield place.name


def impossible(instance: Instance) -> Iterator[Violation]:
    """Yield what constraints 50 to 56 rule out."""
    yield from _unspecified_derivations(instance)
    yield from _circular_specializations(instance)
    yield from _property_overlaps(instance)
    yield from _object_property_overlaps(instance)
    yield from _entities_that_are_activities(instance)
    yield from _members_of_nothing(instance)


def declared_entities(instance: Instance) -> dict[Term, Fact]:
    """Return the things stated to be entities, those that specialise one included (inference 21)."""
    find = instance.equations.find
    declared = {find(fact.id): fact for fact in instance.of(kinds.ENTITY)}
    special: dict[Term, list[Fact]] = defaultdict(list)
    for fact in instance.of(kinds.SPECIALIZATION):
        special[_term(instance, fact, "generalEntity")].append(fact)
    waiting = list(declared)
    while waiting:
        for fact in special.get(waiting.pop(), ()):
            specific = _term(instance, fact, "specificEntity")
            if specific not in declared:
                declared[specific] = fact
                waiting.append(specific)
    return declared


def specialization_cycle(instance: Instance) -> Iterator[list[Fact]]:
    """Yield the specializations that lead from a thing back to itself, one cycle for each thing met again."""
    general: dict[Term, list[tuple[Term, Fact]]] = defaultdict(list)
    for fact in instance.of(kinds.SPECIALIZATION):
        specific = _term(instance, fact, "specificEntity")
        general[specific].append((_term(instance, fact, "generalEntity"), fact))
    done: set[Term] = set()
    for start in list(general):
        yield from _cycles_from(start, general, done)


def _cycles_from(start: Term, general: dict[Term, list[tuple[Term, Fact]]], done: set[Term]) -> Iterator[list[Fact]]:
    path: list[tuple[Term, Iterator[tuple[Term, Fact]]]] = []
    taken: list[Fact] = []
    on_path: dict[Term, int] = {}
    if start in done:
        return
    path.append((start, iter(general[start])))
    on_path[start] = 0
    while path:
        term, steps = path[-1]
        step = next(steps, None)
        if step is None:
            path.pop()
            on_path.pop(term)
            done.add(term)
            if taken:
                taken.pop()
            continue
        target, fact = step
        if target in on_path:
            yield [*taken[on_path[target] :], fact]
        elif target not in done:
            on_path[target] = len(path)
            path.append((target, iter(general.get(target, ()))))
            taken.append(fact)


def _unspecified_derivations(instance: Instance) -> Iterator[Violation]:
    for fact in instance.of(kinds.DERIVATION):
        named = [name for name in ("generation", "usage") if fact.argument(name) is not None]
        if fact.argument("activity") is None and named:
            sentence = f"the derivation {_text(instance, fact)} names its {' and '.join(named)} but no activity"
            yield _violation((51,), sentence, [fact])


def _circular_specializations(instance: Instance) -> Iterator[Violation]:
    for cycle in specialization_cycle(instance):
        thing = instance.called(cycle[-1].argument("generalEntity"))
        yield _violation((52,), f"{thing} would be a specialization of itself", cycle)


def _property_overlaps(instance: Instance) -> Iterator[Violation]:
    seen: dict[Term, Fact] = {}
    for kind in kinds.RELATIONS:
        mine = {instance.equations.find(fact.id): fact for fact in instance.of(kind)}
        for term, fact in mine.items():
            if (other := seen.setdefault(term, fact)) is not fact:
                sentence = f"{instance.called(term)} names two relations: {other.kind.name} and {kind.name}"
                yield _violation((53,), sentence, [other, fact])


def _object_property_overlaps(instance: Instance) -> Iterator[Violation]:
    things = {instance.equations.find(fact.id): fact for kind in kinds.ELEMENTS for fact in instance.of(kind)}
    reported: set[Term] = set()
    for kind in _OBJECT_FREE:
        for fact in instance.of(kind):
            term = instance.equations.find(fact.id)
            if term in things and term not in reported:
                reported.add(term)
                sentence = f"{instance.called(term)} names a relation, {kind.name}, and is {things[term].kind.name} too"
                yield _violation((54,), sentence, [things[term], fact])


def _entities_that_are_activities(instance: Instance) -> Iterator[Violation]:
    types = _types(instance)
    for term, activity in types["activity"].items():
        if entity := types["entity"].get(term):
            sentence = (
                f"{instance.called(term)} is an activity by {_text(instance, activity)} "
                f"and an entity by {_text(instance, entity)}"
            )
            yield _violation((55, 50), sentence, [entity, activity], term)


def _types(instance: Instance) -> dict[str, dict[Term, Fact]]:
    """Apply constraint 50: say which things are entities and activities, and by which fact."""
    types: dict[str, dict[Term, Fact]] = {role: {} for role in _TYPED}
    for fact in instance.all():
        if fact.kind.element:
            types[fact.kind.element].setdefault(instance.equations.find(fact.id), fact)
        for place, term in zip(fact.kind.arguments, fact.arguments, strict=True):
            if term is not None and place.role in _TYPED:
                types[place.role].setdefault(instance.equations.find(term), fact)
    return types


def _members_of_nothing(instance: Instance) -> Iterator[Violation]:
    empty = _empty_collections(instance)
    for kind, place in ((kinds.MEMBERSHIP, "collection"), (kinds.DICTIONARY_MEMBERSHIP, "dictionary")):
        for fact in instance.of(kind):
            if declared := empty.get(_term(instance, fact, place)):
                sentence = f"{instance.called(fact.argument(place))} is an empty collection and has a member"
                yield _violation((56,), sentence, [declared, fact])


def _empty_collections(instance: Instance) -> dict[Term, Fact]:
    """Return the empty collections; what specialises one is one (inference 21)."""
    find = instance.equations.find
    empty = {find(fact.id): fact for fact in instance.of(kinds.ENTITY) if fact.types & _EMPTY}
    waiting = list(empty)
    special: dict[Term, list[Term]] = defaultdict(list)
    for fact in instance.of(kinds.SPECIALIZATION) if waiting else ():
        special[_term(instance, fact, "generalEntity")].append(_term(instance, fact, "specificEntity"))
    while waiting:
        general = waiting.pop()
        for specific in special.get(general, ()):
            if specific not in empty:
                empty[specific] = empty[general]
                waiting.append(specific)
    return empty


def _term(instance: Instance, fact: Fact, name: str) -> Term:
    term = instance.find(fact, name)
    assert term is not None  # noqa: S101 - asked only of expandable places
    return term


def _text(instance: Instance, fact: Fact) -> str:
    return instance.notation.statement(fact.statement)


def _violation(numbers: tuple[int, ...], sentence: str, facts: list[Fact], about: Term | None = None) -> Violation:
    statements = tuple(dict.fromkeys(fact.statement for fact in facts))
    named = about if isinstance(about, Name) else next(facts[-1].statement.identifiers(), None)
    return Violation(numbered(numbers), sentence, statements, named)
