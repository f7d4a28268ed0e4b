"""Every error that provkg raises on purpose.

* ProvkgError
  * UsageError                 the request is wrong: exit code 2
    * UnknownQuestion          no saved question has that name
    * BadParameter             a parameter is missing, unknown or of another type
    * AmbiguousName            a name fits several things
    * UnknownThing             a name or IRI fits nothing in the graph
    * UnknownRule              no rule has that id
    * NotApproved              whoever asked for a redaction does not approve it, too
    * RefusedQuery             a query that provkg does not run: SERVICE, LOAD, too long, too deep
  * CannotRun                  the request is fine, the surroundings are not: exit code 3
    * Unreadable               a file is missing, malformed or not what it should be
      * Malformed              with file, line and column
        * MalformedRDF
        * MalformedPROV
      * BadNote                a signed note or checkpoint that is none, or whose signature is wrong
      * BadKey                 a key for notes that is none
      * BadBundle              a bundle of proofs that is none
      * BadTile                a tile of a log, or the path of one, that is none
      * BadSubmission          a request to a witness that is none
    * WitnessBroken            a witness's folder does not hold what it must, and so it cosigns nothing
    * NotCosigned              a witness cannot be reached, or does not cosign
    * AnchorFailed             a checkpoint cannot be put where it is to be anchored, or read back from there
    * NotAKnowledgeGraph       a folder holds no graph, or one that provkg may not use
    * GraphHeld                another process holds the graph
    * LedgerBroken             the ledger does not say what it said
      * HistoryChanged         the ledger does not continue what was signed last
    * StorageFailed            the disk is full, read-only or failing
    * MissingExtra             an optional package is not installed
    * QueryTimedOut            a query ran longer than it may
    * CommandNotStarted        a command that is to be recorded cannot be started: exit code 126 or 127, as of a shell
  * Refused                    a record does not enter: exit code 1
    * IncompleteRecord         the shapes find problems
    * RecordConflict           a record of that id says something else
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any


class ProvkgError(Exception):
    """What is wrong, where, and what to do about it."""

    exit_code = 3


class UsageError(ProvkgError):
    """The request is wrong."""

    exit_code = 2


class UnknownQuestion(UsageError):
    """No saved question has that name."""


class BadParameter(UsageError):
    """A parameter is missing, unknown or of another type."""


class AmbiguousName(UsageError):
    """A name fits several things; `candidates` tells of them, newest first, and `iris` are theirs."""

    def __init__(
        self, name: str, candidates: Sequence[str], count: int | None = None, iris: Sequence[str] = ()
    ) -> None:
        self.name, self.candidates, self.iris = name, tuple(candidates), tuple(iris)
        listed = "\n".join(f"- {candidate}" for candidate in self.candidates)
        super().__init__(f"{name!r} fits {count or len(self.candidates):,} things; say which (newest first):\n{listed}")


class UnknownThing(UsageError):
    """A name or IRI fits nothing in the graph."""


class UnknownRule(UsageError):
    """No rule has that id."""


class NotApproved(UsageError):
    """Whoever asked for a redaction does not approve it, too."""


class RefusedQuery(UsageError):
    """A query that provkg does not run."""


class CannotRun(ProvkgError):
    """The request is fine, but it cannot be carried out here and now."""


class Unreadable(CannotRun):
    """A file is missing, malformed or not what it should be."""


class Malformed(Unreadable):
    """Text that does not parse; `line` and `column` count from 1."""

    def __init__(self, source: str | Path, reason: str, *, line: int | None = None, column: int | None = None) -> None:
        self.source, self.reason, self.line, self.column = source, reason, line, column
        place = "".join(f":{number}" for number in (line, column) if number is not None)
        super().__init__(f"{source}{place}: {reason}")


class MalformedRDF(Malformed):
    """RDF text that does not parse."""


class MalformedPROV(Malformed):
    """A PROV document, in PROV-N, PROV-XML, PROV-JSON or RDF, that is none."""


class BadNote(Unreadable):
    """A signed note or checkpoint that is none, or whose signature is wrong."""


class BadKey(Unreadable):
    """A key for notes that is none."""


class BadBundle(Unreadable):
    """A bundle of proofs that is none."""


class BadProof(Unreadable):
    """A proof about rows of a table that is none, or does not fit the rows."""


class BadTile(Unreadable):
    """A tile of a log, or the path of one, that is none."""


class BadSubmission(Unreadable):
    """A request to a witness that is none."""


class WitnessBroken(CannotRun):
    """A witness's folder does not hold what it must: going on could cosign two histories."""


class NotCosigned(CannotRun):
    """A witness cannot be reached, or does not cosign."""


class AnchorFailed(CannotRun):
    """A checkpoint cannot be put where it is to be anchored, or read back from there."""


class NotAKnowledgeGraph(CannotRun):
    """A folder holds no knowledge graph, or one that may not be used."""


class GraphHeld(CannotRun):
    """Another process holds the graph; `holder` says which."""

    def __init__(self, message: str, holder: str = "another process") -> None:
        self.holder = holder
        super().__init__(message)


class LedgerBroken(CannotRun):
    """The ledger does not say what it said when it was written."""


class HistoryChanged(LedgerBroken):
    """The ledger does not continue what was signed last: it is shorter, or says something else."""


class StorageFailed(CannotRun):
    """The disk is full, read-only or failing."""


class MissingExtra(CannotRun):
    """An optional package is not installed."""


class QueryTimedOut(CannotRun):
    """A query ran longer than it may."""


class CommandNotStarted(CannotRun):
    """A command that is to be recorded cannot be started; `exit_code` is what a shell would end with."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.exit_code = status


class Refused(ProvkgError):
    """A record does not enter the graph."""

    exit_code = 1


class IncompleteRecord(Refused):
    """The shapes find problems; `problems` holds all of them, each with its sentence."""

    def __init__(self, problems: Sequence[Any]) -> None:
        self.problems = tuple(problems)
        listed = "\n".join(f"- {problem}" for problem in self.problems)
        super().__init__(f"{len(self.problems)} problem(s):\n{listed}")


class RecordConflict(Refused):
    """A record of that id is already kept and says something else."""
