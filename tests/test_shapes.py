"""Each constraint in `shapes/` refuses exactly what it says, and every class and property has its constraints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Triple, parse

from provkg import vocabulary
from provkg.entailment import closed
from provkg.folder import LEVELS
from provkg.gate import check_data
from provkg.gate.lint import check_shapes
from provkg.gate.shapes import SHAPES_NAMESPACE, Shapes
from provkg.resources import ONTOLOGY, SHAPES
from tests.generated.files import same_or_rewritten
from tests.generated.shapes import render

EXAMPLES = Path(__file__).parent / "shapes"
GOOD = sorted(EXAMPLES.glob("*/good*.ttl"))
BAD = sorted(set(EXAMPLES.glob("*/*.ttl")) - set(GOOD))
FILES = sorted(SHAPES.glob("*.ttl"))
SH = vocabulary.NAMESPACES["sh"]
COMPONENTS = {
    "minCount": "MinCount",
    "maxCount": "MaxCount",
    "datatype": "Datatype",
    "class": "Class",
    "nodeKind": "NodeKind",
    "pattern": "Pattern",
    "in": "In",
    "minInclusive": "MinInclusive",
    "maxInclusive": "MaxInclusive",
    "or": "Or",
    "qualifiedMaxCount": "QualifiedMaxCount",
    "qualifiedMinCount": "QualifiedMinCount",
}
# What a shape says beside its constraints.
DESCRIPTIVE = {"path", "message", "targetClass", "targetSubjectsOf", "targetObjectsOf", "qualifiedValueShape"}


def name_of(file: Path) -> str:
    return f"{file.parent.name}/{file.stem}"


def triples_in(file: Path) -> list[Triple]:
    return closed(quad.triple for quad in parse(path=str(file)))


def announced(file: Path, key: str) -> str | None:
    found = re.search(rf"^# {key}: (.+)$", file.read_text("utf-8"), re.MULTILINE)
    return found.group(1) if found else None


def stated() -> set[tuple[str, str]]:
    """Return every constraint that `shapes/` states, as shape and component."""
    shapes = Shapes.read(FILES)
    found = set()
    for shape in shapes.constraints:
        for predicate, _ in shapes.statements[shape]:
            term = predicate.value.removeprefix(SH)
            if term != predicate.value and term not in DESCRIPTIVE:
                found.add((shape.value.removeprefix(SHAPES_NAMESPACE), COMPONENTS[term]))
    return found


def test_there_are_shapes_and_examples() -> None:
    assert len(FILES) > 30
    assert len(GOOD) > 100
    assert len(BAD) > 700


@pytest.mark.parametrize("file", BAD, ids=name_of)
def test_a_bad_example_fails_for_the_one_reason_that_it_gives(file: Path) -> None:
    level = announced(file, "level") or "minimal"
    problems = check_data(triples_in(file), level).problems
    found = [f"{problem.shape.removeprefix(SHAPES_NAMESPACE)} {problem.constraint}" for problem in problems]
    assert found == [announced(file, "violates")]


@pytest.mark.parametrize("file", GOOD, ids=name_of)
def test_a_good_example_is_complete_even_for_an_audit(file: Path) -> None:
    assert check_data(triples_in(file), announced(file, "level") or "audit").problems == ()


@pytest.mark.parametrize("file", BAD, ids=name_of)
def test_a_bad_example_passes_at_every_lower_level(file: Path) -> None:
    lower = LEVELS[: LEVELS.index(announced(file, "level") or "minimal")]
    triples = triples_in(file)
    assert all(check_data(triples, level).accepted for level in lower)


def test_every_constraint_has_a_bad_example() -> None:
    shown = {tuple((announced(file, "violates") or "").split()) for file in BAD}
    assert stated() == shown


def test_examples_speak_only_of_things_at_example_org() -> None:
    for file in (*GOOD, *BAD):
        subjects = {str(quad.subject) for quad in parse(path=str(file))}
        assert all(s.startswith(("<http://example.org/", "<pkg:pypi/")) for s in subjects), file


def test_every_constraint_has_a_name_a_sentence_and_a_level() -> None:
    shapes = Shapes.read(FILES)
    for shape in shapes.constraints:
        local = shape.value.removeprefix(SHAPES_NAMESPACE)
        assert re.fullmatch(r"[A-Z][A-Za-z]*-[a-z][A-Za-z0-9]*-[a-z]+", local), local
        assert len(shapes.values(shape, vocabulary.sh_message)) == 1, local
        assert (shapes.message(shape) or "").endswith("."), local
        assert len(shapes.values(shape, vocabulary.level)) == 1, local


def test_what_is_asked_for_says_why_and_which_requirement_it_serves() -> None:
    shapes = Shapes.read(FILES)
    asked = [s for s in shapes.constraints if s.value.endswith("-presence")]
    asked += [s for s in shapes.constraints if shapes.values(s, vocabulary.rdfs_comment) and s not in asked]
    assert len(asked) > 250
    for said in (vocabulary.rdfs_comment, vocabulary.servesRequirement):
        assert [s.value for s in asked if len(shapes.values(s, said)) != 1] == []


def test_types_and_cardinalities_hold_at_every_level() -> None:
    shapes = Shapes.read(FILES)
    of_values = [s for s in shapes.constraints if not shapes.values(s, vocabulary.rdfs_comment)]
    facets = {s.value.rsplit("-", 1)[-1] for s in of_values}
    assert facets == {"type", "count", "range", "form", "zone", "values"}
    assert {shapes.value(s, vocabulary.level) for s in of_values} == {vocabulary.Level_minimal}
    explained = (SHAPES / "README.md").read_text("utf-8").partition("## All constraints")[0]
    assert [facet for facet in facets if f"| `{facet}` |" not in explained] == []


def test_no_constraint_hides_in_a_shape_without_a_level() -> None:
    shapes = Shapes.read(FILES)
    levelled = set(shapes.constraints)
    for shape, said in shapes.statements.items():
        if isinstance(shape, NamedNode) and shape not in levelled:
            terms = {predicate.value.removeprefix(SH) for predicate, _ in said}
            assert not terms & COMPONENTS.keys(), shape
            assert all(value in levelled for value in shapes.values(shape, vocabulary.sh_property)), shape


def test_every_property_shape_is_used() -> None:
    shapes = Shapes.read(FILES)
    used = {value for s in shapes.statements for value in shapes.values(s, vocabulary.sh_property)}
    loose = {s for s in shapes.constraints if shapes.values(s, vocabulary.sh_path)} - used
    assert loose == set()


def test_every_class_has_a_shape() -> None:
    shapes = Shapes.read(FILES)
    targeted = {t.object for t in shapes.triples if t.predicate == vocabulary.sh_targetClass}
    assert {c.value for c in vocabulary.CLASSES - targeted} == set()


def test_every_property_of_the_ontology_is_typed_by_its_own_shape_or_through_a_wider_property() -> None:
    ranges = {
        quad.subject: quad.object
        for quad in parse(path=str(ONTOLOGY / "provkg.ttl"))
        if quad.predicate == vocabulary.rdfs_range
    }
    asked = typed_paths()
    missing = {
        term.value
        for term, wanted in ranges.items()
        if isinstance(term, NamedNode) and not covered(term, asked, wanted == vocabulary.MetricPoint)
    }
    assert len(ranges) > 100
    # Never part of a record: derived in the index, or said of records.
    assert missing <= {vocabulary.describes.value, vocabulary.dependsOn.value}


def typed_paths() -> set[NamedNode]:
    shapes = Shapes.read(FILES)
    values = [NamedNode(SH + name) for name in ("datatype", "class", "nodeKind", "or", "in")]
    return {
        path
        for shape in shapes.constraints
        if isinstance(path := shapes.value(shape, vocabulary.sh_path), NamedNode)
        and any(shapes.values(shape, each) for each in values)
    }


def covered(term: NamedNode, asked: set[NamedNode], points: bool) -> bool:
    wider = vocabulary.SUPERPROPERTIES.get(term, ())
    return points or term in asked or any(each in asked for each in wider)


def test_datatypes_are_those_of_the_ontology() -> None:
    ranges = {
        quad.subject: quad.object
        for quad in parse(path=str(ONTOLOGY / "provkg.ttl"))
        if quad.predicate == vocabulary.rdfs_range
    }
    shapes = Shapes.read(FILES)
    compared = 0
    for shape in shapes.constraints:
        path, datatype = shapes.value(shape, vocabulary.sh_path), shapes.value(shape, vocabulary.sh_datatype)
        if datatype is not None and path in ranges:
            compared += 1
            assert datatype == ranges[path], shape
    assert compared > 60


def test_all_terms_exist() -> None:
    check_shapes(Shapes.read(FILES), "shapes")


def test_messages_name_a_property_that_exists() -> None:
    shapes = Shapes.read(FILES)
    for shape in shapes.constraints:
        for local in re.findall(r"pvk:([A-Za-z0-9-]+)", shapes.message(shape) or ""):
            assert NamedNode(vocabulary.NAMESPACES["pvk"] + local) in vocabulary.TERMS, (shape, local)


def test_no_two_constraints_say_the_same_to_the_person_refused() -> None:
    shapes = Shapes.read(FILES)
    messages = [shapes.message(shape) or "" for shape in shapes.constraints]
    assert sorted(m for m in set(messages) if messages.count(m) > 1) == []


def test_the_readme_shows_every_constraint(rewrite: bool) -> None:
    file = SHAPES / "README.md"
    rendered = render(file.read_text("utf-8"))
    assert same_or_rewritten(file, rendered, rewrite=rewrite), "run: python -m pytest tests/test_shapes.py --rewrite"


def test_levels_are_individuals_of_the_ontology() -> None:
    shapes = Shapes.read(FILES)
    used = {shapes.value(shape, vocabulary.level) for shape in shapes.constraints}
    assert used == {vocabulary.Level_minimal, vocabulary.Level_standard, vocabulary.Level_audit}
    assert not any(isinstance(level, Literal) for level in used)
