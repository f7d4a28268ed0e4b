"""The command that witnesses: it keeps and cosigns what another log signs."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from provkg.cli.options import ANY_PATH, TEXT, example
from provkg.errors import BadKey, BadParameter, NotCosigned, UsageError

if TYPE_CHECKING:
    from provkg.ledger.note import PublicKey
    from provkg.witness import Witness

HOST: Final = "127.0.0.1"
PORT: Final = 7881


@click.command()
@click.argument("folder", type=ANY_PATH, metavar="DIR")
@click.argument("source", type=ANY_PATH, required=False, metavar="[SOURCE]")
@click.option("--name", type=TEXT, metavar="NAME", help="Make a witness of this name in DIR, with a key of its own.")
@click.option("--log", "logs", type=TEXT, multiple=True, metavar="VKEY", help="Follow the log with this public key.")
@click.option("--origin", type=TEXT, metavar="ORIGIN", help="What the log calls itself, if not as its key is called.")
@click.option("--serve", is_flag=True, help="Answer to add-checkpoint over HTTP until stopped.")
@click.option(
    "--host", metavar="ADDRESS", default=HOST, show_default=True, help="The address to serve at; see docs/witness.md."
)
@click.option(
    "--port",
    metavar="NUMBER",
    default=PORT,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="The port to serve at; 0 takes any that is free.",
)
@click.pass_context
@example('provkg witness w1 --name auditor.example/w1 --log "$(provkg key)"', "provkg witness w1 kg")
def witness(
    ctx: click.Context,
    folder: Path,
    source: Path | None,
    name: str | None,
    logs: tuple[str, ...],
    origin: str | None,
    serve: bool,  # noqa: FBT001  # click hands options over by name
    host: str,
    port: int,
) -> None:
    """Keep and cosign what another log signs, in DIR.

    SOURCE is where the log's newest checkpoint lies: a folder of tiles, a graph's folder, or a file that its owner
    sent, as provkg checkpoint --since prints it. It is cosigned, and the line printed, if it continues what was
    cosigned before. Says FORK, with exit code 1, if that is not proven: then keep both, they show two histories. With
    --serve logs ask by themselves, with provkg checkpoint --witness (C2SP tlog-witness).

    Without SOURCE and --serve, prints the witness's public key; give it to whoever checks.
    """
    if serve and source is not None:
        raise UsageError("give a SOURCE or --serve, not both")
    keys = _keys_of(logs, origin)
    opened = _witness(folder, name)
    for key in keys:
        opened.trust(key, origin)
    if source is not None:
        ctx.exit(_cosign(opened, source))
    click.echo(str(opened.public))
    for each in opened.logs():
        click.echo(f"follows {each}: {opened.newest(each).size:,} entries cosigned", err=True)
    if serve:
        from provkg.witness.service import serve as serve_witness

        serve_witness(opened, host=host, port=port, say=lambda line: click.echo(line, err=True))


def _witness(folder: Path, name: str | None) -> Witness:
    from provkg.witness import Witness

    if name is None or Witness.is_one(folder):
        opened = Witness.open(folder)
        if name not in {None, opened.public.name}:
            raise UsageError(f"{folder} is a witness already, called {opened.public.name}; name another folder")
        return opened
    return Witness.make(folder, name)


def _keys_of(logs: tuple[str, ...], origin: str | None) -> list[PublicKey]:
    lines = [line for text in logs for line in text.splitlines() or [text]]
    if origin is not None and not lines:
        raise UsageError("--origin says what a log calls itself; give its public key, too: --log")
    return [_key_of(line) for line in lines]


def _key_of(line: str) -> PublicKey:
    from provkg.ledger.note import PublicKey

    try:
        return PublicKey.parse(line)
    except BadKey as error:
        raise BadParameter(f"--log {line!r} is no public key of a log: {error}") from None


def _cosign(opened: Witness, path: Path) -> int:
    """Print the cosignature, or the verdict for which there is none, and return the exit code."""
    from provkg.ledger.checkpoint import Checkpoint
    from provkg.witness.sources import Source

    source = Source(path)
    said = Checkpoint.of(source.note)
    old = _cosigned(opened, said.origin)
    if said.size < old:
        click.echo(f"INCOMPLETE: {path} has {said.size:,} entries, and {old:,} of {said.origin} were cosigned")
        return 1
    submission = source.submission(old)
    answer = opened.answer(submission.to_bytes())
    if answer.status == HTTPStatus.OK:
        click.echo(answer.body.decode(), nl=False)
        click.echo(answer.why, err=True)
        return 0
    if answer.status not in {HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}:
        raise NotCosigned(f"{path} was not cosigned: {answer.why}")
    # What is compared with another size than the one that is remembered shows nothing about two histories.
    fork = submission.old == old == opened.newest(said.origin).size
    click.echo(f"{'FORK' if fork else 'INCOMPLETE'}: {answer.why}")
    return 1


def _cosigned(opened: Witness, origin: str) -> int:
    from provkg.witness.witness import Declined

    try:
        return opened.newest(origin).size
    except Declined as declined:
        raise NotCosigned(f"{declined}; follow it with: provkg witness {opened.path} --log VKEY") from None
