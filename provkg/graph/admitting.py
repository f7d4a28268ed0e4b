"""The way in: a record's statements are closed and put into canonical form, judged, and made an entry of the ledger."""

import hmac
import sys
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from pyoxigraph import NamedNode, Triple

from provkg import vocabulary
from provkg.entailment import closed, unqualified
from provkg.folder import LEVELS, Folder
from provkg.gate import Gate, OwnTerms, Problem, Question, Severity, Verdict, own_files
from provkg.gate.impossible import RULES_NAMESPACE
from provkg.gate.own_terms import NO_TERMS
from provkg.graph.canonical import is_ground, lines_of, normalised
from provkg.graph.following import record_iri
from provkg.graph.schema import ontology_version, shapes_digest
from provkg.graph.standing import Standing
from provkg.identity import Names
from provkg.index import Index, asked_onward, between
from provkg.ledger import Entry, Leaf
from provkg.ledger.leaf import LONGEST
from provkg.literals import date_time_text

DEFAULT_ENGINE: Final = "shifty"
OF_PRESENCE: Final = frozenset({"MinCount", "QualifiedMinCount"})


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


@dataclass
class Waiting:
    """Records that passed the gate and are not in the ledger yet; later ones are judged as if they were."""

    entries: list[Entry] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    said: dict[object, dict[Triple, None]] = field(default_factory=dict)
    pointing: dict[tuple[object, object], list[Triple]] = field(default_factory=dict)
    leading: dict[object, list[Triple]] = field(default_factory=dict)
    """Who names a qualified relation, by that relation."""

    def add(self, submission: Submission, entry: Entry, backwards: Collection[NamedNode] = ()) -> None:
        """Put a judged record in the queue; `backwards` are the properties by which later ones ask who says them."""
        self.entries.append(entry)
        self.ids.add(submission.record)
        for triple in submission.triples:
            if triple.predicate not in vocabulary.REVERSED:
                self.said.setdefault(triple.subject, {})[triple] = None
            if triple.predicate in backwards:
                self.pointing.setdefault((triple.predicate, triple.object), []).append(triple)
            if triple.predicate in vocabulary.UNQUALIFIED:
                self.leading.setdefault(triple.object, []).append(triple)

    def completed(
        self,
        sent: Submission,
        index: Index,
        withdrawn: Callable[[Submission], Collection[Triple]],
        standing: Standing | None = None,
    ) -> Submission:
        """Return `sent` with what follows where others say the rest of a qualified relation of which it says a part.

        It is judged as if it said all that alone: of two that do not fit together, the second is refused. `withdrawn`
        tells what is taken back with it. A part by which something would follow that was redacted is withheld.
        """
        nodes = between(sent.triples)
        if not nodes:
            return sent
        gone = withdrawn(sent)
        parts = (part for node in nodes for part in (*self._parts(node), *index.parts(node)) if part not in gone)
        told = [*sent.triples, *parts]
        follows = unqualified(told)
        if standing is not None and (withheld := _closed_over(sent, told, standing)):
            kept = replace(
                sent, stated=_without(sent.stated, withheld), triples=_without(sent.triples, withheld),
                withheld=(*sent.withheld, *withheld),
            )  # fmt: skip
            return self.completed(kept, index, withdrawn, standing)
        fresh = (each for each in follows if each in gone or not (self._says(each) or index.says(each)))
        return replace(sent, triples=tuple(dict.fromkeys([*sent.triples, *fresh])))

    def known(self, sent: Submission, gate: Gate, index: Index) -> list[Triple]:
        """Return what `gate` has to know to judge a record, from the index and from what will be in it soon."""
        triples, onward = sent.triples, gate.onward
        described = {triple.subject for triple in triples if triple.predicate not in vocabulary.REVERSED}
        soon = [triple for node in described for triple in self.said.get(node, ())]
        known = soon + index.known([*triples, *soon], onward)
        referring = [triple for triple in (*triples, *known) if triple.object not in described]
        telling = {(triple.object, each) for triple in referring for each in (vocabulary.rdf_type, vocabulary.sha256)}
        for node, predicate in telling | asked_onward(referring, onward):
            known += [triple for triple in self.said.get(node, ()) if triple.predicate == predicate]
        for asked in gate.questions(triples, closing=sent.closing):
            known += self._answers(asked, index)
        return list(dict.fromkeys(known))

    def _says(self, triple: Triple) -> bool:
        return triple in self.said.get(triple.subject, ())

    def _parts(self, node: object) -> list[Triple]:
        return [*self.leading.get(node, ()), *(said for said in self.said.get(node, ()) if between([said]) == {node})]

    def _answers(self, asked: Question, index: Index) -> list[Triple]:
        soon = self.pointing.get((asked.predicate, asked.node), [])
        if asked.every or not soon:
            soon = soon + index.pointing_at(asked.node, asked.predicate, most=None if asked.every else 1)
        types = [t for each in soon for t in self.said.get(each.subject, ()) if t.predicate == vocabulary.rdf_type]
        return soon + (types if asked.every else [])


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
        standing = self.standing
        return (
            standing is not None and problem.constraint in OF_PRESENCE and standing.excuses(problem.focus, problem.path)
        )

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
        stated=_without(stated, withheld), triples=_without(said, withheld), withheld=tuple(withheld),
        lines=tuple(lines_of(said)), plain=tuple(lines_of(plain)), emitter=emitter, project=project,
        supersedes=tuple(supersedes), closing=closing,
    )  # fmt: skip


def _without(said: Sequence[Triple], withheld: set[Triple]) -> tuple[Triple, ...]:
    if not withheld:
        return tuple(said)
    # What was sent may be written otherwise than it is kept: 1.0E0 for 1.
    forms = {each: _told([each]) if is_ground(each) else [each] for each in said}
    return tuple(each for each in said if withheld.isdisjoint(forms[each]))


def _closed_over(sent: Submission, told: Sequence[Triple], standing: Standing) -> set[Triple]:
    """Return the parts of qualified relations in `sent` from which, with those `told`, a redacted statement follows."""
    follows = unqualified(told)
    withheld = standing.withheld([*told, *follows])
    if said := withheld.intersection(sent.triples):
        return said
    # Others may have said with what, of something that is not closed: then it is not to be said of this.
    steps = [part for part in told if part.predicate not in vocabulary.UNQUALIFIED]
    leading = (part for part in sent.triples if part.predicate in vocabulary.UNQUALIFIED)
    return {part for part in leading if withheld and not withheld.isdisjoint(unqualified([part, *steps]))}


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
    digest = "0" * 64
    leaf = Leaf(
        record=submission.record, type=submission.type, schema=ontology_version(), level=max(LEVELS, key=len),
        shapes=digest, warnings=sys.maxsize, emitter=submission.emitter, received=date_time_text(datetime.now(UTC)),
        project=submission.project, supersedes=submission.supersedes, statements=len(submission.lines), root=digest,
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
