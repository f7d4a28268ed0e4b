"""The ledger keeps every record exactly once, in order, and says what is wrong when it cannot."""

import hashlib
import hmac
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provkg.errors import GraphHeld, LedgerBroken, RecordConflict, StorageFailed
from provkg.ledger import Entry, Leaf, Ledger, fits
from provkg.ledger.entry import commitments
from tests.test_merkle import recursive_root


def entry(
    record: str = "emitter-1", *lines: str, supersedes: tuple[str, ...] = (), project: str | None = None
) -> Entry:
    return Entry(
        record=record, type="run-opened", lines=lines or ("<http://e/a> <http://e/p> <http://e/b> .",), schema="0.1.0",
        level="minimal", shapes="ab" * 32, warnings=2, emitter="emitter", received="2026-03-20T09:00:00Z",
        project=project, supersedes=supersedes,
    )  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db") as opened:
        yield opened


def test_what_is_appended_comes_back_in_order_after_reopening(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        assert ledger.append([entry("a-1"), entry("a-2")]) == [0, 1]
        assert ledger.append([entry("a-3")]) == [2]
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        assert ledger.size == 3
        assert [(each.position, each.leaf.record) for each in ledger.entries()] == [(0, "a-1"), (1, "a-2"), (2, "a-3")]
        assert [each.leaf.record for each in ledger.entries(2)] == ["a-3"]


def test_lines_are_kept_in_code_point_order_and_once(ledger: Ledger) -> None:
    ledger.append([entry("a-1", "<b> <p> <q> .", "<a> <p> <q> .", "<b> <p> <q> .")])
    found = ledger.find("a-1")
    assert found is not None
    assert found.lines == ("<a> <p> <q> .", "<b> <p> <q> .")
    assert found.leaf.statements == 2


def test_the_same_record_again_changes_nothing(ledger: Ledger) -> None:
    first, second = "<a> <p> <q> .", "<b> <p> <q> ."
    ledger.append([entry("a-1", first, second)])
    assert ledger.append([entry("a-1", second, first), entry("a-2")]) == [0, 1]
    assert ledger.append([entry("a-3"), entry("a-3")]) == [2, 2]
    assert ledger.size == 3


@pytest.mark.parametrize(
    "lines",
    [("<a> <p> <q> .",), ("<a> <p> <q> .", "<b> <p> <r> ."), ("<a> <p> <q> .", "<b> <p> <q> .", "<c> <p> <q> .")],
)
def test_the_same_id_with_other_lines_is_a_conflict_and_nothing_of_the_group_is_kept(
    ledger: Ledger, lines: tuple[str, ...]
) -> None:
    ledger.append([entry("a-1", "<a> <p> <q> .", "<b> <p> <q> .")])
    with pytest.raises(RecordConflict, match=r"a-1 is already kept at position 0 and says something else"):
        ledger.append([entry("a-2"), entry("a-1", *lines)])
    assert ledger.size == 1
    assert ledger.find("a-2") is None


def test_the_same_id_that_supersedes_something_else_is_a_conflict(ledger: Ledger) -> None:
    ledger.append([entry("a-1")])
    with pytest.raises(RecordConflict):
        ledger.append([entry("a-1", supersedes=("a-0",))])


def test_a_record_whose_line_was_erased_is_still_recognised(ledger: Ledger) -> None:
    sent = entry("a-1", "<a> <p> <q> .", "<b> <p> <q> .")
    ledger.append([sent])
    ledger.erase({0: [1]})
    assert ledger.append([sent]) == [0]
    with pytest.raises(RecordConflict):
        ledger.append([entry("a-1", "<b> <p> <q> .", "<c> <p> <q> .")])


def test_the_leaf_is_canonical_json_that_binds_every_statement(ledger: Ledger, tmp_path: Path) -> None:
    ledger.append([entry("a-1", '<a> <p> "ü" .', "<b> <p> <q> .", project="apples", supersedes=("a-0",))])
    raw = sqlite3.connect(tmp_path / "ledger.db")
    leaf = raw.execute("SELECT leaf FROM entry").fetchone()[0]
    secret, text = raw.execute("SELECT secret, lines FROM text").fetchone()
    raw.close()
    said = json.loads(leaf)
    assert leaf.decode() == json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert text == '<a> <p> "ü" .\n<b> <p> <q> .'
    salts = hashlib.shake_256(secret).digest(32)
    commitments = [
        hmac.new(salt, line.encode(), sha256).digest()
        for salt, line in zip((salts[:16], salts[16:]), text.split("\n"), strict=True)
    ]
    assert said["root"] == recursive_root(commitments).hex()
    del said["root"]
    assert said == {
        "record": "a-1", "kind": "record", "type": "run-opened", "statements": 2, "schema": "0.1.0", "level": "minimal",
        "shapes": "ab" * 32, "warnings": 2, "emitter": "emitter", "received": "2026-03-20T09:00:00Z",
        "project": "apples", "supersedes": ["a-0"],
    }  # fmt: skip


@given(st.binary(min_size=32, max_size=32), st.lists(st.binary(max_size=200), max_size=9))
def test_commitments_are_the_hmac_of_each_line_under_its_salt(secret: bytes, lines: list[bytes]) -> None:
    drawn = hashlib.shake_256(secret).digest(16 * len(lines))
    expected = [hmac.new(drawn[16 * n : 16 * n + 16], line, sha256).digest() for n, line in enumerate(lines)]
    assert commitments(secret, lines) == expected


def test_what_is_erased_is_nowhere_in_the_files_and_the_rest_still_fits_its_leaf(
    ledger: Ledger, tmp_path: Path
) -> None:
    said = [f'<http://e/{number}> <http://e/p> "number {number} of some" .' for number in range(300)]
    ledger.append([entry("a-1", *said), entry("a-2", *said[:2])])
    before = ledger.payload(0)
    secrets = sqlite3.connect(tmp_path / "ledger.db")
    (secret,) = secrets.execute("SELECT secret FROM text WHERE position = 0").fetchone()
    secrets.close()
    gone = sorted(said).index(said[150])
    ledger.erase({0: [gone]})
    files = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    salt, commitment, line = before[gone]
    assert salt is not None
    assert line == said[150]
    assert b"number 150 of some" not in files
    assert b"http://e/150" not in files
    assert salt not in files
    assert secret not in files, "from the secret, the salt of the erased statement would follow"
    assert b"number 151 of some" in files
    assert ledger.payload(0) == [*before[:gone], (None, commitment, None), *before[gone + 1 :]]
    (first, second) = ledger.entries()
    assert fits(first.leaf, ledger.payload(0))
    assert second.lines == tuple(said[:2])
    assert ledger.records_describing("http://e/150") == []
    assert [each.position for each in ledger.records_describing("http://e/151")] == [0]
    ledger.erase({0: [gone]})
    assert fits(first.leaf, ledger.payload(0)), "erasing again changes nothing"


def test_a_reader_that_keeps_erased_text_in_the_journal_is_told_of(ledger: Ledger, tmp_path: Path) -> None:
    ledger.append([entry("a-1", '<a> <p> "very private" .')])
    reader = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM text").fetchall()
    with pytest.raises(GraphHeld, match="erased text still lies in its journal; try again"):
        ledger.erase({0: [0]})
    assert ledger.entry(0).lines == ()
    reader.close()
    ledger.erase({0: [0]})
    assert not any(b"very private" in file.read_bytes() for file in tmp_path.iterdir())


def test_a_ledger_of_the_layout_before_is_read_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with Ledger.open(path) as ledger:
        ledger.append([entry("a-1", "<a> <p> <q> .", "<b> <p> <q> .")])
        ledger.erase({0: []})
    with sqlite3.connect(path) as raw:
        raw.executescript("DROP TABLE text; DROP TABLE act; PRAGMA user_version = 2")
    raw.close()
    with Ledger.open(path, read_only=True) as ledger:
        assert ledger.find("a-1") == ledger.entry(0)
        assert ledger.entry(0).lines == ("<a> <p> <q> .", "<b> <p> <q> .")
    with Ledger.open(path) as ledger:
        assert ledger.append([entry("a-1", "<a> <p> <q> .", "<b> <p> <q> ."), entry("a-2")]) == [0, 1]
        assert [fits(each.leaf, ledger.payload(each.position)) for each in ledger.entries()] == [True, True]


def test_a_leaf_stays_small_and_holds_no_text_of_the_record(ledger: Ledger) -> None:
    ledger.append([entry("a-1", *(f'<a> <p> "secret {number}" .' for number in range(5000)))])
    found = ledger.find("a-1")
    assert found is not None
    assert len(found.leaf.to_bytes()) < 1024
    assert b"secret" not in found.leaf.to_bytes()


def test_equal_records_have_unequal_roots(ledger: Ledger) -> None:
    """An unsalted digest would let erased text be found by guessing."""
    ledger.append([entry("a-1"), entry("a-2")])
    first, second = ledger.entries()
    assert first.leaf.root != second.leaf.root


def test_records_describing_a_thing_are_found_in_order(ledger: Ledger) -> None:
    ledger.append([entry("a-1", "<http://e/a> <p> <http://e/c> ."), entry("a-2", "<http://e/b> <p> <http://e/a> .")])
    ledger.append([entry("a-3", "<http://e/a> <p> <http://e/b> .", "<http://e/b> <p> <http://e/a> .")])
    assert [each.leaf.record for each in ledger.records_describing("http://e/a")] == ["a-1", "a-3"]
    assert ledger.records_describing("http://e/c") == []


def test_a_superseded_record_is_known_by_the_first_that_takes_it_back(ledger: Ledger) -> None:
    ledger.append([entry("a-1"), entry("a-2", supersedes=("a-1",)), entry("a-3", supersedes=("a-1",))])
    assert ledger.superseded_at("a-1") == 1
    assert ledger.superseded_at("a-2") is None


def test_erasing_and_durability_are_switched_on(ledger: Ledger) -> None:
    asked = {
        name: ledger._connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "secure_delete")
    }
    assert asked == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), max_size=15))
