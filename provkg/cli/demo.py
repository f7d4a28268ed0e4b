"""The command that shows everything at once."""

from __future__ import annotations

from pathlib import Path

import click

from provkg.cli.options import example, store_option
from provkg.folder import Folder


@click.command()
@store_option
@example("provkg demo --store kg")
def demo(store: Path) -> None:
    """Train real models and ask about them.

    On digits, with every step recorded, in less than a minute. Needs scikit-learn (pip install "provkg[demo]"). A
    second call adds a second set of runs.
    """
    if store.exists():
        # What cannot be a graph is told before a minute of training, not after it.
        Folder.create(store)
    # scikit-learn takes a second to import.
    from provkg import demo as story

    story.main(store=store)
