"""What `docs/witness.md` shows runs in an empty folder, and prints what stands there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_docs_verify import follow

pytestmark = pytest.mark.checkout

PAGE = Path(__file__).parent.parent / "docs" / "witness.md"


def test_the_blocks_run_one_after_another_and_print_what_stands_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ada@example.org")
    follow(PAGE, tmp_path, least=9)
