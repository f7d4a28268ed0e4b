"""The command that proves: what a graph says of a thing was logged, for somebody who does not have the graph."""

from __future__ import annotations

from pathlib import Path

import click

from provkg.cli.kept_notes import kept_note
from provkg.cli.options import ANY_PATH, TEXT, example, store_option, wait_option
from provkg.cli.reading import reader
from provkg.cli.things import put
from provkg.folder import Folder


@click.command()
@click.argument("node", type=TEXT, metavar="NODE")
@store_option
@click.option("--since", type=ANY_PATH, metavar="FILE", help="Prove also that the log continues this checkpoint.")
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write, whole or not at all; else standard output.",
)
@wait_option("Seconds to wait for a process that holds the graph, where a checkpoint must be signed.")
@example("provkg prove digits-classifier@latest -o bundle.json && provkg verify bundle.json")
def prove(node: str, store: Path, since: Path | None, output: Path | None, wait: float) -> None:
    """Write a bundle that proves what was logged about NODE.

    It shows the records that describe it, and how each lies under a checkpoint, and so holds the text of these records,
    whole. Whoever gets it verifies it with provkg verify BUNDLE and without the graph, or with the program that provkg
    verify --program prints, and without provkg.
    """
    from provkg.graph.proving import proof

    earlier = None if since is None else kept_note(since)
    with reader(store) as opened:
        iri = opened.resolve(node).value
    content = proof(Folder.find(store), iri, earlier=earlier, wait=wait)
    put(content, output)
    click.echo(f"wrote {len(content):,} bytes about {iri}", err=True)
