"""Ontology, PROV-O and what records say contradict each other nowhere; a contradiction would be found."""

from __future__ import annotations

from functools import cache

import pytest
from rdflib import Graph

from tests.reasoning import errors, story

PREFIXES = (
    "PREFIX prov: <http://www.w3.org/ns/prov#> PREFIX pvk: <https://w3id.org/provkg#> BASE <https://example.org/>\n"
)

# Each is the only thing wrong with the node that its name is given to.
PLANTED = {
    "both": "<both> a prov:Entity, prov:Activity .",
    "user": "<user> a pvk:DatasetVersion ; prov:used <something> .",
    "trained-run": "<trained-run> a pvk:TrainingRun ; pvk:trainedBy <another-run> .",
    "informer": "<informer> a prov:Entity . <run> prov:wasInformedBy <informer> .",
    "decided-batch": "<decided-batch> a pvk:PredictionBatch ; pvk:decidedBy <person> .",
}


@cache
def planted_errors() -> list[str]:
    broken_number = '<count> pvk:recordCount "many"^^<http://www.w3.org/2001/XMLSchema#integer> .'
    turtle = "\n".join([PREFIXES, *PLANTED.values(), broken_number, "<zero> pvk:value 0.0e0 ."])
    return errors(Graph().parse(data=turtle, format="turtle"))


def test_the_worked_story_agrees_with_the_ontology_and_prov_o() -> None:
    assert errors(story()) == []


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_contradiction_is_found(name: str) -> None:
    named = [message for message in planted_errors() if message.endswith(f"https://example.org/{name}")]
    assert named
    assert all(message.startswith("Disjoint classes") for message in named)


def test_nothing_is_found_that_was_not_planted() -> None:
    (number,) = (message for message in planted_errors() if not message.startswith("Disjoint classes"))
    assert "'many'" in number
    blamed = {message.rpartition("/")[2] for message in planted_errors() if message != number}
    assert blamed == PLANTED.keys()
