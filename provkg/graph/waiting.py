"""What is known when a record is judged: by the index, and by those that passed the gate and are not in it yet."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Final

from pyoxigraph import NamedNode, Triple

from provkg import vocabulary
from provkg.entailment import unqualified
from provkg.gate import Gate, Question
from provkg.graph.admitting import Submission, without
from provkg.graph.standing import Standing
from provkg.index import STEPS, Index, asked_onward, between

TELLING: Final = frozenset({vocabulary.rdf_type, vocabulary.sha256})
"""What is told of a node that a record only refers to, beside what its shapes ask for."""


class Waiting:
    """What records say that were accepted and that the index does not show: later ones are judged as if it did."""

    def __init__(self) -> None:
        self._said: dict[object, dict[Triple, int]] = defaultdict(dict)
        """By subject; with how many records say each."""
        self._pointing: dict[tuple[NamedNode, object], list[Triple]] = defaultdict(list)
        self._leading: dict[object, list[Triple]] = defaultdict(list)
        """Who names a qualified relation, by that relation."""
        self.records = 0

    def add(self, submission: Submission, gate: Gate) -> None:
        """Take in what a record says; `gate` knows by which properties later ones ask who says them."""
        self.records += 1
        backwards = gate.backwards
        for triple in submission.triples:
            predicate = triple.predicate
            if predicate not in vocabulary.REVERSED:
                said = self._said[triple.subject]
                said[triple] = said.get(triple, 0) + 1
            if predicate in backwards:
                self._pointing[predicate, triple.object].append(triple)
            if predicate in vocabulary.UNQUALIFIED:
                self._leading[triple.object].append(triple)

    def remove(self, submission: Submission, gate: Gate) -> None:
        """Take out what `add` took in."""
        self.records -= 1
        backwards = gate.backwards
        for triple in submission.triples:
            predicate = triple.predicate
            if predicate not in vocabulary.REVERSED:
                said = self._said[triple.subject]
                said[triple] -= 1
                if not said[triple]:
                    del said[triple]
            if predicate in backwards:
                self._pointing[predicate, triple.object].remove(triple)
            if predicate in vocabulary.UNQUALIFIED:
                self._leading[triple.object].remove(triple)

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
        soon = [triple for node in described for triple in self._about(node)]
        known = soon + index.known([*triples, *soon], onward)
        if self.records:
            referring = [triple for triple in (*triples, *known) if triple.object not in described]
            for told in {triple.object for triple in referring} & self._said.keys():
                known += [triple for triple in self._said[told] if triple.predicate in TELLING]
            for node, predicate in asked_onward(referring, onward):
                known += [triple for triple in self._about(node) if triple.predicate == predicate]
        for question in gate.questions(triples, closing=sent.closing):
            known += self._answers(question, index)
        return list(dict.fromkeys(known))

    def _about(self, node: object) -> Collection[Triple]:
        return self._said.get(node, ())

    def _says(self, triple: Triple) -> bool:
        return triple in self._about(triple.subject)

    def _parts(self, node: object, index: Index, sent: Submission) -> list[Triple]:
        soon = [said for said in self._about(node) if said.predicate in STEPS]
        return [*self._leading.get(node, ()), *soon, *index.parts(node, (*sent.triples, *soon))]

    def _answers(self, asked: Question, index: Index) -> list[Triple]:
        soon = self._pointing.get((asked.predicate, asked.node), [])
        if asked.every or not soon:
            soon = soon + index.pointing_at(asked.node, asked.predicate, most=None if asked.every else 1)
        types = [t for each in soon for t in self._about(each.subject) if t.predicate == vocabulary.rdf_type]
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
