"""What `ask` and `query` have in common: in which form an answer is printed or written, and how much of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from provkg.cli.options import ANSWER_FORMATS, BINARY_FORMATS, WAIT_SECONDS, iris_option, store_option
from provkg.cli.patience import patience
from provkg.cli.reading import say_state
from provkg.cli.things import put
from provkg.errors import UsageError

if TYPE_CHECKING:
    from provkg.forms import Sheet
    from provkg.index import Stream
    from provkg.reading import Reader
    from provkg.reading.inquiry import Inquiry

Command = TypeVar("Command", bound=Callable[..., Any])
TABLE_ROWS: Final = 1000
"""Rows of a table, which is whole in memory and before somebody's eyes, unless more are asked for."""
WHOLE: Final = 0


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked for beside the answer itself."""

    format_: str | None = None
    output: Path | None = None
    limit: int | None = None
    iris: bool = False
    explain: bool = False
    prove: Path | None = None
    timeout: float | None = None


def answer_options(*, graphs: bool, taken: Collection[str] = ()) -> Callable[[Command], Command]:
    """Add the options that `Wanted` holds, and the store; `graphs` may be written as Turtle too.

    Those whose names are `taken` by parameters of a question are left out.
    """
    formats = [*ANSWER_FORMATS, *(["turtle"] if graphs else []), *BINARY_FORMATS]

    def add(command: Command) -> Command:
        options = {
            "explain": click.option(
                "--explain", is_flag=True, help="Show the query as it was sent, and what it took, as well."
            ),
            "prove": click.option(
                "--prove",
                type=click.Path(dir_okay=False, path_type=Path),
                metavar="FILE",
                help="Write the records that the answer rests on as a bundle, for provkg verify.",
            ),
            "timeout": click.option(
                "--timeout",
                type=click.FloatRange(0, min_open=True),
                metavar="SECONDS",
                help="Give up after so long; Ctrl-C does at any time.",
            ),
            "iris": iris_option,
            "limit": click.option(
                "--limit",
                type=click.IntRange(0),
                metavar="ROWS",
                help=f"At most so many rows, or 0 for all. A table has {TABLE_ROWS:,} unless told; other formats, all.",
            ),
            "output": click.option(
                "--output",
                "-o",
                type=click.Path(dir_okay=False, path_type=Path),
                help="The file to write, whole or not at all; its name tells the format, unless --format does.",
            ),
            "format": click.option(
                "--format",
                "format_",
                type=click.Choice(formats),
                help="How the answer is written: a table unless told. parquet and xlsx need --output.",
            ),
            "store": store_option,
        }
        # Of a function, what is added last stands first; of a command, what is added first.
        for name in options if not isinstance(command, click.Command) else reversed(options):
            option = options[name]
            command = command if name in taken else option(command)
        return command

    return add


def answer(inquiry: Inquiry, opened: Reader, wanted: Wanted) -> None:
    """Print the answer, or write it to the file that is wanted."""
    format_ = _format(wanted)
    with patience(wanted.timeout):
        _answer(inquiry, opened, wanted, format_)


def _answer(inquiry: Inquiry, opened: Reader, wanted: Wanted, format_: str | None) -> None:
    start = perf_counter()
    sheet = inquiry.sheet(iris=wanted.iris)
    if format_ is None:
        format_ = "turtle" if sheet.stream.kind == "graph" and inquiry.question is None else "table"
    sheet.stream.limit = _limit(wanted.limit, format_)
    if wanted.output is None:
        _print(sheet, format_)
    else:
        from provkg.forms.files import save

        save(sheet, wanted.output, format_)
    if wanted.explain:
        click.echo(f"{inquiry.told()}\ntook: {perf_counter() - start:.3f} s until the last row was written", err=True)
        click.echo(f"statements: {inquiry.looked_at(_cut_at(sheet.stream))}", err=True)
    if wanted.prove is not None:
        content = inquiry.proof(wait=WAIT_SECONDS, limit=_cut_at(sheet.stream))
        put(content, wanted.prove)
        click.echo(f"wrote {len(content):,} bytes to {wanted.prove}; check it with: provkg verify", err=True)
    _say_cut(sheet.stream)
    say_state(_counted(sheet.stream), opened)


def _format(wanted: Wanted) -> str | None:
    if wanted.output is None:
        if wanted.format_ in BINARY_FORMATS:
            raise UsageError(f"{wanted.format_} is nothing to print; name a file with --output")
        return wanted.format_
    from provkg.forms.files import format_of

    format_ = wanted.format_ or format_of(wanted.output)
    if format_ in BINARY_FORMATS and wanted.output.exists() and not wanted.output.is_file():
        raise UsageError(f"{format_} is nothing to print, and {wanted.output} is no file; name one with --output")
    return format_


def _limit(asked: int | None, format_: str) -> int | None:
    if asked is None:
        return TABLE_ROWS if format_ == "table" else None
    return None if asked == WHOLE else asked


def _print(sheet: Sheet, format_: str) -> None:
    from provkg.forms import WITH_NAMES, lines

    if format_ not in WITH_NAMES:
        sheet.calling = None
    # CSV has its own line ends, which text mode would keep as they are on this system.
    for line in lines(sheet, format_):
        sys.stdout.write(line)
    sys.stdout.flush()


def _say_cut(stream: Stream) -> None:
    if stream.cut:
        click.echo(f"provkg: cut after {stream.count:,} rows: there are more; --limit {WHOLE} gives all", err=True)


def _cut_at(stream: Stream) -> int | None:
    return stream.count if stream.cut else None


def _counted(stream: Stream) -> str:
    if stream.kind == "boolean":
        return "one answer"
    return f"{stream.count:,} {'triple' if stream.kind == 'graph' else 'row'}{'' if stream.count == 1 else 's'}"
