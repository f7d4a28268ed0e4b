"""The pages of series: which there are, how one is drawn, and that a million points come thinned but not bent."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import provkg
from provkg.server.curves import STYLE, WIDTH, Curve, curve_page, curves, list_page, picture
from tests.commands import run as command
from tests.recording import recording
from tests.serving import served

LOSS = "https://w3id.org/provkg#MetricKind-loss"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    store = tmp_path_factory.mktemp("curves") / "kg"
    with recording(store):
        data = provkg.dataset("digits", [[0, 1]], source="https://example.org/digits")
        with provkg.training("a <b> & c", data=data) as training:
            for step in range(3000):
                training.metric("loss", 1 / (step + 1), step=step)
                training.metric("val_loss", 2 / (step + 1), step=step)
    assert command("sync", "--store", store).exit_code == 0
    with served(store) as client:
        yield client


def test_the_series_of_a_graph_are_listed_with_a_way_to_each(client: httpx.Client) -> None:
    page = client.get("/curves")
    assert page.status_code == 200
    assert "a &lt;b&gt; &amp; c" in page.text
    (link,) = re.findall(r'href="(/curves/one\?[^"]*)">loss<', page.text)
    shown = client.get(unescape(link))
    assert shown.status_code == 200
    assert len(re.findall("<polyline", shown.text)) == 2, "train and validation"
    assert "3,000" in shown.text
    assert 'href="/curves"' in client.get("/").text


def test_a_page_says_what_a_reader_who_cannot_see_the_picture_needs(client: httpx.Client) -> None:
    text = client.get("/curves/one", params={"run": "a <b> & c", "metric": LOSS}).text
    assert "from 0 to 2999, values from 0.000333333 to 2" in text
    points = unescape(re.findall(r'href="(/api/questions/[^"]*)"', text)[0])
    rows = client.get(points, headers={"Accept": "text/csv"}).text.splitlines()
    assert len(rows) == 6001, "all points and their titles"


def test_pages_need_nothing_from_elsewhere_and_no_style_within(client: httpx.Client) -> None:
    for path in ("/curves", "/curves/one?" + urlencode({"run": "a <b> & c", "metric": LOSS})):
        answer = client.get(path)
        assert answer.headers["Content-Security-Policy"] == "default-src 'self'"
        assert not re.search(
            r"style=|<style|<script|https?://(?!w3id)", answer.text.replace("&amp;", "&").split("<p")[0]
        )
    assert client.get("/curves/style.css").headers["content-type"].startswith("text/css")


@pytest.mark.parametrize(
    ("query", "status"), [("", 400), ("run=nothing&metric=loss", 404), ("run=a+%3Cb%3E+%26+c&metric=none", 404)]
)
def test_what_is_not_there_is_said_in_a_sentence(client: httpx.Client, query: str, status: int) -> None:
    answer = client.get(f"/curves/one?{query}")
    assert answer.status_code == status
    assert len(answer.text.splitlines()) == 1 or "did you mean" in answer.text


def test_a_metric_without_points_has_a_page(client: httpx.Client) -> None:
    metric = "https://w3id.org/provkg#MetricKind-f1"
    assert "no points" in client.get("/curves/one", params={"run": "a <b> & c", "metric": metric}).text


def test_a_graph_without_series_says_so() -> None:
    assert "No run of this graph has a series yet" in list_page("kg", [])


FLOATS = st.floats(allow_nan=True, allow_infinity=True, width=32)


@given(st.lists(FLOATS, max_size=5000), st.integers(1, 60))
def test_a_thinned_curve_keeps_its_ends_and_its_extremes(values: list[float], columns: int) -> None:
    curve = Curve()
    for at, value in enumerate(values):
        curve.add(at, value)
    kept, finite = list(curve.thinned(columns)), curve.finite
    assert len(kept) <= 4 * columns
    assert set(kept) <= set(finite)
    if finite:
        assert (kept[0], kept[-1]) == (finite[0], finite[-1])
        assert {min(value for _, value in kept), max(value for _, value in kept)} == {
            min(value for _, value in finite),
            max(value for _, value in finite),
        }
    assert [at for at, _ in kept] == sorted(at for at, _ in kept)


@given(st.lists(st.tuples(st.integers(0, 9), FLOATS), max_size=50))
def test_every_curve_can_be_drawn(points: list[tuple[int, float]]) -> None:
    text = "role,at,value\r\n" + "".join(f"r,{at},{_written(value)}\r\n" for at, value in points)
    found = curves(io.BytesIO(text.encode()))
    page = curve_page("run", LOSS, found)
    assert "nan" not in picture(found)
    places = [float(n) for line in re.findall(r'points="([^"]*)"', page) for n in re.split("[ ,]", line) if n]
    assert all(0 <= place <= WIDTH for place in places)


def _written(value: float) -> str:
    return "NaN" if math.isnan(value) else str(value).replace("inf", "INF")


def test_colours_are_there_for_light_and_for_dark() -> None:
    for number in range(6):
        assert STYLE.count(f"--c{number}:") == 2
