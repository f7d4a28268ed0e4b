"""The command that asks the rules across records of a whole graph."""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from provkg.cli.options import TEXT, example, level_option, store_option
from provkg.cli.reading import reader
from provkg.errors import UsageError

if TYPE_CHECKING:
    from provkg.gate import Problem
    from provkg.rules import Finding, Rulebook

FORMATS: Final = ("text", "json", "csv", "junit", "sarif", "github")
FAIL_ON: Final = {
    "violation": frozenset({"violation"}),
    "warning": frozenset({"violation", "warning"}),
    "never": frozenset[str](),
}
SHOWN: Final = 20


@click.command()
@level_option("standard", "Which rules are asked, and what the data must say.")
@click.option("--rule", "rules", multiple=True, type=TEXT, metavar="ID", help="Ask only this rule; may be repeated.")
@click.option("--theme", "themes", multiple=True, type=TEXT, metavar="NAME", help="Ask only rules of this theme.")
@click.option(
    "--set", "settings", multiple=True, type=TEXT, metavar="NAME=VALUE", help="A parameter of rules, like days=2."
)
@store_option
@click.option("--list", "list_", is_flag=True, help="List the rules by theme and ask none.")
@click.option("--all", "all_", is_flag=True, help=f"Print every finding; text shows the first {SHOWN} of each rule.")
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True, help="How it is written."
)
@click.option(
    "--fail-on",
    type=click.Choice(list(FAIL_ON)),
    default="violation",
    show_default=True,
    help="What makes the exit code 1.",
)
@click.pass_context
@example(
    "provkg audit --level audit",
    "provkg audit --rule X16 --rule X17",
    "provkg audit --format sarif > provkg.sarif",
)
def audit(
    ctx: click.Context,
    level: str,
    rules: tuple[str, ...],
    themes: tuple[str, ...],
    settings: tuple[str, ...],
    store: Path,
    list_: bool,  # noqa: FBT001  # click hands options over by name
    all_: bool,  # noqa: FBT001
    format_: str,
    fail_on: str,
) -> None:
    """Ask the rules across records of a whole graph.

    They find what no single record shows: data that trained here and tests there, a recalled dataset behind a live
    model, a run that ended before it began. The graph's own rules, in its folder rules/, are asked too. Exits with 0
    if nothing is found that --fail-on names, 1 if something is, 3 if a rule of the graph's own cannot be asked.
    """
    values = dict(map(_setting, settings))
    with reader(store) as opened:
        book, failed = opened.rules(), False
        if list_:
            _list(book)
        else:
            found = opened.audit(level=level, rules=rules, themes=themes, **values)
            failed = _report(found, format_, fail_on, whole=all_)
            click.echo(f"{len(found.rules)} rules asked; {opened.size:,} ledger entries seen", err=True)
    for error in book.broken:
        click.echo(f"provkg: {error}", err=True)
    ctx.exit(1 if failed else 3 if book.broken else 0)


def _report(findings: Iterable[Finding], format_: str, fail_on: str, *, whole: bool) -> bool:
    """Print what is found, and return whether any of it is what `fail_on` names."""
    counted: Counter[str] = Counter()
    found = _counting(findings, counted)
    if format_ == "text":
        _print(found, None if whole else SHOWN)
    else:
        _write(found, format_)
    said = ", ".join(f"{number} {severity}(s)" for severity, number in counted.items())
    click.echo(said or "nothing found", err=True)
    return any(counted[severity] for severity in FAIL_ON[fail_on])


def _counting(found: Iterable[Finding], counted: Counter[str]) -> Iterator[Finding]:
    for finding in found:
        counted[finding.severity] += 1
        yield finding


def _print(found: Iterable[Finding], most: int | None) -> None:
    """Print the findings by rule; they come in that order, so that no more than one rule's are held."""
    for rule, group in groupby(found, key=lambda finding: finding.rule):
        listed = list(group)
        click.echo(f"{rule.id} {rule.severity}: {rule.summary} ({len(listed)})")
        for finding in listed[:most]:
            click.echo(f"    {finding}")
        if most is not None and len(listed) > most:
            click.echo(f"    … and {len(listed) - most:,} more; see them with: provkg audit --rule {rule.id} --all")


def _write(found: Iterable[Finding], format_: str) -> None:
    if format_ == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\r\n")
        writer.writerow(["rule", "severity", "kind", "theme", "this", "name", "message"])
        writer.writerows(list(finding.facts().values()) for finding in found)
    elif format_ == "json":
        click.echo(json.dumps([finding.facts() for finding in found], ensure_ascii=False, indent=2))
    else:
        from provkg.gate.report import write_report

        problems: list[Problem] = [finding.problem() for finding in found]
        click.echo(write_report(problems, format_), nl=False)


def _list(book: Rulebook) -> None:
    ordered = sorted(book.rules, key=lambda rule: (rule.theme, rule.id))
    for theme, group in groupby(ordered, key=lambda rule: rule.theme):
        click.echo(theme)
        for rule in group:
            click.echo(f"  {rule.id:5} {rule.summary}  [{rule.kind}, {rule.level}]")
    click.echo("ask one: provkg audit --rule ID; why each matters: rules/README.md", err=True)


def _setting(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise UsageError(f"{text!r} is no setting; write it as NAME=VALUE, like days=2")
    return name, value
