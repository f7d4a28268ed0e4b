"""Scoring: the fields asked of a thing and of all that it rests on, looked for in one state of a graph."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from provkg.gate.presence import asked_for
from provkg.graph.taken_out import taken_out
from provkg.score.projects import Dated, check_period, dated_things
from provkg.score.reach import Reach, Statements
from provkg.score.score import Missing, NodeScore, Score
from provkg.score.scores import Lacking, PeriodScore, Scores
from provkg.score.surroundings import Surroundings
from provkg.score.words import kind_of, name_of, who_knows

if TYPE_CHECKING:
    from provkg.gate.fields import Answered, Field, Fields
    from provkg.index import ReadIndex

# How many nodes the engine is shown at once: memory grows with it, time hardly.
CHUNK: Final = 2000


def score(index: ReadIndex, thing: NamedNode, fields: Fields) -> Score:
    """Return the score of `thing` in `index`."""
    statements = Statements(index)
    found = dict(answered(fields, statements, Reach(statements).of([thing])))
    nodes = tuple(_node_score(statements, node, told) for node, told in found.items() if told.asked)
    missing = tuple(each for node, told in found.items() for each in _missing(statements, node, told))
    return Score(
        sum(each.asked for each in nodes),
        sum(each.present for each in nodes),
        thing.value,
        name_of(statements, thing),
        fields.level,
        nodes,
        missing,
        index.size,
    )


def missing_of(statements: Statements, nodes: Sequence[NamedNode], fields: Fields) -> Iterator[Missing]:
    """Yield what each of `nodes` lacks."""
    for node, told in answered(fields, statements, nodes):
        yield from _missing(statements, node, told)


def scores(index: ReadIndex, fields: Fields, project: NamedNode | None = None, by: str | None = None) -> Scores:
    """Return the scores of the runs and models in `index`, of `project` or of each, divided `by` period."""
    check_period(by)
    statements = Statements(index)
    reach = Reach(statements)
    groups: dict[tuple[str | None, str | None], list[NamedNode]] = defaultdict(list)
    for dated in dated_things(index, project):
        groups[_project(statements, dated), dated.period(by)].append(dated.thing)
    nodes = reach.of(thing for things in groups.values() for thing in things)
    points, lacking = _counted(fields, statements, nodes)
    ordered = sorted(groups, key=lambda group: (group[0] is None, group[0] or "", group[1] is None, group[1] or ""))
    rows = tuple(_row(group, groups[group], reach.of(groups[group]), points) for group in ordered)
    return Scores(fields.level, by, rows, lacking, index.size)


Points = dict[NamedNode, tuple[int, int]]


def _counted(fields: Fields, statements: Statements, nodes: Sequence[NamedNode]) -> tuple[Points, tuple[Lacking, ...]]:
    points: Points = {}
    lacking: Counter[Lacking] = Counter()
    for node, told in answered(fields, statements, nodes):
        points[node] = (len(told.asked), len(told.asked) - len(told.missing))
        for field in told.missing:
            kind = kind_of(statements, node)
            lacking[Lacking(kind, field.name, field.level, field.message, field.why, 0)] += 1
    found = [replace(each, count=count) for each, count in lacking.items()]
    return points, tuple(sorted(found, key=lambda each: (-each.count, each.kind, each.message)))


def answered(
    fields: Fields, statements: Statements, nodes: Sequence[NamedNode]
) -> Iterator[tuple[NamedNode, Answered]]:
    """Yield each of `nodes` with what is asked of it and what it lacks; what was redacted is not missing."""
    surroundings, gone = Surroundings(fields, statements), taken_out(statements.index)
    for start in range(0, len(nodes), CHUNK):
        chunk = nodes[start : start + CHUNK]
        for node, told in fields.answered(surroundings.of(chunk), chunk).items():
            yield node, replace(told, missing=_missed(node, told, gone))


def is_missed(node: NamedNode, field: Field, gone: Container[tuple[str, str | None]]) -> bool:
    """Whether `field`, which `node` lacks, is missed: not where what could answer it is `gone`."""
    return not any((node.value, each) in gone for each in asked_for(field.shape, field.path))


def _missed(node: NamedNode, answered: Answered, gone: Container[tuple[str, str | None]]) -> tuple[Field, ...]:
    return tuple(each for each in answered.missing if is_missed(node, each, gone))


def _node_score(statements: Statements, node: NamedNode, answered: Answered) -> NodeScore:
    asked = len(answered.asked)
    present = asked - len(answered.missing)
    return NodeScore(asked, present, node.value, name_of(statements, node), kind_of(statements, node))


def _missing(statements: Statements, node: NamedNode, answered: Answered) -> Iterator[Missing]:
    if not answered.missing:
        return
    name, kind, who = name_of(statements, node), kind_of(statements, node), who_knows(statements, node)
    for field in answered.missing:
        yield Missing(
            node.value, name, kind, field.name, field.level, field.message, field.why, who,
            field.shape, field.left_to_people, field.asks, field.declarable,
        )  # fmt: skip


def _project(statements: Statements, dated: Dated) -> str | None:
    return None if dated.project is None else name_of(statements, dated.project)


def _row(
    group: tuple[str | None, str | None], things: Sequence[NamedNode], nodes: Sequence[NamedNode], points: Points
) -> PeriodScore:
    counted = [points[node] for node in nodes]
    asked, present = sum(each[0] for each in counted), sum(each[1] for each in counted)
    return PeriodScore(asked, present, *group, things=len(things), nodes=len(nodes))
