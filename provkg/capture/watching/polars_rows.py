"""Which rows of a polars frame a call kept: told by a column that numbers them, or by a condition worked out once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from provkg.capture.watching import polars_flows as flows_of
from provkg.capture.watching.polars_kinds import ROWS_TAGGED
from provkg.capture.watching.row_forms import taken
from provkg.capture.watching.rows import Every, Rows

if TYPE_CHECKING:
    from provkg.capture.watching.polars_frames import Call

TAG: Final = "__provkg_row__"
OTHER_TAG: Final = "__provkg_row_of_other__"


class Tagged:
    """The call with the rows numbered, where the numbers change nothing in what it does."""

    def __init__(self, call: Call) -> None:
        self.frame, self.args, self.kwargs = call.frame, call.args, call.kwargs
        self.call, self.tagged, self.other = call, False, 0
        if call.name == "filter":
            self._mask()
        elif call.name in {"join", "join_asof"}:
            self._both()
        elif call.name in ROWS_TAGGED and flows_of.names_columns(call.args, call.kwargs):
            self._number()

    def _number(self) -> None:
        self.frame, self.tagged = self.frame.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias(TAG)), True
        if self.call.name == "unique" and not self.args and self.kwargs.get("subset") is None:
            # Without this, the numbers of the rows would count as one of their values.
            self.kwargs = {**self.kwargs, "subset": list(self.call.columns)}

    def _mask(self) -> None:
        """Work the condition out once, and filter by what came of it."""
        expressions = [each for each in self.args if isinstance(each, pl.Expr)]
        if len(expressions) != len(self.args) or self.kwargs or len(self.args) != 1:
            return
        if expressions[0].meta.has_multiple_outputs():
            return
        mask = self.frame.select(expressions[0].alias(TAG))[TAG]
        if len(mask) == self.call.count and mask.dtype == pl.Boolean:
            self.args, self.kwargs = (mask,), {}
            self.mask = mask

    def _both(self) -> None:
        other = self.args[0] if self.args else None
        if not isinstance(other, pl.DataFrame) or not flows_of.names_columns(self.args[1:], self.kwargs):
            return
        self._number()
        self.other = len(other)
        numbered = other.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias(OTHER_TAG))
        self.args = (numbered, *self.args[1:])

    def untagged(self, result: Any) -> tuple[Any, tuple[Rows, Rows | None] | None]:
        """Take the numbers out of the result, and return what they tell."""
        if (mask := getattr(self, "mask", None)) is not None:
            return result, (taken(mask.fill_null(value=False).arg_true().to_numpy(), self.call.count), None)
        if not self.tagged or not isinstance(result, pl.DataFrame):
            return result, None
        first = _numbers(result, TAG, self.call.count)
        second = _numbers(result, OTHER_TAG, self.other) if OTHER_TAG in result.columns else None
        return result.drop(TAG, OTHER_TAG, strict=False), (first, second)


def _numbers(result: Any, tag: str, of: int) -> Rows:
    return taken(result[tag].fill_null(-1).to_numpy(), of) if tag in result.columns else Every()
