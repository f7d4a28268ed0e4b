"""What `provkg verify --files` does: the files that a graph names, compared with what lies there now."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from provkg.cli.options import ANY_PATH, TEXT, format_option
from provkg.cli.progress import now_and_then
from provkg.cli.reading import reader
from provkg.errors import UsageError

if TYPE_CHECKING:
    from provkg.reading import Reader
    from provkg.reading.files import FileCheck, FileFinding
    from provkg.records import IntegrityCheck

Command = TypeVar("Command", bound=Callable[..., Any])
FORMATS: Final = ("text", "json")
REASONS_SHOWN: Final = 5
CHECKS_OF_A_RECORD: Final = 100
# What anybody wants to read; of the others, how many there are and why.
TOLD: Final = frozenset({"changed", "gone", "moved"})


def files_options(command: Command) -> Command:
    """Add `--files` and what goes with it."""
    for option in reversed(
        (
            click.option(
                "--files", "look_at_files", is_flag=True, help="Verify the files that the graph names, not the ledger."
            ),
            click.option(
                "--only", type=TEXT, metavar="NODE", help="With --files: those of this dataset or model alone."
            ),
            click.option(
                "--search",
                type=ANY_PATH,
                multiple=True,
                metavar="DIR",
                help="With --files: look below DIR for what is not where it was; may be repeated.",
            ),
            click.option(
                "--root", type=ANY_PATH, metavar="DIR", help="With --files: what relative addresses are relative to."
            ),
            click.option(
                "--record", is_flag=True, help="With --files: keep what was found in the graph, as integrity checks."
            ),
            click.option("--all", "all_", is_flag=True, help="With --files: print also what is as it was."),
            format_option(FORMATS, "With --files: how it is written."),
        )
    ):
        command = option(command)
    return command


def check_use(*, look_at_files: bool, others: Sequence[object], of_files: Sequence[object]) -> None:
    """Raise `UsageError` where options for files stand beside others."""
    if look_at_files and any(others):
        raise UsageError(
            "--files looks at the files of a graph; leave out PATH, --since, --key, --witness and --program"
        )
    if not look_at_files and any(of_files):
        raise UsageError("--only, --search, --root, --record, --all and --format go with --files")


def verify_files(
    store: Path,
    only: str | None,
    search: Sequence[Path],
    root: Path | None,
    format_: str,
    *,
    whole: bool,
    record: bool,
) -> int:
    """Print what became of the files that the graph in `store` names, and return the exit code."""
    for folder in [*search, *([] if root is None else [root])]:
        if not folder.is_dir():
            raise UsageError(f"{folder} is no folder")
    from provkg.reading.files import Vouching

    began, passed_over, vouching = time.monotonic(), Counter[str](), Vouching()
    with reader(store) as opened:
        check = opened.files(only, search=search, root=root)
        check.progress = now_and_then(_how_far)
        findings = vouching.watch(check) if record else check
        if format_ == "json":
            _write_json(finding.facts() for finding in findings)
        else:
            passed_over = _print(findings, whole=whole or only is not None)
        _keep(vouching.checks(), opened)
    click.echo(_sum(check), err=format_ == "json")
    for reason, number in passed_over.most_common(REASONS_SHOWN):
        click.echo(f"{number:,} {reason}", err=True)
    if check.failed and not search:
        click.echo("look for the recorded bytes elsewhere with: --search DIR", err=True)
    _say_more(check, time.monotonic() - began)
    return 1 if check.failed else 3 if check.unread else 0


def _keep(checks: Sequence[IntegrityCheck], opened: Reader) -> None:
    for start in range(0, len(checks), CHECKS_OF_A_RECORD):
        opened.record(*checks[start : start + CHECKS_OF_A_RECORD])
    if checks:
        click.echo(f"recorded {len(checks):,} integrity check(s)", err=True)


def _print(found: Iterable[FileFinding], *, whole: bool) -> Counter[str]:
    """Print the findings that matter, and return how many others there are for which reasons."""
    passed_over: Counter[str] = Counter()
    for finding in found:
        if whole or finding.status in TOLD or finding.unread:
            click.echo(str(finding))
        elif finding.why:
            passed_over[f"{finding.status}: {finding.why}"] += 1
    return passed_over


def _sum(check: FileCheck) -> str:
    from provkg.reading.files import STATUSES

    said = ", ".join(f"{check.counts[status]:,} {status}" for status in STATUSES if check.counts[status])
    return f"{'not all is as it was' if check.failed else 'nothing is changed or gone'}: {said or 'no files are named'}"


def _say_more(check: FileCheck, seconds: float) -> None:
    if check.counts["gone"] > 1 and not check.counts["unchanged"]:
        click.echo(
            "nothing is where it was: is this the machine, and are the disks there, that it was seen on?", err=True
        )
    click.echo(f"{seconds:.1f} s, {check.read:,} bytes read; {check.size:,} ledger entries seen", err=True)


def _write_json(rows: Iterable[dict[str, Any]]) -> None:
    """Print an array as `json.dumps` would, but each row as soon as it is there."""
    before = "["
    for row in rows:
        click.echo(f"{before}\n{indent(json.dumps(row, ensure_ascii=False, indent=2), '  ')}", nl=False)
        before = ","
    click.echo("[]" if before == "[" else "\n]")


def _how_far(done: int, whole: int) -> str:
    return f"{done:,} of about {whole:,} bytes read"
