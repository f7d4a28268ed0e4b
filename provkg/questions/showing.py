"""An answer as text: a table for people, and the four forms of SPARQL 1.1 query results for programs."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from provkg.errors import BadParameter
from provkg.literals import STRING
from provkg.questions.terms import Term, is_number, short
from provkg.vocabulary import NAMESPACES

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from provkg.index.answer import Answer
    from provkg.questions.question import Column

Row = Sequence[Term | None]
# XML 1.0 has no place for control characters, escaped or not.
_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
NO_ROWS: Final = "no rows"
GAP: Final = "  "


def show(
    answer: Answer,
    format: str = "table",  # noqa: A002 - the word that people type
    names: Mapping[str, str] | None = None,
    columns: Sequence[Column] = (),
    assumed: Mapping[str, str] | None = None,
    *,
    iris: bool = False,
) -> str:
    """Return `answer` as table, csv, tsv, json or xml text, a graph also as turtle.

    A table shortens: `names` gives words for IRIs, unless `iris` asks for them whole; `columns` give units; without
    rows it tells what was `assumed` by default. The other forms hold every term in full.
    Raises `BadParameter` for a format that the answer does not have.
    """
    if format == "table":
        return _table(answer, None if iris else names or {}, columns, without_rows(assumed or {}))
    if format == "turtle" and answer.kind == "graph":
        return _turtle(answer.triples)
    if format not in FORMATS:
        raise BadParameter(f"{format!r} is no format of this answer; take one of {', '.join(formats(answer))}")
    return FORMATS[format](answer)


def formats(answer: Answer) -> tuple[str, ...]:
    """Return the formats that `answer` has."""
    return ("table", *FORMATS, *(("turtle",) if answer.kind == "graph" else ()))


def cells(answer: Answer) -> tuple[Sequence[str], Sequence[Row]]:
    """Return the answer's columns and rows; a graph has one row a triple, a yes-or-no one row in all."""
    if answer.kind == "graph":
        triples = [(triple.subject, triple.predicate, triple.object) for triple in answer.triples]
        return ("subject", "predicate", "object"), sorted(triples, key=str)
    if answer.kind == "boolean":
        return ("answer",), [(Literal(bool(answer.boolean)),)]
    return answer.columns, answer.rows


def without_rows(assumed: Mapping[str, str]) -> str:
    """Return what is said of an answer without rows: an unsuspected default may be why."""
    defaults = ", ".join(f"{name}={value}" for name, value in assumed.items())
    return f"{NO_ROWS}; with {defaults} by default" if defaults else NO_ROWS


def iris_in(answer: Answer) -> Iterator[NamedNode]:
    """Yield the IRIs of `answer`, of a graph those of its predicates too."""
    _, rows = cells(answer)
    return (term for row in rows for term in row if isinstance(term, NamedNode))


def _table(answer: Answer, names: Mapping[str, str] | None, columns: Sequence[Column], empty: str) -> str:
    if answer.kind == "boolean":
        return "yes\n" if answer.boolean else "no\n"
    heads, rows = cells(answer)
    units = {column.name: column.unit for column in columns if column.unit}
    titles = [f"{head} [{units[head]}]" if head in units else head for head in heads]
    body = [[_whole(term) if names is None else short(term, names) for term in row] for row in rows]
    flush_right = [_is_numeric([row[place] for row in rows]) for place in range(len(heads))]
    lines = _aligned([titles, *body], flush_right)
    ruled = [lines[0], GAP.join("-" * width for width in _widths([titles, *body])), *lines[1:]]
    return "\n".join(line.rstrip() for line in [*ruled, *([] if rows else [empty])]) + "\n"


def _whole(term: Term | None) -> str:
    return term.value if isinstance(term, NamedNode) else short(term)


def _is_numeric(column: Sequence[Term | None]) -> bool:
    given = [term for term in column if term is not None]
    return bool(given) and all(is_number(term) for term in given)


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(len, column)) for column in zip(*rows, strict=True)]


