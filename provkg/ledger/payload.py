"""Whether what lies beside a leaf is what the leaf was made of: statements, and the tables that lead to them."""

from __future__ import annotations

import hmac
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from provkg.errors import LedgerBroken
from provkg.ledger.acts import Accounted
from provkg.ledger.entry import SALT_BYTES, SECRET_BYTES, commitments, salts
from provkg.ledger.leaf import Leaf
from provkg.ledger.text import lines, subjects
from provkg.merkle import hashes


@dataclass(frozen=True)
class Damage:
    """One thing that is wrong with a ledger, and where; a `passing` one is put right by who opens the graph next."""

    verdict: Literal["TAMPERED", "FORK", "INCOMPLETE"]
    place: str
    what: str
    passing: bool = False

    @classmethod
    def at_entry(
        cls, verdict: Literal["TAMPERED", "INCOMPLETE"], position: int, what: str, *, passing: bool = False
    ) -> Damage:
        """Return a damage of the entry at `position`."""
        return cls(verdict, f"entry {position}", what, passing)

    def __str__(self) -> str:
        return f"{self.verdict} at {self.place}: {self.what}"


class Statement(NamedTuple):
    """A row of a record's text; an erased one has its commitment only."""

    ordinal: int
    salt: bytes | None
    commitment: bytes
    line: bytes | None


class Looked(NamedTuple):
    """What came of looking at one entry: what is wrong, how much it has, and how many rows lead to it."""

    damages: list[Damage]
    statements: int
    leading: int = 0
    redacted: int = 0
    purged: bool = False


def damages(connection: sqlite3.Connection, position: int, record: bytes, content: bytes, acts: Accounted) -> Looked:
    """Return what is wrong with the entry at `position`, whose row says `record` and has the leaf `content`.

    `acts` are those of the whole ledger, by which statements may be without text.
    """
    rows, said_twice = _rows(connection, position)
    try:
        leaf = Leaf.from_bytes(content)
        canonical = leaf.to_bytes() == content
    except (LedgerBroken, ValueError):
        return Looked([Damage.at_entry("TAMPERED", position, "its leaf does not parse")], len(rows))
    found = [] if canonical else ["its leaf is not in the one form that provkg writes"]
    if str(leaf.record).encode() != record:
        found.append(f"it is filed as record {record!r}, and its leaf speaks of {leaf.record!r}")
    found += ["its text is there whole, and statement by statement"] if said_twice else []
    found += _statement_damages(leaf, rows)
    damaged = [Damage.at_entry("TAMPERED", position, what) for what in found]
    if found:
        # Where the text was changed, nothing can be said about what leads to it.
        return Looked(damaged, len(rows))
    named, taken_back = _subjects(rows), set(leaf.supersedes)
    missing = [*_unfound(connection, position, leaf.record)]
    missing += _missing(connection, position, "described", "subject", named)
    missing += _missing(connection, position, "supersession", "record", taken_back)
    is_act = leaf.kind != "record"
    missing += _missing(connection, position, "act", "position", [position] if is_act else [])
    expected = acts.of(position, leaf)
    purged = position in acts.purged and len(expected) == len(rows)
    return Looked(
        [*missing, *_erased(position, rows, expected)], len(rows), len(named) + len(taken_back) + is_act,
        0 if purged else len(expected), purged,
    )  # fmt: skip


def bytes_of(value: object) -> bytes:
    """Return a value that is bytes, or none: in a damaged page it may be anything, and must not fit anything."""
    return value if isinstance(value, bytes) else b""


def _rows(connection: sqlite3.Connection, position: int) -> tuple[list[Statement], bool]:
    """Return the statements of the entry at `position`, and whether it has them in both forms that there are."""
    # As bytes: text that was changed may be none any more, and in a damaged page a value may have another type.
    query = """
        SELECT ordinal, salt, commitment,
            CASE typeof(line) WHEN 'text' THEN CAST(line AS BLOB) WHEN 'null' THEN NULL ELSE x'' END
        FROM statement WHERE position = ? ORDER BY ordinal"""
    single = [
        Statement(ordinal, None if salt is None else bytes_of(salt), bytes_of(commitment), line)
        for ordinal, salt, commitment, line in connection.execute(query, (position,))
    ]
    query = "SELECT secret, CAST(lines AS BLOB) FROM text WHERE position = ?"
    whole = connection.execute(query, (position,)).fetchone()
    if whole is None:
        return single, False
    secret, said = bytes_of(whole[0]), bytes_of(whole[1]).split(b"\n") if whole[1] else []
    if len(secret) != SECRET_BYTES:
        secret = b""
    made = zip(salts(secret, len(said)), commitments(secret, said), said, strict=True)
    return [Statement(ordinal, *each) for ordinal, each in enumerate(made)], bool(single)


