"""When recording fails, training goes on with one warning; when it is strict, it stops with the reason."""

from __future__ import annotations

import os
import pickle
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import provkg
from provkg.capture import deliver_with, end_session
from provkg.capture.around import open_run
from provkg.capture.defaults import forget_defaults
from provkg.capture.session import session
from provkg.capture.spool import Outcome, spool_files
from provkg.errors import (
    BadParameter,
    IncompleteRecord,
    NotAKnowledgeGraph,
    ProvkgError,
    RecordConflict,
    Unreadable,
)
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.records import CLOSED, OPENED, opened_run
from tests.recording import Recorded, ran, recording


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Recorded]:
    with recording(tmp_path / "kg") as made:
        yield made


class Unprintable:
    def __str__(self) -> str:
        raise RuntimeError("no text")

    __repr__ = __str__


# --- training goes on


def test_a_run_used_after_its_end_is_said_and_changes_nothing(recorded: Recorded) -> None:
    with provkg.run("r") as run:
        pass
    with pytest.warns(provkg.CaptureWarning, match="run 'r' has ended; metric 'x' is not recorded"):
        run.metric("x", 1.0)
    with pytest.warns(provkg.CaptureWarning, match="run 'r' has ended; parameters a"):
        run.param("a", 1)
    assert len(recorded.records(CLOSED)) == 1


def test_a_run_used_without_its_block_is_said(recorded: Recorded) -> None:
    run = provkg.run("r")
    with pytest.warns(provkg.CaptureWarning, match=r"run 'r' has not begun: use it as `with … as run:`"):
        run.metric("x", 1.0)


def test_outputs_of_a_run_that_has_not_begun_are_said(recorded: Recorded) -> None:
    run = provkg.run("r")
    with pytest.warns(provkg.CaptureWarning, match="run 'r' has not begun"):
        data = run.dataset("d", [1, 2])
    with pytest.warns(provkg.CaptureWarning, match="run 'r' has not begun"):
        run.model("m", b"weights")
    assert data.rows == [1, 2]


def test_a_bad_parameter_leaves_the_others(recorded: Recorded) -> None:
    with pytest.warns(provkg.CaptureWarning, match="could not record parameter 'bad'"):
        run = provkg.run("r", params={"bad": Unprintable(), "good": 1})
    with run:
        pass
    said = {setting.name: setting.value for setting in opened_run(recorded.closing()).parameters}
    assert said == {"bad": f"{__name__}.Unprintable", "good": 1}


def test_a_parameter_that_is_half_a_character_leaves_the_others_and_the_end(recorded: Recorded) -> None:
    with provkg.run("r") as run:
        run.param("path", "scan-\udcff.png")
        run.params({"\ud800": ["\ud800", 1], "alpha": 0.1})
    closed = opened_run(recorded.closing())
    assert {setting.name: setting.value for setting in closed.parameters} == {
        "path": "scan-�.png",
        "�": '["�",1]',
        "alpha": 0.1,
    }, "what no RDF term can hold is a mark for it"
    assert closed.ended is not None


def test_a_block_that_is_ended_twice_or_before_it_began_is_said(recorded: Recorded) -> None:
    run = provkg.run("r")
    with pytest.warns(provkg.CaptureWarning, match="run 'r' has not begun; this end of it changes nothing"):
        run.__exit__(None, None, None)
    with run:
        pass
    with provkg.run("other") as other:
        with pytest.warns(provkg.CaptureWarning, match="run 'r' has ended already"):
            run.__exit__(None, None, None)
        assert open_run() is other, "the end of one block is not that of another"
    assert len(recorded.records(CLOSED)) == 2


def test_handles_can_be_handed_to_another_process(recorded: Recorded) -> None:
    with provkg.run("r") as run:
        data, model = run.dataset("d", [1, 2]), run.model("m", b"weights")
    for handle in (data, model):
        assert pickle.loads(pickle.dumps(handle)).reference == handle.reference  # noqa: S301 - our own


def test_values_that_break_when_looked_at_stop_nothing(recorded: Recorded) -> None:
    with provkg.run("r") as run:
        with pytest.warns(provkg.CaptureWarning, match="RuntimeError: no text"):
            run.param("p", Unprintable())
        with pytest.warns(provkg.CaptureWarning, match="metric 'm' is no number: a Unprintable; it is not recorded"):
            run.metric("m", Unprintable())
        run.metric("n", 1.0)
    assert len(recorded.closing().descriptions) == 2


