"""Commands about one thing, or all: show, export."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import click

from provkg.cli.options import RDF_FORMATS, TEXT, example, format_option, store_option
from provkg.cli.reading import reader, say_state
from provkg.errors import StorageFailed, UsageError

PORTRAIT_FORMATS: Final = ("text", "json")


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
