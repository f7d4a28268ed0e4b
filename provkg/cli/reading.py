"""How commands open a graph to read it: with what was mended said, and the state of the ledger named."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provkg.cli.holding import tell
from provkg.folder import Folder

if TYPE_CHECKING:
    from provkg.reading import Reader


def reader(store: Path) -> Reader:
    """Open the newest state of the graph in `store`; what waits in its spool is taken in first."""
    # 80 ms that help texts do without.
    from provkg.graph import read
    from provkg.reading import Reader

    folder = Folder.find(store)
    return Reader(read(folder, tell=tell), folder)


def say_state(found: str, opened: Reader) -> None:
    """Say what was found and for which state of the ledger."""
    click.echo(f"{found}; {opened.size:,} ledger entries seen", err=True)
