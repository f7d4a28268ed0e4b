"""The command that writes the documentation of terms, shapes, rules and questions."""

from __future__ import annotations

from pathlib import Path

import click

from provkg.cli.options import ANY_PATH, STORE_VARIABLE, example
from provkg.folder import Folder


@click.command()
@click.argument("out", type=ANY_PATH, metavar="OUT")
@click.option(
    "--store",
    type=ANY_PATH,
    envvar=STORE_VARIABLE,
    show_envvar=True,
    metavar="DIR",
    help="A knowledge graph whose own terms, shapes, rules and questions are to be on the pages too.",
)
@example("provkg docs site", "provkg docs site --store kg")
def docs(out: Path, store: Path | None) -> None:
    """Write pages on terms, shapes, rules and questions.

    Into the folder OUT go a few files to open in a browser or to put on any web server: what every term means, what
    each kind of record says and why, what audits look for, what can be asked. They load nothing from elsewhere.
    """
    from provkg.manual import write  # with the gate's terms

    broken: list[str] = []
    files = write(out, None if store is None else Folder.find(store), tell=broken.append)
    click.echo(out / "index.html")
    click.echo(f"{len(files)} files written", err=True)
    for complaint in broken:
        click.echo(f"left out: {complaint}", err=True)
