"""Commands that make and mend a graph: init, sync, rebuild."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provkg.cli.holding import drain, held
from provkg.cli.options import ANY_PATH, TEXT, example, level_option, store_option, wait_option
from provkg.errors import GraphHeld
from provkg.folder import LEVELS, Folder

if TYPE_CHECKING:
    from provkg.graph import DrainReport
    from provkg.ledger.note import PrivateKey


@click.command()
@click.argument("directory", type=ANY_PATH, metavar="DIR")
@click.option(
    "--base", type=TEXT, metavar="IRI", help="The IRI that all names of this graph start with; one that you control."
)
@click.option("--name", metavar="NAME", type=TEXT, help="What the graph is called; the folder's name unless given.")
@level_option(LEVELS[0], "What a record must say to be kept.")
@click.option(
    "--key", "key_file", type=ANY_PATH, metavar="FILE", help="Sign checkpoints with this Ed25519 key, not a new one."
)
@example("provkg init kg --base https://example.org/kg/ --level standard")
def init(directory: Path, base: str | None, name: str | None, level: str, key_file: Path | None) -> None:
    """Make an empty knowledge graph in DIR."""
    there = (directory / "kg.toml").exists()
    folder = Folder.create(directory, base=base, name=name, level=level)
    if there:
        click.echo(f"{folder.path} is a knowledge graph already; nothing was changed", err=True)
        return
    key = _first_key(folder, key_file)
    click.echo(f"made {folder.path} at level {folder.level}; its names start with {folder.base}", err=True)
    click.echo(f"it signs its ledger's checkpoints; they are checked with: {key.public}", err=True)
    if base is None:
        click.echo(
            "to publish it, start over with a base IRI that you control: --base https://example.org/kg/", err=True
        )


@click.command()
@store_option
@click.option("--quiet", is_flag=True, help="Say nothing unless something is wrong.")
@example("provkg sync --store kg")
def sync(store: Path, quiet: bool) -> None:  # noqa: FBT001
    """Take in what training processes left in the spool.

    Does nothing while another process holds the graph: that one takes it in, or the next to open the graph.
    """
    folder = Folder.find(store)
    try:
        graph = held(folder)
    except GraphHeld as error:
        if not quiet:
            click.echo(f"nothing to do here: {error}", err=True)
        return
    with graph:
        report = drain(graph)
    if not quiet:
        click.echo(_in_words(report, folder), err=True)


@click.command()
@store_option
@wait_option()
@example("provkg rebuild --store kg")
def rebuild(store: Path, wait: float) -> None:
    """Make the index anew from the ledger. Questions get the same answers as before."""
    folder = Folder.find(store)
    with held(folder, wait) as graph:
        graph.rebuild()
        click.echo(f"rebuilt the index of {folder.path} from {graph.ledger.size:,} ledger entries", err=True)


def _first_key(folder: Folder, file: Path | None) -> PrivateKey:
    from provkg.graph.signing_key import read_key, signing_key, use_key  # 80 ms that help texts do without

    return signing_key(folder) if file is None else use_key(folder, read_key(file, folder))


def _in_words(report: DrainReport, folder: Folder) -> str:
    refused = report.rejected + report.conflicts
    text = f"{report.stored} record(s) kept, {report.duplicates} there already, {refused} refused"
    if report.interrupted:
        text += f", {len(report.interrupted)} run(s) of dead processes closed as interrupted"
    return f"{text}; see: provkg doctor --store {folder.path}" if refused else text
