"""What a reader tells of how things came to be: lineage, impact, differences, tables and predictions, row by row."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from provkg.errors import BadParameter
from provkg.reading.given import moment, whole_number, words
from provkg.reading.named import Named, as_text
from provkg.reading.narrowing import narrowed
from provkg.sparql import substitute
from provkg.vocabulary import NAMESPACES, PredictionBatch

if TYPE_CHECKING:
    from datetime import datetime

    from provkg.capture.watching.lineage import TableLineage
    from provkg.folder import Folder
    from provkg.index import ReadIndex
    from provkg.lineage import Difference, Impact, Lineage
    from provkg.questions.binding import Value
    from provkg.reading.predictions import Prediction
    from provkg.reading.reply import Reply

_RESTS: Final = f"""PREFIX pvk: <{NAMESPACES["pvk"]}> PREFIX prov: <{NAMESPACES["prov"]}>
ASK {{
  {{ ?_thing pvk:dependsOn ?other }} UNION {{ ?other pvk:dependsOn ?_thing }}
  UNION {{ ?_thing prov:used ?other }} UNION {{ ?other prov:wasGeneratedBy ?_thing }}
}}"""


class Traces(ABC):
    """The part of a reader that follows things to what they were made from, and to what was made from them."""

    _folder: Folder | None

    @property
    @abstractmethod
    def _index(self) -> ReadIndex:
        """The state that is read."""

    @property
    @abstractmethod
    def _place(self) -> Path:
        """Where the graph lies."""

    @property
    @abstractmethod
    def size(self) -> int:
        """The number of ledger entries that answers stand for."""

    @abstractmethod
    def _thing(self, thing: Named) -> NamedNode:
        """Return the thing that a name or IRI means."""

    @abstractmethod
    def resolve(self, name: Named, classes: Sequence[NamedNode] | NamedNode = ()) -> NamedNode:
        """Return the thing that `name` means."""

    @abstractmethod
    def ask(self, name: str, /, **values: Value | None) -> Reply:
        """Ask a saved question."""

    def lineage(
        self,
        thing: Named,
        direction: str = "up",
        *,
        to: Named | None = None,
        depth: int | None = None,
        kinds: str | Sequence[str] = (),
        at: datetime | str | None = None,
    ) -> Lineage:
        """Return what `thing` rests on (`up`), or what rests on it and on everything of its content (`down`).

        `to` asks for what lies between two things, whichever rests on the other. `depth` limits the steps, `kinds`
        names those that are shown, such as `["model", "dataset"]`, and `at` leaves out what did not exist at that
        moment, also as text such as `"2026-03-01T12:00:00Z"`. Raises `BadParameter` for values of other types.
        """
        from provkg.lineage import Statements, between, downstream, upstream  # only who traces pays for it

        trace = {"up": upstream, "down": downstream}.get(str(direction))
        if trace is None:
            raise BadParameter(f"{direction!r} is no direction of a lineage; take up or down")
        shown, then = words("kinds", kinds, "model"), moment("at", at)
        steps = None if depth is None else whole_number("depth", depth, 3)
        asked = self._traced(thing)
        if to is None:
            found = trace(self._index, asked, depth=steps, at=then)
        else:
            found = between(self._index, asked, self._traced(to), depth=steps, at=then)
        if self._folder is not None:
            found = replace(found, stating=Statements(self._folder.ledger, self.size))
        return found.only(shown) if shown else found

    def impact(self, thing: Named, *, at: datetime | str | None = None) -> Impact:
        """Return what is touched if `thing` turns out bad: by kind, first what serves at a moment, or now.

        The moment may be text such as `"2026-03-01T12:00:00Z"`; raises `BadParameter` for what is none.
        """
        from provkg.lineage import impact  # only who traces pays for it

        return impact(self._index, self._traced(thing), at=moment("at", at))

    def difference(self, left: Named, right: Named) -> Difference:
        """Return in what two runs, models, datasets or environments differ, factor by factor."""
        from provkg.lineage import difference  # only who compares pays for it

        names = (as_text(left), as_text(right))
        return difference(self._index, self._thing(left), self._thing(right), names)

    def table(self, thing: Named) -> TableLineage:
        """Return how the watched table `thing` came to be: operations, origins of its cells, rows that were dropped."""
        from provkg.reading.tables import table_lineage  # only who asks about rows pays for it

        return table_lineage(self._index, self._traced(thing), self._place)

    def prediction(self, batch: Named, row: int) -> Prediction:
        """Return what stands behind a row, counted from 0, of a batch or file of predictions.

        That is the model version, the data that trained it, and the part of which dataset this was made from.
        """
        from provkg.reading.predictions import prediction  # only who asks about rows pays for it

        name, number = as_text(batch), whole_number("row", row, 17)
        file = Path(name)
        found = self.resolve(name, PredictionBatch)
        return prediction(self, self._index, found, number, file if _lies_at(file) else None)

    def _traced(self, thing: Named) -> NamedNode:
        """Return the thing that a name means; a project or team that bears it, too, is never what is traced."""
        return narrowed(lambda: self._thing(thing), self._rests)

    def _rests(self, thing: NamedNode) -> bool:
        return bool(self._index.query(substitute(_RESTS, {"_thing": thing})).boolean)


def _lies_at(file: Path) -> bool:
    try:
        return file.is_file()
    except (OSError, ValueError):
        return False
