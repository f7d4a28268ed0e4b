# ruff: noqa: S608 - the names of tables and columns are those of the ledger
"""`provkg verify` catches every change of a ledger and says where, and nothing in one that nobody touched."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from provkg.errors import ProvkgError
from provkg.ledger import Ledger
from provkg.ledger.checkpoint import Checkpoint
from provkg.ledger.note import PrivateKey, signed
from provkg.ledger.payload import Damage
from provkg.ledger.verification import Signed, Verification, worst
from tests.test_ledger import entry

KEY = PrivateKey("example.org/kg", bytes(range(32)))
KEYS = {
    "entry": ("position",),
    "statement": ("position", "ordinal"),
    "text": ("position",),
    "supersession": ("record", "position"),
    "described": ("subject", "position"),
    "tree": ("level", "ordinal"),
    "checkpoint": ("size",),
    "act": ("position",),
}


def sign(ledger: Ledger) -> None:
    note = signed(Checkpoint("example.org/kg", ledger.size, ledger.root()).text, KEY)
    ledger.keep_checkpoint(ledger.size, note.to_bytes())


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small ledger with a superseded record, several subjects and two checkpoints."""
    path = tmp_path_factory.mktemp("sound") / "ledger.db"
    with Ledger.open(path) as ledger:
        ledger.append([entry("a-1", "<http://e/a> <http://e/p> <http://e/b> .", '<http://e/b> <http://e/p> "ü" .')])
        sign(ledger)
        ledger.append(
            [entry("a-2", supersedes=("a-1",), project="apples"), entry("a-3", '<http://e/c> <http://e/p> "x" .')]
        )
        sign(ledger)
        # As a record lies there of which something was erased: statement by statement.
        ledger.erase({0: []})
    return path


@pytest.fixture
def ledger(sound: Path, tmp_path: Path) -> Path:
    shutil.copy(sound, tmp_path / "sound.db")
    return Path(shutil.copy(sound, tmp_path / "ledger.db"))


def verify(path: Path, *remembered: bytes) -> list[Damage]:
    kept = [Signed(f"note {number}", note) for number, note in enumerate(remembered)]
    return list(Verification(path, "example.org/kg", [KEY.public], kept).damages())


def change(path: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement, values)


def test_a_ledger_that_nobody_touched_is_verified(sound: Path) -> None:
    done = Verification(sound, "example.org/kg", [KEY.public])
    assert list(done.damages()) == []
    assert (done.entries, done.statements, done.checkpoints, done.signed) == (3, 4, 2, 3)
    assert worst([]) == "verified"


def test_an_empty_ledger_is_verified(tmp_path: Path) -> None:
    Ledger.open(tmp_path / "ledger.db").close()
    assert verify(tmp_path / "ledger.db") == []


def flips(path: Path) -> Iterator[tuple[str, str, tuple[object, ...]]]:
    """Yield for each byte of each value of each row: what was changed, and the statement that changes it."""
    with closing(sqlite3.connect(path)) as connection:
        for table, keys in KEYS.items():
            columns = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")]
            asked = ", ".join(f"{name}, CAST({name} AS BLOB), typeof({name})" for name in columns)
            where = " AND ".join(f"{key} = ?" for key in keys)
            for row in connection.execute(f"SELECT {asked} FROM {table}").fetchall():
                values = {name: row[3 * place : 3 * place + 3] for place, name in enumerate(columns)}
                place = [values[key][0] for key in keys]
                for name, (value, content, kind) in values.items():
                    for what, other in others(value, content, kind):
                        cast = "CAST(? AS TEXT)" if kind == "text" else "?"
                        yield f"{table} {place} {name} {what}", (
                            f"UPDATE {table} SET {name} = {cast} WHERE {where}"
                        ), (other, *place)  # fmt: skip


def others(value: object, content: bytes, kind: str) -> Iterator[tuple[str, object]]:
    if kind == "integer":
        assert isinstance(value, int)
        yield from ((f"bit {bit}", value ^ 1 << bit) for bit in (0, 1, 7, 40))
        yield "sign", -value - 1
    else:
        for place, byte in enumerate(content):
            yield f"byte {place}", content[:place] + bytes([byte ^ 0x01]) + content[place + 1 :]
        yield "longer", content + b"\0"
        yield "cut", content[:-1]


def test_every_byte_of_every_row_is_under_the_verdict(ledger: Path) -> None:
    unseen, tried = [], 0
    connection = sqlite3.connect(ledger, isolation_level=None)
    with closing(connection):
        for what, statement, values in list(flips(ledger)):
            connection.execute("BEGIN")
            try:
                connection.execute(statement, values)
            except sqlite3.IntegrityError:  # another row has that key already, so that no such file can be
                connection.execute("ROLLBACK")
                continue
            connection.execute("COMMIT")
            found = verify(ledger)
            undo(connection, ledger, what)
            tried += 1
            unseen += [] if found else [what]
    assert unseen == []
    assert tried > 2_000


