"""Records: what is described survives the spool, and becomes the same statements wherever it is read."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

import provkg.records as records_package
import provkg.records.description as description_module
import provkg.records.runs as runs_module
from provkg import vocabulary
from provkg.errors import Unreadable
from provkg.identity import Names
from provkg.literals import double
from provkg.records import (
    CLOSED,
    OPENED,
    Accelerator,
    ArtifactFile,
    Configuration,
    Dataset,
    DatasetVersion,
    Deployment,
    Description,
    Endpoint,
    Environment,
    Handled,
    HardwareConfiguration,
    HyperparameterSetting,
    Iri,
    MetricSeries,
    OwnConcept,
    ParameterSetting,
    Person,
    Pipeline,
    Record,
    Reference,
    SeedSetting,
    SoftwareEnvironment,
    SoftwarePackage,
    Stated,
    Step,
    TrainingRun,
    Undeployment,
    concept,
    configuration,
    interrupted,
    opened_run,
    statements,
)
from provkg.records import settings as parameter_settings
from provkg.records.description import REGISTRY, node
from provkg.records.encoding import decoded, encoded

NAMES = Names("https://example.org/kg/", b"salt")
OTHER_NAMES = Names("https://example.org/kg/", b"another")
START = datetime(2026, 3, 1, 8, tzinfo=UTC)
RUN = TrainingRun(id="r", title="train", started=START)
VERSION = DatasetVersion(dataset=Dataset(name="d"), version="1", sha256="ab" * 32)


def written(description: Description, names: Names = NAMES) -> list[Triple]:
    return statements(Record("e-1", "x", (description,)), names)


# --- every kind, with any values

SHAS = st.integers(0, 2**256 - 1).map(lambda number: f"{number:064x}")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
LEAVES: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXTS,
    int: st.integers(-(2**40), 2**40),
    bool: st.booleans(),
    float: st.floats(allow_nan=False),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=0, max_value=1),
    datetime: st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda t: t.replace(tzinfo=UTC)),  # noqa: DTZ001
    Reference: st.builds(Reference, st.just("dataset"), st.tuples(TEXTS)),
    Iri: st.sampled_from([Iri(vocabulary.SplitRole_train.value), Iri("http://spdx.org/licenses/MIT")]),
}


def values_of(annotation: Any, name: str, depth: int) -> st.SearchStrategy[Any]:
    if name in {"sha256", "patch_digest"}:
        return SHAS
    if name == "scheme":
        return st.sampled_from(["MetricKind", "SplitRole", "DeploymentStage"])
    if name == "points":
        return st.just("[[0,1.0]]")
    arguments = get_args(annotation)
    if str(annotation).startswith("tuple"):
        if Ellipsis not in arguments:
            return st.tuples(*(values_of(each, "", depth) for each in arguments))
        return st.lists(values_of(arguments[0], "", depth), max_size=2).map(tuple)
    if arguments:
        if all(isinstance(each, str) for each in arguments):
            return st.sampled_from(arguments)
        # A handle is no more than its reference, and a name means nothing without a graph.
        left_out = {
            type(None),
            Handled,
            Description,
            *([str] if Iri in arguments else []),
            *([float] if Decimal in arguments else []),
        }
        chosen = [each for each in arguments if each not in left_out and (depth > 0 or not _nests(each))]
        strategies = [values_of(each, name, depth) for each in chosen]
        return st.one_of(*([st.none()] if type(None) in arguments else []), *strategies)
    if _nests(annotation):
        return descriptions_of(annotation, depth - 1)
    return LEAVES[annotation]


def _nests(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Description)


@cache
def descriptions_of(kind: type[Description], depth: int = 1) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind, vars(description_module) | vars(records_package) | vars(runs_module))
    fields = {field.name: field for field in dataclasses.fields(kind)}
    rare = sorted(name for name, field in fields.items() if field.metadata.get("sparse"))
    usual = [name for name in fields if name not in rare]

    @st.composite
    def described(draw: st.DrawFn) -> Description:
        some = draw(st.lists(st.sampled_from(rare), max_size=3, unique=True)) if rare else []
        return kind(**{name: draw(values_of(hints[name], name, depth)) for name in (*usual, *some)})

    return described()


KINDS = [
    kind for name, kind in sorted(REGISTRY.items()) if kind.CLASS is not None or kind in {OwnConcept, Undeployment}
]


def test_there_are_kinds_to_describe() -> None:
    assert len(KINDS) > 40


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@given(data=st.data())
@settings(max_examples=12, suppress_health_check=list(HealthCheck), deadline=None)
def test_a_description_survives_the_spool_and_says_the_same(kind: type[Description], data: st.DataObject) -> None:
    described = data.draw(descriptions_of(kind))  # type: ignore[arg-type]  # a class is hashable
    text = json.dumps(encoded(described))
    again = decoded(json.loads(text))
    assert json.dumps(encoded(again)) == text
    triples = written(described)
    assert set(written(again)) == set(triples)
    for triple in triples:
        assert not isinstance(triple.subject, BlankNode)
        assert isinstance(triple.object, NamedNode | Literal)


GROUND = st.builds(
    Triple,
    st.just(NamedNode("urn:s")),
    st.just(NamedNode("urn:p")),
    st.one_of(TEXTS.map(Literal), st.just(NamedNode("urn:o")), st.just(Literal("ä", language="de"))),
)


@given(st.lists(GROUND, unique_by=str))
def test_statements_that_came_as_rdf_survive_the_spool(triples: list[Triple]) -> None:
    said = Stated(lines=tuple(f"{triple} ." for triple in triples), level="audit", engine="pyshacl")
    again = decoded(json.loads(json.dumps(encoded(said))))
    assert again == said
    assert written(again) == triples


def test_lines_that_are_no_statements_are_unreadable() -> None:
    with pytest.raises(Unreadable, match="no N-Triples"):
        written(Stated(lines=("no line",)))


# --- identity


def test_things_named_alike_have_one_iri_in_one_graph_and_another_in_a_graph_of_another_salt() -> None:
    assert Dataset(name="d").iri(NAMES) == node(VERSION.dataset, NAMES)
    assert Dataset(name="d").iri(NAMES) != Dataset(name="d").iri(OTHER_NAMES)
    assert Dataset(name="d").iri(NAMES).value.startswith("https://example.org/kg/dataset/")


def test_a_file_has_one_iri_in_every_graph() -> None:
    file = ArtifactFile(sha256="00" * 32)
    assert file.iri(NAMES) == file.iri(OTHER_NAMES)
    assert file.iri(NAMES).value.startswith("ni:///sha-256;AAAA")


def test_a_reference_points_where_its_description_stands() -> None:
    for described in (VERSION, RUN, Person(issuer="h", subject="u"), ENVIRONMENT):
        assert described.reference().iri(NAMES) == described.iri(NAMES)


PACKAGES = (SoftwarePackage(name="Typing_Extensions", version="4"), SoftwarePackage(name="numpy", version="2.1"))
ENVIRONMENT = Environment(
    os_name="Debian",
    software=SoftwareEnvironment(python_version="3.11", packages=PACKAGES),
    hardware=HardwareConfiguration(cpu_count=2, accelerators=(Accelerator(model="H100", count=1),)),
)


def test_a_package_is_named_by_its_normalized_package_url() -> None:
    assert PACKAGES[0].iri(NAMES) == NamedNode("pkg:pypi/typing-extensions@4")


def test_a_pointer_to_an_environment_does_not_carry_its_packages() -> None:
    assert len(json.dumps(encoded(ENVIRONMENT.reference()))) < 200


def test_environments_differ_when_one_package_does() -> None:
    other = dataclasses.replace(ENVIRONMENT, software=SoftwareEnvironment(python_version="3.11", packages=PACKAGES[:1]))
    assert other.digest != ENVIRONMENT.digest
    assert other.iri(NAMES) != ENVIRONMENT.iri(NAMES)


def test_the_digest_of_an_environment_is_the_same_after_the_spool() -> None:
    again = decoded(json.loads(json.dumps(encoded(ENVIRONMENT))))
    assert again.digest == ENVIRONMENT.digest


def test_a_person_is_a_pseudonym_unless_a_name_is_given() -> None:
    said = {triple.predicate: str(triple.object) for triple in written(Person(issuer="host", subject="ada"))}
    assert said[vocabulary.dct_identifier].startswith('"person-')
    assert "ada" not in str(said)
    named = written(Person(issuer="host", subject="ada", name="Ada"))
    assert vocabulary.foaf_name in {triple.predicate for triple in named}


# --- parameters


def test_one_one_true_and_text_are_four_settings() -> None:
    values: list[Any] = [1, 1.0, True, "1"]
    assert len({ParameterSetting(name="x", value=value).iri(NAMES) for value in values}) == 4


def test_numbers_and_booleans_have_a_numeric_twin() -> None:
    twins = [
        triple.object
        for value in (2, 0.5, True, "text")
        for triple in written(ParameterSetting(name="x", value=value))
        if triple.predicate == vocabulary.numericValue
    ]
    assert twins == [double(2), double(0.5), double(1)]


def test_nested_parameters_get_dotted_names_and_seeds_are_seeds() -> None:
    made = parameter_settings(
        {"optimizer": {"lr": 0.1}, "random_state": 7, "none": None, "layers": (3, 4)}, learning=True
    )
    assert [(type(each), each.name, each.value) for each in made] == [
        (HyperparameterSetting, "optimizer.lr", 0.1),
        (SeedSetting, "random_state", 7),
        (HyperparameterSetting, "none", "None"),
        (HyperparameterSetting, "layers", "[3,4]"),
    ]


def test_a_configuration_is_its_settings_in_any_order() -> None:
    first = parameter_settings({"a": 1, "b": 2})
    assert configuration(first) is not None
    assert Configuration(settings=first).iri(NAMES) == Configuration(settings=first[::-1]).iri(NAMES)
    assert configuration(()) is None


# --- concepts


@pytest.mark.parametrize("name", ["logLoss", "log_loss", "log loss", "log-loss"])
def test_a_known_concept_is_found_in_usual_spellings(name: str) -> None:
    assert concept(vocabulary.MetricKind, name) == Iri(vocabulary.MetricKind_logLoss.value)


@given(TEXTS.filter(lambda name: name.strip() != ""))
def test_any_other_name_is_a_concept_of_the_graphs_own(name: str) -> None:
    found = concept(vocabulary.MetricKind, f"my {name}")
    assert isinstance(found, OwnConcept)
    types = [triple.object for triple in written(found) if triple.predicate == vocabulary.rdf_type]
    assert types == [vocabulary.MetricKind]


# --- plans, series, deployments


def test_a_pipeline_orders_its_steps() -> None:
    first, second = Step(title="scale"), Step(title="reduce", definition='{"n": 2}')
    said = written(Pipeline(title="p", steps=(first, second)))
    assert Triple(first.iri(NAMES), vocabulary.precedes, second.iri(NAMES)) in said


def test_a_step_is_another_one_with_other_parameters() -> None:
    assert Step(title="s", definition='{"n":1}').iri(NAMES) != Step(title="s", definition='{"n":2}').iri(NAMES)


def test_points_are_three_statements_each() -> None:
    about = {"run": RUN.reference(), "metric": concept(vocabulary.MetricKind, "loss")}
    with_points = MetricSeries(**about, nodes=((0, 0, None, 0.5), (1, 1, None, 0.25)))  # type: ignore[arg-type]
    assert len(written(with_points)) - len(written(MetricSeries(**about))) == 6  # type: ignore[arg-type]


def test_packed_points_are_one_literal_of_their_own_type() -> None:
    about = {"run": RUN.reference(), "metric": concept(vocabulary.MetricKind, "loss")}
    said = written(MetricSeries(**about, packed=((1000, None, 1000, 0.5), (1001, None, 1001, 0.25))))  # type: ignore[arg-type]
    (packed,) = [triple.object for triple in said if triple.predicate == vocabulary.packed]
    assert packed == Literal("[[1000,0.5],[1001,0.25]]", datatype=vocabulary.packedSeries)


def test_a_deployment_ends_what_is_live_and_says_why() -> None:
    at, stage = Endpoint(address="https://e.org/m"), Iri(vocabulary.DeploymentStage_production.value)
    run = Reference("deployment-run", ("provkg", "1"))
    new = Deployment(run=run, model=Reference("model-version", ("m",)), endpoint=at, stage=stage, made=START)
    live = NamedNode("https://example.org/kg/deployment/1")
    said = statements(Record("e-1", "deployment", (new,)), NAMES, lambda _at, _stage: [live])
    assert Triple(new.iri(NAMES), vocabulary.replaces, live) in said
    assert Triple(live, vocabulary.prov_wasInvalidatedBy, run.iri(NAMES)) in said
    alongside = dataclasses.replace(new, ends_live=False)
    said = statements(Record("e-1", "deployment", (alongside,)), NAMES, lambda _at, _stage: [live])
    assert not [triple for triple in said if live in {triple.subject, triple.object}]


# --- records


def test_a_record_survives_json() -> None:
    record = Record("e-1", OPENED, (RUN, VERSION), "p", ("e-0",))
    assert Record.from_json(json.loads(json.dumps(record.to_json()))) == record


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"record": "x"},
        {"record": "x", "type": "t", "says": [{"@": "Unheard"}]},
        {"record": "x", "type": "t", "says": [{"@": "Dataset", "colour": "blue"}]},
        {"record": "x", "type": "t", "says": [{"strange": 1}]},
    ],
)
def test_what_is_no_record_is_unreadable(said: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        Record.from_json(said)


def test_a_run_without_an_end_is_closed_as_interrupted_at_its_last_sign_of_life() -> None:
    opening = Record("e-1", OPENED, (RUN,), "p")
    closing = interrupted(opening, id="e-1-interrupted", at=START + timedelta(seconds=5))
    run = opened_run(closing)
    assert (closing.type, closing.project) == (CLOSED, "p")
    assert run.status == Iri(vocabulary.RunStatus_interrupted.value)
    durations = [t.object for t in written(run) if t.predicate == vocabulary.durationSeconds]
    assert durations == [double(5)]


def test_a_clock_set_back_does_not_end_a_run_before_it_began() -> None:
    closing = interrupted(Record("e-1", OPENED, (RUN,)), id="x", at=START - timedelta(hours=1))
    assert opened_run(closing).ended == START
