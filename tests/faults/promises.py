"""What was promised in a scene: the records and points whose calls returned, and what was said to be kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from provkg.records import OPENED, Record, TrainingRun
from tests.faults.telling import Said


@dataclass(frozen=True)
class Meant:
    """What a record is to say; one that is `measured` says more, namely the points that were logged apart from it."""

    record: Record
    measured: bool


@dataclass
class Promises:
    """What has to be in the ledger once everything is mended.

    `records` and `points` tell when their call returned; `stored` and `refused` are the ids of which a verdict was
    told, `meant` is what a record of an id is to say, `unanswered` what calls were to say that did not return: it may
    be there or not. `failures` is what nobody should ever see.
    """

    records: dict[str, float] = field(default_factory=dict)
    points: dict[float, float] = field(default_factory=dict)
    stored: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    meant: dict[str, Meant] = field(default_factory=dict)
    unanswered: list[Meant] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    _waiting: dict[int, list[str]] = field(default_factory=dict)
    _waiting_points: dict[int, list[float]] = field(default_factory=dict)

    @classmethod
    def of(cls, told: Iterable[Said]) -> Promises:
        """Return what `told` comes to."""
        made, asked = cls(), dict[str, Meant]()
        for said in told:
            made._take(said, asked)
        made.unanswered = list(asked.values())
        return made

    def _take(self, said: Said, asked: dict[str, Meant]) -> None:
        facts = said.facts
        match said.what:
            case "says":
                asked[facts["ordinal"]] = Meant(Record.from_json(facts["record"]), facts.get("measured", False))
            case "acknowledged" | "kept":
                record = facts["record"]
                self.meant[record] = asked.pop(facts["ordinal"])
                # What waits in memory for room on the disk was told to be in danger; it counts when all has found room.
                if facts.get("waiting"):
                    self._waiting.setdefault(said.pid, []).append(record)
                else:
                    self.records[record] = said.at
                if said.what == "kept":
                    self.stored.add(record)
            case "point" if not facts["waiting"]:
                self.points[facts["value"]] = said.at
            case "point":
                self._waiting_points.setdefault(said.pid, []).append(facts["value"])
            case "ended" if not facts["waiting"]:
                self.records.update(dict.fromkeys(self._waiting.pop(said.pid, ()), said.at))
                self.points.update(dict.fromkeys(self._waiting_points.pop(said.pid, ()), said.at))
            case "verdict":
                self._judged(facts["record"], facts["verdict"], facts["messages"])
            case "traceback":
                self.failures.append(facts["text"])
            case "stderr" if "Traceback" in facts["text"]:
                self.failures.append(facts["text"])
            case "trouble" if facts["kind"] == "LedgerBroken":
                self.failures.append(f"a disk that failed was called a broken ledger: {facts['text']}")
            case _:
                pass

    def _judged(self, record: str, verdict: str, messages: Sequence[str]) -> None:
        if verdict in {"stored", "duplicate"}:
            self.stored.add(record)
        elif verdict == "rejected":
            self.refused.add(record)
        else:
            self.failures.append(f"{record}: {verdict}: {' '.join(messages)}")

    def before(self, moment: float) -> Promises:
        """Return what was promised by calls that returned before `moment`, and all that was said to be stored."""
        records = {record: at for record, at in self.records.items() if at < moment or record in self.stored}
        points = {value: at for value, at in self.points.items() if at < moment}
        return replace(self, records=records, points=points)

    def told(self, record: str) -> str:
        """Return what was told of a record."""
        if record in self.stored:
            return "stored"
        return "refused, to be kept for repair" if record in self.refused else "acknowledged"

    def refusable(self, record: str) -> bool:
        """Whether a record was made to be refused: a training that nobody triggered."""
        if record not in self.meant:
            return False
        meant = self.meant[record].record
        said = meant.descriptions[0]
        return meant.type != OPENED and isinstance(said, TrainingRun) and said.triggered_by is None
