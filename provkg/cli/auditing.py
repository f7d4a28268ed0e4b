"""The command that asks a whole graph the rules across records, and what the shapes want."""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, groupby, islice
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING, Final

import click

from provkg.cli.options import TEXT, example, format_option, level_option, store_option
from provkg.cli.reading import reader
from provkg.errors import UsageError

if TYPE_CHECKING:
    from provkg.gate import Problem
    from provkg.rules import Finding, Rule, Rulebook

FORMATS: Final = ("text", "json", "csv", "junit", "sarif", "github")
# The names of `provkg.reading.promotion.FAIL_ON`.
FAIL_ON: Final = ("violation", "warning", "never")
SHOWN: Final = 20
# The names of `provkg.reading.judgements.AUDITED`, not taken from there: that would import much for a help text.
AUDITED: Final = ("rules", "shapes")


@click.command()
@level_option("standard", "Which rules are asked, and what the data must say.")
@click.option("--only", type=click.Choice(AUDITED), help="Ask only the rules across records, or only the shapes.")
@click.option("--rule", "rules", multiple=True, type=TEXT, metavar="ID", help="Ask only this rule; may be repeated.")
@click.option("--theme", "themes", multiple=True, type=TEXT, metavar="NAME", help="Ask only rules of this theme.")
@click.option(
    "--set", "settings", multiple=True, type=TEXT, metavar="NAME=VALUE", help="A parameter of rules, like days=2."
)
@store_option
@click.option("--list", "list_", is_flag=True, help="List the rules by theme and ask none.")
@click.option("--all", "all_", is_flag=True, help=f"Print every finding; text shows the first {SHOWN} of each rule.")
@format_option(FORMATS, "How it is written.")
@click.option(
    "--fail-on",
    type=click.Choice(FAIL_ON),
    default="violation",
    show_default=True,
    help="What makes the exit code 1.",
)
@click.pass_context
@example(
    "provkg audit --level audit",
    "provkg audit --only shapes --level minimal",
    "provkg audit --rule X16 --rule X17",
    "provkg audit --format sarif > provkg.sarif",
)
def audit(
    ctx: click.Context,
    level: str,
    only: str | None,
    rules: tuple[str, ...],
    themes: tuple[str, ...],
    settings: tuple[str, ...],
    store: Path,
    list_: bool,  # noqa: FBT001  # click hands options over by name
    all_: bool,  # noqa: FBT001
    format_: str,
    fail_on: str,
) -> None:
    """Report what is wrong across the records of a whole graph.

    It asks rules and shapes. Rules find what no single record shows: data that trained here and tests there, a recalled
    dataset behind a live model, a run that ended before it began. Shapes find what is missing or malformed at the
    level, in memory that does not grow with the graph. The graph's own rules and shapes, in its folders rules/ and
    shapes/, are asked too; with --rule or --theme, only those. Exits with 0 if nothing is found that --fail-on names, 1
    if something is, 3 if a file of the graph's own cannot be asked.
    """
    values = dict(map(_setting, settings))
    with reader(store) as opened:
        if list_:
            book = opened.rules()
            _list(book)
            failed, broken = False, book.broken
        else:
            found = opened.audit(level=level, rules=rules, themes=themes, only=only, **values)
            failed, broken = _report(found, format_, fail_on, whole=all_), found.broken
            asked = f"{len(found.rules)} rules and {found.constraints:,} constraints of shapes asked"
            click.echo(f"{asked}; {opened.size:,} ledger entries seen", err=True)
    for error in broken:
        click.echo(f"provkg: {error}", err=True)
    ctx.exit(1 if failed else 3 if broken else 0)


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
    from provkg.reading.promotion import FAIL_ON as GRAVE  # a help text does without

    return any(counted[severity] for severity in GRAVE[fail_on])


def _counting(found: Iterable[Finding], counted: Counter[str]) -> Iterator[Finding]:
    for finding in found:
        counted[finding.severity] += 1
        yield finding


def _print(found: Iterable[Finding], most: int | None) -> None:
    """Print the findings by rule; they come in that order, and no more than the first few of one are held."""
    for rule, group in groupby(found, key=lambda finding: finding.rule):
        _print_group(rule, group, most)


def _print_group(rule: Rule, group: Iterator[Finding], most: int | None) -> None:
    first = list(islice(group, SHOWN))
    # All are printed as they come, so that their number is not known before.
    beyond = 0 if most is None else sum(1 for _ in group)
    number = f"{SHOWN} or more" if most is None and len(first) == SHOWN else f"{len(first) + beyond:,}"
    click.echo(f"{rule.id} {rule.severity}: {rule.summary} ({number})")
    for finding in chain(first, group):
        click.echo(f"    {_line(finding)}")
    if beyond:
        click.echo(f"    … and {beyond:,} more; see them with: provkg audit {_asks(rule)} --all")


def _line(finding: Finding) -> str:
    # What a shape says of each node alike stands above them.
    return finding.name if finding.message == finding.rule.summary else str(finding)


def _asks(rule: Rule) -> str:
    return "--only shapes" if rule.kind == "incomplete" else f"--rule {rule.id}"


def _write(found: Iterable[Finding], format_: str) -> None:
    if format_ == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\r\n")
        writer.writerow(["rule", "severity", "kind", "theme", "this", "name", "message"])
        writer.writerows(list(finding.facts().values()) for finding in found)
    elif format_ == "json":
        _write_json(finding.facts() for finding in found)
    else:
        from provkg.gate.report import write_report

        problems: list[Problem] = [finding.problem() for finding in found]
        click.echo(write_report(problems, format_), nl=False)


def _write_json(rows: Iterable[dict[str, str]]) -> None:
    """Print an array as `json.dumps` would, but each row as soon as it is there."""
    before = "["
    for row in rows:
        click.echo(f"{before}\n{indent(json.dumps(row, ensure_ascii=False, indent=2), '  ')}", nl=False)
        before = ","
    click.echo("[]" if before == "[" else "\n]")


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
