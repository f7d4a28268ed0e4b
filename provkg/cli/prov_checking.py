"""`provkg check --prov`: whether PROV documents are valid by PROV-CONSTRAINTS."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from click.core import ParameterSource

from provkg.cli.rdf_input import STANDARD_INPUT
from provkg.errors import UsageError

if TYPE_CHECKING:
    from provkg.gate.problem import Problem
    from provkg.prov import Document, Violation
    from provkg.prov.notation import Notation

# What only shapes need; naming one beside --prov is a misunderstanding.
_OF_SHAPES: Final = ("level", "shapes", "store", "engine", "skolemize")
_RECOMMENDATION: Final = "https://www.w3.org/TR/prov-constraints/"
_MOST_STATEMENTS: Final = 4


def check_prov(ctx: click.Context, names: Sequence[str], from_: str | None, format_: str) -> None:
    """Report what speaks against the documents in files called `names`, and exit with the verdict."""
    from provkg.gate.report import write_report

    _refuse_options_of_shapes(ctx, names, format_)
    documents = [(name, _document(name, from_)) for name in names]
    problems: list[Problem] = []
    labels: dict[str, str] = {}
    for name, document in documents:
        for problem, label in _problems(name, document):
            problems.append(problem)
            labels.setdefault(problem.focus, label)
    click.echo(write_report(problems, format_, {}, labels), nl=False)
    refused = sum(each.severity == "violation" for each in problems)
    verdict = "not valid" if refused else "valid"
    warned = len(problems) - refused
    click.echo(f"{verdict}: {refused} violation(s), {warned} warning(s) in {len(names)} PROV document(s)", err=True)
    ctx.exit(1 if refused else 0)


def _refuse_options_of_shapes(ctx: click.Context, names: Sequence[str], format_: str) -> None:
    for option in _OF_SHAPES:
        if ctx.get_parameter_source(option) == ParameterSource.COMMANDLINE:
            raise UsageError(f"--{option} is about shapes, and --prov asks PROV-CONSTRAINTS; leave one of them out")
    if not names:
        raise UsageError("--prov needs documents to check; name at least one FILE")
    if format_ == "turtle":
        raise UsageError("a SHACL report (--format turtle) says nothing about PROV-CONSTRAINTS; take another format")


def _document(name: str, from_: str | None) -> Document:
    # Parsers and the store's library: a tenth of a second that help texts do without.
    from provkg.exchange import prov_files

    if name != STANDARD_INPUT:
        return prov_files.read(Path(name), format=from_)
    if from_ is None:
        raise UsageError("standard input has no file name to tell its syntax; add --from, for example --from prov-n")
    return prov_files.parse(sys.stdin.buffer.read(), "<stdin>", prov_files.syntax_named(from_))


def _problems(name: str, document: Document) -> Iterator[tuple[Problem, str]]:
    from provkg.gate.problem import Problem
    from provkg.prov import validate
    from provkg.prov.notation import RESERVED, Notation

    notation = Notation({**RESERVED, **document.prefixes})
    for each in validate(document).found:
        focus = str(each.about) if each.about is not None else name
        problem = Problem(
            focus=focus,
            shape=_RECOMMENDATION + f"#{each.constraint.name}",
            constraint=str(each.constraint),
            value=None,
            path=None,
            message=_message(each, notation),
            severity=each.severity,
            place=(name, each.line or 1),
        )
        yield problem, notation.name(each.about) if each.about is not None else name


def _message(violation: Violation, notation: Notation) -> str:
    inside = f" (in the bundle {notation.name(violation.bundle)})" if violation.bundle else ""
    statements = [notation.statement(each) for each in violation.statements[:_MOST_STATEMENTS]]
    left = len(violation.statements) - len(statements)
    more = f" and {left} more" if left else ""
    said = f"; stated by {' and '.join(statements)}{more}" if statements else ""
    return f"{violation}{inside}{said}"
