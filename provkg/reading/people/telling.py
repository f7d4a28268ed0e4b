"""Adding what people filled in to what is recorded already: as a record of who told it, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode, Triple

from provkg.errors import UsageError
from provkg.facts_file import FACTS_FILE
from provkg.folder import LEVELS
from provkg.questions.terms import short
from provkg.reading.people.earlier import EARLIER, Earlier
from provkg.reading.people.saying import Saying, sayings
from provkg.score.reach import Statements

if TYPE_CHECKING:
    from provkg.facts_file import FactsFile
    from provkg.folder import Folder
    from provkg.index import ReadIndex
    from provkg.reading.reader import Reader
    from provkg.records import Agent

DIGITS: Final = 32


@dataclass(frozen=True)
class Update:
    """A value of one thing that is added; `changed` where it takes the place of what people told before."""

    node: str
    called: str
    key: str
    value: str
    changed: bool = False

    def __str__(self) -> str:
        return f"{self.called}: {self.key} = {self.value}" + (
            " (in place of what was told before)" if self.changed else ""
        )


@dataclass(frozen=True)
class Told:
    """What became of the facts in a file: what was added in `record`, and where a record says something else.

    `complaints` are about the file itself; `record` is None where there was nothing to add, or only a look was taken.
    """

    file: Path
    updates: tuple[Update, ...]
    disagreements: tuple[str, ...]
    complaints: tuple[str, ...]
    record: str | None = None

    def __len__(self) -> int:
        return len(self.updates)


def tell(
    reader: Reader, index: ReadIndex, folder: Folder | None, *, facts: str | Path | None, by: str | Agent | None,
    dry_run: bool,
) -> Told:  # fmt: skip
    """Add what the file says of the things in `index` through `reader`, which goes on to the state that shows it."""
    if folder is None:
        raise UsageError("this reader has no folder to write to; open the graph with provkg.open(path)")
    file, said = _facts(facts)
    earlier = Earlier.read(index, folder)
    change = _change(Statements(index), sayings(index, folder.names, said), earlier)
    updates = sorted(change.updates, key=lambda update: update.called)
    told = Told(file, tuple(updates), tuple(sorted(change.disagreements)), said.complaints)
    if dry_run or not change.triples:
        return told
    return Told(told.file, told.updates, told.disagreements, told.complaints, _record(reader, file, change, by))


def _facts(facts: str | Path | None) -> tuple[Path, FactsFile]:
    from provkg.capture.told import facts_in, told_facts

    said = facts_in(Path(facts)) if facts is not None else told_facts()
    if said.path is None:
        raise UsageError(
            f"there is no {FACTS_FILE} at or above {Path.cwd()}; begin one with: provkg missing --toml > {FACTS_FILE}"
        )
    return said.path, said


def _known(statements: Statements, triple: Triple) -> list[Triple]:
    return statements.about(triple.subject) if isinstance(triple.subject, NamedNode) else []


@dataclass
class _Change:
    triples: list[Triple]
    superseded: list[str]
    updates: list[Update]
    disagreements: list[str]


def _change(statements: Statements, said: Iterable[Saying], earlier: Earlier) -> _Change:
    found, outdated = _Change([], [], [], []), list[Triple]()
    beside: dict[Triple, None] = {}
    for saying in said:
        if _compare(statements, saying, earlier, found, outdated):
            beside.update(dict.fromkeys(saying.beside))
    if outdated:
        found.superseded = earlier.holding(outdated)
        found.triples += earlier.without(outdated, found.superseded)
    found.triples += [each for each in beside if each not in _known(statements, each)]
    return found


def _compare(statements: Statements, saying: Saying, earlier: Earlier, found: _Change, outdated: list[Triple]) -> bool:
    """Put into `found` what `saying` adds to what the graph says, and into `outdated` what it replaces, if anything."""
    here = {t.object for t in statements.about(saying.node) if t.predicate == saying.relation}
    told = earlier.values(saying.node, saying.relation)
    wanted, recorded = set(saying.values), here - told
    if recorded and not saying.joins and not wanted <= recorded:
        if not saying.weak:
            found.disagreements.append(
                f"{saying.called}: a record says {saying.key} = {_shown(recorded)}, {saying.place} says {saying.said}; "
                "the record stays as it is"
            )
        return False
    old = told - wanted
    new = [each for each in saying.values if each not in here]
    if not new and not old:
        return False
    found.triples += [Triple(saying.node, saying.relation, each) for each in new]
    outdated += [Triple(saying.node, saying.relation, each) for each in old]
    update = Update(saying.node.value, saying.called, saying.key, saying.said, changed=bool(old))
    if update not in found.updates[-1:]:  # one key may be several statements
        found.updates.append(update)
    return True


def _record(reader: Reader, file: Path, change: _Change, by: str | Agent | None) -> str:
    from provkg.graph.canonical import lines_of
    from provkg.graph.redactions import who
    from provkg.records import Activity, Stated

    now = datetime.now(UTC)
    lines = sorted(lines_of(dict.fromkeys(change.triples)))
    digest = sha256("\n".join([now.isoformat(), *change.superseded, *lines]).encode()).hexdigest()[:DIGITS]
    act = Activity(
        id=digest, title=f"tell what only people know, in {file.name}", started=now, ended=now,
        associated_with=(who(by),),
    )  # fmt: skip
    # What else its things lack must not keep out what is added to them, in a graph that asks for more, too.
    said = Stated(lines=tuple(lines), level=LEVELS[0])
    kept = reader.record(said, act, id=f"{EARLIER}{digest}", level=LEVELS[0], supersedes=change.superseded)
    return kept.record


def _shown(values: Iterable[object]) -> str:
    said = (short(each) if isinstance(each, NamedNode) else str(getattr(each, "value", each)) for each in values)
    return ", ".join(sorted(said))
