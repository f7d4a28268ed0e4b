"""Facts in a Turtle file as something to ask, as if a graph's records had stated them."""

from __future__ import annotations

import os
from pathlib import Path

from pyoxigraph import Quad, RdfFormat, Store, Triple, parse

from provkg.entailment import closed
from provkg.errors import MalformedRDF, Unreadable
from provkg.index import ReadIndex
from provkg.index.dependencies import Dependencies
from provkg.questions.terms import Term
from provkg.vocabulary import NAMESPACES

_PREFIXES = "".join(f"@prefix {prefix}: <{namespace}> . " for prefix, namespace in NAMESPACES.items())


def small_graph(file: Path, base: str) -> ReadIndex:
    """Return what `file` says, with what follows from it, as an index in memory; names are relative to `base`."""
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{file} cannot be read: {error}") from None
    said = closed(facts(text, base, str(file)))
    store = Store()
    store.extend(Quad(*triple) for triple in said)
    dependencies = Dependencies(store)
    dependencies.refresh(dependencies.touched(said), all_stay=True)
    return ReadIndex(file, 1, store, os.open(os.devnull, os.O_RDONLY))


def facts(text: str, base: str, source: str = "the expected answer") -> list[Triple]:
    """Return what Turtle says, with its literals as a store writes them; raises `MalformedRDF`."""
    kept = Store()
    try:
        # In one line, so that the numbers of the others stay.
        kept.extend(parse(f"@base <{base}> . {_PREFIXES}{text}", format=RdfFormat.TURTLE))
    except SyntaxError as error:
        raise MalformedRDF(source, str(error.msg), line=error.lineno) from None
    return [quad.triple for quad in kept]


def term(cell: str, base: str) -> Term | None:
    """Return the term that a cell of an expected table stands for, as a store holds it; an empty cell is none."""
    found = facts(f"<x:s> <x:p> {cell} .", base, f"the cell {cell!r}") if cell.strip() else []
    return found[0].object if found else None
