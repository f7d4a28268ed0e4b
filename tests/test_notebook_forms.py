"""Lineages, impacts and answers show themselves in a notebook: short, whole HTML, with nothing taken for markup."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from provkg import vocabulary as v
from provkg.index import ReadIndex
from provkg.lineage import Impact, downstream, impact, upstream
from provkg.lineage.impact_words import MOST_OF_A_KIND
from provkg.lineage.picture import MAX_NODES
from provkg.lineage.table import IN_NOTEBOOKS
from tests import story
from tests.commands import story_graph
from tests.recording import CHECKOUT

READINGS, GRADER = story.thing("dataset-version/apple-readings-2"), story.thing("model-version/apple-grader-2")
NASTY = '<script>alert("x")</script> & <b>'


class Tables(HTMLParser):
    """The cells of the tables in a text, row by row; fails on what is opened and never closed, or is no part of one."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open, f"{self.open} stay open"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in {"p", "b", "table", "thead", "tbody", "tr", "th", "td"}, f"<{tag} {attrs}> is none of ours"
        self.open.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in {"th", "td"}:
            self.tables[-1][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in {"th", "td"}:
            self.tables[-1][-1][-1] += data


def many(number: int, name: str = "copy") -> list[Triple]:
    """Return statements of so many datasets made from the readings."""
    things = [story.thing(f"dataset-version/many-{each}") for each in range(number)]
    said = [(thing, relation, end) for thing in things for relation, end in _of_one(name)]
    return [Triple(*each) for each in said]


def _of_one(name: str) -> list[tuple[NamedNode, NamedNode | Literal]]:
    return [
        (v.rdf_type, v.DatasetVersion),
        (v.dct_title, Literal(name)),
        (v.prov_wasDerivedFrom, READINGS),
        (v.dependsOn, READINGS),
    ]


@pytest.fixture(scope="module")
def told() -> ReadIndex:
    return story.index()


@pytest.fixture(scope="module")
def found(told: ReadIndex) -> Impact:
    return impact(told, READINGS)


def test_an_impact_counts_and_lists_in_tables_what_it_tells_in_the_terminal(found: Impact) -> None:
    shown = found._repr_html_()
    counts, things = Tables(shown).tables
    assert counts[0] == ["kind", "things"]
    assert {kind: int(number) for kind, number in counts[1:]}["model version"] == 4
    assert sum(int(number) for _, number in counts[1:]) == len(found)
    assert things[0] == ["thing", "kind", "live in", "steps", "made by"]
    assert [row[2] for row in things[1:4]] == ["production", "production", ""], "what is live comes first"
    assert "<b>apple-readings@2</b>: " in shown
    surroundings = len(found) - len(things[1:])
    assert f"… and {surroundings} more: .affected has all of them" in shown


def test_of_a_kind_an_impact_lists_some_and_counts_all() -> None:
    with story.index(also=many(30)) as index:
        shown = impact(index, READINGS)._repr_html_()
    counts, things = Tables(shown).tables
    assert ["dataset version", "41"] in counts
    assert sum(row[1] == "dataset version" for row in things) == MOST_OF_A_KIND


def test_an_impact_on_nothing_says_so(told: ReadIndex) -> None:
    nothing = impact(told, story.thing("model-version/apple-grader-3"))
    assert nothing._repr_html_() == "<p>nothing rests on <b>apple-grader@3</b></p>"
    assert repr(nothing) == f"Impact({nothing.asked.iri}: 0 things)"


def test_names_are_text_and_never_markup() -> None:
    with story.index(also=many(1, NASTY)) as index:
        listed = impact(index, READINGS)._repr_html_()
        assert [row[0] for row in Tables(listed).tables[1]].count(NASTY) == 1
        made = story.thing("dataset-version/many-0")
        assert f"<b>{'&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;'}" in impact(index, made)._repr_html_()
        drawn = upstream(index, made)._repr_svg_()
    assert drawn is not None
    assert "<script" not in drawn
    assert "&lt;script&gt;" in drawn
    with story.index(also=many(MAX_NODES + 1, NASTY)) as index:
        table = downstream(index, READINGS)._repr_html_()
    assert table is not None
    assert any(row[1] == NASTY for row in Tables(table).tables[0])


def test_a_lineage_is_drawn_or_where_it_is_too_large_listed(told: ReadIndex) -> None:
    small = upstream(told, GRADER)
    assert (small._repr_svg_() or "").startswith("<svg ")
    assert small._repr_html_() is None, "a notebook would take the table before the picture"
    with story.index(also=many(MAX_NODES + 1)) as index:
        large = downstream(index, READINGS)
        assert large._repr_svg_() is None
        (rows,) = Tables(large._repr_html_() or "").tables
    plain = large.without_surroundings()
    assert len(rows) == 1 + len(plain.roots) + IN_NOTEBOOKS
    left = len(plain) - IN_NOTEBOOKS
    assert f"… and {left:,} more; a depth" in (large._repr_html_() or "")
    assert repr(large) == f"Lineage(down from {READINGS.value}: {len(large):,} things)"


CELLS = (
    "import provkg\nkg = provkg.open('kg')",
    "kg.impact('apple-readings@2')",
    "kg.lineage('apple-grader@2')",
    "kg.ask('models/training-data', model='apple-grader@2')",
)


@pytest.mark.frameworks
@pytest.mark.filterwarnings("ignore::DeprecationWarning:jupyter_client")
@pytest.mark.filterwarnings("ignore::DeprecationWarning:zmq")
def test_in_a_real_notebook_each_has_its_form_and_a_short_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    story_graph(tmp_path / "kg")
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in CELLS])
    nbclient.NotebookClient(book, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    affected, drawn, answer = (shown(cell) for cell in book.cells[1:])
    assert len(Tables(affected["text/html"]).tables) == 2
    assert drawn["image/svg+xml"].startswith("<svg ")
    assert "text/html" not in drawn
    assert "<table" in answer["text/html"]
    assert all(len(each["text/plain"]) < 200 for each in (affected, drawn, answer))


def shown(cell: dict[str, list[dict[str, dict[str, str]]]]) -> dict[str, str]:
    """Return what a cell's last value showed, by its form."""
    (output,) = cell["outputs"]
    return output["data"]
