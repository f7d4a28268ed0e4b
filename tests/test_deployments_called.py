"""A deployment without a title has one name wherever it is told, and that name leads back to it."""

from __future__ import annotations

import pytest

from provkg import vocabulary as v
from provkg.errors import AmbiguousName, UnknownThing
from provkg.index import ReadIndex
from provkg.lineage import downstream, impact, upstream
from provkg.questions import Naming, called
from provkg.reading.portrait import portrait
from provkg.rules.naming import Namer
from provkg.score.reach import Statements
from provkg.score.words import name_of
from tests import company

MARCH, JANUARY, ROLLBACK = (company.thing(f"deployment/score-{each}") for each in ("march", "january", "rollback"))
ADDRESS = "https://api.harbour.example/score"
NAME = f"scorer@5 at {ADDRESS}"


def test_it_has_one_name_everywhere(company_index: ReadIndex) -> None:
    assert called(company_index, [MARCH]) == {MARCH.value: NAME}
    assert NAME in {node.label for node in downstream(company_index, company.thing("model-version/scorer-5"))}
    assert NAME in {each.node.label for each in impact(company_index, company.thing("dataset-version/bureau-1"))}
    assert portrait(company_index, MARCH).name == NAME
    assert ("deploys", f"{NAME}  [recalled 2026-04-03]") in portrait(
        company_index, company.thing("model-version/scorer-5")
    ).uses
    assert Namer(company_index).thing(MARCH) == name_of(Statements(company_index), MARCH) == NAME


def test_its_name_leads_back_to_it(company_naming: Naming) -> None:
    assert company_naming.resolve(NAME) == company_naming.resolve(NAME, [v.Deployment]) == MARCH


def test_of_a_model_that_was_put_there_twice_a_table_tells_the_deployments_apart(
    company_index: ReadIndex, company_naming: Naming
) -> None:
    names = called(company_index, [JANUARY, ROLLBACK])
    assert names == {
        each.value: f"scorer@1 at {ADDRESS}@{each.value.rpartition('/')[2][:8]}" for each in (JANUARY, ROLLBACK)
    }
    assert [company_naming.resolve(name) for name in names.values()] == [JANUARY, ROLLBACK]
    with pytest.raises(AmbiguousName, match="fits 2 things") as raised:
        company_naming.resolve(f"scorer@1 at {ADDRESS}")
    assert all(line.startswith(f"scorer@1 at {ADDRESS}  deployment/score-") for line in raised.value.candidates)
    with pytest.raises(AmbiguousName, match="fits 5 things"):
        company_naming.resolve(f"scorer at {ADDRESS}")


@pytest.mark.parametrize("text", ["nothing", "scorer@5", f"raw-scorer at {ADDRESS}"])
def test_deployments_without_a_title_are_listed_where_one_is_asked_for(company_naming: Naming, text: str) -> None:
    with pytest.raises(UnknownThing) as raised:
        company_naming.resolve(text, [v.Deployment])
    assert "there is none" not in str(raised.value)
    assert NAME in str(raised.value)


def test_things_without_a_name_are_told_by_all_of_their_key_unless_it_is_a_digest(company_index: ReadIndex) -> None:
    for name in ("environment/scoring-2026-01", "environment/scoring-2026-04"):
        assert impact(company_index, company.thing(name)).asked.label == name
        assert Naming(company_index).resolve(name) == company.thing(name)
    digest = company.thing(f"environment/{'1a' * 32}")
    assert upstream(company_index, digest).nodes[digest.value].label == "environment/1a1a1a1a1a1a…"
