"""A dataset of Hugging Face has the digest of the table that it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

datasets = pytest.importorskip("datasets")

import provkg  # noqa: E402
from provkg.capture import tables  # noqa: E402 - after the framework
from provkg.capture.columnar.batches import BATCH_ROWS  # noqa: E402
from provkg.capture.columnar.table import GROUP_ROWS  # noqa: E402
from provkg.capture.digests import check_rows, digest, prove_rows  # noqa: E402
from provkg.errors import Unreadable  # noqa: E402
from provkg.records import DatasetVersion  # noqa: E402
from tests.recording import described, recording  # noqa: E402

pytestmark = pytest.mark.frameworks
ROWS = 2 * BATCH_ROWS + 77
TOLD: dict[str, list[Any]] = {
    "whole": list(range(ROWS)),
    "real": [None if n % 7 == 0 else n / 3 for n in range(ROWS)],
    "text": [None if n % 11 == 0 else f"row {n}" for n in range(ROWS)],
    "label": [n % 3 for n in range(ROWS)],
}


def told(**changed: tuple[int, Any]) -> Any:
    columns = {name: [*values] for name, values in TOLD.items()}
    for name, (row, value) in changed.items():
        columns[name][row] = value
    return datasets.Dataset.from_dict(columns)


WHOLE = told()


def test_a_dataset_is_the_table_that_arrow_and_polars_would_hold() -> None:
    assert digest(WHOLE) == digest(pa.table(TOLD)) == digest(pl.DataFrame(TOLD))
    assert digest(WHOLE).form == "table-2"


@pytest.mark.parametrize("row", [0, ROWS // 2, ROWS - 1])
@pytest.mark.parametrize(("column", "value"), [("whole", -1), ("real", 0.5), ("text", "x"), ("label", None)])
def test_one_changed_cell_changes_the_digest(column: str, row: int, value: Any) -> None:
    changed = told(**{column: (row, value)})
    assert digest(changed) == digest(changed.data.table) != digest(WHOLE)


def test_rows_that_were_chosen_are_those_that_count() -> None:
    chosen = WHOLE.select([5, 3, ROWS - 1])
    assert digest(chosen) == digest(pa.table(TOLD).take([5, 3, ROWS - 1]))
    shuffled = WHOLE.shuffle(seed=1)
    assert digest(shuffled) == digest(shuffled.flatten_indices()) != digest(WHOLE)
    assert digest(WHOLE.select([])) == digest(pa.table(TOLD).slice(0, 0))


def test_a_format_for_looking_at_it_changes_nothing() -> None:
    for format_ in ("numpy", "pandas", "arrow"):
        assert digest(WHOLE.with_format(format_, columns=["real"])) == digest(WHOLE)


def test_types_names_and_order_of_columns_count() -> None:
    small = WHOLE.select(range(50))
    others = [
        small.cast_column("whole", datasets.Value("int32")),
        small.rename_column("whole", "Whole"),
        small.select_columns(["real", "whole", "text", "label"]),
        small.remove_columns("text"),
        small.select(range(49)),
    ]
    assert len({digest(each) for each in (small, *others)}) == len(others) + 1


def test_labels_are_categories_with_their_names() -> None:
    def labelled(names: list[str], rows: list[int]) -> Any:
        features = datasets.Features({"label": datasets.ClassLabel(names=names)})
        return datasets.Dataset.from_dict({"label": rows}, features=features)

    found = digest(labelled(["cat", "dog"], [0, 1, 0, -1]))
    held = pd.DataFrame({"label": pd.Categorical(["cat", "dog", "cat", None], categories=["cat", "dog"])})
    assert found == digest(held)
    others = [
        labelled(["dog", "cat"], [0, 1, 0, -1]),
        labelled(["cat", "dog", "emu"], [0, 1, 0, -1]),
        labelled(["cat", "dog"], [0, 1, 0, 1]),
        datasets.Dataset.from_dict({"label": [0, 1, 0, -1]}),
    ]
    assert len({found, *(digest(each) for each in others)}) == len(others) + 1


def test_images_beside_the_table_count_by_their_content(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")

    def pictured(folder: str, shade: int) -> Any:
        (tmp_path / folder).mkdir(exist_ok=True)
        for number in range(3):
            image.new("L", (2, 2), shade if number == 2 else 0).save(tmp_path / folder / f"{number}.png")
        paths = [str(tmp_path / folder / f"{number}.png") for number in range(3)]
        return datasets.Dataset.from_dict({"image": paths}).cast_column("image", datasets.Image())

    found = digest(pictured("here", 1))
    assert found == digest(pictured("there", 1)), "where they lie makes no difference"
    assert found != digest(pictured("there", 2))


def test_files_elsewhere_are_not_fetched() -> None:
    remote = datasets.Dataset.from_dict({"image": [{"bytes": None, "path": "https://example.org/1.png"}]})
    remote = remote.cast_column("image", datasets.Image())
    with pytest.raises(Unreadable, match="column 'image' names files elsewhere"):
        digest(remote)


def test_the_parts_of_a_dataset_count_with_their_names() -> None:
    small = WHOLE.select(range(50))
    parts = datasets.DatasetDict(train=small.select(range(40)), test=small.select(range(40, 50)))
    others = [
        datasets.DatasetDict(train=parts["train"], validation=parts["test"]),
        datasets.DatasetDict(train=parts["train"], test=small.select(range(41, 50))),
    ]
    assert len({digest(each) for each in (parts, *others)}) == 3
    assert (tables.row_count(parts), tables.column_count(parts)) == (50, 4)


def test_rows_of_a_dataset_can_be_proven() -> None:
    rows = WHOLE.select(range(GROUP_ROWS, 2 * GROUP_ROWS))
    proof = prove_rows(WHOLE, GROUP_ROWS, 2 * GROUP_ROWS)
    assert check_rows(proof, rows) == digest(WHOLE).sha256


def test_rows_columns_and_parts_are_known() -> None:
    assert (tables.row_count(WHOLE), tables.column_count(WHOLE)) == (ROWS, 4)
    assert dict(tables.column_types(WHOLE) or ()) == {
        "whole": "int64", "real": "double", "text": "string", "label": "int64",
    }  # fmt: skip
    assert tables.taken(WHOLE, [3, 1])["whole"][:] == [3, 1]
    assert tables.column(WHOLE.with_format("numpy"), "label")[:4] == [0, 1, 2, 0]
    assert tables.guessed_target(WHOLE) == "label"


def test_a_streamed_dataset_is_recorded_as_it_passes(tmp_path: Path) -> None:
    with recording(tmp_path / "kg") as recorded:
        data = provkg.dataset("stream", WHOLE.select(range(4)).to_iterable_dataset())
        assert [row["whole"] for row in data.rows] == [0, 1, 2, 3]
        (said,) = described(recorded.only("dataset"), DatasetVersion)
    assert (said.digest_form, said.record_count) == ("items-1", 4)


def test_the_streamed_parts_of_a_dataset_are_passed_one_by_one(tmp_path: Path) -> None:
    parts = datasets.DatasetDict(train=WHOLE.select(range(4)), test=WHOLE.select(range(4, 6)))
    streamed = datasets.IterableDatasetDict({name: part.to_iterable_dataset() for name, part in parts.items()})
    with recording(tmp_path / "kg") as recorded:
        with pytest.warns(provkg.CaptureWarning, match=r"only as they pass: provkg\.passing"):
            provkg.dataset("parts", streamed)
        for name, part in streamed.items():
            assert len(list(provkg.passing(name, part).rows)) == len(parts[name])
        assert len(recorded.records("dataset")) == 2
