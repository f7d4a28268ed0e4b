"""Who contradicts whom: pairs of values where there is room for one, with the records behind them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING, Final

from provkg.answers.asked import Asked, Row
from provkg.answers.records import facts_of
from provkg.rules.of_ledger import conflicts, stating

if TYPE_CHECKING:
    from pyoxigraph import Triple

    from provkg.ledger import Ledger

_KNOWN: Final = ("record", "writer", "recorded")


def rows(asked: Asked) -> Iterator[Row]:
    """Yield each pair, property by property, once for each pair of records that state it."""
    own = asked.kept.own_shapes
    with asked.ledger() as ledger:
        for one, other in conflicts(asked.index, own):
            said = {"thing": one.subject, "property": one.predicate, "value": one.object, "otherValue": other.object}
            for first, second in product(_stated(asked, ledger, one), _stated(asked, ledger, other)):
                yield {
                    **said,
                    **{column: first.get(column) for column in ("record", "writer", "recorded")},
                    **{
                        f"other{column.capitalize()}": second.get(column) for column in ("record", "writer", "recorded")
                    },
                }


def _stated(asked: Asked, ledger: Ledger, statement: Triple) -> list[Row]:
    """Return what is known of the records that state it; what follows from parts of two records has none."""
    return [facts_of(entry, asked) for entry in stating(ledger, statement, asked.index.size)] or [{}]
