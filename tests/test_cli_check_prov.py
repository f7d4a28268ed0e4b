"""`provkg check --prov`: the verdict on PROV documents, and how it is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands import one_sentence, run

HEAD = "document\nprefix ex <http://example.org/>\n"
VALID = f"{HEAD}entity(ex:e)\nendDocument"
BROKEN = f"{HEAD}used(ex:u; ex:a, ex:e, -)\nused(ex:u; ex:a, ex:f, -)\nendDocument"


@pytest.fixture
def valid(tmp_path: Path) -> Path:
    (tmp_path / "valid.provn").write_text(VALID)
    return tmp_path / "valid.provn"


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    (tmp_path / "broken.provn").write_text(BROKEN)
    return tmp_path / "broken.provn"


def test_a_valid_document_exits_with_0(valid: Path) -> None:
    result = run("check", "--prov", valid)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "valid: 0 violation(s), 0 warning(s) in 1 PROV document(s)\n"


def test_an_invalid_one_exits_with_1_and_says_by_which_constraint_where_and_why(valid: Path, broken: Path) -> None:
    result = run("check", "--prov", valid, broken)
    assert result.exit_code == 1
    assert result.stdout == (
        f"{broken}:4: ex:u: constraint 23 key-properties: used of ex:u is stated with two values for entity: "
        "ex:e and ex:f; stated by used(ex:u; ex:a, ex:e, -) and used(ex:u; ex:a, ex:f, -)\n"
    )
    assert result.stderr == "not valid: 1 violation(s), 0 warning(s) in 2 PROV document(s)\n"


def test_clocks_only_warn(tmp_path: Path) -> None:
    file = tmp_path / "clock.provn"
    file.write_text(f"{HEAD}activity(ex:a, 2012-01-02T00:00:00Z, 2012-01-01T00:00:00Z)\nendDocument")
    result = run("check", "--prov", file)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"{file}:3: warning: ex:a: constraint 30 start-precedes-end: ")


def test_each_file_is_told_with_its_own_line(broken: Path, tmp_path: Path) -> None:
    later = tmp_path / "later.provn"
    later.write_text(BROKEN.replace("used", "\nused", 1))
    listed = json.loads(run("check", "--prov", "--format", "json", broken, later).stdout)
    assert [(each["file"], each["line"]) for each in listed] == [(str(broken), 4), (str(later), 5)]
    assert {each["constraint"] for each in listed} == {"23 key-properties"}


@pytest.mark.parametrize("format_", ["text", "json", "junit", "sarif", "github"])
def test_every_report_names_the_constraint(format_: str, broken: Path) -> None:
    result = run("check", "--prov", "--format", format_, broken)
    assert result.exit_code == 1
    assert "23 key-properties" in result.stdout


def test_a_file_that_holds_no_document_exits_with_3(tmp_path: Path) -> None:
    file = tmp_path / "bad.provn"
    file.write_text("document\n  entity(ex:e)\nendDocument")
    assert one_sentence(run("check", "--prov", file), 3) == f"{file}:2:10: the prefix 'ex' is not declared"
    assert "No such file" in one_sentence(run("check", "--prov", tmp_path / "none.provn"), 3)


def test_standard_input_needs_its_syntax() -> None:
    assert run("check", "--prov", "--from", "prov-n", "-", given=BROKEN).exit_code == 1
    assert "--from prov-n" in one_sentence(run("check", "--prov", "-", given=BROKEN), 2)
    assert "prov-n, prov-xml" in one_sentence(run("check", "--prov", "--from", "word", "-", given=BROKEN), 2)


def test_options_of_shapes_are_wrong_use(valid: Path) -> None:
    assert "--level" in one_sentence(run("check", "--prov", "--level", "audit", valid), 2)
    assert "--format turtle" in one_sentence(run("check", "--prov", "--format", "turtle", valid), 2)
    assert "name at least one FILE" in one_sentence(run("check", "--prov"), 2)
