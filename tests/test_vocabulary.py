"""The constants of `provkg.vocabulary` are the ontology's terms, no more and no fewer."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pyoxigraph import NamedNode

from provkg import vocabulary
from provkg.resources import ONTOLOGY
from provkg.vocabulary import (
    CLASSES,
    INDIVIDUALS,
    INVERSES,
    NAMESPACES,
    PROPERTIES,
    SUPERCLASSES,
    SUPERPROPERTIES,
    TERMS,
    FineTuningRun,
    Run,
    RunStatus,
    RunStatus_failed,
    TrainingRun,
    considered,
    producedModel,
    prov_Activity,
    prov_generated,
    prov_Influence,
    prov_used,
    prov_wasGeneratedBy,
    prov_wasInfluencedBy,
    selected,
    trainedBy,
)
from tests.generated.files import same_or_rewritten
from tests.generated.ontology import PROV, PVK
from tests.generated.vocabulary import render

FILE = ONTOLOGY.parent / "provkg" / "vocabulary.py"
REWRITE = "run: python -m pytest tests/test_vocabulary.py --rewrite"

CONSTANTS = {name: term for name, term in vars(vocabulary).items() if isinstance(term, NamedNode)}


@pytest.mark.checkout
def test_the_vocabulary_is_what_the_ontology_renders_to(rewrite: bool) -> None:
    assert same_or_rewritten(FILE, render(), rewrite=rewrite), REWRITE


def test_no_two_constants_are_the_same_term() -> None:
    assert len(set(CONSTANTS.values())) == len(CONSTANTS)


def test_a_constant_is_named_after_its_term() -> None:
    for name, term in CONSTANTS.items():
        prefix, home = next((p, home) for p, home in NAMESPACES.items() if term.value.startswith(home))
        local = term.value.removeprefix(home).replace("-", "_")
        assert name == (local if prefix == "pvk" else f"{prefix}_{local}")


def test_the_terms_are_the_constants_of_our_namespace_and_of_prov() -> None:
    assert {term for term in CONSTANTS.values() if term.value.startswith((PVK, PROV))} == TERMS
    assert CLASSES | PROPERTIES <= TERMS


def test_super_classes_are_listed_from_near_to_far() -> None:
    assert SUPERCLASSES[FineTuningRun] == (TrainingRun, Run, prov_Activity)


def test_super_properties_are_listed_from_near_to_far() -> None:
    assert SUPERPROPERTIES[selected] == (considered, prov_used)


def test_no_relation_is_listed_as_a_mere_influence() -> None:
    assert not [term for term, wider in SUPERPROPERTIES.items() if prov_wasInfluencedBy in wider]
    assert not [term for term, wider in SUPERCLASSES.items() if prov_Influence in wider]


def test_an_inverse_is_listed_from_both_ends() -> None:
    assert INVERSES[trainedBy] == producedModel
    assert INVERSES[prov_wasGeneratedBy] == prov_generated
    assert {INVERSES[other]: other for other in INVERSES} == INVERSES
    assert not [term for term in INVERSES if prov_wasInfluencedBy in (term, INVERSES[term])]


def test_a_concept_is_listed_with_its_class() -> None:
    assert INDIVIDUALS[RunStatus_failed] == RunStatus


def test_training_code_pays_for_the_terms_with_no_rdf_library_but_pyoxigraph() -> None:
    loaded = "import sys, provkg.vocabulary; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", loaded], check=True, capture_output=True, text=True)
    assert {"rdflib", "pyshacl", "owlrl"}.isdisjoint(done.stdout.split())
