"""What was found out about files as records: one integrity check for each content, as audits ask for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from provkg.reading.files.finding import FileFinding
from provkg.records import IntegrityCheck, Iri
from provkg.records.choices import CheckOutcome

_OUTCOMES: Final[Sequence[CheckOutcome]] = ("match", "mismatch", "missing", "unreadable")


class Vouching:
    """Takes findings as they come, and makes checks of them: of each content the best that any of its places shows.

    A content that lies anywhere as it was recorded is a match; what was not looked at has no check.
    """

    def __init__(self) -> None:
        self._best: dict[str, tuple[CheckOutcome, FileFinding]] = {}

    def watch(self, findings: Iterable[FileFinding]) -> Iterator[FileFinding]:
        """Yield `findings` on, and take note of them."""
        for finding in findings:
            outcome = _outcome(finding)
            known = self._best.get(finding.file)
            if outcome and (known is None or _OUTCOMES.index(outcome) < _OUTCOMES.index(known[0])):
                self._best[finding.file] = (outcome, finding)
            yield finding

    def checks(self, at: datetime | None = None) -> list[IntegrityCheck]:
        """Return the checks, made at that time, else now."""
        ended = at or datetime.now(UTC)
        return [
            IntegrityCheck(
                checked=(Iri(file),),
                expected_digest=finding.sha256 or "",
                observed_digest=_observed(outcome, finding),
                outcome=outcome,
                ended=ended,
            )
            for file, (outcome, finding) in self._best.items()
        ]


def _outcome(finding: FileFinding) -> CheckOutcome | None:
    if finding.kind != "file" or finding.sha256 is None:
        return None
    if finding.status in {"unchanged", "moved"} or finding.found:
        return "match"
    if finding.status == "changed":
        # Without a digest, as of a folder that took a file's place, the bytes are not there.
        return "mismatch" if finding.there_sha256 else "missing"
    if finding.status == "gone":
        return "missing"
    return "unreadable" if finding.unread else None


def _observed(outcome: CheckOutcome, finding: FileFinding) -> str | None:
    return {"match": finding.sha256, "mismatch": finding.there_sha256}.get(outcome)
