"""Watched frames of polars: they stay polars' own, give the same results, and know where every cell came from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import provkg
from provkg.capture.watching import polars_frames
from provkg.capture.watching.tracing import inputs_of_cell
from tests.recording import recording
from tests.test_watch_truth import TOKEN, tokens

ROWS: Final = 9
Operation = Callable[[pl.DataFrame, int], pl.DataFrame]


def told(dataset: str, columns: str, rows: int) -> pl.DataFrame:
    """Return a table in which every cell says where it is; some are missing."""
    cells = {
        name: [None if row % (5 + place) == 3 else f"<{dataset},{name},{row}>" for row in range(rows)]
        for place, name in enumerate(columns)
    }
    return pl.DataFrame({**cells, "k": [row * 7 % 4 for row in range(rows)]})


FIRST: Final = told("first", "abc", ROWS)
SECOND: Final = told("second", "de", 5)
INPUT: Final[list[provkg.Data]] = []


def one(frame: pl.DataFrame, n: int) -> str:
    names = [name for name in frame.columns if frame[name].dtype == pl.String]
    return names[n % len(names)]


OPERATIONS: Final[dict[str, Operation]] = {
    "filter": lambda f, n: f.filter(pl.col("k") != n % 4),
    "filter all": lambda f, n: f.filter(pl.all().is_not_null().any() if n % 2 else pl.lit(value=True)),
    "filter two": lambda f, n: f.filter(pl.col("k") != n % 4, pl.col("k") < 3),
    "filter named": lambda f, n: f.filter(k=n % 4),
    "drop_nulls": lambda f, n: f.drop_nulls(one(f, n)) if n % 2 else f.drop_nulls(),
    "sort": lambda f, n: f.sort("k", descending=n % 2 == 0, maintain_order=True),
    "sort by two": lambda f, n: f.sort(one(f, n), pl.col("k")),
    "unique": lambda f, n: f.unique(subset="k" if n % 2 else None, keep="first", maintain_order=True),
    "head": lambda f, n: f.head(4 + n % 3),
    "slice": lambda f, n: f[n % 3 :],
    "sample": lambda f, n: f.sample(fraction=0.8, seed=n),
    "reverse": lambda f, _n: f.reverse(),
    "join columns": lambda f, n: f.with_columns((pl.col(one(f, n)) + pl.col(one(f, n + 1))).alias(f"new{n}")),
    "upper": lambda f, n: f.with_columns(**{f"upper{n}": pl.col(one(f, n)).str.to_uppercase()}),
    "all": lambda f, _n: f.with_columns(pl.col(pl.String).fill_null("none")),
    "fill": lambda f, n: f.with_columns(pl.col(one(f, n)).fill_null(pl.col(one(f, n + 1)))),
    "when": lambda f, n: f.with_columns(
        pl.when(pl.col("k") > 1).then(pl.col(one(f, n))).otherwise(pl.col(one(f, n + 1))).alias(one(f, n))
    ),
    "shift": lambda f, n: f.with_columns(pl.col(one(f, n)).shift(1).alias(f"shifted{n}")),
    "turned": lambda f, n: f.with_columns(pl.col(one(f, n)).reverse().alias(one(f, n))),
    "over": lambda f, n: f.with_columns(pl.col(one(f, n)).first().over("k").alias(f"first{n}")),
    "whole": lambda f, n: f.with_columns(pl.col(one(f, n)).str.join("").alias(f"whole{n}")),
    "select": lambda f, n: f.select("k", one(f, n), pl.col(one(f, n + 1)).alias(f"again{n}")),
    "select sorted": lambda f, n: f.select(pl.col("k"), pl.col(one(f, n)).sort()),
    "rename": lambda f, n: f.rename({one(f, n): f"{one(f, n)}'"}),
    "drop": lambda f, n: f.drop(one(f, n)) if f.width > 3 else f,
    "fill_null": lambda f, _n: f.fill_null(strategy="forward"),
    "join": lambda f, _n: f if {"d", "e"} & set(f.columns) or len(f) > 60 else f.join(SECOND, on="k"),
    "left join": lambda f, _n: f if len(f) > 60 or len(f.columns) > 12 else f.join(SECOND, on="k", how="left"),
    "semi join": lambda f, _n: f.join(SECOND, on="k", how="semi"),
    "concat": lambda f, n: pl.concat([f, f.head(n % 3)]),
    "vstack": lambda f, n: f.vstack(f.tail(n % 3)),
    "lazily": lambda f, n: f.lazy().filter(pl.col("k") != n % 4).with_columns(pl.col(one(f, n)).alias("z")).collect(),
    "grouped": lambda f, n: f.group_by("k", maintain_order=True).agg(pl.col(one(f, n)).str.join("")),
    "unpivot": lambda f, n: f.unpivot([one(f, n)], index="k", value_name="cell").drop("variable") if len(f) < 40 else f,
    "index": lambda f, n: f.with_row_index(f"i{n}"),
    "get": lambda f, n: f[["k", one(f, n)]],
}


@pytest.fixture(scope="module", autouse=True)
def _recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with recording(tmp_path_factory.mktemp("polars") / "kg"):
        provkg.configure(strict=True)  # so that what cannot be watched is an error here
        INPUT.append(provkg.dataset("first", FIRST))
        yield
        INPUT.clear()
        polars_frames.unpatch()


def done(frame: pl.DataFrame, steps: list[tuple[str, int]]) -> Any:
    try:
        for name, n in steps:
            frame = OPERATIONS[name](frame, n)
    except (pl.exceptions.PolarsError, ValueError, TypeError) as error:
        return type(error)
    return frame


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# Columns that a join named stay what they are.
@example([("left join", 0), ("left join", 0), ("concat", 1)])
@example([("left join", 0), ("left join", 0), ("vstack", 1)])
@given(st.lists(st.tuples(st.sampled_from(sorted(OPERATIONS)), st.integers(0, 12)), max_size=7))
def test_results_are_the_same_and_every_cell_names_what_is_in_it(steps: list[tuple[str, int]]) -> None:
    expected, frame = done(FIRST, steps), done(provkg.watch(INPUT[0], "cell"), steps)
    if isinstance(expected, type):
        assert frame is expected, "the user's errors are the same"
        return
    assert type(frame) is pl.DataFrame
    assert_frame_equal(frame, expected)
    state = polars_frames.state_of(frame)
    assert state is not None
    names = {"first": "first", "second": "first: other input"}
    for column in frame.columns:
        for row, value in enumerate(frame[column].to_list()):
            truth = {(names[dataset], *rest) for dataset, *rest in tokens(value)}
            sources = inputs_of_cell(state, row, column)
            seen = {(s.dataset, s.column, n) for s in sources for n in (range(ROWS) if s.rows is None else s.rows)}
            assert truth <= seen, f"{column} in row {row} is {value!r}; told were only {sources}"


def test_the_pattern_of_tokens_finds_some() -> None:
    assert TOKEN.findall(FIRST["a"][0])


def test_the_given_frame_is_not_watched_itself() -> None:
    frame = provkg.watch(FIRST, "rows", name="apart")
    assert frame is not FIRST
    assert polars_frames.state_of(FIRST.filter(pl.col("k") > 1)) is None


def test_a_prepared_frame_is_recorded_with_its_operations(tmp_path: Path) -> None:
    with recording(tmp_path / "kg"):
        frame = provkg.watch(FIRST, "cell", name="first").filter(pl.col("a").is_not_null())
        provkg.dataset("prepared", frame.with_columns(x=pl.col("a") + pl.col("b")))
    with provkg.open(tmp_path / "kg") as graph:
        assert not list((tmp_path / "kg" / "rejected").iterdir())
        table = graph.table("prepared")
        assert [each.title for each in table.operations()] == ["filter", "with_columns"]
        assert [(each.row, each.operation and each.operation.number) for each in table.dropped()] == [(3, 1), (8, 1)]
        assert [(each.column, each.rows) for each in table.inputs_of_cell(3, "x")] == [("a", (4,)), ("b", (4,))]


def test_polars_gets_its_own_methods_back() -> None:
    polars_frames.unpatch()
    own = pl.DataFrame.filter
    provkg.watch(FIRST, "rows", name="apart")
    assert pl.DataFrame.filter is not own
    polars_frames.unpatch()
    assert pl.DataFrame.filter is own
