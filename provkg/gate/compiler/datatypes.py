"""Whether a literal is well-formed for its datatype, as a SPARQL condition (SHACL, section 4.1.2).

Oxigraph keeps a literal that does not fit its datatype as it is written. It knows the numbers, dates and booleans that
fit, which answers for most values without looking at their text.
"""

from __future__ import annotations

from typing import Final

from pyoxigraph import Literal, NamedNode

from provkg.vocabulary import NAMESPACES

XSD: Final = NAMESPACES["xsd"]
LANG_STRING: Final = NamedNode(NAMESPACES["rdf"] + "langString")
_ZONE: Final = r"(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
_YEAR: Final = r"-?([1-9][0-9]{3,}|0[0-9]{3})"
_MONTH: Final = "(0[1-9]|1[0-2])"
_DAY: Final = "(0[1-9]|[12][0-9]|3[01])"
_TIME: Final = r"(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?|24:00:00(\.0+)?)"
_FRACTION: Final = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
_FLOATING: Final = rf"({_FRACTION}([eE][+-]?[0-9]+)?|[+-]?INF|NaN)"
_HOURS: Final = r"(T(([0-9]+H)([0-9]+M)?([0-9]+(\.[0-9]+)?S)?|([0-9]+M)([0-9]+(\.[0-9]+)?S)?|([0-9]+(\.[0-9]+)?S)))"
_FORMS: Final = {
    "boolean": "(true|false|0|1)",
    "integer": "[+-]?[0-9]+",
    "decimal": _FRACTION,
    "double": _FLOATING,
    "float": _FLOATING,
    "time": f"{_TIME}{_ZONE}",
    "gYear": f"{_YEAR}{_ZONE}",
    "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}",
    "gMonth": f"--{_MONTH}{_ZONE}",
    "gDay": f"---{_DAY}{_ZONE}",
    "gMonthDay": f"--{_MONTH}-{_DAY}{_ZONE}",
    "duration": "-?P"
    rf"([0-9]+Y([0-9]+M)?([0-9]+D)?{_HOURS}?|[0-9]+M([0-9]+D)?{_HOURS}?|[0-9]+D{_HOURS}?|{_HOURS})",
    "dayTimeDuration": rf"-?P([0-9]+D{_HOURS}?|{_HOURS})",
    "yearMonthDuration": "-?P([0-9]+Y([0-9]+M)?|[0-9]+M)",
    "hexBinary": "([0-9a-fA-F]{2})*",
    "base64Binary": "(([A-Za-z0-9+/] ?){4})*(([A-Za-z0-9+/] ?){2}([A-Za-z0-9+/] ?|= ?)=)?",
    "language": "[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*",
}
_DAYS: Final = frozenset({"dateTime", "dateTimeStamp", "date"})
_NUMBERS: Final = frozenset({"integer", "decimal", "double", "float"})
# The bounds of the types derived from integer (XML Schema 1.1 Part 2, section 3.4); None: unbounded.
INTEGERS: Final[dict[str, tuple[int | None, int | None]]] = {
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-128, 127),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 255),
}


def has_datatype(node: str, datatype: NamedNode) -> str:
    """Return the condition that `node` is a well-formed literal of `datatype`."""
    if datatype == LANG_STRING:
        return f'(isLiteral({node}) && LANG({node}) != "")'
    name = datatype.value.removeprefix(XSD) if datatype.value.startswith(XSD) else ""
    if name in INTEGERS:
        return _is_derived_integer(node, datatype, *INTEGERS[name])
    stated = f"isLiteral({node}) && DATATYPE({node}) = {_stored(datatype)}"
    return f"({stated} && {_fits(node, name)})" if name in _FORMS.keys() | _DAYS else f"({stated})"


def _stored(datatype: NamedNode) -> NamedNode:
    # A store reads xsd:dateTimeStamp as xsd:dateTime.
    return NamedNode(XSD + "dateTime") if datatype.value == XSD + "dateTimeStamp" else datatype


def _fits(node: str, name: str) -> str:
    if name in _DAYS:
        # No form would tell the 30th of February.
        zone = f' && TZ({node}) != ""' if name == "dateTimeStamp" else ""
        return f"COALESCE(DAY({node}) > 0{zone}, false)"
    form = f"REGEX(STR({node}), {Literal(f'^({_FORMS[name]})$')})"
    if name in _NUMBERS:
        return f"(isNumeric({node}) || {form})"
    return form


def _is_derived_integer(node: str, datatype: NamedNode, low: int | None, high: int | None) -> str:
    """Ask for the bounds: a store reads the types derived from integer as integers."""
    stated = f"isLiteral({node}) && (DATATYPE({node}) = <{XSD}integer> || DATATYPE({node}) = {datatype})"
    # What is too large for Oxigraph's integers compares as a decimal.
    wide = f"<{XSD}decimal>(STR({node}))"
    bounds = [f'{wide} >= "{low}"^^<{XSD}decimal>'] if low is not None else []
    bounds += [f'{wide} <= "{high}"^^<{XSD}decimal>'] if high is not None else []
    inside = " && ".join(bounds)
    return f"({stated} && {_fits(node, 'integer')} && COALESCE({inside}, false))"
