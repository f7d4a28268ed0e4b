"""Acts upon the log say which statements are without text, and nothing else excuses that one is."""

from __future__ import annotations

import random
import sqlite3
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provkg.errors import LedgerBroken
from provkg.ledger import Entry, Leaf, Ledger, fits
from provkg.ledger.entry import spans
from provkg.ledger.verification import Verification
from tests.test_ledger import entry
from tests.test_verification import KEY, change, sign

SAID = ('<http://e/a> <http://e/p> "one" .', '<http://e/a> <http://e/q> "two" .', '<http://e/b> <http://e/p> "three" .')


def act(record: str, *erases: tuple[int, int, int], kind: str = "redaction") -> Entry:
    return replace(entry(record, "<http://e/act> <http://e/p> <http://e/r> ."), kind=kind, erases=erases)


def found(path: Path) -> tuple[list[str], int, int]:
    done = Verification(path, "example.org/kg", [KEY.public])
    damages = [str(damage) for damage in done.damages()]
    return damages, done.redactions, done.purged


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a ledger of two records and an act that took one statement out of the first."""
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        ledger.append([entry("a-1", *SAID), entry("a-2")])
        ledger.append([act("r-1", (0, 1, 1))])
        ledger.erase({0: [1]})
        ledger.carried_out(ledger.undone())
        sign(ledger)
    return tmp_path / "ledger.db"


def test_what_a_logged_act_took_out_is_no_damage_and_is_counted(path: Path) -> None:
    assert found(path) == ([], 1, 0)


def test_an_act_excuses_the_statements_that_it_names_and_no_others(path: Path) -> None:
    with Ledger.open(path) as ledger:
        ledger.erase({0: [2]})
    damages, _, _ = found(path)
    assert damages == ["INCOMPLETE at entry 0: statement 2 was erased, and the log has no act that says why"]


def test_text_that_an_act_took_out_and_that_is_still_there_is_told(path: Path) -> None:
    with Ledger.open(path) as ledger:
        ledger.append([act("r-2", (1, 0, 0))])
        assert [each.leaf.record for each in ledger.undone()] == ["r-2"]
        sign(ledger)
    damages, _, _ = found(path)
    assert len(damages) == 1
    assert damages[0].startswith("INCOMPLETE at entry 1: statement 0 is still there, though an act of the log took it")


def test_an_act_says_nothing_of_what_comes_after_it(path: Path) -> None:
    with Ledger.open(path) as ledger:
        ledger.append([act("r-2", (4, 0, 2)), entry("a-3", *SAID)])
        ledger.erase({4: [0, 1, 2]})
        sign(ledger)
    damages, _, _ = found(path)
    assert damages == ["INCOMPLETE at entry 4: statement 0, 1, 2 was erased, and the log has no act that says why"]


def test_a_record_that_went_whole_by_retention_is_purged_and_its_id_decides(path: Path) -> None:
    with Ledger.open(path) as ledger:
        ledger.append([act("p-1", (0, 0, 2), kind="retention")])
        ledger.erase({0: [0, 1, 2]})
        sign(ledger)
        assert ledger.append([entry("a-1", "<http://e/x> <http://e/y> <http://e/z> .")]) == [0]
        assert [each.position for each in ledger.records_describing("http://e/a")] == [1]
    assert found(path) == ([], 0, 1)


def test_withheld_lines_are_committed_to_and_never_written(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        sent = replace(entry("a-1", *SAID), withheld=frozenset(SAID[:1]))
        assert ledger.append([sent]) == [0]
        assert not any(b'"one"' in file.read_bytes() for file in tmp_path.iterdir())
        kept = ledger.entry(0)
        assert kept.lines == SAID[1:]
        assert (kept.leaf.statements, kept.leaf.withholds) == (3, ((0, 0),))
        assert fits(kept.leaf, ledger.payload(0))
        assert ledger.append([entry("a-1", *SAID)]) == [0], "sent again in full, it is the same record"
        sign(ledger)
    assert found(tmp_path / "ledger.db") == ([], 1, 0)


def test_the_list_of_acts_is_under_the_verdict(path: Path) -> None:
    change(path, "DELETE FROM act")
    assert "TAMPERED at entry 2: table act does not lead to it from 2" in found(path)[0]
    change(path, "INSERT INTO act VALUES (2, 1), (1, 1)")
    assert found(path)[0] == ["TAMPERED at entry 1: the list of acts names it, and it is none"]


def test_an_entry_of_a_ledger_without_acts_keeps_the_leaf_that_it_had() -> None:
    said = entry("a-1").leaf([]).to_bytes()
    assert b"erases" not in said
    assert b"withholds" not in said
    assert Leaf.from_bytes(said).to_bytes() == said


@pytest.mark.parametrize("said", ["[[1,2]]", '[[1,2,"3"]]', "[[1,2,-3]]", "[1]", '"abc"', "[[1,2,true]]"])
def test_a_leaf_that_names_no_places_does_not_parse(said: str) -> None:
    content = act("r-1", (1, 2, 3)).leaf([]).to_bytes()
    assert b"[[1,2,3]]" in content
    assert Leaf.from_bytes(content).erases == ((1, 2, 3),)
    with pytest.raises(LedgerBroken):
        Leaf.from_bytes(content.replace(b"[[1,2,3]]", said.encode()))


@given(st.sets(st.integers(0, 60)))
def test_spans_hold_the_same_numbers_in_the_fewest_runs(numbers: set[int]) -> None:
    found = spans(numbers)
    assert [n for first, last in found for n in range(first, last + 1)] == sorted(numbers)
    assert all(after[0] > before[1] + 1 for before, after in pairwise(found))


def test_no_bit_of_erased_lines_survives_in_split_pages(tmp_path: Path) -> None:
    """In this order, SQLite alone keeps two of them in pages whose rows went to others, whatever it overwrites."""
    chance, order = random.Random(2), list(range(300))
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        ledger.append([entry(f"a-{n}", *(line(n, m, chance.randrange(300)) for m in range(20))) for n in order])
        chance.shuffle(order)
        for start in range(0, 300, 50):
            ledger.erase({n: [5, 11, 17] for n in order[start : start + 50]})
        content = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert [n for n in order for m in (5, 11, 17) if f'"{n:04}-{m:02}-'.encode() in content] == []
    assert b'"0001-07-' in content


def line(record: int, number: int, length: int) -> str:
    return f'<http://e/{record}> <http://e/p{number:02}> "{record:04}-{number:02}-{"x" * length}" .'


def test_a_ledger_without_acts_gets_their_list_when_it_is_written_to(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with Ledger.open(path) as ledger:
        ledger.append([entry("a-1", *SAID)])
    with sqlite3.connect(path) as raw:
        raw.executescript("DROP TABLE act; PRAGMA user_version = 3")
    raw.close()
    with Ledger.open(path, read_only=True) as ledger:
        assert ledger.acts() == []
        assert ledger.entry(0).lines == SAID
    with Ledger.open(path) as ledger:
        ledger.append([act("r-1", (0, 0, 0))])
        assert [each.position for each in ledger.undone()] == [1]