def test_any_damaged_byte_of_the_file_is_told_or_changes_nothing(sound: Path, tmp_path: Path) -> None:
    """Pages, their headers and the schema hold no value; what is damaged there is SQLite's to tell, or is unused."""
    content, expected, told = sound.read_bytes(), dump(sound), 0
    found_before = lookups(sound)
    wrong = tmp_path / "wrong.db"
    places = [place for place, byte in enumerate(content) if byte]
    for place in places[::7]:
        bit = 1 << place % 8
        wrong.write_bytes(content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :])
        try:
            found = verify(wrong)
        except ProvkgError:
            told += 1
        else:
            told += bool(found)
            assert found or dump(wrong) == expected, (place, bit)
            assert found or lookups(wrong) == found_before, (place, bit)
        for beside in tmp_path.glob("wrong.db-*"):
            beside.unlink()
    assert told > len(places) // 14


def dump(path: Path) -> list[list[tuple[object, ...]]]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return [connection.execute(f"SELECT * FROM {table}").fetchall() for table in KEYS]


def lookups(path: Path) -> list[object]:
    """What the ledger says of each record when asked by its id, which SQLite looks up in pages of its own."""
    with Ledger.open(path, read_only=True) as ledger:
        return [ledger.find(entry.leaf.record) for entry in ledger.entries()]


def undo(connection: sqlite3.Connection, ledger: Path, what: str) -> None:
    """Put the table that was changed back to what it was."""
    table, sound = what.split()[0], ledger.with_name("sound.db")
    connection.execute("ATTACH ? AS sound", (str(sound),))
    connection.execute(f"DELETE FROM main.{table}")
    connection.execute(f"INSERT INTO main.{table} SELECT * FROM sound.{table}")
    connection.execute("DETACH sound")


def test_every_row_that_is_taken_out_is_missed(ledger: Path, sound: Path) -> None:
    tried = 0
    for table, keys in KEYS.items():
        with closing(sqlite3.connect(sound)) as connection:
            rows = connection.execute(f"SELECT {', '.join(keys)} FROM {table}").fetchall()
        for row in rows:
            # Without its last note, a ledger is one that was signed earlier: only a copy outside it tells.
            if (table, *row) == ("checkpoint", 3):
                continue
            shutil.copy(sound, ledger)
            change(ledger, f"DELETE FROM {table} WHERE {' AND '.join(f'{key} = ?' for key in keys)}", *row)
            tried += 1
            if table != "checkpoint":
                assert verify(ledger), (table, row)
    assert tried > 15


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE statement SET line = replace(line, 'e/b', 'e/x') WHERE position = 0 AND ordinal = 0",
         "TAMPERED at entry 0: statement 0 and its salt do not give its commitment"),
        ("UPDATE statement SET salt = CAST(salt || x'00' AS BLOB) WHERE position = 0",
         "TAMPERED at entry 0: statement 0 and its salt do not give its commitment"),
        ("UPDATE text SET lines = replace(lines, 'e/b', 'e/x') WHERE position = 1",
         "TAMPERED at entry 1: the commitments of its statements do not give the root of its leaf"),
        ("UPDATE text SET secret = zeroblob(32) WHERE position = 1",
         "TAMPERED at entry 1: the commitments of its statements do not give the root of its leaf"),
        ("UPDATE text SET lines = lines || char(10) || lines WHERE position = 1",
         "TAMPERED at entry 1: it has 2 statements, not the 1 of its leaf"),
        ("INSERT INTO text SELECT 0, secret, lines FROM text WHERE position = 1",
         "TAMPERED at entry 0: its text is there whole, and statement by statement"),
        ("DELETE FROM text WHERE position = 1", "TAMPERED at entry 1: it has 0 statements, not the 1 of its leaf"),
        ("UPDATE entry SET leaf = replace(leaf, 'apples', 'pears!') WHERE position = 1",
         "TAMPERED at entry 1: its leaf does"),
        ("UPDATE tree SET hash = zeroblob(32) WHERE level = 1",
         "TAMPERED at the tree, level 1, number 0: the hash over entries 0 to 1 does not follow"),
        ("UPDATE statement SET salt = NULL, line = NULL WHERE position = 0 AND ordinal = 0",
         "INCOMPLETE at entry 0: statement 0 was erased, and the log has no act"),
        ("UPDATE statement SET line = NULL WHERE position = 0", "TAMPERED at entry 0: statement 0 has only one"),
        ("UPDATE entry SET record = 'a-9' WHERE position = 2", "TAMPERED at entry 2: it is filed as record b'a-9'"),
        ("DELETE FROM entry WHERE position = 1", "INCOMPLETE at entry 1: it is missing, though there is entry 2"),
        ("DELETE FROM entry WHERE position = 2", "INCOMPLETE at the checkpoint of size 3: it was signed for 3 entries"),
        ("UPDATE checkpoint SET note = replace(note, 'example', 'exemple') WHERE size = 1",
         "TAMPERED at the checkpoint of size 1: none of the keys"),
        ("INSERT INTO described VALUES ('http://e/z', 2)",
         "TAMPERED at entry 2: the list of the things it describes names"),
        ("DELETE FROM supersession", "TAMPERED at entry 1: table supersession does not lead to it from a-1"),
        ("INSERT INTO supersession VALUES ('a-3', 1)",
         "TAMPERED at entry 1: the list of the records it supersedes names another"),
        ("DELETE FROM described WHERE position = 2", "TAMPERED at entry 2: table described does not lead to it from"),
        ("DELETE FROM checkpoint", "INCOMPLETE at the checkpoints: nothing was signed yet"),
    ],
)  # fmt: skip
def test_each_kind_of_damage_is_named_with_its_place(ledger: Path, statement: str, said: str) -> None:
    change(ledger, statement.replace("replace(leaf, 'apples', 'pears!')", "x'7b7d'").replace(
        "replace(note, 'example', 'exemple')", "CAST(replace(CAST(note AS TEXT), 'example', 'exemple') AS BLOB)"
    ))  # fmt: skip
    assert any(str(damage).startswith(said) for damage in verify(ledger)), verify(ledger)


