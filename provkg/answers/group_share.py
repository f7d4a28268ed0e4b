"""The share of a group in the data that trained a model, by the profiles of this data and of what it was made from."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Final

from pyoxigraph import Literal

from provkg.answers.asked import Asked, Row
from provkg.answers.profiles import Column, Share, check_column, range_name
from provkg.literals import double, literal
from provkg.sparql import substitute
from provkg.vocabulary import dependsOn, hasProfile, profileJson, trainedOn

_PROFILES: Final = f"""
SELECT DISTINCT ?data ?profile ?json WHERE {{
  {{ SELECT DISTINCT ?data WHERE {{ ?_model {trainedOn}/{dependsOn}* ?data }} }}
  ?data {hasProfile} ?profile . ?profile {profileJson} ?json .
}} ORDER BY ?data ?profile"""


def rows(asked: Asked) -> Iterator[Row]:
    """Yield a row for each group and each profile that counts the values of the column."""
    model, feature, expected = asked.thing("model"), asked.text("feature") or "", asked.number("expected") or 0.0
    found = asked.index.query(substitute(_PROFILES, {"_model": model} if model else {})).rows
    check_column(feature, (text.value for _, _, text in found if isinstance(text, Literal)))
    for data, profile, text in found:
        column = Column.of(text.value, feature) if isinstance(text, Literal) else None
        for group, share in _groups(asked, column) if column else ():
            yield {
                "data": data,
                "profile": profile,
                "group": Literal(group),
                "values": literal(round(share.count)),
                "share": double(share.of_all),
                "exact": literal(share.exact),
                "underRepresented": literal(share.of_all < expected),
            }


def _groups(asked: Asked, column: Column) -> list[tuple[str, Share]]:
    value, least, below = asked.text("value"), asked.number("least"), asked.number("below")
    if value is None and least is None and below is None:
        return column.groups()
    ends = (-inf if least is None else least, inf if below is None else below)
    share = column.within(*ends) if value is None else column.of_value(value)
    return [] if share is None else [(range_name(*ends) if value is None else value, share)]
