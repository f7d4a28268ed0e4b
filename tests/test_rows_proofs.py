"""Some rows of a table are shown to be its own by a proof, its digest and nothing else; any others are not."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import provkg
from provkg.capture.columnar import slices, table
from provkg.capture.digests import digest
from provkg.errors import BadParameter, BadProof

ROWS = 100_000
GROUP = 8192
WHOLE = pd.DataFrame({"x": np.arange(ROWS), "text": [f"row {n}" for n in range(ROWS)]})


@pytest.mark.parametrize(("start", "stop"), [(0, GROUP), (GROUP, 5 * GROUP), (12 * GROUP, ROWS), (0, ROWS)])
def test_a_run_of_rows_is_shown_to_be_of_the_table(start: int, stop: int) -> None:
    proof = provkg.prove_rows(WHOLE, start, stop)
    expected = digest(WHOLE).sha256
    assert provkg.check_rows(proof, WHOLE.iloc[start:stop]) == expected
    assert provkg.check_rows(proof, pl.from_pandas(WHOLE)[start:stop]) == expected, "whoever holds the rows"
    assert len(json.loads(proof)["path"]) <= 8


def changed(rows: pd.DataFrame) -> pd.DataFrame:
    other = rows.copy()
    other["x"] = other["x"].where(other.index != other.index[3], -1)
    return other


OTHERS: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "one cell": changed,
    "other order": lambda rows: rows.iloc[::-1].set_axis(rows.index),
    "the run before": lambda rows: WHOLE.iloc[: len(rows)].set_axis(rows.index),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_other_rows_give_another_digest(other: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    proof = provkg.prove_rows(WHOLE, 2 * GROUP, 4 * GROUP)
    rows = WHOLE.iloc[2 * GROUP : 4 * GROUP]
    assert provkg.check_rows(proof, rows) == digest(WHOLE).sha256
    assert provkg.check_rows(proof, other(rows)) != digest(WHOLE).sha256


@pytest.mark.parametrize(
    "rows",
    [WHOLE.iloc[:5], WHOLE.iloc[:GROUP, :1], WHOLE.iloc[:GROUP].astype({"x": "int32"}), WHOLE.iloc[1 : GROUP + 1]],
)
def test_rows_of_another_form_are_refused(rows: pd.DataFrame) -> None:
    with pytest.raises(BadProof, match="the proof is of rows 0 to 8,192 of a table, and these cannot be they"):
        provkg.check_rows(provkg.prove_rows(WHOLE, 0, GROUP), rows)


@pytest.mark.parametrize(("start", "stop"), [(1, GROUP), (0, GROUP + 1), (0, 0), (-GROUP, GROUP), (0, ROWS + 1)])
def test_a_run_that_does_not_begin_and_end_with_groups_is_refused(start: int, stop: int) -> None:
    with pytest.raises(BadParameter, match="begin at a multiple of 8,192 and end at one, or with the table"):
        provkg.prove_rows(WHOLE, start, stop)


def damaged(key: str, value: Any) -> str:
    return json.dumps(json.loads(provkg.prove_rows(WHOLE, 0, GROUP)) | {key: value})


PATH = json.loads(provkg.prove_rows(WHOLE, 0, GROUP))["path"]


@pytest.mark.parametrize(
    "proof",
    [
        "", "[]", "{}", "null", damaged("format", "provkg-rows-2"), damaged("rows", [0]),
        damaged("rows", ["0", "8192"]),
        damaged("rows", [0.0, 8192.0]), damaged("path", ["00"]), damaged("path", "xx"), damaged("head", []),
        damaged("path", PATH[:-1]), damaged("path", [*PATH, PATH[0]]), damaged("rows", [GROUP, 2 * GROUP + 1]),
        damaged("rows", [0, 2 * GROUP]), damaged("head", {"rows": "many"}),
    ],
)  # fmt: skip
def test_what_is_no_proof_is_refused(proof: str) -> None:
    with pytest.raises(BadProof):
        provkg.check_rows(proof, WHOLE.iloc[:GROUP])


def naive_root(leaves: list[bytes]) -> bytes:
    """Return MTH of RFC 6962, section 2.1, over leaf hashes."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.integers(1, 60), data=st.data())
def test_any_run_is_shown_and_the_root_is_that_of_the_definition(
    monkeypatch: pytest.MonkeyPatch, rows: int, data: st.DataObject
) -> None:
    monkeypatch.setattr(table, "GROUP_ROWS", 4)
    monkeypatch.setattr(slices, "GROUP_ROWS", 4)
    groups = -(-rows // 4)
    first = data.draw(st.integers(0, groups - 1))
    last = data.draw(st.integers(first + 1, groups))
    whole = pl.DataFrame({"x": list(range(rows)), "y": [str(n) for n in range(rows)]})
    start, stop = 4 * first, min(4 * last, rows)
    found = provkg.check_rows(provkg.prove_rows(whole, start, stop), whole[start:stop])
    held = table.logical_table(whole, lambda _: b"")
    root = naive_root([sha256(b"\0" + held.group(at)).digest() for at in range(0, rows, 4)])
    assert found == sha256(b"table-2\0F%d\0" % len(held.head) + held.head + root).hexdigest()
    assert found == digest(whole).sha256
