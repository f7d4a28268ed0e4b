"""The trainings of the company and their tests, which repeat one pattern: a row of a table each, told as Turtle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from tests.company.telling import SOFTWARE, TEAMS, at, moment, ran, title

Curve = tuple[float, float, float]


@dataclass(frozen=True)
class Trial:
    """One training: who began it when, on which data with which settings, and how it went, epoch by epoch."""

    name: str
    who: str
    started: datetime
    experiment: str
    data: str
    settings: dict[str, float]
    model: str
    train: Curve
    validation: Curve
    test: float
    loss: float
    setting: str = "scoring-2026-01"
    also: str = ""
    model_also: str = ""
    epoch_seconds: Curve = (4.0, 3.0, 3.5)
    energy: float = 0.02
    kind: str = "TrainingRun"


def in_sweep(
    number: int, data: str, rate: float, depth: int, train: Curve, validation: Curve, test: float, loss: float
) -> Trial:
    """Return trial `number` of the sweep of February: Ada took the standardized data, Ben the other."""
    who, started = "ada" if data == "standard" else "ben", at(2, 16) + timedelta(minutes=10 * number)
    settings = {"learning_rate": rate, "max_depth": depth}
    return Trial(
        f"a{number:02}",
        who,
        started,
        "score-sweep",
        data,
        settings,
        f"scorer-{number + 1}",
        train,
        validation,
        test,
        loss,
    )


TRIALS = [
    Trial("jan-1", "ada", at(1, 15), "score-first", "january", {"learning_rate": 0.1, "max_depth": 3}, "scorer-1",
          (0.7, 0.75, 0.77), (0.69, 0.73, 0.75), 0.74, 0.57),
    in_sweep(1, "standard", 0.01, 3, (0.7, 0.74, 0.76), (0.69, 0.72, 0.74), 0.73, 0.58),
    in_sweep(2, "standard", 0.01, 6, (0.72, 0.77, 0.8), (0.7, 0.75, 0.77), 0.76, 0.53),
    in_sweep(3, "standard", 0.1, 3, (0.76, 0.82, 0.85), (0.75, 0.8, 0.82), 0.81, 0.46),
    in_sweep(4, "standard", 0.1, 6, (0.8, 0.87, 0.91), (0.78, 0.83, 0.85), 0.84, 0.4),
    in_sweep(5, "standard", 0.3, 3, (0.78, 0.84, 0.87), (0.76, 0.8, 0.81), 0.8, 0.48),
    in_sweep(6, "standard", 0.3, 6, (0.84, 0.93, 0.97), (0.77, 0.81, 0.82), 0.84, 0.45),
    in_sweep(7, "minmax", 0.01, 3, (0.68, 0.72, 0.74), (0.67, 0.7, 0.72), 0.71, 0.6),
    in_sweep(8, "minmax", 0.01, 6, (0.7, 0.75, 0.78), (0.69, 0.73, 0.75), 0.74, 0.56),
    in_sweep(9, "minmax", 0.1, 3, (0.74, 0.8, 0.83), (0.73, 0.78, 0.8), 0.79, 0.49),
    in_sweep(10, "minmax", 0.1, 6, (0.79, 0.86, 0.9), (0.77, 0.82, 0.84), 0.82, 0.43),
    in_sweep(11, "minmax", 0.3, 3, (0.76, 0.82, 0.85), (0.74, 0.78, 0.79), 0.78, 0.51),
    in_sweep(12, "minmax", 0.3, 6, (0.83, 0.92, 0.96), (0.75, 0.79, 0.8), 0.8, 0.5),
    # a15 was cut off when its machine was started anew; this is the second try.
    Trial("a16", "ben", at(2, 17, 14), "score-sweep", "standard", {"learning_rate": 0.2, "max_depth": 4}, "scorer-14",
          (0.77, 0.83, 0.86), (0.76, 0.8, 0.82), 0.82, 0.45, also="pvk:retryOf <training-run/a15> ;"),
    Trial("b1", "ben", at(2, 12), "score-baseline", "raw", {"learning_rate": 0.1, "max_depth": 3}, "raw-scorer-1",
          (0.7, 0.75, 0.78), (0.68, 0.73, 0.75), 0.74, 0.57, model_also="pvk:declaredAbsent pvk:transformationKind ;"),
    Trial("b2", "ben", at(2, 12, 10), "score-baseline", "raw", {"learning_rate": 0.1, "max_depth": 6}, "raw-scorer-2",
          (0.73, 0.8, 0.84), (0.71, 0.76, 0.78), 0.77, 0.52, model_also="pvk:declaredAbsent pvk:transformationKind ;"),
    Trial("may-1", "ada", at(4, 28), "score-retrain", "april", {"learning_rate": 0.1, "max_depth": 6}, "scorer-15",
          (0.82, 0.88, 0.92), (0.8, 0.85, 0.87), 0.86, 0.37, setting="scoring-2026-04"),
    Trial("may-2", "ada", at(4, 28, 10), "score-retrain", "april", {"learning_rate": 0.1, "max_depth": 4}, "scorer-16",
          (0.8, 0.86, 0.89), (0.79, 0.83, 0.86), 0.85, 0.39, setting="scoring-2026-04"),
]  # fmt: skip
TUNED = [
    Trial(f"l{number}", "dora", at(3, 20, 8 + 2 * number), "letters-tune", "letters", {"learning_rate": rate, "batch_size": 16},
          f"letter-sorter-{number}", train, validation, test, loss, setting="letters-gpu", epoch_seconds=(600.0, 540.0, 570.0),
          energy=1.2, kind="FineTuningRun",
          also="pvk:initializedFrom <model-version/lantern-chat-1> ; pvk:partOfRun <tuning-run/letters> ;",
          model_also="pvk:fineTunedFrom <model-version/lantern-chat-1> ; pvk:hasTokenizer <tokenizer/lantern> ;")
    for number, rate, train, validation, test, loss in [
        (1, 0.00001, (0.6, 0.7, 0.76), (0.58, 0.68, 0.74), 0.73, 0.62),
        (2, 0.00003, (0.7, 0.82, 0.9), (0.68, 0.8, 0.86), 0.85, 0.41),
        (3, 0.00005, (0.72, 0.86, 0.95), (0.69, 0.79, 0.82), 0.81, 0.49),
    ]
]  # fmt: skip
# What a model says that went into production: what it is for, where it falls short, whose terms hold.
IN_PRODUCTION = {
    "scorer-1": "Scoring of consumer loan applications, for a loan officer to decide on.|Trained on one year of applications.",
    "scorer-5": "Scoring of consumer loan applications, for a loan officer to decide on.|Few applicants under thirty.",
    "scorer-15": "Scoring of consumer loan applications, for a loan officer to decide on.|Few applicants under thirty.",
    "letter-sorter-2": "Sorting complaint letters by topic, for a clerk to answer.|Letters in English only.",
}


def records() -> dict[str, str]:
    """Return the Turtle text of each record by its name."""
    told = [(f"{prefix}-{trial.name}", tell(trial)) for trial in chain(TRIALS, TUNED)
            for prefix, tell in (("400-train", training), ("450-evaluate", evaluation))]  # fmt: skip
    return dict(told)


def training(trial: Trial) -> str:
    """Tell a training, its settings, its model and its curves."""
    run, data, ended = (
        f"training-run/{trial.name}",
        f"dataset-version/{trial.data}",
        trial.started + timedelta(seconds=sum(trial.epoch_seconds)),
    )
    settings = [f"hyperparameter-setting/{name}-{value:g}" for name, value in trial.settings.items()]
    every = " , ".join(f"<{setting}>" for setting in [*settings, "seed-setting/global-11"])
    return "\n".join([
        title(f"{trial.who} trains {trial.model}.", "training", trial.who),
        f"<{run}> a pvk:{trial.kind} ; dct:title {trial.name!r} ; pvk:inExperiment <experiment/{trial.experiment}> ; {trial.also}",
        f"  {ran(trial.started, sum(trial.epoch_seconds), trial.who, trial.setting)} pvk:isDeterministic true ;",
        f"  pvk:trainingData <{data}-train-ready> ; pvk:validationData <{data}-validation-ready> ;",
        f"  pvk:energyKilowattHours {trial.energy}e0 ; pvk:carbonIntensity 0.3e0 ; pvk:co2eKilograms {round(trial.energy * 0.3, 6)}e0 ;",
        f"  pvk:parameter {every} ; pvk:configuredBy <configuration/{trial.name}> .",
        *(f"<hyperparameter-setting/{name}-{value:g}> a pvk:HyperparameterSetting ; pvk:paramName {name!r} ; pvk:paramValue {number(value)} ; pvk:numericValue {value:f}e0 ."
          for name, value in trial.settings.items()),
        "<seed-setting/global-11> a pvk:SeedSetting ; pvk:paramName 'seed' ; pvk:paramValue 11 ; pvk:numericValue 11.0e0 ; pvk:seedScope pvk:SeedScope-global .",
        f'<configuration/{trial.name}> a pvk:Configuration ; prov:hadMember {every} ; pvk:configDigest "digest of {trial.settings}" .',
        model(trial, ended),
        *(series(trial, kind, role, curve) for kind, role, curve in curves(trial)),
    ])  # fmt: skip


def model(trial: Trial, made: datetime) -> str:
    """Tell the model version that a trial made, with its file."""
    name, _, version = trial.model.rpartition("-")
    use, _, limit = IN_PRODUCTION.get(trial.model, "").partition("|")
    said = (
        f"pvk:intendedUse {use!r} ; pvk:knownLimitation {limit!r} ; dct:license <http://spdx.org/licenses/Apache-2.0> ;"
        if use
        else ""
    )
    return (
        f"<model/{name}> a pvk:Model ; dct:title {name!r} .\n"
        f"<model-version/{trial.model}> a pvk:ModelVersion ; pvk:versionOf <model/{name}> ; dcat:version {version!r} ;\n"
        f'  pvk:sha256 "digest of {trial.model}" ; pvk:hasFile <file/{trial.model}> ; pvk:framework "{SOFTWARE[trial.setting].framework}" ;\n'
        f"  pvk:trainedBy <training-run/{trial.name}> ; pvk:trainedOn <dataset-version/{trial.data}-train-ready> ; {trial.model_also} {said}\n"
        f"  prov:generatedAtTime {moment(made)} ; pvk:inProject <project/{TEAMS[trial.who]}> .\n"
        f'<file/{trial.model}> a pvk:ArtifactFile ; pvk:sha256 "digest of {trial.model}" ; pvk:byteSize 20480 ; pvk:mediaType "application/octet-stream" ;\n'
        f'  pvk:storageLocation "s3://harbour-models/{trial.model}"^^xsd:anyURI .'
    )


def curves(trial: Trial) -> list[tuple[str, str, Curve]]:
    """Return the series of a trial: what was measured, on which role of data, with its three points."""
    first, second, third = (round(1.2 * (1 - accuracy), 3) for accuracy in trial.train)
    return [
        ("accuracy", "train", trial.train),
        ("accuracy", "validation", trial.validation),
        ("loss", "train", (first, second, third)),
        ("epochDuration", "", trial.epoch_seconds),
    ]


def series(trial: Trial, kind: str, role: str, curve: Curve) -> str:
    """Tell a series of three points with its summary."""
    node = f"{trial.name}-{kind}{'-' * bool(role)}{role}"
    measures = f"pvk:measures <model-version/{trial.model}> ; pvk:onSplitRole pvk:SplitRole-{role} ; pvk:measuredOn <dataset-version/{trial.data}-{role}-ready>"
    lower = kind != "accuracy"
    best = curve.index(min(curve) if lower else max(curve))
    points = " , ".join(f"<metric-point/{node}-{epoch}>" for epoch in range(3))
    return "\n".join([
        f"<metric-series/{node}> a pvk:MetricSeries ; pvk:measuredIn <training-run/{trial.name}> ; pvk:metricKind pvk:MetricKind-{kind} ;",
        f"  {measures if role else f'pvk:measures <training-run/{trial.name}>'} ; pvk:pointCount 3 ; pvk:bestStep {best} ;",
        f"  pvk:firstValue {curve[0]}e0 ; pvk:lastValue {curve[2]}e0 ; pvk:minValue {min(curve)}e0 ; pvk:maxValue {max(curve)}e0 ;",
        f"  pvk:meanValue {round(sum(curve) / 3, 6)}e0 ; pvk:sumValue {round(sum(curve), 6)}e0 ; pvk:hasPoint {points} .",
        *(f"<metric-point/{node}-{epoch}> pvk:atEpoch {epoch} ; pvk:value {value}e0 ." for epoch, value in enumerate(curve)),
    ])  # fmt: skip


def evaluation(trial: Trial) -> str:
    """Tell how a trial's model met the test part of its data, an hour after the training."""
    run, data = f"evaluation-run/{trial.name}", f"dataset-version/{trial.data}-test-ready"
    measured = f"pvk:measuredIn <{run}> ; pvk:measures <model-version/{trial.model}> ; pvk:measuredOn <{data}> ; pvk:onSplitRole pvk:SplitRole-test"
    return "\n".join([
        title(f"{trial.model} meets the test part.", "evaluation", trial.who),
        f"<{run}> a pvk:EvaluationRun ; dct:title 'evaluate {trial.name}' ; {ran(trial.started + timedelta(hours=1), 5, trial.who, trial.setting)}",
        f"  pvk:evaluatedModel <model-version/{trial.model}> ; pvk:evaluationData <{data}> .",
        f"<metric-observation/{trial.name}-test-accuracy> a pvk:MetricObservation ; {measured} ; pvk:metricKind pvk:MetricKind-accuracy ; pvk:value {trial.test}e0 .",
        f"<metric-observation/{trial.name}-test-loss> a pvk:MetricObservation ; {measured} ; pvk:metricKind pvk:MetricKind-loss ; pvk:value {trial.loss}e0 .",
    ])  # fmt: skip


def number(value: float) -> str:
    """Return an integer or a double in Turtle."""
    return str(value) if isinstance(value, int) else f"{value:f}e0"
