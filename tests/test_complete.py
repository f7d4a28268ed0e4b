"""Records of scripts that said nothing of it lack only what people know, and with `provkg.toml` they lack nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.completeness import EVERYWHERE, Script, left_to_people, missing, of_data

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

A_TABLE_IN_A_FILE = Script(
    """
    import pandas as pd
    from sklearn.datasets import load_iris
    from sklearn.linear_model import SGDClassifier

    import provkg

    load_iris(as_frame=True).frame.to_csv("iris.csv", index=False)
    provkg.dataset("iris", "iris.csv")
    frame = pd.read_csv("iris.csv")
    with provkg.splitting(provkg.dataset("rows", frame), strategy="random", seed=7) as split:
        parts = split.parts(train=0.6, validation=0.2, test=0.2)
    with provkg.step("standardization", uses=parts[0], fits_on=parts[0]) as step:
        mean = parts[0].rows.mean()
        train, validation, test = (step.dataset(f"scaled {p.role}", p.rows - mean, of=p) for p in parts)
    with provkg.training("fit", data=train, validation=validation) as run:
        model = SGDClassifier(random_state=7)
        for epoch in range(3):
            model.partial_fit(train.rows.iloc[:, :4], parts[0].rows.target, classes=[0, 1, 2])
            run.metric("accuracy", model.score(validation.rows.iloc[:, :4], parts[1].rows.target), epoch=epoch)
        iris = run.model("iris", model)
    with provkg.evaluation(iris, data=test) as run:
        run.metric("accuracy", model.score(test.rows.iloc[:, :4], parts[2].rows.target))
    """,
    frozenset(
        EVERYWHERE
        | of_data("iris", "rows")
        | {("runs", "standardization", "parameters"), ("runs", "standardization", "libraries")}
    ),
    """
    responsible = "Mara"
    experiment = "flowers"

    [experiments.flowers]
    purpose = "Tell irises apart."

    [datasets."*"]
    license = "CC-BY-4.0"
    synthetic = false

    [runs.standardization]
    absent = ["parameter"]
    libraries = ["pandas"]
    """,
)

ARRAYS_IN_MEMORY = Script(
    """
    import numpy as np
    from sklearn.linear_model import LinearRegression

    import provkg

    x = np.arange(8.0).reshape(4, 2)
    data = provkg.dataset("x", x)
    with provkg.training("fit", data=data) as run:
        model = LinearRegression().fit(x, x[:, 0])
        run.metric("mse", 0.0)
        line = run.model("line", model)
    with provkg.evaluation(line, data=data) as run:
        run.metric("mse", 0.1)
    fresh = provkg.dataset("fresh", x + 1)
    with provkg.evaluation(line, data=fresh) as run:
        run.metric("r2", 1.0)
    with provkg.inference(line, data=fresh) as run:
        run.predictions(model.predict(x))
    provkg.deploy(line, at="https://models.example.org/line", stage="staging")
    """,
    frozenset(
        EVERYWHERE
        | of_data("x", "fresh")
        | {
            ("runs", "fit", "parameters"),
            ("runs", "fit", "validation_data"),
            ("runs", "predict with line", "parameters"),
            ("metrics", "r2", "role"),
            ("models", "line", None),
            ("models", "line", "absent"),
            ("deployments", "line at https://models.example.org/line", None),
            ("deployments", "line at https://models.example.org/line", "preprocessing"),
        }
    ),
    """
    responsible = "team:lines"
    experiment = "lines"

    [experiments.lines]
    purpose = "Draw lines."

    [datasets."*"]
    license = "CC0-1.0"
    synthetic = true

    [datasets.fresh]
    role = "test"

    [models.line]
    absent = ["transformationKind"]

    [runs.fit]
    parameters = {seed = 0}
    absent = ["validationData"]

    [runs."predict*"]
    absent = ["parameter"]

    [deployments."line*"]
    absent = ["hasFile", "servesPreprocessing"]
    """,
)

A_FOLDER_OF_FILES = Script(
    """
    from pathlib import Path

    import provkg

    Path("images").mkdir()
    for number in range(3):
        Path(f"images/{number}.png").write_bytes(bytes([number]) * 20)
    images = provkg.dataset("images", "images")
    with provkg.training("fit", data=images, params={"lr": 0.1}, seed=1) as run:
        for epoch in range(3):
            run.metric("loss", 1 / (epoch + 1), epoch=epoch)
        looker = run.model("looker", b"weights")
    with provkg.evaluation(looker, data=provkg.dataset("held out", [(1, "cat"), (2, "dog")])) as run:
        run.metric("accuracy", 1.0)
    """,
    frozenset(
        EVERYWHERE
        | of_data("images", "held out")
        | {
            ("datasets", "images", "record_count"),
            ("datasets", "images", "schema"),
            ("runs", "fit", "validation_data"),
            ("metrics", "accuracy", "role"),
            ("models", "looker", None),
            ("models", "looker", "absent"),
        }
    ),
    """
    responsible = "Mara"
    experiment = "pictures"

    [experiments.pictures]
    purpose = "Look at pictures."

    [datasets."*"]
    license = "CC-BY-4.0"
    synthetic = false

    [datasets."held*"]
    role = "test"

    [datasets.images]
    record_count = 3
    absent = ["hasSchema"]

    [runs.fit]
    absent = ["validationData"]

    [models.looker]
    absent = ["transformationKind"]
    """,
)

ONE_LINE_AND_NO_OTHER = Script(
    """
    import provkg

    provkg.autolog()
    from sklearn.datasets import load_iris
    from sklearn.linear_model import SGDClassifier
    from sklearn.model_selection import train_test_split
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    X, y = load_iris(return_X_y=True)
    train, test, train_y, test_y = train_test_split(X, y, random_state=1)
    whole = make_pipeline(StandardScaler(), SGDClassifier(random_state=2)).fit(train, train_y)
    whole.score(test, test_y)
    """,
    frozenset(
        EVERYWHERE
        | of_data("iris")
        | {("runs", "fit SGDClassifier", None), ("runs", "fit SGDClassifier", "validation_data")}
    ),
    "",
)

SCRIPTS = {
    "a table in a file": A_TABLE_IN_A_FILE,
    "arrays in memory": ARRAYS_IN_MEMORY,
    "a folder of files": A_FOLDER_OF_FILES,
}


@pytest.mark.parametrize("script", [*SCRIPTS.values(), ONE_LINE_AND_NO_OTHER], ids=[*SCRIPTS, "one line"])
def test_what_is_missing_after_recording_only_people_can_add(script: Script, tmp_path: Path) -> None:
    kg = script.run(tmp_path, told=False)
    assert left_to_people(kg, "minimal") == {True: [], False: []}
    lacking = left_to_people(kg, "standard")
    assert lacking[False] == []
    assert lacking[True] != [], "else there would be nothing to show"
    needs = missing(kg)
    assert needs.others == 0
    assert {(need.table, need.name, need.key) for need in needs} == script.places


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_with_what_people_know_from_the_beginning_nothing_is_missing(script: Script, tmp_path: Path) -> None:
    kg = script.run(tmp_path, told=True)
    assert left_to_people(kg, "standard") == {True: [], False: []}
    assert missing(kg).found == ()
