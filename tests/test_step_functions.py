"""`@provkg.step`: functions stay what they are, and what they did with data is known afterwards."""

from __future__ import annotations

import asyncio
import inspect
import pickle
from collections import namedtuple
from collections.abc import AsyncGenerator, Generator, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import provkg
from provkg.capture import CaptureWarning
from provkg.capture.known_data import known
from provkg.records import CLOSED, DatasetVersion, Run, SeedSetting, TransformationRun
from tests.integrations.asking import answers, asking
from tests.recording import Recorded, described, ran, recording

Array = np.ndarray[Any, Any]


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Recorded]:
    with recording(tmp_path / "kg") as made:
        yield made


def runs(recorded: Recorded) -> list[Run]:
    return [run for record in recorded.records(CLOSED) for run in described(record, Run)]


def made_by(recorded: Recorded) -> list[DatasetVersion]:
    return [data for record in recorded.records(CLOSED) for data in described(record, DatasetVersion)]


def params(run: Run) -> dict[str, str]:
    return {
        each.name: each.value_text.partition("^")[0].strip('"')
        for each in run.parameters
        if not isinstance(each, SeedSetting)
    }


@provkg.step
def halved(rows: Array, by: int = 2) -> Array:
    """Halve."""
    return rows / by


def digits() -> tuple[provkg.Data, Array]:
    rows = np.arange(12.0).reshape(4, 3)
    return provkg.dataset("digits", rows, source="https://example.org/digits"), rows


def test_a_step_function_is_the_function() -> None:
    assert (halved.__name__, halved.__doc__) == ("halved", "Halve.")
    assert list(inspect.signature(halved).parameters) == ["rows", "by"]
    assert pickle.loads(pickle.dumps(halved)) is halved  # noqa: S301 - its own bytes


def test_what_came_in_was_used_and_what_came_out_was_made_of_it(recorded: Recorded) -> None:
    data, rows = digits()
    result = halved(rows, by=4)
    assert (result == rows / 4).all()
    (run,) = runs(recorded)
    assert isinstance(run, TransformationRun)
    assert run.used == (data.reference,)
    assert params(run) == {"by": "4"}
    (made,) = made_by(recorded)
    assert made.of == (data.reference,)
    found = known(result)
    assert found is not None
    assert found.reference == made.reference(), "the next step finds it by the object"


def test_defaults_are_parameters_too(recorded: Recorded) -> None:
    halved(digits()[1])
    assert params(runs(recorded)[0]) == {"by": "2"}


def test_rows_that_nobody_recorded_are_data_under_the_callers_name(recorded: Recorded) -> None:
    readings = pd.DataFrame({"a": [1.0, 2.0]})
    halved(readings)  # type: ignore[arg-type]  # it halves frames as well
    (data,) = described(recorded.records("dataset")[0], DatasetVersion)
    assert getattr(data.dataset, "name", None) == "readings"
    assert runs(recorded)[0].used == (data.reference(),)


def test_handles_are_inputs_wherever_they_lie(recorded: Recorded) -> None:
    data, _ = digits()

    @provkg.step
    def count(parts: dict[str, list[provkg.Data]], limit: float) -> int:
        return len(parts)

    assert count({"all": [data]}, limit=0.5) == 1
    (run,) = runs(recorded)
    assert run.used == (data.reference,)
    assert params(run) == {"limit": "0.5"}
    assert not isinstance(run, TransformationRun), "a number is no data, so nothing was transformed"


def test_inner_steps_are_parts_and_pass_their_data_on(recorded: Recorded) -> None:
    @provkg.step("all of it", kind="standardization")
    def outer(rows: Array) -> Array:
        return halved(halved(rows))

    outer(digits()[1])
    first, second, whole = runs(recorded)
    assert first.part_of == second.part_of == whole.reference()
    assert whole.title == "all of it"
    assert len(made_by(recorded)) == 2, "what the inner step made is not made again by the outer one"


def test_parts_of_a_result_are_named(recorded: Recorded) -> None:
    Halves = namedtuple("Halves", "left right")

    @provkg.step
    def cut(rows: Array, how: str) -> Any:
        left, right = rows[:2].copy(), rows[2:].copy()
        return {"dict": {"left": left, "right": right}, "named": Halves(left, right), "list": [left, right]}[how]

    for how in ("dict", "named", "list"):
        cut(digits()[1], how)
    names = [getattr(made.dataset, "name", None) for made in made_by(recorded)]
    assert names == ["cut-left", "cut-right"] * 2 + ["cut-1", "cut-2"]


