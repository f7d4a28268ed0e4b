"""What `docs/digests.md` shows runs in an empty folder and prints what stands there, and what it states is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from provkg.capture import digests, row_digests
from provkg.capture.columnar.table import GROUP_ROWS
from provkg.capture.file_digests import MANIFEST
from provkg.capture.file_progress import FIRST_SECONDS
from provkg.capture.model_files.facts import MOST_BYTES, MOST_STEPS
from tests.test_docs_verify import follow

pytestmark = pytest.mark.checkout

PAGE = Path(__file__).parent.parent / "docs" / "digests.md"
TEXT = " ".join(PAGE.read_text("utf-8").split())


def test_the_blocks_run_one_after_another_and_print_what_stands_there(tmp_path: Path) -> None:
    follow(PAGE, tmp_path, least=5)


def test_every_form_has_its_row() -> None:
    forms = set(re.findall(r"\| `([a-z]+-[0-9])` \|", PAGE.read_text("utf-8")))
    assert forms == {MANIFEST, digests.TABLE, digests.ARRAY, digests.SPARSE, digests.ITEMS}


def test_its_numbers_are_those_of_the_code() -> None:
    assert f"groups of {GROUP_ROWS:,} rows" in TEXT
    assert f"{row_digests.WIDTH} bytes a row" in TEXT
    assert f"`{row_digests.FORMAT.decode().strip()}` and a newline" in TEXT
    assert f'"{row_digests.NAME}:<sha256>"' in TEXT
    assert f"at most {MOST_BYTES >> 20} MiB" in TEXT
    assert MOST_STEPS == 4_000_000, "four million steps"
    assert FIRST_SECONDS == 2.0, "longer than two seconds"
