"""SHA-256 over the full content of files, folders, arrays, tables and rows: change one cell and the digest changes.

The digest of a file or of bytes is that of its bytes. Every other form starts with its name, so that a folder never
collides with a file nor an array with a table: `manifest-1` is the sorted list of a folder's files with their digests,
`array-1` dtype, shape and values in C order, `sparse-1` the places and values that a sparse matrix stores, `items-1`
items one after the other, `table-2` the rows of lists, or of a frame its columns with names, logical types, categories
and every value, the same whether pandas, polars, Arrow or Hugging Face holds it. `table-1` was pandas' own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path, PurePath
from typing import Any, Final, Protocol

from provkg.capture.arrays import is_array, is_ragged, missing, pieces, plain, without
from provkg.capture.columnar import is_table, logical_table
from provkg.capture.file_digests import Digest, path_digest
from provkg.capture.handed_over import content_behind, has_items, is_hugging_face, is_stream, items, undisturbed_chance
from provkg.capture.python_contents import fields_of, value_bytes
from provkg.capture.sparse_arrays import is_sparse, stored
from provkg.capture.trouble import trouble
from provkg.errors import BadParameter, BadProof, Unreadable
from provkg.identity import canonical_json

ARRAY: Final = "array-1"
ITEMS: Final = "items-1"
SPARSE: Final = "sparse-1"
TABLE: Final = "table-2"
_VALUES: Final = frozenset({str, int, float, bool, bytes, type(None)})


class Hash(Protocol):
    """What takes bytes, as hashlib's objects do."""

    def update(self, data: bytes | memoryview, /) -> None:
        """Take more bytes."""


def digest(content: Any) -> Digest:
    """Return the digest of `content`: a path, bytes, an array, rows, a frame, or a dataset of torch or Hugging Face.

    Raises `Unreadable` for content without a canonical form and for files that cannot be read.
    """
    if isinstance(content, PurePath):
        return path_digest(Path(content))
    if isinstance(content, bytes | bytearray | memoryview):
        return Digest(sha256(content).hexdigest())
    content = content_behind(content)
    if has_items(content):
        return _of_dataset(content)
    form = SPARSE if is_sparse(content) else ARRAY if is_array(content) else TABLE
    summed = sha256(form.encode() + b"\0")
    _put(summed, content)
    return Digest(summed.hexdigest(), form)


class Items:
    """The digest of items as they come, one after the other; any number of them may be asked for it."""

    def __init__(self) -> None:
        self._summed, self.count = sha256(ITEMS.encode() + b"\0"), 0

    def take(self, item: Any) -> None:
        """Take the next item; raises `Unreadable` for one without a canonical form."""
        _put(self._summed, item)
        self.count += 1

    @property
    def digest(self) -> Digest:
        """The digest of the items so far."""
        summed = self._summed.copy()
        summed.update(b"E%d\0" % self.count)
        return Digest(summed.hexdigest(), ITEMS)


def _of_dataset(dataset: Any) -> Digest:
    taken, first = Items(), None
    with undisturbed_chance():
        for item in items(dataset):
            taken.take(item)
            first = first or taken.digest
        if first is not None and _of_one(dataset[0]) != first:
            trouble(
                f"the items of this {type(dataset).__name__} are others each time they are read, so the digest is that "
                "of one reading; give the data before what is random is done to them",
                kind=f"random {type(dataset).__name__}",
                error=BadParameter,
            )
    return taken.digest


def _of_one(item: Any) -> Digest:
    taken = Items()
    taken.take(item)
    return taken.digest


def members(keys: Sequence[int]) -> str:
    """Return the digest of the set of row numbers that a part holds, whatever their order."""
    summed = sha256(b"members-1\0")
    summed.update("".join(f"{key}\n" for key in sorted(keys)).encode())
    return summed.hexdigest()


def prove_rows(table: Any, start: int, stop: int) -> str:
    """Return the proof, as JSON, that the rows from `start` up to `stop` are those of `table`, a frame or column.

    Whoever has these rows, the proof and the recorded digest of the table can check it by `check_rows`. Raises
    `BadParameter` where a run does not begin and end at a multiple of 8,192 rows, or with the table.
    """
    from provkg.capture.columnar.slices import prove

    return prove(_table_behind(table), start, stop, encoded).to_json()


