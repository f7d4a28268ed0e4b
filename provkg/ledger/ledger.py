"""The ledger: the ordered list of all records ever kept, the only copy that must never be lost."""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from provkg.errors import GraphHeld, LedgerBroken, RecordConflict
from provkg.ledger import text
from provkg.ledger.database import LAYOUT_WITH_TREE, complaints, connect, is_made, layout_of, transaction
from provkg.ledger.entry import Entry, Row, Sealed, StoredEntry, sealed
from provkg.ledger.leaf import Leaf
from provkg.ledger.tree import Tree


class Ledger:
    """An append-only log of records in one SQLite file; one process writes, any number read."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> "Ledger":
        """Open the ledger at `path`; one that is not there yet is made, unless `read_only`."""
        return cls(path, connect(path, read_only=read_only))

    @classmethod
    def size_at(cls, path: Path) -> int:
        """Return how many entries the ledger at `path` has; none where nobody has made one yet."""
        if not path.exists():
            return 0
        with complaints(path), closing(connect(path, read_only=True)) as connection:
            return cls(path, connection).size if is_made(connection) else 0

    @classmethod
    def is_undone_at(cls, path: Path) -> bool:
        """Whether an act in the ledger at `path` was not carried out to the end."""
        if not path.exists():
            return False
        with complaints(path), closing(connect(path, read_only=True)) as connection:
            return is_made(connection) and bool(cls(path, connection).undone())

    def close(self) -> None:
        """Let go of the file."""
        with complaints(self.path):
            self._connection.close()

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def size(self) -> int:
        """How many entries the ledger has; their positions count from 0."""
        with complaints(self.path):
            (last,) = self._connection.execute("SELECT max(position) FROM entry").fetchone()
        return 0 if last is None else int(last) + 1

    def append(self, entries: Sequence[Entry | Sealed]) -> list[int]:
        """Keep `entries` in one transaction and return their positions once they are safe on disk.

        An entry that is there already changes nothing and gets the position it has. Raises `RecordConflict`, and keeps
        none of them, when a record of the same id says something else.
        """
        if not entries:
            return []
        ready = [entry if isinstance(entry, Sealed) else sealed(entry) for entry in entries]
        with complaints(self.path), transaction(self._connection):
            return [self._append(entry) for entry in ready]

    def erase(self, erased: Mapping[int, Collection[int]]) -> None:
        """Erase, for good, the statements of those numbers at each position: salt and line go, the commitment stays.

        Doing it again changes nothing. Raises `GraphHeld` where a reader keeps the journal from being emptied: the
        statements are erased then, and their text is gone from the disk once this is called again.
        """
        with complaints(self.path):
            with transaction(self._connection):
                for position, ordinals in erased.items():
                    text.erase(self._connection, position, ordinals)
            # Even with secure_delete, pages that were split keep bits of rows that went to others (measured: of 3,500
            # erased lines, 12 were still there). Only writing the file anew leaves none.
            self._connection.execute("VACUUM")
            busy, _, _ = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            message = "is being read, so that erased text still lies in its journal; try again when that is done"
            raise GraphHeld(f"{self.path} {message}")

    def acts(self) -> list[StoredEntry]:
        """Return the acts upon the log, in order: what was asked for, and what was taken out."""
        return list(self._read("WHERE position IN (SELECT position FROM act) ORDER BY position", ()))

    def with_text(self) -> Iterator[tuple[int, Leaf]]:
        """Yield position and leaf of the records that have any text left, in order."""
        query = """
            SELECT position, leaf FROM entry WHERE position IN (
                SELECT position FROM text UNION SELECT position FROM statement WHERE line IS NOT NULL
            ) ORDER BY position"""
        with complaints(self.path):
            for position, leaf in self._connection.execute(query):
                yield position, Leaf.from_bytes(leaf)

    def subjects_outside(self, positions: Collection[int]) -> set[str]:
        """Return the IRIs of what records describe, apart from those at `positions` and from acts."""
        query = "SELECT subject, position FROM described WHERE position NOT IN (SELECT position FROM act)"
        with complaints(self.path):
            found = self._connection.execute(query)
            return {subject for subject, position in found if position not in positions}

    def undone(self) -> list[StoredEntry]:
        """Return the acts that were logged and not carried out to the end, in order."""
        return list(self._read("WHERE position IN (SELECT position FROM act WHERE NOT done) ORDER BY position", ()))

    def carried_out(self, acts: Iterable[StoredEntry]) -> None:
        """Note that nothing more is to be done for `acts`."""
        with complaints(self.path), transaction(self._connection):
            positions = ((act.position,) for act in acts)
            self._connection.executemany("UPDATE act SET done = 1 WHERE position = ?", positions)

    def position_of(
        self, record: str, lines: Iterable[str], supersedes: Sequence[str] = (), *, plain: Iterable[str] | None = None
    ) -> int | None:
        """Return where a record lies already, or None; raises `RecordConflict` when it says something else there.

        Lines that were erased count as equal to what is sent. What lies there may lack lines that are not `plain`:
        they follow from terms that the graph may have got since.
        """
        found = self.find(record)
        if found is None:
            return None
        if found.leaf.statements and not found.lines:
            # Of a record whose whole text was erased, the id alone is left to decide by.
            return found.position
        sent, kept = set(lines), set(found.lines)
        missing = sent - kept if plain is None else set(plain) - kept
        same = kept <= sent and len(missing) <= found.leaf.statements - len(kept) <= len(sent - kept)
        if same and tuple(supersedes) != found.leaf.supersedes:
            others = f"takes {', '.join(found.leaf.supersedes)} back" if found.leaf.supersedes else "takes nothing back"
            raise RecordConflict(
                f"the same is already kept as record {record} at position {found.position}, which {others}; "
                "a record that is to take another one back says more, such as why in a dct:description"
            )
        if not same:
            raise RecordConflict(
                f"record {record} is already kept at position {found.position} and says something else; "
                "what is kept stays: send a correction as a new record that supersedes it"
            )
        return found.position

    def find(self, record: str) -> StoredEntry | None:
        """Return the entry of the record with that id."""
        return next(self._read("WHERE record = ?", (record,)), None)

    def holds(self, record: str) -> bool:
        """Whether there is a record of that id."""
        with complaints(self.path):
            return self._connection.execute("SELECT 1 FROM entry WHERE record = ?", (record,)).fetchone() is not None

    def entry(self, position: int) -> StoredEntry:
        """Return the entry at `position`; raises `LedgerBroken` when there is none."""
        found = next(self._read("WHERE position = ?", (position,)), None)
        if found is None:
            raise LedgerBroken(f"{self.path} has no entry {position}, though there are later ones; restore a backup")
        return found

    def entries(self, start: int = 0) -> Iterator[StoredEntry]:
        """Return the entries from position `start` on, in order."""
        for position in range(start, self.size):
            yield self.entry(position)

    def payload(self, position: int) -> list[Row]:
        """Return the salt, commitment and line of each statement at `position`, in order; what was erased is None."""
        with complaints(self.path):
            return text.rows(self._connection, position)

    @contextmanager
    def proving(self) -> Iterator[Tree]:
        """Give the tree over the leaves; raises `LedgerBroken` for a ledger from before there were trees."""
        with complaints(self.path):
            if layout_of(self._connection) < LAYOUT_WITH_TREE:
                raise LedgerBroken(f"{self.path} has no tree yet; it gets one when a process writes: provkg sync")
            yield Tree(self._connection)

    def root(self, size: int | None = None) -> bytes:
        """Return the root of the Merkle tree over the first `size` leaves, or all."""
        with self.proving() as tree:
            return tree.root(self.size if size is None else size)

    def checkpoints(self) -> list[tuple[int, bytes]]:
        """Return the size and the note of every checkpoint that was signed, the smallest first."""
        with self.proving(), complaints(self.path):
            return self._connection.execute("SELECT size, note FROM checkpoint ORDER BY size").fetchall()

    def keep_checkpoint(self, size: int, note: bytes, *, instead_of: Iterable[int] = ()) -> None:
        """Keep a signed checkpoint; those of the sizes `instead_of` go."""
        with complaints(self.path), transaction(self._connection):
            gone = ((each,) for each in instead_of)
            self._connection.executemany("DELETE FROM checkpoint WHERE size = ?", gone)
            self._connection.execute("INSERT OR REPLACE INTO checkpoint VALUES (?, ?)", (size, note))

    def stated_before(self, size: int) -> int:
        """Return how many different statements the records state that are live once the ledger has `size` entries."""
        query = """
            SELECT position FROM entry WHERE position < :size AND position NOT IN (
                SELECT entry.position FROM entry JOIN supersession USING (record) WHERE supersession.position < :size
            )"""
        with complaints(self.path):
            # In a table that SQLite puts on disk when it grows: a graph of millions would fill the memory otherwise.
            self._connection.execute("CREATE TEMP TABLE IF NOT EXISTS stated (hash INTEGER PRIMARY KEY)")
            self._connection.execute("DELETE FROM stated")
            for (position,) in self._connection.execute(query, {"size": size}):
                said = ((hash(line),) for line in text.lines(self._connection, position))
                self._connection.executemany("INSERT OR IGNORE INTO stated VALUES (?)", said)
            return int(self._connection.execute("SELECT count(*) FROM stated").fetchone()[0])

    def superseding(self, record: str) -> list[str]:
        """Return the ids of the records that supersede `record`, in order."""
        query = (
            "SELECT entry.record FROM supersession JOIN entry USING (position) WHERE supersession.record = ? "
            "ORDER BY position"
        )
        with complaints(self.path):
            return [found for (found,) in self._connection.execute(query, (record,))]

    def records_describing(self, iri: str) -> list[StoredEntry]:
        """Return the entries that say something about the thing named `iri`, in order."""
        where = "WHERE position IN (SELECT position FROM described WHERE subject = ?) ORDER BY position"
        return list(self._read(where, (iri,)))

    def superseded_at(self, record: str) -> int | None:
        """Return the position of the first entry that takes back what `record` says, or None while it is live."""
        with complaints(self.path):
            query = "SELECT min(position) FROM supersession WHERE record = ?"
            position: int | None = self._connection.execute(query, (record,)).fetchone()[0]
        return position

    def _append(self, record: Sealed) -> int:
        kept = self.position_of(record.record, record.lines, record.supersedes)
        if kept is not None:
            return kept
        position = self.size
        self._connection.execute("INSERT INTO entry VALUES (?, ?, ?)", (position, record.record, record.leaf))
        Tree(self._connection).add(position, record.leaf)
        text.keep(self._connection, position, record)
        if record.is_act:
            self._connection.execute("INSERT INTO act VALUES (?, ?)", (position, not record.erases))
        taken_back = ((superseded, position) for superseded in set(record.supersedes))
        self._connection.executemany("INSERT INTO supersession VALUES (?, ?)", taken_back)
        return position

    def _read(self, where: str, values: tuple[str | int, ...]) -> Iterator[StoredEntry]:
        with complaints(self.path):
            query = f"SELECT position, leaf FROM entry {where}"  # noqa: S608 - `where` is written in this module
            for position, leaf in self._connection.execute(query, values).fetchall():
                yield StoredEntry(position, Leaf.from_bytes(leaf), tuple(text.lines(self._connection, position)))
