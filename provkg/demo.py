"""The main job in one sitting, and the tutorial: train models on digits, then ask where the best one came from.

What follows is what a training script of your own would say. None of it opens the graph, and none of it needs a server.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import provkg
from provkg.errors import MissingExtra

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from provkg.capture import Data, ModelHandle, StepBlock, TrainingBlock

SEED, EPOCHS, BATCH = 7, 12, 64
SOURCE = "https://archive.ics.uci.edu/dataset/80/optical+recognition+of+handwritten+digits"
CANDIDATES: list[tuple[str, dict[str, Any]]] = [
    ("SGDClassifier", {"alpha": 0.0001, "loss": "log_loss"}),
    ("SGDClassifier", {"alpha": 0.01, "loss": "log_loss"}),
    ("SGDClassifier", {"alpha": 0.001, "loss": "modified_huber"}),
    ("MLPClassifier", {"hidden_layer_sizes": (32,), "learning_rate_init": 0.01}),
    ("MLPClassifier", {"hidden_layer_sizes": (64,), "learning_rate_init": 0.01}),
    ("MLPClassifier", {"hidden_layer_sizes": (64,), "learning_rate_init": 0.001}),
]


QUESTIONS: tuple[tuple[str, dict[str, str]], ...] = (
    ("Q1", {"name": "alpha", "value": "0.01"}),
    ("Q2", {}),
    ("Q3", {}),
    ("Q4", {}),
    ("Q5", {"experiment": "digits"}),
    ("Q6", {"data": "train-reduced@latest"}),
    ("Q7", {"model": "{model}"}),
    ("Q8", {"model": "{model}"}),
    ("Q9", {"model": "{model}"}),
    ("Q10", {"model": "{model}"}),
    ("Q11", {"model": "{model}"}),
    ("Q12", {"model": "{model}"}),
    ("datasets-behind-model", {"model": "{model}"}),
    ("models-of-engineer", {"engineer": "{engineer}"}),
    ("datasets-used-in-period", {"from": "{started}"}),
    ("chains", {}),
    ("reused-datasets", {}),
    ("upstream", {"thing": "{model}"}),
    ("downstream", {"data": "digits@1.0"}),
)
ROWS_SHOWN = 8
NEXT = """
What to type next:
  provkg lineage {model} --up --store {store}       the way back to the source, as a tree
  provkg show {model} --store {store}               everything known about the model, in words
  provkg questions --store {store}                  every question there is
  provkg ask Q7 --model {model} --store {store}     one of them
  provkg check --store {store}                      whether the graph says all that `standard` asks
  provkg serve --store {store}                      SPARQL at http://127.0.0.1:7880/sparql
