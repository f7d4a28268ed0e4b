"""The same questions on other engines in the same run: DuckDB over tidy tables, Kuzu, MLflow's own search.

Each engine answers what it can; its answers have as many rows as provkg's, or the line says how many. What takes provkg
longer than `PATIENCE` is ended, and what takes any engine long is asked once.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from pyoxigraph import NamedNode

from benchmarks.conditions import installed
from benchmarks.scale.acts import FIRST, Counted, Rows, Touched, Way, opener
from benchmarks.scale.asked import Drawn
from benchmarks.scale.shape import HUB
from benchmarks.scale.store import opened
from benchmarks.scale.tidy import COLUMNS, Tables, parameters_of, tidied
from benchmarks.scale.worker import Act, Taken, Worker
from provkg import vocabulary as v
from provkg.index import ReadIndex
from provkg.questions import all_questions

TIMES = 5
ENOUGH = 10.0
"""Seconds after which a question is not asked again."""
PATIENCE = 60.0
_EXPERIMENT = f"?x a <{v.Experiment.value}>"
_MODEL = f"?x a <{v.ModelVersion.value}>"
_HUB = f'?whole <{v.dct_title.value}> "{HUB}" . ?x <{v.versionOf.value}> ?whole'
_TUNED = f"?x <{v.trainedBy.value}> ?run . ?run a <{v.FineTuningRun.value}>"
ABOUT = {"experiment": _EXPERIMENT, "model": _MODEL, "tuned": _TUNED, "hub": _HUB}
"""What every engine is asked about."""
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
Line = Callable[[str, str, Callable[[], Taken]], None]


def beside(path: Path, runs: int, tell: Told) -> dict[str, dict[str, dict[str, float]]]:
    """Return the median milliseconds of each question by engine; `tell` hears each line."""
    found: dict[str, dict[str, dict[str, float]]] = {}

    def line(engine: str, question: str, ask: Callable[[], Taken]) -> None:
        taken = _median(ask)
        if taken.seconds is None:
            tell(f"{question:32} {engine:24} {taken.said}")
            return
        clock, worked = taken.seconds * 1e3, taken.worked * 1e3
        found.setdefault(question, {})[engine] = {"clock": clock, "processor": worked, "rows": taken.rows}
        tell(f"{question:32} {engine:24} {taken.rows:8,} rows {clock:10.1f} ms {worked:10.1f} ms of processors")

    with opened(path) as index:
        drawn = Drawn(index, runs, path / "drawn.json")
        texts = _texts(index, drawn)
        about = {name: drawn_one(drawn, each) for name, each in ABOUT.items()}
        _ask_provkg(path, texts, about, line)
        others = [name for name in ASKING if installed(name)]
        tables = tidied(index) if others else None
    for name in ASKING:
        if tables is None or name not in others:
            tell(f"{name} is not installed")
        else:
            ASKING[name](path, tables, {each: tables.names[iri] for each, iri in about.items()}, line)
    return found


def drawn_one(drawn: Drawn, pattern: str) -> str:
    """Return the thing that every engine is asked about."""
    things = drawn.things(pattern)
    return things[0].value


def _texts(index: ReadIndex, drawn: Drawn) -> dict[str, str]:
    """Return the text of each question that others are asked too, by its name here."""
    from provkg.questions import Naming, bind

    questions = {question.path: question for question in all_questions()}
    given = {
        "training-data": {"model": _MODEL},
        "hyperparameters": {"model": _MODEL},
        "runs-of-experiment": {"experiment": _EXPERIMENT},
        "datasets-behind-model": {"model": _TUNED},
        "downstream of the hub": {"data": _HUB},
    }
    found = {}
    for name, path in ASKED.items():
        values: dict[str, Any] = {key: NamedNode(drawn_one(drawn, each)) for key, each in given.get(name, {}).items()}
        values |= {"value": 0.001} if name == "models-with-parameter" else {}
        found[name] = bind(questions[path], values, Naming(index).resolve)
    return found


def _ask_provkg(path: Path, texts: dict[str, str], about: dict[str, str], line: Line) -> None:
    closure = f"SELECT ?x {{ ?x <{v.dependsOn.value}>+ <{about['hub']}> }}"
    acts: list[tuple[str, str, Act]] = [("provkg, question", name, Rows(text)) for name, text in texts.items()]
    acts += [
        ("provkg, bare closure", "downstream of the hub", Rows(closure, None)),
        ("provkg, impact", "downstream of the hub", Counted(about["hub"])),
        ("provkg, impact with names", "downstream of the hub", Touched(about["hub"])),
        ("provkg, lineage", "datasets-behind-model", Way(about["tuned"])),
    ]
    with Worker(opener(path), PATIENCE) as worker:
        for engine, name, act in acts:
            line(engine, name, lambda act=act: worker.ask(act))  # type: ignore[misc]


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
        _ask(line, "DuckDB", name, lambda text=text, values=values: len(base.execute(text, values).fetchall()))  # type: ignore[misc]
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
        _ask(line, "Kuzu, ways", name, lambda text=text, key=key: _count(base.execute(text, {"id": numbers[key]})))  # type: ignore[misc]
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
    asked = partial(_ask, line, "MLflow")
    asked("hyperparameters", lambda: len(client.get_run(run).data.params))
    every = [each.experiment_id for each in _experiments(client)]
    rate = "params.learning_rate = '0.001'"
    asked("runs-of-experiment", lambda: len(client.search_runs([experiment.experiment_id], max_results=FIRST)))
    asked("models-with-parameter", lambda: len(client.search_runs(every, rate, max_results=FIRST)))
    best = ["metrics.accuracy_test DESC"]
    asked("best-test-accuracy", lambda: len(client.search_runs(every, max_results=1, order_by=best)))


def _experiments(client: Any) -> Iterator[Any]:
    page = None
    while page is None or page.token:
        page = client.search_experiments(page_token=None if page is None else page.token)
        yield from page


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


ASKING = {"duckdb": _ask_duckdb, "kuzu": _ask_kuzu, "mlflow": _ask_mlflow}


def _ask(line: Line, engine: str, question: str, act: Callable[[], int]) -> None:
    def taken() -> Taken:
        start, worked = perf_counter(), process_time()
        rows = act()
        return Taken(perf_counter() - start, process_time() - worked, rows)

    line(engine, question, taken)


def _median(ask: Callable[[], Taken]) -> Taken:
    """Return the median of some times after the first, or the first where that is long enough."""
    start, taken = perf_counter(), [ask()]
    while taken[-1].seconds is not None and len(taken) <= TIMES and perf_counter() - start < ENOUGH:
        taken.append(ask())
    warm = [each for each in taken[1:] if each.seconds is not None] or taken[:1]
    if warm[0].seconds is None:
        return warm[0]
    clock = statistics.median(each.seconds for each in warm if each.seconds is not None)
    return Taken(clock, statistics.median(each.worked for each in warm), warm[-1].rows)