def test_any_sequence_of_sendings_keeps_the_first_of_each_id(
    tmp_path_factory: pytest.TempPathFactory, sent: list[tuple[int, int]]
) -> None:
    first: dict[str, str] = {}
    with Ledger.open(tmp_path_factory.mktemp("ledger") / "ledger.db") as ledger:
        for number, content in sent:
            record, line = f"a-{number}", f"<a> <p> <{content}> ."
            if first.setdefault(record, line) == line:
                ledger.append([entry(record, line)])
            else:
                with pytest.raises(RecordConflict):
                    ledger.append([entry(record, line)])
        assert [(each.leaf.record, each.lines) for each in ledger.entries()] == [
            (r, (line,)) for r, line in first.items()
        ]


def test_a_killed_writer_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from provkg.ledger import Ledger; from tests.test_ledger import entry\n"
        "ledger = Ledger.open(Path(sys.argv[1]))\n"
        "for number in range(10**6):\n"
        "    ledger.append([entry(f'a-{number}'), entry(f'b-{number}')]); print(number, flush=True)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "ledger.db")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent) as writer:
        assert writer.stdout is not None
        for line in writer.stdout:
            if int(line) >= 30:
                writer.kill()
                break
        acknowledged = [int(line), *map(int, writer.stdout.read().split())]
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        kept = [each.leaf.record for each in ledger.entries()]
    expected = [f"{emitter}-{number}" for number in range(len(kept) // 2) for emitter in "ab"]
    assert kept == expected, "each once, in order, and no group by halves"
    assert len(kept) // 2 > max(acknowledged)


def test_a_file_that_is_no_database_is_named_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"not a ledger, but somebody's notes " * 100)
    with pytest.raises(LedgerBroken, match=r"ledger\.db is damaged or no ledger"):
        Ledger.open(tmp_path / "ledger.db")
    assert (tmp_path / "ledger.db").read_bytes().startswith(b"not a ledger")


def test_another_programs_database_is_named_and_left_alone(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "ledger.db")
    other.execute("CREATE TABLE recipes (name TEXT)")
    other.close()
    with pytest.raises(LedgerBroken, match="another SQLite file"):
        Ledger.open(tmp_path / "ledger.db")


def test_a_newer_layout_asks_for_an_upgrade(tmp_path: Path) -> None:
    Ledger.open(tmp_path / "ledger.db").close()
    other = sqlite3.connect(tmp_path / "ledger.db")
    other.execute("PRAGMA user_version = 99")
    other.close()
    with pytest.raises(LedgerBroken, match="upgrade provkg"):
        Ledger.open(tmp_path / "ledger.db")


def test_a_damaged_page_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with Ledger.open(path) as ledger:
        ledger.append([entry(f"a-{number}", *(f"<a> <p> <{line}> ." for line in range(50))) for number in range(50)])
    content = bytearray(path.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(LedgerBroken, match="restore"), Ledger.open(path) as ledger:
        list(ledger.entries())


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"1", b'{"record":"a"}', b"[" * 100_000])
def test_a_leaf_that_is_none_is_told_as_such(content: bytes) -> None:
    with pytest.raises(LedgerBroken, match="does not parse"):
        Leaf.from_bytes(content)


