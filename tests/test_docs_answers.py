"""What `docs/answers.md` shows runs in an empty folder, and its numbers and names are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from provkg.cli.answering import TABLE_ROWS
from provkg.cli.options import ANSWER_FORMATS, BINARY_FORMATS
from provkg.evidence.looking import COUNTED
from provkg.forms.files import MOST_DIGITS
from provkg.reading.reply import NOTEBOOK_ROWS
from provkg.sparql import MAX_BYTES, MAX_NESTING, MAX_OPERATORS
from tests.commands import run
from tests.test_docs_verify import follow

pytestmark = pytest.mark.checkout

PAGE = Path(__file__).parent.parent / "docs" / "answers.md"


def test_the_blocks_run_one_after_another_and_print_what_stands_there(tmp_path: Path) -> None:
    follow(PAGE, tmp_path, least=8)


def test_what_it_shows_of_questions_that_cannot_be_asked_is_said(tmp_path: Path) -> None:
    run("init", tmp_path / "kg")
    text = PAGE.read_text("utf-8")
    asked = re.findall(r"^provkg (ask datasets-used.*|ask serving .*) \|\| echo", text, re.MULTILINE)
    assert len(asked) == 3
    for line in asked:
        said = run(*line.split(), "--store", tmp_path / "kg").stderr
        assert said in text, said


def test_its_numbers_and_formats_are_those_of_the_code() -> None:
    text = " ".join(PAGE.read_text("utf-8").split())
    assert f"the first {TABLE_ROWS:,} rows" in text
    assert (NOTEBOOK_ROWS, COUNTED, MOST_DIGITS) == (100, 10**6, 2**53), "a hundred rows, a million, 2⁵³"
    assert (MAX_BYTES, MAX_NESTING, MAX_OPERATORS) == (64 * 1024, 64, 1000)
    assert [name for name in (*ANSWER_FORMATS, *BINARY_FORMATS, "turtle") if f"`{name}`" not in text] == []


def test_its_links_lead_somewhere() -> None:
    found = re.findall(r"\]\(([^)#]+)[)#]", PAGE.read_text("utf-8"))
    assert found
    assert all(link.startswith("https://") or (PAGE.parent / link).exists() for link in found)
