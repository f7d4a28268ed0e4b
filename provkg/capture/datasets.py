"""`dataset`: data that comes from outside, identified by its full content."""

from __future__ import annotations

from typing import Any

from provkg.capture import contents
from provkg.capture.defaults import defaults
from provkg.capture.handles import Data
from provkg.capture.known_data import remember
from provkg.capture.session import session
from provkg.capture.trouble import attempt
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
) -> Data:
    """Record data that no run of yours made, and return a handle to pass to the runs that use it.

    `rows_or_path` is a file, a folder, a pattern such as `data/*.csv`, bytes, an array, a frame of pandas, polars or
    Arrow, or rows; all of it enters the digest.
    `source` says where it comes from (a URL or a system's name), `license` is an SPDX identifier or an IRI, `target`
    the column that models are to predict. The record is written at once.
    """
    data = Data(name, rows=contents.given(rows_or_path), synthetic=synthetic, target=target)
    attempt(
        f"record dataset {name!r}",
        lambda: _record(data, version, source, license, description, project or defaults().project),
    )
    return data


def _record(
    data: Data,
    version: str | None,
    source: str | None,
    license: str | None,  # noqa: A002 - the word people use
    description: str | None,
    project: str | None,
) -> None:
    said = contents.dataset_version(
        data, version=version, description=description, project=project, source=source, license=license
    )
    reference = said.reference()
    found: list[Description] = [said]
    if isinstance(reference, Reference) and (target := contents.target_feature(data, reference)) is not None:
        found.append(target)
    session().record("dataset", found, project=project)
    data.reference = reference if isinstance(reference, Reference) else None
    remember(data)
