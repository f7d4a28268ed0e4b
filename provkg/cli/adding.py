"""The command that adds records from RDF files: itself, or through the spool when another process holds the graph."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

import click

from provkg.cli.holding import drain, held, tell
from provkg.cli.options import (
    TEXT,
    engine_option,
    example,
    level_option,
    rdf_format_option,
    skolemize_option,
    store_option,
    wait_option,
)
from provkg.cli.rdf_input import rdf_files
from provkg.errors import BadParameter, GraphHeld, IncompleteRecord, RecordConflict
from provkg.folder import Folder

if TYPE_CHECKING:
    from provkg.capture.spool import Outcome
    from provkg.capture.spool.verdicts import Fate
    from provkg.exchange.rdf import NamedRecord
    from provkg.graph import KnowledgeGraph
    from provkg.records import Record

DRAIN_SECONDS: Final = 1.0
_CONTENT_ID: Final = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Judging:
    """How the records of one call ask to be judged."""

    project: str | None
    level: str | None
    engine: str | None
    supersedes: tuple[str, ...] = ()


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@store_option
@rdf_format_option
@skolemize_option
@level_option(None, "What the records must say; the graph's own level unless given.")
@engine_option
@click.option(
    "--supersedes", multiple=True, type=TEXT, metavar="RECORD", help="The id of a record that this one takes back."
)
@click.option("--project", type=TEXT, metavar="NAME", help="The project that the records belong to.")
@wait_option("Seconds to wait for the verdicts of a process that holds the graph.")
@click.pass_context
@example("provkg add run.ttl", "provkg add --skolemize --from trig - < records.trig")
def add(
    ctx: click.Context,
    files: tuple[str, ...],
    store: Path,
    from_: str | None,
    skolemize: bool,  # noqa: FBT001  # click hands options over by name
    level: str | None,
    engine: str,
    supersedes: tuple[str, ...],
    project: str | None,
    wait: float,
) -> None:
    """Add records from RDF files.

    A file, or each named graph in it, is one record, and passes the gate. All files are read before the first record is
    kept. Adding a record again changes nothing; a correction names with --supersedes what it takes back. What is
    refused lies in the graph's folder rejected/ with its report. While another process holds the graph, the records go
    to it through the spool, and its verdicts are printed. Exits with 1 if anything is refused, 3 if verdicts did not
    come in time.
    """
    folder = Folder.find(store)
    names = folder.names
    read = rdf_files(files, from_)
    found = [file.records(skolemize=names if skolemize else None, ledger_graph=names.ledger_graph) for file in read]
    records = [record for each in found for record in each]
    if supersedes and len(records) != 1:
        raise BadParameter(_not_one(files, len(records)))
    for file, held_there in zip(read, found, strict=True):
        if not held_there:
            tell(f"{file.name} holds no record")
    judging = Judging(project, level, engine, supersedes)
    try:
        graph = held(folder)
    except GraphHeld as error:
        kept = _handed_over(folder, records, judging, wait, error.holder)
    else:
        with graph:
            kept = _added(graph, records, judging)
    click.echo(f"{sum(kept)} of {len(kept)} record(s) are in the graph {folder.path}", err=True)
    ctx.exit(0 if all(kept) else 1)


def _not_one(files: Sequence[str], count: int) -> str:
    if count:
        return f"one record takes others back, and there are {count}; add it in a call of its own"
    return f"{', '.join(files)} holds no record, and what was said is taken back with what is to be said instead"


def _added(graph: KnowledgeGraph, records: Sequence[NamedRecord], judging: Judging) -> list[bool]:
    """Add records to a graph that this process holds; returns which of them the graph has now."""
    kept, drained_at = [], time.monotonic()
    for record in records:
        kept.append(_printed(record, _added_one(graph, record, judging), graph.folder))
        # Others count on whoever holds the graph to take in what they leave in its spool.
        if time.monotonic() - drained_at >= DRAIN_SECONDS:
            drain(graph)
            drained_at = time.monotonic()
    drain(graph)
    return kept


def _added_one(graph: KnowledgeGraph, record: NamedRecord, judging: Judging) -> Outcome:
    from provkg.capture.spool import Outcome
    from provkg.records import record_type

    given = _given_id(graph.folder, record)
    try:
        admission = graph.add(
            given, record_type(record.triples), record.triples,
            project=judging.project, level=judging.level, engine=judging.engine, supersedes=judging.supersedes,
        )  # fmt: skip
    except IncompleteRecord as error:
        return Outcome(given or "", "rejected", len(error.problems), messages=tuple(map(str, error.problems)))
    except RecordConflict as error:
        return Outcome(given or "", "conflict", 1, messages=(str(error),))
    warnings = tuple(map(str, admission.warnings))
    verdict: Fate = "duplicate" if admission.duplicate else "stored"
    return Outcome(admission.record, verdict, 0, len(warnings), warnings)


def _handed_over(
    folder: Folder, records: Sequence[NamedRecord], judging: Judging, wait: float, holder: str
) -> list[bool]:
    """Leave records to the holder of the graph; returns which of them the graph has now, or raises `GraphHeld`."""
    from provkg.graph.handing_over import handed_over

    tell(f"{folder.path} is held by {holder}; handing {len(records)} record(s) over through its spool")
    messages = [_message(folder, record, judging) for record in records]
    known = handed_over(folder, list({message.id: message for message in messages}.values()), wait, tell=tell)
    kept, seen = [], set[str]()
    for record, message in zip(records, messages, strict=True):
        if (outcome := known.get(message.id)) is not None:
            again = message.id in seen and outcome.verdict == "stored"
            kept.append(_printed(record, replace(outcome, verdict="duplicate") if again else outcome, folder))
            seen.add(message.id)
    if waiting := len(records) - len(kept):
        raise GraphHeld(
            f"{waiting} record(s) wait in {folder.spool}, because {folder.path} is held by {holder}; "
            f"when that has ended, take them in with: provkg sync --store {folder.path}",
            holder,
        )
    return kept


def _message(folder: Folder, record: NamedRecord, judging: Judging) -> Record:
    """Return `record` as a spool holds it, with the id that it would get here."""
    from provkg.gate import own_files
    from provkg.graph.admitting import submission
    from provkg.graph.canonical import lines_of
    from provkg.records import Record, Stated, record_type

    given, kind = _given_id(folder, record), record_type(record.triples)
    own = own_files(folder.own_shapes, folder.own_ontology)
    sent = submission(given, kind, record.triples, folder.names, terms=own.terms)
    stated = Stated(lines=tuple(lines_of(record.triples)), level=judging.level, engine=judging.engine)
    return Record(sent.record, kind, (stated,), judging.project, judging.supersedes)


def _printed(record: NamedRecord, outcome: Outcome, folder: Folder) -> bool:
    """Print what became of a record, and return whether the graph has it now."""
    from provkg.graph.rejected import Rejected
    from provkg.questions.labels import with_names

    called = f"{record.source} <{record.graph.value}>" if record.graph else record.source
    messages = with_names(outcome.messages, record.triples)
    match outcome.verdict:
        case "rejected":
            click.echo(f"{called}: refused, {outcome.problems} problem(s); it lies in {folder.rejected}")
            _list(messages, outcome.problems)
        case "conflict":
            click.echo(f"{called}: refused, {' '.join(outcome.messages)}")
        case _:
            if (earlier := _refused_before(folder, record)) is not None:
                Rejected(folder.rejected).forget(earlier)
            state = "was there already" if outcome.verdict == "duplicate" else "kept"
            click.echo(f"{called}: {state} as record {outcome.record}")
            _list([f"warning: {message}" for message in messages], outcome.warnings)
    return outcome.kept


def _list(lines: Sequence[str], count: int) -> None:
    for line in lines:
        click.echo(f"  - {line}")
    if count > len(lines):
        click.echo(f"  … and {count - len(lines)} more")


def _refused_before(folder: Folder, record: NamedRecord) -> str | None:
    """Return the id of the refused record that the file, one in rejected/, holds."""
    file = Path(record.source)
    return unquote(file.stem) if file.resolve().parent == folder.rejected.resolve() else None


def _given_id(folder: Folder, record: NamedRecord) -> str | None:
    # An emitter's record keeps its id when it is mended; one that had its id from its content gets another.
    earlier = _refused_before(folder, record)
    return None if earlier is None or _CONTENT_ID.fullmatch(earlier) else earlier
