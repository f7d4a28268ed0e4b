"""The ledger's SQLite file: how it is opened, what its tables are, and what SQLite's complaints mean to people."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from provkg.errors import CannotRun, GraphHeld, LedgerBroken, StorageFailed
from provkg.ledger.tree import Tree

# "pvkl", so that `file` and we can tell a ledger from other SQLite files.
APPLICATION_ID: Final = 0x70766B6C
LAYOUT: Final = 4
LAYOUT_WITH_TREE: Final = 2
LAYOUT_WITH_TEXTS: Final = 3

# `statement` has the records of which something was erased, and those from before layout 3. A subject of `described` is
# a copy of text: whoever erases a line erases it there too.
_TABLES: Final = """
CREATE TABLE entry (
    position INTEGER PRIMARY KEY,
    record TEXT NOT NULL UNIQUE,
    leaf BLOB NOT NULL
) STRICT;
CREATE TABLE statement (
    position INTEGER NOT NULL REFERENCES entry,
    ordinal INTEGER NOT NULL,
    salt BLOB,
    commitment BLOB NOT NULL,
    line TEXT,
    PRIMARY KEY (position, ordinal)
) STRICT, WITHOUT ROWID;
CREATE TABLE supersession (
    record TEXT NOT NULL,
    position INTEGER NOT NULL REFERENCES entry,
    PRIMARY KEY (record, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE described (
    subject TEXT NOT NULL,
    position INTEGER NOT NULL REFERENCES entry,
    PRIMARY KEY (subject, position)
) STRICT, WITHOUT ROWID;
"""
# Since layout 2. `tree` holds the hash of every complete subtree over the leaves, `checkpoint` what was signed.
_PROOFS: Final = """
CREATE TABLE tree (
    level INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (level, ordinal)
) STRICT, WITHOUT ROWID;
CREATE TABLE checkpoint (
    size INTEGER PRIMARY KEY,
    note BLOB NOT NULL
) STRICT;
"""
# Since layout 3: the text of a whole record, its lines joined by line ends, under the secret that gives their salts.
_TEXTS: Final = """
CREATE TABLE text (
    position INTEGER PRIMARY KEY REFERENCES entry,
    secret BLOB NOT NULL,
    lines TEXT NOT NULL
) STRICT;
"""
# Since layout 4: where the acts upon the log lie, and whether what they say was carried out to the end.
_ACTS: Final = """
CREATE TABLE act (
    position INTEGER PRIMARY KEY REFERENCES entry,
    done INTEGER NOT NULL
) STRICT;
"""
_ALL_TABLES: Final = (
    f"{_TABLES}{_PROOFS}{_TEXTS}{_ACTS} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {LAYOUT};"
)


def connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    """Open the ledger at `path`, made empty when nothing is there and it may be written.

    Raises `LedgerBroken` for a file that is no ledger or that a newer provkg wrote, `StorageFailed` when the disk does
    not let it be opened.
    """
    with complaints(path):
        if not read_only:
            _make(path)
        how = "rwc" if not read_only else "ro&immutable=1" if _is_at_rest(path) else "ro"
        uri = f"{path.absolute().as_uri()}?mode={how}"
        # isolation_level=None: transactions are begun and ended by us, where the code says so.
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=5)
        try:
            _prepare(connection, path, read_only=read_only)
        except BaseException:
            connection.close()
            raise
        return connection


def nothing_yet() -> sqlite3.Connection:
    """Return a ledger without a record, in memory: what stands for one that nobody has written to."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(_ALL_TABLES)
    return connection


def is_there(path: Path) -> bool:
    """Whether anything was ever written to the ledger at `path`."""
    return path.exists() and path.stat().st_size > 0


def _is_at_rest(path: Path) -> bool:
    """Whether nobody can be writing the ledger, as on a medium that is read-only: SQLite makes files to read others."""
    beside = path.with_name(f"{path.name}-wal")
    return not os.access(path.parent, os.W_OK) and not (beside.exists() and beside.stat().st_size)


def _make(path: Path) -> None:
    """Make an empty file that the owner writes and the group reads; SQLite gives the files beside it the same mode.

    Whoever may read the snapshots also looks here for how far they have come, so the group may; others have no part.
    """
    with suppress(OSError):  # SQLite says better what is wrong
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o640))


