"""What OWL 2 RL finds wrong with data under the ontology and PROV-O, and the worked story to try it on."""

from __future__ import annotations

from pathlib import Path

import owlrl
from owlrl.Namespaces import ERRNS
from rdflib import Graph

from tests.generated.ontology import own, prov

STORY = Path(__file__).parent / "story"


def errors(data: Graph) -> list[str]:
    """Return what OWL 2 RL finds wrong with ontology, PROV-O and `data` (OWL 2 Profiles, section 4.3)."""
    graph = own() + prov() + data
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    found = sorted(str(message) for message in graph.objects(None, ERRNS.error))
    return [message for message in found if not is_a_correct_double(message)]


def is_a_correct_double(message: str) -> bool:
    # owlrl 7.6 doubts the doubles that have no order of magnitude.
    doubted = any(f"'{number}'" in message for number in ("0.0", "-0.0", "inf", "-inf", "nan"))
    return doubted and message.endswith("XMLSchema#double)")


def story() -> Graph:
    files = [file for pattern in ("*.ttl", "*.trig") for file in sorted(STORY.glob(pattern))]
    assert files, f"the worked story is missing from {STORY}"
    graph = Graph()
    for file in files:
        graph.parse(file)
    return graph
