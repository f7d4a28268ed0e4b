"""The normal form of one PROV instance: definitions, inferences and uniqueness (PROV-CONSTRAINTS, sections 4, 5, 6.1).

Inferences that can change no verdict are left out: 5, 6, 12, 16, 17, 18 and 20 say only what 35 and 50 say as well,
and the existential events of 7, 8 and 13 are made in `provkg.prov.ordering`, where they matter; 19 and 21 are followed
there and in `provkg.prov.impossibility`. The rest is finite: 9, 10, 11, 14 and 15 make a bounded number of facts for
each statement, and unification only joins terms.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from provkg.prov import kinds
from provkg.prov.constraints import CONSTRAINTS, UNIQUE_MENTION, Constraint, Violation
from provkg.prov.document import Statement
from provkg.prov.kinds import Kind
from provkg.prov.notation import Notation
from provkg.prov.terms import Name, prov
from provkg.prov.unification import Equations, Term, Variable

_TYPE: Final = prov("type")
_LINKS: Final = 0
_UNIQUE: Final = (
    (24, kinds.GENERATION, ("entity", "activity")),
    (25, kinds.INVALIDATION, ("entity", "activity")),
    (26, kinds.START, ("activity", "starter")),
    (27, kinds.END, ("activity", "ender")),
)
# Inference 15: which places of a relation are the influenced and the influencing thing.
_INFLUENCES: Final = {
    kinds.GENERATION: ("entity", "activity"),
    kinds.USAGE: ("activity", "entity"),
    kinds.COMMUNICATION: ("informed", "informant"),
    kinds.START: ("activity", "trigger"),
    kinds.END: ("activity", "trigger"),
    kinds.INVALIDATION: ("entity", "activity"),
    kinds.DERIVATION: ("generatedEntity", "usedEntity"),
    kinds.ATTRIBUTION: ("entity", "agent"),
    kinds.ASSOCIATION: ("activity", "agent"),
    kinds.DELEGATION: ("delegate", "responsible"),
}


@dataclass(slots=True, eq=False)
class Fact:
    """A statement with its placeholders expanded, or one inferred from `statement`."""

    kind: Kind
    id: Term
    arguments: tuple[Term | None, ...]
    statement: Statement
    types: frozenset[Name] = frozenset()

    def argument(self, name: str) -> Term | None:
        """Return what stands in the place called `name`."""
        return self.arguments[self.kind.position(name)]

    @property
    def inferred(self) -> bool:
        """Say whether nobody stated this."""
        return self.statement.kind is not self.kind


@dataclass
class Instance:
    """The facts of one instance by kind, what is equal to what, and the contradictions met on the way."""

    notation: Notation
    equations: Equations = field(default_factory=Equations)
    facts: dict[Kind, list[Fact]] = field(default_factory=lambda: defaultdict(list))
    clashes: list[Violation] = field(default_factory=list)

    def of(self, kind: Kind) -> list[Fact]:
        """Return the facts of one kind."""
        return self.facts.get(kind, [])

    def all(self) -> Iterator[Fact]:
        """Yield all facts."""
        for listed in self.facts.values():
            yield from listed

    def find(self, fact: Fact, name: str) -> Term | None:
        """Return what stands for the thing in the place called `name`."""
        term = fact.argument(name)
        return None if term is None else self.equations.find(term)

    def called(self, term: Term | None) -> str:
        """Return the name of a thing, for a sentence."""
        if term is None:
            return "nothing (-)"
        found = self.equations.find(term)
        return self.notation.name(found) if isinstance(found, Name) else str(found)


def normal_form(statements: Iterable[Statement], prefixes: Mapping[str, str]) -> Instance:
    """Return the normal form of an instance as far as it decides on validity."""
    instance = Instance(Notation(prefixes))
    for statement in statements:
        fact = _expanded(statement, instance.equations)
        for each in (fact, *_inferred(fact, instance.equations)):
            instance.facts[each.kind].append(each)
    _Unifier(instance).run()
    return instance


def _expanded(statement: Statement, equations: Equations) -> Fact:
    """Apply definitions 1 to 4: what is not named exists, or is nothing at all."""
    kind = statement.kind
    detailed = kind is kinds.DERIVATION and statement.argument("activity") is not None
    arguments = tuple(
        filler if filler is not None else (equations.variable() if place.expandable or detailed else None)
        for place, filler in zip(kind.arguments, statement.arguments, strict=True)
    )
    types = frozenset(value for name, value in statement.attributes if name == _TYPE and isinstance(value, Name))
    return Fact(kind, statement.id or equations.variable(), arguments, statement, types)


def _inferred(fact: Fact, equations: Equations) -> Iterator[Fact]:
    """Yield what inferences 9, 10, 11, 14 and 15, and PROV-LINKS for mentions, make of one fact."""
    infer = _INFERENCES.get(fact.kind)
    if infer is not None:
        yield from infer(fact, equations)
    if fact.kind in _INFLUENCES and fact.statement.id is not None:
        influence = tuple(fact.argument(name) for name in _INFLUENCES[fact.kind])
        yield Fact(kinds.INFLUENCE, fact.id, influence, fact.statement)


def _generation_of_trigger(fact: Fact, equations: Equations) -> Iterator[Fact]:
    _, trigger, actor, _ = fact.arguments
    if not (isinstance(trigger, Variable) and isinstance(actor, Variable)):
        made = (trigger, actor, equations.variable())
        yield Fact(kinds.GENERATION, equations.variable(), made, fact.statement)


def _use_and_generation(fact: Fact, equations: Equations) -> Iterator[Fact]:
    made, source, activity, generation, usage = fact.arguments
    if activity is not None and generation is not None and usage is not None:
        yield Fact(kinds.USAGE, usage, (activity, source, equations.variable()), fact.statement)
        yield Fact(kinds.GENERATION, generation, (made, activity, equations.variable()), fact.statement)


def _associations(fact: Fact, equations: Equations) -> Iterator[Fact]:
    delegate, responsible, activity = fact.arguments
    if activity is not None:
        for agent in (delegate, responsible):
            arguments = (activity, agent, equations.variable())
            yield Fact(kinds.ASSOCIATION, equations.variable(), arguments, fact.statement)


def _specialization(fact: Fact, equations: Equations) -> Iterator[Fact]:
    yield Fact(kinds.SPECIALIZATION, equations.variable(), fact.arguments[:2], fact.statement)


_INFERENCES: Final[dict[Kind, Callable[[Fact, Equations], Iterator[Fact]]]] = {
    kinds.START: _generation_of_trigger,
    kinds.END: _generation_of_trigger,
    kinds.DERIVATION: _use_and_generation,
    kinds.DELEGATION: _associations,
    kinds.MENTION: _specialization,
}


class _Unifier:
    """Applies constraints 22 to 29 until they say nothing new."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._equations = instance.equations
        self._reported: set[tuple[Hashable, ...]] = set()

    def run(self) -> None:
        while any([self._keys(), self._unique_events(), self._unique_times(), self._unique_mentions()]):
            pass

    def _keys(self) -> bool:
        news = False
        for kind, facts in self._instance.facts.items():
            if not kind.identified:
                continue
            number = 22 if kind.element else 23
            for group in self._groups(facts, lambda fact: self._equations.find(fact.id)):
                news |= self._merge(group, number)
        return news

    def _unique_events(self) -> bool:
        news = False
        for number, kind, places in _UNIQUE:
            key = self._by(places)
            for first, *others in self._groups(self._instance.of(kind), key):
                for other in others:
                    news |= self._equate(first.id, other.id, number, [first, other], "identifiers", places)
        return news

    def _unique_times(self) -> bool:
        news = False
        for number, kind, when in ((28, kinds.START, "startTime"), (29, kinds.END, "endTime")):
            activities = {self._equations.find(fact.id): fact for fact in self._instance.of(kinds.ACTIVITY)}
            for event in self._instance.of(kind):
                activity = activities.get(self._required(event, "activity"))
                if activity is not None:
                    times = self._required(activity, when), self._required(event, "time")
                    news |= self._equate(*times, number, [activity, event], "times", ("activity",))
        return news

    def _unique_mentions(self) -> bool:
        news = False
        for group in self._groups(self._instance.of(kinds.MENTION), self._by(("specificEntity",))):
            news |= self._merge(group, _LINKS)
        return news

    def _merge(self, group: list[Fact], number: int) -> bool:
        news, first = False, group[0]
        for other in group[1:]:
            if first.inferred and other.inferred and first.statement.kind is other.statement.kind:
                continue  # an influence inferred from each of two relations that are merged themselves
            for place, one, two in zip(first.kind.arguments, first.arguments, other.arguments, strict=True):
                if one is None or two is None:
                    if one is not two:
                        self._report(number, group, other, place.name, (one, two))
                    continue
                outcome = self._equations.equate(one, two, number or 22)
                news |= bool(outcome)
                if outcome is None:
                    self._report(number, group, other, place.name, (one, two))
        return news

    def _report(
        self, number: int, group: list[Fact], other: Fact, place: str, values: tuple[Term | None, Term | None]
    ) -> None:
        instance = self._instance
        held = values[0] and self._equations.find(values[0])
        holder = next((fact for fact in group if fact.argument(place) == held), group[0])
        if not self._is_news(number, place, holder, other):
            return
        constraint = CONSTRAINTS[number] if number else UNIQUE_MENTION
        about = instance.called(group[0].argument("specificEntity") if group[0].kind is kinds.MENTION else group[0].id)
        sentence = (
            f"{group[0].kind.name} of {about} is stated with two values for {place}: "
            f"{instance.called(values[0])} and {instance.called(values[1])}"
        )
        led = [CONSTRAINTS[each] for each in self._equations.reasons(holder.id, other.id)]
        self._clash((constraint, *led), sentence, [holder, other])

    def _equate(
        self, one: Term, other: Term, number: int, facts: list[Fact], what: str, places: tuple[str, ...]
    ) -> bool:
        outcome = self._equations.equate(one, other, number)
        if outcome is None and self._is_news(number, what, *facts):
            instance, event = self._instance, facts[1]
            shared = " and ".join(f"{name} {instance.called(event.argument(name))}" for name in places)
            sentence = (
                f"one {event.kind.name} of {shared} has two {what}: {instance.called(one)} and {instance.called(other)}"
            )
            self._clash((CONSTRAINTS[number],), sentence, facts)
        return bool(outcome)

    def _is_news(self, number: int, what: str, *facts: Fact) -> bool:
        key = (number, what, frozenset(id(fact.statement) for fact in facts))
        new = key not in self._reported
        self._reported.add(key)
        return new

    def _clash(self, constraints: tuple[Constraint, ...], sentence: str, facts: list[Fact]) -> None:
        about = self._equations.find(facts[0].id)
        violation = Violation(
            tuple(dict.fromkeys(constraints)),
            sentence,
            tuple(dict.fromkeys(fact.statement for fact in facts)),
            about if isinstance(about, Name) else next(facts[-1].statement.identifiers(), None),
        )
        self._instance.clashes.append(violation)

    def _by(self, places: tuple[str, ...]) -> Callable[[Fact], Hashable]:
        return lambda fact: tuple(self._required(fact, name) for name in places)

    def _required(self, fact: Fact, name: str) -> Term:
        term = fact.argument(name)
        assert term is not None  # noqa: S101 - asked only of expandable places
        return self._equations.find(term)

    @staticmethod
    def _groups(facts: Iterable[Fact], key: Callable[[Fact], Hashable]) -> Iterator[list[Fact]]:
        grouped: dict[Hashable, list[Fact]] = defaultdict(list)
        for fact in facts:
            grouped[key(fact)].append(fact)
        yield from (group for group in grouped.values() if len(group) > 1)
