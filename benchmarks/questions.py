"""How long each saved question and each way to name a thing take on graphs of generated runs.

Run: python -m benchmarks.questions [--folder DIR] [--rdflib] [RUNS ...]
Making the graph of 10,000 runs takes minutes; with a folder it is kept there and found again.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter

from pyoxigraph import Literal, NamedNode

from benchmarks.conditions import conditions
from benchmarks.data import moment
from benchmarks.in_memory import print_in_memory
from benchmarks.loading import loaded
from provkg import vocabulary as v
from provkg.errors import AmbiguousName, UnknownThing
from provkg.graph import read
from provkg.index import ReadIndex
from provkg.literals import date_time_text
from provkg.questions import Naming, all_questions, bind, find
from provkg.questions.binding import Value

WARM = 5
SWEEP = 10
"""The sweep that is asked about."""
SMALLEST = 50 * (SWEEP + 1)
_THINGS = """
PREFIX pvk: <https://w3id.org/provkg#> PREFIX dct: <http://purl.org/dc/terms/> PREFIX prov: <http://www.w3.org/ns/prov#>
SELECT ?model ?run ?train ?part ?data ?dataset ?experiment ?engineer ?endpoint ?prediction WHERE {
  ?decision dct:title "choose from sweep %d" ; pvk:selected ?model .
  ?model pvk:trainedBy ?run ; pvk:trainedOn ?train .
  ?run pvk:inExperiment ?experiment ; pvk:triggeredBy ?engineer .
  ?train prov:wasDerivedFrom ?part . ?part pvk:subsetOf ?data . ?data pvk:versionOf ?dataset .
  ?deployment pvk:deploys ?model ; pvk:deployedAt ?endpoint .
  ?prediction pvk:predictedBy ?model ; pvk:rowIndex 0 .
}"""
ASKED: dict[str, list[dict[str, str]]] = {
    "data/datasets-behind-model": [{"model": "model"}],
    "data/datasets-used-in-period": [{"from": "from", "to": "to"}, {}],
    "data/reused-datasets": [{}],
    "data/splits-behind-model": [{"model": "model"}],
    "data/versions": [{"dataset": "dataset"}],
    "deployment/history": [{"endpoint": "endpoint"}],
    "deployment/serving": [{"endpoint": "endpoint"}, {"endpoint": "endpoint", "at": "to"}],
    "deployment/training-slice-of-prediction": [{"prediction": "prediction"}],
    "lineage/downstream": [{"data": "data"}],
    "lineage/process-behind-model": [{"model": "model"}],
    "lineage/upstream": [{"thing": "model"}, {"thing": "prediction"}],
    "models/chains": [{"experiment": "experiment"}, {}],
    "models/environment": [{"model": "model"}],
    "models/hyperparameters": [{"model": "model"}],
    "models/models-of-engineer": [{"engineer": "engineer"}],
    "models/responsible": [{"model": "model"}],
    "models/training-data": [{"model": "model"}],
    "models/transformations": [{"model": "model"}],
    "models/why-selected": [{"model": "model"}],
    "training/average-epoch-time": [{"run": "run"}, {"experiment": "experiment"}, {}],
    "training/best-test-accuracy": [{"experiment": "experiment"}, {}],
    "training/best-training-accuracy": [{"experiment": "experiment"}, {}],
    "training/code-of-run": [{"run": "run"}],
    "training/data-of-best-test-run": [{"experiment": "experiment"}],
    "training/failed-runs": [{"from": "from", "to": "to"}, {}],
    "training/learning-curve": [{"run": "run"}],
    "training/least-loss-on-data": [{"data": "train"}, {"data": "data"}],
    "training/models-with-parameter": [{"value": "rate"}, {"name": "layers", "value": "four"}],
    "training/open-runs": [{}],
    "training/runs-of-experiment": [{"experiment": "experiment"}],
}


@dataclass(frozen=True)
class Timing:
    """Seconds of the first time and, in the middle, of those after it, with the number of rows."""

    first: float
    warm: float
    rows: int


def main(sizes: list[int], folder: Path | None, *, rdflib: bool) -> None:
    """Print every question's times at each of `sizes`, then those of names, and rdflib's for a few."""
    print(conditions("provkg", "pyoxigraph", "rdflib"))
    with tempfile.TemporaryDirectory() as place:
        taken = [_times((folder or Path(place)) / f"runs-{runs}", runs) for runs in sizes]
        _print(sizes, taken)
        if rdflib:
            with read(loaded((folder or Path(place)) / f"runs-{sizes[0]}", sizes[0])) as index:
                texts = _texts(index)
                triples = index.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }").triples
            print_in_memory(triples, texts, sizes[0])


def _times(path: Path, runs: int) -> dict[str, Timing]:
    start = perf_counter()
    made = not path.exists()
    folder = loaded(path, runs)
    with read(folder) as index:
        (row,) = index.query("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }").rows
        how = f"loaded without the gate in {perf_counter() - start:.0f} s" if made else "found"
        print(f"{runs:,} runs: {index.size:,} records, {int(getattr(row[0], 'value', 0)):,} statements, {how}")
        asked = {name: _timed(partial(_rows, index, text)) for name, text in _texts(index).items()}
        return asked | {f"name: {name}": _timed(resolve) for name, resolve in _names(index).items()}


def _rows(index: ReadIndex, text: str) -> int:
    return len(index.query(text))


def _texts(index: ReadIndex) -> dict[str, str]:
    """Return the text of each asked question, under its path and parameters; raises KeyError for one not in `ASKED`."""
    things = _things(index)
    return {
        " ".join([question.path, *(k if k == v else f"{k}={v}" for k, v in values.items())]): bind(
            question, {key: things.get(value) for key, value in values.items()}, Naming(index).resolve
        )
        for question in all_questions()
        for values in ASKED[question.path]
    }


def _things(index: ReadIndex) -> Mapping[str, Value | None]:
    answer = index.query(_THINGS % SWEEP)
    found = dict(zip(answer.columns, answer.rows[0], strict=True))
    things: dict[str, Value | None] = {
        name: term for name, term in found.items() if isinstance(term, NamedNode | Literal)
    }
    first = 50 * SWEEP
    return things | {
        "from": date_time_text(moment(first)),
        "to": date_time_text(moment(first + 100)),
        "rate": 0.001,
        "layers": "layers",
        "four": 4.0,
    }


def _names(index: ReadIndex) -> dict[str, Callable[[], int]]:
    naming, models = Naming(index), (v.ModelVersion,)
    things = _things(index)
    short = str(getattr(things["model"], "value", "")).rpartition("/")[2][:12]
    return {
        "model-5@510": lambda: _resolved(naming, "model-5@510", models),
        "model-5@latest": lambda: _resolved(naming, "model-5@latest", models),
        "model-5, which is ambiguous": lambda: _resolved(naming, "model-5", models),
        "modell-5, which is unknown": lambda: _resolved(naming, "modell-5", models),
        "model-version/ and 12 digits": lambda: _resolved(naming, f"model-version/{short}", models),
        "experiment-5": lambda: _resolved(naming, "experiment-5", (v.Experiment,)),
        "the question of the tag Q11": lambda: len(find("Q11").params),
        "mlp 512 or sgd 512, without a class": lambda: (
            _resolved(naming, "mlp 512", ()) + _resolved(naming, "sgd 512", ())
        ),
    }


def _resolved(naming: Naming, name: str, classes: tuple[NamedNode, ...]) -> int:
    with suppress(UnknownThing, AmbiguousName):
        naming.resolve(name, classes)
        return 1
    return 0


def _timed(act: Callable[[], int]) -> Timing:
    seconds, rows = [], 0
    for _ in range(1 + WARM):
        start = perf_counter()
        rows = act()
        seconds.append(perf_counter() - start)
    return Timing(seconds[0], statistics.median(seconds[1:]), rows)


def _print(sizes: list[int], taken: list[dict[str, Timing]]) -> None:
    heads = "".join(f"{f'{runs:,} runs: rows':>20} {'first ms':>10} {'warm ms':>10}" for runs in sizes)
    print(f"\n{'question, and the parameters that were given':56}{heads} {'growth':>8}")
    for name in taken[0]:
        row = [times[name] for times in taken]
        cells = "".join(f"{each.rows:20,} {each.first * 1e3:10.1f} {each.warm * 1e3:10.1f}" for each in row)
        print(f"{name:56}{cells} {row[-1].warm / row[0].warm:8.1f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Time the saved questions on graphs of generated runs.")
    parser.add_argument("runs", nargs="*", type=int, default=[1_000, 10_000])
    parser.add_argument("--folder", type=Path, help="where the graphs are kept")
    parser.add_argument("--rdflib", action="store_true", help="ask rdflib a few, at the first size")
    given = parser.parse_args()
    if min(given.runs) < SMALLEST:
        parser.error(f"the sweep that is asked about ends with run {SMALLEST}; take at least {SMALLEST} runs")
    main(given.runs, given.folder, rdflib=given.rdflib)