def test_rows_changed_in_place_are_new_data(recorded: Recorded) -> None:
    frame = pd.DataFrame({"a": [1.0, None]})
    data = provkg.dataset("readings", frame, source="https://example.org/readings")

    @provkg.step
    def clean(frame: pd.DataFrame) -> None:
        frame["a"] = frame["a"].fillna(0)

    @provkg.step
    def look(frame: pd.DataFrame) -> None:
        frame.describe()

    clean(frame)
    look(frame)
    (made,) = made_by(recorded)
    assert made.of == (data.reference,)
    cleaned, looked = runs(recorded)
    assert isinstance(cleaned, TransformationRun)
    assert not isinstance(looked, TransformationRun)
    assert looked.used == (made.reference(),), "what the frame holds now"


def test_an_exception_is_the_functions_own(recorded: Recorded) -> None:
    @provkg.step
    def fails(rows: Array) -> None:
        raise KeyError("theirs")

    with pytest.raises(KeyError, match="theirs") as caught:
        fails(digits()[1])
    assert not hasattr(caught.value, "__notes__")
    assert runs(recorded)[0].error_type == "KeyError"


def test_a_wrong_call_fails_as_without_us(recorded: Recorded) -> None:
    with pytest.raises(TypeError, match=r"halved\(\) missing 1 required positional argument: 'rows'"):
        halved()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword argument 'at'"):
        halved(digits()[1], at=1)  # type: ignore[call-arg]


class Cleaning:
    def __init__(self, floor: float) -> None:
        self.floor = floor

    @provkg.step
    def of(self, rows: Array) -> Array:
        return rows[rows[:, 0] > self.floor]

    @provkg.step
    @classmethod
    def by_class(cls, rows: Array) -> Array:
        return rows + 1

    @staticmethod
    @provkg.step
    def alone(rows: Array) -> Array:
        return rows + 2


def test_methods_are_steps(recorded: Recorded) -> None:
    _, rows = digits()
    cleaning = Cleaning(3)
    assert len(cleaning.of(rows)) == 2
    assert (Cleaning.by_class(rows) == rows + 1).all()
    assert (cleaning.alone(rows) == rows + 2).all()
    assert [run.title for run in runs(recorded)] == ["of", "by_class", "alone"]
    assert all(isinstance(run, TransformationRun) for run in runs(recorded))


def test_an_async_function_is_a_step_of_its_task(recorded: Recorded) -> None:
    @provkg.step
    async def slow(rows: Array, number: int) -> Array:
        await asyncio.sleep(0)
        return rows + number

    async def both() -> list[Array]:
        _, rows = digits()
        return list(await asyncio.gather(slow(rows, 1), slow(rows, 2)))

    assert inspect.iscoroutinefunction(slow)
    assert [result[0, 0] for result in asyncio.run(both())] == [1, 2]
    assert {run.part_of for run in runs(recorded)} == {None}, "one is no part of the other"


@provkg.step
def folds(rows: Array) -> Generator[Array, str | None, str]:
    said = None
    for number in range(2):
        try:
            said = yield rows + number + (100 if said == "more" else 0)
        except LookupError:
            yield rows - 1
    return "done"


def test_a_generator_is_one_run_and_what_its_consumer_does_is_not_in_it(recorded: Recorded) -> None:
    _, rows = digits()
    for fold in folds(rows):
        halved(fold)
    inner = [run for run in runs(recorded) if run.title == "halved"]
    (whole,) = (run for run in runs(recorded) if run.title == "folds")
    assert [run.part_of for run in inner] == [None, None]
    assert isinstance(whole, TransformationRun)
    made = [each.reference() for each in described(recorded.closing(), DatasetVersion)]
    assert [run.used for run in inner] == [(each,) for each in made], "pieces are known when they have passed"


def test_a_generator_takes_what_is_sent_and_thrown_and_returns(recorded: Recorded) -> None:
    _, rows = digits()
    items = folds(rows)
    assert next(items)[0, 0] == 0
    assert items.send("more")[0, 0] == 101
    with pytest.raises(StopIteration) as end:
        items.send(None)
    assert end.value.value == "done"
    other = folds(rows)
    next(other)
    assert other.throw(LookupError())[0, 0] == -1
    other.close()
    assert [run.error_type for run in runs(recorded)] == [None, None], "a consumer may stop when it has enough"


