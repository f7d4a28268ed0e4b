"""What integrations are made of: modules met at import, calls watched and let go, rows known again, runs joined."""

from __future__ import annotations

import functools
import inspect
import pickle
import sys
import threading
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from weakref import ref

import numpy as np
import pytest

import provkg
from provkg.capture import CaptureWarning
from provkg.capture.frames import names_in
from provkg.capture.given_data import data_of
from provkg.capture.known_data import known
from provkg.capture.known_models import forget_model, keep_model, known_model
from provkg.errors import BadParameter
from provkg.integrations.observing import Call, Observed
from provkg.integrations.on_import import when_imported
from provkg.integrations.runs import training_here
from provkg.records import CLOSED, Checkpoint, ModelVersion, Run, TrainingRun, TuningRun
from tests.integrations.graphs import refusals
from tests.recording import Recorded, described, recording


@pytest.fixture
def recorded(tmp_path: Path) -> Generator[Recorded, None, None]:
    with recording(tmp_path / "kg") as recorded:
        yield recorded


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    name = f"framework_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text("value = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    return name


def test_a_module_is_met_after_its_import(package: str) -> None:
    met: list[int] = []
    when_imported(package, lambda module: met.append(module.value))
    assert met == []
    assert package not in sys.modules, "waiting for a module imports nothing"
    module = __import__(package)
    assert met == [1]
    assert type(module.__loader__).__name__ == "SourceFileLoader", "other tools find the loader that they expect"


def test_a_module_that_is_imported_is_met_at_once() -> None:
    met: list[object] = []
    when_imported("json", met.append)
    assert met == [sys.modules["json"]]


def test_a_module_that_another_thread_is_importing_is_met_when_it_is_done(
    tmp_path: Path, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / f"{package}.py").write_text(
        "import test_integrations_gate as gate\ngate.begun.set()\ngate.go_on.wait(10)\nvalue = 2\n"
    )
    gate = SimpleNamespace(begun=threading.Event(), go_on=threading.Event())
    monkeypatch.setitem(sys.modules, "test_integrations_gate", gate)
    importing = threading.Thread(target=__import__, args=(package,))
    importing.start()
    assert gate.begun.wait(10)
    met: list[int] = []
    done = threading.Event()

    def meet(module: Any) -> None:
        met.append(module.value)
        done.set()

    when_imported(package, meet)
    assert met == []
    gate.go_on.set()
    importing.join(10)
    assert done.wait(10)
    assert met == [2]


def test_a_failure_of_ours_does_not_break_an_import(package: str) -> None:
    def fails(_: object) -> None:
        raise RuntimeError("ours")

    when_imported(package, fails)
    with pytest.warns(CaptureWarning, match=f"could not record what {package} does: RuntimeError: ours"):
        assert __import__(package).value == 1


def test_a_module_that_is_not_there_is_missed_as_without_us() -> None:
    when_imported("no_such_framework", lambda _: None)
    with pytest.raises(ModuleNotFoundError, match="no_such_framework"):
        __import__("no_such_framework")


class Estimator:
    """Stands for a framework's class."""

    def fit(self, rows: list[int], *, weight: int = 1) -> Estimator:
        """Learn."""
        if not rows:
            raise ValueError("no rows")
        self.total = sum(rows) * weight
        return self

    @classmethod
    def made(cls) -> Estimator:
        return cls()


def watching(*names: str, seen: list[Call]) -> Observed:
    def observer(call: Call) -> Generator[None, None, None]:
        seen.append(call)
        yield

    observed = Observed("framework")
    for name in names:
        observed.observe(Estimator, name, observer)
    return observed


def test_a_watched_call_is_the_users_call() -> None:
    seen: list[Call] = []
    observed = watching("fit", "made", seen=seen)
    try:
        estimator = Estimator.made()
        assert estimator.fit([1, 2], weight=3) is estimator
        assert estimator.total == 9
        assert seen[1].argument("rows") == [1, 2]
        assert seen[1].argument("weight") == 3
        assert seen[1].result is estimator
        assert Estimator.fit.__doc__ == "Learn."
        assert list(inspect.signature(Estimator.fit).parameters) == ["self", "rows", "weight"]
        with pytest.raises(ValueError, match="no rows"):
            estimator.fit([])
        assert isinstance(seen[2].error, ValueError)
    finally:
        observed.let_go()


