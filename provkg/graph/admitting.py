"""The way in: a record's statements are closed and put into canonical form, judged, and made an entry of the ledger."""

import hmac
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from pyoxigraph import NamedNode, Triple

from provkg import vocabulary
from provkg.entailment import closed
from provkg.folder import LEVELS, Folder
from provkg.gate import Gate, OwnTerms, Problem, Severity, Verdict, own_files
from provkg.gate.impossible import RULES_NAMESPACE
from provkg.gate.own_terms import NO_TERMS
from provkg.graph.canonical import is_ground, lines_of, normalised
from provkg.graph.following import record_iri
from provkg.graph.schema import ontology_version, shapes_digest
from provkg.graph.standing import Standing
from provkg.identity import Names
from provkg.ledger import Entry, Leaf
from provkg.ledger.leaf import LONGEST
from provkg.literals import date_time_text

DEFAULT_ENGINE: Final = "shifty"


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A record on its way in: what was `stated` comes to `triples`, both without what is withheld."""

    record: str
    type: str
    stated: tuple[Triple, ...]
    triples: tuple[Triple, ...]
    lines: tuple[str, ...]
    plain: tuple[str, ...]
    """The lines that say no more than what was sent: they stay the same when the graph gets terms of its own."""
    emitter: str
    project: str | None = None
    supersedes: tuple[str, ...] = ()
    closing: bool = False
    """Whether the runs that end in it have told all that they made."""
    withheld: tuple[Triple, ...] = ()
    """What was said, too, and must not be kept: a redaction stands. `lines` and `plain` speak of the whole record."""


@dataclass(frozen=True, kw_only=True)
class Admission(Verdict):
    """The verdict on a record that the graph keeps at `position`; a `duplicate` was there before and was not judged."""

    record: str
    position: int
    duplicate: bool = False


class Gates:
    """The gates of one graph, by level and engine, with what is sound of the graph's own shapes and terms."""

    def __init__(self, folder: Folder, names: Names) -> None:
        self._names = names
        self._folder = folder
        self.own = own_files(folder.own_shapes, folder.own_ontology)
        self._gates: dict[tuple[str, str], Gate] = {}
        self.digest = shapes_digest([*self.own.shapes, *self.own.ontology])
        self.standing: Standing | None = None
        """The redactions that stand; set by whoever holds the ledger."""

    def level(self, level: str | None, project: str | None) -> str:
        """Return the level that applies: the one asked for, the project's, or the graph's."""
        return level or self._folder.level_of(project)

    def gate(self, level: str, engine: str | None) -> Gate:
        """Return the gate of `level` and `engine`, made once."""
        key = (level, engine or DEFAULT_ENGINE)
        if key not in self._gates:
            self._gates[key] = Gate(key[0], engine=key[1], extensions=self.own.shapes)
        return self._gates[key]

    def judge(
        self,
        submission: Submission,
        known: Callable[[Submission, Gate], Iterable[Triple]],
        *,
        held: Callable[[str], bool],
        superseding: Callable[[str], Sequence[str]],
        level: str | None = None,
        engine: str | None = None,
    ) -> Verdict:
        """Return the verdict on a record; what cannot be a record at all does not get as far as the shapes.

        `held` tells whether the graph has a record of that id, `superseding` which records take one back.
        """
        verdict = self._judged(submission, known, held=held, superseding=superseding, level=level, engine=engine)
        if submission.withheld and not verdict.accepted:
            # What is withheld was said, and may be what is missed.
            told = replace(submission, triples=(*submission.triples, *submission.withheld))
            whole = self._judged(told, known, held=held, superseding=superseding, level=level, engine=engine)
            return whole if whole.accepted else verdict
        return verdict

    def _judged(
        self,
        submission: Submission,
        known: Callable[[Submission, Gate], Iterable[Triple]],
        *,
        held: Callable[[str], bool],
        superseding: Callable[[str], Sequence[str]],
        level: str | None,
        engine: str | None,
    ) -> Verdict:
        record = record_iri(submission.record, self._names)
        corrected = _corrected_already(submission, superseding, self._names)
        if problems := [*_envelope_problems(submission, record), *corrected, *self._of_acts(submission)]:
            return Verdict.of(problems)
        gate, triples = self.gate(self.level(level, submission.project), engine), submission.triples
        found = list(known(submission, gate))
        verdict = gate.check(triples, found, closing=submission.closing)
        told = [problem for problem in verdict.found if not self._excuses(problem)]
        return Verdict.of([*told, *_unheard_of(submission, record, held)])

    def _of_acts(self, submission: Submission) -> Iterable[Problem]:
        for earlier in submission.supersedes:
            if self.standing is not None and self.standing.is_act(earlier):
                message = f"Record {earlier} is an act upon the log, and stands; nothing supersedes it."
                yield _problem(record_iri(earlier, self._names), message, "Act")

    def _excuses(self, problem: Problem) -> bool:
        return self.standing is not None and self.standing.excuses(problem)

    def entry(self, submission: Submission, verdict: Verdict, *, level: str | None = None, **act: Any) -> Entry:
        """Return what the ledger keeps of a record that passed; of an `act`, its leaf says more."""
        return Entry(
            record=submission.record, type=submission.type, lines=submission.lines, schema=ontology_version(),
            level=self.level(level, submission.project), shapes=self.digest, warnings=len(verdict.warnings),
            emitter=submission.emitter, received=date_time_text(datetime.now(UTC)), project=submission.project,
            supersedes=submission.supersedes, withheld=frozenset(lines_of(submission.withheld)), **act,
        )  # fmt: skip


