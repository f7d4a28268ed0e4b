"""Judging ahead: several processes judge, and every verdict is the one that the records before it lead to.

A record is judged by what is known, and that is also what records before it say which have no verdict yet. They are
taken for accepted, as nearly all are; where one is not, what was judged by its words is judged again. Whatever needs
more than that, and whatever another process could not do, waits until it is the first and is taken as ever.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final

from pyoxigraph import Triple

from provkg.capture.spool import Outcome, SpoolFile
from provkg.gate import Gate
from provkg.graph.admitting import Submission
from provkg.graph.canonical import lines_of, triples_of
from provkg.graph.intake import Intake, stands_alone, tells_all
from provkg.graph.workers import Worker, Workers
from provkg.index import between
from provkg.ledger import Sealed
from provkg.records import Record

BATCH: Final = 8
"""Records that go to a process together."""
WINDOW: Final = 96
"""Records that are under way at once."""


@dataclass
class Item:
    """One record on its way; `sent` and `known` come first, then what was `judged`."""

    number: int
    file: SpoolFile
    record: Record
    worker: Worker | None
    sent: Submission | None = None
    known: frozenset[Triple] = frozenset()
    judged: list[Any] | None = None
    earlier: Outcome | None = None
    alone: bool = False
    """Whether it has to be taken without help, once it is the first."""

    @property
    def decided(self) -> bool:
        """Whether it waits for nothing but its turn."""
        return self.alone or self.earlier is not None or self.judged is not None


@dataclass
class Ahead:
    """The records under way, in order: the first `looked` of them have been looked up and are being judged."""

    intake: Intake
    workers: Workers
    items: deque[Item] = field(default_factory=deque)
    looked: int = 0
    _numbered: int = 0
    _by_number: dict[int, Item] = field(default_factory=dict)
    _batch: list[Item] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        """Whether there is a process that helps."""
        self._receive(wait_for_one=False)
        return bool(self.workers.ready)

    def put(self, file: SpoolFile, record: Record) -> None:
        """Take a record in, and some that came before it to their end."""
        self._numbered += 1
        helped = stands_alone(record)
        item = Item(self._numbered, file, record, None, alone=not helped)
        self.items.append(item)
        if helped:
            self._batch.append(item)
            if len(self._batch) >= BATCH:
                self._hand_out()
        self._advance()
        while len(self.items) >= WINDOW:
            self._go_on()

    def finish(self) -> None:
        """Take all that is under way to its end."""
        self._hand_out()
        self._advance()
        while self.items:
            self._go_on()

    def _go_on(self) -> None:
        self._hand_out()
        self._receive(wait_for_one=bool(self._by_number))
        self._advance()

    def _hand_out(self) -> None:
        """Give the records of the batch to the process that has the fewest."""
        batch, self._batch = self._batch, []
        there = self.workers.ready
        if not batch or not there:
            for item in batch:
                item.alone = True
            return
        worker = min(there, key=lambda each: len(each.numbers))
        for item in batch:
            item.worker = worker
            self._by_number[item.number] = item
            worker.numbers.add(item.number)
        worker.send("compose", [[each.number, each.file.emitter, each.record.to_json()] for each in batch])

    def _receive(self, *, wait_for_one: bool) -> None:
        for worker, answer in self.workers.answers(wait_for_one=wait_for_one):
            for number, *said in answer.get("composed", ()):
                self._compose(worker, number, said)
            for number, *said in answer.get("judged", ()):
                if (item := self._let_go(worker, number)) is not None:
                    item.judged = said
        for worker in self.workers.gone:
            for number in list(worker.numbers):
                self._give_up(worker, number)

    def _compose(self, worker: Worker, number: int, said: list[Any]) -> None:
        if not said:
            self._give_up(worker, number)
        elif (item := self._by_number.get(number)) is not None:
            record, (lines, plain) = item.record, said
            item.sent = Submission(
                record=record.id, type=record.type, stated=(), triples=tuple(triples_of(lines)), lines=tuple(lines),
                plain=tuple(lines if plain is None else plain), emitter=item.file.emitter, project=record.project,
                closing=tells_all(record),
            )  # fmt: skip

    def _give_up(self, worker: Worker, number: int) -> None:
        """Leave a record to this process."""
        if (item := self._let_go(worker, number)) is not None:
            item.alone = True

    def _let_go(self, worker: Worker, number: int) -> Item | None:
        worker.numbers.discard(number)
        return self._by_number.pop(number, None)

    def _advance(self) -> None:
        """Look up what can be looked up, end what is decided, and again while the one lets the other go on."""
        while self._look_up() or self._end():
            pass

    def _look_up(self) -> bool:
        asked: dict[int, tuple[Worker, list[Any]]] = {}
        before = self.looked
        while self.looked < len(self.items) and self._may_look(item := self.items[self.looked]):
            self.looked += 1
            if (known := self._lookup(item)) is not None and item.worker is not None:
                asked.setdefault(id(item.worker), (item.worker, []))[1].append([item.number, known])
        for worker, items in asked.values():
            worker.send("judge", items)
        return self.looked > before

    def _may_look(self, item: Item) -> bool:
        # What an earlier one says is known when that has been made into statements, or is through.
        if item.sent is None or item.alone or self.intake.has(item.record.id):
            return False
        # What follows from it and what others say of the same qualified relation, the other process has not judged.
        item.alone = self.intake.completed(item.sent).triples != item.sent.triples
        return not item.alone

    def _lookup(self, item: Item) -> list[str] | None:
        """Return what is known for judging `item`, which now counts as accepted; `None`: it needs no verdict."""
        sent = item.sent
        assert sent is not None  # noqa: S101 - `_may_look` saw to it
        item.earlier = self.intake.earlier(sent)
        if item.earlier is not None:
            return None
        gate = self._gate(sent)
        known = self.intake.known(sent, gate)
        item.known = frozenset(known)
        self.intake.expect(sent, gate)
        return lines_of(known)

    def _gate(self, sent: Submission) -> Gate:
        gates = self.intake.gates
        return gates.gate(gates.level(None, sent.project), None)

    def _end(self) -> bool:
        """End the first record, if it is decided."""
        if not self.items:
            return False
        item = self.items[0]
        if not self.looked:
            if not item.alone and not (item.sent is not None and self.intake.has(item.record.id)):
                return False
            self.items.popleft()
            self._drop(item)
            self.intake.take(item.file, item.record)
            return True
        if not item.decided:
            return False
        self.items.popleft()
        self.looked -= 1
        self._conclude(item)
        return True

    def _conclude(self, item: Item) -> None:
        sent = item.sent
        assert sent is not None  # noqa: S101 - it was looked up
        if item.earlier is not None:
            self._drop(item)
            self.intake.note(item.file, item.earlier)
        elif item.judged and not item.alone:
            leaf, secret, lines, warnings, messages = item.judged
            made = Sealed(sent.record, (), leaf.encode(), bytes.fromhex(secret), tuple(lines))
            outcome = Outcome(sent.record, "stored", 0, warnings, tuple(messages))
            self.intake.keep(item.file, sent, made, outcome)
        else:
            self._take_again(item, sent)

    def _take_again(self, item: Item, sent: Submission) -> None:
        """Judge a record here, as it stands among those before it; those after it are judged again if it matters."""
        self._drop(item)
        later = [each for each in list(self.items)[: self.looked] if each.earlier is None and each.sent is not None]
        for each in (item, *later):
            if each.sent is not None:
                self.intake.unexpect(each.sent)
        self.intake.take(item.file, item.record)
        refused = not self.intake.has_accepted(sent.record)
        said = set(sent.triples) if refused else set()
        for each in later:
            if each.sent is not None:
                self.intake.expect(each.sent, self._gate(each.sent))
                each.alone |= refused and (not said.isdisjoint(each.known) or bool(between(each.sent.triples)))

    def _drop(self, item: Item) -> None:
        """Tell its process that a record is not to be judged there."""
        worker = item.worker
        if worker is not None and item.number in worker.numbers:
            self._let_go(worker, item.number)
            worker.send("judge", [[item.number, None]])
