"""The same questions on other engines in the same run: DuckDB over tidy tables, Kuzu, MLflow's own search.

Each engine answers what it can; its answers have as many rows as provkg's, or the line says how many.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any

from pyoxigraph import NamedNode

from benchmarks.conditions import installed
from benchmarks.scale.asked import Drawn
from benchmarks.scale.shape import HUB
from benchmarks.scale.store import opened
from benchmarks.scale.tidy import COLUMNS, Tables, parameters_of, tidied
from provkg import vocabulary as v
from provkg.index import ReadIndex
from provkg.questions import all_questions

TIMES = 5
FIRST = 100
_EXPERIMENT = f"?x a <{v.Experiment.value}>"
_MODEL = f"?x a <{v.ModelVersion.value}>"
_HUB = f'?whole <{v.dct_title.value}> "{HUB}" . ?x <{v.versionOf.value}> ?whole'
_TUNED = f"?x <{v.trainedBy.value}> ?run . ?run a <{v.FineTuningRun.value}>"
ASKED = {
    "training-data": "models/training-data",
    "hyperparameters": "models/hyperparameters",
    "runs-of-experiment": "training/runs-of-experiment",
    "models-with-parameter": "training/models-with-parameter",
    "best-test-accuracy": "training/best-test-accuracy",
    "datasets-behind-model": "data/datasets-behind-model",
    "downstream of the hub": "lineage/downstream",
}
SQL = {
    "training-data": (
        "SELECT t.data, n.title FROM trained_on t LEFT JOIN versions d ON d.thing = t.data "
        "LEFT JOIN titles n ON n.thing = d.whole WHERE t.model = $thing"
    ),
    "hyperparameters": (
        "SELECT p.name, p.value FROM models m JOIN settings s ON s.run = m.run "
        "JOIN parameters p ON p.setting = s.setting WHERE m.model = $thing ORDER BY p.name"
    ),
    "runs-of-experiment": (
        "SELECT * FROM (SELECT r.run, p.name, p.value FROM runs r JOIN settings s ON s.run = r.run JOIN parameters p "
        "ON p.setting = s.setting WHERE r.experiment = $thing UNION ALL SELECT r.run, c.kind, CAST(c.value AS VARCHAR) "
        "FROM runs r JOIN models m ON m.run = r.run JOIN scores c ON c.model = m.model WHERE r.experiment = $thing) "
        "ORDER BY ALL LIMIT 100"
    ),
    "models-with-parameter": (
        "SELECT m.model, n.title FROM parameters p JOIN settings s ON s.setting = p.setting JOIN models m "
        "ON m.run = s.run LEFT JOIN titles n ON n.thing = s.run WHERE p.name = 'learning_rate' "
        "AND abs(p.number - 0.001) < 1e-9 ORDER BY n.title LIMIT 100"
    ),
    "best-test-accuracy": (
        "WITH best AS (SELECT max(value) AS value FROM scores WHERE kind = 'accuracy' AND role = 'test') "
        "SELECT c.model, p.name, p.value FROM scores c JOIN best ON c.value = best.value JOIN models m "
        "ON m.model = c.model JOIN settings s ON s.run = m.run JOIN parameters p ON p.setting = s.setting "
        "WHERE c.kind = 'accuracy' AND c.role = 'test' ORDER BY ALL"
    ),
    "datasets-behind-model": (
        "WITH RECURSIVE up(thing) AS (SELECT other FROM depends WHERE thing = $thing UNION SELECT d.other FROM up "
        "JOIN depends d ON d.thing = up.thing) SELECT up.thing FROM up JOIN datasets USING (thing)"
    ),
    "downstream of the hub": (
        "WITH RECURSIVE down(thing) AS (SELECT thing FROM depends WHERE other = $thing UNION SELECT d.thing FROM down "
        "JOIN depends d ON d.other = down.thing) SELECT thing FROM down"
    ),
}
Told = Callable[[str], None]


def beside(path: Path, runs: int, tell: Told) -> dict[str, dict[str, float]]:
    """Return the median milliseconds of each question by engine; `tell` hears each line."""
    found: dict[str, dict[str, float]] = {}

    def line(engine: str, question: str, act: Callable[[], int]) -> None:
        rows, milliseconds = _timed(act)
        found.setdefault(question, {})[engine] = milliseconds
        tell(f"{question:32} {engine:24} {rows:8,} rows {milliseconds:10.1f} ms")

    with opened(path) as index:
        drawn = Drawn(index, runs, path / "drawn.json")
        _ask_provkg(index, drawn, line)
        tables = tidied(index) if installed("duckdb") or installed("kuzu") or installed("mlflow") else None
    if tables is None:
        return found
    about = {"experiment": drawn_one(drawn, _EXPERIMENT), "model": drawn_one(drawn, _MODEL)}
    numbers = {name: tables.names[iri] for name, iri in about.items()}
    numbers |= {"tuned": tables.names[drawn_one(drawn, _TUNED)], "hub": tables.names[drawn_one(drawn, _HUB)]}
    for name, ask in (("duckdb", _ask_duckdb), ("kuzu", _ask_kuzu), ("mlflow", _ask_mlflow)):
        if installed(name) is None:
            tell(f"{name} is not installed")
        elif name != "mlflow" or runs <= 10_000:
            ask(path, tables, numbers, line)
    return found


def drawn_one(drawn: Drawn, pattern: str) -> str:
    """Return the thing that every engine is asked about."""
    things = drawn.things(pattern)
    return things[0].value


Line = Callable[[str, str, Callable[[], int]], None]


def _ask_provkg(index: ReadIndex, drawn: Drawn, line: Line) -> None:
    from provkg.questions import Naming, bind

    questions = {question.path: question for question in all_questions()}
    given = {
        "training-data": {"model": _MODEL},
        "hyperparameters": {"model": _MODEL},
        "runs-of-experiment": {"experiment": _EXPERIMENT},
        "datasets-behind-model": {"model": _TUNED},
        "downstream of the hub": {"data": _HUB},
    }
    for name, path in ASKED.items():
        values: dict[str, Any] = {key: NamedNode(drawn_one(drawn, each)) for key, each in given.get(name, {}).items()}
        values |= {"value": 0.001} if name == "models-with-parameter" else {}
        text = bind(questions[path], values, Naming(index).resolve)
        line("provkg, question", name, lambda text=text: len(index.query(text, limit=FIRST)))  # type: ignore[misc]
    hub = drawn_one(drawn, _HUB)
    closure = f"SELECT (COUNT(DISTINCT ?x) AS ?n) {{ ?x <{v.dependsOn.value}>+ <{hub}> }}"
    line("provkg, bare closure", "downstream of the hub", lambda: int(index.query(closure).rows[0][0].value))  # type: ignore[union-attr]


def _ask_duckdb(_path: Path, tables: Tables, numbers: dict[str, int], line: Line) -> None:
    duckdb, arrow = import_module("duckdb"), import_module("pyarrow")
    base = duckdb.connect(config={"threads": 2})
    for name, columns in COLUMNS.items():
        names = [each.split()[0] for each in columns.split(", ")]
        given = arrow.table({key: list(column) for key, column in zip(names, _columns(tables, name), strict=True)})
        base.register("given", given)
        base.execute(f"CREATE TABLE {name} ({columns}); INSERT INTO {name} SELECT * FROM given")  # noqa: S608
    about = {"runs-of-experiment": "experiment", "datasets-behind-model": "tuned", "downstream of the hub": "hub"}
    for name, text in SQL.items():
        values = {"thing": numbers[about.get(name, "model")]} if "$thing" in text else {}
        line("DuckDB", name, lambda text=text, values=values: len(base.execute(text, values).fetchall()))  # type: ignore[misc]
    base.close()


def _columns(tables: Tables, name: str) -> Sequence[Sequence[object]]:
    return list(zip(*tables.rows[name], strict=True)) or [[] for _ in COLUMNS[name].split(", ")]


def _ask_kuzu(path: Path, tables: Tables, numbers: dict[str, int], line: Line) -> None:
    kuzu, arrow, parquet = (import_module(name) for name in ("kuzu", "pyarrow", "pyarrow.parquet"))
    place = path / "kuzu"
    place.mkdir(exist_ok=True)
    (place / "graph").unlink(missing_ok=True)
    things, edges = place / "things.parquet", place / "edges.parquet"
    parquet.write_table(arrow.table({"id": list(range(len(tables.names)))}), things)
    one, other = _columns(tables, "depends")
    parquet.write_table(arrow.table({"a": list(one), "b": list(other)}), edges)
    base = kuzu.Connection(kuzu.Database(str(place / "graph")), num_threads=2)
    base.execute("CREATE NODE TABLE Thing(id INT64, PRIMARY KEY(id))")
    base.execute("CREATE REL TABLE Depends(FROM Thing TO Thing)")
    base.execute(f'COPY Thing FROM "{things}"')
    base.execute(f'COPY Depends FROM "{edges}"')
    base.execute("CALL var_length_extend_max_depth=300")
    up = "MATCH (a:Thing {id: $id})-[:Depends* SHORTEST 1..300]->(b:Thing) RETURN b.id"
    down = "MATCH (a:Thing {id: $id})<-[:Depends* SHORTEST 1..300]-(b:Thing) RETURN b.id"
    for name, text, key in (("datasets-behind-model", up, "tuned"), ("downstream of the hub", down, "hub")):
        line("Kuzu, ways", name, lambda text=text, key=key: _count(base.execute(text, {"id": numbers[key]})))  # type: ignore[misc]
    for file in place.iterdir():
        file.unlink()


def _count(result: Any) -> int:
    return sum(1 for _ in _rows(result))


def _rows(result: Any) -> Iterator[Any]:
    while result.has_next():
        yield result.get_next()


def _ask_mlflow(path: Path, tables: Tables, numbers: dict[str, int], line: Line) -> None:
    tracking = import_module("mlflow.tracking")
    place = path / "mlflow.db"
    client = tracking.MlflowClient(f"sqlite:///{place}")
    if not client.search_runs(["0"], max_results=1):
        _fill(client, place, tables)
    experiment = client.get_experiment_by_name(f"experiment-{numbers['experiment']}")
    run = f"{tables_run(tables, numbers['model']):032x}"
    line("MLflow", "hyperparameters", lambda: len(client.get_run(run).data.params))
    every = [each.experiment_id for each in client.search_experiments()]
    rate = "params.learning_rate = '0.001'"
    line("MLflow", "runs-of-experiment", lambda: len(client.search_runs([experiment.experiment_id], max_results=FIRST)))
    line("MLflow", "models-with-parameter", lambda: len(client.search_runs(every, rate, max_results=FIRST)))
    best = ["metrics.accuracy_test DESC"]
    line("MLflow", "best-test-accuracy", lambda: len(client.search_runs(every, max_results=1, order_by=best)))


def tables_run(tables: Tables, model: int) -> int:
    """Return the run that trained a model."""
    return next(int(str(run)) for each, run in tables.rows["models"] if each == model)


def _fill(client: Any, place: Path, tables: Tables) -> None:
    """Put the trainings into MLflow's tables, as its own calls would have, which take some ten milliseconds a run."""
    import sqlite3

    experiments = {
        number: client.create_experiment(f"experiment-{number}")
        for number in dict.fromkeys(row[1] for row in tables.rows["runs"])
    }
    client.create_run("0")
    known = parameters_of(tables.rows["parameters"])
    score = {row[1]: row for row in tables.rows["scores"] if row[3] == "test"}
    model = {run: each for each, run in tables.rows["models"]}
    base = sqlite3.connect(place)
    for run, experiment in tables.rows["runs"]:
        key = f"{run:032x}"
        base.execute(
            "INSERT OR IGNORE INTO runs (run_uuid, name, source_type, user_id, status, start_time, end_time, "
            "lifecycle_stage, artifact_uri, experiment_id) "
            "VALUES (?, ?, 'LOCAL', 'x', 'FINISHED', ?, ?, 'active', 'x', ?)",
            (key, key, run, run, experiments[experiment]),
        )
        if (row := score.get(model.get(run))) is not None:
            base.execute(
                "INSERT OR IGNORE INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES "
                "('accuracy_test', ?, 0, 0, 0, ?)",
                (row[4], key),
            )
    settings = ((f"{run:032x}", *known[setting]) for run, setting in tables.rows["settings"] if setting in known)
    base.executemany("INSERT OR IGNORE INTO params (run_uuid, key, value) VALUES (?, ?, ?)", settings)
    base.commit()
    base.close()


def _timed(act: Callable[[], int]) -> tuple[int, float]:
    rows, taken = act(), list[float]()
    for _ in range(TIMES):
        start = perf_counter()
        rows = act()
        taken.append((perf_counter() - start) * 1e3)
    return rows, statistics.median(taken)
