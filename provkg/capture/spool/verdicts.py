"""What became of each record of a spool file: one JSON line a record, written beside it by whoever drains it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from provkg.errors import StorageFailed

Fate = Literal["stored", "duplicate", "conflict", "rejected"]


@dataclass(frozen=True)
class Outcome:
    """The fate of one record; `messages` are the sentences of what was wrong with it, as many as are worth showing."""

    record: str
    verdict: Fate
    problems: int = 0
    warnings: int = 0
    messages: tuple[str, ...] = ()

    @property
    def kept(self) -> bool:
        """Whether the graph holds the record."""
        return self.verdict in {"stored", "duplicate"}


def verdicts_path(spool: Path) -> Path:
    """Return where the verdicts on the records of `spool` lie."""
    return spool.with_suffix(".verdicts")


def write_outcomes(spool: Path, outcomes: Iterable[Outcome]) -> None:
    """Append `outcomes` to the verdicts on `spool`, in one write; raises `StorageFailed` where the disk refuses."""
    try:
        _append(verdicts_path(spool), outcomes)
    except OSError as error:
        raise StorageFailed(
            f"cannot write {verdicts_path(spool)}: {error.strerror}; make room or mend the disk, and what is kept "
            "already is recognised by: provkg sync"
        ) from error


def _append(path: Path, outcomes: Iterable[Outcome]) -> None:
    lines = "".join(json.dumps(asdict(outcome), ensure_ascii=False) + "\n" for outcome in outcomes)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        # A line that a crash left without its end must not swallow the next one.
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        os.write(descriptor, (("\n" if torn else "") + lines).encode())
    finally:
        os.close(descriptor)


def read_outcomes(spool: Path) -> dict[str, Outcome]:
    """Return the outcome of every record of `spool` that has one, by record id; a torn line counts as none."""
    try:
        lines = verdicts_path(spool).read_text("utf-8", "replace").splitlines()
    except OSError:
        return {}  # a record judged twice is a duplicate, which does no harm
    return {outcome.record: outcome for line in lines if (outcome := _outcome(line)) is not None}


def _outcome(line: str) -> Outcome | None:
    try:
        said = json.loads(line)
        return Outcome(
            said["record"],
            said["verdict"],
            said.get("problems", 0),
            said.get("warnings", 0),
            tuple(said.get("messages", ())),
        )
    except (ValueError, KeyError, TypeError):
        return None
