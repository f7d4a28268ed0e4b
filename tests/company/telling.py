"""How the generated records of the company say when something ran, who was behind it and what it ran with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

TEAMS = {"ada": "scoring", "ben": "scoring", "chen": "scoring", "dora": "letters", "emil": "letters"}


@dataclass(frozen=True)
class Setting:
    """The environment, code and library that a team works with for a while."""

    team: str
    code: str
    library: str

    @property
    def framework(self) -> str:
        """The name of the library without its version."""
        return self.library.partition("@")[0]


SOFTWARE = {
    "scoring-2026-01": Setting("scoring", "scoring-1", "scikit-learn@1.5.2"),
    "scoring-2026-04": Setting("scoring", "scoring-2", "scikit-learn@1.6.1"),
    "letters-gpu": Setting("letters", "letters-1", "torch@2.6.0"),
}


def at(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """Return a moment of 2026."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def title(sentence: str, record_type: str, who: str) -> str:
    """Return the head of a record that `who` wrote."""
    team = TEAMS[who]
    return f"# {sentence}\n# record type: {record_type}\n# emitter: svc-{team}\n# project: {team}"


def ran(started: datetime, seconds: float, who: str, setting: str) -> str:
    """Tell when a run that succeeded began and ended, who was behind it, with which code, where."""
    software = SOFTWARE[setting]
    return (
        f"prov:startedAtTime {moment(started)} ; prov:endedAtTime {moment(started + timedelta(seconds=seconds))} ; "
        f"pvk:durationSeconds {float(seconds)}e0 ; pvk:runStatus pvk:RunStatus-succeeded ; "
        f"pvk:triggeredBy <agent/{who}> ; pvk:executedBy <agent/svc-{software.team}> ; pvk:responsibleAgent <agent/{who}> ; "
        f"pvk:triggerKind pvk:TriggerKind-manual ; pvk:usedCode <source-revision/{software.code}> ; "
        f"pvk:entryPoint '{software.team}.py' ; pvk:ranIn <environment/{setting}> ; pvk:ranOn <compute-node/{software.team}> ; "
        f"pvk:usedLibrary <pkg:pypi/{software.library}> ;"
    )


def moment(time: datetime) -> str:
    """Return a time in Turtle, whole seconds without a fraction."""
    return f'"{time.isoformat().replace("+00:00", "Z")}"^^xsd:dateTime'
