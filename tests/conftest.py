"""What the tests share: rewriting of generated files, and the case files that lie beside a checkout."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

CASES = Path(__file__).parent.parent.parent / "shared" / "cases"

# A shared machine may pause a test for longer than any deadline.
settings.register_profile("provkg", settings.default, deadline=None)
settings.load_profile("provkg")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite", action="store_true", help="write the generated files anew instead of comparing them")


@pytest.fixture
def rewrite(request: pytest.FixtureRequest) -> bool:
    """Return whether the generated files are to be written anew."""
    return bool(request.config.getoption("--rewrite"))


@pytest.fixture(scope="session")
def cases() -> Path:
    """Return the folder with the case files of other projects, or skip: they are no part of a checkout."""
    if not CASES.is_dir():
        pytest.skip("the case files of other projects are not beside this checkout (../shared/cases)")
    return CASES
