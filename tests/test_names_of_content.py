"""Where a file was recorded, and its digest, name the thing; near a name that is none, others are told."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from provkg import vocabulary as v
from provkg.errors import AmbiguousName, UnknownThing
from provkg.index import ReadIndex
from provkg.literals import any_uri
from provkg.questions import Naming
from tests import company, story

SCORER, PLACE = company.thing("model-version/scorer-5"), "s3://harbour-models/scorer-5"
ALIKE = "ab" * 32


def digest_of(index: ReadIndex, thing: NamedNode) -> str:
    (said,) = index.statements(thing, v.sha256)
    assert isinstance(said.object, Literal)
    return said.object.value


def test_a_recorded_location_names_the_thing_whose_file_lay_there(company_naming: Naming) -> None:
    assert company_naming.resolve(PLACE) == company_naming.resolve(PLACE, [v.ModelVersion]) == SCORER
    assert company_naming.resolve(PLACE, [v.ArtifactFile]) == company.thing("file/scorer-5")
    with pytest.raises(UnknownThing):
        company_naming.resolve(PLACE.removesuffix("5"))


@pytest.mark.parametrize("form", ["{}", "sha256:{}", "SHA256:{}"])
def test_a_whole_digest_names_the_thing_of_that_content(
    company_index: ReadIndex, company_naming: Naming, form: str
) -> None:
    digest = digest_of(company_index, SCORER)
    assert company_naming.resolve(form.format(digest)) == SCORER
    assert company_naming.resolve(form.format(digest.upper()), [v.ModelVersion]) == SCORER
    with pytest.raises(UnknownThing, match="nothing is called"):
        company_naming.resolve(form.format("0" * 64))


def test_of_several_things_of_one_content_or_place_each_is_told_by_its_own_name() -> None:
    things = [story.thing(f"dataset-version/{name}") for name in ("left", "right")]
    files = [story.thing(f"file/{name}") for name in ("left", "right")]
    said = [Triple(each, v.dct_title, Literal(each.value[-5:].strip("/"))) for each in things]
    said += [Triple(each, v.rdf_type, v.DatasetVersion) for each in things]
    said += [Triple(each, v.sha256, Literal(ALIKE)) for each in things]
    said += [Triple(each, v.hasFile, file) for each, file in zip(things, files, strict=True)]
    said += [Triple(file, v.storageLocation, any_uri("s3://lake/both")) for file in files]
    with story.index(also=said) as index:
        for text in (ALIKE, f"sha256:{ALIKE}", "s3://lake/both"):
            with pytest.raises(AmbiguousName, match="fits 2 things") as raised:
                Naming(index).resolve(text)
            assert set(raised.value.iris) == {each.value for each in things}
            assert {line.split("  ")[0] for line in raised.value.candidates} == {"left", "right"}


def test_what_lacks_the_kind_before_its_key_is_told_with_it(company_naming: Naming) -> None:
    with pytest.raises(UnknownThing, match=r"did you mean .*\benvironment/scoring-2026-01\b"):
        company_naming.resolve("scoring-2026-01")
    with pytest.raises(UnknownThing, match=r"no environment is called .*; did you mean environment/scoring-2026-01\?"):
        company_naming.resolve("scoring-2026-01", [v.Environment])


def test_a_name_near_which_there_is_none_is_answered_with_how_to_list_what_there_is(company_naming: Naming) -> None:
    with pytest.raises(UnknownThing, match=r"nothing is called 'zzzqqqq'; provkg ask chains lists"):
        company_naming.resolve("zzzqqqq")