def strays(connection: sqlite3.Connection) -> Iterator[Damage]:
    """Yield the rows that lead to an entry which does not say so; slow, and so asked where the numbers differ."""
    for (position,) in connection.execute("SELECT DISTINCT position FROM described"):
        query = "SELECT subject FROM described WHERE position = ?"
        named = {subject for (subject,) in connection.execute(query, (position,))}
        if not named <= subjects(lines(connection, position)):
            yield Damage.at_entry("TAMPERED", position, "the list of the things it describes names another one")
    query = """
        SELECT DISTINCT position FROM supersession JOIN entry USING (position)
        WHERE supersession.record NOT IN (SELECT value FROM json_each(CAST(leaf AS TEXT), '$.supersedes'))"""
    for (position,) in connection.execute(query):
        yield Damage.at_entry("TAMPERED", position, "the list of the records it supersedes names another one")
    query = """
        SELECT position FROM act JOIN entry USING (position)
        WHERE json_extract(CAST(leaf AS TEXT), '$.kind') = 'record'"""
    for (position,) in connection.execute(query):
        yield Damage.at_entry("TAMPERED", position, "the list of acts names it, and it is none")


def _statement_damages(leaf: Leaf, rows: Sequence[Statement]) -> Iterator[str]:
    if [row.ordinal for row in rows] != list(range(len(rows))) or len(rows) != leaf.statements:
        yield f"it has {len(rows)} statements, not the {leaf.statements} of its leaf, or in another order"
    for row in rows:
        if (row.salt is None) != (row.line is None):
            yield f"statement {row.ordinal} has only one of salt and text"
        elif row.salt is not None and row.line is not None and not _gives(row.salt, row.line, row.commitment):
            yield f"statement {row.ordinal} and its salt do not give its commitment"
    if hashes.root(row.commitment for row in rows).hex() != leaf.root:
        yield "the commitments of its statements do not give the root of its leaf"


def _gives(salt: bytes, line: bytes, commitment: bytes) -> bool:
    # HMAC fills a short key with zeros, so that its length must be checked apart.
    return len(salt) == SALT_BYTES and hmac.compare_digest(hmac.digest(salt, line, "sha256"), commitment)


def _subjects(rows: Sequence[Statement]) -> set[str]:
    lines = [row.line for row in rows if row.line is not None]
    return {line[1 : line.index(b">")].decode() for line in lines if line.startswith(b"<")}


def _unfound(connection: sqlite3.Connection, position: int, record: str) -> Iterator[Damage]:
    # By SQLite's own index, which lies in other pages: a record that it does not find would be kept again.
    if connection.execute("SELECT position FROM entry WHERE record = ?", (record,)).fetchone() != (position,):
        yield Damage.at_entry("TAMPERED", position, f"table entry does not lead to it from {record}")


def _missing(
    connection: sqlite3.Connection, position: int, table: str, column: str, expected: Iterable[str | int]
) -> Iterator[Damage]:
    # By the key of the table, whose order is not that of the ledger.
    query = f"SELECT 1 FROM {table} WHERE {column} = ? AND position = ?"  # noqa: S608 - names of this module
    for value in expected:
        if connection.execute(query, (value, position)).fetchone() is None:
            yield Damage.at_entry("TAMPERED", position, f"table {table} does not lead to it from {value}")


def _erased(position: int, rows: Sequence[Statement], expected: Collection[int]) -> Iterator[Damage]:
    erased = {row.ordinal for row in rows if row.salt is None and row.line is None}
    if alone := sorted(erased - set(expected)):
        what = f"statement {_listed(alone)} was erased, and the log has no act that says why"
        yield Damage.at_entry("INCOMPLETE", position, what)
    if left := sorted(set(expected) - erased):
        what = (
            f"statement {_listed(left)} is still there, though an act of the log took it out; finish that: provkg sync"
        )
        yield Damage.at_entry("INCOMPLETE", position, what, passing=True)


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:5])) + (f" and {len(numbers) - 5:,} more" if len(numbers) > 5 else "")