def test_what_is_let_go_is_as_before() -> None:
    before = Estimator.__dict__["fit"], Estimator.__dict__["made"]
    watching("fit", "made", seen=[]).let_go()
    assert (Estimator.__dict__["fit"], Estimator.__dict__["made"]) == before


def test_an_inherited_function_is_let_go_by_taking_ours_away() -> None:
    class Special(Estimator):
        pass

    observed = Observed("framework")
    observed.observe(Special, "fit", lambda _: iter(()))  # type: ignore[arg-type, return-value]
    assert "fit" in vars(Special)
    observed.let_go()
    assert "fit" not in vars(Special)


def test_what_somebody_wrapped_meanwhile_falls_silent() -> None:
    seen: list[Call] = []
    observed = watching("fit", seen=seen)
    watched = Estimator.fit

    @functools.wraps(watched)
    def theirs(self: Estimator, rows: list[int]) -> Estimator:
        return watched(self, rows)

    before = Estimator.__dict__["fit"].__wrapped__
    try:
        Estimator.fit = theirs  # type: ignore[assignment, method-assign]
        observed.let_go()
        assert Estimator().fit([1]).total == 1
        assert Estimator.__dict__["fit"] is theirs, "what others put there is theirs"
        assert seen == []
    finally:
        Estimator.fit = before  # type: ignore[method-assign]


def test_what_goes_to_another_process_is_not_watched_there() -> None:
    observed = pickle.loads(pickle.dumps(watching(seen=[])))  # noqa: S301 - our own
    assert not observed.goes_on


@pytest.mark.parametrize("at", ["begin", "end"])
def test_an_observer_that_fails_is_said_and_changes_nothing(at: str) -> None:
    def observer(_: Call) -> Generator[None, None, None]:
        if at == "begin":
            raise KeyError("ours")
        yield
        raise KeyError("ours")

    observed = Observed("framework")
    observed.observe(Estimator, "fit", observer)
    try:
        with pytest.warns(CaptureWarning, match="could not record the .*fit: KeyError: 'ours'"):
            assert Estimator().fit([4]).total == 4
    finally:
        observed.let_go()


def test_rows_are_known_by_the_object_that_holds_them(recorded: Recorded) -> None:
    rows = np.arange(12.0).reshape(4, 3)
    digits = provkg.dataset("digits", rows, source="https://example.org/digits")
    for same in (rows, rows[:, :2], rows[:, 2], rows.T.T, rows.copy(), rows[:, [2, 0]]):
        found = known(same)
        assert found is not None, "the same array, columns of it, and copies of them"
        assert found.reference == digits.reference
    assert known(rows[:2]) is None, "some of the rows are other data"
    assert known(rows.copy() + 1) is None
    assert len(recorded.records("dataset")) == 1


def test_what_is_known_does_not_keep_rows_in_memory(recorded: Recorded) -> None:
    rows = np.zeros((4, 3))
    provkg.dataset("digits", rows, source="https://example.org/digits")
    alive = ref(rows)
    del rows
    assert alive() is None
    assert recorded.records("dataset")


def test_what_one_graph_knows_another_does_not(recorded: Recorded, tmp_path: Path) -> None:
    rows = np.zeros((4, 3))
    provkg.dataset("digits", rows, source="https://example.org/digits")
    with recording(tmp_path / "other"):
        assert known(rows) is None


def test_unknown_rows_are_recorded_under_the_users_name_for_them(recorded: Recorded) -> None:
    X_train, y_train = np.ones((3, 2)), np.zeros(3)  # noqa: N806 - what people call them
    data = data_of(X_train, y_train, role="train", framework="framework")
    assert data.name == "X_train"
    assert data.record_count == 3
    assert data_of(X_train, y_train).reference == data.reference, "the second time it is known"
    assert len(recorded.records("dataset")) == 1


