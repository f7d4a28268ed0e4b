"""Every kind of record can be made by keyword arguments; complete it is accepted, else refused in the gate's words."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store

import provkg
from provkg import vocabulary
from provkg.identity import Names
from provkg.records import (
    Alert,
    ApprovalDecision,
    Artifact,
    DataIssue,
    Dataset,
    Description,
    Entity,
    LicenseGrant,
    Made,
    Planned,
    Record,
    RetirementDecision,
    SelectionDecision,
    Tag,
    TrainingRun,
    record_type,
    statements,
)
from provkg.records.description import REGISTRY
from provkg.records.encoding import decoded, encoded
from provkg.resources import SHAPES
from tests.described import EXAMPLES, OF_KIND

# What an example describes beside itself would be in the record too.
WITHOUT_THINGS: Final[dict[type[Description], dict[str, Any]]] = {
    Alert: {"raised_for": ("https://example.org/d",)},
    DataIssue: {"affects": ("https://example.org/d",)},
    ApprovalDecision: {"applies_to": ("https://example.org/d",), "evidence": ()},
    RetirementDecision: {"applies_to": ("https://example.org/d",), "evidence": ()},
    SelectionDecision: {"selected": "https://example.org/d", "considered": (), "evidence": ()},
}
NAMES: Final = Names("https://example.org/kg/", b"salt")
BASES: Final = {Entity, Made, Artifact, Planned}
_PRESENCES: Final = """
PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT ?class ?path ?message WHERE {
  ?node sh:targetClass ?class ; sh:property ?shape .
  ?shape sh:path ?path ; sh:minCount 1 ; sh:message ?message .
  FILTER(isIRI(?path)) FILTER NOT EXISTS { ?shape sh:or ?alternative } }
ORDER BY ?class ?path"""


def named(example: Description) -> str:
    return type(example).__name__


# --- complete ones


def test_every_kind_has_an_example() -> None:
    kinds = {kind for kind in REGISTRY.values() if kind.CLASS is not None and kind.__module__.startswith("provkg.")}
    assert {kind.__name__ for kind in kinds - BASES - OF_KIND.keys()} == set()
    assert len(EXAMPLES) == len(OF_KIND) > 90


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_a_complete_record_is_accepted_at_the_highest_level(example: Description) -> None:
    verdict = provkg.check(example, level="audit")
    assert [str(each) for each in verdict.found] == []


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_a_record_survives_the_spool(example: Description) -> None:
    again = decoded(json.loads(json.dumps(encoded(example))))
    assert again == example
    assert set(statements(Record("", "", (again,)), NAMES)) == set(statements(Record("", "", (example,)), NAMES))


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (ApprovalDecision, "decision"),
        (RetirementDecision, "decision"),
        (SelectionDecision, "selection"),
        (DataIssue, "data-issue"),
        (LicenseGrant, "licence-grant"),
        (Alert, "alert"),
        (TrainingRun, "run-closed"),
        (Dataset, "dataset"),
        (Tag, "added"),
    ],
)
def test_the_kind_of_a_record_is_that_of_what_it_is_about(kind: type[Description], told: str) -> None:
    alone = dataclasses.replace(OF_KIND[kind], **WITHOUT_THINGS.get(kind, {}))
    assert record_type(statements(Record("", "", (alone,)), NAMES)) == told


# --- incomplete ones


@cache
def presences() -> list[tuple[str, str, str]]:
    """Return class, property and sentence of every constraint that asks for a value."""
    store = Store()
    for file in sorted(SHAPES.glob("*.ttl")):
        store.load(path=file, format=RdfFormat.TURTLE)
    return [tuple(term.value for term in row) for row in store.query(_PRESENCES)]  # type: ignore[union-attr]


def required() -> Iterator[Any]:
    for example in EXAMPLES:
        if example.CLASS is None:  # a concept, whose class is its scheme's
            continue
        classes = {example.CLASS.value, *(each.value for each in vocabulary.SUPERCLASSES.get(example.CLASS, ()))}
        for kind, path, message in presences():
            fields = [field for field in dataclasses.fields(example) if field.metadata.get("term") == NamedNode(path)]
            if kind in classes and len(fields) == 1:
                yield pytest.param(example, fields[0], message, id=f"{named(example)}-{fields[0].name}")


REQUIRED: Final = list(required())


def test_there_is_much_that_a_record_must_say() -> None:
    assert len(REQUIRED) > 300


@pytest.mark.parametrize(("example", "field", "message"), REQUIRED)
def test_a_record_without_what_is_asked_is_refused_with_the_sentence_of_the_shape(
    example: Description, field: dataclasses.Field[Any], message: str
) -> None:
    lacking = dataclasses.replace(example, **{field.name: field.default})
    assert message in {each.message for each in provkg.check(lacking, level="audit").problems}
