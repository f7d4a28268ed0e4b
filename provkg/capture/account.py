"""In words: what became of the records of a process."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from provkg.capture.spool.verdicts import Outcome


def account(records: Sequence[str], known: dict[str, Outcome], store: Path, spool: Path, *, lost: int = 0) -> str:
    """Return the line that says what became of `records`; empty when there is nothing to say."""
    outcomes = [known[record] for record in records if record in known]
    kept = [outcome for outcome in outcomes if outcome.kept]
    refused, lacking = len(outcomes) - len(kept), sum(outcome.warnings > 0 for outcome in kept)
    said = [f"{_counted(len(kept), 'record')} kept in {store}"] if outcomes else []
    if refused:
        said.append(f"{refused:,} refused")
    if lacking:
        said.append(f"{lacking:,} {'misses' if lacking == 1 else 'miss'} what level `standard` asks")
    if waiting := len(records) - len(outcomes):
        wait = "waits" if waiting == 1 else "wait"
        said.append(f"{_counted(waiting, 'record')} {wait} in {spool} (take in: provkg sync --store {store})")
    if lost:
        said.append(f"{_counted(lost, 'event')} lost because the spool could not be written")
    commands = [name for name, some in (("doctor", refused), ("check", lacking)) if some]
    listing = "; list them: " + ", ".join(f"provkg {name} --store {store}" for name in commands) if commands else ""
    return f"provkg: {', '.join(said)}{listing}" if said else ""


def sentences(refused: Iterable[Outcome], store: Path) -> list[str]:
    """Return what was wrong with refused records, one sentence each."""
    return [
        sentence
        for outcome in refused
        for sentence in outcome.messages
        or (f"record {outcome.record} is refused ({outcome.verdict}); see: provkg doctor --store {store}",)
    ]


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
