"""The command that lists what only people can add, and adds what they filled in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from provkg.cli.holding import tell
from provkg.cli.options import ANY_PATH, TEXT, example, level_option, store_option
from provkg.cli.reading import reader, say_state
from provkg.errors import UsageError

if TYPE_CHECKING:
    from provkg.facts_file import FactsFile
    from provkg.reading import Reader
    from provkg.reading.people import Needs

FORMATS: Final = ("text", "json", "toml")


@click.command()
@click.argument("thing", type=TEXT, required=False)
@level_option("standard", "What the records should say.")
@store_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How the list is written; toml is the text to fill in.",
)
@click.option("--toml", "toml", is_flag=True, help="Short for --format toml: the text to put into provkg.toml.")
@click.option("--apply", "apply_", is_flag=True, help="Add what provkg.toml says to what is in the graph already.")
@click.option("--dry-run", is_flag=True, help="With --apply: say what would be added, and add nothing.")
@click.option(
    "--facts",
    type=ANY_PATH,
    metavar="FILE",
    help="The file with the facts, in place of the provkg.toml at or above the working folder.",
)
@click.option("--by", type=TEXT, metavar="WHO", help="Who tells it: a name, team:…; who runs the command unless given.")
@click.pass_context
@example("provkg missing", "provkg missing digits-classifier@latest --toml", "provkg missing --apply --dry-run")
def missing(
    ctx: click.Context,
    thing: str | None,
    level: str,
    store: Path,
    format_: str,
    toml: bool,  # noqa: FBT001  # click hands options over by name
    apply_: bool,  # noqa: FBT001  # click hands options over by name
    dry_run: bool,  # noqa: FBT001  # click hands options over by name
    facts: Path | None,
    by: str | None,
) -> None:
    """List what only people can add, and add it.

    Licences, purposes, who answers for what: of THING and all it rests on, or of the whole graph, with why each is
    asked and where it is said. Fill in provkg.toml once, and later records have it from the beginning; what is in the
    graph already gets it with --apply. Exits with 1 if anything is missing, or if a record says something else.
    """
    if apply_ and (thing is not None or toml or format_ != "text"):
        raise UsageError("--apply adds what the file says of all things; leave THING, --toml and --format out")
    if (dry_run or by is not None) and not apply_:
        raise UsageError("--dry-run and --by go with --apply")
    with reader(store) as opened:
        if apply_:
            ctx.exit(_apply(opened, facts, by, dry_run=dry_run))
        known = _known(facts)
        for complaint in known.complaints:
            tell(complaint)
        needs = opened.missing(thing, level)
        click.echo(_written(needs, "toml" if toml else format_, known), nl=False)
        say_state(_summary(needs), opened)
        ctx.exit(1 if needs.found else 0)


def _known(facts: Path | None) -> FactsFile:
    from provkg.capture.told import facts_in, told_facts

    return facts_in(facts) if facts is not None else told_facts()


def _written(needs: Needs, format_: str, known: FactsFile) -> str:
    match format_:
        case "json":
            return needs.to_json()
        case "toml":
            return needs.to_toml(known)
        case _:
            return needs.text()


def _summary(needs: Needs) -> str:
    said = f"{len(needs):,} thing(s) that only people can add"
    more = f"; {needs.others:,} field(s) are missing besides: provkg check" if needs.others else ""
    fill = "; to fill in: provkg missing --toml" if needs.found else ""
    return f"{said}{more}{fill}"


def _apply(opened: Reader, facts: Path | None, by: str | None, *, dry_run: bool) -> int:
    told = opened.tell(facts=facts, by=by, dry_run=dry_run)
    for complaint in told.complaints:
        tell(complaint)
    for update in told.updates:
        click.echo(f"{'would add ' if dry_run else ''}{update}")
    for disagreement in told.disagreements:
        click.echo(f"differs: {disagreement}")
    added = f"{len(told):,} fact(s) {'to add' if dry_run else 'added'}"
    say_state(added + (f" as record {told.record}" if told.record else ""), opened)
    return 1 if told.disagreements or told.complaints else 0
