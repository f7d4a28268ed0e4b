"""The completeness score of one thing: what is asked of it and of all that it rests on, and what of that is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provkg.errors import BadParameter, MissingExtra

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Missing:
    """A field that a node lacks: `message` asks for it, `why` says what it is good for, `who` can say it, if known.

    `shape` is the constraint. `left_to_people` says that a program may have no way to find it out; `asks` are the
    properties that answer, and `declarable` those of which the node may say that it has none.
    """

    node: str
    name: str
    kind: str
    field: str
    level: str
    message: str
    why: str
    who: str | None
    shape: str = ""
    left_to_people: bool = False
    asks: tuple[str, ...] = ()
    declarable: tuple[str, ...] = ()


@dataclass(frozen=True)
class Share:
    """How many fields are asked, and how many of them are present."""

    asked: int
    present: int

    @property
    def share(self) -> float:
        """The part that is present, from 0 to 1; all of it where nothing is asked."""
        return self.present / self.asked if self.asked else 1.0

    @property
    def percent(self) -> int:
        """The share in whole percent, rounded down: 100 means that nothing is missing."""
        return self.present * 100 // self.asked if self.asked else 100


@dataclass(frozen=True)
class NodeScore(Share):
    """The score of one node alone."""

    node: str
    name: str
    kind: str


@dataclass(frozen=True)
class KindScore(Share):
    """The score of all nodes of one kind together."""

    kind: str
    nodes: int


@dataclass(frozen=True)
class Score(Share):
    """The completeness of one thing at a level: one point for each field that is asked of a node and present.

    Going through it gives what is missing; `nodes` and `kinds` tell where. `size` is the number of ledger entries that
    it stands for.
    """

    thing: str
    name: str
    level: str
    nodes: tuple[NodeScore, ...]
    missing: tuple[Missing, ...]
    size: int

    def __iter__(self) -> Iterator[Missing]:
        return iter(self.missing)

    def __len__(self) -> int:
        return len(self.missing)

    def __bool__(self) -> bool:
        """Return that it is something: whether anything is missing, `complete` tells."""
        return True

    @property
    def complete(self) -> bool:
        """Whether nothing that is asked is missing."""
        return not self.missing

    @property
    def kinds(self) -> tuple[KindScore, ...]:
        """The score by kind of node, the kind that lacks most first."""
        together: dict[str, list[NodeScore]] = {}
        for node in self.nodes:
            together.setdefault(node.kind, []).append(node)
        scores = (_of_kind(kind, nodes) for kind, nodes in together.items())
        return tuple(sorted(scores, key=lambda each: (each.present - each.asked, each.kind)))

    def __repr__(self) -> str:
        return f"Score({self.name} at {self.level}: {self.percent} %, {self.present} of {self.asked} fields)"

    def __str__(self) -> str:
        return self.text().rstrip("\n")

    def text(self, format: str = "text") -> str:  # noqa: A002 - the word that people type
        """Return the score as text, json, csv or badge."""
        # Late: most scores are looked at as numbers.
        from provkg.score.showing import WRITERS

        if format not in WRITERS:
            raise BadParameter(f"{format!r} is no format of a score; take one of {', '.join(WRITERS)}")
        return WRITERS[format](self)

    def badge(self, label: str = "provenance") -> str:
        """Return a badge with the percentage, as SVG."""
        from provkg.score.badge import badge

        return badge(label, self.percent, f"{self.name}: {self.present} of {self.asked} fields at {self.level}")

    def to_pandas(self, table: str = "missing") -> pd.DataFrame:
        """Return `missing`, `nodes` or `kinds` as a frame; raises `MissingExtra` where pandas is not installed."""
        columns, rows = self.table(table)
        return frame(rows, columns)

    def table(self, name: str) -> tuple[tuple[str, ...], list[dict[str, Any]]]:
        """Return the columns and rows of `missing`, `nodes` or `kinds`."""
        if name not in TABLES:
            raise BadParameter(f"{name!r} is no table of a score; take one of {', '.join(TABLES)}")
        columns = TABLES[name]
        return columns, [{column: getattr(row, column) for column in columns} for row in getattr(self, name)]

    def _repr_html_(self) -> str:
        from provkg.score.showing import as_html

        return as_html(self)


TABLES: Mapping[str, tuple[str, ...]] = {
    "missing": ("name", "kind", "field", "level", "message", "why", "who", "node"),
    "nodes": ("name", "kind", "asked", "present", "share", "node"),
    "kinds": ("kind", "nodes", "asked", "present", "share"),
}


def frame(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pd.DataFrame:
    """Return `rows` as a frame; raises `MissingExtra` where pandas is not installed."""
    try:
        import pandas  # the reader's own, provkg does not need it
    except ModuleNotFoundError as error:
        if error.name != "pandas":
            raise
        raise MissingExtra("pandas is not installed; run: pip install pandas") from None
    return pandas.DataFrame(rows, columns=list(columns))


def _of_kind(kind: str, nodes: list[NodeScore]) -> KindScore:
    return KindScore(sum(n.asked for n in nodes), sum(n.present for n in nodes), kind, len(nodes))
