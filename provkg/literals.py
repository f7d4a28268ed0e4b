"""Python values as RDF literals and back, in the six datatypes that survive every store unchanged.

Oxigraph rewrites integer subtypes and `dateTimeStamp`, and rdflib and Oxigraph disagree on `float`: see
`ontology/README.md`. So only string, boolean, integer, decimal, double, dateTime and anyURI are written.
"""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from pyoxigraph import Literal, NamedNode

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
STRING, BOOLEAN, INTEGER, DECIMAL, DOUBLE, DATE_TIME, ANY_URI = (
    NamedNode(XSD + name) for name in ("string", "boolean", "integer", "decimal", "double", "dateTime", "anyURI")
)
Scalar = str | bool | int | float | Decimal | datetime


def literal(value: Scalar) -> Literal:
    """Return `value` as a literal in the form that Oxigraph keeps.

    Raises `ValueError` for a datetime without a zone: it could not be compared with the others.
    """
    match value:
        case bool():
            return Literal("true" if value else "false", datatype=BOOLEAN)
        case int():
            return Literal(str(value), datatype=INTEGER)
        case float():
            return double(value)
        case Decimal():
            return Literal(_decimal_text(value), datatype=DECIMAL)
        case datetime():
            return Literal(date_time_text(value), datatype=DATE_TIME)
        case _:
            return Literal(value)


def double(value: float) -> Literal:
    """Return `value` as an `xsd:double`, also when it is a whole number."""
    if math.isnan(value):
        return Literal("NaN", datatype=DOUBLE)
    if math.isinf(value):
        return Literal("INF" if value > 0 else "-INF", datatype=DOUBLE)
    return Literal(float(value))


def decimal(value: Decimal | float | str) -> Literal:
    """Return `value` as an `xsd:decimal`, of a float the digits that it is written with: 0.1 is one tenth."""
    return literal(value if isinstance(value, Decimal) else Decimal(str(value)))


def any_uri(value: str) -> Literal:
    """Return `value` as an `xsd:anyURI`."""
    return Literal(value, datatype=ANY_URI)


def json_literal(value: object) -> Literal:
    """Return a parameter's value: a scalar as itself, anything else as canonical JSON text."""
    if isinstance(value, str | bool | int | float | Decimal | datetime):
        return literal(value)
    return Literal(json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str))


def date_time_text(moment: datetime) -> str:
    """Return `moment` in UTC with `Z` and at most six decimals, no trailing zeros."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone; add one, for example +00:00")
    text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".")
    return text + "Z"


def python_value(term: Literal) -> Scalar:
    """Return the Python value of a literal; one of an unknown or broken datatype comes back as its text."""
    kind, text = term.datatype.value.removeprefix(XSD), term.value
    try:
        match kind:
            case "boolean":
                return text in {"true", "1"}
            case "integer":
                return int(text)
            case "double" | "float":
                return float(text.replace("INF", "inf"))
            case "decimal":
                return Decimal(text)
            case "dateTime":
                return datetime.fromisoformat(text)
            case _:
                return text
    except (ValueError, ArithmeticError):
        return text


def _decimal_text(value: Decimal) -> str:
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
