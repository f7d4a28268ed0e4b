"""What recording adds to fits, splits and scores of scikit-learn: python -m benchmarks.sklearn_fits [ROUNDS]."""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.decomposition import PCA
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import provkg
from benchmarks.conditions import conditions

ROUNDS = 9
Act = Callable[[], object]


def works(rows: Any, target: Any, seen: tuple[Any, Any]) -> dict[str, Act]:
    """Return what people do, by name; `rows` are new to us, `seen` are those of a model that was fitted."""
    pipeline = make_pipeline(StandardScaler(), PCA(5), LogisticRegression())
    model = LogisticRegression().fit(*seen)
    return {
        "LogisticRegression.fit": lambda: LogisticRegression().fit(rows, target),
        "the same rows again": lambda: LogisticRegression().fit(*seen),
        "StandardScaler.fit_transform": lambda: StandardScaler().fit_transform(rows),
        "Pipeline of three, fit": lambda: pipeline.fit(rows, target),
        "RandomForestClassifier(100).fit": lambda: RandomForestClassifier(100).fit(rows[:2000], target[:2000]),
        "BaggingClassifier(50).fit": lambda: BaggingClassifier(n_estimators=50).fit(rows[:2000], target[:2000]),
        "GridSearchCV of 6, 3 folds, fit": lambda: GridSearchCV(
            LogisticRegression(), {"C": [0.01, 0.1, 0.3, 1, 3, 10]}, cv=3
        ).fit(rows, target),
        "train_test_split": lambda: train_test_split(rows, target, random_state=3),
        "predict of one row, 100 times": lambda: [model.predict(rows[:1]) for _ in range(100)],
        "score": lambda: model.score(*seen),
    }


def seconds(act: Act) -> float:
    began = time.process_time()
    act()
    return time.process_time() - began


def measured(rounds: int, count: int) -> dict[str, tuple[list[float], list[float]]]:
    """Return seconds alone and with recording, taken in turn in shuffled order."""
    chance = np.random.default_rng(7)
    seen = chance.normal(size=(count, 20)), chance.integers(0, 2, count)
    provkg.autolog("sklearn")
    found: dict[str, tuple[list[float], list[float]]] = {}
    for _ in range(rounds):
        rows, target = chance.normal(size=(count, 20)), chance.integers(0, 2, count)
        for name, act in works(rows, target, seen).items():
            taken = found.setdefault(name, ([], []))
            for recorded in random.sample([False, True], 2):
                provkg.autolog("sklearn", disable=not recorded)
                taken[recorded].append(seconds(act))
        provkg.autolog("sklearn")
    return found


def main() -> None:
    os.environ["PROVKG_DELIVER"] = "off"
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory() as folder:
        provkg.configure(store=Path(folder) / "kg")
        print(conditions("scikit-learn", "numpy"))
        for count in (200, 20_000):
            print(f"\n{count:,} rows of 20 numbers, {rounds} rounds in turn; milliseconds of CPU time, median")
            print(f"{'':34}{'alone':>10}{'recorded':>10}{'adds':>10}")
            for name, (alone, recorded) in measured(rounds, count).items():
                added = statistics.median(b - a for a, b in zip(alone, recorded, strict=True))
                middle = statistics.median(alone), statistics.median(recorded), added
                print(f"{name:34}" + "".join(f"{each * 1e3:10.2f}" for each in middle))
        provkg.autolog("sklearn", disable=True)


if __name__ == "__main__":
    main()
