"""Functions that queries may call beyond those of SPARQL 1.1: one reads a point out of many packed in a literal."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from provkg import vocabulary
from provkg.literals import double

Term = NamedNode | BlankNode | Literal | Triple

VALUE_AT: Final = NamedNode("https://w3id.org/provkg/function#valueAt")


def value_at(*given: Term) -> Literal | None:
    """Return the value that packed points have at an epoch or step, the last one where there are several.

    Unbound, as the errors of SPARQL 1.1 (section 17.2), where there is none or something else was given.
    """
    match given:
        case (Literal() as packed, Literal() as place) if packed.datatype == vocabulary.packedSeries:
            number = _points(packed.value).get(place.value.removeprefix("+"))
            return double(number) if number is not None else None
        case _:
            return None


@lru_cache(maxsize=16)
def _points(packed: str) -> dict[str, float]:
    # Cached, for a query asks the same literal for one place after another.
    try:
        return {str(int(place)): float(number) for place, number in json.loads(packed)}
    except (ValueError, TypeError, OverflowError, RecursionError):
        return {}  # packed by others in a way of their own


FUNCTIONS: Final[dict[NamedNode, Callable[..., Any]]] = {VALUE_AT: value_at}
