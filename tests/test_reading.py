"""A reader asks, traces, shows and exports one state of a graph."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from provkg import vocabulary as v
from provkg.errors import BadParameter, NotAKnowledgeGraph, RefusedQuery, UnknownQuestion, UnknownThing, UsageError
from provkg.folder import Folder
from provkg.forms import show
from provkg.graph import KnowledgeGraph
from provkg.identity import Names
from provkg.index import Answer
from provkg.questions import Parameter, bind, find
from provkg.questions.binding import term
from provkg.reading import EXPORT_FORMATS, Reader
from provkg.records import Iri, MetricSeries, OwnConcept, Reference
from tests import story
from tests.commands import environment
from tests.recording import recording

PREFIXES = "".join(f"@prefix {prefix}: <{namespace}> . " for prefix, namespace in v.NAMESPACES.items())


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(story.index())


def nowhere(name: str, classes: object) -> NamedNode:
    raise AssertionError(f"{name} needs no resolving")


def test_rows_are_mappings_with_python_values(reader: Reader) -> None:
    rows = list(reader.ask("Q7", model="apple-grader@3"))
    assert [(row["parameter"], row["value"]) for row in rows] == [
        ("algorithm", "MLPClassifier"),
        ("hidden_units", 16),
        ("learning_rate", 0.01),
        ("seed", 7),
    ]


def test_an_answer_becomes_a_frame(reader: Reader) -> None:
    frame = reader.ask("average-epoch-time").to_pandas()
    assert isinstance(frame, pd.DataFrame)
    assert list(frame["title"]) == ["sgd-fast", "raw-sgd", "sgd-slow", "mlp-small"]
    assert list(reader.ask("open-runs").to_pandas().columns) == ["run", "class", "title", "status", "started", "agent"]


def test_an_answer_says_for_which_ledger_size_it_stands(reader: Reader) -> None:
    assert reader.ask("Q2").size == reader.size == len(story.records())


def test_a_table_has_short_names_units_and_numbers_flush_right(reader: Reader) -> None:
    assert str(reader.ask("Q2", run="sgd-slow")) == (
        "run       title     epochs  mean [s]  shortest [s]  longest [s]\n"
        "--------  --------  ------  --------  ------------  -----------\n"
        "sgd-slow  sgd-slow       3       1.5             1            2"
    )


def test_rows_of_an_answer_are_taken_by_their_place(reader: Reader) -> None:
    answer = reader.ask("versions", dataset="apple-readings")
    assert (answer[0]["version"], answer[-1].version) == ("1", "2")
    assert [row["version"] for row in answer[:1]] == ["1"]
    assert answer[0] == next(iter(answer))
    with pytest.raises(IndexError):
        answer[2]
    whether = reader.query("ASK { ?x ?y ?z }")
    assert whether[0]["answer"] is True


def test_an_answer_without_rows_says_so_in_the_table_only(reader: Reader) -> None:
    empty = reader.ask("Q1", value="12345")
    assert empty.text().splitlines()[0].split() == ["model", "name", "version", "run", "title", "value"]
    assert empty.text().splitlines()[-1].startswith("no rows")
    assert empty.text("csv") == "model,name,version,run,title,value\r\n"
    assert json.loads(empty.text("json"))["results"]["bindings"] == []


def test_csv_tsv_and_json_hold_whole_terms(reader: Reader) -> None:
    answer = reader.ask("Q11", model="apple-grader@2")
    (row,) = csv.DictReader(io.StringIO(answer.text("csv")))
    assert row["data"] == f"{story.BASE}dataset-version/apples-train-ready"
    assert row["digest"] == "71" * 32
    assert answer.text("tsv").splitlines()[0].startswith("?data\t?name")
    (bound,) = json.loads(answer.text("json"))["results"]["bindings"]
    assert bound["records"] == {"type": "literal", "value": "770", "datatype": v.xsd_integer.value}


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20), min_size=1, max_size=4))
def test_any_text_survives_csv_tsv_and_json(texts: list[str]) -> None:
    rows: list[tuple[Literal | None, ...]] = [(Literal(text),) for text in texts]
    answer = Answer(kind="table", size=0, columns=("x",), rows=list(rows))
    # NUL has no place in CSV; a lone CR reads back as the end of a line in some readers, not in this one.
    if not any("\0" in text for text in texts):
        assert [row[0] for row in csv.reader(io.StringIO(show(answer, "csv"), newline=""))][1:] or texts == [""]
    assert [b["x"]["value"] for b in json.loads(show(answer, "json"))["results"]["bindings"]] == texts
    lines = show(answer, "tsv").split("\n")[1:-1]
    read_back = [next(iter(parse(f"<x:s> <x:p> {line} .", format=RdfFormat.TURTLE))).object for line in lines]
    assert read_back == [Literal(text) for text in texts]
    assert show(answer, "table").count("\n") == len(texts) + 2


def test_a_yes_or_no_and_a_graph_have_forms_too(reader: Reader) -> None:
    yes = reader.query("ASK { ?s ?p ?o }")
    assert (yes.text(), json.loads(yes.text("json"))["boolean"]) == ("yes\n", True)
    graph = reader.ask("Q10", model="raw-grader")
    parsed = {quad.triple for quad in parse(graph.text("turtle"), format=RdfFormat.TURTLE)}
    assert parsed == set(graph.triples)
    assert graph.text("csv").startswith("subject,predicate,object\r\n")
    with pytest.raises(BadParameter, match="take one of table, csv, tsv, json"):
        yes.text("turtle")


def test_a_notebook_shows_a_table_with_escaped_text() -> None:
    answer = Reader(story.index()).query('SELECT ("<b>" AS ?x) { }')
    assert "<td>&lt;b&gt;</td>" in answer._repr_html_()


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("training-data", "models/training-data"),
        ("models/training-data", "models/training-data"),
        ("Q11", "models/training-data"),
        ("q11", "models/training-data"),
        ("M5", "data/reused-datasets"),
        ("impact", "lineage/downstream"),
    ],
)
def test_a_question_is_found_by_name_path_or_its_own_tag(name: str, path: str) -> None:
    assert find(name).path == path


def test_an_unknown_question_names_the_nearest() -> None:
    with pytest.raises(UnknownQuestion, match=r"did you mean .*training-data"):
        find("traning-data")
    with pytest.raises(UnknownQuestion, match=r"means several questions: .*models/training-data"):
        find("dlprov")


def test_a_graphs_own_question_is_asked_like_the_others(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    file = tmp_path / "mine" / "titles.rq"
    file.write_text("#+ summary: Which titles are there?\nSELECT DISTINCT ?title { ?x ?y ?title } ORDER BY ?title\n")
    assert find("titles", tmp_path).path == "mine/titles"


@pytest.mark.parametrize(
    ("name", "values", "complaint"),
    [
        ("Q11", {}, "models/training-data needs model"),
        ("Q11", {"modell": "x"}, "has no parameter 'modell'; did you mean model"),
        ("Q1", {"value": "fast"}, "value is 'fast', which is no number; write it like 0.01"),
        ("M5", {"minimum": "2.5"}, "minimum is '2.5', which is no whole number; write it like 3"),
        ("Q1", {"value": "1e400"}, "value is '1e400', which is more than a number can be here"),
        ("Q1", {"value": ""}, "value is '', which is no number"),
        ("Q11", {"model": ""}, "model is empty; give a name, name@version"),
        ("Q11", {"model": " \n"}, "model is empty"),
        ("M3", {"from": "yesterday"}, "from is 'yesterday', which is no moment; write it like 2026-03-10T08:00:00Z"),
        ("M3", {"from": "2026-03-10T08:00:00"}, "which is no moment: it has no time zone; write"),
        ("M3", {"from": "2026-13-01"}, "which is no moment: month must be in 1..12; write it like"),
    ],
)
def test_a_wrong_parameter_gets_a_sentence(reader: Reader, name: str, values: dict[str, str], complaint: str) -> None:
    with pytest.raises(BadParameter, match=complaint.replace("(", r"\(")):
        reader.ask(name, **values)


@pytest.mark.parametrize(
    "name",
    ['a "quoted" name', "it's", "two\nlines", "tab\tand \\ slash", "} UNION { ?s ?p ?o", "http://a b", "<http://a b>"],
)
def test_a_name_of_any_letters_is_only_a_name(reader: Reader, name: str) -> None:
    with pytest.raises(UnknownThing, match="is called"):
        reader.ask("Q11", model=name)
    with pytest.raises(UnknownThing, match="nothing here has the paramName"):
        reader.ask("Q1", value="0.1", name=name)


def test_a_space_in_an_iri_is_pointed_out(reader: Reader) -> None:
    with pytest.raises(UnknownThing, match="an IRI holds no spaces"):
        reader.ask("Q11", model="https://example.org/kg/model version/1")


@pytest.mark.parametrize(("given", "found"), [("inf", 1), ("-inf", 0), ("nan", 1), ("0.5", 1), ("0", 1), ("1e-320", 0)])
def test_odd_numbers_equal_only_themselves(given: str, found: int) -> None:
    settings = "".join(
        f"<setting/{at}> pvk:paramName 'odd' ; pvk:numericValue '{value}'^^xsd:double ."
        f"<run> pvk:parameter <setting/{at}> ."
        for at, value in enumerate(("INF", "NaN", "0.5", "0"))
    )
    told = f"@base <{story.BASE}> . {PREFIXES} {settings} <model> pvk:trainedBy <run> ."
    also = [quad.triple for quad in parse(told, format=RdfFormat.TURTLE)]
    assert len(Reader(story.index(also=also)).ask("Q1", value=given, name="odd")) == found


def test_a_portrait_is_told_as_json_with_whole_terms(reader: Reader) -> None:
    shown = reader.show("apple-grader@2")
    document = json.loads(shown.text("json"))
    assert (document["iri"], document["name"]) == (shown.iri, "apple-grader@2")
    assert document["classes"] == [v.ModelVersion.value]
    (trained,) = [each for each in document["said"] if each["relation"] == v.trainedOn.value]
    assert trained["term"] == {"type": "uri", "value": story.thing("dataset-version/apples-train-ready").value}
    assert trained["text"] == "apples-train-ready@1"
    assert any(each["relation"] == v.measures.value for each in document["namedBy"])
    with pytest.raises(BadParameter, match="no format of a portrait"):
        shown.text("xml")


def test_a_run_that_nobody_ended_is_shown_as_running(reader: Reader) -> None:
    assert ("run status", "running (open)") in reader.show("nightly-retrain").facts
    assert ("run status", "succeeded") in reader.show("sgd-fast").facts
    assert not any(label == "run status" for label, _ in reader.show("apple-grader@2").facts)
    statuses = {row["title"]: row["status"] for row in reader.ask("runs-of-experiment", experiment="grade-apples")}
    assert statuses["nightly-retrain"] == "running (open)"
    assert statuses["mlp-wide"] == v.RunStatus_failed.value
    assert [row["status"] for row in reader.ask("open-runs")] == ["running (open)"]


@given(st.text(max_size=30))
def test_text_given_for_a_parameter_stays_one_literal(text: str) -> None:
    question = find("Q1")
    bound = bind(question, {"value": 1, "name": text}, nowhere)
    Reader(story.index_of_nothing()).query(bound)
    assert str(Literal(text)) in bound


@pytest.mark.parametrize(
    ("kind", "given", "literal"),
    [
        ("boolean", "yes", Literal(True)),
        ("boolean", False, Literal(False)),
        ("decimal", "0.70", Literal("0.7", datatype=v.xsd_decimal)),
        ("integer", 3, Literal(3)),
        ("double", 1, Literal(1.0)),
        ("dateTime", "2026-03-10T09:00:00+01:00", Literal("2026-03-10T08:00:00Z", datatype=v.xsd_dateTime)),
    ],
)
def test_values_become_terms_of_the_type_asked_for(kind: str, given: str | int, literal: Literal) -> None:
    assert term(Parameter("x", kind), given, nowhere) == literal


def test_a_query_that_would_change_the_graph_is_refused(reader: Reader) -> None:
    with pytest.raises(RefusedQuery):
        reader.query("DELETE WHERE { ?s ?p ?o }")


def test_a_thing_is_shown_with_its_facts_uses_and_records(reader: Reader) -> None:
    shown = reader.show("apple-grader@2")
    assert (shown.name, shown.classes) == ("apple-grader@2", ("model version",))
    assert ("trained on", "apples-train-ready@1") in shown.facts
    assert not any(label.startswith("derived from") for label, _ in shown.facts), "said already, by a narrower relation"
    assert ("measures", "accuracy on test = 0.94") in shown.uses
    assert shown.records == ("12: training, recorded 2026-03-20T09:12:00Z",)
    assert "Records that describe it\n  12: training" in str(shown)


def test_the_whole_graph_is_exported_without_derived_edges(reader: Reader) -> None:
    stated = {quad.triple for quad in parse(reader.export("turtle"), format=RdfFormat.TURTLE)}
    assert stated >= {t for record in story.records() for t in as_kept(record.triples)}
    assert v.dependsOn not in {triple.predicate for triple in stated}


@pytest.mark.parametrize("form", sorted(EXPORT_FORMATS))
def test_every_export_format_reads_back_the_same(reader: Reader, form: str) -> None:
    quads = set(parse(reader.export(form), format=EXPORT_FORMATS[form]))
    assert {q.triple for q in quads if q.graph_name != story.LEDGER_GRAPH} == set(reader.triples())
    ledger = [quad for quad in quads if quad.graph_name == story.LEDGER_GRAPH]
    assert bool(ledger) == EXPORT_FORMATS[form].supports_datasets


def test_an_export_of_one_thing_holds_what_it_rests_on_and_no_more(reader: Reader) -> None:
    subjects = {triple.subject for triple in reader.triples("apple-grader@2")}
    inside = (
        "dataset-version/apple-readings-2",
        "training-run/sgd-fast",
        "agent/orchard",
        "step/reduce",
        "split-set/apples",
    )
    outside = (
        "model-version/apple-grader-1",
        "deployment/second",
        "training-run/mlp-small",
        "prediction/last-crate-12",
    )
    assert {story.thing(local) for local in inside} <= subjects
    assert not {story.thing(local) for local in outside} & subjects


def test_a_folder_is_opened_and_refreshed(tmp_path: Path) -> None:
    folder = Folder.create(tmp_path / "kg", base=story.BASE)
    first, *rest = story.records()
    with KnowledgeGraph.hold(folder) as graph:
        graph.add(first.name, first.type, list(first.triples))
    with Reader.open(tmp_path / "kg") as reader:
        assert reader.size == 1
        assert reader.resolve("mara", v.prov_Agent) == story.thing("agent/mara")
        with KnowledgeGraph.hold(folder) as graph:
            graph.add(rest[0].name, rest[0].type, list(rest[0].triples))
        assert reader.size == 1, "a reader keeps its state"
        reader.refresh()
        assert reader.size == 2
        assert reader.resolve("grade-apples", v.Experiment) == story.thing("experiment/grade-apples")


def test_a_folder_that_is_no_graph_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NotAKnowledgeGraph, match="provkg init"):
        Reader.open(tmp_path)


def test_a_direction_or_format_that_is_none_is_refused(reader: Reader) -> None:
    with pytest.raises(BadParameter, match="take up or down"):
        reader.lineage("raw-grader", "sideways")
    with pytest.raises(BadParameter, match="take one of turtle"):
        reader.export("pdf")


NAMES = Names(story.BASE, b"salt")
LONG_RUN = Reference("training-run", ("long",))
CRISPNESS = OwnConcept(scheme="MetricKind", name="crispness")


def long_curve() -> list[Triple]:
    """Return a series of 1,500 points as records state it: a thousand nodes, the rest packed in two chunks."""
    points = [(step, None, step, step / 10) for step in range(1500)]
    bare = MetricSeries(run=LONG_RUN, metric=CRISPNESS, role=Iri(v.SplitRole_train.value))
    chunks = [replace(bare, packed=tuple(part)) for part in (points[1000:1200], points[1200:])]
    about = [replace(bare, nodes=tuple(points[:1000])), *chunks]
    typed = Triple(LONG_RUN.iri(NAMES), v.rdf_type, v.TrainingRun)
    return [typed, *(triple for series in (*about, CRISPNESS) for triple in series.statements(NAMES))]


def test_a_learning_curve_of_1500_points_has_1500_rows_in_order() -> None:
    reader = Reader(story.index(also=long_curve()))
    reply = reader.ask("learning-curve", run=LONG_RUN.iri(NAMES), metric="crispness")
    assert [(row["at"], row["value"]) for row in reply] == [(step, step / 10) for step in range(1500)]
    assert len(reply.text("csv").splitlines()) == 1501
    assert "[[" not in reply.text("json"), "no point lies packed in what is handed out"


def test_points_that_others_packed_in_another_way_are_shown_as_they_stand() -> None:
    odd = [
        Triple(t.subject, t.predicate, Literal("[oops", datatype=v.packedSeries)) if t.predicate == v.packed else t
        for t in long_curve()
    ]
    reply = Reader(story.index(also=odd)).ask("learning-curve", run=LONG_RUN.iri(NAMES), metric="crispness")
    assert len(reply) == 1002
    assert "[oops" in reply.text()


def test_a_point_with_epoch_and_step_is_one_row() -> None:
    both = MetricSeries(run=LONG_RUN, metric=CRISPNESS, nodes=((0, 1, 100, 0.5), (1, 2, 200, 0.6)))
    said = [*long_curve()[:1], *both.statements(NAMES), *CRISPNESS.statements(NAMES)]
    reply = Reader(story.index(also=said)).ask("learning-curve", run=LONG_RUN.iri(NAMES), metric="crispness")
    assert [row["at"] for row in reply] == [1, 2], "the epoch is the place where there is one"


def test_a_concept_of_the_graph_is_shown_by_its_label_and_kept_as_an_iri_for_programs() -> None:
    reader = Reader(story.index(also=long_curve()))
    kind = CRISPNESS.reference().iri(NAMES)
    reply = reader.query(f"SELECT DISTINCT ?kind {{ ?series {v.metricKind} ?kind }} ORDER BY ?kind")
    assert "crispness" in str(reply).split()
    assert ">crispness</span>" in reply._repr_html_()
    assert f'title="{kind.value}"' in reply._repr_html_()
    for form in ("csv", "tsv", "json"):
        assert kind.value in reply.text(form)
        assert "crispness" not in reply.text(form)


def test_a_portrait_calls_a_concept_of_the_graph_by_its_label() -> None:
    reader = Reader(story.index(also=long_curve()))
    (series,) = {triple.subject for triple in long_curve() if triple.predicate == v.metricKind}
    assert isinstance(series, NamedNode)
    shown = reader.show(series)
    assert shown.name == "crispness on train"
    assert ("metric kind", "crispness") in shown.facts
    assert reader.show("crispness").name == "crispness"


def test_an_answer_without_rows_says_what_that_means_where_people_read(reader: Reader) -> None:
    meaning = "Empty when no model was trained with such a value."
    empty = reader.ask("Q1", value="12345")
    assert str(empty).splitlines()[-1].endswith(f" by default. {meaning}")
    assert meaning in empty.text("html")
    assert meaning in empty._repr_html_()
    for form in ("csv", "tsv", "json", "jsonl", "xml"):
        assert "Empty" not in empty.text(form)
    assert "Empty" not in reader.ask("Q1", value="0.1").text()
    assert str(reader.query("SELECT ?x { ?x a <urn:none> }")).splitlines()[-1] == "no rows", "of SPARQL nobody knows"


def test_an_answer_without_rows_names_the_defaults_that_applied(reader: Reader) -> None:
    silent = reader.ask("learning-curve", run="mlp-wide")
    assert silent.text().splitlines()[-1].startswith("no rows; with metric=accuracy by default. Empty when")
    assert "no rows; with metric=accuracy by default. Empty when" in silent._repr_html_()
    chosen = reader.ask("learning-curve", run="mlp-wide", metric="accuracy")
    assert chosen.text().splitlines()[-1].startswith("no rows. "), "what was chosen is no default"
    assert "by default" not in reader.ask("learning-curve", run="sgd-fast").text()


def test_a_missing_parameter_is_asked_for_without_the_words_of_the_terminal(reader: Reader) -> None:
    with pytest.raises(BadParameter) as raised:
        reader.ask("Q11")
    assert str(raised.value).endswith("give it as model=…")
    assert "--" not in str(raised.value)


def test_replies_and_readers_are_short_in_a_prompt(tmp_path: Path) -> None:
    with Reader.open(Folder.create(tmp_path / "kg", base=story.BASE).path) as opened:
        assert repr(opened) == f"Reader({tmp_path / 'kg'}: 0 ledger entries)"
        assert repr(opened.query("SELECT (1 AS ?a) (2 AS ?b) {}")) == "Reply(table: 1 row; a, b)"
        assert repr(opened.query("ASK {}")) == "Reply(boolean: yes)"
    assert repr(opened) == f"Reader({tmp_path / 'kg'}: closed)"


def test_a_closed_reader_says_that_it_is_closed(tmp_path: Path) -> None:
    opened = Reader.open(Folder.create(tmp_path / "kg", base=story.BASE).path)
    with opened:
        opened.ask("open-runs")
    opened.close()
    for use in (
        lambda: opened.ask("open-runs"),
        lambda: opened.query("ASK {}"),
        lambda: opened.resolve("x"),
        lambda: opened.export(),
        lambda: opened.refresh(),
    ):
        with pytest.raises(UsageError, match=r"is closed; open another with provkg\.open\(\)"):
            use()


def test_without_a_path_the_graph_of_the_environment_or_of_configure_is_opened(tmp_path: Path) -> None:
    folders = [Folder.create(tmp_path / name, base=story.BASE) for name in ("said", "env")]
    with recording(folders[0].path), Reader.open() as opened:
        assert repr(opened).startswith(f"Reader({folders[0].path}: ")
    code = "import provkg; print(repr(provkg.open()))"
    variables = environment() | {"PROVKG_STORE": str(folders[1].path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=variables, check=True)
    assert done.stdout == f"Reader({folders[1].path}: 0 ledger entries)\n"


def as_kept(triples: tuple[Triple, ...]) -> list[Triple]:
    kept = Store()
    kept.extend(Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    return [quad.triple for quad in kept]
