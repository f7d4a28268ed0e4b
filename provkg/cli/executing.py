"""The command that records other commands: exec."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from provkg.cli.options import TEXT, example, store_option

# What follows belongs to the command, its options, too.
ALL_THE_REST = {"allow_interspersed_args": False}


@click.command(name="exec", context_settings=ALL_THE_REST)
@store_option
@click.option("--title", type=TEXT, help="What to call the run; the script's or command's name unless given.")
@click.option("--project", type=TEXT, help="The project that the run belongs to.")
@click.option("--experiment", type=TEXT, help="The experiment that the run is part of.")
@click.option("--responsible", type=TEXT, metavar="WHO", help="Who answers for it: a name, or team:…, organization:….")
@click.option(
    "--input", "inputs", type=TEXT, multiple=True, metavar="PATH", help="A file, folder or pattern that it reads, too."
)
@click.option(
    "--output",
    "outputs",
    type=TEXT,
    multiple=True,
    metavar="PATH",
    help="A file, folder or pattern that it makes, too.",
)
@click.option("--trains", is_flag=True, help="It trains: its files of models were trained on what it reads.")
@click.option("--no-autolog", is_flag=True, help="Do not record what frameworks in Python programs do.")
@click.argument("command", type=click.UNPROCESSED, nargs=-1, required=True, metavar="-- COMMAND [ARGUMENT]...")
@example("provkg exec -- python3 train.py --rate 0.1", "provkg exec --trains --input 'data/*.csv' -- make model.bin")
def exec_(
    store: Path,
    title: str | None,
    project: str | None,
    experiment: str | None,
    responsible: str | None,
    inputs: tuple[str, ...],
    outputs: tuple[str, ...],
    trains: bool,  # noqa: FBT001
    no_autolog: bool,  # noqa: FBT001
    command: tuple[str, ...],
) -> None:
    """Run a command as a recorded run, its code unchanged.

    Recorded are the command, its code and environment, the files that its Python programs read (with the digests they
    had) and wrote, files below the working folder that changed, how it ended, and what known frameworks do in it. The
    runs that it records by itself become parts of this one. What other programs than Python read is told by --input.
    The exit status is the command's; 127 and 126 where it cannot be found or run.
    """
    import provkg  # which knows how to have records taken in
    from provkg.execution import execute

    provkg.configure(store=store, project=project, experiment=experiment, responsible=responsible)
    frameworks = () if no_autolog else _frameworks()
    sys.exit(execute(command, title=title, inputs=inputs, outputs=outputs, frameworks=frameworks, trains=trains))


def _frameworks() -> tuple[str, ...]:
    from provkg.integrations import FRAMEWORKS

    return tuple(dict.fromkeys(module.partition(".")[0] for module in FRAMEWORKS.values()))
