"""Whatever is handed to a call by mistake: one warning at the user's line, the rest is recorded, nothing is raised."""

from __future__ import annotations

import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import provkg
from provkg import vocabulary as v
from provkg.capture.trouble import forget_troubles
from provkg.errors import ProvkgError
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph, read
from provkg.records import CLOSED, Iri, MetricSeries, opened_run
from tests.bad_input.values import VALUES
from tests.recording import described, recording


@dataclass
class Scene:
    """What calls are made with: data and a model that are recorded, and a run that goes on."""

    store: Path
    data: provkg.Data
    model: provkg.ModelHandle
    run: provkg.RunBlock


Call = Callable[[Scene, Any], object]


def whole(block: Any) -> None:
    with block:
        pass


def within(block: Any, act: Callable[[Any], object]) -> None:
    with block as run:
        act(run)


AT = "https://example.org/m"
CALLS: dict[str, Call] = {
    "param of a run": lambda c, bad: c.run.param("p", bad),
    "params of a run, deep": lambda c, bad: c.run.params({"outer": {"p": bad}, "list": [bad, 1]}),
    "params of a run": lambda c, bad: c.run.params(bad),
    "name of a param": lambda c, bad: c.run.param(bad, 1),
    "value of a metric": lambda c, bad: c.run.metric("m", bad),
    "name of a metric": lambda c, bad: c.run.metric(bad, 1.0),
    "epoch of a metric": lambda c, bad: c.run.metric("m", 1.0, epoch=bad),
    "step of a metric": lambda c, bad: c.run.metric("m", 1.0, step=bad),
    "role of a metric": lambda c, bad: c.run.metric("m", 1.0, role=bad),
    "label of a metric": lambda c, bad: c.run.metric("m", 1.0, label=bad),
    "data of a metric": lambda c, bad: c.run.metric("m", 1.0, data=bad),
    "name of a series": lambda c, bad: c.run.series(bad)(1.0),
    "value of a series": lambda c, bad: c.run.series("s")(bad, 1),
    "step of a series": lambda c, bad: c.run.series("s")(1.0, bad),
    "rows of a run's dataset": lambda c, bad: c.run.dataset("d", bad),
    "name of a run's dataset": lambda c, bad: c.run.dataset(bad, [[1]]),
    "sources of a run's dataset": lambda c, bad: c.run.dataset("d", [[1]], of=bad),
    "version of a run's dataset": lambda c, bad: c.run.dataset("d", [[1]], version=bad),
    "role of a run's dataset": lambda c, bad: c.run.dataset("d", [[1]], role=bad),
    "description of a run's dataset": lambda c, bad: c.run.dataset("d", [[1]], description=bad),
    "a run's model": lambda c, bad: c.run.model("m", bad),
    "name of a run's model": lambda c, bad: c.run.model(bad, b"w"),
    "version of a run's model": lambda c, bad: c.run.model("m", b"w", version=bad),
    "framework of a run's model": lambda c, bad: c.run.model("m", b"w", framework=bad),
    "epoch of a checkpoint": lambda c, bad: c.run.checkpoint("m", b"w", epoch=bad),
    "value of a tag": lambda c, bad: c.run.tag("k", bad),
    "key of a tag": lambda c, bad: c.run.tag(bad, "v"),
    "title of a run": lambda _, bad: whole(provkg.run(bad)),
    "uses of a run": lambda _, bad: whole(provkg.run("x", uses=bad)),
    "kind of a run": lambda _, bad: whole(provkg.run("x", kind=bad)),
    "parameters of a run": lambda _, bad: whole(provkg.run("x", params=bad)),
    "seed of a run": lambda _, bad: whole(provkg.run("x", seed=bad)),
    "library of a run": lambda _, bad: whole(provkg.run("x", library=bad)),
    "experiment of a run": lambda _, bad: whole(provkg.run("x", experiment=bad)),
    "project of a run": lambda _, bad: whole(provkg.run("x", project=bad)),
    "responsible of a run": lambda _, bad: whole(provkg.run("x", responsible=bad)),
    "description of a run": lambda _, bad: whole(provkg.run("x", description=bad)),
    "run around a run": lambda _, bad: whole(provkg.run("x", within=bad)),
    "data of a training": lambda _, bad: provkg.training("x", data=bad),
    "validation of a training": lambda c, bad: provkg.training("x", data=c.data, validation=bad),
    "kind of a training": lambda c, bad: provkg.training("x", data=c.data, kind=bad),
    "start of a training": lambda c, bad: provkg.training("x", data=c.data, start_from=bad),
    "model of an evaluation": lambda c, bad: provkg.evaluation(bad, data=c.data),
    "data of an evaluation": lambda c, bad: provkg.evaluation(c.model, data=bad),
    "model of an inference": lambda c, bad: provkg.inference(bad, data=c.data),
    "predictions": lambda c, bad: within(provkg.inference(c.model, data=c.data), lambda run: run.predictions(bad)),
    "a prediction": lambda c, bad: within(provkg.inference(c.model, data=c.data), lambda run: run.prediction(0, bad)),
    "confidence": lambda c, bad: within(
        provkg.inference(c.model, data=c.data), lambda run: run.prediction(0, 1, confidence=bad)
    ),
    "title of a step": lambda c, bad: whole(provkg.step(bad, uses=c.data)),
    "kind of a step": lambda c, bad: whole(provkg.step("x", uses=c.data, kind=bad)),
    "data of a step": lambda _, bad: provkg.step("x", uses=bad),
    "rows of a part": lambda c, bad: within(provkg.splitting(c.data), lambda split: split.part("train", bad)),
    "role of a part": lambda c, bad: within(provkg.splitting(c.data), lambda split: split.part(bad, [[1]])),
    "indices of a part": lambda c, bad: within(
        provkg.splitting(c.data), lambda split: split.part("train", [[1]], indices=bad)
    ),
    "rows of a dataset": lambda _, bad: provkg.dataset("d", bad),
    "name of a dataset": lambda _, bad: provkg.dataset(bad, [[1]]),
    "version of a dataset": lambda _, bad: provkg.dataset("d", [[1]], version=bad),
    "source of a dataset": lambda _, bad: provkg.dataset("d", [[1]], source=bad),
    "licence of a dataset": lambda _, bad: provkg.dataset("d", [[1]], license=bad),
    "target of a dataset": lambda _, bad: provkg.dataset("d", [[1]], target=bad),
    "description of a dataset": lambda _, bad: provkg.dataset("d", [[1]], description=bad),
    "project of a dataset": lambda _, bad: provkg.dataset("d", [[1]], project=bad),
    "a model": lambda _, bad: provkg.model("m", bad),
    "name of a model": lambda _, bad: provkg.model(bad, b"w"),
    "the selected model": lambda _, bad: provkg.select(bad, among=[], by="accuracy"),
    "candidates": lambda c, bad: provkg.select(c.model, among=bad, by="accuracy"),
    "criterion": lambda c, bad: provkg.select(c.model, among=[], by=bad),
    "reason of a choice": lambda c, bad: provkg.select(c.model, among=[], by="accuracy", reason=bad),
    "who decided": lambda c, bad: provkg.select(c.model, among=[], by="accuracy", decided_by=bad),
    "name of an experiment": lambda _, bad: provkg.experiment(bad),
    "purpose of an experiment": lambda _, bad: provkg.experiment("e", purpose=bad),
    "the deployed model": lambda _, bad: provkg.deploy(bad, at=AT),
    "place of a deployment": lambda c, bad: provkg.deploy(c.model, at=bad),
    "stage of a deployment": lambda c, bad: provkg.deploy(c.model, at=AT, stage=bad),
    "what is recorded": lambda _, bad: provkg.record(bad),
}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    store = tmp_path_factory.mktemp("bad") / "kg"
    Folder.create(store, base="https://example.org/kg/")
    with recording(store):
        data = provkg.dataset("base", [[1, 2], [3, 4]], version="1", source=AT, license="CC0-1.0")
        model = provkg.model("base", b"weights", source=AT)
        with provkg.run("around") as run:
            yield Scene(store, data, model, run)


