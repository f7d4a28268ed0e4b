"""Recording in tests: a store of its own for each, what went to the spool, and training scripts as processes."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from provkg.capture import configure, end_session
from provkg.capture.defaults import forget_defaults
from provkg.capture.facts import facts
from provkg.capture.seeds import forget_seeds
from provkg.capture.session import session
from provkg.capture.spool import SpoolFile, spool_files
from provkg.records import CLOSED, Description, Record

CHECKOUT = Path(__file__).parent.parent
D = TypeVar("D", bound=Description)


class Recorded:
    """What this process has recorded in the graph at `store`."""

    def __init__(self, store: Path) -> None:
        self.store = store

    @property
    def spool(self) -> SpoolFile:
        return SpoolFile(session().writer.path)

    def records(self, kind: str | None = None) -> list[Record]:
        """Return the records written so far, all or those of one type."""
        return [record for record in self.spool.records() if kind in {None, record.type}]

    def only(self, kind: str) -> Record:
        """Return the one record of that type."""
        (record,) = self.records(kind)
        return record

    def closing(self) -> Record:
        """Return the last closing record."""
        return self.records(CLOSED)[-1]


def described(record: Record, kind: type[D]) -> list[D]:
    """Return the descriptions of `kind` in `record`."""
    return [description for description in record.descriptions if isinstance(description, kind)]


@contextmanager
def recording(store: Path) -> Iterator[Recorded]:
    """Record into `store` without a delivering process, and forget it all afterwards."""
    before = os.environ.get("PROVKG_DELIVER")
    os.environ["PROVKG_DELIVER"] = "off"
    configure(store=store)
    forget_seeds()  # of the tests before, and of what tries them
    facts(30)  # or the first opening would wait for them
    try:
        yield Recorded(store)
    finally:
        end_session()
        forget_defaults()
        forget_seeds()
        if before is None:
            del os.environ["PROVKG_DELIVER"]
        else:
            os.environ["PROVKG_DELIVER"] = before


def script(text: str, folder: Path, **variables: str) -> subprocess.Popen[str]:
    """Start a training script in `folder` as its user would, recording into `kg` there."""
    file = folder / "train.py"
    file.write_text(textwrap.dedent(text), "utf-8")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PROVKG_")},
        "PYTHONPATH": str(CHECKOUT),
        "PROVKG_DELIVER": "off",
        **variables,
    }
    return subprocess.Popen(
        [sys.executable, str(file)],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ran(text: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a training script to its end."""
    process = script(text, folder, **variables)
    out, err = process.communicate(timeout=60)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def left_in(store: Path) -> SpoolFile:
    """Return the one spool file that a script left."""
    (file,) = spool_files(store / "spool")
    return file