"""


def main(store: Path) -> None:
    """Record a whole story into the graph at `store`, then ask it; raises `MissingExtra` without scikit-learn."""
    if find_spec("sklearn") is None:
        raise MissingExtra('the demo trains with scikit-learn; run: pip install "provkg[demo]"')
    started = datetime.now(UTC)
    ask(store, model=record(store), started=started.isoformat())


def record(store: Path) -> str:
    """Walk from raw rows to predictions in service; returns the model in service as name@version."""
    provkg.configure(store=store, project="digits", responsible="team:digits", code=__file__)
    raw = load()
    known, unseen = clean(raw)
    parts, steps = prepare(known, unseen)
    train, validation, test, unseen = parts
    # The same rows and seed give the same model again: versions named after the day tell two runs of the demo apart.
    batch = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S")
    scores = dict(
        fit(f"{batch}-{number}", *candidate, train, validation) for number, candidate in enumerate(CANDIDATES, 1)
    )
    best = max(scores, key=lambda model: scores[model])
    reason = f"highest validation accuracy of {len(scores)} candidates, {scores[best]:.3f}; test was not looked at"
    provkg.select(best, among=list(scores), by="accuracy", data=validation, reason=reason)
    for model in scores:
        judge(model, test)
    say(f"chose {best.name}@{best.version}: {reason}")
    serve(best, unseen, steps, store.with_name(f"{store.name}-files"))
    return f"{best.name}@{best.version}"


def ask(store: Path, **given: str) -> None:
    """Print every question with its answer, and what to type next; `given` fills the parameters of `QUESTIONS`."""
    with provkg.open(store) as graph:
        questions = {key: question for question in graph.questions() for key in (question.name, *question.tags)}
        given["engineer"] = next(iter(graph.ask("Q9", model=given["model"])))["identifier"]
        for name, parameters in QUESTIONS:
            values = {parameter: value.format(**given) for parameter, value in parameters.items()}
            answer = graph.ask(name, **values).text()
            sys.stdout.write(f"\n{name}: {questions[name].summary}\n{shortened(answer)}\n")
    sys.stdout.write(NEXT.format(store=store, **given))


def shortened(answer: str) -> str:
    """Return the first lines of an answer, saying how many more there are."""
    lines = answer.splitlines()
    more = [f"… {len(lines) - ROWS_SHOWN - 2} more"] if len(lines) > ROWS_SHOWN + 3 else []
    return "\n".join([*(lines[: ROWS_SHOWN + 2] if more else lines), *more])


def load() -> Data:
    """Return scikit-learn's digits with a few rows spoilt on purpose; a row is 64 pixels and the digit."""
    import numpy as np
    from sklearn.datasets import load_digits

    pixels, digits = load_digits(return_X_y=True)
    rows = np.column_stack([pixels, digits])
    digits_data = provkg.dataset(
        "digits", rows, version="1.0", source=SOURCE, license="CC-BY-4.0", synthetic=False, target=64,
        description="1,797 handwritten digits of 8 x 8 pixels, as scikit-learn ships them",
    )  # fmt: skip
    defects = {"duplicates": 12, "bad": 5}
    with provkg.step(
        "spoil some rows", uses=digits_data, kind="defectInjection", params=defects, library="numpy"
    ) as step:
        chosen = np.random.default_rng(SEED).choice(len(rows), 17, replace=False)
        bad = rows[chosen[12:]].copy()
        bad[:, 0] = -1  # no pixel is darker than 0
        spoilt = step.dataset("digits-spoilt", np.vstack([rows, rows[chosen[:12]], bad]))
    say(f"loaded {len(rows)} digits and added 12 duplicate and 5 bad rows on purpose")
    return spoilt


def clean(raw: Data) -> tuple[Data, Data]:
    """Drop duplicates and bad rows, then keep a batch apart that no model sees before it is in service."""
    import numpy as np

    with provkg.step(
        "drop duplicate rows", uses=raw, kind="deduplication", params={"keep": "first"}, library="numpy"
    ) as step:
        first = np.sort(np.unique(raw.rows, axis=0, return_index=True)[1])
        distinct = step.dataset("digits-distinct", raw.rows[first])
    condition = {"keep": "0 <= pixel <= 16"}
    with provkg.step("drop bad rows", uses=distinct, kind="filtering", params=condition, library="numpy") as step:
        good = ((distinct.rows[:, :64] >= 0) & (distinct.rows[:, :64] <= 16)).all(axis=1)
        sound = step.dataset("digits-clean", distinct.rows[good])
    with provkg.step("keep a batch apart", uses=sound, kind="slicing", params={"rows": 50}, library="numpy") as step:
        unseen = step.dataset("digits-unseen", sound.rows[-50:])
        known = step.dataset("digits-known", sound.rows[:-50])
    say(f"dropped {len(raw.rows) - len(sound.rows)} rows, kept {len(unseen.rows)} apart, {len(known.rows)} remain")
    return known, unseen


def prepare(known: Data, unseen: Data) -> tuple[list[Data], list[StepBlock]]:
    """Split, then fit a scaler and a PCA on train alone and apply them to every part."""
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import StandardScaler

    with provkg.splitting(known, strategy="stratified", seed=SEED, stratify=64) as split:
        parts = [*split.parts(train=0.7, validation=0.1, test=0.2), unseen]
    steps = []
    for kind, title, transform in (
        ("standardization", "scale", StandardScaler()),
        ("dimensionalityReduction", "reduce", PCA(n_components=32, random_state=SEED)),
    ):
        with provkg.step(
            title, uses=parts, fits_on=parts[0], kind=kind, params=transform.get_params(), library="scikit-learn"
        ) as step:
            transform.fit(features(parts[0]))
            parts = [
                step.dataset(f"{name}-{title}d", transformed(transform, part), of=part) for name, part in named(parts)
            ]
            steps.append(step)
    sizes = ", ".join(f"{len(part.rows)} {name}" for name, part in named(parts))
    say(f"split into {sizes} rows; scaled them and reduced them to 32 columns")
    return parts, steps