def _aligned(rows: Sequence[Sequence[str]], flush_right: Sequence[bool]) -> list[str]:
    widths = _widths(rows)
    return [
        GAP.join(
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(row, widths, flush_right, strict=True)
        )
        for row in rows
    ]


def _csv(answer: Answer) -> str:
    """Return SPARQL 1.1 CSV: the bare text of terms, lines ending as RFC 4180 wants."""
    heads, rows = cells(answer)
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([[_bare(term) for term in row] for row in rows])
    return written.getvalue()


def _bare(term: Term | None) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else "" if term is None else str(term)


def _tsv(answer: Answer) -> str:
    """Return SPARQL 1.1 TSV: terms as Turtle writes them."""
    heads, rows = cells(answer)
    lines = ["\t".join(f"?{head}" for head in heads)]
    lines += ["\t".join("" if term is None else _one_line(term) for term in row) for row in rows]
    return "\n".join(lines) + "\n"


def _one_line(term: Term) -> str:
    return str(term).replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _json(answer: Answer) -> str:
    """Return SPARQL 1.1 results in JSON."""
    if answer.kind == "boolean":
        return json.dumps({"head": {}, "boolean": answer.boolean}) + "\n"
    heads, rows = cells(answer)
    bindings = [
        {head: as_json(term) for head, term in zip(heads, row, strict=True) if term is not None} for row in rows
    ]
    document = {"head": {"vars": list(heads)}, "results": {"bindings": bindings}}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _xml(answer: Answer) -> str:
    """Return SPARQL 1.1 results in XML."""
    # Who asks for a table needs no XML.
    from xml.etree import ElementTree as ET

    root = ET.Element("sparql", xmlns="http://www.w3.org/2005/sparql-results#")
    head = ET.SubElement(root, "head")
    if answer.kind == "boolean":
        ET.SubElement(root, "boolean").text = "true" if answer.boolean else "false"
    else:
        heads, rows = cells(answer)
        for name in heads:
            ET.SubElement(head, "variable", name=name)
        results = ET.SubElement(root, "results")
        for row in rows:
            _xml_row(ET.SubElement(results, "result"), heads, row)
    return '<?xml version="1.0"?>' + ET.tostring(root, encoding="unicode") + "\n"


def _xml_row(result: Element, heads: Sequence[str], row: Row) -> None:
    from xml.etree import ElementTree as ET

    for head, term in zip(heads, row, strict=True):
        if term is None:
            continue
        said = as_json(term)
        binding = ET.SubElement(result, "binding", name=head)
        ET.SubElement(
            binding, said["type"], {name: said[name] for name in ("xml:lang", "datatype") if name in said}
        ).text = _NOT_IN_XML.sub("\ufffd", said["value"] if isinstance(said["value"], str) else str(term))


def as_json(term: Term) -> dict[str, Any]:
    """Return `term` as SPARQL 1.1 results in JSON hold it."""
    match term:
        case NamedNode():
            return {"type": "uri", "value": term.value}
        case BlankNode():
            return {"type": "bnode", "value": term.value}
        case Triple():
            parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
            return {"type": "triple", "value": {name: as_json(part) for name, part in parts.items()}}
        case _:
            return _literalas_json(term)


def _literalas_json(literal: Literal) -> dict[str, Any]:
    plain: dict[str, Any] = {"type": "literal", "value": literal.value}
    if literal.language:
        return plain | {"xml:lang": literal.language}
    return plain if literal.datatype == STRING else plain | {"datatype": literal.datatype.value}


def _turtle(triples: Sequence[Triple]) -> str:
    ordered = sorted(triples, key=str)
    return (serialize(ordered, format=RdfFormat.TURTLE, prefixes=NAMESPACES) or b"").decode("utf-8")


FORMATS: Final[dict[str, Callable[[Answer], str]]] = {"csv": _csv, "tsv": _tsv, "json": _json, "xml": _xml}
