"""IRIs stand in tables as short as they still tell, and what stands there leads back."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from provkg import vocabulary as v
from provkg.identity import digest_of_file, file_iri
from provkg.lineage import node
from provkg.questions import Naming
from provkg.questions.terms import short
from tests import story

DIGEST = "1a2b3c4d5e6f" + "0" * 52


def test_bytes_are_told_by_the_first_digits_of_their_digest() -> None:
    assert short(file_iri(DIGEST)) == "file/1a2b3c4d5e6f…"
    assert digest_of_file(file_iri(DIGEST).value) == DIGEST
    assert digest_of_file("https://example.org/kg/file/1") is None


@pytest.mark.parametrize("form", ["http://spdx.org/licenses/CC-BY-4.0", "https://spdx.org/licenses/CC-BY-4.0.html"])
def test_a_licence_of_spdx_is_told_by_its_identifier(form: str) -> None:
    assert short(NamedNode(form)) == "CC-BY-4.0"


def test_another_iri_is_told_whole() -> None:
    assert short(NamedNode("https://example.org/licences/own")) == "https://example.org/licences/own"


def test_short_bytes_lead_back_to_the_file_and_lineage_names_them_so() -> None:
    file = file_iri(DIGEST)
    said = [Triple(file, v.rdf_type, v.ArtifactFile), Triple(file, v.sha256, Literal(DIGEST))]
    with story.index(also=said) as index:
        assert Naming(index).resolve(short(file)) == file
        assert node(index, file).label == "file/1a2b3c4d5e6f"
