"""The examples of the rules: small graphs that break one rule, or miss that by one fact, and the expected rows."""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from provkg import vocabulary
from provkg.entailment import closed
from provkg.index import ReadIndex
from provkg.index.dependencies import Dependencies
from provkg.questions.terms import Term
from provkg.rules import Ground
from tests import story

FOLDER = Path(__file__).parent / "rules"
EXAMPLES = sorted(file for file in FOLDER.glob("*/*") if file.suffix in {".ttl", ".trig"})
VIOLATING = [file for file in EXAMPLES if file.stem.startswith("violating")]
CLEAN = [file for file in EXAMPLES if file.stem.startswith("clean")]
# What stands in graphs of such names came in records of its own.
APART = f"<{story.BASE}apart/"
PREFIXES = f"@base <{story.BASE}> .\n" + "".join(f"@prefix {p}: <{n}> .\n" for p, n in vocabulary.NAMESPACES.items())


def ground(file: Path) -> Ground:
    """Return the example as an index holds it: closed, with `dependsOn`, and what is said about records apart."""
    return Ground(ReadIndex(file, 1, store(quads(file)), -1))


def quads(file: Path) -> list[Quad]:
    """Return what the example states."""
    form = RdfFormat.TRIG if file.suffix == ".trig" else RdfFormat.TURTLE
    return list(parse(path=str(file), format=form))


def store(stated: list[Quad]) -> Store:
    """Return the statements as a store that rules can be asked of."""
    kept = Store()
    records = {quad.graph_name for quad in stated if str(quad.graph_name).startswith(APART)} | {DefaultGraph()}
    merged = [each for name in records for each in closed(quad.triple for quad in stated if quad.graph_name == name)]
    kept.extend(Quad(*triple) for triple in merged)
    kept.extend(quad for quad in stated if quad.graph_name not in records)
    dependencies = Dependencies(kept)
    dependencies.refresh(dependencies.touched(merged), all_stay=True)
    return kept


def expected(file: Path) -> tuple[list[str], list[tuple[Term | None, ...]]]:
    """Return the columns and rows in the table of terms beside a violating example."""
    head, *rows = file.with_suffix(".tsv").read_text("utf-8").splitlines()
    return [name.removeprefix("?") for name in head.split("\t")], [tuple(map(_term, row.split("\t"))) for row in rows]


def _term(cell: str) -> Term | None:
    if not cell:
        return None
    kept = Store()
    kept.extend(parse(f"{PREFIXES}<x:s> <x:p> {cell} .", format=RdfFormat.TURTLE))
    (quad,) = kept
    term: Term = quad.object
    return term


def label(file: Path) -> str:
    """Return how a test names an example."""
    return f"{file.parent.name}/{file.stem}"


def local(node: NamedNode) -> str:
    """Return an example's IRI as the example writes it."""
    return node.value.removeprefix(story.BASE)
