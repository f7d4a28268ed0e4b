"""Options that several commands have, with one name, default and help each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from inspect import cleandoc
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from provkg.errors import BadParameter
from provkg.facts_file import facts_of_work
from provkg.folder import DEFAULT_FOLDER, LEVELS

Command = TypeVar("Command", bound=Callable[..., Any])
STORE_VARIABLE: Final = "PROVKG_STORE"
# The names of `provkg.gate.ENGINES`, not taken from there: that would import the gate to print a help text.
ENGINES: Final = ("shifty", "pyshacl", "oxigraph")
RDF_FORMATS: Final = ("turtle", "trig", "nquads", "ntriples", "jsonld")
# What is wrong with a path is for the library to say, in its words and with its exit code.
ANY_PATH: Final = click.Path(path_type=Path, readable=False)
ANSWER_FORMATS: Final = ("table", "csv", "tsv", "json", "jsonl", "xml", "markdown", "html")
BINARY_FORMATS: Final = ("parquet", "xlsx")
# A training process's events are taken in within moments; what takes longer is worth a sentence.
WAIT_SECONDS: Final = 30.0


class _Text(click.types.StringParamType):
    """Text that can stand in a graph: a shell hands any bytes over, and those that are no text arrive as surrogates."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return `value`, or fail as wrong use."""
        text = str(super().convert(value, param, ctx))
        try:
            text.encode()
        except UnicodeEncodeError:
            self.fail(f"{text!r} is not UTF-8 text", param, ctx)
        return text


class _Words(_Text):
    """Text that says something: of what is empty nobody could tell afterwards what was meant."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return `value`, or fail as wrong use."""
        text = super().convert(value, param, ctx)
        if not text.strip():
            self.fail("it is empty", param, ctx)
        return text


TEXT: Final = _Text()
WORDS: Final = _Words()


def example(*lines: str) -> Callable[[Command], Command]:
    """Add an example to the help of a command; stands below `@click.command`."""

    def add(command: Command) -> Command:
        command.__doc__ = with_example(cleandoc(command.__doc__ or ""), *lines)
        return command

    return add


def with_example(text: str, *lines: str) -> str:
    """Return a help text that ends in an example."""
    # The \\b keeps click from joining the lines.
    return "\n".join([f"{text}\n\n\b\nExample:", *(f"  {line}" for line in lines)])


def store_here() -> Path:
    """Return the graph that scripts started here record to, unless they name another."""
    try:
        return facts_of_work(Path.cwd()).store or Path(DEFAULT_FOLDER)
    except OSError:  # the working folder is gone
        return Path(DEFAULT_FOLDER)


def store_option(command: Command) -> Command:
    """Add `--store DIR`."""
    return click.option(
        "--store",
        type=ANY_PATH,
        default=store_here,
        envvar=STORE_VARIABLE,
        show_default=DEFAULT_FOLDER,
        show_envvar=True,
        metavar="DIR",
        help="The knowledge graph's folder.",
    )(command)


def iris_option(command: Command) -> Command:
    """Add `--iris`."""
    help_ = "Show things by their whole IRIs instead of names; the formats for programs always do."
    return click.option("--iris", is_flag=True, help=help_)(command)


def level_option(default: str | None, help_: str) -> Callable[[Command], Command]:
    """Add `--level`."""
    return click.option("--level", type=click.Choice(LEVELS), default=default, show_default=bool(default), help=help_)


def engine_option(command: Command) -> Command:
    """Add `--engine`."""
    help_ = "The SHACL engine; pyshacl is the reference and slower."
    return click.option("--engine", type=click.Choice(ENGINES), default=ENGINES[0], show_default=True, help=help_)(
        command
    )


def rdf_format_option(command: Command) -> Command:
    """Add `--from`, the format of RDF input."""
    help_ = "The format of the input: a name, extension or MIME type. Guessed from the file name; needed with -."
    return click.option("--from", "from_", metavar="FORMAT", help=help_)(command)


def skolemize_option(command: Command) -> Command:
    """Add `--skolemize`."""
    return click.option("--skolemize", is_flag=True, help="Give blank nodes IRIs instead of refusing them.")(command)


def format_option(formats: Sequence[str], help_: str) -> Callable[[Command], Command]:
    """Add `--format`, the first of `formats` unless given."""
    return click.option(
        "--format", "format_", type=click.Choice(formats), default=formats[0], show_default=True, help=help_
    )


def at_option(what: str) -> Callable[[Command], Command]:
    """Add `--at`, a moment as text for `moment`; `what` begins its help."""
    help_ = f"{what}, such as 2026-03-01T12:00:00Z."
    return click.option("--at", type=TEXT, metavar="TIME", help=help_)


def moment(text: str | None) -> datetime | None:
    """Return what `--at` says as a moment."""
    try:
        return None if text is None else datetime.fromisoformat(text)
    except ValueError:
        raise BadParameter(f"--at {text!r} is no time; give one such as 2026-03-01T12:00:00Z") from None


def by_option(who: str) -> Callable[[Command], Command]:
    """Add `--by`; `who` begins its help."""
    return click.option("--by", type=WORDS, metavar="WHO", help=f"{who}; unless given, whoever runs this.")


def evidence_option(command: Command) -> Command:
    """Add `--evidence`."""
    help_ = "What the decision rests on, such as a measurement or a report; may be given several times."
    return click.option("--evidence", type=WORDS, multiple=True, metavar="NODE", help=help_)(command)


def wait_option(
    help_: str = "Seconds to wait for a process that holds the graph to let go.",
) -> Callable[[Command], Command]:
    """Add `--wait`."""
    kind = click.FloatRange(0)
    return click.option("--wait", type=kind, metavar="SECONDS", default=WAIT_SECONDS, show_default=True, help=help_)
