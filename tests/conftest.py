"""What the tests share: rewriting of generated files, and the case files that lie beside a checkout."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from provkg.capture.seeds import forget_seeds

if TYPE_CHECKING:
    from provkg.index import ReadIndex
    from provkg.questions import Naming

CASES = Path(__file__).parent.parent.parent / "shared" / "cases"

# A shared machine may pause a test for longer than any deadline.
settings.register_profile("provkg", settings.default, deadline=None)
settings.load_profile("provkg")


def pytest_configure(config: pytest.Config) -> None:
    # A shell has what it starts in the background ignore the keys that interrupt, and so would each program of a test.
    for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGQUIT, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)
    # What provkg remembers of the tester's files is the tester's.
    place = tempfile.TemporaryDirectory(prefix="provkg-tests-", ignore_cleanup_errors=True)
    os.environ["XDG_CACHE_HOME"] = place.name
    config.add_cleanup(place.cleanup)
    # A worker of pytest-xdist runs no script, and so no code that a record could name.
    main = sys.modules["__main__"]
    if getattr(main, "__file__", None) is None:
        main.__file__ = pytest.__file__


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite", action="store_true", help="write the generated files anew instead of comparing them")


@pytest.fixture(autouse=True)
def no_seeds() -> None:
    """Know of no seed that another test has set: hypothesis sets that of `random` before each of its examples."""
    forget_seeds()


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


@pytest.fixture(scope="session")
def company_index() -> Iterator[ReadIndex]:
    """Give the company's story, with what it entails, to read from."""
    from provkg.index import ReadIndex
    from tests import company

    with ReadIndex(Path("company"), 1, company.store(company.stated()), -1) as index:
        yield index


@pytest.fixture
def company_naming(company_index: ReadIndex) -> Naming:
    """Give what finds the things of the company by name."""
    from provkg.questions import Naming

    return Naming(company_index)
