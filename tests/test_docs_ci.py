"""What `docs/ci.md` tells people to put into their repositories is YAML that works with this version."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from provkg.gate import REPORT_FORMATS
from tests.commands import run

pytestmark = pytest.mark.checkout

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "ci.md"
# Collected without a checkout too, where the page is not there.
DOCS = PAGE.read_text("utf-8") if PAGE.exists() else ""


def test_the_hook_and_the_documented_workflow_are_yaml_that_calls_check() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", DOCS, re.DOTALL)
    assert len(blocks) == 4
    documents = [yaml.safe_load(block) for block in blocks]
    steps = documents[0]["jobs"]["check"]["steps"]
    assert any(str(step.get("run", "")).startswith("provkg check ") for step in steps)
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert (hook["id"], hook["entry"]) == (documents[2]["repos"][0]["hooks"][0]["id"], "provkg check")


@pytest.mark.parametrize(
    "command", sorted(set(re.findall(r"provkg (check --.*?)(?= records| >|`|$)", DOCS, re.MULTILINE)))
)
def test_every_documented_option_of_check_exists(command: str) -> None:
    offered = run("check", "-h").stdout
    options = re.findall(r"--[a-z]+", command)
    assert options
    assert all(f"{option} " in offered for option in options)


def test_every_documented_format_exists() -> None:
    formats = re.findall(r"^\| `(\w+)` \|", DOCS, re.MULTILINE)
    assert sorted(formats) == sorted(REPORT_FORMATS)
