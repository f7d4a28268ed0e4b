"""What is missing that only people know, of one thing and all it rests on or of a whole graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from glob import escape
from os.path import commonprefix
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from provkg import vocabulary as v
from provkg.folder import LEVELS
from provkg.reading.people.keys import is_everywhere, key_of, term_name, to_do
from provkg.reading.people.things import Thing, thing_of
from provkg.score.reach import Reach, Statements
from provkg.score.scoring import missing_of
from provkg.score.words import name_of
from provkg.vocabulary import NAMESPACES

if TYPE_CHECKING:
    from provkg.facts_file import FactsFile
    from provkg.gate.fields import Fields
    from provkg.index import ReadIndex
    from provkg.score.score import Missing

MANY: Final = 5
"""More things than these that lack the same are asked about together, where their names begin alike."""
TELLING: Final = 2
"""So many letters that names begin with tell of something in common."""
Found = dict[tuple[str | None, str, str | None, str], list[tuple["Missing", Thing]]]
_PREFIXES: Final = f"PREFIX pvk: <{NAMESPACES['pvk']}>\n"
_DATA: Final = frozenset({v.DatasetVersion, v.DataSubset})
_ALL: Final = "SELECT DISTINCT ?node WHERE { ?node a ?kind } ORDER BY ?node"


@dataclass(frozen=True)
class Need:
    """Something that only a person can add, and the nodes that lack it.

    `table`, `name` and `key` are its place in `provkg.toml`: without a table it stands at the top, without a key it
    cannot be told there, and `how` says what to do instead. `absent` are the properties that may be said to be none.
    """

    table: str | None
    name: str
    key: str | None
    kind: str
    level: str
    message: str
    why: str
    how: str | None
    absent: tuple[str, ...]
    nodes: tuple[str, ...]
    called: tuple[str, ...]


@dataclass(frozen=True)
class Needs:
    """What only people can add to a graph at a level; `others` counts what a program should have recorded instead.

    `size` is the number of ledger entries that it stands for.
    """

    level: str
    found: tuple[Need, ...]
    others: int
    size: int

    def __iter__(self) -> Iterator[Need]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)

    def __str__(self) -> str:
        return self.text().rstrip("\n")

    def text(self) -> str:
        """Return the list in words."""
        from provkg.reading.people.showing import as_text

        return as_text(self)

    def to_json(self) -> str:
        """Return it as one JSON object."""
        from provkg.reading.people.showing import as_json

        return as_json(self)

    def to_toml(self, facts: FactsFile) -> str:
        """Return the text to put into `provkg.toml`; what `facts`, read of that file, has already is left out."""
        from provkg.reading.people.showing import as_toml

        return as_toml(self, facts)


def needs(index: ReadIndex, fields: Fields, things: Iterable[NamedNode] = ()) -> Needs:
    """Return what only people can add to `things` and all they rest on; to the whole graph unless there are any."""
    statements = Statements(index)
    found: Found = {}
    others = 0
    for missing in missing_of(statements, _nodes(statements, [*things]), fields):
        if not missing.left_to_people:
            others += 1
            continue
        thing = thing_of(statements, NamedNode(missing.node))
        if _follows(statements, thing, missing):
            continue
        key = key_of(thing.table, missing)
        everywhere = is_everywhere(thing.table, key)
        asked = missing.message if key is None else ""
        place = (None if everywhere else thing.table, "" if everywhere else thing.name, key, asked)
        found.setdefault(place, []).append((missing, thing))
    # As the file has them, and not as their IRIs happen to be.
    found = _gathered(found)
    places = sorted(found, key=lambda place: (place[2] is None, place[0] or "", place[1]))
    listed = tuple(_need(statements, *place[:3], found[place]) for place in places)
    return Needs(fields.level, listed, others, index.size)


def _gathered(found: Found) -> Found:
    """Return `found` with many things whose names begin alike, and that lack the same, as one under a pattern."""
    alike: dict[tuple[str | None, str | None, str], set[str]] = {}
    for table, name, key, asked in found:
        alike.setdefault((table, key, asked), set()).add(name)
    patterns = {lacking: _pattern(names) for lacking, names in alike.items()}
    gathered: Found = {}
    for (table, name, key, asked), lacking in found.items():
        place = (table, patterns[table, key, asked] or name, key, asked)
        gathered.setdefault(place, []).extend(lacking)
    return gathered


def _pattern(names: set[str]) -> str | None:
    shared = commonprefix(sorted(names)) if len(names) > MANY else ""  # noqa: RUF071 - letters of names are meant
    return f"{escape(shared)}*" if len(shared) >= TELLING else None


def _nodes(statements: Statements, things: list[NamedNode]) -> list[NamedNode]:
    if not things:
        rows = statements.index.query(_PREFIXES + _ALL).rows
        return [node for (node,) in rows if isinstance(node, NamedNode)]
    reach = Reach(statements)
    found = reach.of(things)
    # What was measured of them lies beside the way back to their sources.
    measured = [t.subject for each in found for t in statements.index.statements(None, v.measures, each)]
    measured += [t.subject for each in found for t in statements.index.statements(None, v.measuredIn, each)]
    taken = [each for each in dict.fromkeys(measured) if isinstance(each, NamedNode)]
    runs = [t.object for each in taken for t in statements.about(each) if t.predicate == v.measuredIn]
    return list(dict.fromkeys([*found, *taken, *reach.of(run for run in runs if isinstance(run, NamedNode))]))


def _follows(statements: Statements, thing: Thing, missing: Missing) -> bool:
    """Whether what is missing follows from what people tell of something else: data made of data is as synthetic."""
    return v.isSynthetic.value in missing.asks and bool(sources_of(statements, thing.node))


def sources_of(statements: Statements, node: NamedNode) -> list[NamedNode]:
    """Return the data that `node`, a dataset version, was made of."""
    said = statements.about(node)
    made = [t.object for t in said if t.predicate in (v.prov_wasDerivedFrom, v.subsetOf)]
    return [each for each in made if isinstance(each, NamedNode) and statements.types(each) & _DATA]


def _need(
    statements: Statements, table: str | None, name: str, key: str | None, lacking: Sequence[tuple[Missing, Thing]]
) -> Need:
    first, _ = lacking[0]
    nodes = sorted({missing.node for missing, _ in lacking})
    kinds = {missing.kind for missing, _ in lacking}
    return Need(
        table,
        name,
        key,
        first.kind if len(kinds) == 1 else "run" if name == "" else "thing",
        min((missing.level for missing, _ in lacking), key=LEVELS.index),
        _joined(missing.message for missing, _ in lacking),
        _joined(missing.why for missing, _ in lacking),
        None if key is not None else to_do(first.shape),
        tuple(dict.fromkeys(term_name(each) for missing, _ in lacking for each in missing.declarable)),
        tuple(nodes),
        tuple(sorted({name_of(statements, NamedNode(node)) for node in nodes})),
    )


def _joined(texts: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(texts))
