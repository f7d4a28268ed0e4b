"""What is known when a record is judged: by the index, and by those that passed the gate and are not in it yet."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

from pyoxigraph import NamedNode, Triple

from provkg import vocabulary
from provkg.entailment import unqualified
from provkg.gate import Gate, Question
from provkg.graph.admitting import Submission, without
from provkg.graph.standing import Standing
from provkg.index import STEPS, Index, asked_onward, between
from provkg.ledger import Entry


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
        parts = [part for node in nodes for part in self._parts(node, index, sent) if part not in gone]
        told = [*sent.triples, *parts]
        follows = unqualified(told)
        if standing is not None and (withheld := _closed_over(sent, told, standing)):
            kept = replace(
                sent, stated=without(sent.stated, withheld), triples=without(sent.triples, withheld),
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

    def _parts(self, node: object, index: Index, sent: Submission) -> list[Triple]:
        soon = [said for said in self.said.get(node, ()) if said.predicate in STEPS]
        return [*self.leading.get(node, ()), *soon, *index.parts(node, (*sent.triples, *soon))]

    def _answers(self, asked: Question, index: Index) -> list[Triple]:
        soon = self.pointing.get((asked.predicate, asked.node), [])
        if asked.every or not soon:
            soon = soon + index.pointing_at(asked.node, asked.predicate, most=None if asked.every else 1)
        types = [t for each in soon for t in self.said.get(each.subject, ()) if t.predicate == vocabulary.rdf_type]
        return soon + (types if asked.every else [])


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
