"""Profiles tell the range of a column and the share of a group; what is none tells nothing."""

from __future__ import annotations

import json
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provkg.answers.profiles import Column, Share


def column(**said: object) -> Column:
    found = Column.of(json.dumps({"age": said}), "age")
    assert found is not None
    return found


BINS = {"edges": [20, 30, 40, 60], "counts": [10, 30, 60]}


def test_a_range_along_the_edges_of_bins_has_an_exact_share() -> None:
    assert column(histogram=BINS).within(20, 40) == Share(40, 100, exact=True)


def test_a_range_that_cuts_a_bin_takes_its_values_for_spread_evenly() -> None:
    assert column(histogram=BINS).within(25, 50) == Share(5 + 30 + 30, 100, exact=False)


def test_counts_of_values_are_exact_wherever_a_range_lies() -> None:
    ages = column(values={"19": 1, "20": 2, "29.5": 3, "30": 4})
    assert ages.within(20, 30) == Share(5, 10)
    assert ages.of_value("30") == Share(4, 10)
    assert ages.of_value("31") == Share(0, 10)


def test_words_have_no_range_but_a_share_each() -> None:
    branches = column(values={"north": 3, "south": 1})
    assert branches.within(0, 1) is None
    assert branches.of_value("north") == Share(3, 4)


def test_the_range_is_what_is_said_else_what_was_counted() -> None:
    assert (column(min=18, max=91, histogram=BINS).least, column(min=18, max=91).greatest) == (18, 91)
    empty_ends = {"edges": [0, 20, 30, 90], "counts": [0, 5, 0]}
    assert (column(histogram=empty_ends).least, column(histogram=empty_ends).greatest) == (20, 30)
    assert (column(values={"4": 1, "9": 2, "12": 0}).least, column(values={"4": 1, "9": 2, "12": 0}).greatest) == (4, 9)
    assert column().least is None


@pytest.mark.parametrize(
    "said",
    [
        {"edges": [20, 30], "counts": [1, 2]},
        {"edges": [30, 20], "counts": [1]},
        {"edges": [20, 30], "counts": [-1]},
        {"edges": [20, "x"], "counts": [1]},
        {"edges": "ab", "counts": [1]},
        [1, 2],
        "text",
        None,
    ],
)
def test_a_histogram_that_is_none_counts_nothing(said: object) -> None:
    assert column(histogram=said).within(20, 30) is None
    assert column(histogram=said).least is None


@pytest.mark.parametrize("text", ["", "no JSON", "[]", "7", '{"age": 7}', '{"weight": {}}', "[" * 100_000])
def test_text_that_tells_nothing_of_the_column_is_no_column(text: str) -> None:
    assert Column.of(text, "age") is None


@given(st.text(max_size=60) | st.recursive(st.none() | st.floats() | st.text(max_size=5), st.lists).map(json.dumps))
def test_no_profile_is_an_accident(text: str) -> None:
    for profile in (text, json.dumps({"age": {"histogram": text, "values": text, "min": text}}), f'{{"age": {text}}}'):
        if found := Column.of(profile, "age"):
            assert found.least is None or isinstance(found.least, float)
            assert found.of_value("x") is None or found.of_value("x")


COUNTS = st.lists(st.integers(0, 1000), min_size=1, max_size=8).filter(any)


@given(COUNTS, st.floats(-5, 15), st.floats(-5, 15))
def test_the_shares_below_and_from_a_cut_on_make_up_the_whole(counts: list[int], low: float, cut: float) -> None:
    said = column(histogram={"edges": list(range(len(counts) + 1)), "counts": counts})
    whole, below, above = said.within(), said.within(below=cut), said.within(least=cut)
    assert whole
    assert below
    assert above
    assert whole == Share(sum(counts), sum(counts))
    assert below.part + above.part == pytest.approx(whole.part)
    within = said.within(low, cut)
    assert within
    assert within.part <= below.part + 1e-9
    assert said.within(inf, inf) == Share(0, sum(counts))
