"""Python values survive the way through a store, and the text is what the store keeps."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Store

from provkg.literals import INTEGER, Scalar, any_uri, double, json_literal, literal, python_value

SUBJECT, PREDICATE = NamedNode("http://example.org/s"), NamedNode("http://example.org/p")
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1000, 1, 1), datetime(9000, 1, 1), timezones=ZONES)  # noqa: DTZ001 - hypothesis adds the zone
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9)
SCALARS = TEXT | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | DECIMALS | MOMENTS


def stored(term: Literal) -> Literal:
    store = Store()
    store.add(Quad(SUBJECT, PREDICATE, term))
    (quad,) = store
    assert isinstance(quad.object, Literal)
    return quad.object


@given(SCALARS)
def test_a_value_comes_back_as_it_was(value: Scalar) -> None:
    assert python_value(literal(value)) == value


@given(SCALARS)
def test_a_store_keeps_the_text_that_we_write(value: Scalar) -> None:
    assert stored(literal(value)) == literal(value)


def test_a_whole_double_stays_a_double() -> None:
    assert python_value(double(3)) == 3.0
    assert isinstance(python_value(stored(double(3))), float)


def test_numbers_beyond_all_numbers_have_the_names_of_xml_schema() -> None:
    assert [double(value).value for value in (math.inf, -math.inf, math.nan)] == ["INF", "-INF", "NaN"]
    assert math.isnan(float(python_value(double(math.nan))))  # type: ignore[arg-type]


def test_a_time_without_a_zone_is_refused_because_it_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="has no time zone; add one"):
        literal(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point


def test_times_of_one_moment_in_two_zones_are_one_literal() -> None:
    there = datetime(2026, 1, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    assert literal(there) == literal(datetime(2026, 1, 1, 12, tzinfo=UTC))
    assert literal(there).value == "2026-01-01T12:00:00Z"


def test_ratios_add_up_because_decimals_keep_their_digits() -> None:
    ratios = [literal(Decimal(text)) for text in ("0.70", "0.2", "0.1")]
    assert [ratio.value for ratio in ratios] == ["0.7", "0.2", "0.1"]
    assert sum(Decimal(ratio.value) for ratio in ratios) == 1


def test_what_is_no_scalar_is_stated_as_json_text() -> None:
    assert json_literal([64, 32]).value == "[64,32]"
    assert json_literal({"b": 1, "a": None}).value == '{"a":null,"b":1}'


def test_a_broken_literal_comes_back_as_its_text() -> None:
    assert python_value(Literal("many", datatype=INTEGER)) == "many"


def test_a_location_is_an_any_uri() -> None:
    assert any_uri("file:///a").datatype.value.endswith("#anyURI")
