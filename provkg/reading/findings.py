"""What an audit finds, in the hands of a person or a notebook: one finding after the other, a frame, or text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from provkg.errors import MissingExtra, Unreadable
from provkg.folder import Folder
from provkg.index import ReadIndex
from provkg.rules import Finding, Ground, Rule, audit, shape_findings

if TYPE_CHECKING:
    import pandas as pd

    from provkg.graph.auditing import AskedShapes
    from provkg.questions.binding import Value


class Findings:
    """The findings of `rules`, then of `shapes`, in one state of a graph; each walk through them asks again.

    Nothing that was found is kept. `broken` says which of the owner's own rules and shapes could not be asked, and why.
    """

    def __init__(
        self,
        index: ReadIndex,
        folder: Folder | None,
        rules: Sequence[Rule],
        values: Mapping[str, Value],
        broken: Sequence[Unreadable] = (),
        shapes: AskedShapes | None = None,
        level: str = "standard",
    ) -> None:
        self.rules, self.constraints = tuple(rules), 0 if shapes is None else len(shapes)
        self.broken = (*broken, *(() if shapes is None else shapes.broken))
        self._shapes, self._level = shapes, level
        self._index, self._folder, self._values = index, folder, values

    def __iter__(self) -> Iterator[Finding]:
        with Ground.of(self._index, self._folder) as ground:
            yield from audit(ground, self.rules, self._values)
        if self._shapes is not None:
            yield from shape_findings(self._index, self._shapes, self._level)

    def to_pandas(self) -> pd.DataFrame:
        """Return one row a finding; raises `MissingExtra` where pandas is not installed."""
        try:
            import pandas  # the reader's own, provkg does not need it
        except ModuleNotFoundError as error:
            if error.name != "pandas":
                raise
            raise MissingExtra("pandas is not installed; run: pip install pandas") from None
        columns = ["rule", "severity", "kind", "theme", "this", "name", "message"]
        return pandas.DataFrame([finding.facts() for finding in self], columns=columns)

    def __str__(self) -> str:
        return "\n".join(f"{finding.rule.id} {finding}" for finding in self) or "no findings"

    def __repr__(self) -> str:
        return f"Findings(of {len(self.rules)} rules and {self.constraints} constraints; go through them to ask)"

    def _repr_html_(self) -> str:
        """Show the findings by rule in a notebook."""
        found = list(self)
        counted = Counter(finding.rule.id for finding in found)
        rows = "".join(
            f"<tr><td>{escape(each.rule.id)}</td><td>{escape(each.severity)}</td><td>{escape(each.name)}</td>"
            f"<td>{escape(each.message)}</td></tr>"
            for each in found
        )
        head = f"<caption>{sum(counted.values())} finding(s) of {len(counted)} rule(s)</caption>"
        return f"<table>{head}<tr><th>rule</th><th>severity</th><th>thing</th><th>finding</th></tr>{rows}</table>"
