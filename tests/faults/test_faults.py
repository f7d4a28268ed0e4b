"""Nothing acknowledged is lost, doubled or changed, whatever befalls the processes; and the harness would see it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.faults.counts import BAD, Counts, table
from tests.faults.kinds import USUAL
from tests.faults.mutants import MUTANTS
from tests.faults.plan import one_each

pytestmark = pytest.mark.faults
CHECKOUT = Path(__file__).parent.parent.parent
SEED = 20261121
QUICK = [name for name, mutant in MUTANTS.items() if mutant.quick]


def harness(*arguments: str) -> Any:
    """Run the harness in a process tree of its own and return what it counted."""
    command = [sys.executable, "-m", "tests.faults", "--seed", str(SEED), "--json", *arguments]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return {**json.loads(done.stdout), "said": done.stderr}


@pytest.fixture(scope="module")
def turn() -> Any:
    """Play each kind of fault once or some times."""
    return harness()


@pytest.fixture(scope="module")
def caught() -> Any:
    """Let the quick mutants be caught."""
    return harness("--mutants", *QUICK)


@pytest.mark.parametrize("kind", USUAL)
def test_whatever_happens_all_that_was_acknowledged_is_there_once_and_verifies(turn: Any, kind: str) -> None:
    if kind in turn["skipped"]:
        pytest.skip(turn["skipped"][kind])
    counts = turn["counts"][kind]
    assert counts["rounds"] > 0
    assert counts["faults"] > 0, "no fault was injected, so nothing was shown"
    assert {name: counts[name] for name in BAD} == dict.fromkeys(BAD, 0), turn["said"]


@pytest.mark.parametrize("mutant", QUICK)
def test_the_harness_sees_a_defect_that_was_put_in_on_purpose(caught: Any, mutant: str) -> None:
    if mutant in caught["skipped"]:
        pytest.skip(caught["skipped"][mutant])
    assert caught["caught"][mutant], caught["said"]


def test_a_plan_follows_from_its_seed_and_leaves_no_kind_out() -> None:
    turn = list(one_each(7, USUAL))
    assert turn == list(one_each(7, USUAL))
    assert turn != list(one_each(8, USUAL))
    assert {each.kind for each in turn} == set(USUAL)


def test_the_table_counts_by_kind_and_says_what_was_left_out() -> None:
    bad = Counts(rounds=2, faults=3)
    bad.blame("lost", "record a was acknowledged", 2)
    head, one, other, both, left = table({"kills": bad, "calls": Counts(rounds=1)}, {"power": "no disk"})
    assert head.split()[:3] == ["rounds", "acknowledged", "points"]
    assert one.split() == ["kills", "2", "0", "0", "3", "0", "2", *"00000"]
    assert other.split()[:2] == ["calls", "1"]
    assert both.split()[:2] == ["all", "3"]
    assert left == "power: left out, no disk"
    assert (bad.wrong, bad.blamed()) == (2, {"lost": 2})


def test_at_least_ten_mutants_are_known_and_each_says_what_it_breaks() -> None:
    assert len(MUTANTS) >= 10
    assert all(mutant.apply.__doc__ and mutant.shown_by for mutant in MUTANTS.values())
