"""The command that takes a record back with a better one: correct."""

from __future__ import annotations

from pathlib import Path

import click

from provkg.cli.adding import add
from provkg.cli.options import WORDS, example, rdf_format_option, store_option, wait_option
from provkg.folder import Folder


@click.command()
@click.argument("record", type=WORDS, metavar="RECORD")
@click.argument("file", type=WORDS, metavar="FILE")
@store_option
@rdf_format_option
@wait_option("Seconds to wait for the verdict of a process that holds the graph.")
@click.pass_context
@example("provkg correct $(provkg add run.ttl | awk '{print $NF}') better.ttl")
def correct(ctx: click.Context, record: str, file: str, store: Path, from_: str | None, wait: float) -> None:
    """Take RECORD back with what FILE says instead.

    Both stay in the ledger, and answers follow the new one.
    RECORD is an id, or the number of its entry, as provkg show prints it. FILE is RDF with one record, which passes the
    gate. Exits with 1 if it is refused.
    """
    from provkg.reading.correcting import standing  # with the ledger, which help texts do without

    earlier = standing(Folder.find(store), record)
    ctx.invoke(
        add, files=(file,), store=store, from_=from_, skolemize=False, level=None, engine=None, supersedes=(earlier,),
        project=None, wait=wait,
    )  # fmt: skip
