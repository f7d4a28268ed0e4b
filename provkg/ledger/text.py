"""How a record's text lies in the ledger: whole under one secret, or statement by statement once some was erased."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from itertools import count, repeat

from provkg.ledger.entry import Row, Sealed, commitments, salts


def keep(connection: sqlite3.Connection, position: int, record: Sealed) -> None:
    """Put the text of a record at `position`, within the caller's transaction; what is withheld is never written."""
    if record.withheld:
        _keep_rows(connection, position, record)
    else:
        connection.execute("INSERT INTO text VALUES (?, ?, ?)", (position, record.secret, "\n".join(record.lines)))
    said = (line for number, line in enumerate(record.lines) if number not in record.withheld)
    named = ((subject, position) for subject in subjects(said))
    connection.executemany("INSERT INTO described VALUES (?, ?)", named)


def _keep_rows(connection: sqlite3.Connection, position: int, record: Sealed) -> None:
    made = commitments(record.secret, [line.encode() for line in record.lines])
    said = zip(salts(record.secret, len(made)), made, record.lines, strict=True)
    rows = (
        (None, kept, None) if n in record.withheld else (salt, kept, line) for n, (salt, kept, line) in enumerate(said)
    )
    each = ((position, ordinal, *row) for ordinal, row in enumerate(rows))
    connection.executemany("INSERT INTO statement VALUES (?, ?, ?, ?, ?)", each)


def lines(connection: sqlite3.Connection, position: int) -> list[str]:
    """Return what is left of the text at `position`, in order."""
    whole = _whole(connection, position)
    if whole is not None:
        return whole[1]
    query = "SELECT line FROM statement WHERE position = ? AND line IS NOT NULL ORDER BY ordinal"
    return [line for (line,) in connection.execute(query, (position,))]


def rows(connection: sqlite3.Connection, position: int) -> list[Row]:
    """Return the salt, commitment and line of each statement at `position`, in order; what was erased is None."""
    whole = _whole(connection, position)
    if whole is None:
        query = "SELECT salt, commitment, line FROM statement WHERE position = ? ORDER BY ordinal"
        return connection.execute(query, (position,)).fetchall()
    secret, said = whole
    made = commitments(secret, [line.encode() for line in said])
    return list(zip(salts(secret, len(said)), made, said, strict=True))


def erase(connection: sqlite3.Connection, position: int, ordinals: Collection[int]) -> None:
    """Erase salt and line of the statements of those numbers at `position`, within the caller's transaction.

    The secret goes with them: of what stays, each statement has its salt beside it from then on.
    """
    if _whole(connection, position) is not None:
        said = rows(connection, position)
        connection.execute("DELETE FROM text WHERE position = ?", (position,))
        each = ((position, ordinal, *row) for ordinal, row in zip(count(), said))
        connection.executemany("INSERT INTO statement VALUES (?, ?, ?, ?, ?)", each)
    query = "UPDATE statement SET salt = NULL, line = NULL WHERE position = ? AND ordinal = ?"
    connection.executemany(query, zip(repeat(position), ordinals))
    named = connection.execute("SELECT subject FROM described WHERE position = ?", (position,)).fetchall()
    gone = {subject for (subject,) in named} - subjects(lines(connection, position))
    query = "DELETE FROM described WHERE subject = ? AND position = ?"
    connection.executemany(query, ((subject, position) for subject in gone))


def subjects(of: Iterable[str]) -> set[str]:
    """Return the IRIs that N-Triples lines say something about."""
    return {line[1 : line.index(">")] for line in of if line.startswith("<")}


def _whole(connection: sqlite3.Connection, position: int) -> tuple[bytes, list[str]] | None:
    query = "SELECT secret, lines FROM text WHERE position = ?"
    found: tuple[bytes, str] | None = connection.execute(query, (position,)).fetchone()
    return None if found is None else (found[0], split(found[1]))


def split(text: str) -> list[str]:
    """Return the lines of a record's text; `str.splitlines` would also split where a literal has other separators."""
    return text.split("\n") if text else []
