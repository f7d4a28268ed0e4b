"""The command that takes values out: it files a request, lists what waits, and carries out what somebody else asked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provkg.cli.holding import drain, held
from provkg.cli.options import TEXT, by_option, example, store_option, wait_option
from provkg.cli.reading import reader
from provkg.errors import GraphHeld, StorageFailed, UsageError
from provkg.folder import Folder

if TYPE_CHECKING:
    from pyoxigraph import NamedNode

    from provkg.graph.redacting import Redacted, Request


@click.command()
@click.argument("node", type=TEXT, required=False)
@click.argument("property_", metavar="[PROPERTY]", type=TEXT, required=False)
@click.option("--reason", type=TEXT, metavar="TEXT", help="Why it has to go; logged for good, so without the value.")
@click.option("--value", type=TEXT, metavar="TEXT", help="Only this value of the property; - reads it from the input.")
@click.option("--list", "list_", is_flag=True, help="List what was asked for and waits to be approved.")
@click.option("--approve", type=TEXT, metavar="ID", help="Carry out what another agent asked for.")
@click.option("--decline", type=TEXT, metavar="ID", help="Log that a request is not followed; with --reason.")
@click.option(
    "--alone", is_flag=True, help="Approve one's own request, where nobody else works with the graph; logged."
)
@by_option("Who asks or approves")
@store_option
@wait_option()
@example(
    'provkg redact digits-classifier@latest pvk:framework --reason "by request 4711" > asked.txt',
    "provkg redact --list",
    "provkg redact --approve $(cat asked.txt) --by 'Grace Hopper'",
)
def redact(
    node: str | None,
    property_: str | None,
    reason: str | None,
    value: str | None,
    list_: bool,  # noqa: FBT001  # click hands options over by name
    approve: str | None,
    decline: str | None,
    alone: bool,  # noqa: FBT001
    by: str | None,
    store: Path,
    wait: float,
) -> None:
    """Take a property of NODE out of every record, for good.

    Asking takes nothing out: it logs the request and prints its id. Another agent approves it; then the text and its
    salt go from the ledger and its journal, from index and snapshots, from spool and refused records. (Audiences, the
    indexes of single groups of readers, do not exist yet.) The records still verify, and the value stays out when it is
    sent again. Not reached are backups and copies made earlier.

    PROPERTY is an IRI, a prefixed name such as foaf:name, or a name alone. --value chooses among several values.
    """
    if sum((list_, approve is not None, decline is not None, node is not None)) != 1:
        raise UsageError("say one thing: NODE and PROPERTY to ask, --list, --approve ID, or --decline ID")
    if alone and approve is None:
        raise UsageError("--alone goes with --approve ID: it approves a request of one's own")
    if value is not None and node is None:
        raise UsageError("--value goes with NODE and PROPERTY: it chooses among what is to go")
    folder = Folder.find(store)
    if list_:
        _listed(folder)
    elif approve is not None:
        _approved(folder, approve, by, wait, alone=alone)
    elif decline is not None:
        _declined(folder, decline, reason or "", by, wait)
    elif property_ is None or reason is None or node is None:
        raise UsageError("to ask for a redaction, give NODE, PROPERTY and --reason TEXT")
    else:
        _asked(folder, node, property_, reason, _value(value), by, wait)


def _value(said: str | None) -> str | None:
    # On a command line, others on the machine see it, and the shell keeps it.
    return sys.stdin.read().removesuffix("\n") if said == "-" else said


def _asked(
    folder: Folder, node: str, relation: str, reason: str, value: str | None, by: str | None, wait: float
) -> None:
    iri = _resolved(folder, node)
    with held(folder, wait) as graph:
        drain(graph)
        request = graph.redact(iri, relation, reason=reason, value=value, by=by)
        graph.snapshot()
    click.echo(request.id)
    click.echo(f"asked for: {_said(request)}", err=True)
    click.echo(f"nothing is taken out until another agent types: provkg redact --approve {request.id}", err=True)


def _resolved(folder: Folder, node: str) -> NamedNode:
    from pyoxigraph import NamedNode

    # What only superseded records speak of has no name any more, but may hold what has to go.
    if "://" in node or node.startswith("urn:"):
        try:
            return NamedNode(node)
        except ValueError as error:
            raise UsageError(f"{node!r} is no IRI: {error}") from None
    with reader(folder.path) as opened:
        return opened.resolve(node)


def _listed(folder: Folder) -> None:
    from provkg.graph.redactions import waiting

    found = waiting(folder)
    for request in found:
        click.echo(f"{request.id}  {request.asked_at[:10]}  {_said(request)}: {request.reason}")
    click.echo(f"{len(found)} request(s) wait to be approved", err=True)


def _approved(folder: Folder, id_: str, by: str | None, wait: float, *, alone: bool) -> None:
    with held(folder, wait) as graph:
        try:
            done = graph.approve(id_, by=by, alone=alone)
        except (GraphHeld, StorageFailed) as error:
            if any(each.id == id_ for each in graph.requests()):
                raise
            later = f"it is logged, and whoever opens the graph next goes on: provkg sync --store {folder.path}"
            raise type(error)(f"{error}; {later}") from None
        graph.snapshot()
    _tell(done)


def _said(request: Request) -> str:
    from provkg.questions.terms import prefixed, short

    which = "every value of" if request.whole else "one value of"
    return f"{which} {prefixed(request.relation)} of {short(request.node)}, in {request.records} record(s)"


def _declined(folder: Folder, id_: str, reason: str, by: str | None, wait: float) -> None:
    with held(folder, wait) as graph:
        graph.decline(id_, reason=reason, by=by)
        graph.snapshot()
    click.echo(f"{id_} is declined; nothing was taken out", err=True)


def _tell(done: Redacted) -> None:
    from provkg.questions.terms import prefixed, short

    click.echo(f"{done.id}: {done.statements} statement(s) in {done.records} record(s) have no text any more", err=True)
    for triple in done.also:
        said = f"{prefixed(triple.predicate)} of {short(triple.subject)}"
        click.echo(f"the same value stands elsewhere and stays there: {said}", err=True)
    if done.copies:
        click.echo(f"{done.copies} process(es) still read an older copy of the index; it goes when they end", err=True)