def said_of(call: Call, scene: Scene, bad: Any) -> tuple[str, list[warnings.WarningMessage]]:
    """Return where the call raised, if it did, and its warnings."""
    forget_troubles()
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        try:
            call(scene, bad)
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            last = traceback.extract_tb(error.__traceback__)[-1]
            return f"{type(error).__name__}: {error!s:.80} ({Path(last.filename).name}:{last.lineno})", seen
    return "", seen


# A block is opened and closed for each of these, which takes its time.
SOME = (
    *("None", "a lambda", "an object that raises", "a cyclic list", "NaN", "an enum", "a mapping with odd names"),
    *("an array", "a huge text", "an empty text", "lines", "a zero byte", "half a letter", "an integer of an enum"),
)
OPENS_BLOCKS = {"predictions", "a prediction", "confidence"} | {
    name for name in CALLS if name.endswith((" of a run", " of a step", "part", "around a run"))
}
# Documented to raise: nothing was given that could be recorded.
RAISES = {("predictions", "None"), ("predictions", "an object that raises")}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_takes_whatever_it_is_given(name: str, scene: Scene) -> None:
    wrong = []
    for what in SOME if name in OPENS_BLOCKS else VALUES:
        raised, seen = said_of(CALLS[name], scene, VALUES[what]())
        texts = [str(each.message) for each in seen]
        elsewhere = [f"{each.filename}:{each.lineno}" for each in seen if each.filename != __file__]
        others = [text for each, text in zip(seen, texts, strict=True) if each.category is not provkg.CaptureWarning]
        is_right = not raised or (name, what) in RAISES
        # One of its own for each thing that is wrong: a value that is said twice is wrong twice.
        if not is_right or len(seen) > 2 or elsewhere or others or any(len(text) > 600 for text in texts):
            wrong.append((what, raised, elsewhere, [text[:110] for text in texts]))
    assert wrong == []


