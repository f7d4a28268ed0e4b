"""A question with its parameters filled in: each value becomes a whole RDF term, never pasted text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from math import isinf
from typing import Final

from pyoxigraph import Literal, NamedNode

from provkg.errors import BadParameter
from provkg.literals import Scalar, double, literal
from provkg.questions.question import LEDGER, Parameter, Question
from provkg.sparql import substitute

Term = NamedNode | Literal
Value = Term | Scalar
Resolve = Callable[..., NamedNode]
"""Finds the thing that a name means among the things of some classes; raises `UnknownThing` or `AmbiguousName`.

With `trained=True`, of model versions of the same bytes the one whose training is recorded.
"""

_BOOLEANS: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
# The forms of XSD 1.1 Part 2, section 3.3; Python also takes `1_000` and the digits of other scripts.
_INTEGER: Final = re.compile(r"[+-]?[0-9]+")
_DECIMAL: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)")
_DOUBLE: Final = re.compile(rf"(?:{_DECIMAL.pattern})(?:[eE][+-]?[0-9]+)?|[+-]?inf|nan", re.IGNORECASE)
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}")
_WORDS: Final = {
    "integer": "whole number",
    "double": "number",
    "decimal": "number",
    "boolean": "yes or no",
    "dateTime": "moment",
    "string": "text",
}
_EXAMPLES: Final = {
    "integer": "3",
    "double": "0.01 or 1e-3",
    "decimal": "0.7",
    "boolean": "true or false",
    "dateTime": "2026-03-10T08:00:00Z",
    "string": "a word",
}


def bind(
    question: Question, values: Mapping[str, Value | None], resolve: Resolve, ledger: NamedNode | None = None
) -> str:
    """Return the question's text with `values` in place of its parameters, and `ledger` in that of `?_ledger_iri`.

    An optional parameter without value and default stays a variable that nothing binds; the question says what that
    means. Raises `BadParameter` for a value that is missing, unknown or of another type.
    """
    return filled(question, bound(question, values, resolve), ledger)


def filled(question: Question, found: Mapping[str, Term], ledger: NamedNode | None = None) -> str:
    """Return the question's text with the terms that were `found` for its parameters in their places."""
    terms = {each.variable: found[each.name] for each in question.params if each.name in found}
    return substitute(question.text, terms if ledger is None else {**terms, LEDGER: ledger})


def bound(question: Question, values: Mapping[str, Value | None], resolve: Resolve) -> dict[str, Term]:
    """Return the terms that `values` and defaults mean, by the names of their parameters; raises as `bind` does."""
    _check_names(question, values)
    terms: dict[str, Term] = {}
    for parameter in question.params:
        given = values.get(parameter.name)
        if (value := parameter.default if given is None else given) is not None:
            terms[parameter.name] = term(parameter, value, resolve)
        elif not parameter.optional:
            raise BadParameter(
                f"{question.path} needs {parameter.name}{_meaning(parameter)}; give it as {parameter.name}=…"
            )
    return terms


def assumed(question: Question, values: Mapping[str, Value | None]) -> dict[str, str]:
    """Return the defaults that `bind` puts in place of what `values` leave out."""
    return {
        parameter.name: parameter.default
        for parameter in question.params
        if parameter.default is not None and values.get(parameter.name) is None
    }


def term(parameter: Parameter, value: Value, resolve: Resolve) -> Term:
    """Return the RDF term that `value` means for `parameter`."""
    if parameter.type == "iri":
        if not _text(value).strip():
            raise BadParameter(f"{parameter.name} is empty; give a name, name@version, name@latest or an IRI")
        if isinstance(value, NamedNode):
            return value
        return resolve(_text(value), parameter.classes, **({"trained": True} if parameter.trained else {}))
    try:
        return _literal(parameter.type, value) if not parameter.choices else _choice(parameter, _text(value))
    except OverflowError:
        raise BadParameter(
            f"{parameter.name} is {_text(value)!r}, which is more than a {_WORDS[parameter.type]} can be here"
        ) from None
    except (ValueError, InvalidOperation):
        example = _EXAMPLES[parameter.type]
        raise BadParameter(
            f"{parameter.name} is {_text(value)!r}, which is no {_WORDS[parameter.type]}"
            f"{_no_moment(_text(value)) if parameter.type == 'dateTime' else ''}; write it like {example}"
        ) from None


def _choice(parameter: Parameter, text: str) -> Literal:
    """Return the choice that `text` is, or alone begins like it, as the header writes it."""
    wanted, choices = text.strip().casefold(), {each.casefold(): each for each in parameter.choices}
    found = [choices[wanted]] if wanted in choices else [choices[each] for each in choices if each.startswith(wanted)]
    if len(found) == 1 and wanted:
        return Literal(found[0])
    means = f"may be {' or '.join(found)}; write more of it" if found and wanted else "is none of the choices"
    nearest = "" if found else _nearest_choice(wanted, choices)
    raise BadParameter(
        f"{parameter.name} is {text!r}, which {means}{nearest}; take one of {', '.join(parameter.choices)}"
    )


def _nearest_choice(wanted: str, choices: Mapping[str, str]) -> str:
    nearest = get_close_matches(wanted, choices, n=1)
    return f"; did you mean {choices[nearest[0]]}?" if nearest else ""


def _check_names(question: Question, values: Mapping[str, Value | None]) -> None:
    known = [parameter.name for parameter in question.params]
    for name in values:
        if name not in known:
            nearest = get_close_matches(name, known, n=1)
            hint = f"did you mean {nearest[0]}?" if nearest else f"it takes {', '.join(known) or 'none'}"
            raise BadParameter(f"{question.path} has no parameter {name!r}; {hint}")


def _meaning(parameter: Parameter) -> str:
    return f" ({parameter.description})" if parameter.description else ""


def _text(value: Value) -> str:
    return value.value if isinstance(value, Literal | NamedNode) else str(value)


def _literal(kind: str, value: Value) -> Literal:
    text = _text(value).strip()
    match kind:
        case "integer":
            return literal(int(_in_form(_INTEGER, text)))
        case "double":
            return double(_finite_if_digits(_in_form(_DOUBLE, text)))
        case "decimal":
            return literal(Decimal(_in_form(_DECIMAL, text)))
        case "boolean":
            return literal(_boolean(text))
        case "dateTime":
            return literal(value if isinstance(value, datetime) else datetime.fromisoformat(text))
        case _:
            return Literal(_text(value))


def _no_moment(text: str) -> str:
    """Return why `text`, which looks like a date, is no moment."""
    if not _DATE.match(text.strip()):
        return ""
    try:
        datetime.fromisoformat(text.strip())
    except ValueError as error:
        return f": {error}"
    return ": it has no time zone"


def _finite_if_digits(text: str) -> float:
    value = float(text)
    # 1e400 is not infinity, though the nearest that a double can hold; who means infinity says inf.
    if isinf(value) and "inf" not in text.lower():
        raise OverflowError(text)
    return value


def _in_form(form: re.Pattern[str], text: str) -> str:
    if not form.fullmatch(text):
        raise ValueError(text)
    return text


def _boolean(text: str) -> bool:
    if text.casefold() not in _BOOLEANS:
        raise ValueError(text)
    return _BOOLEANS[text.casefold()]
