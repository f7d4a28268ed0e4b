"""Answers in the forms that people and programs take them in: each keeps every row, and types where it has them."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet
from pyoxigraph import Literal, NamedNode, QueryResultsFormat, QuerySolutions, parse_query_results
from rdflib.query import Result

from provkg import vocabulary as v
from provkg.errors import BadParameter, MissingExtra, UsageError
from provkg.forms import FORMATS, Row, Sheet, lines, show, typed_columns
from provkg.forms.files import save
from provkg.index import Answer, Stream
from provkg.literals import DATE_TIME, DECIMAL, literal
from provkg.questions import Column
from provkg.reading import Reader
from tests import story

MOMENT = datetime(2026, 3, 10, 8, 0, 0, 250000, UTC)
TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20)
# As spreadsheets begin formulas, and as people begin names.
BEGINNINGS = ("=1+1", "+1", "-1", "@SUM(1)", '=HYPERLINK("http://127.0.0.1")', "#N/A", "plain")


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(story.index())


def answer(*columns: tuple[str, list[Any]], cut: bool = False) -> Answer:
    """Return a table of literals; None is a gap, a term stays what it is."""
    as_terms = [
        [None if x is None else x if isinstance(x, NamedNode | Literal) else literal(x) for x in values]
        for _, values in columns
    ]
    rows = [tuple(row) for row in zip(*as_terms, strict=True)]
    return Answer(kind="table", size=3, columns=tuple(name for name, _ in columns), rows=rows, cut=cut)


MIXED = answer(
    ("text", ["a|b", None]),
    ("count", [3, 4]),
    ("loss", [0.5, None]),
    ("right", [True, False]),
    ("at", [MOMENT, MOMENT]),
    ("thing", [NamedNode("https://example.org/a"), None]),
)


def sheet(of: Answer, *columns: Column) -> Sheet:
    return Sheet(Stream.of(of), columns)


def test_json_lines_keep_numbers_booleans_gaps_and_times_in_utc() -> None:
    first, second = map(json.loads, show(MIXED, "jsonl").splitlines())
    assert first == {
        "text": "a|b",
        "count": 3,
        "loss": 0.5,
        "right": True,
        "at": "2026-03-10T08:00:00.25Z",
        "thing": "https://example.org/a",
    }
    assert (second["loss"], second["text"]) == (None, None)


def test_numbers_that_json_does_not_have_go_by_their_names_in_json_lines() -> None:
    values = [float("nan"), float("inf"), float("-inf")]
    said = [json.loads(line)["x"] for line in show(answer(("x", values)), "jsonl").splitlines()]
    assert said == ["NaN", "INF", "-INF"]


def test_json_says_when_it_is_cut_and_is_as_the_recommendation_has_it_when_not() -> None:
    assert set(json.loads(show(MIXED, "json"))) == {"head", "results"}
    assert json.loads(show(answer(("x", [1]), cut=True), "json"))["cut"] is True


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=4))
def test_other_programs_read_what_is_written_as_json_xml_and_tsv(texts: list[tuple[str, str]]) -> None:
    said = answer(("a", [a for a, _ in texts]), ("b", [b for _, b in texts]))
    for form, kind in (
        ("json", QueryResultsFormat.JSON),
        ("xml", QueryResultsFormat.XML),
        ("tsv", QueryResultsFormat.TSV),
    ):
        # XML 1.0 has no place for most control characters, and this reader of it drops spaces at the ends.
        if form == "xml" and any(text != text.strip() or not text.isprintable() for pair in texts for text in pair):
            continue
        found = parse_query_results(show(said, form), kind)
        assert isinstance(found, QuerySolutions)
        assert [(row["a"].value, row["b"].value) for row in found] == texts


def test_rdflib_reads_the_json() -> None:
    found = Result.parse(io.BytesIO(show(MIXED, "json").encode()), format="json")
    assert len(list(found)) == 2


def test_a_markdown_table_escapes_what_has_a_meaning_and_sets_numbers_flush_right() -> None:
    said = answer(("name", ["a|b", "*x* <b>"]), ("loss", [0.5, 0.25]))
    text = "".join(lines(sheet(said, Column("loss", "double", "s")), "markdown"))
    assert text.splitlines() == [
        "| name | loss \\[s\\] |",
        "| --- | ---: |",
        "| a\\|b | 0.5 |",
        "| \\*x\\* \\<b\\> | 0.25 |",
    ]


class _Cells(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the parser's signature
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@given(TEXT)
def test_no_text_becomes_markup_of_the_page(text: str) -> None:
    harmless, said = _Cells(), _Cells()
    harmless.feed(show(answer(("x", ["plain"])), "html"))
    said.feed(show(answer(("x", [f"<script>{text}</script>"])), "html"))
    assert [tag for tag in said.tags if tag != "span"] == harmless.tags
    assert "<script>" in said.text


def test_a_page_names_the_question_and_sets_numbers_apart(reader: Reader) -> None:
    page = reader.ask("Q2", run="sgd-slow").text("html")
    assert "<caption>How long does an epoch of training take on average?</caption>" in page
    assert '<td class="number">1.5</td>' in page
    assert "<th>mean [s]</th>" in page


@pytest.mark.parametrize("form", ["table", "markdown", "html"])
def test_what_a_terminal_or_page_would_obey_is_shown_as_an_escape(form: str) -> None:
    text = show(answer(("x", ["\x1b[2J \u202egnp.exe"])), form).replace("\\\\", "\\")
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\\x1b" in text
    assert "\\u202e" in text


def test_wide_letters_take_two_places_of_a_table() -> None:
    head, rule, first, second = show(answer(("x", ["模型", "ab"]), ("y", ["1", "2"])), "table").splitlines()
    assert (head, rule) == ("x     y", "----  -")
    assert (first, second) == ("模型  1", "ab    2")


def test_forms_for_people_have_names_and_those_for_programs_whole_iris(reader: Reader) -> None:
    reply = reader.ask("Q11", model="apple-grader@2")
    whole = f"{story.BASE}dataset-version/apples-train-ready"
    for form in ("csv", "tsv", "json", "jsonl", "xml"):
        assert whole in reply.text(form), form
    for form in ("table", "markdown"):
        assert whole not in reply.text(form), form
        assert whole in reply.text(form, iris=True).replace("\\", ""), form


def test_rows_have_columns_as_attributes(reader: Reader) -> None:
    (row,) = reader.ask("Q2", run="sgd-slow")
    assert isinstance(row, Row)
    assert (row.epochs, row.mean, row["title"]) == (3, 1.5, "sgd-slow")
    assert "mean" in dir(row)
    assert repr(row).startswith("Row(run='")
    with pytest.raises(AttributeError, match="did you mean epochs"):
        _ = row.epoch


def test_a_column_called_as_a_method_is_read_by_its_name() -> None:
    row = Row(items=3)
    assert row["items"] == 3
    assert dict(row.items()) == {"items": 3}


def test_frames_have_the_types_of_the_answer(tmp_path: Path) -> None:
    save(Sheet(Stream.of(MIXED)), tmp_path / "a.parquet")
    table = parquet.read_table(tmp_path / "a.parquet")
    assert table.schema.types == [
        pa.string(),
        pa.int64(),
        pa.float64(),
        pa.bool_(),
        pa.timestamp("us", "UTC"),
        pa.string(),
    ]
    assert table.to_pylist()[0]["at"] == MOMENT
    assert table.to_pylist()[1]["loss"] is None


def test_pandas_polars_and_arrow_agree(reader: Reader) -> None:
    reply = reader.query(
        f'SELECT ?n ?x ?b ?t ?s {{ VALUES (?n ?x ?b ?t ?s) {{ (1 0.5e0 true "2026-03-10T08:00:00Z"^^{DATE_TIME} "a") '
        f'(2 UNDEF false "2026-03-10T09:00:00+01:00"^^{DATE_TIME} UNDEF) }} }}'
    )
    frame, other, table = reply.to_pandas(), reply.to_polars(), reply.to_arrow()
    assert [str(each) for each in frame.dtypes[:4]] == ["int64", "float64", "bool", "datetime64[us, UTC]"]
    assert other.dtypes == [pl.Int64, pl.Float64, pl.Boolean, pl.Datetime("us", "UTC"), pl.String]
    assert other.rows() == [tuple(row.values()) for row in table.to_pylist()]
    assert list(frame["t"]) == [datetime(2026, 3, 10, 8, tzinfo=UTC)] * 2
    assert pd.isna(frame["x"][1])
    assert other["x"].to_list() == [0.5, None]


def test_a_column_of_several_types_is_text_and_one_without_values_what_it_was_to_hold(reader: Reader) -> None:
    frame = reader.ask("Q7", model="apple-grader@3").to_polars()
    assert frame["value"].dtype == pl.String, "settings are words and numbers"
    none = reader.ask("Q1", value="12345").to_polars()
    assert len(none) == 0
    assert none.columns == ["model", "name", "version", "run", "title", "value"]


def test_integers_beyond_64_bits_stay_exact_as_text() -> None:
    (column,) = typed_columns(("x",), [(literal(2**70),), (literal(1),)])
    assert (column.type, column.values) == ("string", [str(2**70), "1"])


def test_a_double_column_stays_one_where_all_are_whole_and_decimals_are_numbers() -> None:
    rows = [(literal(1), Literal("0.7", datatype=DECIMAL))]
    mean, ratio = typed_columns(("mean", "ratio"), rows, [Column("mean", "double")])
    assert (mean.type, mean.values, ratio.type, ratio.values) == ("double", [1.0], "double", [0.7])


def test_a_workbook_keeps_types_and_never_runs_a_formula(tmp_path: Path) -> None:
    said = answer(
        ("name", list(BEGINNINGS)),
        ("count", [*range(6), 2**60]),
        ("at", [MOMENT] * 7),
        ("right", [True, None] * 3 + [None]),
        ("loss", [0.5, float("nan")] + [None] * 5),
    )
    save(sheet(said, Column("loss", "double", "s")), tmp_path / "a.xlsx")
    page = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert page is not None
    head, *rows = list(page.iter_rows())
    assert [cell.value for cell in head] == ["name", "count", "at", "right", "loss [s]"]
    assert [row[0].value for row in rows] == list(BEGINNINGS)
    assert {row[0].data_type for row in rows} == {"s"}, "no f for formula, and no e for error"
    assert [rows[0][place].data_type for place in range(5)] == ["s", "n", "d", "b", "n"]
    assert rows[0][2].value == MOMENT.replace(tzinfo=None)
    assert rows[6][1].value == str(2**60), "a spreadsheet would round it"
    assert rows[1][4].value == "NaN"


def test_a_workbook_says_that_it_is_cut_and_a_sheet_that_is_full_is_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(sheet(answer(("x", [1, 2]), cut=True)), tmp_path / "cut.xlsx")
    page = openpyxl.load_workbook(tmp_path / "cut.xlsx").active
    assert page is not None
    assert [row[0].value for row in page.iter_rows()] == ["x", 1, 2, "the first 2 rows; there are more"]
    monkeypatch.setattr("provkg.forms.files.MOST_ROWS", 1)
    with pytest.raises(BadParameter, match="a sheet holds 1 rows"):
        save(sheet(answer(("x", [1, 2]))), tmp_path / "full.xlsx")
    assert [file.name for file in tmp_path.iterdir()] == ["cut.xlsx"], "no part of it is left behind"


def test_a_parquet_file_knows_units_and_whether_it_is_cut(tmp_path: Path) -> None:
    save(sheet(answer(("loss", [0.5]), cut=True), Column("loss", "double", "s")), tmp_path / "a.parquet")
    known = parquet.read_schema(tmp_path / "a.parquet").metadata
    assert (known[b"unit:loss"], known[b"provkg:cut"], known[b"provkg:entries"]) == (b"s", b"true", b"3")


def test_without_the_package_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingExtra, match=r'openpyxl is not installed; run: pip install "provkg\[xlsx\]"'):
        save(sheet(MIXED), tmp_path / "a.xlsx")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtra, match=r'pip install "provkg\[parquet\]"'):
        save(sheet(MIXED), tmp_path / "a.parquet")
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_named_for_its_format_or_the_format_is_said(tmp_path: Path, reader: Reader) -> None:
    reply = reader.ask("Q11", model="apple-grader@2")
    reply.save(tmp_path / "a.csv")
    reply.save(tmp_path / "a.txt", "csv")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "a.txt").read_bytes() == reply.text("csv").encode()
    with pytest.raises(BadParameter, match=r"tells no format; end it in one of \.csv"):
        reply.save(tmp_path / "a.doc")
    with pytest.raises(UsageError, match="there is no folder"):
        reply.save(tmp_path / "none" / "a.csv")


def test_a_notebook_shows_the_first_rows_of_a_long_answer(reader: Reader) -> None:
    long = reader.query("SELECT ?s ?p ?o { ?s ?p ?o }")
    assert len(long) > 200
    assert long._repr_html_().count("<tr>") == 1 + 100 + 1
    assert "the first 100 rows; there are more" in long._repr_html_()


def test_a_stream_gives_rows_as_they_come_and_reads_no_further_than_its_limit() -> None:
    taken = 0

    def rows() -> Iterator[tuple[Literal]]:
        nonlocal taken
        for number in range(1_000_000):
            taken += 1
            yield (literal(number),)

    stream = Stream("table", 0, ("x",), rows(), 2)
    text = "".join(lines(Sheet(stream), "csv"))
    assert list(csv.reader(io.StringIO(text))) == [["x"], ["0"], ["1"]]
    assert (stream.count, stream.cut, taken) == (2, True, 3), "one more shows that there is more"


@pytest.mark.parametrize("form", ["csv", "tsv", "jsonl", "json", "xml", "markdown", "html"])
def test_every_form_but_the_table_is_written_row_by_row(form: str) -> None:
    def rows() -> Iterator[tuple[NamedNode]]:
        while True:
            yield (v.Dataset,)

    written = FORMATS[form](Sheet(Stream("table", 0, ("x",), rows(), None)))
    assert sum(len(next(written)) for _ in range(3000)) > 3000
