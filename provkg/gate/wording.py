"""A sentence for a result whose shape has none of its own."""

from __future__ import annotations

from typing import Final

from provkg.gate.engines import Result

_SENTENCES: Final = {
    "MinCount": "a value is missing",
    "MaxCount": "there are too many values",
    "Datatype": "the value has another datatype",
    "Class": "the value is no instance of the class that is asked for",
    "NodeKind": "the value is another kind of term: an IRI, a blank node or a literal is asked for",
    "Pattern": "the text does not have the form that is asked for",
    "MinLength": "the text is too short",
    "MaxLength": "the text is too long",
    "MinInclusive": "the value is too small",
    "MinExclusive": "the value is too small",
    "MaxInclusive": "the value is too large",
    "MaxExclusive": "the value is too large",
    "LanguageIn": "the text is in another language",
    "UniqueLang": "two texts have the same language",
    "Equals": "the values differ from those of the property that is to be equal",
    "Disjoint": "a value is also a value of a property that must not share any",
    "LessThan": "the value is not less than that of the other property",
    "LessThanOrEquals": "the value is greater than that of the other property",
    "Not": "the value is what it must not be",
    "And": "the value does not fit all of the shapes that are asked for",
    "Or": "the value fits none of the alternatives",
    "Xone": "the value does not fit exactly one of the alternatives",
    "Node": "the value does not fit the shape that is asked for",
    "QualifiedMinCount": "there are too few values that fit the shape",
    "QualifiedMaxCount": "there are too many values that fit the shape",
    "Closed": "there is a property that the closed shape does not name",
    "HasValue": "the value that is asked for is missing",
    "In": "the value is none of those that are allowed",
    "SPARQL": "the query of the constraint finds this node",
}


def sentence(result: Result) -> str:
    """Return what is wrong, on which path and with which value."""
    said = _SENTENCES.get(result.constraint, f"the constraint {result.constraint} does not hold")
    place = f"{result.path}: " if result.path else ""
    value = f" ({result.value})" if result.value is not None and result.value != result.focus else ""
    return f"{place}{said}{value}."