def test_a_missing_entry_in_the_middle_is_told_as_such(ledger: Ledger, tmp_path: Path) -> None:
    ledger.append([entry(f"a-{number}") for number in range(3)])
    other = sqlite3.connect(tmp_path / "ledger.db")
    other.execute("DELETE FROM entry WHERE position = 1")
    other.commit()
    other.close()
    with pytest.raises(LedgerBroken, match="has no entry 1"):
        list(ledger.entries())


def test_a_ledger_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match=r"ledger\.db"):
        Ledger.open(tmp_path / "ledger.db", read_only=True)


def test_reading_beside_the_writer_sees_what_was_acknowledged(ledger: Ledger, tmp_path: Path) -> None:
    ledger.append([entry("a-1")])
    with Ledger.open(tmp_path / "ledger.db", read_only=True) as reader:
        assert reader.size == 1
        with pytest.raises(StorageFailed, match="cannot be opened for writing"):
            reader.append([entry("a-2")])


def test_a_locked_ledger_says_so(ledger: Ledger, tmp_path: Path) -> None:
    ledger._connection.execute("PRAGMA busy_timeout = 10")
    other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(GraphHeld, match="locked by another process"):
        ledger.append([entry("a-1")])
    other.execute("ROLLBACK")
    other.close()
    assert ledger.append([entry("a-1")]) == [0]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte, or skip: only root may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_told_and_costs_nothing_that_was_kept(small_disk: Path) -> None:
    kept = []
    with Ledger.open(small_disk / "ledger.db") as ledger:
        with pytest.raises(StorageFailed, match="is full; free some space"):  # noqa: PT012 - the disk decides when
            for number in range(10_000):
                ledger.append([entry(f"a-{number}", *(f"<a> <p> <{'x' * 500}{line}> ." for line in range(20)))])
                kept.append(f"a-{number}")
        assert [each.leaf.record for each in ledger.entries()] == kept
    assert kept
