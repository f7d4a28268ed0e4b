"""`provkg.autolog()` watches whatever is installed, whenever it is imported, and imports nothing itself."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from provkg.integrations import FRAMEWORKS
from provkg.records import CLOSED, Run
from tests.recording import described, left_in, ran

pytestmark = [pytest.mark.frameworks]
HEADER = 'import provkg, sys\nprovkg.configure(store="kg", base="https://example.org/")\n'
STUDY = """
optuna.logging.set_verbosity(optuna.logging.ERROR)
optuna.create_study(study_name="{name}").optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=1)
"""


@pytest.fixture(autouse=True)
def needs_optuna() -> None:
    if find_spec("optuna") is None:
        pytest.skip("optuna is not installed")


def recorded(folder: Path, program: str) -> list[str | None]:
    done = ran(HEADER + program, folder)
    assert done.returncode == 0, done.stderr
    file = left_in(folder / "kg")
    return [run.title for record in file.records() if record.type == CLOSED for run in described(record, Run)]


def test_all_that_is_installed_is_watched_and_nothing_is_imported(tmp_path: Path) -> None:
    roots = {name: module.partition(".")[0] for name, module in FRAMEWORKS.items()}
    done = ran(
        f"{HEADER}names = provkg.autolog()\n"
        f"loaded = [each for each in {sorted(set(roots.values()))!r} if each in sys.modules]\n"
        "print(sorted(names), loaded)\n",
        tmp_path,
    )
    installed = sorted(name for name, root in roots.items() if find_spec(root) is not None)
    assert (done.returncode, done.stdout) == (0, f"{installed} []\n"), done.stderr
    assert "optuna" in installed


@pytest.mark.parametrize("order", ["before", "after"])
def test_it_does_not_matter_when_the_framework_is_imported(tmp_path: Path, order: str) -> None:
    lines = ["provkg.autolog()", "import optuna"]
    program = "\n".join(lines if order == "before" else reversed(lines)) + STUDY.format(name="study")
    assert recorded(tmp_path, program) == ["study, trial 0", "study"]


def test_switched_on_twice_it_records_once_and_switched_off_nothing(tmp_path: Path) -> None:
    program = (
        "provkg.autolog()\nprovkg.autolog('optuna')\nprovkg.optuna.autolog()\nimport optuna\n"
        + STUDY.format(name="on")
        + "provkg.autolog(disable=True)\n"
        + STUDY.format(name="off")
        + "provkg.autolog('optuna')\n"
        + STUDY.format(name="on again")
    )
    assert recorded(tmp_path, program) == ["on, trial 0", "on", "on again, trial 0", "on again"]


def test_many_threads_may_switch_it_on(tmp_path: Path) -> None:
    program = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "def both(number):\n    provkg.autolog()\n    import optuna\n"
        "with ThreadPoolExecutor(8) as pool:\n    list(pool.map(both, range(8)))\n"
        "import optuna\n" + STUDY.format(name="study")
    )
    assert recorded(tmp_path, program) == ["study, trial 0", "study"]


def test_what_stands_in_for_a_framework_stops_nothing(tmp_path: Path) -> None:
    program = (
        "import types\nsys.modules['xgboost'] = types.ModuleType('xgboost')\nsys.modules['xgboost'].__spec__ = None\n"
        "provkg.autolog()\nimport optuna\n" + STUDY.format(name="study")
    )
    assert recorded(tmp_path, program) == ["study, trial 0", "study"]
