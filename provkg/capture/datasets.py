"""`dataset`: data that comes from outside, identified by its full content."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from provkg.capture import contents
from provkg.capture.command_around import around, making_of, name_of, tell_named
from provkg.capture.defaults import defaults
from provkg.capture.digests import Items
from provkg.capture.handles import Data
from provkg.capture.known_data import known_file, remember
from provkg.capture.passing_items import Passing, must_pass
from provkg.capture.session import session
from provkg.capture.trouble import attempt, trouble
from provkg.capture.wording import text_if_any
from provkg.errors import BadParameter
from provkg.records import Description, Reference


def dataset(
    name: str,
    rows_or_path: Any,
    *,
    version: str | None = None,
    source: str | None = None,
    license: str | None = None,  # noqa: A002 - the word people use
    synthetic: bool | None = None,
    target: str | int | None = None,
    description: str | None = None,
    project: str | None = None,
    row_digests: contents.RowsWanted = False,
) -> Data:
    """Record data that no run of yours made, and return a handle to pass to the runs that use it.

    `rows_or_path` is a file, a folder, a pattern such as `data/*.csv`, bytes, an array, a frame of pandas, polars or
    Arrow, a dataset or loader of torch or Hugging Face, or rows; all of it enters the digest. An iterator is not gone
    through: its items pass as in `passing`.
    `source` says where it comes from (a URL or a system's name), `license` is an SPDX identifier or an IRI, `target`
    the column that models are to predict. The record is written at once.
    With `row_digests` digests of the rows are kept beside the graph for `provkg.overlap`, of whole rows or of what they
    have in the columns named.
    """
    if contents.is_watched(rows_or_path):
        return _watched(name, rows_or_path, version=version, license=license, description=description, project=project)
    rows = contents.given(rows_or_path)
    said = _Said(
        version, source, license, description, text_if_any(project, "project=") or defaults().project, row_digests
    )
    if must_pass(rows):
        return _passing(Data(name, rows=rows, synthetic=synthetic), rows, said)
    data = Data(name, rows=rows, synthetic=synthetic, target=target)
    attempt(f"read what is told of dataset {data.name!r}", lambda: contents.take_told(data))
    attempt(f"record dataset {data.name!r}", lambda: _record(data, said))
    return data


def read_from(path: Path, table: Any) -> Data:
    """Record the file at `path`, which the program has read into `table`: that, and columns of it, are its data.

    Where the file has been recorded as it is, the table is that data.
    """
    known = attempt(f"read {path}", lambda: known_file(path))
    if known is not None:
        remember(known, table)
        return known
    command = around()
    # The command around names what it reads and makes by its place, and one file is to have one name.
    name = path.stem if command is None else name_of(path.absolute(), command.folder)
    data = Data(name, rows=path, table=table)
    attempt(f"read what is told of dataset {data.name!r}", lambda: contents.take_told(data))
    attempt(f"record dataset {data.name!r}", lambda: _record(data, _Said(project=defaults().project)))
    data.table = None
    if data.reference is not None:
        remember(data, table)
    return data


def _watched(name: str, frame: Any, **about: Any) -> Data:
    """Record a frame that `provkg.watch` made, with the operations that led to it."""
    from provkg.capture.watching.recording import recorded  # which only those pay for who watch

    return recorded(frame, name, **about)


def passing(
    name: str,
    items: Iterable[Any],
    *,
    version: str | None = None,
    source: str | None = None,
    license: str | None = None,  # noqa: A002 - the word people use
    synthetic: bool | None = None,
    description: str | None = None,
    project: str | None = None,
) -> Data:
    """Record data that is seen only as it passes, such as what a generator yields or a loader gives.

    Go through `rows` of what it returns, `for item in data.rows`: each item is given on as it is, none before it is
    asked for. The record is written when all have passed; when a run that `data` was given to ends before that, as one
    of the items so far. The rest is as in `dataset`, which does this for iterators by itself.
    """
    said = _Said(version, source, license, description, text_if_any(project, "project=") or defaults().project)
    return _passing(Data(name, rows=items, synthetic=synthetic), items, said)


@dataclass(frozen=True)
class _Said:
    version: str | None = None
    source: str | None = None
    license: str | None = None
    description: str | None = None
    project: str | None = None
    row_digests: contents.RowsWanted = False


def _passing(data: Data, items: Any, said: _Said) -> Data:
    if not isinstance(items, Iterable):
        trouble(f"passing takes what a for loop takes, not a {type(items).__name__}", error=BadParameter)
        return data

    def record(passed: Items, whole: bool) -> None:  # noqa: FBT001 - a fact, no switch
        part = "" if whole else f"The first {passed.count:,} items: then the run ended that they went into."
        told = " ".join(filter(None, (said.description, part))) or None
        # A name that was given to all items is none of some of them.
        version = said.version if whole else None
        _record(data, replace(said, description=told, version=version), passed)

    rows = Passing(data.name, items, record)
    data.rows, data.settle = rows, rows.settle
    return data


def _record(data: Data, told: _Said, passed: Items | None = None) -> None:
    # What came about since the command around this program began came from nowhere outside.
    making = making_of(data.rows) if told.source is None else None
    said = contents.dataset_version(
        data,
        version=told.version,
        description=told.description,
        project=told.project,
        run=making.run if making is not None else None,
        made=making.at if making is not None else None,
        source=told.source,
        license=told.license,
        passed=passed,
        row_digests=told.row_digests if passed is None else False,
    )
    reference = said.reference()
    found: list[Description] = [said]
    if isinstance(reference, Reference) and (target := contents.target_feature(data, reference)) is not None:
        found.append(target)
    session().record("dataset", found, project=told.project)
    data.reference = reference if isinstance(reference, Reference) else None
    tell_named(data, said, session().store)
    if passed is None:
        remember(data)
