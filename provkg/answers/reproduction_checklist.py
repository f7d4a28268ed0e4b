"""What somebody needs who wants to repeat a run, item by item: what is recorded, and what is not."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Final

from pyoxigraph import Literal, NamedNode

from provkg import vocabulary as v
from provkg.answers.asked import Asked, Row
from provkg.gate.fields import Field
from provkg.literals import literal
from provkg.questions import called
from provkg.questions.terms import Term, short
from provkg.score.reach import Statements
from provkg.score.scoring import answered
from provkg.score.words import kind_of

# What leads from a run to all that is needed to do it again, and no further: not to what was made or found out later.
FOLLOWED: Final = frozenset(
    {
        v.prov_used, v.dependsOn, v.prov_wasGeneratedBy, v.parameter, v.configuredBy, v.usedCode, v.inRepository,
        v.uncommittedPatch, v.ranIn, v.hasSoftware, v.hasHardware, v.hasContainer, v.hasAccelerator, v.hasFile,
    }
)  # fmt: skip
# What shapes say of themselves that they are asked for.
_NEEDED_FOR: Final = (
    "Reproducibility:",
    "Integrity: are these the same bytes",
    "DLProv Q8:",
    "DLProv Q1, Q3, Q6 and Q7: hyper-parameters",
    "DLProv Q11: which data trained it?",
)
SHOWN: Final = 3


@dataclass
class Item:
    """One line of the list: what is asked of the things of one kind, which of them lack it, and what others have."""

    kind: str
    field: Field
    lacking: list[NamedNode] = dataclass_field(default_factory=list)
    values: list[Term] = dataclass_field(default_factory=list)
    things: int = 0


def rows(asked: Asked) -> Iterator[Row]:
    """Yield the items, those that are missing first, and what is asked of the run before all else."""
    run = asked.thing("run")
    if run is None:
        return
    found = _items(asked, Statements(asked.index), run)
    for item in sorted(found, key=lambda each: not each.lacking):
        yield {
            "present": literal(not item.lacking),
            "kind": Literal(item.kind),
            "item": Literal(item.field.name),
            "things": literal(item.things),
            "value": Literal(_listed(asked, item.values)) if item.values else None,
            "lackedBy": Literal(_listed(asked, list(item.lacking))) if item.lacking else None,
            "missing": Literal(item.field.message) if item.lacking else None,
        }


def _items(asked: Asked, statements: Statements, run: NamedNode) -> list[Item]:
    items: dict[tuple[str, str], Item] = {}
    fields = asked.fields(asked.text("level") or "audit", _NEEDED_FOR)
    for node, told in answered(fields, statements, _needed(statements, run)):
        kind, said = kind_of(statements, node), statements.about(node)
        for field in told.asked:
            item = items.setdefault((kind, field.shape), Item(kind, field))
            item.things += 1
            wanted = {*field.asks, *({field.path} if field.path else ())}
            item.values += [each.object for each in said if each.predicate.value in wanted]
            item.lacking += [node] if field in told.missing else []
    return list(items.values())


def _needed(statements: Statements, run: NamedNode) -> list[NamedNode]:
    """Return `run` and what it rests on, nearest first."""
    found: dict[NamedNode, None] = {run: None}
    waiting = deque(found)
    while waiting:
        said = statements.about(waiting.popleft())
        reached = (each.object for each in said if each.predicate in FOLLOWED)
        new = [each for each in dict.fromkeys(reached) if isinstance(each, NamedNode) and each not in found]
        found.update(dict.fromkeys(sorted(new, key=str)))
        waiting += sorted(new, key=str)
    return list(found)


def _listed(asked: Asked, terms: Sequence[Term]) -> str:
    names = called(asked.index, [each for each in terms if isinstance(each, NamedNode)])
    texts = sorted(dict.fromkeys(short(each, names) for each in terms))
    more = f" and {len(texts) - SHOWN:,} more" if len(texts) > SHOWN else ""
    return ", ".join(texts[:SHOWN]) + more
