"""How commands hold a graph: waiting for it, taking in what training processes left, and saying what was mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from provkg.folder import Folder

if TYPE_CHECKING:
    from provkg.graph import DrainReport, KnowledgeGraph


def held(folder: Folder, wait: float = 0) -> KnowledgeGraph:
    """Take the hold on the graph in `folder`, waiting at most `wait` seconds; raises `GraphHeld`."""
    # 80 ms that help texts do without.
    from provkg.graph import KnowledgeGraph

    return KnowledgeGraph.hold(folder, wait=wait, tell=tell)


def drain(graph: KnowledgeGraph) -> DrainReport:
    """Take in what waits in the spool, let readers see it, and say what could not be read."""
    report = graph.drain()
    for message in report.messages:
        tell(message)
    return report


def tell(message: str) -> None:
    """Say something to the person at the terminal."""
    click.echo(f"provkg: {message}", err=True)
