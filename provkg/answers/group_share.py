"""The share of a group in the data that trained a model, by the profiles of this data and of what it was made from."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Final

from pyoxigraph import Literal

from provkg.answers.asked import Asked, Row
from provkg.answers.profiles import Column, Share
from provkg.errors import BadParameter
from provkg.literals import double, literal
from provkg.sparql import substitute
from provkg.vocabulary import dependsOn, hasProfile, profileJson, trainedOn

_PROFILES: Final = f"""
SELECT DISTINCT ?data ?profile ?json WHERE {{
  {{ SELECT DISTINCT ?data WHERE {{ ?_model {trainedOn}/{dependsOn}* ?data }} }}
  ?data {hasProfile} ?profile . ?profile {profileJson} ?json .
}} ORDER BY ?data ?profile"""


def rows(asked: Asked) -> Iterator[Row]:
    """Yield a row for each profile that counts the values of the column."""
    model, feature, expected = asked.thing("model"), asked.text("feature") or "", asked.number("expected") or 0.0
    if asked.text("value") is None and asked.number("least") is None and asked.number("below") is None:
        raise BadParameter("no group is named; give least=… and below=…, or value=…")
    for data, profile, text in asked.index.query(substitute(_PROFILES, {"_model": model} if model else {})).rows:
        column = Column.of(text.value, feature) if isinstance(text, Literal) else None
        if column is not None and (share := _share(asked, column)) is not None:
            yield {
                "data": data,
                "profile": profile,
                "values": literal(round(share.count)),
                "share": double(share.of_all),
                "exact": literal(share.exact),
                "underRepresented": literal(share.of_all < expected),
            }


def _share(asked: Asked, column: Column) -> Share | None:
    if (value := asked.text("value")) is not None:
        return column.of_value(value)
    least, below = asked.number("least"), asked.number("below")
    return column.within(-inf if least is None else least, inf if below is None else below)
