"""How commands open a graph to read it: with what was mended said, and the state of the ledger named."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from provkg.cli.holding import tell
from provkg.folder import Folder

if TYPE_CHECKING:
    from provkg.reading import Reader

PATIENCE_SECONDS: Final = 20.0


def reader(store: Path) -> Reader:
    """Open the newest state of the graph in `store`; what waits in its spool is taken in first."""
    # 80 ms that help texts do without.
    from provkg.graph import read
    from provkg.reading import Reader

    folder = Folder.find(store)
    opened = Reader(read(folder, tell=tell), folder)
    hint_when_slow(folder)
    return opened


def say_state(found: str, opened: Reader) -> None:
    """Say what was found and for which state of the ledger."""
    click.echo(f"{found}; {opened.size:,} ledger entries seen", err=True)


def hint_when_slow(folder: Folder, *, after: float = PATIENCE_SECONDS) -> None:
    """Say once, if the command still runs `after` seconds from now, that a damaged disk may be why it takes so long."""
    hint = f"this takes long; if the disk may be damaged: provkg doctor --store {folder.path}"
    # Oxigraph can hang on a table that rotted without a trace in its times; nothing but its digest tells then.
    timer = threading.Timer(after, tell, [hint])
    timer.daemon = True
    timer.start()
    click.get_current_context().call_on_close(timer.cancel)
