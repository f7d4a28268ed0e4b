"""The program `provkg`: which commands there are, and what becomes of errors.

Exit codes: 0 done, or the data conform; 1 problems were found; 2 wrong use; 3 could not run.
"""

from __future__ import annotations

import errno
import io
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Final, NoReturn

import click

from provkg.cli.options import example
from provkg.cli.pipes import patient
from provkg.errors import ProvkgError, StorageFailed, UsageError
from provkg.resources import version

CANNOT_RUN: Final = 3
INTERRUPTED: Final = 130
# In the order in which a newcomer meets them. A module is imported when its command is called or listed.
COMMANDS: Final = {
    "demo": "provkg.cli.demo",
    "init": "provkg.cli.graphs",
    "exec": "provkg.cli.executing",
    "questions": "provkg.cli.questioning",
    "ask": "provkg.cli.asking",
    "query": "provkg.cli.asking",
    "lineage": "provkg.cli.tracing",
    "impact": "provkg.cli.impacting",
    "diff": "provkg.cli.comparing",
    "show": "provkg.cli.things",
    "export": "provkg.cli.things",
    "check": "provkg.cli.checking",
    "score": "provkg.cli.scoring",
    "missing": "provkg.cli.missing",
    "audit": "provkg.cli.auditing",
    "gate": "provkg.cli.promoting",
    "add": "provkg.cli.adding",
    "recall": "provkg.cli.recalling",
    "withdraw": "provkg.cli.recalling",
    "correct": "provkg.cli.correcting",
    "undeploy": "provkg.cli.undeploying",
    "docs": "provkg.cli.documenting",
    "serve": "provkg.cli.serving",
    "doctor": "provkg.cli.doctor",
    "sync": "provkg.cli.graphs",
    "rebuild": "provkg.cli.graphs",
    "backup": "provkg.cli.backing_up",
    "restore": "provkg.cli.backing_up",
    "verify": "provkg.cli.verifying",
    "prove": "provkg.cli.proving",
    "redact": "provkg.cli.redacting",
    "retain": "provkg.cli.retaining",
    "archive": "provkg.cli.archiving",
    "checkpoint": "provkg.cli.signing",
    "key": "provkg.cli.signing",
    "tiles": "provkg.cli.publishing",
    "witness": "provkg.cli.witnessing",
}
# Who closes the pipe of these has all that was wanted, and they end; others go on with the work and to the verdict.
ONLY_PRINT: Final = frozenset({"questions", "ask", "query", "lineage", "show", "export"})
_STORAGE: Final = {
    errno.ENOSPC: "the disk is full; free some space and try again",
    errno.EDQUOT: "your quota on this disk is used up; free some space and try again",
    errno.EROFS: "the disk is read-only; choose another folder",
    errno.EACCES: "you have no permission there; ask the owner, or choose another place",
    errno.ENAMETOOLONG: "that name is longer than a disk allows; choose a shorter one",
    errno.EIO: "the disk fails; check it before you try again",
    errno.EPERM: "you have no permission there; ask the owner, or choose another place",
}


class Program(click.Group):
    """Loads commands on demand and turns every error of ours into its exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command called `cmd_name`."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(COMMANDS[cmd_name])
        command: click.Command = getattr(module, cmd_name, None) or getattr(module, f"{cmd_name}_")
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; the one place where errors become a sentence and an exit code."""
        _never_fail_to_print(lambda: ctx.invoked_subcommand in ONLY_PRINT)
        try:
            with _warnings_in_words():
                result = super().invoke(ctx)
            sys.stdout.flush()
        except ProvkgError as error:
            _end(ctx, error)
        except BrokenPipeError:
            _stop_printing()
            ctx.exit(0 if ctx.invoked_subcommand in ONLY_PRINT else CANNOT_RUN)
        except UnicodeEncodeError as error:
            # The shell hands any bytes over; those that are no text arrive as surrogates.
            _end(ctx, UsageError(f"{error.object!r:.200} is not UTF-8 text"))
        except OSError as error:
            if error.errno not in _STORAGE:
                raise
            if error.errno == errno.ENOSPC and error.filename is None:
                _stop_printing()  # standard output itself may be the full disk
            place = f"{error.filename}: " if error.filename else ""
            _end(ctx, StorageFailed(place + _STORAGE[error.errno]))
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)
        return result


def _end(ctx: click.Context, error: ProvkgError) -> NoReturn:
    click.echo(f"provkg: {error}", err=True)
    ctx.exit(error.exit_code)


@contextmanager
def _warnings_in_words() -> Iterator[None]:
    """Let what we warn of be a sentence: whoever types a command has no line of code that it is about."""
    show = warnings.showwarning

    def say(message: Any, category: Any, *rest: Any, **more: Any) -> None:
        # By name: its module takes long to import, for commands that never warn.
        if category.__name__ == "CaptureWarning":
            click.echo(f"provkg: {message}", err=True)
        else:
            show(message, category, *rest, **more)

    warnings.showwarning = say
    try:
        yield
    finally:
        if warnings.showwarning is say:
            warnings.showwarning = show


def _never_fail_to_print(ends: Callable[[], bool]) -> None:
    # A terminal that cannot show a letter gets its escape.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout = patient(sys.stdout, ends)
    if isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr = patient(sys.stderr, lambda: False)


def _stop_printing() -> None:
    # Whoever read our output has seen enough (`provkg … | head`); Python would complain once more at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001  # click's signature
    if wanted:
        click.echo(f"provkg {version()}")
        ctx.exit()


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Print the version."
)
@example("provkg demo", "provkg ask training-data --model digits-classifier@latest")
def main() -> None:
    """Record where models and predictions come from, and answer for it.

    Results go to standard output, everything else to standard error. Exit codes: 0 done, or the data conform;
    1 problems; 2 wrong use; 3 could not run.
    """
