"""Nodes that look like others which passed are not judged again, and every verdict is the one of the engine."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from provkg import vocabulary
from provkg.entailment import closed
from provkg.gate.check import extended
from provkg.gate.engines import Marks, Result, engine
from provkg.gate.evidence import Evidence, text_of
from provkg.gate.familiar import Familiar
from provkg.gate.shapes import Shapes
from provkg.gate.sight import sight
from provkg.gate.tailoring import tailored
from provkg.literals import DATE_TIME, DOUBLE, INTEGER

EXAMPLES = sorted((Path(__file__).parent / "shapes").glob("*/*.ttl"))
PREFIXES = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in vocabulary.NAMESPACES.items())
PERSON = 'ex:{0} a prov:Person ; dct:title "{0}" .'
FILE = """
    ex:{0} a pvk:ArtifactFile ; pvk:sha256 "{1}" ; pvk:byteSize {2} ; pvk:mediaType "text/csv" ;
        pvk:storageLocation "file:///srv/{0}.csv"^^xsd:anyURI .
    ex:checked a pvk:IntegrityCheck ; pvk:checkedEntity ex:{0} .
"""


class Judging:
    """The shapes of level standard with pyshifty, and a memory; `asked` are the nodes of which it was asked last."""

    def __init__(self, extensions: Sequence[Path] = ()) -> None:
        self.shapes = extended(extensions)
        self.fitted = tailored(self.shapes, "standard", whole=False)
        self.engine = engine("shifty", self.fitted.text, self.fitted.evident)
        self.memory = Familiar(sight(self.shapes))
        self.asked: list[str] = []

    def alone(self, triples: Sequence[Triple]) -> set[Result]:
        evidence = Evidence(triples, closing=True)
        text = text_of(evidence.statements(self.fitted))
        return set(self.engine.results(text, evidence.marks(self.fitted), "warning"))

    def remembering(self, triples: Sequence[Triple]) -> set[Result]:
        evidence = Evidence(triples, closing=True)
        statements = evidence.statements(self.fitted)
        self.asked.clear()

        def judge(marks: Marks) -> list[Result]:
            self.asked += [*marks]
            return self.engine.results(text_of(statements), marks, "warning")

        return set(self.memory.results(statements, evidence.marks(self.fitted), judge))


@cache
def judging() -> Judging:
    return Judging()


@cache
def example(file: Path) -> tuple[Triple, ...]:
    return tuple(closed(quad.triple for quad in parse(path=str(file))))


def record(text: str) -> list[Triple]:
    said = f"{PREFIXES}@prefix ex: <http://example.org/> .\n{text}"
    return closed(quad.triple for quad in parse(said, format=RdfFormat.TURTLE))


def test_every_example_gets_the_engines_verdict_whatever_was_judged_before() -> None:
    assert len(EXAMPLES) > 800
    ready = judging()
    for file in random.Random(1).sample(EXAMPLES, 300):
        ready.remembering(example(file))
        assert ready.remembering(example(file)) == ready.alone(example(file)), file


TERMS = (
    Literal("2026-03-01T09:00:00Z", datatype=DATE_TIME),
    Literal("2026-03-01T09:00:00", datatype=DATE_TIME),
    Literal("2026-02-31T09:00:00Z", datatype=DATE_TIME),
    Literal("-1", datatype=INTEGER),
    Literal("1", datatype=INTEGER),
    Literal("x", datatype=INTEGER),
    Literal("1.5", datatype=DOUBLE),
    Literal("1.50", datatype=DOUBLE),
    Literal("a" * 64),
    Literal("a" * 64 + "\n"),
    Literal("Größe", language="de"),
    NamedNode("http://example.org/nowhere"),
    vocabulary.RunStatus_succeeded,
)


@st.composite
def spoilt(draw: st.DrawFn) -> list[Triple]:
    """Return an example in which some statements are missing, doubled with another object, or of another thing."""
    said = list(example(draw(st.sampled_from(EXAMPLES))))
    objects = [*TERMS, *(triple.object for triple in said)]
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(said) - 1))
        subject, predicate, _ = said[at]
        other = draw(st.sampled_from(objects))
        change = draw(st.sampled_from(["drop", "replace", "add", "retype"]))
        if change == "drop" and len(said) > 1:
            del said[at]
        elif change == "replace":
            said[at] = Triple(subject, predicate, other)
        elif change == "add":
            said.append(Triple(subject, predicate, other))
        elif change == "retype":
            said.append(Triple(subject, vocabulary.rdf_type, draw(st.sampled_from([*vocabulary.SUPERCLASSES]))))
    return closed(said)


@given(spoilt())
def test_a_spoilt_example_gets_the_engines_verdict(said: list[Triple]) -> None:
    ready = judging()
    assert ready.remembering(said) == ready.alone(said)
    assert ready.remembering(said) == ready.alone(said)


def test_a_second_node_of_the_same_look_is_not_judged_again() -> None:
    ready = Judging()
    for name, asked in (("a", (True, True)), ("b", (False, False))):
        said = record(FILE.format(name, "ab" * 32, 12))
        ready.remembering(said)
        assert ("<http://example.org/a>" in ready.asked, f"<http://example.org/{name}>" in ready.asked) == asked


def test_a_node_that_failed_is_judged_every_time() -> None:
    ready = Judging()
    nameless = record("ex:run a pvk:TrainingRun .")
    assert ready.remembering(nameless)
    assert ready.remembering(nameless)
    assert "<http://example.org/run>" in ready.asked


def test_a_digest_is_looked_at_for_its_form_and_not_for_its_value() -> None:
    ready = Judging()
    whole = record(FILE.format("a", "ab" * 32, 12))
    ready.remembering(whole)
    other = record(FILE.format("b", "cd" * 32, 4096))
    assert ready.remembering(other) == ready.alone(other)
    assert "<http://example.org/b>" not in ready.asked
    short = record(FILE.format("c", "cd" * 31, 4096))
    assert "Pattern" in {each.constraint for each in ready.remembering(short)}


def test_what_shapes_of_ones_own_look_at_further_away_is_always_judged(tmp_path: Path) -> None:
    own = tmp_path / "own.ttl"
    own.write_text(f"""{PREFIXES}
        @prefix ex: <http://example.org/> .
        <http://example.org/shapes#Person> a sh:NodeShape ; sh:targetClass prov:Person ;
            sh:property <http://example.org/shapes#Person-chief-title> .
        <http://example.org/shapes#Person-chief-title> sh:path ( prov:actedOnBehalfOf prov:actedOnBehalfOf dct:title ) ;
            sh:minCount 1 ; pvk:level pvk:Level-minimal ; sh:message "Name the chief's chief." .
    """)
    ready = Judging([own])
    text = "ex:a prov:actedOnBehalfOf ex:b . ex:b prov:actedOnBehalfOf ex:c . "
    people = " ".join(PERSON.format(name) for name in "abc")
    for said in (record(text + people), record(text + people.replace('dct:title "c"', 'dct:identifier "c"'))):
        assert ready.remembering(said) == ready.alone(said)
        assert ready.asked


@pytest.mark.parametrize("pattern", ["[a-z-[aeiou]]", "(?i)a", "*a", "\\\\p{L}", "a&&b", "[a--b]"])
def test_a_pattern_that_engines_may_read_otherwise_looks_at_the_whole_text(pattern: str) -> None:
    shapes = Shapes.of(
        parse(
            f"{PREFIXES} <urn:s> sh:targetSubjectsOf <urn:provkg:gate:1> ; sh:property <urn:p> . "
            f'<urn:p> sh:path dct:title ; sh:pattern "{pattern}" .',
            format=RdfFormat.TURTLE,
        )
    )
    (text,) = sight(shapes).texts.values()
    assert text.whole


def test_shapes_that_choose_nodes_themselves_are_always_asked() -> None:
    shapes = Shapes.of(
        parse(
            f"{PREFIXES} <http://example.org/s> sh:targetNode <http://example.org/a> ; sh:nodeKind sh:IRI .",
            format=RdfFormat.TURTLE,
        )
    )
    assert not sight(shapes).marks


@pytest.mark.parametrize("level", ["minimal", "standard", "audit"])
def test_no_text_is_looked_at_that_differs_from_thing_to_thing(level: str) -> None:
    shapes = extended()
    tailored(shapes, level, whole=False)
    # Of a whole text only itself is familiar: every run would be judged anew for the sake of its title.
    assert not [predicate for predicate, text in sight(shapes).texts.items() if text.whole]


@pytest.mark.parametrize("level", ["minimal", "standard", "audit"])
def test_almost_all_that_provkg_asks_can_be_told_from_looks(level: str) -> None:
    shapes = extended()
    fitted = tailored(shapes, level, whole=False)
    marked = fitted.text.count(b"targetSubjectsOf")
    assert len(sight(shapes).marks) > 0.5 * marked