def test_an_exception_without_a_message_is_recorded_by_its_type(recorded: Recorded) -> None:
    class Odd(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no text")

    with pytest.warns(provkg.CaptureWarning), pytest.raises(Odd), provkg.run("r"):
        raise Odd
    assert (opened_run(recorded.closing()).error_type or "").endswith("Odd")


def test_parameters_that_hold_themselves_are_recorded_to_a_depth(recorded: Recorded) -> None:
    loop: dict[str, object] = {}
    loop["me"] = loop
    with provkg.run("r", params=loop):
        pass
    (setting,) = opened_run(recorded.closing()).parameters
    assert setting.value == "…"


def test_a_missing_argument_is_an_error_as_in_any_python_call() -> None:
    with pytest.raises(TypeError):
        provkg.training("t")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected"):
        provkg.run("r", colour="blue")  # type: ignore[call-arg]


def test_warnings_that_are_errors_are_printed_instead(recorded: Recorded, capsys: pytest.CaptureFixture[str]) -> None:
    with provkg.run("r") as run, warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(2):
            run.metric("x", "no number")
    said = [line for line in capsys.readouterr().err.splitlines() if "metric 'x' is no number" in line]
    assert len(said) == 1
    assert said[0].startswith(f"{__file__}:"), "it names the user's line, as a warning does"


def test_classes_are_recorded_by_their_names(recorded: Recorded) -> None:
    with provkg.run("r", params={"ct": {"dtype": np.float64}, "kind": Unprintable}):
        pass
    said = {setting.name: setting.value for setting in opened_run(recorded.closing()).parameters}
    assert said == {"ct.dtype": "numpy.float64", "kind": f"{__name__}.Unprintable"}


def test_a_block_entered_again_after_its_end_records_nothing_more(recorded: Recorded) -> None:
    outer = provkg.run("outer")
    with outer:
        pass
    with pytest.warns(provkg.CaptureWarning, match="run 'outer' has ended; make a new block") as caught, outer:
        pass
    assert [warning.filename for warning in caught] == [__file__]
    assert len(recorded.records(OPENED)) == len(recorded.records(CLOSED)) == 1
    assert open_run() is None


def test_a_block_entered_while_it_goes_on_ends_once(recorded: Recorded) -> None:
    with provkg.run("outer") as outer:
        with pytest.warns(provkg.CaptureWarning, match="goes on already"), outer:
            pass
        outer.metric("x", 1.0)
    assert len(recorded.records(CLOSED)) == 1
    assert len(recorded.closing().descriptions) == 2


@pytest.mark.parametrize("nothing", [None, []])
def test_a_training_without_data_is_told_that_it_will_be_refused(
    recorded: Recorded, nothing: list[provkg.Data] | None
) -> None:
    with pytest.warns(provkg.CaptureWarning, match="training 't' has no data; its record will be refused") as caught:
        provkg.training("t", data=nothing)
    assert [warning.filename for warning in caught] == [__file__]


@pytest.mark.parametrize(
    "act",
    [
        lambda: provkg.deploy("clf", at="https://example.org/m"),
        lambda: provkg.select("clf", among=[], by="accuracy"),  # type: ignore[arg-type]
        lambda: provkg.evaluation("clf", data=()),
        lambda: provkg.evaluation(np.zeros(3), data=()),
        lambda: provkg.inference(object(), data=()),
        lambda: provkg.splitting([1, 2]),  # type: ignore[call-overload]
    ],
    ids=["deploy", "select", "evaluation", "array", "inference", "splitting"],
)
def test_what_is_no_handle_is_said_once_and_stops_nothing(recorded: Recorded, act: Callable[[], object]) -> None:
    with pytest.warns(provkg.CaptureWarning, match="returned, .*not a |no file is at 'clf'|returned, not a") as caught:
        act()
    assert [warning.filename for warning in caught] == [__file__]


def test_a_level_that_there_is_not_is_refused_at_once() -> None:
    with pytest.raises(BadParameter, match="take one of minimal, standard, audit"):
        provkg.configure(level="x")


def test_a_folder_of_something_else_is_left_alone_and_events_wait_beside_it(tmp_path: Path) -> None:
    store = tmp_path / "kg"
    store.mkdir()
    (store / "thesis.tex").write_text("", "utf-8")
    with recording(store) as recorded:
        with pytest.warns(provkg.CaptureWarning, match="is in use by something else"), provkg.run("r"):
            pass
        assert recorded.spool.path.parent == tmp_path / "kg-spool"
        assert [record.type for record in recorded.records() if record.type.startswith("run")] == [OPENED, CLOSED]
    assert [file.name for file in store.iterdir()] == ["thesis.tex"]


def test_a_disk_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    done = ran(
        """
        import os, provkg
        from pathlib import Path
        Path("spool").write_text("in the way")
        with provkg.training("t", data=provkg.dataset("d", [[1, 2]])) as run:
            for epoch in range(3):
                run.metric("loss", 0.5, epoch=epoch)
        print("trained")
        """,
        tmp_path,
        PROVKG_SPOOL=str(tmp_path / "spool"),
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "trained\n"
    assert done.stderr.count("cannot write the spool file") == 1
    assert "lost because the spool could not be written" in done.stderr


# --- strict


@pytest.fixture
def strict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Capture that insists, with a holder that drains the spool in this process instead of another one."""
    store = tmp_path / "kg"
    Folder.create(store, base="https://example.org/kg/")
    monkeypatch.delenv("PROVKG_DELIVER", raising=False)
    monkeypatch.setenv("PROVKG_EXIT_WAIT", "20")
    deliver_with(drained)
    provkg.configure(store=store, strict=True)
    try:
        yield store
    finally:
        provkg.configure(strict=False)
        end_session()
        forget_defaults()


def drained(store: Path) -> Callable[[], bool]:
    with KnowledgeGraph.hold(Folder.find(store), wait=10) as graph:
        graph.drain()
    return lambda: False


def test_a_strict_run_waits_until_its_records_are_kept(strict: Path) -> None:
    data = provkg.dataset("d", np.zeros((4, 2)))
    with provkg.training("t", data=data) as run:
        run.metric("loss", 0.5, epoch=0)
        run.model("m", b"weights")
    assert {outcome.verdict for outcome in session().outcomes().values()} == {"stored"}
    assert len(session().outcomes()) == len(session().mine)


def test_a_strict_run_raises_what_was_refused_with_its_reasons(strict: Path) -> None:
    with pytest.raises(IncompleteRecord) as refused, provkg.training("t", data=None):
        pass
    assert refused.value.problems
    assert "training" in str(refused.value)


def test_what_the_users_code_raised_matters_more_than_a_refusal(strict: Path) -> None:
    def fail() -> None:
        with provkg.run("outer"):
            with provkg.training("without data", data=None):
                pass
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError) as raised:
        fail()
    assert any("problem" in note for note in getattr(raised.value, "__notes__", []))


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda run: run.metric("x", "no number"), BadParameter),
        (lambda run: run.model("m", lambda: None), ProvkgError),
        (lambda _: provkg.dataset("d", "gone.csv"), Unreadable),
        (lambda _: provkg.dataset("d", [1], license="my own"), BadParameter),
    ],
    ids=["metric", "model", "dataset", "licence"],
)
def test_a_strict_call_that_cannot_be_recorded_raises(
    recorded: Recorded, act: Callable[[provkg.RunBlock], object], error: type[ProvkgError]
) -> None:
    with provkg.run("r") as run:
        provkg.configure(strict=True)
        try:
            with pytest.raises(error):
                act(run)
        finally:
            provkg.configure(strict=False)


def test_a_conflict_is_told_apart_from_a_refusal(recorded: Recorded) -> None:
    with provkg.run("r"):
        pass
    own = session()
    own.writer.sync()
    recorded.spool.judge(*(Outcome(record, "conflict") for record in own.mine))
    with pytest.raises(RecordConflict, match="is refused"):
        own.insist(own.mine)


def test_strict_capture_does_not_begin_where_there_is_no_graph_to_write(tmp_path: Path) -> None:
    (tmp_path / "kg").write_text("a file", "utf-8")
    with recording(tmp_path / "kg"):
        provkg.configure(strict=True)
        with pytest.raises(NotAKnowledgeGraph), provkg.run("r"):
            pass
        assert open_run() is None, "a run that could not begin is nobody's parent"
        provkg.configure(strict=False)


def test_an_unknown_default_is_a_type_error() -> None:
    with pytest.raises(TypeError):
        provkg.configure(colour="blue")  # type: ignore[call-arg]


def test_the_spool_of_one_process_holds_one_file(recorded: Recorded) -> None:
    for _ in range(3):
        with provkg.run("r"):
            pass
    assert [file.path for file in spool_files(recorded.spool.path.parent)] == [recorded.spool.path]
    assert recorded.spool.header["pid"] == os.getpid()


@pytest.mark.parametrize("name", ["store", "code"])
def test_what_is_no_path_is_refused_in_a_sentence(name: str) -> None:
    with pytest.raises(BadParameter, match=f"{name}=3 is no path"):
        provkg.configure(**{name: 3})  # type: ignore[arg-type]
