"""The command that serves a graph over HTTP."""

from __future__ import annotations

from pathlib import Path

import click

from provkg.cli.options import example, store_option
from provkg.folder import Folder


@click.command()
@store_option
@click.option(
    "--host",
    metavar="ADDRESS",
    default="127.0.0.1",
    show_default=True,
    help="The address to serve at; only this machine's own.",
)
@click.option(
    "--port",
    metavar="NUMBER",
    default=7880,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="The port to serve at; 0 takes any that is free.",
)
@click.option(
    "--seconds",
    metavar="SECONDS",
    default=10.0,
    show_default=True,
    type=click.FloatRange(0, min_open=True),
    help="How long a query may run.",
)
@click.option(
    "--answer-mib",
    metavar="NUMBER",
    default=256,
    show_default=True,
    type=click.IntRange(1, 1024 * 1024),
    help="How large an answer may be, in MiB; a larger one is refused with status 413. Large ones pass through files.",
)
@click.option(
    "--workers",
    metavar="NUMBER",
    default=2,
    show_default=True,
    type=click.IntRange(1, 64),
    help="How many queries run at a time.",
)
@example(
    "provkg serve --store kg --port 7880",
    "curl http://127.0.0.1:7880/sparql --data-urlencode 'query=SELECT * {?s ?p ?o} LIMIT 3'",
)
def serve(store: Path, host: str, port: int, seconds: float, answer_mib: int, workers: int) -> None:
    """Answer over HTTP, until stopped.

    SPARQL queries at /sparql, saved questions at /api/questions, pages on terms and shapes at /docs/, the log as tiles
    at /log/. Training may go on meanwhile: what it reports is taken in and seen by the next query.
    """
    from provkg.server.serving import serve as serve_graph

    folder = Folder.find(store)
    serve_graph(
        folder,
        host=host,
        port=port,
        seconds=seconds,
        answer_mib=answer_mib,
        workers=workers,
        say=lambda line: click.echo(line, err=True),
    )