def check_rows(proof: str, rows: Any) -> str:
    """Return the SHA-256 of the table that `proof` shows `rows` to be a run of; compare it with the recorded one.

    Raises `BadProof` for a proof that is none or is of rows in another form.
    """
    from provkg.capture.columnar.slices import RowsProof

    parsed = RowsProof.parse(proof)
    found = parsed.digest(_table_behind(rows), encoded)
    if found is None:
        raise BadProof(
            f"the proof is of rows {parsed.start:,} to {parsed.stop:,} of a table, and these cannot be they: columns, "
            "types or their number differ"
        )
    return found


def _table_behind(content: Any) -> Any:
    if not is_hugging_face(content):
        return content
    from provkg.capture.hugging_face import table_of

    return table_of(content)


# --- how each kind of content is written down


def _put(summed: Hash, content: Any) -> None:
    # Most of what lies in rows, told by its very type: all other questions take ten times as long.
    kind = type(content)
    if kind in _VALUES:
        _put_sized(summed, *value_bytes(content))
    elif kind is dict:
        _put_mapping(summed, content)
    elif kind is list or kind is tuple:
        _put_rows(summed, content)
    else:
        _put_other(summed, content)


def _put_other(summed: Hash, content: Any) -> None:
    content = content_behind(content)
    if is_stream(content):
        raise Unreadable(
            f"the items of a {type(content).__name__} can be seen only as they pass: provkg.passing(name, items)"
        )
    if is_ragged(content):
        _put_rows(summed, list(content.unbind()))
    elif is_sparse(content):
        _put_sparse(summed, content)
    elif is_array(content) and getattr(content, "ndim", 0) > 0:
        _put_array(summed, content)
    elif is_table(content) or is_hugging_face(content):
        _put_table(summed, content)
    elif has_items(content):
        _put_sized(summed, b"I", _of_dataset(content).sha256.encode())
    elif isinstance(content, Mapping):
        _put_mapping(summed, content)
    elif isinstance(content, list | tuple | range):
        _put_rows(summed, content)
    elif isinstance(content, set | frozenset):
        _put_set(summed, content)
    elif (fields := fields_of(content)) is not None:
        _put_sized(summed, b"D", type(content).__qualname__.encode())
        _put_mapping(summed, fields)
    else:
        _put_sized(summed, *value_bytes(content))


def _put_array(summed: Hash, content: Any) -> None:
    array, gone = plain(content), missing(content)
    _put_sized(summed, b"A", canonical_json(array.head))
    values = array.values
    if gone is not None:
        _put_array(summed, gone)
        values = without(values, gone)
    if values.dtype.hasobject:
        for value in values.ravel(order="C").tolist():
            _put(summed, value)
        return
    for piece in pieces(values):
        summed.update(piece)


def _put_sparse(summed: Hash, content: Any) -> None:
    held = stored(content)
    _put_sized(summed, b"P", canonical_json(held.head))
    for part in (*held.places, held.values.values):
        for piece in pieces(part):
            summed.update(piece)


def _put_table(summed: Hash, content: Any) -> None:
    if is_hugging_face(content):
        from provkg.capture.hugging_face import head_and_root  # with pyarrow, for those who have it

        head, root = head_and_root(content, encoded)
    else:
        table = logical_table(content, encoded)
        head, root = table.head, table.root
    _put_sized(summed, b"F", head)
    summed.update(root)


def encoded(values: Sequence[Any]) -> bytes:
    """Return bytes that say which Python values stand in a row."""
    summed = sha256()
    _put_rows(summed, values)
    return summed.digest()


def _put_rows(summed: Hash, rows: Sequence[Any]) -> None:
    summed.update(b"%s%d\0" % (b"T" if isinstance(rows, tuple) else b"L", len(rows)))
    for row in rows:
        _put(summed, row)


def _put_mapping(summed: Hash, content: Mapping[Any, Any]) -> None:
    summed.update(b"M%d\0" % len(content))
    for key, value in content.items():
        _put(summed, key)
        _put(summed, value)


def _put_set(summed: Hash, content: set[Any] | frozenset[Any]) -> None:
    summed.update(b"U%d\0" % len(content))
    for each in sorted(digest((value,)).sha256 for value in content):
        summed.update(each.encode())


def _put_sized(summed: Hash, kind: bytes, content: bytes) -> None:
    summed.update(b"%s%d\0" % (kind, len(content)))
    summed.update(content)
