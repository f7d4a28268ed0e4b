"""Who asks about a repository means its commits, and who asks about an endpoint what is deployed at it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from provkg.index import ReadIndex
from provkg.lineage import between, downstream, impact, upstream
from tests import company

REPOSITORY, COMMITS = (
    company.thing("source-repository/scoring"),
    [company.thing(f"source-revision/scoring-{n}") for n in (1, 2)],
)
ENDPOINT, SCORER_5 = company.thing("endpoint/score"), company.thing("model-version/scorer-5")
MAY, SHADOW, MARCH = (company.thing(f"deployment/score-{each}") for each in ("may", "shadow", "march"))


@pytest.fixture(scope="module")
def told() -> Iterator[ReadIndex]:
    with ReadIndex(Path("company"), 1, company.store(company.stated()), -1) as index:
        yield index


def things(index: ReadIndex, thing: NamedNode) -> set[str]:
    return {node.iri for node in downstream(index, thing)}


def test_on_a_repository_rests_what_rests_on_any_of_its_commits(told: ReadIndex) -> None:
    each = [things(told, commit) for commit in COMMITS]
    assert all(each)
    everything = set.union(*each) | {commit.value for commit in COMMITS}
    assert things(told, REPOSITORY) == everything
    found = impact(told, REPOSITORY)
    assert len(found) == len(everything)
    assert found.asked.label == "https://code.harbour.example/scoring"
    assert MAY.value in {one.node.iri for one in found.live}
    way = [step.target for step in found.path(SCORER_5.value)]
    assert way == [COMMITS[0].value, REPOSITORY.value]


@pytest.mark.parametrize(
    "name", ["data-source/core-banking", "environment/scoring-2026-01", "source-revision/scoring-1"]
)
def test_on_a_source_an_environment_and_a_commit_things_rest(told: ReadIndex, name: str) -> None:
    assert SCORER_5.value in things(told, company.thing(name))


def test_a_package_is_what_models_rest_on(told: ReadIndex) -> None:
    assert SCORER_5.value in things(told, NamedNode("pkg:pypi/scikit-learn@1.5.2"))


def test_an_endpoint_leads_to_what_serves_there_and_on_to_its_data(told: ReadIndex) -> None:
    lineage = upstream(told, ENDPOINT)
    first = {step.target: step.relation for step in lineage.next_to(ENDPOINT.value)}
    assert first == {MAY.value: "servedBy", SHADOW.value: "servedBy"}
    assert company.thing("model-version/scorer-15").value in lineage.nodes
    assert SCORER_5.value not in lineage.nodes, "which serves no longer"
    march = upstream(told, ENDPOINT, at=datetime(2026, 3, 15, tzinfo=UTC))
    assert [step.target for step in march.next_to(ENDPOINT.value)] == [MARCH.value]
    assert MARCH.value in things(told, ENDPOINT)
    assert {each.node.iri for each in impact(told, ENDPOINT).live} >= {MAY.value, SHADOW.value}


@pytest.mark.parametrize("turned", [False, True])
def test_the_way_to_a_repository_leads_through_its_commit(told: ReadIndex, turned: bool) -> None:
    ends = (REPOSITORY, SCORER_5) if turned else (SCORER_5, REPOSITORY)
    shortest = next(between(told, *ends).paths())
    assert [step.target for step in shortest] == [COMMITS[0].value, REPOSITORY.value]
    assert "within 1 step: scorer@5 rests on https://code.harbour.example/scoring in 2." in str(
        between(told, *ends, depth=1)
    )


def test_a_repository_that_nobody_used_leads_nowhere(told: ReadIndex) -> None:
    assert not things(told, company.thing("source-repository/unheard-of"))
