"""Commands that ask: ask, query."""

from __future__ import annotations

import os
import sys
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from provkg.cli.answering import Wanted, answer, answer_options
from provkg.cli.options import STORE_VARIABLE, TEXT, example, store_here, with_example
from provkg.cli.reading import reader
from provkg.errors import Unreadable

if TYPE_CHECKING:
    from provkg.questions import Parameter, Question

STANDARD_INPUT: Final = "-"
# By class or type of the parameter: what stands in the example of a question's help.
SAMPLES: Final = {
    "ModelVersion": "digits-classifier@latest",
    "Dataset": "digits",
    "DatasetVersion": "train-reduced@latest",
    "Entity": "train-reduced@latest",
    "Agent": "digits",
    "Run": "SGDClassifier@latest",
    "Experiment": "digits",
    "Endpoint": "https://models.example.org/digits",
    "Record": "0",
    "MetricKind": "accuracy",
    "TransformationKind": "standardization",
    "Project": "digits",
    "Pipeline": "'preprocessing for digits-classifier'",
    "DataIssue": "ISSUE",
    "Deployment": "'digits-classifier at https://models.example.org/digits'",
    "PredictionBatch": "digits-batch-1@latest",
    "featureName": "64",
    "paramName": "copy",
    "recordKey": "KEY",
    "tagKey": "KEY",
    "iri": "digits-classifier@latest",
    "integer": "3",
    "double": "0.01",
    "dateTime": "2026-01-01T00:00:00Z",
}


class QuestionCommands(click.Group):
    """One command per saved question, made from its header when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Return nothing: `provkg questions` lists them by theme."""
        return []

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the question named first; raises `UnknownQuestion`."""
        from provkg.questions import find

        name, *rest = args
        if name.startswith("-"):
            return super().resolve_command(ctx, args)
        question = find(name, _store_among(rest) / "queries")
        return question.name, _command(question), rest


@click.command(cls=QuestionCommands, subcommand_metavar="NAME [OPTIONS]", no_args_is_help=True)
@example(
    "provkg ask training-data --model digits-classifier@latest",
    "provkg ask Q11 --model digits-classifier@latest --format csv",
)
def ask() -> None:
    """Ask a saved question.

    NAME is its file's name, theme/name, or a tag that only one question has. Each parameter of the question is an
    option; `provkg ask NAME -h` shows them. Things are given by name, name@version, name@latest, or IRI.
    """


@click.command()
@click.argument("query_", metavar="QUERY")
@answer_options(graphs=True)
@example(
    "provkg query 'SELECT ?run { ?run a <http://www.w3.org/ns/prov#Activity> } LIMIT 3'",
    "provkg query --format csv runs.rq",
)
def query(query_: str, store: Path, **wanted: Any) -> None:
    """Answer a SPARQL query.

    QUERY is its text, a file that holds it, or - for standard input. A graph is printed as Turtle, anything else as a
    table, unless --format says otherwise.
    """
    text = _query_text(query_)
    with reader(store) as opened:
        answer(opened.inquiry_of(text), opened, Wanted(**wanted))


def _command(question: Question) -> click.Command:
    """Return the command that asks `question`: one option per parameter."""
    taken = {parameter.name for parameter in question.params}

    def ask_it(store: Path, **given: Any) -> None:
        wanted = Wanted(**{each.name: given.pop(each.name) for each in fields(Wanted) if each.name not in taken})
        with reader(store) as opened:
            answer(opened.inquiry(question.path, given), opened, wanted)
            for version, whole in opened.taken_for(question, given).items():
                click.echo(f"provkg: {version} is a version; the answer is about all of {whole}", err=True)

    options: list[click.Parameter] = [_option(parameter) for parameter in question.params]
    help_ = with_example(f"{question.summary}\n\n{question.description}", _example(question))
    command = click.Command(question.name, callback=ask_it, params=options, help=help_)
    return answer_options(graphs=question.form == "CONSTRUCT", taken=taken)(command)


def _option(parameter: Parameter) -> click.Option:
    from provkg.questions.terms import prefixed

    kinds = " or ".join(prefixed(kind) for kind in parameter.classes)
    meaning = parameter.description or (f"A {kinds}." if kinds else "")
    return click.Option(
        [f"--{parameter.name}"],
        required=not parameter.optional,
        help=meaning + (f"  [default: {parameter.default}]" if parameter.default is not None else ""),
        type=TEXT,
        metavar="NAME|IRI" if parameter.type == "iri" else parameter.type.upper(),
    )


def _example(question: Question) -> str:
    required = [f"--{parameter.name} {_sample(parameter)}" for parameter in question.params if not parameter.optional]
    return " ".join(["provkg ask", question.name, *required])


def _sample(parameter: Parameter) -> str:
    """Return a value that the graph of `provkg demo` knows."""
    if parameter.choices:
        return parameter.choices[0]
    # Of kinds of run and of concepts, whose names are listed, that of the concept.
    kinds = (*parameter.classes, *parameter.values, *reversed(parameter.kinds))
    known = (SAMPLES[name] for kind in kinds if (name := kind.value.rpartition("#")[2]) in SAMPLES)
    return next(known, SAMPLES.get(parameter.type, parameter.type.upper()))


def _store_among(args: list[str]) -> Path:
    # The graph may have questions of its own, so its folder must be known before the options are parsed.
    for position, arg in enumerate(args):
        if arg.startswith("--store="):
            return Path(arg.removeprefix("--store="))
        if arg == "--store" and position + 1 < len(args):
            return Path(args[position + 1])
    told = os.environ.get(STORE_VARIABLE)
    return Path(told) if told else store_here()


def _query_text(given: str) -> str:
    if given == STANDARD_INPUT:
        return _decoded(sys.stdin.buffer.read(), "<stdin>")
    # A query has spaces and braces, a file name hardly ever; one too long for a name is no file.
    if not given.strip() or "{" in given or len(given) > os.pathconf("/", "PC_NAME_MAX"):
        return given
    try:
        return _decoded(Path(given).read_bytes(), given)
    except OSError as error:
        from provkg.sparql import is_request  # late: it imports the engine

        if is_request(given):
            return given
        raise Unreadable(
            f"{given}: {os.strerror(error.errno or 0)}; give a query, a file that holds one, or -"
        ) from None


def _decoded(text: bytes, source: str) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable(f"{source}: the query is not UTF-8 text") from None