def test_an_async_generator_is_one_run(recorded: Recorded) -> None:
    @provkg.step
    async def batches(rows: Array) -> AsyncGenerator[Array, None]:
        for number in range(2):
            await asyncio.sleep(0)
            yield rows + number

    async def consume() -> list[float]:
        return [float(batch[0, 0]) async for batch in batches(digits()[1])]

    assert asyncio.run(consume()) == [0, 1]
    (run,) = runs(recorded)
    assert isinstance(run, TransformationRun)


def test_a_stream_of_many_pieces_is_not_a_record_each(recorded: Recorded, capsys: pytest.CaptureFixture[str]) -> None:
    @provkg.step
    def many(rows: Array) -> Generator[Array, None, None]:
        for number in range(130):
            yield rows + number

    assert len(list(many(digits()[1]))) == 130
    made = made_by(recorded)
    assert len(made) == 101
    assert made[-1].description == "30 further pieces"
    assert "CaptureWarning" not in capsys.readouterr().err


def test_another_source_is_another_planned_step(recorded: Recorded) -> None:
    _, rows = digits()
    for text in ("rows + 1", "rows + 2"):
        names: dict[str, Any] = {}
        exec(f"def shift(rows): return {text}", names)  # noqa: S102 - no source can be found for it
        provkg.step(names["shift"])(rows)
    halved(rows)
    plans = [getattr(run.plan, "definition", "") for run in runs(recorded)]
    assert [("source" in plan, "test_step_functions.halved" in plan) for plan in plans] == [
        (False, False),
        (False, False),
        (True, True),
    ]


def test_a_function_that_is_called_again_and_again_is_no_run_each_time(
    recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provkg.integrations.step_functions.MOST_CALLS", 3)

    @provkg.step
    def twice(number: int) -> int:
        return number * 2

    with pytest.warns(CaptureWarning, match="was called 3 times, and further calls are not recorded"):
        assert [twice(number) for number in range(6)] == [0, 2, 4, 6, 8, 10]
    assert len(runs(recorded)) == 3


def test_what_is_no_function_is_said_and_left_alone(recorded: Recorded) -> None:
    with pytest.warns(CaptureWarning, match="is for functions"):
        assert provkg.step(Cleaning) is Cleaning


def test_a_failure_of_ours_changes_nothing(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr("provkg.integrations.step_functions.begun", broken)
    _, rows = digits()
    with pytest.warns(CaptureWarning, match="could not record the call of halved: RuntimeError: ours"):
        assert (halved(rows) == rows / 2).all()


def test_the_block_is_as_it_was(recorded: Recorded) -> None:
    data, rows = digits()
    with provkg.step("standardization", uses=data) as step:
        step.dataset("scaled", rows / 2)
    assert isinstance(runs(recorded)[0], TransformationRun)


def test_worker_processes_call_step_functions(tmp_path: Path) -> None:
    done = ran(
        """
        import multiprocessing, sys
        import numpy as np, provkg

        @provkg.step
        def doubled(rows): return rows * 2

        if __name__ == "__main__":
            provkg.configure(store="kg", base="https://example.org/")
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                print(pool.map(doubled, [np.ones(2)])[0])
        """,
        tmp_path,
        PROVKG_STORE=str(tmp_path / "kg"),
    )
    assert (done.returncode, done.stdout) == (0, "[2. 2.]\n"), done.stderr


def test_the_graph_takes_it_and_knows_the_transformations(tmp_path: Path) -> None:
    with recording(tmp_path / "kg"):
        _, rows = digits()

        @provkg.step(kind="imputation")
        def filled(rows: Array, value: float) -> Array:
            return np.nan_to_num(rows, nan=value)

        @provkg.step
        def plotted(rows: Array) -> None:
            """Show them."""

        def load() -> Array:
            return np.ones((2, 2))

        scaled = halved(filled(rows, 0.5))
        plotted(scaled)
        provkg.step(load)()
        with provkg.training("fit", data=known(scaled)) as run:
            run.model("net", b"weights")
    with asking(tmp_path / "kg") as graph:
        asked = answers(graph, "transformations", "position", "title", model="net")
        assert asked == [(1, "filled"), (2, "halved")]
