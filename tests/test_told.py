"""What people tell in `provkg.toml`: where it is found, what it may say, and what becomes of it in records."""

from __future__ import annotations

import textwrap
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode

from provkg import vocabulary
from provkg.capture import configure, dataset, end_session, evaluation, training
from provkg.capture.defaults import defaults, forget_defaults
from provkg.capture.told import checked
from provkg.capture.told_fields import KINDS, field_of
from provkg.capture.told_keys import KEYS
from provkg.facts_file import Fact, FactsFile
from provkg.identity import Names
from provkg.reading.people.saying import statements_of
from provkg.reading.people.things import Thing
from provkg.records import (
    DatasetVersion,
    DataSource,
    Experiment,
    Feature,
    Iri,
    MetricObservation,
    ModelVersion,
    Project,
    Team,
    TrainingRun,
)
from provkg.resources import SHAPES
from tests.generated.files import same_or_rewritten
from tests.generated.told_keys import render
from tests.recording import Recorded, described

KEYS_FILE = SHAPES.parent / "provkg" / "capture" / "told_keys.py"


@pytest.mark.checkout
def test_the_keys_are_what_the_shapes_leave_to_people(rewrite: bool) -> None:
    assert same_or_rewritten(KEYS_FILE, render(), rewrite=rewrite), "run: python -m pytest tests/test_told.py --rewrite"


def test_every_key_can_be_told() -> None:
    for table, keys in KEYS.items():
        assert {field_of(table, key).name for key in keys} == set(keys)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a project, which is the working folder."""
    for variable in ("STORE", "PROJECT", "EXPERIMENT", "RESPONSIBLE", "AGENT", "FACTS"):
        monkeypatch.delenv(f"PROVKG_{variable}", raising=False)
    monkeypatch.setenv("PROVKG_DELIVER", "off")
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@contextmanager
def told(text: str) -> Iterator[Recorded]:
    """Record with a `provkg.toml` that says `text` in the working folder."""
    Path("provkg.toml").write_text(textwrap.dedent(text), "utf-8")
    forget_defaults()
    try:
        yield Recorded(defaults().folder)
    finally:
        end_session()
        forget_defaults()


ALL = """
    store = "records"
    project = "orchard"
    experiment = "grading"
    responsible = "Mara"

    [datasets."apples"]
    license = "CC-BY-4.0"
    source = "https://example.org/scales"
    synthetic = false
    description = "Apples of one autumn."
    sensitivity = "internal"
    contains_personal_data = false
    intended_uses = "grading"
    steward = "Ben"
    target = "ripe"
    role = "train"

    [experiments.grading]
    purpose = "Grade apples by machine."

    [models."grader"]
    license = "MIT"
    absent = ["transformationKind"]

    [runs."fit*"]
    responsible = "team:vision"
    parameters = {depth = 3, seed = 7}

    [metrics.accuracy]
    role = "test"
