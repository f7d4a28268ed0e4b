"""A dataset's content as a record tells it: digest, size, columns, files, source."""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any, Final

from provkg import vocabulary
from provkg.capture import tables
from provkg.capture.digests import Items, digest
from provkg.capture.file_digests import Digest
from provkg.capture.files import Files, content_of
from provkg.capture.handles import Data
from provkg.capture.secrets import filtered_text, without_credentials
from provkg.capture.trouble import trouble
from provkg.errors import BadParameter
from provkg.records import (
    ArtifactFile,
    DataSchema,
    Dataset,
    DatasetVersion,
    DataSource,
    Feature,
    Iri,
    Project,
    Reference,
)

LABEL_DIGITS: Final = 12
SPDX: Final = "http://spdx.org/licenses/"
SPDX_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*")
ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
TABLES: Final = frozenset({".csv", ".tsv", ".parquet", ".json", ".jsonl"})


def given(rows: Any) -> Any:
    """Return rows as a handle keeps them: text and path-like values are paths."""
    return Path(os.fsdecode(rows)) if isinstance(rows, str | os.PathLike) else rows


def dataset_version(
    data: Data,
    *,
    version: str | None,
    description: str | None,
    project: str | None,
    run: Reference | None = None,
    made: datetime | None = None,
    of: tuple[Reference, ...] = (),
    source: str | None = None,
    license: str | None = None,  # noqa: A002 - the word people use
    passed: Items | None = None,
) -> DatasetVersion:
    """Return what there is to say about `data`, and complete the handle; raises `Unreadable` for lost files.

    `passed` are its items, where they were seen only as they passed.
    """
    path = data.rows.folder if isinstance(data.rows, Files) else data.rows if isinstance(data.rows, PurePath) else None
    summed, files = (passed.digest, ()) if passed is not None else _content(data)
    data.sha256, data.version = summed.sha256, version or summed.sha256[:LABEL_DIGITS]
    data.record_count = passed.count if passed is not None else tables.row_count(data.rows)
    columns = tables.schema_text(data.rows)
    origin = source_of(source, path) if run is None else None
    absent = [vocabulary.hasFile] if path is None else []
    if run is None and origin is None:
        absent.append(vocabulary.obtainedFrom)
    return DatasetVersion(
        dataset=Dataset(name=data.name),
        version=data.version,
        sha256=summed.sha256,
        digest_form=summed.form,
        run=run,
        made=made,
        of=of,
        description=None if description is None else filtered_text(description),
        record_count=data.record_count,
        feature_count=tables.column_count(data.rows),
        schema=DataSchema(columns=columns) if columns else None,
        source=origin,
        license=licence(license) if license else None,
        synthetic=data.synthetic,
        files=files,
        project=Project(name=project) if project else None,
        absent=tuple(Iri(term.value) for term in absent),
    )


def _content(data: Data) -> tuple[Digest, tuple[ArtifactFile, ...]]:
    if isinstance(data.rows, Files | PurePath):
        return content_of(data.rows if isinstance(data.rows, Files) else Path(data.rows))
    return digest(data.rows), ()


def source_of(told: str | None, path: PurePath | None) -> DataSource | None:
    """Return where something comes from: what was told of it, or the path that it was read from."""
    if told is not None:
        clean = without_credentials(told) if "://" in told else filtered_text(told)
        return DataSource(identifier=clean, url=clean if ABSOLUTE.fullmatch(clean) and "://" in clean else None)
    return DataSource(identifier=Path(path).absolute().as_uri()) if path is not None else None


def licence(said: str) -> Iri | None:
    """Return the licence's IRI: an SPDX identifier's, or the given one; says so when it is neither."""
    if SPDX_ID.fullmatch(said):
        return Iri(SPDX + said)
    if ABSOLUTE.fullmatch(said):
        return Iri(said)
    trouble(
        f"license={said!r} is neither an SPDX identifier (like CC-BY-4.0) nor an IRI; it is left out",
        kind=f"license {said}",
        error=BadParameter,
    )
    return None


def target_feature(data: Data, version: Reference) -> Feature | None:
    """Return the column that models are to predict, where the user named it."""
    return feature(data, version, data.target, role=Iri(vocabulary.FeatureRole_target.value))


def feature(data: Data, version: Reference, key: Any, *, role: Iri | None = None) -> Feature | None:
    """Return the column `key` of `data`, given by name or number."""
    if not isinstance(key, str | int):
        return None
    name = tables.column_name(data.rows, key)
    types = dict(tables.column_types(data.rows) or ())
    return Feature(version=version, name=name, type=types.get(name), role=role)