def is_made(connection: sqlite3.Connection) -> bool:
    """Whether the tables are there: a disk that was full at the beginning leaves a file without them."""
    return _pragma(connection, "application_id") == APPLICATION_ID


@contextmanager
def complaints(path: Path) -> Iterator[None]:
    """Turn what SQLite raises within the block into our errors."""
    try:
        yield
    except sqlite3.Error as error:
        raise _in_words(error, path) from error
    except UnicodeDecodeError as error:
        # Of a damaged schema, Python cannot even read SQLite's complaint.
        raise _in_words(sqlite3.DatabaseError("its text is none"), path) from error


def _prepare(connection: sqlite3.Connection, path: Path, *, read_only: bool) -> None:
    _check_kind(connection, path)
    connection.execute("PRAGMA secure_delete = ON")
    if read_only:
        # Whoever may only read one of an earlier layout finds no whole texts, and no acts.
        if layout_of(connection) < LAYOUT_WITH_TEXTS:
            connection.execute("CREATE TEMP TABLE text (position INTEGER PRIMARY KEY, secret BLOB, lines TEXT)")
        if layout_of(connection) < LAYOUT:
            connection.execute("CREATE TEMP TABLE act (position INTEGER PRIMARY KEY, done INTEGER)")
        return
    connection.execute("PRAGMA journal_mode = WAL")
    # FULL: with less, a power cut takes back transactions that were acknowledged.
    connection.execute("PRAGMA synchronous = FULL")
    if _pragma(connection, "application_id") == 0:
        connection.executescript(f"BEGIN IMMEDIATE; {_ALL_TABLES} COMMIT;")
    elif layout_of(connection) < LAYOUT:
        _upgrade(connection)


def layout_of(connection: sqlite3.Connection) -> int:
    """Return the layout of the tables; what came before proofs has 1, before whole texts 2, before acts 3."""
    return _pragma(connection, "user_version")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Keep all that is done within the block, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _upgrade(connection: sqlite3.Connection) -> None:
    """Give a ledger of an earlier layout what it lacks; what it holds stays as it is."""
    with transaction(connection):
        if layout_of(connection) < LAYOUT_WITH_TREE:
            _add_proofs(connection)
        if layout_of(connection) < LAYOUT_WITH_TEXTS:
            connection.execute(_TEXTS)
        connection.execute(_ACTS)
        connection.execute(f"PRAGMA user_version = {LAYOUT}")


def _add_proofs(connection: sqlite3.Connection) -> None:
    for statement in _PROOFS.split(";\n")[:-1]:
        connection.execute(statement)
    tree = Tree(connection)
    for position, leaf in connection.execute("SELECT position, leaf FROM entry ORDER BY position"):
        tree.add(position, leaf)


def _check_kind(connection: sqlite3.Connection, path: Path) -> None:
    kind, layout = _pragma(connection, "application_id"), _pragma(connection, "user_version")
    empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if kind != APPLICATION_ID and not (kind == 0 and empty):
        raise LedgerBroken(f"{path} is no ledger but another SQLite file; move it away, or restore a backup")
    if layout > LAYOUT:
        raise LedgerBroken(f"{path} was written by a newer provkg (its layout is {layout}); upgrade provkg")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _in_words(error: sqlite3.Error, path: Path) -> CannotRun:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return GraphHeld(f"{path} is locked by another process; try again when it is done")
    if name in {"SQLITE_FULL", "SQLITE_IOERR_SHMSIZE"}:
        return StorageFailed(f"the disk that holds {path} is full; free some space and try again")
    if name.startswith("SQLITE_CANTOPEN") and not path.exists():
        return StorageFailed(f"{path} is not there: no record was kept yet, or it was lost; restore it from a backup")
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return StorageFailed(f"{path} cannot be opened for writing ({error}); check the permissions and the disk")
    if name.startswith("SQLITE_IOERR"):
        return StorageFailed(f"the disk that holds {path} fails ({error}, {name}); check it before writing again")
    return LedgerBroken(f"{path} is damaged or no ledger ({error}); restore a backup, then run: provkg rebuild")