def test_rows_of_equal_content_are_the_data_that_is_known(recorded: Recorded) -> None:
    X, y = np.ones((3, 2)), np.zeros(3)  # noqa: N806 - what people call them
    digits = provkg.dataset("digits", (X, y), source="https://example.org/digits")
    assert data_of(X.copy(), y.copy()).reference == digits.reference
    assert data_of(X * 2, y.copy()).reference != digits.reference
    assert len(recorded.records("dataset")) == 2


def test_a_model_is_known_by_the_object_that_holds_it(recorded: Recorded) -> None:
    digits = provkg.dataset("digits", np.ones((3, 2)), source="https://example.org/digits")
    estimator = Estimator().fit([1])
    with provkg.training("first", data=digits) as run:
        model = run.model("estimator", estimator)
    assert known_model(estimator) is model
    assert known_model(Estimator().fit([1])) is None, "one as good as it is another one"
    forget_model(estimator)
    assert known_model(estimator) is None


def test_a_model_that_nobody_else_holds_is_known_without_keeping_it_alive(recorded: Recorded) -> None:
    digits = provkg.dataset("digits", np.ones((3, 2)), source="https://example.org/digits")
    estimator = Estimator().fit([1])
    with provkg.training("first", data=digits) as run:
        keep_model(run.model("estimator", estimator))
    alive = ref(estimator)
    found = known_model(estimator)
    assert found is not None
    assert found.sha256 is not None
    del estimator
    assert alive() is None


def test_a_run_may_have_begun_before_its_block(recorded: Recorded) -> None:
    digits = provkg.dataset("digits", np.ones((3, 2)), source="https://example.org/digits")
    began = datetime.now(UTC) - timedelta(minutes=5)
    with provkg.training("told later", data=digits).since(began):
        pass
    (run,) = described(recorded.closing(), TrainingRun)
    assert run.started == began
    assert run.ended is not None
    assert run.ended - began >= timedelta(minutes=5)


def test_a_fit_within_a_step_of_a_training_belongs_to_the_training(recorded: Recorded) -> None:
    digits = provkg.dataset("digits", np.ones((3, 2)), source="https://example.org/digits")
    with provkg.training("mine", data=digits) as mine, provkg.run("inner"):
        with training_here("theirs", data=digits) as theirs:
            assert theirs is mine
        with provkg.tuning("search", data=digits), training_here("trial", data=digits) as trial:
            assert trial is not mine, "trials are trainings of their own"


def test_a_fit_inside_a_training_of_the_users_belongs_to_it(recorded: Recorded) -> None:
    digits = provkg.dataset("digits", np.ones((3, 2)), source="https://example.org/digits")
    with (
        provkg.training("mine", data=digits, params={"C": 1.0}) as mine,
        training_here("theirs", data=digits, params={"C": 2.0, "depth": 3}) as theirs,
    ):
        assert theirs is mine
    (run,) = described(recorded.closing(), TrainingRun)
    said = {setting.name: setting.value_text.partition("^")[0] for setting in run.parameters}
    assert said == {"C": '"1"', "depth": '"3"'}


def test_a_fit_elsewhere_is_a_training_of_its_own(recorded: Recorded) -> None:
    digits = provkg.dataset("digits", np.ones((3, 2)), source="https://example.org/digits")
    with pytest.raises(ZeroDivisionError), training_here("theirs", data=digits):
        _ = 1 / 0
    (run,) = described(recorded.closing(), TrainingRun)
    assert (run.title, run.error_type) == ("theirs", "ZeroDivisionError")


