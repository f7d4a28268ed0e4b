"""A watched frame in the graph: operations as runs, columns with origins, a side file that answers about rows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import provkg
from provkg.capture.watching import pandas_assigning, pandas_calls, pandas_choosing, pandas_joining, pandas_reshaping
from provkg.capture.watching.recording import MOST_RUNS
from provkg.errors import Unreadable, UsageError
from provkg.reading import Reader
from tests.recording import recording
from tests.test_watch_pandas import CITIES, PEOPLE, prepared


def kept(store: Path) -> Reader:
    """Take what waits into the graph; nothing of it is refused."""
    graph = provkg.open(store)
    assert not list((store / "rejected").iterdir())
    return graph


def told(graph: Reader, pattern: str) -> list[tuple[Any, ...]]:
    prefixes = "PREFIX pvk: <https://w3id.org/provkg#> PREFIX dct: <http://purl.org/dc/terms/> "
    return [tuple(getattr(each, "value", None) for each in row) for row in graph.query(prefixes + pattern).rows]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    with recording(tmp_path / "kg"):
        provkg.configure(strict=False)
        cities = provkg.dataset("cities", CITIES)
        frame = prepared(provkg.watch(PEOPLE, "cell", name="people"), cities.rows)
        data = provkg.dataset("prepared", frame)
        assert type(data.rows) is pd.DataFrame
        assert data.reference is not None
    return tmp_path / "kg"


def test_each_operation_is_a_run_with_its_table(store: Path) -> None:
    with kept(store) as graph:
        runs = told(
            graph,
            """SELECT ?step ?title ?rows WHERE { ?run a pvk:TransformationRun ; pvk:stepIndex ?step ; dct:title ?title .
            ?table <http://www.w3.org/ns/prov#wasGeneratedBy> ?run ; pvk:recordCount ?rows } ORDER BY ?step""",
        )
    assert runs == [
        ("1", "dropna", "5"),
        ("2", "set years", "5"),
        ("3", "set age", "5"),
        ("4", "set old", "5"),
        ("5", "merge", "4"),
        ("6", "sort_values", "4"),
        ("7", "get_dummies", "4"),
        ("8", "set by loc", "4"),
    ]


def test_columns_made_from_education_are_found_in_the_graph(store: Path) -> None:
    with kept(store) as graph:
        made = told(
            graph,
            """SELECT DISTINCT ?name WHERE { ?origin pvk:featureName "Education" .
            ?made pvk:derivedFromFeature+ ?origin ; pvk:featureName ?name .
            ?prepared pvk:hasFeature ?made ; pvk:versionOf/dct:title "prepared" } ORDER BY ?name""",
        )
    assert [name for (name,) in made] == ["Education_college", "Education_doctorate", "Education_school", "years"]


def test_a_joined_table_that_is_recorded_is_that_record(store: Path) -> None:
    with kept(store) as graph:
        assert graph.table("prepared").inputs == ("people", "cities")


def test_rows_and_cells_are_answered_from_the_side_file(store: Path) -> None:
    with kept(store) as graph:
        table = graph.table("prepared")
        assert [(each.row, each.operation and each.operation.title) for each in table.dropped()] == [
            (2, "dropna"),
            (5, "merge"),
        ]
        (source,) = table.inputs_of_cell(0, "years")
        assert (source.dataset, source.column, source.rows) == ("people", "Education", (4,))
        third = table.operations()[2]
        assert (third.cells_changed, dict(third.missing), third.kind) == (1, {"age": (1, 0)}, "imputation")


def test_a_side_file_that_was_changed_or_lost_is_said(store: Path) -> None:
    (file,) = (store / "tables").glob("*.lineage")
    with kept(store) as graph:
        file.write_bytes(file.read_bytes() + b"x")
        with pytest.raises(Unreadable, match="its digest is another"):
            graph.table("prepared")
        file.unlink()
        with pytest.raises(Unreadable, match="cannot read"):
            graph.table("prepared")
        with pytest.raises(UsageError, match="nobody watched"):
            graph.table("cities")


