"""What `docs/redaction.md` shows runs in an empty folder, and prints what stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.test_docs_verify import END, shell
from tests.test_readme import matches

pytestmark = pytest.mark.checkout

PAGE = Path(__file__).parent.parent / "docs" / "redaction.md"


def test_the_blocks_run_one_after_another_and_print_what_stands_there(tmp_path: Path) -> None:
    found = re.findall(r"```(\w+)\n(.*?)```\n", PAGE.read_text("utf-8"), re.DOTALL)
    commands = [
        text if language == "sh" else f"python3 - <<'END'\n{text}END\n"
        for language, text in found
        if language != "text"
    ]
    assert len(commands) >= 6
    done = shell(tmp_path, "\n".join(f"{text}\necho '{END}'" for text in commands))
    assert done.returncode == 0, done.stderr
    printed = iter(done.stdout.split(f"{END}\n"))
    for (language, text), (following, said) in zip(found, [*found[1:], ("", "")], strict=True):
        if language != "text":
            shown = next(printed)
            assert following != "text" or matches(said, shown), f"{text}\nprints\n{shown}"
