"""Datasets, splits and steps: content, origin, parts with their roles, and what was made from what."""

from __future__ import annotations

import json
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import provkg
from provkg import vocabulary
from provkg.capture import tables
from provkg.capture.digests import digest, members
from provkg.capture.partition import exact_ratios, partition
from provkg.capture.tables import column_types, guessed_target, row_count, taken
from provkg.errors import BadParameter
from provkg.records import (
    CLOSED,
    Dataset,
    DatasetVersion,
    DataSource,
    Feature,
    Iri,
    OwnConcept,
    Project,
    SeedSetting,
    SoftwarePackage,
    SourceRevision,
    Split,
    SplitRun,
    TrainingRun,
    TransformationRun,
    opened_run,
)
from tests.recording import Recorded, described, recording


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Recorded]:
    with recording(tmp_path / "kg") as made:
        yield made


ROWS = np.column_stack([np.arange(100.0), np.arange(100) % 4])
FRAME = pd.DataFrame({"x": range(20), "target": ["a", "b"] * 10, "patient": [n // 4 for n in range(20)]})


def version(recorded: Recorded) -> DatasetVersion:
    (said,) = described(recorded.records("dataset")[-1], DatasetVersion)
    return said


def absent(said: DatasetVersion) -> set[str]:
    return {each.value.rpartition("#")[2] for each in said.absent if isinstance(each, Iri)}


# --- datasets


def test_a_copy_under_another_name_is_the_same_file_of_one_type(recorded: Recorded, tmp_path: Path) -> None:
    # Two media types for one name of bytes would be refused as a whole.
    for name in ("rows.csv", "copy.bin"):
        (tmp_path / name).write_text(f"a,b\n{tmp_path}\n")
        provkg.dataset(name, tmp_path / name)
    types = [
        version.files[0].media_type
        for record in recorded.records("dataset")
        for version in described(record, DatasetVersion)
    ]
    assert types == ["text/csv", "text/csv"]


def test_a_file_is_recorded_with_digest_place_and_source(recorded: Recorded, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("a,b\n1,2\n", "utf-8")
    data = provkg.dataset("rows", file, version="3", license="CC-BY-4.0", synthetic=False, project="p")
    said = version(recorded)
    assert (said.version, said.sha256, said.digest_form) == ("3", digest(file).sha256, None)
    (found,) = said.files
    assert (found.byte_size, found.media_type, found.location) == (8, "text/csv", file.as_uri())
    assert said.source is not None
    assert isinstance(said.source, DataSource)
    assert said.source.identifier == file.as_uri()
    assert said.license == Iri("http://spdx.org/licenses/CC-BY-4.0")
    assert said.project == Project(name="p")
    assert said.absent == ()
    assert data.reference == said.reference()
    assert data.rows == file


def test_rows_in_memory_say_that_they_have_neither_file_nor_source(recorded: Recorded) -> None:
    data = provkg.dataset("rows", ROWS)
    said = version(recorded)
    assert absent(said) == {"hasFile", "obtainedFrom"}
    assert (said.record_count, said.feature_count, said.digest_form) == (100, 2, "array-1")
    assert said.version == said.sha256[:12], "without a version of its own it is named after its content"
    assert data.rows is ROWS


def test_a_source_that_is_told_is_recorded_without_credentials(recorded: Recorded) -> None:
    provkg.dataset("rows", ROWS, source="https://me:pw@example.org/data?id=80&sig=abc")
    said = version(recorded)
    assert said.source is not None
    assert isinstance(said.source, DataSource)
    assert said.source.url == said.source.identifier == "https://example.org/data?id=80"
    assert absent(said) == {"hasFile"}
    provkg.dataset("rows", ROWS, source="warehouse.sales")
    assert version(recorded).source is not None
    assert version(recorded).source.url is None  # type: ignore[union-attr]


def test_a_folder_lists_its_files(recorded: Recorded, tmp_path: Path) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        (folder / name).write_bytes(name.encode())
    provkg.dataset("images", str(folder))
    said = version(recorded)
    assert said.digest_form == "manifest-1"
    assert [Path(str(file.location)).name for file in said.files] == ["a.png", "b.png"]


def test_a_frame_says_its_columns_and_its_target(recorded: Recorded) -> None:
    provkg.dataset("frame", FRAME, target="target")
    said = version(recorded)
    assert said.schema is not None
    assert [name for name, _ in json.loads(said.schema.columns)] == ["x", "target", "patient"]
    (target,) = described(recorded.only("dataset"), Feature)
    assert target.name == "target"
    assert target.role == Iri(vocabulary.FeatureRole_target.value)
    assert target.version == said.reference()


@pytest.mark.parametrize("held", [pl.from_pandas, pa.Table.from_pandas])
def test_a_table_of_polars_or_arrow_is_recorded_as_the_same_frame_is(
    recorded: Recorded, held: Callable[[pd.DataFrame], Any]
) -> None:
    provkg.dataset("animals", FRAME, target="target")
    frame = version(recorded)
    whole = provkg.dataset("animals", held(FRAME), target="target")
    other = version(recorded)
    assert (other.sha256, other.record_count, other.feature_count) == (frame.sha256, 20, 3)
    assert other.schema is not None
    assert [name for name, _ in json.loads(str(other.schema.columns))] == ["x", "target", "patient"]
    with provkg.splitting(whole, strategy="grouped", group="patient", seed=1) as split:
        train, test = split.parts(train=0.6, test=0.4)
    assert sorted([*train.rows["x"].to_pandas(), *test.rows["x"].to_pandas()]) == [*range(20)]
    assert not {*train.rows["patient"].to_pandas()} & {*test.rows["patient"].to_pandas()}
    with pytest.raises(BadParameter, match="the rows have no column 'colour'"):
        tables.column(held(FRAME), "colour")
    assert tables.column(held(FRAME), 2) == tables.column(FRAME, 2)


def test_the_same_content_is_the_same_version_however_often_it_is_named(recorded: Recorded) -> None:
    first, second = provkg.dataset("rows", ROWS), provkg.dataset("rows", ROWS.copy())
    assert first.reference == second.reference
    changed = ROWS.copy()
    changed[50, 1] += 1
    assert provkg.dataset("rows", changed).reference != first.reference


@pytest.mark.parametrize("license", ["my licence", "see README", "<b>"])
def test_a_licence_that_is_none_is_said_and_left_out(recorded: Recorded, license: str) -> None:  # noqa: A002
    with pytest.warns(provkg.CaptureWarning, match="neither an SPDX identifier"):
        provkg.dataset("rows", ROWS, license=license)
    assert version(recorded).license is None


def test_a_missing_file_is_said_and_training_goes_on(recorded: Recorded, tmp_path: Path) -> None:
    with pytest.warns(provkg.CaptureWarning, match=r"gone\.csv: No such file") as warned:
        data = provkg.dataset("rows", tmp_path / "gone.csv")
    assert warned[0].filename == __file__
    assert data.reference is None
    with provkg.training("t", data=data):
        pass
    assert opened_run(recorded.closing()).title == "t"


# --- what rows are


def test_rows_are_counted_and_their_columns_named_in_every_form() -> None:
    assert row_count(FRAME) == len(FRAME)
    assert row_count((ROWS, np.zeros(100))) == 100
    assert row_count([[1, 2], [3, 4]]) == 2
    assert column_types([{"a": 1, "b": "x"}]) == [("a", "int"), ("b", "str")]
    assert column_types((np.zeros((3, 1)), np.zeros(3))) == [("0.0", "float64"), ("1.0", "float64")]
    assert column_types([]) is None
    assert row_count(Path("x")) is None


def test_rows_are_taken_in_the_form_they_have() -> None:
    assert taken(["a", "b", "c"], [2, 0]) == ["c", "a"]
    assert taken(ROWS, [3]).tolist() == [[3.0, 3.0]]
    assert taken(FRAME, [1])["target"].tolist() == ["b"]
    first, second = taken((ROWS, np.arange(100)), [5])
    assert (first.tolist(), second.tolist()) == ([[5.0, 1.0]], [5])


def test_the_target_is_guessed_only_where_the_form_tells() -> None:
    assert guessed_target((ROWS, np.zeros(100))) == 1
    assert guessed_target(FRAME) == "target"
    assert guessed_target(ROWS) is None


# --- splits


def splits(recorded: Recorded) -> list[Split]:
    return described(recorded.closing(), Split)


def test_parts_have_rows_roles_and_records(recorded: Recorded) -> None:
    data = provkg.dataset("rows", ROWS)
    with provkg.splitting(data, seed=7) as split:
        train, validation, test = split.parts(train=0.7, validation=0.1, test=0.2)
    assert [(part.role, len(part.rows), part.name) for part in (train, validation, test)] == [
        ("train", 70, "rows-train"),
        ("validation", 10, "rows-validation"),
        ("test", 20, "rows-test"),
    ]
    said = splits(recorded)
    assert [(each.ratio, each.record_count) for each in said] == [
        (Decimal("0.7"), 70),
        (Decimal("0.1"), 10),
        (Decimal("0.2"), 20),
    ]
    assert [each.reference() for each in said] == [train.reference, validation.reference, test.reference]
    assert {each.of for each in said} == {data.reference}
    assert [each.sha256 for each in said] == [digest(part.rows).sha256 for part in (train, validation, test)]
    run = opened_run(recorded.closing())
    assert isinstance(run, SplitRun)
    assert run.used == (data.reference,)
    (seed,) = run.parameters
    assert isinstance(seed, SeedSetting)
    assert (seed.value, seed.scope) == (7, Iri(vocabulary.SeedScope_split.value))


def test_membership_is_recorded(recorded: Recorded) -> None:
    data = provkg.dataset("rows", ROWS)
    with provkg.splitting(data, seed=7) as split:
        (train,) = split.parts(train=0.3)
    (said,) = splits(recorded)
    assert said.membership_digest == members([int(row) for row in train.rows[:, 0]])


def test_the_same_seed_gives_the_same_parts_on_every_machine() -> None:
    parts = partition(10, exact_ratios({"train": 0.7, "test": 0.3}), "random", 7, None)
    assert parts == {"train": [2, 7, 4, 6, 8, 9, 0], "test": [5, 1, 3]}


def test_a_seed_that_nobody_chose_is_recorded(recorded: Recorded) -> None:
    data = provkg.dataset("rows", ROWS)
    with provkg.splitting(data) as split:
        (first,) = split.parts(train=0.5)
    (seed,) = opened_run(recorded.closing()).parameters
    assert isinstance(seed.value, int)
    with provkg.splitting(data, seed=seed.value) as split:
        (again,) = split.parts(train=0.5)
    assert first.sha256 == again.sha256


def test_a_stratified_split_keeps_the_classes_in_proportion(recorded: Recorded) -> None:
    data = provkg.dataset("rows", ROWS, target=1)
    with provkg.splitting(data, strategy="stratified", seed=1) as split:
        train, test = split.parts(train=0.6, test=0.4)
    assert Counter(train.rows[:, 1]) == {0: 15, 1: 15, 2: 15, 3: 15}
    assert Counter(test.rows[:, 1]) == {0: 10, 1: 10, 2: 10, 3: 10}
    made = splits(recorded)[0].split_set
    assert made is not None
    assert getattr(made, "strategy", None) == Iri(vocabulary.SplitStrategy_stratified.value)
    assert getattr(made, "stratified_by", None) == Feature(version=data.reference, name="1", type="float64")  # type: ignore[arg-type]


def test_stratifying_by_a_column_or_by_its_values_gives_the_same_parts(recorded: Recorded) -> None:
    data = provkg.dataset("frame", FRAME)
    found = []
    for stratify in ("target", FRAME["target"], list(FRAME["target"])):
        with provkg.splitting(data, seed=1, stratify=stratify) as split:
            found.append(split.parts(train=0.5, test=0.5)[0].sha256)
    assert len(set(found)) == 1


def test_rows_of_one_group_stay_together(recorded: Recorded) -> None:
    data = provkg.dataset("frame", FRAME)
    with provkg.splitting(data, group="patient", seed=1) as split:
        train, test = split.parts(train=0.6, test=0.4)
    assert not set(train.rows["patient"]) & set(test.rows["patient"])
    assert len(train.rows) + len(test.rows) == len(FRAME)
    assert getattr(splits(recorded)[0].split_set, "strategy", None) == Iri(vocabulary.SplitStrategy_grouped.value)


def test_a_temporal_split_keeps_the_order_and_needs_no_seed(recorded: Recorded) -> None:
    data = provkg.dataset("rows", ROWS)
    with provkg.splitting(data, strategy="temporal") as split:
        train, test = split.parts(train=0.8, test=0.2)
    assert train.rows[:, 0].tolist() == list(range(80))
    assert test.rows[:, 0].tolist() == list(range(80, 100))
    assert opened_run(recorded.closing()).parameters == ()


def test_parts_cut_elsewhere_are_recorded_as_they_are(recorded: Recorded) -> None:
    from sklearn.model_selection import train_test_split

    data = provkg.dataset("rows", ROWS)
    with provkg.splitting(data, strategy="hashBased", library="scikit-learn") as split:
        train_rows, test_rows = train_test_split(range(100), random_state=1)
        train = split.part("train", ROWS[train_rows], train_rows)
        test = split.part("test", ROWS[test_rows])
    assert (train.role, test.role) == ("train", "test")
    first, second = splits(recorded)
    assert first.membership_digest == members(train_rows)
    assert second.membership_digest is None
    assert (second.record_count, second.ratio) == (25, Decimal("0.25"))


@pytest.mark.parametrize(
    ("indices", "words"),
    [
        ([0, 1, 100], r"index 100 lies outside the 100 rows of 'rows'"),
        ([-1, 0, 1], r"index -1 lies outside"),
        ([0, 1], r"2 indices do not fit 3 rows"),
    ],
    ids=["beyond", "negative", "too few"],
)
def test_indices_that_do_not_fit_are_said_and_give_no_membership(
    recorded: Recorded, indices: list[int], words: str
) -> None:
    with (
        provkg.splitting(provkg.dataset("rows", ROWS)) as split,
        pytest.warns(provkg.CaptureWarning, match=words) as caught,
    ):
        part = split.part("train", ROWS[:3], indices=indices)
    assert [warning.filename for warning in caught] == [__file__]
    (said,) = splits(recorded)
    assert (said.record_count, said.membership_digest) == (3, None)
    assert part.reference is not None


def test_parts_that_share_rows_are_said(recorded: Recorded) -> None:
    with provkg.splitting(provkg.dataset("rows", ROWS)) as split:
        split.part("train", ROWS[:3], indices=[0, 1, 2])
        with pytest.warns(provkg.CaptureWarning, match="1 row is in part 'train' too, for example row 2") as caught:
            split.part("test", ROWS[2:4], indices=[2, 3])
    assert len(caught) == 1
    assert [said.membership_digest for said in splits(recorded)] == [members([0, 1, 2]), members([2, 3])]


def test_a_row_may_play_other_roles_in_other_folds(recorded: Recorded) -> None:
    with (
        provkg.splitting(provkg.dataset("rows", ROWS), strategy="kFold") as split,
        warnings.catch_warnings(record=True, action="always") as caught,
    ):
        split.part("train", ROWS[:3], indices=[0, 1, 2], fold=0)
        split.part("validation", ROWS[:3], indices=[0, 1, 2], fold=1)
    assert caught == []


@pytest.mark.parametrize(("role", "near"), [("tarin", "train"), ("val", "validation"), ("tests", "test")])
def test_a_role_near_to_a_known_one_is_said(recorded: Recorded, role: str, near: str) -> None:
    with (
        provkg.splitting(provkg.dataset("rows", ROWS)) as split,
        pytest.warns(provkg.CaptureWarning, match=f"did you mean '{near}'"),
    ):
        split.part(role, ROWS[:3])
    assert splits(recorded)[0].role == OwnConcept(scheme="SplitRole", name=role), "it is recorded as it was said"


def test_folds_of_one_split_are_told_apart(recorded: Recorded) -> None:
    data = provkg.dataset("rows", ROWS)
    with provkg.splitting(data, strategy="kFold") as split:
        folds = [split.part("validation", ROWS[n::2], list(range(n, 100, 2)), fold=n) for n in range(2)]
    assert len({fold.reference for fold in folds}) == 2
    assert [said.fold for said in splits(recorded)] == [0, 1]


@pytest.mark.parametrize(
    ("ratios", "words"),
    [
        ({}, "at least one part"),
        ({"train": 0.9, "test": 0.2}, "add up to at most 1"),
        ({"train": 0.0}, "between 0 and 1"),
    ],
)
def test_ratios_that_are_no_shares_are_refused(recorded: Recorded, ratios: dict[str, float], words: str) -> None:
    data = provkg.dataset("rows", ROWS)
    with pytest.raises(BadParameter, match=words), provkg.splitting(data) as split:
        split.parts(**ratios)


def test_what_cannot_be_cut_is_refused_with_what_to_do(recorded: Recorded, tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("1\n", "utf-8")
    with (
        pytest.raises(BadParameter, match=r"record each part with split\.part"),
        provkg.splitting(provkg.dataset("file", tmp_path / "f.csv")) as split,
    ):
        split.parts(train=0.5)
    with (
        pytest.raises(BadParameter, match=r"needs stratify=: a column's name or number"),
        provkg.splitting(provkg.dataset("rows", ROWS), strategy="stratified") as split,
    ):
        split.parts(train=0.5)
    with (
        pytest.raises(BadParameter, match="the rows have no column 'colour'"),
        provkg.splitting(provkg.dataset("frame", FRAME), stratify="colour") as split,
    ):
        split.parts(train=0.5)


shares = st.lists(st.integers(1, 10), min_size=1, max_size=4).map(
    lambda parts: {f"part{n}": share / sum(parts) for n, share in enumerate(parts)}
)


@given(
    st.integers(0, 60),
    shares,
    st.sampled_from(["random", "stratified", "grouped", "temporal"]),
    st.integers(0, 2**32),
    st.data(),
)
def test_parts_never_overlap_and_shares_of_one_lose_nothing(
    count: int, ratios: dict[str, float], strategy: str, seed: int, data: st.DataObject
) -> None:
    keys = data.draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    exact = {role: Decimal(str(round(ratio, 3))) for role, ratio in ratios.items()}
    if sum(exact.values()) > 1:
        return
    parts = partition(count, exact, strategy, seed, keys)
    rows = [row for part in parts.values() for row in part]
    assert len(rows) == len(set(rows))
    assert set(rows) <= set(range(count))
    if sum(exact.values()) == 1 and strategy != "grouped":
        assert len(rows) == count


# --- steps


def versions(recorded: Recorded) -> list[DatasetVersion]:
    return described(recorded.closing(), DatasetVersion)


def test_a_step_says_what_it_used_made_and_was_fitted_on(recorded: Recorded) -> None:
    data = provkg.dataset("rows", ROWS, synthetic=False)
    with provkg.splitting(data, seed=1) as split:
        train, test = split.parts(train=0.5, test=0.5)
    with provkg.step(
        "standardization", uses=[train, test], fits_on=train, params={"with_mean": True}, library="scikit-learn"
    ) as step:
        made = [step.dataset(f"{part.role}-scaled", part.rows / 2, of=part) for part in (train, test)]
    run = opened_run(recorded.closing())
    assert isinstance(run, TransformationRun)
    assert run.kinds == (Iri(vocabulary.TransformationKind_standardization.value),)
    assert run.used == (train.reference, test.reference)
    assert run.fits_on == (train.reference,)
    assert [part.role for part in made] == ["train", "test"], "derived parts keep their role"
    assert [each.of for each in versions(recorded)] == [(train.reference,), (test.reference,)]
    assert {each.run for each in versions(recorded)} == {step.reference}
    assert [each.synthetic for each in versions(recorded)] == [False, False]
    assert all(absent(each) == {"hasFile"} for each in versions(recorded))


def test_without_of_an_output_derives_from_all_inputs(recorded: Recorded) -> None:
    one, two = provkg.dataset("one", ROWS), provkg.dataset("two", ROWS + 1)
    with provkg.step("join", uses=[one, two]) as step:
        joined = step.dataset("joined", np.vstack([ROWS, ROWS + 1]))
    assert versions(recorded)[0].of == (one.reference, two.reference)
    assert joined.role is None


def test_the_title_is_the_kind_unless_a_kind_is_given(recorded: Recorded) -> None:
    data = provkg.dataset("rows", ROWS)
    with provkg.step("one_hot_encoding", uses=data):
        pass
    with provkg.step("drop bad rows", uses=data, kind="filtering"):
        pass
    with provkg.step("spoil some rows", uses=data):
        pass
    kinds = [run.kinds for run in map(opened_run, recorded.records("run-closed")) if isinstance(run, TransformationRun)]
    assert kinds == [
        (Iri(vocabulary.TransformationKind_oneHotEncoding.value),),
        (Iri(vocabulary.TransformationKind_filtering.value),),
        (OwnConcept(scheme="TransformationKind", name="spoil some rows"),),
    ]


def test_the_plan_is_the_same_for_the_same_work_and_another_for_other_parameters(recorded: Recorded) -> None:
    data = provkg.dataset("rows", ROWS)
    plans = []
    for mean in (True, True, False):
        with provkg.step("standardization", uses=data, params={"with_mean": mean}, library="scikit-learn") as step:
            plans.append(step.plan)
    assert plans[0].reference() == plans[1].reference() != plans[2].reference()
    run = opened_run(recorded.closing())
    assert isinstance(run, TransformationRun)
    assert run.plan == plans[2]
    assert isinstance(plans[2].implementation, SoftwarePackage)


def test_a_step_of_ones_own_is_implemented_by_ones_own_code(recorded: Recorded) -> None:
    with provkg.step("filtering", uses=None) as step:
        assert isinstance(step.plan.implementation, SourceRevision)


def test_an_output_is_described_before_another_run_refers_to_it(recorded: Recorded) -> None:
    data = provkg.dataset("rows", ROWS)
    with provkg.step("filtering", uses=data) as step:
        kept = step.dataset("kept", ROWS[:50])
        with provkg.training("inner", data=kept):
            pass
    kinds = [(record.type, opened_run(record).title if "run-progress" not in record.type else None)
             for record in recorded.records() if record.type.startswith("run-")]  # fmt: skip
    assert kinds == [
        ("run-opened", "filtering"),
        ("run-progress", None),
        ("run-opened", "inner"),
        ("run-closed", "inner"),
        ("run-closed", "filtering"),
    ]


def test_synthetic_data_is_known_by_what_made_it(recorded: Recorded) -> None:
    data = provkg.dataset("rows", ROWS, synthetic=False)
    with provkg.step("syntheticGeneration", uses=data) as step:
        made = step.dataset("made up", ROWS * 2)
    with provkg.step("filtering", uses=[data, made]) as step:
        mixed = step.dataset("mixed", ROWS * 3)
    assert (made.synthetic, mixed.synthetic) == (True, True)


def test_a_foreign_object_as_input_is_said_and_left_out(recorded: Recorded) -> None:
    not_data: Any = [1, 2, 3]
    with pytest.warns(provkg.CaptureWarning, match=r"uses= takes what provkg\.dataset\(\)"):
        block = provkg.step("filtering", uses=not_data)
    with block:
        pass
    assert opened_run(recorded.closing()).used == ()


def trained_on(recorded: Recorded) -> tuple[Any, ...]:
    (run,) = described(recorded.closing(), TrainingRun)
    return run.training_data


def test_rows_that_a_training_is_given_are_recorded_as_its_data(recorded: Recorded) -> None:
    table = np.arange(6.0).reshape(3, 2)
    with provkg.training("fit", data=table):
        pass
    (data,) = described(recorded.records("dataset")[0], DatasetVersion)
    assert isinstance(data.dataset, Dataset)
    assert (data.dataset.name, data.record_count) == ("table", 3), "named as the code names it"
    assert trained_on(recorded) == (data.reference(),)


def test_a_matrix_and_its_labels_are_one_dataset(recorded: Recorded) -> None:
    with provkg.training("fit", data=(np.ones((4, 2)), np.zeros(4))):
        pass
    (data,) = described(recorded.only("dataset"), DatasetVersion)
    assert trained_on(recorded) == (data.reference(),)
    assert data.feature_count == 3, "the labels are a column of it"


def test_rows_that_are_known_are_the_data_that_they_are(recorded: Recorded) -> None:
    table = np.arange(6.0).reshape(3, 2)
    data = provkg.dataset("measured", table)
    with provkg.training("fit", data=[table, provkg.dataset("more", ROWS)]):
        pass
    assert trained_on(recorded)[0] == data.reference
    assert len(trained_on(recorded)) == len(recorded.records("dataset")) == 2


def test_a_file_that_a_run_uses_is_recorded(recorded: Recorded, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("a,b\n1,2\n")
    with provkg.run("look", uses=tmp_path / "rows.csv"):
        pass
    (data,) = described(recorded.only("dataset"), DatasetVersion)
    assert isinstance(data.dataset, Dataset)
    assert data.dataset.name == "rows"
    assert opened_run(recorded.closing()).used == (data.reference(),)


def test_a_file_that_is_not_there_is_said(recorded: Recorded) -> None:
    with pytest.warns(provkg.CaptureWarning, match="data= names 'gone.csv', where no file is"):
        block = provkg.training("fit", data=["gone.csv"])
    with block:
        pass
    assert trained_on(recorded) == ()


def test_an_output_after_the_end_is_said_and_recorded_as_of_the_end(recorded: Recorded) -> None:
    data = provkg.dataset("rows", ROWS)
    with provkg.step("filtering", uses=data) as step:
        pass
    with pytest.warns(
        provkg.CaptureWarning, match="run 'filtering' has ended; output 'late' is recorded as of its end"
    ):
        late = step.dataset("late", ROWS[:1])
    (said,) = described(recorded.records()[-1], DatasetVersion)
    assert said.made == opened_run(recorded.closing()).ended
    assert late.reference == said.reference()
    first, again = recorded.records(CLOSED)
    assert opened_run(first) == opened_run(again), "a step is asked for its output when it closes, so it closes again"
