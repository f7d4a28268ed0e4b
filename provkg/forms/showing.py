"""An answer as text in the form that is asked for: tables for people, the forms of SPARQL 1.1 for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from pyoxigraph import RdfFormat, Triple, serialize

from provkg.errors import BadParameter
from provkg.forms.lines import html_lines, json_rows, markdown_lines, table_lines
from provkg.forms.results import csv_lines, json_lines, tsv_lines, xml_lines
from provkg.forms.sheet import Sheet
from provkg.index import Stream
from provkg.vocabulary import NAMESPACES

if TYPE_CHECKING:
    from provkg.index import Answer

FORMATS: Final[Mapping[str, Callable[[Sheet], Iterator[str]]]] = {
    "table": table_lines,
    "csv": csv_lines,
    "tsv": tsv_lines,
    "json": json_lines,
    "jsonl": json_rows,
    "xml": xml_lines,
    "markdown": markdown_lines,
    "html": html_lines,
}
WITH_NAMES: Final = frozenset({"table", "markdown", "html", "xlsx"})
"""The forms for people, in which things go by their names; the others hold whole IRIs."""


def show(answer: Answer, format: str = "table") -> str:  # noqa: A002 - the word that people type
    """Return `answer` as text, with whole IRIs."""
    return "".join(lines(Sheet(Stream.of(answer)), format))


def lines(sheet: Sheet, format: str = "table") -> Iterator[str]:  # noqa: A002
    """Yield the text of an answer; raises `BadParameter` for a format that it does not have."""
    if format == "turtle" and sheet.stream.kind == "graph":
        return iter([_turtle(sheet.stream)])
    if format not in FORMATS:
        raise BadParameter(f"{format!r} is no format of this answer; take one of {', '.join(formats(sheet.stream))}")
    return FORMATS[format](sheet)


def formats(answer: Answer | Stream) -> tuple[str, ...]:
    """Return the formats that are text and that `answer` has."""
    return (*FORMATS, *(("turtle",) if answer.kind == "graph" else ()))


def _turtle(stream: Stream) -> str:
    triples = [Triple(*row) for row in stream]  # type: ignore[arg-type]
    return (serialize(triples, format=RdfFormat.TURTLE, prefixes=NAMESPACES) or b"").decode("utf-8")
