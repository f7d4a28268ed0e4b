"""Asking rules: each row of a rule's query becomes a finding, one rule after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode, QuerySolutions

from provkg.errors import BadParameter
from provkg.questions import Naming, bind
from provkg.rules.finding import Finding
from provkg.rules.ground import Ground
from provkg.rules.naming import Namer
from provkg.rules.of_ledger import ASKED
from provkg.rules.rule import FOCUS, PLACEHOLDER, Rule

if TYPE_CHECKING:
    from provkg.questions.binding import Value
    from provkg.questions.terms import Term

NOW: Final = "at"
"""The parameter for which the time of the audit stands in."""


def audit(ground: Ground, rules: Sequence[Rule], values: Mapping[str, Value] | None = None) -> Iterator[Finding]:
    """Yield what `rules` find, rule by rule, each in the order of its query.

    `values` go to every rule that has a parameter of the name. Raises `BadParameter` for a name that none has.
    """
    given: dict[str, Value] = {NOW: datetime.now(UTC)} | dict(values or {})
    _check_names(rules, values or {})
    namer = Namer(ground.index)
    return (finding for rule in rules for finding in _ask(ground, rule, given, namer))


def _check_names(rules: Iterable[Rule], values: Mapping[str, Value]) -> None:
    known = {parameter.name for rule in rules if rule.question for parameter in rule.question.params}
    for name in values:
        if name not in known:
            taken = ", ".join(sorted(known)) or "none"
            raise BadParameter(f"none of these rules has a parameter {name!r}; they take {taken}")


def _ask(ground: Ground, rule: Rule, values: Mapping[str, Value], namer: Namer) -> Iterator[Finding]:
    for row in _rows(ground, rule, values):
        this = row[FOCUS]
        if isinstance(this, NamedNode):
            yield Finding(rule, this, namer.thing(this), _message(rule, row, namer), row)


def _rows(ground: Ground, rule: Rule, values: Mapping[str, Value]) -> Iterator[Mapping[str, Term | None]]:
    if rule.question is None:
        yield from ASKED[rule.asks or ""](ground)
        return
    own = {parameter.name: values[parameter.name] for parameter in rule.question.params if parameter.name in values}
    solutions = ground.index.result(bind(rule.question, own, Naming(ground.index).resolve))
    if isinstance(solutions, QuerySolutions):
        columns = [variable.value for variable in solutions.variables]
        for solution in solutions:
            yield dict(zip(columns, solution, strict=True))


def _message(rule: Rule, row: Mapping[str, Term | None], namer: Namer) -> str:
    return PLACEHOLDER.sub(lambda match: namer.term(row.get(match.group(1))), rule.message)