def test_no_value_of_the_data_is_in_the_side_file(tmp_path: Path) -> None:
    with recording(tmp_path / "kg"):
        frame = provkg.watch(pd.DataFrame({"name": ["Agnes Grey", "Nobody"]}, index=["Wuthering", "Heights"]), "cell")
        frame = frame.replace("Agnes Grey", "Jane Eyre")
        frame["name"] = frame["name"].fillna("Villette")
        frame = frame[frame["name"] != "Shirley Keeldar"]
        frame.unwatch("names")
    (file,) = (tmp_path / "kg" / "tables").glob("*.lineage")
    spool = b"".join(each.read_bytes() for each in (tmp_path / "kg" / "spool").iterdir() if each.is_file())
    for value in (b"Agnes", b"Jane", b"Villette", b"Shirley", b"Wuthering"):
        assert value not in file.read_bytes()
        assert value not in spool


def test_rows_are_found_by_the_labels_of_the_input(tmp_path: Path) -> None:
    with recording(tmp_path / "kg"):
        frame = provkg.watch(PEOPLE.set_index("id"), "rows").dropna()
        (lost,) = provkg.watched(frame).dropped(labels=[2])
        assert lost.row == 1
        assert lost.operation is not None
        named = provkg.watch(PEOPLE.set_index(pd.Index(list("uvwxyz"))), "rows").head(3)
        assert [each.row for each in provkg.watched(named).dropped(labels=["z", "x"])] == [5, 3]


def test_a_thousand_operations_do_not_flood_the_graph(tmp_path: Path) -> None:
    with recording(tmp_path / "kg") as recorded:
        frame = provkg.watch(PEOPLE, "rows", name="people")
        for _ in range(1000):
            frame = frame.sort_values("age")
        provkg.dataset("sorted", frame)
        runs = [each for each in recorded.closing().descriptions if type(each).__name__ == "TransformationRun"]
        assert len(runs) == MOST_RUNS
    with kept(tmp_path / "kg") as graph:
        assert len(graph.table("sorted").operations()) == 1000


def test_watched_by_dataset_all_operations_are_one_run(tmp_path: Path) -> None:
    with recording(tmp_path / "kg"):
        provkg.dataset("prepared", prepared(provkg.watch(PEOPLE, "dataset", name="people"), CITIES))
    with kept(tmp_path / "kg") as graph:
        ((title, what),) = told(
            graph, "SELECT ?t ?d WHERE { ?run a pvk:TransformationRun ; dct:title ?t ; dct:description ?d }"
        )
        assert title == "8 operations"
        assert what.startswith(
            "dropna, set years, set age, set old, merge, sort_values, get_dummies, set by loc: 6 to 4"
        )
        assert len(graph.table("prepared").operations()) == 8


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("--cell 0 years", "people: Education, row 4\n"),
        ("--cell 1 age", "people: age, all rows\n"),
        ("--made-from city", "city_V\ncity_W\ncity_X\ncity_Y\n"),
        ("--dropped --row 3", "row 3: still there\n"),
        ("--dropped --of cities", "row 4: 5. merge(right='DataFrame', on='id')"),
    ],
)
def test_the_command_lineage_answers_about_rows_and_cells(store: Path, asked: str, answer: str) -> None:
    kept(store).close()
    command = [sys.executable, "-m", "provkg", "lineage", "prepared", "--store", str(store), *asked.split()]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(answer)


def test_what_cannot_be_watched_is_said_and_told_by_its_labels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_given: object) -> None:
        raise ArithmeticError("of ours")

    with recording(tmp_path / "kg"):
        frame = provkg.watch(PEOPLE, "rows", name="people")
        for module, piece in (
            (pandas_calls, "_tell"),
            (pandas_choosing, "_tell_choice"),
            (pandas_assigning.Change, "tell"),
            (pandas_joining, "_tell_merged"),
            (pandas_reshaping, "_tell_dummies"),
        ):
            monkeypatch.setattr(module, piece, fail)
        frame = prepared(frame, CITIES)
        pd.testing.assert_frame_equal(pd.DataFrame(frame), prepared(PEOPLE, CITIES))
        provkg.dataset("prepared", frame)
    assert "could not watch dropna: ArithmeticError: of ours" in capsys.readouterr().err
    kept(tmp_path / "kg").close()