def submission(
    record: str | None,
    record_type: str,
    triples: Iterable[Triple],
    names: Names,
    *,
    emitter: str = "provkg",
    project: str | None = None,
    supersedes: Sequence[str] = (),
    closing: bool = False,
    terms: OwnTerms = NO_TERMS,
    standing: Standing | None = None,
) -> Submission:
    """Return `triples` as a record on its way in; without an id it gets one from its content.

    `terms` are the graph's own: what is said with them is also said in ours. `standing` are the redactions by which
    some of it must not be kept.
    """
    stated = tuple(triples)
    plain = _told(stated)
    said = _told(wider) if len(wider := terms.widened(stated)) > len(stated) else plain
    withheld = set() if standing is None else standing.withheld(said)
    return Submission(
        record=record or content_id(lines_of(plain), names), type=record_type,
        stated=without(stated, withheld), triples=without(said, withheld), withheld=tuple(withheld),
        lines=tuple(lines_of(said)), plain=tuple(lines_of(plain)), emitter=emitter, project=project,
        supersedes=tuple(supersedes), closing=closing,
    )  # fmt: skip


def without(said: Sequence[Triple], withheld: set[Triple]) -> tuple[Triple, ...]:
    """Return `said` without what is `withheld`, in whatever form it was sent."""
    if not withheld:
        return tuple(said)
    # What was sent may be written otherwise than it is kept: 1.0E0 for 1.
    forms = {each: _told([each]) if is_ground(each) else [each] for each in said}
    return tuple(each for each in said if withheld.isdisjoint(forms[each]))


def _told(stated: Iterable[Triple]) -> list[Triple]:
    said = list(stated)
    # The store that normalises would name blank nodes anew each time: they are refused under the names they have.
    return normalised(closed(said)) if all(map(is_ground, said)) else said


def content_id(lines: Iterable[str], names: Names) -> str:
    """Return the id of a record that came without one: the same content has the same id in one graph."""
    text = "".join(f"{line}\n" for line in sorted(lines))
    return hmac.new(names.salt, text.encode(), sha256).hexdigest()


def _envelope_problems(submission: Submission, record: NamedNode) -> Iterable[Problem]:
    if not submission.triples:
        yield _problem(record, "The record says nothing; state at least one thing in it.", "MinCount")
    if submission.record in submission.supersedes:
        # It would be kept and take itself back: nobody would ever see what it says.
        yield _problem(record, "A record does not supersede itself; name the record that it corrects.", "Disjoint")
    if (length := _leaf_bytes(submission)) > LONGEST:
        message = f"Its leaf in the log would have {length:,} bytes, and {LONGEST:,} is the most; name fewer at a time."
        yield _problem(record, message, "MaxLength")
    for triple in submission.triples:
        if not is_ground(triple):
            yield _problem(triple.subject, f"{_unnamed(triple)}: {triple}", "NodeKind")
        if triple.predicate == vocabulary.dependsOn:
            message = f"provkg derives pvk:dependsOn itself; say what it follows from, as prov:wasDerivedFrom: {triple}"
            yield _problem(triple.subject, message, "MaxCount")


def _leaf_bytes(submission: Submission) -> int:
    """Return how long the leaf of a record gets at most: what is not known yet has a width that it does not exceed."""
    digest, statements = "0" * 64, len(submission.lines) + len(submission.withheld)
    leaf = Leaf(
        record=submission.record, type=submission.type, schema=ontology_version(), level=max(LEVELS, key=len),
        shapes=digest, warnings=sys.maxsize, emitter=submission.emitter, received=date_time_text(datetime.now(UTC)),
        project=submission.project, supersedes=submission.supersedes, statements=statements, root=digest,
        withholds=((statements, statements),) * len(submission.withheld) or None,
    )  # fmt: skip
    return len(leaf.to_bytes())


def _unheard_of(submission: Submission, record: NamedNode, held: Callable[[str], bool]) -> Iterable[Problem]:
    for earlier in submission.supersedes:
        if not held(earlier):
            message = (
                f"It supersedes record {earlier}, which the graph does not have. If that comes later, it is taken back "
                "at once; if the id is misspelt, what was to be corrected still stands."
            )
            yield _problem(record, message, "Described", severity="warning")


def _corrected_already(
    submission: Submission, superseding: Callable[[str], Sequence[str]], names: Names
) -> Iterable[Problem]:
    """Yield a problem for each record that it takes back beside another correction (rule X41)."""
    for earlier in submission.supersedes:
        for other in _corrections(earlier, set(submission.supersedes), superseding):
            message = f"It was superseded already, by record {other}; send one correction that supersedes both."
            yield Problem(
                record_iri(earlier, names).value, RULES_NAMESPACE + "X41", "X41", None, None, message, "violation"
            )


def _corrections(record: str, named: set[str], superseding: Callable[[str], Sequence[str]]) -> Iterable[str]:
    """Yield the live records that take back `record`, directly or over others, and are not `named`."""
    for other in superseding(record):
        if other not in named:
            later = superseding(other)
            yield from _corrections(other, named, superseding) if later else (other,)


def _unnamed(triple: Triple) -> str:
    if isinstance(triple.object, Triple):
        return "Statements about statements are not kept; state it of a thing with an IRI"
    return "Blank nodes have no identity across records; give each an IRI"


def _problem(focus: object, message: str, constraint: str, severity: Severity = "violation") -> Problem:
    name = focus.value if isinstance(focus, NamedNode) else str(focus)
    shape = vocabulary.NAMESPACES["pvk"].rstrip("#") + "/shapes#Record"
    return Problem(name, shape, constraint, None, None, message, severity)
