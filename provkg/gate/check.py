"""The gate: records and whole data against provkg's shapes, and any data against anybody's shapes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Triple

from provkg.errors import Unreadable
from provkg.folder import checked_level
from provkg.gate.backward import Question
from provkg.gate.engines import ENGINES, Engine, Marks, Result, engine
from provkg.gate.evidence import Evidence, text_of
from provkg.gate.familiar import Familiar
from provkg.gate.impossible import impossible
from provkg.gate.lines import located
from provkg.gate.own_files import Stamp, own_files, stamps
from provkg.gate.problem import Problem, Verdict
from provkg.gate.rules import described_nowhere, speaks_of_records, without_shape, wrong_terms
from provkg.gate.shapes import Shapes
from provkg.gate.sight import Sight, sight
from provkg.gate.tailoring import Tailored, tailored
from provkg.gate.wellformed import flaws_of_shapes
from provkg.gate.wording import sentence
from provkg.resources import SHAPES

DEFAULT_ENGINE: Final = ENGINES[0]


class Gate:
    """Judges records at one level with one engine; shapes are made ready once for all gates of a process."""

    def __init__(
        self, level: str = "minimal", *, engine: str = DEFAULT_ENGINE, extensions: Sequence[Path] = ()
    ) -> None:
        self.level = checked_level(level)
        self._shapes, self._engine, self._familiar = _ready(level, engine, stamps(extensions), whole=False)

    @property
    def backwards(self) -> frozenset[NamedNode]:
        """The properties by which other nodes point at those that the shapes judge."""
        return self._shapes.back.predicates

    @property
    def onward(self) -> Mapping[NamedNode, frozenset[NamedNode]]:
        """What the shapes ask of a node that a record only refers to, by the property that refers to it."""
        return self._shapes.onward

    def questions(self, triples: Sequence[Triple], *, closing: bool = False) -> list[Question]:
        """Return what to look up among the nodes that point at those of the record."""
        return self._shapes.back.questions(triples, closing=closing)

    def check(self, triples: Sequence[Triple], known: Iterable[Triple] = (), *, closing: bool = False) -> Verdict:
        """Return what speaks against keeping `triples`, a record closed by `provkg.entailment.closed`.

        `known` is what the graph already says about the nodes that the record describes, the types and digests of
        those that it refers to with what `onward` asks of them, and the answers to `questions`. Constraints one level
        above are warnings; those two above are not asked here. `closing` says that runs which end in this record have
        told all that they made.
        """
        held = list(known)
        evidence = Evidence(triples, held, closing=closing)
        found = [*_rule_problems(evidence, self._shapes), *speaks_of_records(evidence), *impossible(triples, held)]
        return Verdict.of([*found, *_problems(self._results(evidence), self._shapes)])

    def _results(self, evidence: Evidence) -> list[Result]:
        statements = evidence.statements(self._shapes)

        def judge(marks: Marks) -> list[Result]:
            return self._engine.results(text_of(statements), marks, "warning")

        return self._familiar.results(statements, evidence.marks(self._shapes), judge)


def check_data(
    triples: Sequence[Triple],
    level: str = "standard",
    engine: str = DEFAULT_ENGINE,
    *,
    known: Iterable[Triple] = (),
    extensions: Sequence[Path] = (),
) -> Verdict:
    """Return what speaks against `triples` as a whole, closed like records: here inverse paths are asked too.

    `extensions` are files of shapes beside ours. Nodes that are pointed at and described nowhere, not in `known`
    either, are warnings.
    """
    shapes, ready, _ = _ready(checked_level(level), engine, stamps(extensions), whole=True)
    held = list(known)
    evidence = Evidence(triples, held)
    found = [*_rule_problems(evidence, shapes), *described_nowhere(evidence, shapes), *impossible(triples, held)]
    results = ready.results(text_of(evidence.statements(shapes)), evidence.marks(shapes))
    return Verdict.of([*found, *_problems(results, shapes)])


def validate(data: Sequence[Triple], shapes: Path, engine: str = DEFAULT_ENGINE) -> Verdict:
    """Return what any `data` says against any `shapes`, with nothing added to either.

    Raises `Unreadable` for shapes that use a term which SHACL, PROV or provkg does not have.
    """
    ready = _foreign(shapes.resolve(), shapes.stat().st_mtime_ns if shapes.exists() else 0, engine)
    text = "".join(f"{triple} .\n" for triple in data).encode()
    return Verdict.of(_problem(result, {}, {}) for result in ready.results(text, {}))


@lru_cache(maxsize=32)
def _ready(level: str, name: str, extensions: tuple[Stamp, ...], *, whole: bool) -> tuple[Tailored, Engine, Familiar]:
    shapes = extended([file for file, _, _ in extensions])
    fitted = tailored(shapes, level, whole=whole)
    return fitted, engine(name, fitted.text, fitted.evident), Familiar(Sight() if whole else sight(shapes))


@lru_cache(maxsize=8)
def _foreign(file: Path, _changed: int, name: str) -> Engine:
    said = located(file)
    if flaws := flaws_of_shapes(file, said, alone=True):
        raise Unreadable("\n".join(map(str, flaws)))
    return engine(name, "".join(f"{each.triple} .\n" for each in said).encode())


def extended(extensions: Sequence[Path] = ()) -> Shapes:
    """Return our shapes with those in the files `extensions`.

    Raises `Unreadable` with file and line of what is wrong with these; `own_files` tells beforehand.
    """
    if flaws := own_files(extensions, ()).flaws:
        raise Unreadable("\n".join(map(str, flaws)))
    return Shapes.read([*sorted(SHAPES.glob("*.ttl")), *extensions])


def _rule_problems(evidence: Evidence, shapes: Tailored) -> list[Problem]:
    return [*wrong_terms(evidence, shapes), *without_shape(evidence, shapes)]


def _problems(results: Iterable[Result], shapes: Tailored) -> list[Problem]:
    return [_problem(each, shapes.messages, shapes.paths) for each in results]


def _problem(result: Result, messages: dict[str, str], paths: dict[str, str]) -> Problem:
    path = paths.get(result.shape, result.path)
    path = None if path is not None and path.startswith("urn:provkg:gate:") else path
    message = messages.get(result.shape) or result.message or sentence(result)
    return Problem(result.focus, result.shape, result.constraint, result.value, path, message, result.severity)
