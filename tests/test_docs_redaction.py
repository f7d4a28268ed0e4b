"""What `docs/redaction.md` shows runs in an empty folder, and prints what stands there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_docs_verify import follow

pytestmark = pytest.mark.checkout

PAGE = Path(__file__).parent.parent / "docs" / "redaction.md"


def test_the_blocks_run_one_after_another_and_print_what_stands_there(tmp_path: Path) -> None:
    follow(PAGE, tmp_path, least=6)
