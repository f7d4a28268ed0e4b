"""All SHACL engines find the same in every example, and none steps in for another."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store, Triple, parse

from provkg.entailment import closed
from provkg.errors import BadParameter, Unreadable
from provkg.gate import ENGINES, Gate, check_data, validate
from provkg.gate.problem import Problem

EXAMPLES = sorted((Path(__file__).parent / "shapes").glob("*/*.ttl"))
KINDS = sorted({file.parent for file in EXAMPLES})


def triples_in(file: Path) -> list[Triple]:
    return closed(quad.triple for quad in parse(path=str(file)))


def as_stored(found: Sequence[Problem]) -> list[Problem]:
    """Return what was found with values as a store writes them: each engine has its own way to write -1.0e0."""
    return [replace(each, value=stored(each.value)) for each in found]


def stored(value: str | None) -> str | None:
    if value is None or not value.startswith('"'):
        return value
    store = Store()
    store.load(f"<urn:s> <urn:p> {value} .".encode(), format=RdfFormat.N_TRIPLES)
    return str(next(iter(store)).object)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 500


@pytest.mark.parametrize("kind", KINDS, ids=lambda folder: folder.name)
def test_all_engines_find_the_same_in_every_example(kind: Path) -> None:
    files = [file for file in EXAMPLES if file.parent == kind]
    assert files
    for file in files:
        triples = triples_in(file)
        # Audit asks everything, so that no constraint escapes the comparison.
        first, *others = (as_stored(check_data(triples, "audit", engine).found) for engine in ENGINES)
        assert all(found == first for found in others), file


@pytest.mark.parametrize("level", ["minimal", "standard", "audit"])
def test_all_engines_judge_records_alike(level: str) -> None:
    gates = [Gate(level, engine=engine) for engine in ENGINES]
    for file in [each for each in EXAMPLES if each.name.startswith("good")]:
        first, *others = (gate.check(triples_in(file)).found for gate in gates)
        assert all(found == first for found in others), file


SHAPES = """
    @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
    @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
    ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:closed true ; sh:ignoredProperties ( rdf:type ) ;
        sh:property ex:p-shape, [ sh:path ( ex:q ex:r ) ; sh:datatype xsd:integer ; sh:message "r is an integer." ] .
    ex:p-shape sh:path ex:p ; sh:minLength 3 ; sh:severity sh:Warning .
"""
DATA = """
    @prefix ex: <http://example.org/> .
    ex:a a ex:C ; ex:p "x" ; ex:q [ ex:r "y"@en ] ; ex:other 1 .
"""


def test_all_engines_judge_foreign_shapes_alike(tmp_path: Path) -> None:
    file = tmp_path / "shapes.ttl"
    file.write_text(SHAPES, "utf-8")
    data = [quad.triple for quad in parse(DATA, format=RdfFormat.TURTLE)]

    def found(engine: str) -> list[tuple[str, str, str]]:
        # Blank nodes have other names in each report.
        return sorted(
            (problem.constraint, problem.severity, "" if str(problem.value).startswith("_:") else str(problem.value))
            for problem in validate(data, file, engine).found
        )

    assert found("shifty") == found("pyshacl") == found("oxigraph")
    assert {constraint for constraint, _, _ in found("shifty")} == {"Closed", "Datatype", "MinLength"}


def test_an_unknown_engine_names_the_known_ones() -> None:
    with pytest.raises(BadParameter, match="'jena' is no SHACL engine; take one of shifty, pyshacl, oxigraph"):
        Gate(engine="jena")


@pytest.mark.parametrize(
    ("engine", "module", "package"), [("shifty", "shifty", "pyshifty"), ("pyshacl", "pyshacl", "pyshacl")]
)
def test_a_missing_engine_is_an_error_that_says_what_to_install(engine: str, module: str, package: str) -> None:
    # None in sys.modules is how Python itself says that a module cannot be imported.
    program = (
        f"import sys; sys.modules[{module!r}] = None\n"
        "from provkg.errors import MissingExtra\nfrom provkg.gate import Gate\n"
        f"try:\n    Gate(engine={engine!r})\nexcept MissingExtra as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == f"the engine {engine} is not installed; run: pip install {package}\n"


def test_a_part_of_the_shapes_that_an_engine_would_pass_over_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "shapes.ttl"
    file.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        "<urn:s> a sh:NodeShape ; sh:targetClass <urn:c> ; sh:property [ sh:minCount 1 ] .\n",
        "utf-8",
    )
    for engine in ENGINES:
        with pytest.raises(Unreadable, match="has no sh:path"):
            validate([], file, engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_value_that_is_none_of_its_type_is_told_in_words_alone(
    engine: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    time = '"yesterday"^^<http://www.w3.org/2001/XMLSchema#dateTime>'
    prov = "http://www.w3.org/ns/prov#"
    text = f"<http://example.org/r> a <{prov}Activity> ; <{prov}startedAtTime> {time} ."
    record = closed(quad.triple for quad in parse(text, format=RdfFormat.TURTLE))
    messages = [problem.message for problem in Gate("minimal", engine=engine).check(record).problems]
    assert "The start of an activity is a date and time (xsd:dateTime): prov:startedAtTime." in messages
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")