"""


@pytest.mark.usefixtures("project")
def test_what_is_told_of_a_dataset_stands_in_its_record() -> None:
    with told(ALL) as recorded:
        data = dataset("apples", [{"weight": 0.2, "ripe": True}])
        (version,) = described(recorded.only("dataset"), DatasetVersion)
        (feature,) = described(recorded.only("dataset"), Feature)
    assert version.license == Iri("http://spdx.org/licenses/CC-BY-4.0")
    assert version.source == DataSource(identifier="https://example.org/scales", url="https://example.org/scales")
    assert Iri(vocabulary.obtainedFrom.value) not in version.absent, "it is known where they come from"
    assert (version.synthetic, version.contains_personal_data) == (False, False)
    assert version.intended_uses == ("grading",)
    assert version.sensitivity == Iri(vocabulary.SensitivityLevel_internal.value)
    assert version.project == Project(name="orchard")
    assert [each.role for each in version.roles] == [Iri(vocabulary.AgentRole_dataSteward.value)]
    assert (feature.name, feature.role) == ("ripe", Iri(vocabulary.FeatureRole_target.value))
    assert (data.role, data.target, data.synthetic) == ("train", "ripe", False)


@pytest.mark.usefixtures("project")
def test_what_is_told_of_runs_models_and_experiments_stands_in_their_records() -> None:
    with told(ALL) as recorded:
        data = dataset("apples", [{"weight": 0.2, "ripe": True}])
        with training("fit", data=data, params={"depth": 4}) as run:
            tested = run.model("grader", b"weights")
        (ended,) = described(recorded.closing(), TrainingRun)
        (model,) = described(recorded.closing(), ModelVersion)
        with evaluation(tested, data=dataset("pears", [(1, 2)])) as judging:
            judging.metric("accuracy", 0.5)
        (measured,) = described(recorded.closing(), MetricObservation)
    assert ended.responsible == Team(issuer="name", subject="vision", name="vision"), "the table says more than the top"
    assert ended.experiment == Experiment(
        name="grading", purpose="Grade apples by machine.", project=Project(name="orchard")
    )
    assert {setting.name: setting.value for setting in ended.parameters} == {"depth": 4, "seed": 7}
    assert model.license == Iri("http://spdx.org/licenses/MIT")
    assert model.absent == (Iri(vocabulary.transformationKind.value),)
    assert measured.role == Iri(vocabulary.SplitRole_test.value)


@pytest.mark.usefixtures("project")
def test_the_code_wins_and_a_disagreement_is_said_once() -> None:
    with told(ALL) as recorded:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            for ripe in (True, False):
                dataset("apples", [{"ripe": ripe}], license="MIT", synthetic=False)
        versions = [each for record in recorded.records("dataset") for each in described(record, DatasetVersion)]
    assert {version.license for version in versions} == {Iri("http://spdx.org/licenses/MIT")}
    place = Path("provkg.toml").absolute()
    assert [str(each.message) for each in said] == [
        f"{place}:8 says another license of 'apples' than the code does; what the code says is recorded"
    ]


def test_the_store_is_where_the_file_says_wherever_the_script_is_started(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "src").mkdir()
    with told(ALL):
        monkeypatch.chdir(project / "src")
        forget_defaults()
        assert defaults().folder == project / "records"
        monkeypatch.setenv("PROVKG_STORE", "elsewhere")
        forget_defaults()
        assert defaults().folder == project / "src" / "elsewhere", "the environment comes before the file"
        configure(store="there")
        assert defaults().folder == project / "src" / "there"


def test_another_file_is_named_by_the_environment_or_by_configure(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "one.toml").write_text('project = "one"')
    (project / "two.toml").write_text('project = "two"')
    with told(ALL):
        monkeypatch.setenv("PROVKG_FACTS", "one.toml")
        forget_defaults()
        assert defaults().project == "one"
        configure(facts="two.toml")
        assert defaults().project == "two"
        forget_defaults()
        monkeypatch.setenv("PROVKG_FACTS", "off")
        assert defaults().project is None


@pytest.mark.usefixtures("project")
def test_a_value_that_no_record_can_hold_is_said_with_its_line_and_the_rest_is_recorded() -> None:
    text = """
        [datasets.apples]
        synthetic = "perhaps"
        license = "not a licence"
        sensitivity = "secret"
        sha256 = "0"
        collection_methods = ["weighed", "counted"]
    """
    with warnings.catch_warnings(record=True) as said, told(text) as recorded:
        warnings.simplefilter("always")
        dataset("apples", [(1, 2)])
        (version,) = described(recorded.only("dataset"), DatasetVersion)
    messages = [str(each.message).partition("provkg.toml:")[2] for each in said]
    assert [message.partition(":")[0] for message in messages] == ["3", "4", "5", "6"]
    assert "is not true or false" in messages[0]
    assert "neither an SPDX identifier" in messages[1]
    assert "is none of confidential, internal, public, restricted" in messages[2]
    assert "is nothing that people tell of datasets" in messages[3]
    assert version.collection_methods == ("weighed", "counted")
    assert (version.synthetic, version.license) == (None, None)


@pytest.mark.usefixtures("project")
def test_a_malformed_file_is_said_once_and_everything_is_recorded() -> None:
    with warnings.catch_warnings(record=True) as said, told("\nx y\n") as recorded:
        warnings.simplefilter("always")
        dataset("apples", [(1, 2)])
        dataset("pears", [(1, 2)])
        assert len(recorded.records("dataset")) == 2
    (only,) = [str(each.message) for each in said]
    assert "provkg.toml:2: " in only
    assert "nothing in this file is used until that is mended" in only


VALUES = st.recursive(
    st.one_of(
        st.text(max_size=20), st.booleans(), st.integers(), st.floats(), st.datetimes(), st.dates(), st.times(),
        st.sampled_from(["https://example.org/a", "http://a b", "http://[", "urn:x", "a:b", "team:", ":"]),
        st.sampled_from(["MIT", "test", "public"]),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip
TYPES = {
    table: frozenset({kind.CLASS, vocabulary.TrainingRun} if table == "runs" else {kind.CLASS})
    for table, kind in KINDS.items()
    if kind.CLASS is not None
}
NAMES = Names("https://example.org/", b"salt")


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([(table, key) for table, keys in KEYS.items() for key in keys]), VALUES)
def test_any_value_is_one_that_a_record_can_hold_or_a_complaint(place: tuple[str, str], given: object) -> None:
    table, key = place
    said = checked(FactsFile(Path("provkg.toml"), {}, {table: {"x": {key: Fact(given, "provkg.toml:1")}}}))
    assert len(said.complaints) + len(said.tables[table]["x"]) == 1
    for fact in said.tables[table]["x"].values():
        thing = Thing(NamedNode("https://example.org/x"), table, "x", TYPES[table])
        assert all(triple.predicate for triple in statements_of(thing, key, fact.value, NAMES))
