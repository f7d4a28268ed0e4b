"""RDF files: Turtle, TriG, N-Quads, N-Triples and JSON-LD, read into records and written from triples.

A file, or each named graph in it, is one record. Only pyoxigraph parses: it fetches nothing and opens no other file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple, parse, serialize

from provkg.errors import MalformedRDF, Unreadable, UsageError
from provkg.exchange import json_ld, places, skolem
from provkg.identity import Names
from provkg.vocabulary import NAMESPACES, Record, RecordCommit, rdf_type

FORMATS: Final[Mapping[str, RdfFormat]] = {
    "turtle": RdfFormat.TURTLE,
    "trig": RdfFormat.TRIG,
    "nquads": RdfFormat.N_QUADS,
    "ntriples": RdfFormat.N_TRIPLES,
    "jsonld": RdfFormat.JSON_LD,
}
EXTENSIONS: Final = {
    ".ttl": "turtle",
    ".trig": "trig",
    ".nq": "nquads",
    ".nt": "ntriples",
    ".jsonld": "jsonld",
    ".json": "jsonld",
}
STANDARD_INPUT: Final = "<stdin>"
_LEDGER_CLASSES: Final = {str(Record): "Record", str(RecordCommit): "RecordCommit"}


@dataclass(frozen=True)
class NamedRecord:
    """What one file, or one named graph of it, says: ground triples in the order of the file."""

    graph: NamedNode | None
    triples: tuple[Triple, ...]
    source: str


@dataclass(frozen=True)
class RdfFile:
    """The bytes of an RDF file, what they are called in messages, and their format."""

    name: str
    format: str
    data: bytes

    @classmethod
    def open(cls, path: Path, *, format: str | None = None) -> RdfFile:  # noqa: A002  # the word of the field
        """Read the file at `path`; its format comes from the extension unless given. Raises `Unreadable`."""
        given = format_named(format) if format else None
        try:
            data = path.read_bytes()
        except OSError as error:
            raise Unreadable(f"{path}: {os.strerror(error.errno or 0)}") from None
        # A file that is not there is that, whatever its name ends in.
        return cls(str(path), given or format_of(path), data)

    def quads(
        self, *, skolemize: Names | None = None, blank_nodes: bool = False, base: str | None = None
    ) -> list[Quad]:
        """Return what the file says.

        Blank nodes get IRIs from `skolemize`, stay as they are with `blank_nodes`, and are otherwise refused.
        Relative IRIs are refused unless there is a `base` for them. Raises `MalformedRDF` with the place.
        """
        quads = self._parsed(base)
        if blank_nodes or not any(skolem.has_blank_node(quad) for quad in quads):
            return quads
        if skolemize is None:
            reason = "a blank node stands here, and a record has none; give it an IRI, or read with --skolemize"
            raise MalformedRDF(self.name, reason, line=self.places().blank_node)
        return skolem.named(quads, skolemize, self.name)

    def records(self, *, skolemize: Names | None = None, ledger_graph: NamedNode | None = None) -> list[NamedRecord]:
        """Return the records of the file, its default graph first.

        A graph called `ledger_graph` is passed over: provkg writes it itself. Raises `MalformedRDF`, also for triples
        that speak as the ledger elsewhere.
        """
        quads = [quad for quad in self.quads(skolemize=skolemize) if quad.graph_name != ledger_graph]
        # A stable sort: the triples of one graph keep their order.
        quads.sort(key=_graph_of)
        records = [_record(graph, list(group), self.name) for graph, group in groupby(quads, key=_graph_of)]
        for record in records:
            self._refuse_ledger_talk(record)
        return records

    def places(self) -> places.Places:
        """Return where the subjects stand in the file."""
        text = self.data.decode("utf-8", errors="replace")
        return places.in_json_ld(text) if self.format == "jsonld" else places.in_turtle(text)

    def _parsed(self, base: str | None) -> list[Quad]:
        data = self.data.removeprefix(b"\xef\xbb\xbf")
        if self.format == "jsonld":
            data = json_ld.inlined(data, self.name)
        elif b"<<" in data:
            self._refuse_triple_terms()
        try:
            parsed = parse(data, format=FORMATS[self.format], base_iri=base, rename_blank_nodes=True)
            return list(dict.fromkeys(parsed))
        except SyntaxError as error:
            raise MalformedRDF(self.name, _reason(error), line=error.lineno, column=error.offset) from None
        except ValueError as error:
            raise MalformedRDF(self.name, str(error)) from None

    def _refuse_triple_terms(self) -> None:
        # The parser follows nested triple terms by recursion and dies with the process when they are many.
        if line := self.places().triple_term:
            raise MalformedRDF(self.name, "a triple term (<< … >>) stands here; provkg reads RDF 1.1 only", line=line)

    def _refuse_ledger_talk(self, record: NamedRecord) -> None:
        for triple in record.triples:
            if triple.predicate == rdf_type and (kind := _LEDGER_CLASSES.get(str(triple.object))):
                subject = str(triple.subject)[1:-1]
                reason = f"{subject} is a {kind}, which only provkg itself writes; take it out"
                raise MalformedRDF(self.name, reason, line=self.places().subjects.get(subject))


def read(path: Path, *, format: str | None = None, skolemize: Names | None = None) -> list[NamedRecord]:  # noqa: A002
    """Return the records in the file at `path`; raises `Unreadable`, `MalformedRDF`."""
    return RdfFile.open(path, format=format).records(skolemize=skolemize)


def write(triples: Iterable[Triple | Quad], format: str = "turtle") -> bytes:  # noqa: A002  # the word of the field
    """Return `triples` as text in `format`, sorted, so that the same triples give the same bytes."""
    chosen = format_named(format)
    quads = {item if isinstance(item, Quad) else Quad(item.subject, item.predicate, item.object) for item in triples}
    return _WRITERS[chosen](sorted(quads, key=_reading_order))


def format_of(path: Path) -> str:
    """Return the format that the extension of `path` says; raises `UsageError` when it says none."""
    try:
        return EXTENSIONS[path.suffix.lower()]
    except KeyError:
        problem = f"{path}: no RDF format has the extension {path.suffix!r}"
        raise UsageError(f"{problem}; rename it ({', '.join(EXTENSIONS)}) or name the format") from None


def format_named(name: str) -> str:
    """Return the format called `name`: a name of ours, an extension or a media type. Raises `UsageError`."""
    if name in FORMATS:
        return name
    if (extension := f".{name.lower().lstrip('.')}") in EXTENSIONS:
        return EXTENSIONS[extension]
    medium = RdfFormat.from_media_type(name)
    for ours, theirs in FORMATS.items():
        if theirs == medium:
            return ours
    raise UsageError(f"{name!r} is no RDF format; take one of {', '.join(FORMATS)}")


def _record(graph: str, quads: Sequence[Quad], source: str) -> NamedRecord:
    return NamedRecord(NamedNode(graph) if graph else None, tuple(quad.triple for quad in quads), source)


def _graph_of(quad: Quad) -> str:
    return "" if isinstance(quad.graph_name, DefaultGraph) else quad.graph_name.value


def _reason(error: SyntaxError) -> str:
    # "Parser error at line 2 between columns 2 and 6: Unexpected end of file": the place is said apart.
    message = str(error.msg)
    return message.partition(": ")[2] if message.startswith("Parser error at") else message


def _reading_order(quad: Quad) -> tuple[str, str, bool, str, str]:
    kind_first = quad.predicate != rdf_type
    return (_graph_of(quad), str(quad.subject), kind_first, quad.predicate.value, str(quad.object))


def _serialized(quads: Sequence[Quad], kind: RdfFormat) -> bytes:
    prefixes = _used_prefixes(quads)
    if kind.supports_datasets:
        return serialize(quads, format=kind, prefixes=prefixes) or b""
    return serialize([quad.triple for quad in quads], format=kind, prefixes=prefixes) or b""


def _used_prefixes(quads: Sequence[Quad]) -> dict[str, str]:
    iris = {iri for quad in quads for iri in _iris(quad)}
    return {prefix: start for prefix, start in NAMESPACES.items() if any(iri.startswith(start) for iri in iris)}


def _iris(quad: Quad) -> Iterator[str]:
    for term in (quad.subject, quad.predicate, quad.object, quad.graph_name):
        if isinstance(term, NamedNode):
            yield term.value
        elif isinstance(term, Literal):
            yield term.datatype.value


def _write_turtle(quads: Sequence[Quad]) -> bytes:
    head, body = _divided(_serialized(quads, RdfFormat.TURTLE))
    # Line ends within literals are written as \n, so a line end after " ." always ends a subject.
    return _joined(head, body.replace(b" .\n", b" .\n\n").rstrip(b"\n") + b"\n")


def _write_trig(quads: Sequence[Quad]) -> bytes:
    return _joined(*_divided(_serialized(quads, RdfFormat.TRIG)))


def _divided(text: bytes) -> tuple[list[bytes], bytes]:
    """Return the prefix declarations that the text below them needs, sorted, and that text."""
    lines = text.splitlines(keepends=True)
    declared = [line for line in lines if line.startswith(b"@prefix ")]
    body = b"".join(lines[len(declared) :])
    # rdf: and xsd: are often declared for nothing: `a` and numbers are written without them.
    return sorted(line for line in declared if line.split()[1] in body), body


def _joined(head: Sequence[bytes], body: bytes) -> bytes:
    return b"".join(head) + (b"\n" if head else b"") + body


def _write_nquads(quads: Sequence[Quad]) -> bytes:
    return _sorted_lines(_serialized(quads, RdfFormat.N_QUADS))


def _write_ntriples(quads: Sequence[Quad]) -> bytes:
    return _sorted_lines(_serialized(quads, RdfFormat.N_TRIPLES))


def _sorted_lines(text: bytes) -> bytes:
    return b"".join(sorted(dict.fromkeys(text.splitlines(keepends=True))))


def _write_json_ld(quads: Sequence[Quad]) -> bytes:
    document = json.loads(_serialized(quads, RdfFormat.JSON_LD))
    compact = json_ld.compacted(document, _used_prefixes(quads))
    return (json.dumps(compact, ensure_ascii=False, indent=2) + "\n").encode()


_WRITERS: Final[Mapping[str, Callable[[Sequence[Quad]], bytes]]] = {
    "turtle": _write_turtle,
    "trig": _write_trig,
    "nquads": _write_nquads,
    "ntriples": _write_ntriples,
    "jsonld": _write_json_ld,
}
