"""In which columns two data differ is told of what provkg captured and of what somebody described."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, Triple

import provkg
from provkg import vocabulary as v
from provkg.lineage import Difference, difference
from provkg.vocabulary import rdf_type
from tests import story
from tests.recording import recording
from tests.test_difference import changes

Columns = dict[str, list[Any]]

OLD: Columns = {"weight": [1, 2], "colour": [3, 4], "kind": ["a", "b"]}
NEW: Columns = {"weight": [1.5, 2.5], "kind": ["a", "b"], "origin": ["x", "y"]}


def of_dicts(columns: Columns) -> Any:
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def of_pandas(columns: Columns) -> Any:
    return pytest.importorskip("pandas").DataFrame(columns)


def of_polars(columns: Columns) -> Any:
    return pytest.importorskip("polars").DataFrame(columns)


def captured(store: Path, old: Any, new: Any) -> Difference:
    """Return the difference of two versions of data that provkg captured."""
    with recording(store):
        provkg.configure(base="https://example.org/kg/", responsible="team:fruit")
        for version, rows in (("1", old), ("2", new)):
            provkg.dataset("fruit", rows, version=version, source="https://example.org/scale", license="CC0-1.0")
    with provkg.open(store) as graph:
        return graph.difference("fruit@1", "fruit@2")


@pytest.mark.parametrize(
    ("made", "types"),
    [
        (of_dicts, ("int", "float", "str")),
        (of_pandas, ("int64", "float64", None)),
        (of_polars, ("Int64", "Float64", "String")),
    ],
)
def test_columns_of_captured_data_come_go_and_change_their_types(
    tmp_path: Path, made: Callable[[Columns], Any], types: tuple[str, str, str | None]
) -> None:
    found = changes(captured(tmp_path / "kg", made(OLD), made(NEW)), "itself")
    whole, broken, text = types
    assert found["column colour"] == (whole, None)
    assert found["column weight"] == (whole, broken)
    assert found["column origin"][0] is None
    assert text is None or found["column origin"][1] == text
    assert "column kind" not in found


def test_columns_in_another_order_are_told(tmp_path: Path) -> None:
    turned = dict(reversed(OLD.items()))
    found = changes(captured(tmp_path / "kg", of_dicts(OLD), of_dicts(turned)), "itself")
    assert found["order of columns"] == ("weight, colour, kind", "kind, colour, weight")
    assert not any(fact.startswith("column ") for fact in found)


def test_arrays_with_very_many_columns_differ_in_the_form_of_a_row(tmp_path: Path) -> None:
    numpy = pytest.importorskip("numpy")
    small, large = (numpy.zeros((2, *shape)) for shape in ((40, 40), (40, 50)))
    found = changes(captured(tmp_path / "kg", small, large), "itself")
    assert found["schema"] == ("rows of 40 x 40 float64", "rows of 40 x 50 float64")
    assert found["columns"] == ("1600", "2000")


def test_runs_differ_in_the_columns_of_the_parts_that_they_were_trained_on(tmp_path: Path) -> None:
    with recording(tmp_path / "kg"):
        provkg.configure(base="https://example.org/kg/", responsible="team:fruit")
        for version, columns in (("1", OLD), ("2", NEW)):
            rows = of_dicts({name: values * 5 for name, values in columns.items()})
            whole = provkg.dataset("fruit", rows, version=version, source="https://example.org/scale")
            with provkg.splitting(whole, strategy="random", seed=7) as split:
                train, _ = split.parts(train=0.8, test=0.2)
            with provkg.training(f"mean-{version}", data=train) as run:
                run.model("weigher", version.encode())
    with provkg.open(tmp_path / "kg") as graph:
        found = changes(graph.difference("mean-1", "mean-2"), "data")
    assert found["training data: column colour"] == ("int", None)
    assert found["training data: column weight"] == ("int", "float")


# --- what somebody described

ONE, OTHER = (story.thing(f"dataset-version/{name}") for name in ("one", "other"))


def column(data: NamedNode, name: str, kind: str | None) -> list[Triple]:
    feature = story.thing(f"feature/{data.value.rpartition('/')[2]}-{name}")
    typed = [] if kind is None else [Triple(feature, v.featureType, Literal(kind))]
    return [Triple(data, v.hasFeature, feature), Triple(feature, v.featureName, Literal(name)), *typed]


def schema(data: NamedNode, text: str) -> list[Triple]:
    said = story.thing(f"data-schema/{data.value.rpartition('/')[2]}")
    return [Triple(data, v.hasSchema, said), Triple(said, v.dct_description, Literal(text))]


def described(*said: list[Triple]) -> dict[str, tuple[str | None, str | None]]:
    datasets = [Triple(each, rdf_type, v.DatasetVersion) for each in (ONE, OTHER)]
    also = [triple for group in said for triple in group]
    with story.index(
        also=[*datasets, *also, Triple(ONE, v.sha256, Literal("1")), Triple(OTHER, v.sha256, Literal("2"))]
    ) as index:
        return changes(difference(index, ONE, OTHER), "itself")


def test_the_type_of_a_described_column_is_compared() -> None:
    found = described(column(ONE, "age", "int64"), column(OTHER, "age", "float64"))
    assert found["column age"] == ("int64", "float64")


def test_a_column_without_a_type_is_no_other_column() -> None:
    found = described(column(ONE, "age", "int64"), column(OTHER, "age", None), column(OTHER, "sex", None))
    assert "column age" not in found
    assert found["column sex"] == (None, "there")


def test_a_schema_is_compared_with_described_columns() -> None:
    found = described(schema(ONE, '[["age", "int64"], ["sex", "string"]]'), column(OTHER, "age", "int64"))
    assert found["column sex"] == ("string", None)
    assert "column age" not in found


@pytest.mark.parametrize(
    "text",
    [
        '[["age", "int64"], ["pay", "float64"]]',
        '[{"name": "age", "type": "int64"}, {"name": "pay", "type": "float64"}]',
        '{"age": "int64", "pay": "float64"}',
    ],
)
def test_schemas_are_read_in_the_forms_that_people_write(text: str) -> None:
    found = described(schema(ONE, text), schema(OTHER, '[["age", "int64"], ["pay", "float32"]]'))
    assert found["column pay"] == ("float64", "float32")
    assert "column age" not in found


def test_a_schema_that_lists_no_columns_is_compared_by_what_it_says() -> None:
    found = described(schema(ONE, "see the manual"), schema(OTHER, "see page 4 of the manual"))
    assert found["schema"] == ("see the manual", "see page 4 of the manual")


def test_where_the_target_alone_is_described_no_column_is_missed() -> None:
    target = story.thing("feature/other-kind")
    said = [Triple(OTHER, v.targetFeature, target), Triple(target, v.featureName, Literal("kind"))]
    found = described(schema(ONE, '[["age", "int64"]]'), said)
    assert not any(fact.startswith("column ") for fact in found)
