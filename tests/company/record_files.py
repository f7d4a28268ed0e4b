"""The records of the company: Turtle files without prefix lines, whose head says what a ledger keeps beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path

from pyoxigraph import Literal, RdfFormat, Store, Triple

from provkg import vocabulary as v
from tests.company import preparing, sweeps

FOLDER = Path(__file__).parent
BASE = "https://harbour.example/kg/"
NAMESPACES = {**v.NAMESPACES, "odrl": "http://www.w3.org/ns/odrl/2/"}
PREFIXES = f"@base <{BASE}> .\n" + "".join(f"@prefix {p}: <{n}> .\n" for p, n in NAMESPACES.items())
OPENING = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
HAPPENED = {v.prov_startedAtTime, v.prov_endedAtTime, v.prov_generatedAtTime, v.prov_invalidatedAtTime, v.detectedAt}
HEAD = re.compile(r"^# (record type|recorded at|emitter|project|supersedes): (.+)$", re.MULTILINE)
DIGEST = re.compile(r'"digest of ([^"\n]+)"')


@dataclass(frozen=True)
class CompanyRecord:
    """One record; `triples` are as its file states them, `recorded_at` is when the ledger received it."""

    name: str
    type: str
    recorded_at: datetime
    emitter: str
    project: str | None
    supersedes: tuple[str, ...]
    triples: tuple[Triple, ...]


@cache
def records() -> tuple[CompanyRecord, ...]:
    """Return the records in the order in which the ledger received them."""
    files = sorted(FOLDER.glob("[0-9]*.ttl"))
    assert files, f"{FOLDER} holds no records"
    texts = {file.stem: file.read_text("utf-8") for file in files}
    generated = {**preparing.records(), **sweeps.records()}
    assert not texts.keys() & generated.keys()
    found = [_record(name, text) for name, text in {**texts, **generated}.items()]
    return tuple(sorted(found, key=lambda record: (record.recorded_at, record.name)))


def digested(text: str) -> str:
    """Return `text` with each `"digest of NAME"` as a digest, which differs from that of every other name."""
    return DIGEST.sub(lambda found: f'"{sha256(found[1].encode()).hexdigest()}"', text)


def _record(name: str, text: str) -> CompanyRecord:
    try:
        said = Store()
        # As a store writes literals: numbers in one form.
        said.load(PREFIXES + digested(text), format=RdfFormat.TURTLE)
    except SyntaxError as wrong:
        raise AssertionError(f"{name}: {wrong}") from wrong
    triples = tuple(sorted((quad.triple for quad in said), key=str))
    head = dict(HEAD.findall(text))
    assert "record type" in head, f"{name} says no record type"
    told = datetime.fromisoformat(head["recorded at"]) if "recorded at" in head else _a_minute_after(triples)
    superseded = tuple(head.get("supersedes", "").split())
    emitter, project = head.get("emitter", "provkg"), head.get("project")
    return CompanyRecord(name, head["record type"], told, emitter, project, superseded, triples)


def _a_minute_after(triples: tuple[Triple, ...]) -> datetime:
    said = [triple.object for triple in triples if triple.predicate in HAPPENED]
    times = [datetime.fromisoformat(time.value) for time in said if isinstance(time, Literal)]
    return max(times, default=OPENING) + timedelta(minutes=1)
