"""Seeds that a program sets by Python's and NumPy's functions are known to the runs that they matter to."""

from __future__ import annotations

import pickle
import random
from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest

import provkg
from provkg.capture.seeds import hash_seed
from provkg.integrations.seeds import FUNCTIONS, let_seeds_go, watch_seeds
from provkg.records import Run, SeedSetting
from tests.autologged import closed
from tests.recording import Recorded, left_in, ran, recording


@pytest.fixture(autouse=True)
def recorded(tmp_path: Path) -> Generator[Recorded, None, None]:
    with recording(tmp_path / "kg") as recorded:
        watch_seeds()
        yield recorded
        let_seeds_go()


def seeds(recorded: Recorded) -> dict[str, tuple[str, str]]:
    """Return value and scope of the seeds of the last run, by name."""
    run = closed(recorded, Run)[-1]
    found = [each for each in run.parameters if isinstance(each, SeedSetting)]
    return {
        each.name: (str(each.value), each.scope.value.rpartition("-")[2])  # type: ignore[union-attr]
        for each in found
        if each.name != "PYTHONHASHSEED"
    }


def test_seeds_of_python_and_numpy_are_known_to_runs_that_begin_afterwards(recorded: Recorded) -> None:
    random.seed(3)
    np.random.seed(4)
    with provkg.run("first"):
        pass
    assert seeds(recorded) == {"random.seed": ("3", "python"), "numpy.random.seed": ("4", "numpy")}
    random.seed(5)
    with provkg.run("second"):
        pass
    assert seeds(recorded)["random.seed"] == ("5", "python")


def test_a_seed_set_within_a_run_belongs_to_it_and_to_those_around_it(recorded: Recorded) -> None:
    with provkg.run("outer"), provkg.run("inner"):
        np.random.default_rng(6)
    outer, inner = (run for run in reversed(closed(recorded, Run)))
    for run in (outer, inner):
        assert "numpy.random.default_rng" in {each.name for each in run.parameters}, run.title


def test_a_seed_that_nobody_knows_is_no_seed(recorded: Recorded) -> None:
    random.seed(3)
    random.seed()
    with provkg.run("unseeded"):
        pass
    assert seeds(recorded) == {}


def test_numbers_are_drawn_as_without_being_watched() -> None:
    random.seed(3)
    np.random.seed(4)
    watched = (random.random(), np.random.rand(), np.random.default_rng(5).random())
    let_seeds_go()
    random.seed(3)
    np.random.seed(4)
    assert watched == (random.random(), np.random.rand(), np.random.default_rng(5).random())
    assert not hasattr(random.seed, "__provkg__")


def test_errors_are_those_without_being_watched() -> None:
    with pytest.raises(ValueError, match="Seed must be between 0 and"):
        np.random.seed(-1)


def test_a_watched_function_goes_to_other_processes() -> None:
    assert pickle.loads(pickle.dumps(np.random.default_rng)) is np.random.default_rng  # noqa: S301


def test_a_step_is_the_same_plan_whatever_the_seed(recorded: Recorded) -> None:
    data = provkg.dataset("digits", [1, 2], source="https://example.org/digits")
    plans = []
    for seed in (1, 2):
        random.seed(seed)
        with provkg.step("shuffle", uses=data) as step:
            plans.append(step.plan.reference())
            step.dataset("shuffled", [2, 1])
    assert plans[0] == plans[1]


def test_a_run_alone_sees_seeds_too(tmp_path: Path) -> None:
    done = ran(
        """
        import random
        import provkg
        with provkg.run("r"):
            random.seed(8)
        """,
        tmp_path,
        PYTHONHASHSEED="9",
    )
    assert done.returncode == 0, done.stderr
    runs = [
        said for record in left_in(tmp_path / "kg").records() for said in record.descriptions if isinstance(said, Run)
    ]
    assert {each.name: each.value for each in runs[-1].parameters} == {"PYTHONHASHSEED": 9, "random.seed": 8}


@pytest.mark.parametrize(
    ("environment", "seed"),
    [
        (b"A=1\0PYTHONHASHSEED=7\0B=2\0", 7),
        (b"PYTHONHASHSEED=0\0", 0),
        (b"PYTHONHASHSEED=random\0", None),
        (b"MY_PYTHONHASHSEED=7\0", None),
        (b"", None),
    ],
)
def test_the_seed_of_hashes_is_that_at_the_start(tmp_path: Path, environment: bytes, seed: int | None) -> None:
    (file := tmp_path / "environ").write_bytes(environment)
    found = hash_seed(file)
    assert (found.value if found is not None else None) == seed


def test_every_function_that_frameworks_seed_by_is_watched_where_it_is_installed() -> None:
    assert {seeding.name for seeding in FUNCTIONS} >= {
        "torch.manual_seed",
        "tensorflow.random.set_seed",
        "keras.utils.set_random_seed",
        "lightning.seed_everything",
        "transformers.set_seed",
    }
