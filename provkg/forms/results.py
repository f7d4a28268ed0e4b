"""The four forms of SPARQL 1.1 query results, row by row: CSV, TSV, JSON and XML."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from provkg.forms.sheet import Sheet, bare
from provkg.index import Row, Stream, Term
from provkg.literals import STRING

# XML 1.0 has no place for control characters, escaped or not.
_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def csv_lines(sheet: Sheet) -> Iterator[str]:
    """Yield SPARQL 1.1 CSV: the bare text of terms, lines ending as RFC 4180 wants."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(sheet.stream.columns)
    for row in sheet.stream:
        yield _taken(written)
        writer.writerow([bare(term) for term in row])
    yield _taken(written)


def tsv_lines(sheet: Sheet) -> Iterator[str]:
    """Yield SPARQL 1.1 TSV: terms as Turtle writes them."""
    yield "\t".join(f"?{head}" for head in sheet.stream.columns) + "\n"
    for row in sheet.stream:
        yield "\t".join("" if term is None else _one_line(term) for term in row) + "\n"


def json_lines(sheet: Sheet) -> Iterator[str]:
    """Yield SPARQL 1.1 results in JSON; such that are cut have a member more, `"cut": true`."""
    # Of what is whole, strict readers take the members of the recommendation and no others.
    stream = sheet.stream
    if stream.kind == "boolean":
        yield json.dumps({"head": {}, "boolean": is_yes(stream)}) + "\n"
        return
    yield f'{{\n "head": {{"vars": {json.dumps(list(stream.columns))}}},\n "results": {{"bindings": ['
    comma = "\n"
    for row in stream:
        yield f"{comma}  {json.dumps(_binding(stream.columns, row), ensure_ascii=False)}"
        comma = ",\n"
    yield "\n ]}" + (',\n "cut": true' if stream.cut else "") + "\n}\n"


def xml_lines(sheet: Sheet) -> Iterator[str]:
    """Yield SPARQL 1.1 results in XML."""
    stream = sheet.stream
    yield '<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#"><head>'
    if stream.kind == "boolean":
        yield f"</head><boolean>{json.dumps(is_yes(stream))}</boolean></sparql>\n"
        return
    yield "".join(f"<variable name={quoteattr(head)} />" for head in stream.columns) + "</head><results>\n"
    for row in stream:
        yield f"<result>{''.join(_xml_bindings(stream.columns, row))}</result>\n"
    yield "</results></sparql>\n"


def is_yes(stream: Stream) -> bool:
    """Whether the stream of a yes-or-no is a yes."""
    return [bare(term) for row in stream for term in row] == ["true"]


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
            return _literal_as_json(term)


def _taken(written: io.StringIO) -> str:
    text = written.getvalue()
    written.seek(0)
    written.truncate()
    return text


def _one_line(term: Term) -> str:
    return str(term).replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _binding(heads: Sequence[str], row: Row) -> dict[str, Any]:
    return {head: as_json(term) for head, term in zip(heads, row, strict=True) if term is not None}


def _literal_as_json(literal: Literal) -> dict[str, Any]:
    plain: dict[str, Any] = {"type": "literal", "value": literal.value}
    if literal.language:
        return plain | {"xml:lang": literal.language}
    return plain if literal.datatype == STRING else plain | {"datatype": literal.datatype.value}


def _xml_bindings(heads: Sequence[str], row: Row) -> Iterator[str]:
    for head, term in zip(heads, row, strict=True):
        if term is not None:
            said = as_json(term)
            names = ("xml:lang", "datatype")
            facts = "".join(f" {name}={quoteattr(_in_xml(said[name]))}" for name in names if name in said)
            # A carriage return as itself would be read as a line feed (XML 1.0, section 2.11).
            text = escape(_in_xml(bare(term)), {"\r": "&#13;"})
            yield f"<binding name={quoteattr(head)}><{said['type']}{facts}>{text}</{said['type']}></binding>"


def _in_xml(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)