def test_one_change_is_told_once_and_not_again_at_all_that_rests_on_it(ledger: Path) -> None:
    change(ledger, "UPDATE statement SET line = line || ' ' WHERE position = 0 AND ordinal = 0")
    assert len(verify(ledger)) == 1


def rewritten(path: Path) -> None:
    """Change what a record says as somebody who knows the format would, so that all of the file fits together."""
    content = path.with_name("rewritten.db")
    with Ledger.open(path) as ledger, Ledger.open(content) as other:
        lines = [tuple(line.replace("e/b", "e/x") for line in each.lines) for each in ledger.entries()]
        for each, said in zip(ledger.entries(), lines, strict=True):
            other.append([entry(each.leaf.record, *said, supersedes=each.leaf.supersedes, project=each.leaf.project)])
        for size, note in ledger.checkpoints():
            other.keep_checkpoint(size, note)
    shutil.move(content, path)


def test_a_history_rewritten_throughout_is_a_fork_from_what_was_signed(ledger: Path) -> None:
    rewritten(ledger)
    found = verify(ledger)
    assert {damage.verdict for damage in found} == {"FORK"}
    assert str(found[0]) == (
        "FORK at the checkpoint of size 1: it was signed for another history of the first 1 entries than the one here"
    )


def test_a_rewritten_ledger_without_its_checkpoints_is_told_by_one_that_was_kept_elsewhere(ledger: Path) -> None:
    with Ledger.open(ledger, read_only=True) as opened:
        (_, early), (_, late) = opened.checkpoints()
    assert verify(ledger, early, late) == []
    rewritten(ledger)
    change(ledger, "DELETE FROM checkpoint")
    assert [damage.verdict for damage in verify(ledger, early)] == ["FORK"]
    assert worst(verify(ledger, late)) == "FORK"


def test_a_shortened_ledger_is_told_by_a_checkpoint_kept_elsewhere(ledger: Path) -> None:
    with Ledger.open(ledger, read_only=True) as opened:
        late = opened.checkpoints()[-1][1]
    short = ledger.with_name("short.db")
    with Ledger.open(short) as other:
        other.append([entry("a-1")])
    assert "INCOMPLETE at note 0: it was signed for 3 entries, and there are 1" in map(str, verify(short, late))


def test_a_checkpoint_of_another_key_or_log_counts_for_nothing(ledger: Path) -> None:
    with Ledger.open(ledger, read_only=True) as opened:
        root = opened.root(3)
    stranger = PrivateKey("example.org/kg", hashlib.sha256(b"stranger").digest())
    text = Checkpoint("example.org/kg", 3, root).text
    (damage,) = verify(ledger, signed(text, stranger).to_bytes())
    assert (damage.verdict, damage.place) == ("TAMPERED", "note 0")
    (damage,) = verify(ledger, signed(Checkpoint("example.org/other", 3, root).text, KEY).to_bytes())
    assert "another log, example.org/other" in damage.what


def test_a_leaf_of_the_same_meaning_in_other_bytes_is_noticed(ledger: Path) -> None:
    with closing(sqlite3.connect(ledger)) as connection:
        leaf = connection.execute("SELECT leaf FROM entry WHERE position = 2").fetchone()[0]
    change(ledger, "UPDATE entry SET leaf = ? WHERE position = 2", json.dumps(json.loads(leaf), indent=1).encode())
    assert "its leaf is not in the one form" in str(verify(ledger)[0])


def test_progress_is_told_entry_by_entry(sound: Path) -> None:
    told: list[tuple[int, int]] = []
    list(Verification(sound, "example.org/kg", [KEY.public], progress=lambda *where: told.append(where)).damages())
    assert told == [(1, 3), (2, 3), (3, 3)]