def fit(
    version: str, algorithm: str, settings: dict[str, Any], train: Data, validation: Data
) -> tuple[ModelHandle, float]:
    """Train one candidate over real epochs; returns it with its last validation accuracy."""
    import numpy as np
    from sklearn.linear_model import SGDClassifier
    from sklearn.neural_network import MLPClassifier

    classifier = {"SGDClassifier": SGDClassifier, "MLPClassifier": MLPClassifier}[algorithm](
        random_state=SEED, **settings
    )
    params = {"algorithm": algorithm, **settings, "epochs": EPOCHS, "batch_size": BATCH, "random_state": SEED}
    order = np.random.default_rng(SEED)
    with provkg.training(
        algorithm, data=train, validation=validation, params=params, library="scikit-learn",
        experiment=provkg.experiment("digits", purpose="read handwritten digits well enough to sort post"),
    ) as run:  # fmt: skip
        accuracy = 0.0
        for epoch in range(EPOCHS):
            for batch in np.array_split(order.permutation(train.rows), len(train.rows) // BATCH):
                classifier.partial_fit(batch[:, :-1], batch[:, -1], classes=np.arange(10.0))
            measure(run, classifier, train, epoch)
            accuracy = measure(run, classifier, validation, epoch)
        model = run.model("digits-classifier", classifier, version=version)
    say(f"trained {algorithm} {settings}: validation accuracy {accuracy:.3f}")
    return model, accuracy


def measure(run: TrainingBlock, classifier: Any, part: Data, epoch: int) -> float:
    """Log loss and accuracy of one epoch on one part; returns the accuracy."""
    from sklearn.metrics import log_loss

    accuracy = float(classifier.score(features(part), part.rows[:, -1]))
    loss = log_loss(part.rows[:, -1], classifier.predict_proba(features(part)))
    run.metric("loss", loss, epoch=epoch, role=part.role)
    run.metric("accuracy", accuracy, epoch=epoch, role=part.role)
    return accuracy


def judge(model: ModelHandle, test: Data) -> None:
    """Report a candidate's accuracy on test, which nobody used to choose."""
    with provkg.evaluation(model, data=test, library="scikit-learn") as run:
        run.metric("accuracy", model.object.score(features(test), test.rows[:, -1]))


def serve(model: ModelHandle, unseen: Data, steps: list[StepBlock], files: Path) -> None:
    """Save the chosen model, put it into service and let it read the digits that were kept apart."""
    files.mkdir(exist_ok=True)
    saved = model.save(files / "digits-classifier.pickle")
    deployment = provkg.deploy(
        model, at="https://models.example.org/digits", stage="staging", preprocessing=steps, file=saved
    )
    with provkg.inference(model, data=unseen, deployment=deployment, params={"decision": "highest probability"}) as run:
        probabilities = model.object.predict_proba(features(unseen))
        batch = run.predictions(probabilities.argmax(axis=1), name="digits-batch-1", path=files / "predictions.csv")
        run.prediction(0, int(probabilities[0].argmax()), confidence=float(probabilities[0].max()))
    say(f"deployed it and read {batch.record_count} unseen digits")


def named(parts: list[Data]) -> list[tuple[str, Data]]:
    """Return each part with its role; the rows kept apart have none."""
    return [(part.role or "unseen", part) for part in parts]


def features(part: Data) -> NDArray[Any]:
    """Return the columns that a model may see: all but the last, which is the digit."""
    columns: NDArray[Any] = part.rows[:, :-1]
    return columns


def transformed(transform: Any, part: Data) -> NDArray[Any]:
    """Return the part's rows with their columns transformed and the digit kept."""
    import numpy as np

    return np.column_stack([transform.transform(features(part)), part.rows[:, -1]])


def say(line: str) -> None:
    """Tell the person at the terminal how far it is."""
    sys.stderr.write(f"provkg demo: {line}\n")
