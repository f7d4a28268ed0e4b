"""What `docs/people.md` shows runs in an empty folder and prints what stands there, and it names every key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from provkg.capture.told_keys import KEYS
from provkg.facts_file import SETTINGS, TABLES
from tests.test_docs_verify import follow

pytestmark = pytest.mark.checkout

PAGE = Path(__file__).parent.parent / "docs" / "people.md"


def test_the_blocks_run_one_after_another_and_print_what_stands_there(tmp_path: Path) -> None:
    follow(PAGE, tmp_path, least=6)


def test_it_names_every_key_of_every_table() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", PAGE.read_text("utf-8"), re.MULTILINE))
    assert set(rows) == set(KEYS) == set(TABLES)
    for table, keys in KEYS.items():
        named = set(re.findall(r"`(\w+)`", rows[table])) - {"train", "validation", "test", "seed"}
        assert named == set(keys) - {"absent"}, table


def test_it_names_everything_that_stands_at_the_top() -> None:
    top = PAGE.read_text("utf-8").partition("At the top, for everything: ")[2].partition("\n\n")[0]
    assert set(SETTINGS) <= set(re.findall(r"`(\w+)`", top))
