"""Code as users write it; it is never run, but must type-check."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import assert_type

import numpy as np
import pandas as pd

import provkg
from provkg.records import Alert, ApprovalDecision, Person


def train(frame: pd.DataFrame) -> provkg.ModelHandle:
    provkg.configure(store="kg", project="digits", responsible="team:vision", strict=True)
    raw = provkg.dataset(
        "digits", frame, version="1", source="https://example.org/80", license="CC-BY-4.0", target="digit"
    )
    assert_type(raw, provkg.Data)
    with provkg.splitting(raw, strategy="stratified", seed=7) as split:
        train, validation, test = split.parts(train=0.7, validation=0.1, test=0.2)
    with provkg.step(
        "standardization", uses=[train, test], fits_on=train, library=np, params={"with_mean": True}
    ) as step:
        scaled = [step.dataset(f"digits-{part.role}", part.rows, of=part) for part in (train, validation, test)]
    assert_type(step, provkg.StepBlock)
    goal = provkg.experiment("digits", purpose="read digits")
    with provkg.training(
        "digits",
        data=scaled[0],
        validation=scaled[1],
        params={"alpha": 1e-4},
        seed=7,
        experiment=goal,
        responsible="Ada",
    ) as run:
        loss = run.series("loss", role="train")
        for epoch in np.arange(20):
            loss(np.float32(0.5), epoch)
            loss(0.5, epoch=epoch)
            run.metric("accuracy", np.float32(0.5), epoch=epoch, role="train")
            run.metric("loss", 0.5, epoch=int(epoch), step=3, label="seven", data=scaled[1])
        run.params({"layers": [32, 10]})
        run.param("momentum", 0.9)
        run.checkpoint("digits", b"weights", epoch=3)
        model = run.model("digits", Path("model.joblib"), framework="scikit-learn")
    assert_type(run, provkg.TrainingBlock)
    with provkg.evaluation(model, data=scaled[2], title="judge") as judged:
        judged.metric("accuracy", 0.9)
    return model


def serve(model: provkg.ModelHandle, unseen: provkg.Data, step: provkg.StepBlock) -> None:
    provkg.select(model, among=[model], by="accuracy", data=unseen, reason="the best")
    saved = model.save("model.pickle")
    deployment = provkg.deploy(model, at="https://e.org/m", stage="staging", preprocessing=[step], file=saved)
    with provkg.inference(model, data=unseen, deployment=deployment, params={"threshold": 0.5}) as run:
        batch = run.predictions(np.zeros(3), name="monday", path="monday.csv")
        run.prediction(0, "B", confidence=0.8)
    assert_type(batch.record_count, int | None)
    provkg.undeploy(at="https://e.org/m", stage="staging", reason="retired")


def block() -> None:
    with provkg.run("nightly", kind="pipeline", uses=None, description="all of it") as run:
        run.dataset("report", [1, 2, 3], synthetic=False)


@provkg.step
def halved(rows: pd.DataFrame, by: int = 2) -> pd.DataFrame:
    return rows / by


class Cleaning:
    @provkg.step(kind="filtering", library="pandas")
    def adults(self, people: pd.DataFrame, *, age: int) -> pd.DataFrame:
        return people[people.age >= age]


def functions(frame: pd.DataFrame) -> None:
    assert_type(halved(frame, by=4), pd.DataFrame)
    assert_type(Cleaning().adults(frame, age=18), pd.DataFrame)
    halved(frame, by="4")  # type: ignore[arg-type]  # the function's own types hold
    assert_type(provkg.known(frame), provkg.Data | None)
    with provkg.step("scaling", uses=None) as block:
        assert_type(block, provkg.StepBlock)
    provkg.mlflow.autolog()
    provkg.optuna.autolog(disable=True)


def judge(model: provkg.ModelHandle, moment: datetime) -> None:
    mara = Person(issuer="name", subject="Mara")
    approval = ApprovalDecision(
        ended=moment, decided_by=mara, applies_to=(model, "grader@1"), outcome="approved", criterion="accuracy"
    )
    assert_type(provkg.check(approval, level="audit").accepted, bool)
    with provkg.open("kg") as graph:
        assert_type(graph.record(approval, supersedes=("e-1",)).duplicate, bool)
    assert_type(provkg.record(approval), str | None)
    Alert(alert_kind="driftExceeded", raised_for=(model,), detected_at=moment, threshold=0.1)


def mistaken_records(moment: datetime) -> None:
    ApprovalDecision(outcome="aproved")  # type: ignore[arg-type]  # misspelt
    ApprovalDecision(outcom="approved")  # type: ignore[call-arg]  # misspelt
    Alert(threshold="high", detected_at=moment)  # type: ignore[arg-type]  # no number
    provkg.check("approved")  # type: ignore[arg-type]  # no description


def mistaken() -> None:
    provkg.training("t")  # type: ignore[call-arg]  # data is missing
    provkg.run("r", parms={})  # type: ignore[call-arg]  # misspelt
    provkg.deploy("m")  # type: ignore[call-arg]  # no address
