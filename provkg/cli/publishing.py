"""The command that publishes the log as static files."""

from __future__ import annotations

from pathlib import Path

import click

from provkg.cli.options import ANY_PATH, example, store_option, wait_option
from provkg.folder import Folder


@click.command()
@click.argument("out", type=ANY_PATH, metavar="OUT")
@store_option
@wait_option("Seconds to wait for a process that holds the graph, where a checkpoint must be signed.")
@example("provkg tiles public", 'provkg verify public --key "$(provkg key)"')
def tiles(out: Path, store: Path, wait: float) -> None:
    """Publish the log as static files, for anybody to audit.

    OUT gets the newest checkpoint, the hashes of the tree and the leaves of the log, as C2SP tlog-tiles lays them out:
    any web server can serve them. Leaves tell kinds, times, projects and numbers of records, never their text. Run it
    again to add what is new; what was published is never written over. provkg serve gives the same at /log/.
    """
    from provkg.graph.publishing import publish_tiles  # 80 ms that help texts do without

    done = publish_tiles(Folder.find(store), out, wait=wait)
    click.echo(f"{out} holds the first {done.size:,} entries; {done.written:,} file(s) are new", err=True)
