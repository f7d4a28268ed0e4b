"""What is answered in Python says what is so: each answer changes with the fact that it rests on."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import provkg
from provkg.errors import BadParameter
from provkg.folder import Folder
from tests import story
from tests.told import Told, keep

TOLD = tuple(Told(record.name, record.type, record.triples) for record in story.records())


def ask(folder: Folder, question: str, **values: Any) -> list[dict[str, Any]]:
    with provkg.open(folder.path) as graph:
        return list(graph.ask(question, **values))


def test_an_intact_ledger_is_verified_in_one_row(tmp_path: Path) -> None:
    (row,) = ask(keep(tmp_path / "kg", story.BASE, TOLD), "ledger-intact")
    assert (row["verdict"], row["place"]) == ("verified", f"entries 0 to {len(TOLD) - 1}")
    assert row["signed"] == len(TOLD), "the checkpoint that was signed last stands for every record"


def test_a_ledger_whose_text_was_changed_breaks_at_its_entry(tmp_path: Path) -> None:
    folder = keep(tmp_path / "kg", story.BASE, TOLD)
    with closing(sqlite3.connect(folder.ledger)) as connection, connection:
        changed = "UPDATE text SET lines = replace(lines, 'sgd-fast', 'sgd-best') WHERE position = 12"
        connection.execute(changed)
    found = ask(folder, "ledger-intact")
    assert found[0]["verdict"] == "TAMPERED"
    assert found[0]["place"] == "entry 12"
    assert all(row["entries"] == len(TOLD) for row in found)


def test_a_statement_is_found_with_the_record_that_made_it(tmp_path: Path) -> None:
    folder = keep(tmp_path / "kg", story.BASE, TOLD)
    (row,) = ask(folder, "record-of-statement", thing="apple-grader@2", property="pvk:framework")
    assert (row["value"], row["position"], row["live"]) == ("scikit-learn", 12, True)
    assert row["by"] == "Mara Lind, svc-trainer"
    assert ask(folder, "record-of-statement", thing="apple-grader@2", property="pvk:parameterCount", value="21") == []


def test_a_value_is_given_by_its_name_or_its_text(tmp_path: Path) -> None:
    folder = keep(tmp_path / "kg", story.BASE, TOLD)
    named = ask(folder, "record-of-statement", thing="apple-grader@2", value="apples-train-ready@1")
    assert {row["property"].rpartition("#")[2] for row in named} == {"trainedOn", "wasDerivedFrom"}
    assert len(ask(folder, "record-of-statement", thing="apple-grader@2", value="20")) == 1


def test_what_a_later_record_takes_back_is_no_longer_live(tmp_path: Path) -> None:
    earlier = TOLD[12]
    corrected = replace(earlier, name="corrected", supersedes=(earlier.name,))
    folder = keep(tmp_path / "kg", story.BASE, (*TOLD, corrected))
    found = ask(folder, "record-of-statement", thing="apple-grader@2", property="pvk:framework")
    assert [(row["position"], row["live"]) for row in found] == [(12, False), (len(TOLD), True)]


def test_a_property_that_is_no_iri_is_refused_with_an_example(tmp_path: Path) -> None:
    folder = keep(tmp_path / "kg", story.BASE, TOLD)
    with pytest.raises(BadParameter, match="write it like pvk:sha256"):
        ask(folder, "record-of-statement", thing="apple-grader@2", property="two words")
