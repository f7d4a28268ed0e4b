"""How long every saved question takes on one graph: warm and cold, with lineage, impact, opening and memory."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from benchmarks.scale.acts import Counted, Found, Rows, Told, Touched, Way, forget, opener
from benchmarks.scale.asked import Drawn
from benchmarks.scale.shape import HUB
from benchmarks.scale.store import bytes_of, opened
from benchmarks.scale.worker import Act, Taken, Worker
from provkg import vocabulary as v
from provkg.questions import Question

PATIENCE = 5.0
"""Seconds that one question may take with all its draws; slower ones are asked about fewer things."""
LEAST = 3
_COUNT = "SELECT (COUNT(*) AS ?n) WHERE { %s }"
_TUNED = f"?x <{v.trainedBy.value}> ?run . ?run a <{v.FineTuningRun.value}>"
_HUB = f'?whole <{v.dct_title.value}> "{HUB}" . ?x <{v.versionOf.value}> ?whole'


@dataclass(frozen=True)
class Times:
    """What one question took, in milliseconds; `said` where it took too long or was refused.

    `worked50` and `worked95` are of the processor: on a machine that others use, they tell more than the clock.
    """

    question: str
    first: float | None = None
    p50: float | None = None
    p95: float | None = None
    worked50: float | None = None
    worked95: float | None = None
    cold: float | None = None
    rows: int = 0
    asked: int = 0
    said: str = ""


@dataclass(frozen=True)
class Facts:
    """What one graph is, and what opening it and asking everything took."""

    runs: int
    statements: int
    ledger_statements: int
    bytes: int
    opening: float
    first_answer: float
    first_answer_cold: float | None
    peak: int
    peak_of: str


def measured(
    path: Path,
    runs: int,
    questions: Sequence[Question],
    *,
    cold: bool,
    ways: bool,
    limit: float,
    tell: Callable[[Times], None],
) -> tuple[Facts, list[Times]]:
    """Return what the graph at `path` is, and what each question took there; `tell` hears each as it is known.

    Lineage and impact, which are no questions, are asked for with `ways`. An answer is ended after `limit` seconds.
    """
    with opened(path) as index:
        drawn = Drawn(index, runs, path / "drawn.json")
        asked = [*_asked(drawn, questions), *(_ways(drawn) if ways else ())]
        plain, ledger = (_counted(index, _COUNT % text) for text in ("?s ?p ?o", "GRAPH ?g { ?s ?p ?o }"))
    first = _first_answer(path, asked)
    found = []
    with Worker(opener(path), limit) as worker:
        opening, heaviest = worker.opening, ("", worker.peak)
        for name, acts in asked:
            times = _times(name, acts, worker)
            heaviest = max(heaviest, (name, worker.peak), key=lambda pair: pair[1])
            found.append(_with_cold(times, acts[0], path) if cold and acts and times.p50 is not None else times)
            tell(found[-1])
        peak = worker.peak
    cold_first = _first_answer(path, asked) if cold and forget(path) else None
    facts = Facts(runs, plain, ledger, bytes_of(path), opening, first, cold_first, peak, heaviest[0])
    return facts, found


def _counted(index: object, text: str) -> int:
    (row,) = index.query(text).rows  # type: ignore[attr-defined]
    return int(row[0].value)


def _asked(drawn: Drawn, questions: Iterable[Question]) -> Iterator[tuple[str, list[Act]]]:
    """Yield each question with its values, twice where something may be left out, and what is no single query."""
    for question in questions:
        yield question.path, _acts(drawn, question, optional=False)
        if any(each.optional and each.default is None for each in question.params):
            left = "".join(f" {each.name}" for each in question.params if each.optional and each.default is None)
            yield question.path + left, _acts(drawn, question, optional=True)


def _ways(drawn: Drawn) -> Iterator[tuple[str, list[Act]]]:
    yield "Python: lineage to depth 50", [Way(thing.value) for thing in drawn.things(_TUNED)]
    hub = [thing.value for thing in drawn.things(_HUB)]
    yield "Python: impact of the hub", [*map(Counted, hub)]
    yield "Python: impact of the hub, told in words", [*map(Told, hub)]
    yield "Python: impact of the hub, all with their names", [*map(Touched, hub)]


def _acts(drawn: Drawn, question: Question, *, optional: bool) -> list[Act]:
    found = drawn.terms(question, optional=optional)
    if question.asks is None:
        return [Rows(drawn.text(question, terms)) for terms in found]
    return [Found(question, question.asks, terms) for terms in found]


def _times(name: str, acts: Sequence[Act], worker: Worker) -> Times:
    """Ask about each thing twice, and keep the second time: the first brings pages into memory."""
    if not acts:
        return Times(name, said="nothing to ask about in this graph")
    first: Taken | None = None
    warm, worked, rows, start = list[float](), list[float](), list[int](), perf_counter()
    for act in acts:
        for again in (False, True):
            taken = worker.ask(act)
            first = first or taken
            if taken.seconds is None:
                return Times(name, asked=len(warm), said=taken.said)
            if again:
                warm.append(taken.seconds * 1e3)
                worked.append(taken.worked * 1e3)
                rows.append(taken.rows)
        if len(warm) >= LEAST and perf_counter() - start > PATIENCE:
            break
    while len(warm) < LEAST and (taken := worker.ask(acts[0])).seconds is not None:
        warm.append(taken.seconds * 1e3)
        worked.append(taken.worked * 1e3)
    begun = None if first is None or first.seconds is None else first.seconds * 1e3
    return Times(
        name,
        begun,
        p50=statistics.median(warm),
        p95=_at(warm, 0.95),
        worked50=statistics.median(worked),
        worked95=_at(worked, 0.95),
        rows=max(rows),
        asked=len(acts),
    )


def _with_cold(times: Times, act: Act, path: Path) -> Times:
    """Add what the first answer takes in a fresh process when nothing of the files is in memory."""
    if not forget(path):
        return times
    with Worker(opener(path)) as worker:
        taken = worker.ask(act)
    cold = None if taken.seconds is None else taken.seconds * 1e3
    return Times(**{**vars(times), "cold": cold})


def _first_answer(path: Path, asked: Sequence[tuple[str, list[Act]]]) -> float:
    """Return the milliseconds of opening the graph and answering a question, in a process that has done neither."""
    named = dict(asked)
    act = (named.get("models/training-data") or next(acts for acts in named.values() if acts))[0]
    with Worker(opener(path)) as worker:
        taken = worker.ask(act)
        return (worker.opening + (taken.seconds or 0)) * 1e3


def _at(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