def test_a_search_has_trials_and_makes_a_model(recorded: Recorded) -> None:
    digits = provkg.dataset("digits", np.ones((3, 2)), source="https://example.org/digits")
    with provkg.tuning("best C", data=digits, params={"C": [0.5, 1.0]}) as search:
        for c in (0.5, 1.0):
            with search.trial(params={"C": c}) as trial:
                trial.metric("accuracy", c, role="validation")
        search.model("classifier", b"weights")
    (tuning,) = described(recorded.closing(), TuningRun)
    trials = [run for record in recorded.records(CLOSED) for run in described(record, TrainingRun)]
    assert [trial.title for trial in trials] == ["best C, trial 1", "best C, trial 2"]
    assert {trial.part_of for trial in trials} == {tuning.reference()}
    (model,) = described(recorded.closing(), ModelVersion)
    assert model.generated_by == tuning.reference()


def test_a_training_says_which_checkpoint_it_goes_on_from(recorded: Recorded) -> None:
    digits = provkg.dataset("digits", np.ones((3, 2)), source="https://example.org/digits")
    with provkg.training("first", data=digits) as run:
        state = run.checkpoint("net", b"state", epoch=3)
    with provkg.training("second", data=digits, resume_from=state):
        pass
    with provkg.training("third", data=digits) as run:
        run.resume_from(state)
    runs = [run for record in recorded.records(CLOSED) for run in described(record, TrainingRun)]
    (checkpoint,) = described(recorded.records(CLOSED)[0], Checkpoint)
    assert [run.initialized_from for run in runs] == [None, checkpoint.reference(), checkpoint.reference()]


def test_autolog_says_what_it_does_not_know() -> None:
    with pytest.warns(CaptureWarning, match="cannot record 'abacus' by itself"):
        assert provkg.autolog("abacus") == ()


def test_strict_autolog_refuses_what_it_does_not_know(recorded: Recorded) -> None:
    provkg.configure(strict=True)
    with pytest.raises(BadParameter, match="abacus"):
        provkg.autolog("abacus")


def test_a_call_without_the_argument_has_the_default() -> None:
    def function(a: int, b: int = 2) -> SimpleNamespace:
        return SimpleNamespace(a=a, b=b)

    call: Any = Call(function, (1,), {})
    assert (call.argument("a"), call.argument("b"), call.argument("b", 5)) == (1, None, 5)


def test_work_whose_end_nobody_marks_lies_beside_later_blocks(recorded: Recorded) -> None:
    digits = provkg.dataset("digits", np.ones((3, 2)), source="https://example.org/digits")
    with provkg.run("outer") as outer:
        with pytest.warns(CaptureWarning, match="has no data"):
            held = provkg.training("held", data=None).begin()
        with provkg.run("later") as later:
            pass
        held.learn_from(digits)
        held.learn_from(digits)
        held.end(ValueError("diverged"))
        held.end()
    assert later.reference != held.reference
    (run,) = described(recorded.records(CLOSED)[1], TrainingRun)
    assert (run.error_message, run.part_of) == ("diverged", outer.reference)
    assert run.training_data == (digits.reference,), "said once"
    (later_run,) = described(recorded.records(CLOSED)[0], Run)
    assert later_run.part_of == outer.reference, "the held run is no block that others lie in"


def test_the_model_of_a_training_that_goes_on_is_no_fine_tuned_one(recorded: Recorded) -> None:
    digits = provkg.dataset("digits", np.ones((3, 2)), source="https://example.org/digits")
    with provkg.training("first", data=digits) as run:
        state = run.checkpoint("net", b"state", epoch=3)
    with provkg.training("second", data=digits, resume_from=state) as run:
        run.model("net", b"more")
    (model,) = [said for said in described(recorded.closing(), ModelVersion) if not isinstance(said, Checkpoint)]
    assert (model.fine_tuned_from, model.derived_from) == (None, (state.reference,))
    assert refusals(recorded) == []


def test_names_are_looked_at_without_keeping_what_they_name() -> None:
    from weakref import ref

    def looked_at() -> None:
        rows, other = np.ones(3), 7
        found = names_in(sys._getframe())
        assert found["rows"] is rows
        alive = ref(rows)
        del rows, found
        assert alive() is None
        assert (other, sys._getframe().f_locals["other"]) == (7, 7), "the function has its names as before"

    looked_at()
