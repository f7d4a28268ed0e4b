"""What `docs/questions.md` shows runs in an empty folder, and prints what stands there."""

from __future__ import annotations

from pathlib import Path

import pytest

from provkg.questions import all_questions
from tests.test_docs_verify import DOCS, follow

pytestmark = pytest.mark.checkout

PAGE = DOCS / "questions.md"


def test_the_blocks_run_one_after_another_and_print_what_stands_there(tmp_path: Path) -> None:
    follow(PAGE, tmp_path, least=8)


def test_the_page_names_every_question_that_sparql_cannot_ask() -> None:
    told = PAGE.read_text("utf-8")
    in_python = [question.name for question in all_questions() if question.asks is not None]
    assert in_python
    assert [name for name in in_python if f"`{name}`" not in told] == []
