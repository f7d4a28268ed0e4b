"""A dataset's content as a record tells it: digest, size, columns, files, source."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any, Final

from pyoxigraph import NamedNode

from provkg import vocabulary
from provkg.capture import tables
from provkg.capture.digests import Items, digest
from provkg.capture.file_digests import Digest, path_digest
from provkg.capture.files import Files, content_of
from provkg.capture.handles import Data
from provkg.capture.session import session
from provkg.capture.sources import licence, source_of
from provkg.capture.table_files import MOST_BYTES, UNKNOWN, TableFile, table_file
from provkg.capture.told import agreed, completed, told
from provkg.capture.trouble import attempt
from provkg.capture.wording import text_if_any, worded
from provkg.errors import BadParameter, Unreadable
from provkg.records import (
    ArtifactFile,
    DataSchema,
    Dataset,
    DatasetVersion,
    Feature,
    Iri,
    Project,
    Reference,
)

RowsWanted = bool | str | Sequence[str]
"""Whether digests of rows are wanted, or by which columns rows are told apart."""
LABEL_DIGITS: Final = 12


def is_watched(rows: Any) -> bool:
    """Whether `rows` is a table that `provkg.watch` made."""
    # polars' frames are their own, and known by the object.
    polars = sys.modules.get("provkg.capture.watching.polars_frames")
    return hasattr(type(rows), "_provkg_plain") or (polars is not None and polars.state_of(rows) is not None)


def given(rows: Any) -> Any:
    """Return rows as a handle keeps them: text and path-like values are paths, watched tables are their content."""
    if hasattr(type(rows), "_provkg_plain"):
        return rows._provkg_plain()  # noqa: SLF001 - ours
    return Path(os.fsdecode(rows)) if isinstance(rows, str | os.PathLike) else rows


def take_told(data: Data) -> None:
    """Give the handle what `provkg.toml` says of its data where the code says nothing."""
    place = _places(data)
    for key in ("synthetic", "target", "role"):
        setattr(data, key, agreed("datasets", data.name, key, getattr(data, key), place))


def _places(data: Data) -> tuple[PurePath, ...]:
    if isinstance(data.rows, Files):
        return tuple(file.path for file in data.rows.read)
    return (data.rows,) if isinstance(data.rows, PurePath) else ()


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
    row_digests: RowsWanted = False,
) -> DatasetVersion:
    """Return what there is to say about `data`, and complete the handle; raises `Unreadable` for lost files.

    `passed` are its items, where they were seen only as they passed.
    """
    summed, files = (passed.digest, ()) if passed is not None else _content(data)
    lies = _in_file(data.rows)
    label = worded(version, "version=") if version is not None else summed.sha256[:LABEL_DIGITS]
    data.version, data.sha256, data.digest_form = label, summed.sha256, summed.form
    data.record_count = _count(data, passed, lies)
    columns = lies.schema or tables.schema_text(data.rows)
    origin = _origin(data, source) if run is None else None
    said = DatasetVersion(
        dataset=Dataset(name=data.name),
        version=label,
        sha256=summed.sha256,
        digest_form=summed.form,
        run=run,
        made=made,
        of=of,
        description=text_if_any(description, "description="),
        record_count=data.record_count,
        feature_count=len(lies.columns) if lies.columns else tables.column_count(data.rows),
        schema=DataSchema(columns=columns) if columns else None,
        source=origin,
        license=licence(license) if license else None,
        synthetic=data.synthetic,
        files=files,
        other_digests=rows_kept(data, row_digests),
        project=Project(name=project) if project else None,
        absent=tuple(Iri(term.value) for term in _absent(data, needs_origin=run is None and origin is None)),
    )
    return completed(said, "datasets", data.name, _places(data))


def _count(data: Data, passed: Items | None, lies: TableFile) -> int | None:
    if lies.count is not None:
        return lies.count
    return passed.count if passed is not None else tables.row_count(data.rows)


def _origin(data: Data, source: str | None) -> Any:
    """Return where data come from that no run made: what the code says, else what is told, else their place."""
    known = told("datasets", data.name, _places(data)).get("source")
    if source is None and known is not None:
        return known.value
    return source_of(source, _path(data))


def _path(data: Data) -> PurePath | None:
    if isinstance(data.rows, Files):
        return data.rows.folder
    return data.rows if isinstance(data.rows, PurePath) else None


def _absent(data: Data, *, needs_origin: bool) -> Iterator[NamedNode]:
    if _path(data) is None:
        yield vocabulary.hasFile
    if needs_origin:
        yield vocabulary.obtainedFrom


def _content(data: Data) -> tuple[Digest, tuple[ArtifactFile, ...]]:
    if isinstance(data.rows, Files | PurePath):
        return content_of(data.rows if isinstance(data.rows, Files) else Path(data.rows))
    if data.rows is None:
        raise BadParameter("it is None; give rows, an array, a frame or the path of a file")
    return digest(data.rows), ()


def _in_file(rows: Any) -> TableFile:
    """Return what a file tells of its table; nothing of one that has changed since it was read."""
    if isinstance(rows, PurePath):
        return table_file(Path(rows))
    if not isinstance(rows, Files) or [file.path for file in rows.read] != [rows.folder]:
        return UNKNOWN
    (file,) = rows.read
    lies = table_file(file.path) if file.size <= MOST_BYTES else UNKNOWN
    try:
        return lies if lies is not UNKNOWN and path_digest(file.path).sha256 == file.sha256 else UNKNOWN
    except Unreadable:
        return UNKNOWN


def rows_kept(data: Data, wanted: RowsWanted) -> tuple[str, ...]:
    """Keep digests of the rows of `data` beside the graph if `wanted`, and return what a record says of them."""
    if wanted is False:
        return ()
    columns = None if wanted is True else (wanted,) if isinstance(wanted, str) else tuple(wanted)

    def keep() -> tuple[str, ...]:
        from provkg.capture.row_digests import NAME, keep_rows  # for those who want them

        data.row_digests = keep_rows(data.rows, columns, session().store)
        return (f"{NAME}:{data.row_digests}",)

    return attempt(f"take digests of the rows of {data.name!r}", keep) or ()


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
