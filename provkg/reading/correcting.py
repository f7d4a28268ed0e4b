"""Corrections: a record that is taken back, and what is said instead, in Python or in an RDF file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import DefaultGraph, Quad, RdfFormat, parse, serialize

from provkg.errors import BadParameter, MalformedRDF, UnknownThing, Unreadable
from provkg.ledger import Ledger

if TYPE_CHECKING:
    from provkg.folder import Folder
    from provkg.records import Description, Stated

FORMATS: Final = {
    ".ttl": RdfFormat.TURTLE,
    ".nt": RdfFormat.N_TRIPLES,
    ".trig": RdfFormat.TRIG,
    ".nq": RdfFormat.N_QUADS,
}


def standing(folder: Folder, record: str | int) -> str:
    """Return the id of a record that holds, by its id or the number of its entry.

    Raises `UnknownThing`, or `BadParameter` for one that was taken back.
    """
    if isinstance(record, bool) or not isinstance(record, str | int):
        raise BadParameter(f"{record!r:.100} is no record; give its id, or the number of its entry, such as 12")
    named = str(record)
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        by_number = named.isdecimal() and int(named) < ledger.size
        found = ledger.entry(int(named)) if by_number else ledger.find(named)
        if found is None:
            raise UnknownThing(
                f"no record {named!r} in {folder.path}; provkg show NODE lists those that describe a thing"
            )
        if (at := ledger.superseded_at(found.leaf.record)) is not None:
            other = ledger.entry(at).leaf.record
            raise BadParameter(f"record {named} was taken back already, by {other} (entry {at}); correct that one")
        return found.leaf.record


def instead(said: tuple[Description | str | os.PathLike[str], ...]) -> tuple[Description, ...]:
    """Return the descriptions that take a record's place: as they were given, or what one RDF file says."""
    files = [each for each in said if isinstance(each, str | os.PathLike)]
    if not said or (files and len(said) > 1):
        raise BadParameter("say what holds instead: descriptions (provkg.records), or one RDF file with one record")
    return (
        (_stated(Path(files[0])),) if files else tuple(each for each in said if not isinstance(each, str | os.PathLike))
    )


def _stated(file: Path) -> Stated:
    from provkg.records import Stated  # only who corrects pays for it

    quads = _quads(file)
    if len({quad.graph_name for quad in quads}) > 1:
        raise BadParameter(f"{file} holds several records, one in each graph; one record takes another's place")
    if not quads:
        raise BadParameter(f"{file} holds no record, and what was said is taken back with what is to be said instead")
    # N-Triples have no line ends within a line; splitlines() would cut at others that text may hold.
    told = (
        serialize(
            [Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()) for quad in quads],
            format=RdfFormat.N_TRIPLES,
        )
        or b""
    )
    return Stated(lines=tuple(line for line in told.decode().split("\n") if line))


def _quads(file: Path) -> list[Quad]:
    form = FORMATS.get(file.suffix.lower())
    if form is None:
        raise BadParameter(f"{file} is none of {', '.join(FORMATS)}; provkg correct reads other forms of RDF, too")
    try:
        data = file.read_bytes()
    except OSError as error:
        raise Unreadable(f"cannot read {file}: {error.strerror}") from None
    return _parsed(str(file), data.removeprefix(b"\xef\xbb\xbf"), form)


def _parsed(name: str, data: bytes, form: Any) -> list[Quad]:
    # The parser follows nested triple terms by recursion and dies with the process when they are many.
    if b"<<" in data:
        raise MalformedRDF(name, "a triple term (<< … >>) stands here; provkg reads RDF 1.1 only")
    try:
        return list(dict.fromkeys(parse(data, format=form)))
    except SyntaxError as error:
        raise MalformedRDF(name, error.msg, line=error.lineno, column=error.offset) from None
    except ValueError as error:
        raise MalformedRDF(name, str(error)) from None
