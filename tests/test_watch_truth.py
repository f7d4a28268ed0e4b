"""What is told of watched frames is true: compared with cells that carry where they come from all the way."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import provkg
from provkg import watched
from provkg.capture.watching.pandas_frames import WatchedFrame, quiet_state
from provkg.capture.watching.side_file import decoded, encoded
from provkg.capture.watching.states import State
from provkg.capture.watching.tracing import inputs_of_cell
from tests.recording import recording

Frame = Any
Operation = Callable[[Frame, int], Frame]
TOKEN: Final = re.compile(r"<(\w+),(\w+),(\d+)>")


def told(dataset: str, columns: str, rows: int) -> pd.DataFrame:
    """Return a table in which every cell says where it is; `k` is a key that repeats, and some cells are missing."""
    frame = pd.DataFrame({name: [f"<{dataset},{name},{row}>" for row in range(rows)] for name in columns})
    frame["k"] = [row * 7 % 4 for row in range(rows)]
    for place, name in enumerate(columns):
        frame.loc[frame.index % (5 + place) == 3, name] = None
    return frame


ROWS: Final = 9
FIRST: Final = told("first", "abc", ROWS)
INPUT: Final[list[provkg.Data]] = []
SECOND: Final = told("second", "de", 5)


def text(frame: Frame) -> list[str]:
    return [name for name in frame.columns if name != "k" and str(frame.dtypes[name]) in {"object", "str"}]


def one(frame: Frame, n: int) -> str | None:
    names = text(frame)
    return str(names[n % len(names)]) if names else None


def on_text(act: Callable[[Frame, str, int], Frame]) -> Operation:
    def operation(frame: Frame, n: int) -> Frame:
        name = one(frame, n)
        return frame if name is None else act(frame, name, n)

    operation.__name__ = getattr(act, "__name__", "operation")
    return operation


def in_place(act: Callable[[Frame, str, int], Any]) -> Operation:
    def operation(frame: Frame, n: int) -> Frame:
        name = one(frame, n)
        if name is not None:
            act(frame, name, n)
        return frame

    return operation


def set_column(frame: Frame, name: str, n: int) -> None:
    frame[f"new{n}"] = frame[name] + frame[one(frame, n + 1)]


def set_by_map(frame: Frame, name: str, n: int) -> None:
    frame[f"made{n}"] = frame[name].map(lambda value: f"{value}!", na_action="ignore")


def set_by_numpy(frame: Frame, name: str, n: int) -> None:
    frame[f"where{n}"] = np.where(frame["k"] > 1, frame[name], frame[one(frame, n + 1)])


def set_by_values(frame: Frame, name: str, n: int) -> None:
    frame[f"turned{n}"] = frame[name].to_numpy()[::-1]


def set_by_list(frame: Frame, name: str, n: int) -> None:
    frame[f"listed{n}"] = [str(value) for value in frame[name]]


def set_where(frame: Frame, name: str, n: int) -> None:
    frame.loc[frame["k"] == n % 4, name] = "set"


def set_from_column(frame: Frame, name: str, n: int) -> None:
    other = one(frame, n + 1)
    frame.loc[frame["k"] == n % 4, name] = frame[other]


def fill(frame: Frame, name: str, n: int) -> None:
    frame[name] = frame[name].fillna(frame[one(frame, n + 1)])


def fill_whole(frame: Frame, name: str, n: int) -> None:
    frame[name] = frame[name].fillna("".join(sorted(frame[name].dropna())))


def shifted(frame: Frame, name: str, n: int) -> None:
    frame[f"shift{n}"] = frame[name].shift(1)


def sum_of_group(frame: Frame, name: str, n: int) -> None:
    frame[f"of group{n}"] = frame.fillna({name: ""}).groupby("k")[name].transform("sum")


def aligned(frame: Frame, name: str, n: int) -> None:
    if frame.index.is_unique:
        frame[f"aligned{n}"] = frame[name].dropna().sort_values()


def relabelled(frame: Frame, name: str, n: int) -> None:
    frame.index = range(len(frame), 0, -1)


def grouped(frame: Frame, name: str, n: int) -> Frame:
    return frame.fillna({name: ""}).groupby("k")[[name]].sum().reset_index()


def merged(how: str) -> Operation:
    def operation(frame: Frame, n: int) -> Frame:
        return frame if set(frame.columns) & {"d", "e"} or len(frame) > 60 else frame.merge(SECOND, on="k", how=how)

    return operation


def added_below(frame: Frame, n: int) -> Frame:
    return pd.concat([frame, frame.head(n % 3)], ignore_index=n % 2 == 0)


def added_beside(frame: Frame, n: int) -> Frame:
    return pd.concat([frame, frame[text(frame)[:1]].add_suffix(f" beside{n}")], axis=1) if text(frame) else frame


def melted(frame: Frame, n: int) -> Frame:
    few = 0 < len(frame) < 40 and text(frame) and not {"variable", "value"} & set(frame.columns)
    return frame.melt(id_vars="k", value_vars=text(frame)[:3]) if few else frame


def exploded(frame: Frame, name: str, n: int) -> Frame:
    if len(frame) > 40:
        return frame
    frame[f"parts{n}"] = frame[name].map(lambda value: [value, "x"] if isinstance(value, str) else value)
    return frame.explode(f"parts{n}", ignore_index=n % 2 == 0)


OPERATIONS: Final[dict[str, Operation]] = {
    "dropna": on_text(lambda frame, name, _n: frame.dropna(subset=[name])),
    "dropna of all": lambda frame, n: frame.dropna() if n % 3 == 0 else frame.dropna(thresh=len(frame.columns) - 1),
    "mask": lambda frame, n: frame[frame["k"] != n % 4],
    "mask by loc": lambda frame, n: frame.loc[lambda each: each["k"] != n % 4],
    "query": lambda frame, n: frame.query(f"k != {n % 4}"),
    "sort by key": lambda frame, n: frame.sort_values("k", ascending=n % 2 == 0, ignore_index=n % 3 == 0),
    "sort by text": on_text(lambda frame, name, _n: frame.sort_values(name, kind="stable")),
    "sort index": lambda frame, n: frame.sort_index(ascending=n % 2 == 0),
    "sample": lambda frame, n: frame.sample(frac=0.8, random_state=n),
    "deduplicate": lambda frame, n: frame.drop_duplicates("k" if n % 2 else None),
    "head": lambda frame, n: frame.head(5 + n % 3),
    "slice": lambda frame, n: frame[n % 3 :],
    "iloc": lambda frame, n: frame.iloc[[each for each in (2, 0, 1) if each < len(frame)]] if n % 5 == 0 else frame,
    "iloc slice": lambda frame, n: frame.iloc[:: 1 + n % 2],
    "reset": lambda frame, _n: frame.reset_index(drop=True),
    "rename": on_text(lambda frame, name, _n: frame.rename(columns={name: f"{name}'"})),
    "drop column": on_text(lambda frame, name, _n: frame.drop(columns=name) if len(text(frame)) > 2 else frame),
    "reorder": lambda frame, _n: frame[[*reversed(frame.columns)]],
    "copy": lambda frame, _n: frame.copy(),
    "assign": on_text(lambda frame, name, n: frame.assign(**{f"assigned{n}": lambda each: each[name].str.upper()})),
    "upper": in_place(set_by_map),
    "join columns": in_place(set_column),
    "np.where": in_place(set_by_numpy),
    "values": in_place(set_by_values),
    "list": in_place(set_by_list),
    "set where": in_place(set_where),
    "set from column": in_place(set_from_column),
    "fill": in_place(fill),
    "fill whole": in_place(fill_whole),
    "shift": in_place(shifted),
    "group": on_text(grouped),
    "transform": in_place(sum_of_group),
    "aligned": in_place(aligned),
    "labels": in_place(relabelled),
    "merge": merged("inner"),
    "left merge": merged("left"),
    "outer merge": merged("outer"),
    "concat": added_below,
    "concat beside": added_beside,
    "melt": melted,
    "explode": on_text(exploded),
    "ffill": lambda frame, _n: frame.ffill(),
    "drop rows": lambda frame, _n: frame.drop(index=frame.index[:1]) if len(frame) else frame,
    "set_index": lambda frame, _n: frame.set_index("k").reset_index(),
    "in place": in_place(lambda frame, name, _n: frame.dropna(subset=[name], inplace=True)),
    "sort in place": in_place(lambda frame, name, _n: frame.sort_values(name, inplace=True)),
    "pop": in_place(lambda frame, name, _n: frame.pop(name) if len(text(frame)) > 2 else None),
    "insert": in_place(lambda frame, name, n: frame.insert(0, f"inserted{n}.{len(frame.columns)}", frame[name])),
    "attribute": lambda frame, _n: frame.where(frame.notna(), "none"),
    "apply rows": on_text(
        lambda frame, name, n: frame.assign(**{f"applied{n}": frame.apply(lambda row: f"{row[name]}", axis=1)})
        if len(frame)
        else frame
    ),
    "dummies": lambda frame, n: pd.get_dummies(frame, columns=["k"], prefix=f"k{n}").assign(k=frame["k"]),
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    # Once, as its record is the same each time.
    with recording(tmp_path_factory.mktemp("watched") / "kg"):
        provkg.configure(strict=True)  # so that what cannot be watched is an error here
        INPUT.append(provkg.dataset("first", FIRST))
        yield
        INPUT.clear()


def done(frame: Frame, steps: list[tuple[str, int]]) -> Frame:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pd.errors.PerformanceWarning)
        warnings.simplefilter("ignore", DeprecationWarning)  # pandas means to take `inplace` away
        for name, n in steps:
            if frame.columns.is_unique:
                frame = OPERATIONS[name](frame, n)
    return frame


def tokens(value: object) -> set[tuple[str, str, int]]:
    found = TOKEN.findall(str(value).lower())
    return {(dataset, column, int(row)) for dataset, column, row in found}


def outcome(frame: Frame, steps: list[tuple[str, int]]) -> Frame | type[Exception]:
    """Return what becomes of a frame, or the kind of error that pandas raises on the way."""
    try:
        return done(frame, steps)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        return type(error)


def checked(frame: Frame, state: State) -> None:
    names = {"first": "first", "second": "first: other input"}
    for place, column in enumerate(frame.columns):
        for row in range(len(frame)):
            truth = {(names[dataset], *rest) for dataset, *rest in tokens(frame.iloc[row, place])}
            told = inputs_of_cell(state, row, str(column))
            seen = {
                (each.dataset, each.column, number)
                for each in told
                for number in (range(ROWS) if each.rows is None else each.rows)
            }
            missed = {each for each in truth if tuple(each) not in seen}
            assert not missed, f"{column} in row {row} is {frame.iloc[row, place]!r}; told were only {told}"


ON_ROWS: Final = sorted(
    OPERATIONS.keys()
    & {"dropna", "dropna of all", "mask", "mask by loc", "query", "sort by key", "sort by text", "sort index", "sample"}
    | {"deduplicate", "head", "slice", "iloc", "iloc slice", "reset", "merge", "left merge", "concat", "explode"}
    | {"drop rows", "labels", "in place", "sort in place"}
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(ON_ROWS), st.integers(0, 12)), max_size=8))
def test_a_row_that_is_gone_names_the_operation_after_which_it_was(steps: list[tuple[str, int]]) -> None:
    plain, frame = FIRST.assign(row=range(ROWS)), provkg.watch(FIRST.assign(row=range(ROWS)), "rows", name="rows")
    there: set[int] = set(range(ROWS))
    gone: dict[int, range] = {}
    for step in steps:
        before = len(watched(frame).operations())
        try:
            plain, frame = done(plain, [step]), done(frame, [step])
        except (ValueError, KeyError, TypeError, IndexError):
            break
        now = set(plain["row"].dropna().astype(int))
        gone |= dict.fromkeys(there - now, range(before + 1, len(watched(frame).operations()) + 1))
        there = now
    told = {each.row: each.operation.number for each in watched(frame).dropped() if each.operation}
    assert told.keys() == gone.keys()
    assert all(told[row] in numbers for row, numbers in gone.items())


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(sorted(OPERATIONS)), st.integers(0, 12)), max_size=9))
def test_results_are_the_same_and_every_cell_names_what_is_in_it(steps: list[tuple[str, int]]) -> None:
    expected = outcome(FIRST.copy(), steps)
    frame = outcome(provkg.watch(INPUT[0], "cell"), steps)
    if isinstance(expected, type):
        assert frame is expected, "the user's errors are the same"
        return
    assert isinstance(frame, WatchedFrame)
    pd.testing.assert_frame_equal(pd.DataFrame(frame), expected)
    state = quiet_state(frame)
    assert state is not None
    checked(expected, state)
    checked(expected, decoded(encoded(state), "the side file"))
