"""What `docs/lineage.md` shows runs in an empty folder, and prints what stands there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_docs_verify import DOCS, follow

pytestmark = pytest.mark.checkout


def test_the_blocks_run_one_after_another_and_print_what_stands_there(tmp_path: Path) -> None:
    follow(DOCS / "lineage.md", tmp_path, least=9)
