"""The command that lists the saved questions, and makes, tries and publishes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from click.core import ParameterSource

from provkg.cli.options import TEXT, example, store_option
from provkg.cli.reading import reader, say_state
from provkg.cli.things import put
from provkg.errors import UsageError
from provkg.folder import Folder

if TYPE_CHECKING:
    from provkg.questions import Parameter, Question


class _OrTheme(click.Group):
    """Takes what is no command for a theme to list."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is meant: `list` for a theme."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            return "list", self.commands["list"], args
        return super().resolve_command(ctx, args)


DEFAULT_THEME: Final = "own"
"""That of `provkg.questions.own`, not taken from there: that would import the engine for a help text."""


@click.group(cls=_OrTheme, invoke_without_command=True)
@store_option
@click.pass_context
@example(
    "provkg questions", "provkg questions training", "provkg questions new own/models-of-data", "provkg questions test"
)
def questions(ctx: click.Context, store: Path) -> None:
    """List the saved questions, or make and try your own.

    Without a command, the questions by theme; with the name of a theme, those of this one. With --store, the graph's
    own are among them: these lie in its folder queries/, in a folder per theme or directly.
    """
    if ctx.invoked_subcommand is None:
        _list(store, named=_is_named(ctx))


@questions.command("list")
@click.argument("theme", type=TEXT, required=False, metavar="[THEME]")
@store_option
@click.pass_context
@example("provkg questions list", "provkg questions list models")
def list_(ctx: click.Context, theme: str | None, store: Path) -> None:
    """List the saved questions by theme, or those of one."""
    _list(_store(ctx, store), named=_is_named(ctx), theme=theme)


@questions.command("new")
@click.argument("name", type=TEXT)
@store_option
@click.pass_context
@example("provkg questions new own/late-runs")
def new(ctx: click.Context, name: str, store: Path) -> None:
    """Make a question of your own, with its test.

    NAME is theme/name, or a name, which then is of the theme own. Three files are written into the graph's folder
    queries/: the question, its expected answer, and a few facts that this is the answer of.
    """
    from provkg.questions.own import new_question

    folder = Folder.find(_store(ctx, store))
    made = new_question(folder.path / "queries", name)
    for file, what in zip(made, ("the question", "its expected answer", "the facts it is asked of"), strict=True):
        click.echo(f"{file}  {what}")
    path = f"{made.question.parent.name}/{made.question.stem}"
    click.echo(f"write your question into them, then: provkg questions test {path}", err=True)
    click.echo("the test also says which lines would be slow on a large graph, and what to write instead", err=True)


@questions.command("test")
@click.argument("names", type=TEXT, nargs=-1, metavar="[NAME]...")
@store_option
@click.pass_context
@example("provkg questions test")
def test(ctx: click.Context, names: tuple[str, ...], store: Path) -> None:
    """Ask your own questions and compare the answers.

    Without a NAME, all of the graph's own. Each is compared with the expected answer beside it. Exits with 1 where one
    differs, or where a question has none. Warns of what is slow on a large graph, with the line and what to write
    instead.
    """
    with reader(_store(ctx, store)) as opened:
        tried = opened.trials(*names)
        for trial in tried:
            click.echo(f"{'ok    ' if trial.passed else 'FAILED'} {trial.path}  {trial.file.name}")
            for problem in trial.problems:
                click.echo(f"       {problem}")
            for warning in trial.warnings:
                click.echo(f"       warning: {warning}")
        failed = sum(not trial.passed for trial in tried)
        count = f"{len(tried)} answer{'' if len(tried) == 1 else 's'} tried, {failed} failed"
        say_state(
            count if tried else "this graph has no questions of its own; make one: provkg questions new NAME", opened
        )
    ctx.exit(1 if failed else 0)


@questions.command("catalogue")
@store_option
@click.option("--format", "format_", type=TEXT, default="turtle", show_default=True, help="The form of RDF to write.")
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write, whole or not at all; else standard output.",
)
@click.pass_context
@example("provkg questions catalogue -o questions.ttl")
def catalogue(ctx: click.Context, store: Path, format_: str, output: Path | None) -> None:
    """Write the saved questions as RDF.

    Each is a sh:SPARQLExecutable with its text, keywords and typed parameters, as SIB publishes its examples, so that
    other tools can list and run them.
    """
    from provkg.exchange.rdf import write
    from provkg.questions import all_questions
    from provkg.questions import catalogue as described

    broken: list[str] = []
    listed = all_questions(_store(ctx, store) / "queries", tell=broken.append)
    put(write(described(listed), format_), output)
    click.echo(f"{len(listed)} questions", err=True)
    _tell_left_out(ctx, broken)


def _store(ctx: click.Context, store: Path) -> Path:
    """Return the graph that was named, behind the command or before it."""
    here = ctx.get_parameter_source("store") == ParameterSource.COMMANDLINE
    above = ctx.parent.params.get("store") if ctx.parent else None
    return store if here or above is None else Path(above)


def _is_named(ctx: click.Context) -> bool:
    above = [ctx, *([ctx.parent] if ctx.parent else [])]
    return any(each.get_parameter_source("store") == ParameterSource.COMMANDLINE for each in above)


def _of_theme(listed: list[Question], theme: str | None) -> list[Question]:
    found = [question for question in listed if theme in {None, question.theme}]
    if theme is not None and not found:
        themes = ", ".join(dict.fromkeys(question.theme for question in listed))
        hint = f"; make one of this graph's own: provkg questions new {theme}/NAME" if theme == DEFAULT_THEME else ""
        raise UsageError(f"there is no question of a theme {theme!r}, nor a command; there are {themes}{hint}")
    return found


def _list(store: Path, *, named: bool, theme: str | None = None) -> None:
    if named:
        Folder.find(store)  # who names a graph expects its questions
    from provkg.questions import all_questions, own_files, shipped_files, single_tags

    broken: list[str] = []
    listed = all_questions(store / "queries", tell=broken.append)
    tags, names = single_tags(listed), Counter(question.name.casefold() for question in listed)
    replacing = own_files(store / "queries").keys() & shipped_files().keys()
    for of, group in groupby(_of_theme(listed, theme), key=lambda question: question.theme):
        click.echo(f"{of}")
        for question in group:
            short = [tag for tag, found in tags.items() if found is question]
            name = question.name if names[question.name.casefold()] == 1 else question.path
            mark = "  (this graph's own, in place of the shipped one)" if question.path in replacing else ""
            click.echo(f"  {', '.join([name, *short])}{_parameters(question.params)}{mark}")
            click.echo(f"      {question.summary}")
    click.echo("ask one: provkg ask NAME; its parameters: provkg ask NAME -h", err=True)
    _tell_left_out(click.get_current_context(), broken)


def _tell_left_out(ctx: click.Context, broken: Sequence[str]) -> None:
    for complaint in broken:
        click.echo(f"left out: {complaint}", err=True)
    if broken:
        ctx.exit(1)


def _parameters(params: tuple[Parameter, ...]) -> str:
    shown = [f"[--{each.name}]" if each.optional else f"--{each.name}" for each in params]
    return "".join(f" {each}" for each in shown)
