"""The commands that end a thing: recall, withdraw."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from provkg.cli.options import TEXT, WORDS, by_option, evidence_option, example, store_option, wait_option
from provkg.cli.reading import reader


def _asked(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what both commands take."""
    for option in (
        wait_option(),
        store_option,
        by_option("Who decided it"),
        evidence_option,
        click.option(
            "--replacement", type=WORDS, metavar="NODE", help="What is to be used in its place: its revision."
        ),
        click.option("--reason", type=WORDS, required=True, metavar="TEXT", help="Why, for whoever uses it."),
        click.argument("node", type=TEXT, metavar="NODE"),
    ):
        command = option(command)
    return command


@click.command()
@_asked
@example('provkg recall digits-spoilt --reason "rows were read twice" --replacement digits-distinct')
def recall(node: str, reason: str, store: Path, wait: float, **more: Any) -> None:
    """Record that NODE turned out bad: data, a model, a source.

    It is a record of its own, and takes nothing away. What rests on NODE is found by provkg impact and by the rules of
    provkg audit at once, live models first.
    """
    _end("recall", node, reason, store, wait, more)


@click.command()
@_asked
@example('provkg withdraw digits-unseen --reason "its licence has ended"')
def withdraw(node: str, reason: str, store: Path, wait: float, **more: Any) -> None:
    """Record that NODE is no longer to be used.

    Nothing need be wrong with it: its licence may have ended. The rest is as with provkg recall.
    """
    _end("withdraw", node, reason, store, wait, more)


def _end(how: str, node: str, reason: str, store: Path, wait: float, more: dict[str, Any]) -> None:
    with reader(store) as opened:
        act = {"recall": opened.recall, "withdraw": opened.withdraw}[how]
        click.echo(act(node, reason, wait=wait, **more).record)
        live = [each for each in opened.impact(node).live if each.node.type == "Deployment"]
        for each in live:
            click.echo(f"live: {each.node.label} ({each.stage}) rests on it", err=True)
        click.echo(f"to see what rests on it: provkg impact {node!r} --store {store}", err=True)
