"""Commands about one thing, or all: lineage, show, export."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

import click

from provkg.cli.options import RDF_FORMATS, TEXT, example, format_option, store_option
from provkg.cli.reading import reader, say_state
from provkg.cli.tables import asks_of_table, table_options, told_of_table
from provkg.errors import StorageFailed, UsageError

LINEAGE_FORMATS: Final = ("tree", "dot", "mermaid", "json", "svg")
PORTRAIT_FORMATS: Final = ("text", "json")


@click.command()
@click.argument("node", type=TEXT, metavar="NODE")
@store_option
@click.option("--up", is_flag=True, help="What NODE rests on (the default).")
@click.option("--down", is_flag=True, help="What rests on NODE, or on anything of the same content.")
@click.option("--depth", metavar="STEPS", type=click.IntRange(1), help="How many steps to go; all unless given.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(LINEAGE_FORMATS),
    default="tree",
    show_default=True,
    help="How it is drawn: for the terminal, Graphviz, Markdown, programs, or as a picture.",
)
@click.option("--all", "everything", is_flag=True, help="Show files, packages, environments and code too.")
@table_options
@example("provkg lineage digits-classifier@latest --up", "provkg lineage digits@1.0 --down --format mermaid")
def lineage(
    node: str,
    store: Path,
    up: bool,  # noqa: FBT001  # click hands options over by name
    down: bool,  # noqa: FBT001
    depth: int | None,
    format_: str,
    everything: bool,  # noqa: FBT001
    **of_table: Any,
) -> None:
    """Draw what NODE rests on, or what rests on it. NODE is a name, name@version, name@latest, or an IRI.

    Of a table that provkg.watch saw being made, it answers about operations, cells, rows and columns, too.
    """
    if up and down:
        raise UsageError("a lineage goes one way; give --up or --down, and ask twice for both")
    if asks_of_table(of_table):
        with reader(store) as opened:
            click.echo(told_of_table(opened.table(node), **of_table, as_json=format_ == "json"))
            say_state("one table", opened)
        return
    with reader(store) as opened:
        traced = opened.lineage(node, "down" if down else "up", depth=depth)
        click.echo(traced.text(format_, everything=everything), nl=False)
        say_state(f"{len(traced):,} thing(s)", opened)


@click.command()
@click.argument("node", type=TEXT, metavar="NODE")
@store_option
@format_option(PORTRAIT_FORMATS, "In words, or for programs: json leaves nothing out and keeps IRIs whole.")
@example("provkg show digits-classifier@latest", "provkg show digits@1.0 --format json")
def show(node: str, store: Path, format_: str) -> None:
    """Tell everything known about NODE, in words."""
    with reader(store) as opened:
        portrait = opened.show(node)
        click.echo(portrait.text(format_), nl=False)
        say_state(f"{len(portrait.records):,} record(s) describe it", opened)


@click.command()
@click.argument("node", type=TEXT, required=False, metavar="[NODE]")
@store_option
@click.option(
    "--to", metavar="FORMAT", help=f"{', '.join(RDF_FORMATS)}; an extension or MIME type. Guessed from --output."
)
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write, whole or not at all; else standard output.",
)
@example("provkg export --output kg.trig", "provkg export digits-classifier@latest --to turtle")
def export(node: str | None, store: Path, to: str | None, output: Path | None) -> None:
    """Write the whole graph, or all that NODE rests on, as RDF.

    TriG, N-Quads and JSON-LD of the whole graph also hold what is known about the records, in a graph of its own.
    """
    from provkg.exchange import rdf

    format_ = rdf.format_named(to) if to else rdf.format_of(output) if output else "turtle"
    with reader(store) as opened:
        if rdf.FORMATS[format_].supports_datasets:
            quads = rdf.RdfFile("the export", "nquads", opened.export("nquads", node)).quads()
            text = rdf.write(quads, format_)
        else:
            text = rdf.write(opened.triples(node), format_)
        put(text, output)
        say_state(f"wrote {len(text):,} bytes", opened)


def put(text: bytes, output: Path | None) -> None:
    """Write `text` to `output`, whole or not at all, or to standard output."""
    if output is None:
        click.echo(text, nl=False)
        return
    if not output.parent.is_dir():
        raise UsageError(f"there is no folder {output.parent} to write {output.name} into")
    try:
        _write(text, output.resolve())
    except OSError as error:
        raise StorageFailed(f"cannot write {output}: {error.strerror}") from None


def _write(text: bytes, output: Path) -> None:
    if output.exists() and not output.is_file():
        output.write_bytes(text)  # a device or a pipe is nothing to rename over
        return
    # Whole or not at all: who reads the file meanwhile, or after a full disk, sees the old one.
    draft = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        draft.write_bytes(text)
        draft.replace(output)
    finally:
        draft.unlink(missing_ok=True)
