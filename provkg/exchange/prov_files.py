"""Files that hold PROV documents, whatever their syntax."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final

from provkg.errors import MalformedPROV, Unreadable, UsageError
from provkg.exchange import prov_json, prov_n, prov_o, prov_xml, rdf
from provkg.prov import Document

Reader = Callable[[bytes, str], Document]
PROV_SYNTAXES: Final = ("prov-n", "prov-xml", "prov-json")
EXTENSIONS: Final[Mapping[str, str]] = MappingProxyType(
    rdf.EXTENSIONS
    | {".provn": "prov-n", ".pn": "prov-n", ".provx": "prov-xml", ".xml": "prov-xml", ".json": "prov-json"}
)
_MEDIA_TYPES: Final = {"text/provenance-notation": "prov-n", "application/provenance+xml": "prov-xml"}
_JSON_LD_KEYS: Final = frozenset({"@context", "@graph", "@id", "@type"})


def read(path: Path, *, format: str | None = None) -> Document:  # noqa: A002  # the word of the field
    """Return the document in the file at `path`; its syntax comes from the extension unless named.

    Raises `UsageError` for a syntax that nobody knows, `Unreadable` and its kinds for a file that holds no document.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path}: {os.strerror(error.errno or 0)}") from None
    return parse(data, str(path), syntax_named(format) if format else _syntax_of(path, data))


def parse(data: bytes, source: str, syntax: str) -> Document:
    """Return the document that `data` says in a syntax of `PROV_SYNTAXES` or of RDF."""
    reader = _READERS.get(syntax) or partial(prov_o.read, format=syntax)
    return reader(data, source)


def syntax_named(name: str) -> str:
    """Return the syntax called `name`: a name of ours, an extension or a media type. Raises `UsageError`."""
    wanted = name.lower()
    known = {each: each for each in PROV_SYNTAXES} | {each.replace("-", ""): each for each in PROV_SYNTAXES}
    if found := (known | _MEDIA_TYPES).get(wanted) or EXTENSIONS.get(f".{wanted.lstrip('.')}"):
        return found
    try:
        return rdf.format_named(name)
    except UsageError:
        offered = ", ".join((*PROV_SYNTAXES, *rdf.FORMATS))
        raise UsageError(f"{name!r} is no syntax of PROV documents; take one of {offered}") from None


def _syntax_of(path: Path, data: bytes) -> str:
    extension = path.suffix.lower()
    if extension == ".json" and _is_json_ld(data):
        return "jsonld"
    if found := EXTENSIONS.get(extension):
        return found
    problem = f"{path}: no syntax of PROV documents has the extension {path.suffix!r}"
    raise UsageError(f"{problem}; rename it ({', '.join(EXTENSIONS)}) or name the syntax with --from")


def _is_json_ld(data: bytes) -> bool:
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return False  # the reader of PROV-JSON says what is wrong, and where
    return isinstance(content, list) or (isinstance(content, dict) and bool(_JSON_LD_KEYS & content.keys()))


def _read_prov_n(data: bytes, source: str) -> Document:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise MalformedPROV(source, "this is not UTF-8 text", line=line) from None
    return prov_n.read(text, source)


_READERS: Final[Mapping[str, Reader]] = {
    "prov-n": _read_prov_n,
    "prov-xml": prov_xml.read,
    "prov-json": prov_json.read,
}