def test_what_is_none_is_named_at_the_call_and_leaves_no_digest(scene: Scene) -> None:
    forget_troubles()
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        data, model = provkg.dataset("nothing", None), scene.run.model("nothing", None)
        provkg.dataset(None, [[5.0]])  # type: ignore[arg-type]
    assert [str(each.message) for each in seen] == [
        "could not record dataset 'nothing': it is None; give rows, an array, a frame or the path of a file",
        "could not record model 'nothing': it is None; give the model, its bytes or the path of its file",
        "the name of a dataset is None; it is recorded as 'unnamed'",
    ]
    assert (data.sha256, model.sha256) == (None, None)


def test_what_could_be_recorded_beside_it_is_in_the_graph(tmp_path: Path) -> None:
    store = tmp_path / "kg"
    Folder.create(store, base="https://example.org/kg/")
    with recording(store), warnings.catch_warnings():
        warnings.simplefilter("ignore", provkg.CaptureWarning)
        for what, make in VALUES.items():
            bad = make()
            with provkg.run("x", params={"p": bad, "kept": what}, description=bad) as run:
                run.metric("m", bad, label=bad)
                run.metric("good", 1.0)
                run.tag("t", bad)
    with KnowledgeGraph.hold(Folder.find(store)) as graph:
        graph.drain()
    reports = [report.read_text("utf-8") for report in (store / "rejected").glob("*.report.txt")]
    assert reports == []
    with read(Folder.find(store)) as reader:
        kept = reader.query(f'SELECT ?what {{ ?setting {v.paramName} "kept" ; {v.paramValue} ?what }}').rows
        good = reader.query(f"SELECT ?of {{ ?of {v.measuredIn} ?run ; {v.value} 1.0e0 }}").rows
    assert {getattr(what, "value", "") for (what,) in kept} == set(VALUES)
    assert len(good) >= len(VALUES)


# --- strict: the same, as an error


@pytest.mark.parametrize(
    ("name", "what"),
    [
        *(("value of a metric", "a lambda"), ("step of a metric", "NaN"), ("uses of a run", "a set")),
        *(
            ("name of a param", "an empty text"),
            ("param of a run", "an object that raises"),
            ("uses of a run", "a set"),
        ),
        *(("title of a run", "an empty text"), ("params of a run", "an empty text"), ("a run's model", "a lambda")),
        *(
            ("rows of a dataset", "a path of a file"),
            ("licence of a dataset", "lines"),
            ("candidates", "an empty text"),
        ),
        *(("the deployed model", "None"), ("the selected model", "None"), ("data of a metric", "an array")),
        *(("description of a run", "a zero byte"), ("run around a run", "a lambda"), ("confidence", "infinity")),
    ],
)
def test_strict_capture_raises_an_error_of_its_own(name: str, what: str, scene: Scene) -> None:
    provkg.configure(strict=True)
    try:
        with pytest.raises(ProvkgError):
            CALLS[name](scene, VALUES[what]())
    finally:
        provkg.configure(strict=False)


def test_runs_closed_out_of_order_and_used_after_their_end_are_said_and_the_rest_is_kept(tmp_path: Path) -> None:
    with recording(tmp_path / "kg") as recorded:
        outer, inner = provkg.run("outer").__enter__(), provkg.run("inner").__enter__()
        outer.metric("m", 1.0, step=1)
        outer.metric("m", 2.0, step=1)  # twice at one step: both are values
        with pytest.warns(provkg.CaptureWarning, match="run 'outer' is closed before 'inner'"):
            outer.__exit__(None, None, None)
        inner.metric("m", 1.0)
        inner.__exit__(None, None, None)
        with pytest.warns(provkg.CaptureWarning, match="run 'outer' has ended; metric 'm' is not recorded") as caught:
            outer.metric("m", 3.0)
        assert [each.filename for each in caught] == [__file__]
        closings = [opened_run(each) for each in recorded.records(CLOSED)]
        series = described(recorded.records(CLOSED)[0], MetricSeries)
    assert {run.title: run.status for run in closings} == dict.fromkeys(
        ("outer", "inner"), Iri(v.RunStatus_succeeded.value)
    )
    assert [point[2:] for each in series for point in each.nodes] == [(1, 1.0), (1, 2.0)]
