"""In words: what became of the records of a process."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

from provkg.capture.spool.verdicts import Outcome
from provkg.folder import SETTINGS_FILE


def account(
    records: Sequence[str], known: dict[str, Outcome], store: Path, spool: Path, *, lost: int = 0, gone: bool = False
) -> str:
    """Return the line that says what became of `records`; empty when there is nothing to say.

    `gone` says that the spool file was deleted while the process ran.
    """
    outcomes = [known[record] for record in records if record in known]
    kept = [outcome for outcome in outcomes if outcome.kept]
    refused, lacking = len(outcomes) - len(kept), sum(outcome.warnings > 0 for outcome in kept)
    said = [f"{_counted(len(kept), 'record')} kept in {store}"] if outcomes else []
    if refused:
        said.append(f"{refused:,} refused")
    if lacking:
        said.append(f"{lacking:,} {'misses' if lacking == 1 else 'miss'} what `standard` asks")
    if waiting := len(records) - len(outcomes):
        said.append(_deleted(waiting, store, spool) if gone else _waiting(waiting, store, spool))
    if lost:
        said.append(f"{_counted(lost, 'event')} lost because the spool could not be written")
    commands = [name for name, some in (("doctor", refused), ("missing", lacking)) if some]
    listing = "; list them: " + ", ".join(f"provkg {name} --store {store}" for name in commands) if commands else ""
    return f"provkg: {', '.join(said)}{listing}" if said else ""


def _waiting(number: int, store: Path, spool: Path) -> str:
    wait = "waits" if number == 1 else "wait"
    return f"{_counted(number, 'record')} {wait} in {spool} (take in: {taking_in(store, spool)})"


def _deleted(number: int, store: Path, spool: Path) -> str:
    if not store.exists():
        return f"{_counted(number, 'record')} lost with {store}, which was deleted while this process ran"
    return (
        f"the spool file of {_counted(number, 'record')} in {spool} was deleted while this process ran; "
        "those that no sync had taken in are lost"
    )


def taking_in(store: Path, spool: Path) -> str:
    """Return the command that takes what waits in `spool` into the graph at `store`, or one yet to be named."""
    if spool == store / "spool":
        return f"provkg sync --store {shlex.quote(str(store))}"
    folder = shlex.quote(str(store)) if (store / SETTINGS_FILE).is_file() else "FOLDER"
    return f"PROVKG_SPOOL={shlex.quote(str(spool.absolute()))} provkg sync --store {folder}"


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
