"""A watched frame of pandas behaves as one that is not: the same results, the same errors, whatever people do."""

from __future__ import annotations

import copy
import io
import operator
import pickle
import warnings
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
import pandas as pd
import pytest

import provkg
from provkg.capture.watching.pandas_frames import WatchedFrame
from tests.recording import recording

BASE: Final = pd.DataFrame(
    {
        "a": [3.0, 1.0, np.nan, 2.0, 5.0, 4.0],
        "b": [1, 2, 3, 4, 5, 6],
        "s": ["x-1", "y-2", "x-3", None, "z-5", "y-6"],
        "g": ["u", "v", "u", "v", "w", "u"],
        "d": pd.date_range("2024-01-01", periods=6),
    }
)
OTHER: Final = pd.DataFrame({"g": ["u", "v", "q"], "m": [10, 20, 30]})
setx = operator.setitem


def inpl(act: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return an operation that changes its frame in place."""

    def operation(frame: Any) -> Any:
        act(frame)
        return frame

    return operation


OPERATIONS: Final[dict[str, Callable[[Any], Any]]] = {
    "pivot_table": lambda f: f.pivot_table(index="g", values="a", aggfunc="mean"),
    "pivot": lambda f: f.pivot(index="b", columns="g", values="a"),
    "stack": lambda f: f[["a", "b"]].stack(),
    "unstack": lambda f: f.set_index(["g", "b"])["a"].unstack(),
    "T": lambda f: f[["a", "b"]].T,
    "crosstab": lambda f: pd.crosstab(f["g"], f["b"]),
    "cut": inpl(lambda f: setx(f, "c", pd.cut(f["a"], 3))),
    "qcut": inpl(lambda f: setx(f, "c", pd.qcut(f["b"], 3, labels=False))),
    "to_datetime": inpl(lambda f: setx(f, "c", pd.to_datetime(f["d"].astype(str)))),
    "split": inpl(lambda f: setx(f, ["p", "q"], f["s"].str.split("-", expand=True))),
    "dt": inpl(lambda f: setx(f, "y", f["d"].dt.year + f["b"])),
    "resample": lambda f: f.resample("2D", on="d")[["a"]].sum(),
    "rolling": lambda f: f[["a", "b"]].rolling(2).mean(),
    "rolling col": inpl(lambda f: setx(f, "r", f["a"].rolling(2).mean())),
    "apply0": lambda f: f[["a", "b"]].apply(lambda c: c - c.mean()),
    "apply1": lambda f: f.apply(lambda r: pd.Series({"z": r["b"] * 2}), axis=1),
    "agg": lambda f: f[["a", "b"]].agg(["mean", "max"]),
    "agg dict": lambda f: f.groupby("g").agg({"a": "mean", "b": ["min", "max"]}),
    "named agg": lambda f: f.groupby("g", as_index=False).agg(total=("a", "sum"), n=("b", "count")),
    "groupby apply": lambda f: f.groupby("g")[["a", "b"]].apply(lambda x: x.head(1)),
    "groupby size": lambda f: f.groupby("g").size(),
    "groupby head": lambda f: f.groupby("g").head(1),
    "groupby iter": lambda f: pd.concat([x.assign(k=i) for i, (n, x) in enumerate(f.groupby("g"))]),
    "groupby filter": lambda f: f.groupby("g").filter(lambda x: len(x) > 1),
    "groupby cumsum": inpl(lambda f: setx(f, "cs", f.groupby("g")["b"].cumsum())),
    "groupby attr": lambda f: f.groupby("g").b.sum(),
    "groupby get": lambda f: f.groupby("g").get_group("u"),
    "groupby two": lambda f: f.groupby(["g", "b"]).sum(numeric_only=True),
    "describe": lambda f: f.describe(),
    "value_counts": lambda f: f["g"].value_counts(),
    "frame value_counts": lambda f: f[["g"]].value_counts(),
    "nlargest": lambda f: f.nlargest(2, "b"),
    "eval": lambda f: f.eval("z = b * 2"),
    "eval two": lambda f: f.eval("z = b * 2\ny = z + b"),
    "query at": lambda f: (lambda lim: f.query("b > @lim"))(3),  # noqa: ARG005 - pandas looks for it
    "mask df": lambda f: f[["a", "b"]][f[["a", "b"]] > 2],
    "update": inpl(lambda f: f.update(pd.DataFrame({"a": [9.0, 8.0]}))),
    "combine_first": lambda f: f.combine_first(pd.DataFrame({"a": [1.0] * 8})),
    "join": lambda f: f.join(OTHER.set_index("g"), on="g"),
    "join list": lambda f: f[["a"]].join([f[["b"]], f[["g"]]]),
    "merge suffix": lambda f: f.merge(f[["g", "b"]], on="g", suffixes=("", "_2")),
    "merge self": lambda f: f.merge(f, on="b"),
    "merge index": lambda f: f.merge(OTHER, left_on="g", right_on="g", how="outer", indicator=True),
    "merge cross": lambda f: f.merge(OTHER, how="cross"),
    "right merge": lambda f: OTHER.merge(f, on="g"),
    "merge function": lambda f: pd.merge(OTHER, f, on="g"),
    "merge_asof": lambda f: pd.merge_asof(f.sort_values("b"), pd.DataFrame({"b": [1, 3], "w": [1, 2]}), on="b"),
    "merge series": lambda f: f.merge(f["b"].rename("bb"), left_index=True, right_index=True),
    "deepcopy": lambda f: copy.deepcopy(f),
    "copy": lambda f: copy.copy(f),
    "pickle": lambda f: pickle.loads(pickle.dumps(f)),  # noqa: S301 - made here
    "csv": lambda f: pd.read_csv(io.StringIO(f.to_csv(index=False))),
    "multiindex columns": lambda f: (
        pd.concat({"k": f[["a", "b"]], "l": f[["a"]]}, axis=1).dropna().sort_values(("k", "a"))
    ),
    "dup columns": lambda f: pd.concat([f, f], axis=1).dropna().head(2),
    "int columns": lambda f: pd.DataFrame(f[["a", "b"]].to_numpy()).dropna(),
    "int columns watched": lambda f: f[["a", "b"]].set_axis([0, 1], axis=1).dropna().sort_values(1),
    "empty": lambda f: f[f["b"] > 99].sort_values("a").merge(OTHER, on="g").groupby("g").sum(),
    "category": inpl(lambda f: setx(f, "g", f["g"].astype("category"))),
    "category groupby": lambda f: (
        f.assign(g=f["g"].astype("category")).groupby("g", observed=False).sum(numeric_only=True)
    ),
    "enlarge": inpl(lambda f: f.loc.__setitem__(99, [1.0, 1, "n", "u", pd.NaT])),
    "at": inpl(lambda f: f.at.__setitem__((0, "a"), 7.0)),
    "iat": inpl(lambda f: f.iat.__setitem__((0, 1), 7)),
    "iloc set": inpl(lambda f: f.iloc.__setitem__((slice(0, 2), 0), 0.0)),
    "loc slice set": inpl(lambda f: f.loc.__setitem__((slice(1, 3), ["a", "b"]), 0)),
    "del": inpl(lambda f: f.__delitem__("s")),
    "attr set": inpl(lambda f: setattr(f, "b", f.b * 2)),
    "columns set": inpl(lambda f: setattr(f, "columns", list("vwxyz"))),
    "index set": inpl(lambda f: setattr(f, "index", list("uvwxyz"))),
    "names": lambda f: f.rename_axis("i").reset_index(),
    "explode": lambda f: f.assign(l=f["s"].str.split("-")).explode("l"),
    "wide_to_long": lambda f: pd.wide_to_long(
        f[["a", "b"]].rename(columns={"a": "v1"}).assign(v2=1), "v", i="b", j="t"
    ),
    "iterrows": lambda f: pd.DataFrame([r for _, r in f.iterrows()]),
    "to_dict": lambda f: pd.DataFrame(f.to_dict("records")),
    "isin": lambda f: f[f["g"].isin(["u", "v"]) & ~f["s"].isna()],
    "arith": lambda f: (f[["a", "b"]] * 2 + 1).round(1).clip(0, 5),
    "frame compare": lambda f: f[["a", "b"]] > f[["b", "a"]].to_numpy(),
    "replace": lambda f: f.replace({"g": {"u": "U"}}),
    "select_dtypes": lambda f: f.select_dtypes("number"),
    "filter": lambda f: f.filter(like="a"),
    "transform": lambda f: f[["a", "b"]].transform(np.sqrt),
    "np": lambda f: np.log(f[["b"]]),
    "np concatenate": lambda f: pd.DataFrame(np.concatenate([f[["b"]], f[["b"]]])),
    "pipe": lambda f: f.pipe(lambda x: x.dropna()),
    "xs": lambda f: f.set_index(["g", "b"]).xs("u"),
    "loc scalar": lambda f: f.loc[0],
    "loc list": lambda f: f.loc[[2, 0], ["a", "s"]],
    "iloc neg": lambda f: f.iloc[-2:, 1:3],
    "iloc scalar": lambda f: f.iloc[0],
    "align": lambda f: f[["a"]].align(f[["b"]])[0],
    "interpolate": lambda f: f[["a"]].interpolate(),
    "asfreq": lambda f: f.set_index("d").asfreq("12h"),
    "shift": lambda f: f.shift(1),
    "diff": lambda f: f[["a", "b"]].diff(),
    "corr": lambda f: f[["a", "b"]].corr(),
    "duplicated": lambda f: f[~f.duplicated("g")],
    "sort_index": lambda f: f.sort_index(ascending=False, key=lambda i: -i),
    "sort key": lambda f: f.sort_values("s", key=lambda c: c.str.upper()),
    "take": lambda f: f.take([2, 1]),
    "truncate": lambda f: f.truncate(1, 3),
    "reindex": lambda f: f.reindex([5, 0, 77]),
    "reindex columns": lambda f: f.reindex(columns=["b", "a", "new"]),
    "insert": inpl(lambda f: f.insert(1, "n", f["b"] * 2)),
    "dropna cols": lambda f: f.dropna(axis=1),
    "dropna thresh": lambda f: f.dropna(thresh=5),
    "dropna how": lambda f: f.dropna(how="all"),
    "drop_duplicates all": lambda f: pd.concat([f, f]).drop_duplicates(),
    "ignore index": lambda f: f.sort_values("a", ignore_index=True),
    "case_when": inpl(lambda f: setx(f, "c", f["a"].case_when([(f["b"] > 2, f["b"])]))),
    "where": inpl(lambda f: setx(f, "c", f["a"].where(f["b"] > 2, -1))),
    "concat keys": lambda f: pd.concat([f, f], keys=["p", "q"]),
    "concat series": lambda f: pd.concat([f["a"], f["b"]], axis=1),
    "concat outer": lambda f: pd.concat([f, OTHER]),
    "dummies series": lambda f: pd.get_dummies(f["g"]),
    "dummies drop": lambda f: pd.get_dummies(f, columns=["g"], drop_first=True, dummy_na=True, prefix=["q"]),
    "join dummies": lambda f: f.join(pd.get_dummies(f["g"])),
    "expanding": lambda f: f[["b"]].expanding().sum(),
    "ewm": lambda f: f[["b"]].ewm(2).mean(),
    "map": lambda f: f[["b"]].map(str),
    "compare": lambda f: f[["a"]].compare(f[["a"]].fillna(0)),
    "isetitem": inpl(lambda f: f.isetitem(0, [1] * 6)),
    "set list": inpl(lambda f: setx(f, "l", [str(v) for v in f["s"]])),
    "set frame": inpl(lambda f: setx(f, ["a", "b"], f[["b", "a"]].to_numpy())),
    "rank": inpl(lambda f: setx(f, "rk", f["a"].rank())),
    "swap": lambda f: f.set_index(["g", "b"]).swaplevel().sort_index(),
    "melt": lambda f: f.melt(id_vars=["g"], value_vars=["a", "b"]),
    "melt all": lambda f: f[["a", "b"]].melt(),
    "pd melt": lambda f: pd.melt(f, id_vars="g", value_vars=["b"]),
    "factorize": inpl(lambda f: setx(f, "c", pd.factorize(f["g"])[0])),
    "np select": inpl(lambda f: setx(f, "c", np.select([f["b"] > 3, f["b"] > 1], [f["a"], f["b"]], 0))),
    "sum axis 1": inpl(lambda f: setx(f, "t", f[["a", "b"]].sum(axis=1))),
    "fillna frame mean": lambda f: f.fillna({"a": f["a"].mean()}),
    "fillna means": lambda f: f[["a", "b"]].fillna(f[["a", "b"]].mean()),
    "astype": lambda f: f.astype({"b": "float32"}),
    "attrs": inpl(lambda f: f.attrs.update(k=1)),
    "itertuples": lambda f: pd.DataFrame(list(f.itertuples(index=False))),
    "iter cols": lambda f: pd.DataFrame({c: f[c] for c in f}),
    "from frame": lambda f: pd.DataFrame(f),
    "loc callable": lambda f: f.loc[lambda x: x["b"] > 2, "a"],
    "agg str": lambda f: f["a"].agg("sum"),
    "bool": lambda f: (f["b"] > 0).all(),
    "len": lambda f: len(f) + f.shape[1] + f.size,
    "str repr": lambda f: repr(f).replace("x", "y"),
    "html": lambda f: f.to_html(),
    "info": lambda f: f.info(buf=io.StringIO()),
}


@pytest.fixture(scope="module", autouse=True)
def _recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with recording(tmp_path_factory.mktemp("behaviour") / "kg"):
        provkg.configure(strict=True)  # so that what cannot be watched is an error here
        yield


def outcome(operation: Callable[[Any], Any], frame: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return operation(frame)
        except Exception as error:  # noqa: BLE001 - that of pandas, whichever it is
            return error


@pytest.mark.parametrize("granularity", ["dataset", "column", "cell"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_gives_what_it_gives_unwatched(name: str, granularity: str) -> None:
    expected = outcome(OPERATIONS[name], BASE.copy())
    found = outcome(OPERATIONS[name], provkg.watch(BASE.copy(), granularity, name="base"))
    if isinstance(expected, Exception):
        assert (type(found), str(found)) == (type(expected), str(expected))
    elif isinstance(expected, pd.DataFrame):
        pd.testing.assert_frame_equal(pd.DataFrame(found), expected)
        assert found.attrs == expected.attrs
    elif isinstance(expected, pd.Series):
        pd.testing.assert_series_equal(pd.Series(found), expected)
    else:
        assert found == expected
    if isinstance(found, WatchedFrame):
        table = provkg.watched(found)
        assert len(table.columns) == len(found.columns)
        assert table.rows == len(found)
        assert all(isinstance(table.inputs_of_column(column), list) for column in table.columns)
        assert all(table.inputs_of_cell(0, column) is not None for column in table.columns if table.rows)


def test_what_is_pickled_is_a_frame_of_pandas_own() -> None:
    again = pickle.loads(pickle.dumps(provkg.watch(BASE, "cell", name="base")))  # noqa: S301 - made here
    assert type(again) is pd.DataFrame
    pd.testing.assert_frame_equal(again, BASE)


def test_scikit_learn_takes_a_watched_frame() -> None:
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    frame = provkg.watch(BASE, "cell", name="base")[["b"]]
    scaled = preprocessing.StandardScaler().fit_transform(frame)
    np.testing.assert_array_equal(scaled, preprocessing.StandardScaler().fit_transform(BASE[["b"]]))
    frame["scaled"] = scaled[:, 0]
    (source,) = provkg.watched(frame).inputs_of_column("scaled")
    assert (source.column, source.assumed) == ("b", True), "nobody saw how, only that b was read before"


def test_pandas_gets_its_own_functions_back() -> None:
    from provkg.capture.watching.watch import patch, unpatch

    unpatch()
    try:
        assert not hasattr(pd.concat, "__wrapped__") or pd.concat.__module__.startswith("pandas")
        own = pd.merge
        patch()
        assert pd.merge is not own
        unpatch()
        assert pd.merge is own
    finally:
        patch()
