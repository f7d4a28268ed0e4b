"""The energy of runs, as CodeCarbon tells it, without any network."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import provkg
from provkg.capture.usage import Energy
from provkg.capture.usage.energy import SCOPES, Total, _said
from provkg.errors import BadParameter
from provkg.records import Run
from tests.recording import Recorded, described, left_in, ran, recording

pytest.importorskip("codecarbon")
pytestmark = pytest.mark.frameworks

# Whoever connects to anything ends the program.
OFFLINE = """
import os, socket, time
def refuse(*_): os._exit(7)
socket.socket.connect = socket.socket.connect_ex = refuse
socket.getaddrinfo = refuse
import provkg
"""
TRAINING = """
with provkg.training("t", data=provkg.dataset("d", [[1.0]])) as run:
    until = time.monotonic() + {seconds}
    while time.monotonic() < until:
        sum(range(1000))
print(sorted(name for name in os.listdir(".") if "emissions" in name or "codecarbon" in name))
"""


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Recorded]:
    with recording(tmp_path / "kg") as found:
        yield found


def closed(folder: Path, title: str) -> Run:
    said = [run for record in left_in(folder / "kg").records() for run in described(record, Run) if run.ended]
    (found,) = (run for run in said if run.title == title)
    return found


def test_a_training_tells_what_energy_it_took_how_that_was_found_and_what_it_covers(tmp_path: Path) -> None:
    switched = 'provkg.configure(energy=True, country="DEU")\ntime.sleep(4)\n'
    done = ran(OFFLINE + switched + TRAINING.format(seconds=2), tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]", "no file of CodeCarbon's own"
    assert "codecarbon" not in done.stderr, "nor talk"
    run = closed(tmp_path, "t")
    assert run.energy_kilowatt_hours is not None
    assert 0 < run.energy_kilowatt_hours < 0.01
    assert run.co2e_kilograms is not None
    assert run.carbon_intensity == pytest.approx(run.co2e_kilograms / run.energy_kilowatt_hours)
    assert 0.05 < (run.carbon_intensity or 0) < 1.0, "kilograms of CO2e a kilowatt hour in Germany"
    assert run.grid_region == "DEU"
    assert (run.energy_method or "").startswith("CodeCarbon 3")
    assert "memory estimated" in (run.energy_method or "")
    assert (run.energy_scope or "").startswith(SCOPES["process"])


def test_without_a_country_there_is_energy_and_no_emissions(tmp_path: Path) -> None:
    done = ran(OFFLINE + 'provkg.configure(energy="machine")\ntime.sleep(4)\n' + TRAINING.format(seconds=2), tmp_path)
    assert done.returncode == 0, done.stderr
    run = closed(tmp_path, "t")
    assert (run.energy_kilowatt_hours or 0) > 0
    assert (run.co2e_kilograms, run.carbon_intensity, run.grid_region) == (None, None, None)
    assert (run.energy_scope or "").startswith(SCOPES["machine"])


def test_a_block_says_for_itself_whether_its_energy_is_wanted(tmp_path: Path) -> None:
    text = """
with provkg.run("wanted", energy=True):
    with provkg.run("inner", energy=False):
        time.sleep(4)
"""
    done = ran(OFFLINE + text, tmp_path)
    assert done.returncode == 0, done.stderr
    assert (closed(tmp_path, "wanted").energy_kilowatt_hours or 0) > 0
    assert "without the first" in (closed(tmp_path, "wanted").energy_scope or ""), "the tracker takes a while to begin"
    assert closed(tmp_path, "inner").energy_kilowatt_hours is None


def test_energy_is_off_unless_it_is_switched_on(recorded: Recorded) -> None:
    assert Energy.of(None) is None
    with provkg.run("work"):
        pass
    assert described(recorded.closing(), Run)[0].energy_kilowatt_hours is None


def test_a_scope_or_country_that_there_is_not_is_said(recorded: Recorded) -> None:
    with pytest.raises(BadParameter, match="'process' or 'machine'"):
        Energy.of("galaxy")
    with pytest.warns(provkg.CaptureWarning, match="no scope"), provkg.run("work", energy="galaxy"):
        pass
    with pytest.raises(BadParameter, match="three letters"):
        provkg.configure(country="Germany")


def test_where_codecarbon_is_not_installed_that_is_said_and_work_goes_on(
    recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "codecarbon", None)
    monkeypatch.setattr("provkg.capture.usage.energy._trackers", {})
    with pytest.warns(provkg.CaptureWarning, match=r'pip install "provkg\[energy\]"'), provkg.run("work", energy=True):
        pass
    assert described(recorded.closing(), Run)[0].energy_kilowatt_hours is None


def test_what_is_said_of_energy_passes_the_gate_at_every_level() -> None:
    class Known:
        scope, country, method = "process", "FRA", "CodeCarbon 3.3: memory estimated from its size"

    fields = _said(Known(), Total(0.5, 0.03))  # type: ignore[arg-type]  # what it reads of a tracker
    assert fields["carbon_intensity"] == pytest.approx(0.06)
    problems = provkg.check(Run(id="a", title="t", **fields), level="audit").problems
    assert not [problem for problem in problems if "energy" in problem.message.lower()]
