"""Splitters of scikit-learn's kind cut recorded data, and what parts of different roles share is measured."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import GroupKFold, KFold, StratifiedKFold

import provkg
from provkg import vocabulary
from provkg.capture.digests import members
from provkg.errors import BadParameter
from provkg.records import OverlapMeasurement, Split, SplitRun, concept
from tests.autologged import closed, kept, settings
from tests.recording import Recorded, recording


@pytest.fixture
def recorded(tmp_path: Path) -> Generator[Recorded, None, None]:
    with recording(tmp_path / "kg") as recorded:
        yield recorded


@pytest.fixture
def patients(recorded: Recorded) -> provkg.Data:
    frame = pd.DataFrame({"pulse": np.arange(12.0), "patient": list("aabbccddeeff"), "ill": [0, 1] * 6})
    return provkg.dataset("patients", frame, source="https://example.org/patients.csv", target="ill")


def test_a_splitter_says_strategy_seed_and_settings_and_its_folds_have_members(
    recorded: Recorded, patients: provkg.Data
) -> None:
    splitter = StratifiedKFold(3, shuffle=True, random_state=7)
    with provkg.splitting(patients, splitter=splitter) as split:
        folds = list(split.folds())
    expected = list(splitter.split(patients.rows, patients.rows["ill"]))
    assert [(list(train.rows.index), list(test.rows.index)) for train, test in folds] == [
        (train.tolist(), test.tolist()) for train, test in expected
    ]
    (run,), parts = closed(recorded, SplitRun), closed(recorded, Split)
    said = settings(run)
    assert (said["splitter"], said["n_splits"], said["random_state"]) == ("StratifiedKFold", "3", "7")
    assert [(part.fold, part.role.value.rpartition("-")[2]) for part in parts] == [
        (fold, role) for fold in range(3) for role in ("train", "test")
    ]
    assert [part.membership_digest for part in parts] == [members(rows.tolist()) for both in expected for rows in both]
    assert parts[0].split_set.strategy == concept(vocabulary.SplitStrategy, "stratified")
    assert parts[0].split_set.stratified_by.name == "ill"
    assert [library.name for library in run.libraries] == ["scikit-learn"]
    with kept(recorded):
        pass


def test_no_row_and_no_group_is_on_both_sides_of_a_grouped_split(recorded: Recorded, patients: provkg.Data) -> None:
    with provkg.splitting(patients, splitter=GroupKFold(3), group="patient") as split:
        assert len(list(split.folds())) == 3
    measured = closed(recorded, OverlapMeasurement)
    assert {(each.label, each.overlap_count) for each in measured} == {(None, 0), ("groups by patient", 0)}
    assert len(measured) == 6, "each fold's two parts, by rows and by groups; never parts of two folds"
    with kept(recorded):
        pass


def test_groups_on_both_sides_are_counted_and_found_by_the_rule(recorded: Recorded, patients: provkg.Data) -> None:
    with provkg.splitting(patients, strategy="grouped", group="patient") as split:
        split.part("train", patients.rows.iloc[:5], range(5))
        split.part("test", patients.rows.iloc[5:], range(5, 12))
    by_rows, by_groups = closed(recorded, OverlapMeasurement)
    assert (by_rows.overlap_count, by_rows.value) == (0, 0.0)
    assert (by_groups.overlap_count, by_groups.value) == (1, 0.25), "patient c; the test part has c, d, e and f"
    with kept(recorded) as graph:
        (found,) = graph.audit(rules=["X25", "X01"])
        assert "1 group(s) are in two of its parts" in found.message


def test_what_is_cut_by_ratios_is_measured_too(recorded: Recorded, patients: provkg.Data) -> None:
    with provkg.splitting(patients, seed=7) as split:
        split.parts(train=0.5, validation=0.25, test=0.25)
    assert [each.overlap_count for each in closed(recorded, OverlapMeasurement)] == [0, 0, 0]


def test_a_training_part_is_split_into_training_and_validation(recorded: Recorded, patients: provkg.Data) -> None:
    with provkg.splitting(patients, seed=7) as split:
        train, _ = split.parts(train=0.5, test=0.5)
    with provkg.splitting(train, splitter=KFold(2)) as inner:
        assert {part.role for fold in inner.folds() for part in fold} == {"train", "validation"}
    with provkg.splitting(train, splitter=KFold(2)) as inner:
        assert {part.role for fold in inner.folds(role="calibration") for part in fold} == {"train", "calibration"}


def test_what_is_no_splitter_is_said_at_once(recorded: Recorded, patients: provkg.Data) -> None:
    with pytest.raises(BadParameter, match="an object with a method `split`, such as scikit-learn's KFold, not 5"):
        provkg.splitting(patients, splitter=5)


def test_rows_that_are_not_in_memory_cannot_be_cut(recorded: Recorded, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("a\n1\n")
    data = provkg.dataset("rows", tmp_path / "rows.csv")
    with provkg.splitting(data, splitter=KFold(2)) as split, pytest.raises(BadParameter, match="not in memory"):
        next(split.folds())
