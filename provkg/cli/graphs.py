"""Commands that make, fill and mend a graph: init, add, sync, rebuild."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

import click

from provkg.cli.options import engine_option, example, level_option, rdf_format_option, skolemize_option, store_option
from provkg.cli.rdf_input import rdf_files
from provkg.errors import GraphHeld, IncompleteRecord, RecordConflict
from provkg.folder import LEVELS, Folder

if TYPE_CHECKING:
    from provkg.exchange.rdf import NamedRecord
    from provkg.graph import DrainReport, KnowledgeGraph

# A training process's events are taken in within moments; a long rebuild is worth the sentence that says who holds.
WAIT_SECONDS: Final = 30.0
RECORD_TYPE: Final = "added"
_CONTENT_ID: Final = re.compile("[0-9a-f]{64}")


@click.command()
@click.argument("directory", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--base", metavar="IRI", help="The IRI that all names of this graph start with; one that you control.")
@click.option("--name", help="What the graph is called; the folder's name unless given.")
@level_option(LEVELS[0], "What a record must say to be kept.")
@example("provkg init kg --base https://example.org/kg/ --level standard")
def init(directory: Path, base: str | None, name: str | None, level: str) -> None:
    """Make an empty knowledge graph in DIR."""
    there = (directory / "kg.toml").exists()
    folder = Folder.create(directory, base=base, name=name, level=level)
    if there:
        click.echo(f"{folder.path} is a knowledge graph already; nothing was changed", err=True)
        return
    click.echo(f"made {folder.path} at level {folder.level}; its names start with {folder.base}", err=True)
    if base is None:
        click.echo(
            "to publish it, start over with a base IRI that you control: --base https://example.org/kg/", err=True
        )


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@store_option
@rdf_format_option
@skolemize_option
@level_option(None, "What the records must say; the graph's own level unless given.")
@engine_option
@click.option("--project", help="The project that the records belong to.")
@click.option(
    "--wait", default=WAIT_SECONDS, show_default=True, help="Seconds to wait for a process that holds the graph."
)
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
    project: str | None,
    wait: float,
) -> None:
    """Add records from RDF files.

    A file, or each named graph in it, is one record, and passes the gate. All files are read before the first record is
    kept. Adding a record again changes nothing. What is refused lies in the graph's folder rejected/ with its report.
    Exits with 1 if anything is refused.
    """
    folder = Folder.find(store)
    names = folder.names
    read = rdf_files(files, from_)
    found = [file.records(skolemize=names if skolemize else None, ledger_graph=names.ledger_graph) for file in read]
    records = [record for each in found for record in each]
    with _held(folder, wait) as graph:
        kept = [_kept(graph, record, project=project, level=level, engine=engine) for record in records]
        graph.snapshot()
    click.echo(f"{sum(kept)} of {len(kept)} record(s) are in the graph {folder.path}", err=True)
    ctx.exit(0 if all(kept) else 1)


@click.command()
@store_option
@click.option("--quiet", is_flag=True, help="Say nothing unless something is wrong.")
@example("provkg sync --store kg")
def sync(store: Path, quiet: bool) -> None:  # noqa: FBT001
    """Take in what training processes left in the spool.

    Does nothing when another process holds the graph: that one takes it in.
    """
    from provkg.graph import KnowledgeGraph

    folder = Folder.find(store)
    try:
        with KnowledgeGraph.hold(folder, tell=_tell) as graph:
            report = graph.drain()
    except GraphHeld as error:
        if not quiet:
            click.echo(f"nothing to do here: {error}", err=True)
        return
    for message in report.messages:
        _tell(message)
    if not quiet:
        click.echo(_in_words(report, folder), err=True)


@click.command()
@store_option
@click.option(
    "--wait", default=WAIT_SECONDS, show_default=True, help="Seconds to wait for a process that holds the graph."
)
@example("provkg rebuild --store kg")
def rebuild(store: Path, wait: float) -> None:
    """Make the index anew from the ledger. Questions get the same answers as before."""
    folder = Folder.find(store)
    with _held(folder, wait) as graph:
        graph.rebuild()
        click.echo(f"rebuilt the index of {folder.path} from {graph.ledger.size:,} ledger entries", err=True)


def _held(folder: Folder, wait: float) -> KnowledgeGraph:
    from provkg.graph import KnowledgeGraph

    return KnowledgeGraph.hold(folder, wait=wait, tell=_tell)


def _tell(message: str) -> None:
    click.echo(f"provkg: {message}", err=True)


def _kept(graph: KnowledgeGraph, record: NamedRecord, *, project: str | None, level: str | None, engine: str) -> bool:
    """Offer one record to the graph, print what became of it, and return whether the graph has it now."""
    from provkg.graph.rejected import Rejected

    called = f"{record.source} <{record.graph.value}>" if record.graph else record.source
    earlier = _refused_before(graph.folder, record.source)
    try:
        admission = graph.add(
            _given_id(earlier), RECORD_TYPE, record.triples, project=project, level=level, engine=engine
        )
    except IncompleteRecord as error:
        click.echo(f"{called}: refused, {len(error.problems)} problem(s); it lies in {graph.folder.rejected}")
        _list(error.problems)
        return False
    except RecordConflict as error:
        click.echo(f"{called}: refused, {error}")
        return False
    if earlier is not None:
        Rejected(graph.folder.rejected).forget(earlier)
    state = "was there already" if admission.duplicate else "kept"
    click.echo(f"{called}: {state} as record {admission.record}")
    _list(f"warning: {warning}" for warning in admission.warnings)
    return True


def _refused_before(folder: Folder, source: str) -> str | None:
    """Return the id of the refused record that `source`, a file in rejected/, holds."""
    file = Path(source)
    return unquote(file.stem) if file.resolve().parent == folder.rejected.resolve() else None


def _given_id(earlier: str | None) -> str | None:
    # An emitter's record keeps its id when it is mended; one that had its id from its content gets another.
    return None if earlier is None or _CONTENT_ID.fullmatch(earlier) else earlier


def _list(lines: Iterable[object]) -> None:
    for line in lines:
        click.echo(f"  - {line}")


def _in_words(report: DrainReport, folder: Folder) -> str:
    refused = report.rejected + report.conflicts
    text = f"{report.stored} record(s) kept, {report.duplicates} there already, {refused} refused"
    if report.interrupted:
        text += f", {len(report.interrupted)} run(s) of dead processes closed as interrupted"
    return f"{text}; see: provkg doctor --store {folder.path}" if refused else text
