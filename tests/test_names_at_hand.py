"""A model is named by an alias, a stage in which it serves, or a file at hand, whose content tells what it is."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from provkg import vocabulary as v
from provkg.errors import AmbiguousName, UnknownThing
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.questions import Naming
from provkg.reading import Reader
from provkg.reading.at_hand import content_at
from tests import story
from tests.commands import run
from tests.test_cli_exit_codes import TAKING_NAMES

GRADERS = [story.thing(f"model-version/apple-grader-{number}") for number in (1, 2, 3)]
GRADES = b"row,value\n0,A\n1,B\n"


def entry(
    number: int, alias: str, model: NamedNode, when: str, *, name: str = "apple-grader", version: str | None = None
) -> list[Triple]:
    said = story.thing(f"registry-entry/{number}")
    return [
        Triple(said, v.rdf_type, v.RegistryEntry),
        Triple(said, v.registers, model),
        Triple(said, v.registryName, Literal(name)),
        Triple(said, v.alias, Literal(alias)),
        Triple(said, v.prov_generatedAtTime, Literal(when, datatype=v.xsd_dateTime)),
        *([Triple(said, v.registryVersion, Literal(version))] if version is not None else []),
    ]


def meant(text: str, also: Iterable[Triple] = ()) -> NamedNode:
    with story.index(also=also) as index:
        return Naming(index).resolve(text)


def test_an_alias_means_what_the_newest_entry_of_the_registry_says() -> None:
    first = entry(1, "champion", GRADERS[0], "2026-03-21T00:00:00Z")
    moved = entry(2, "champion", GRADERS[2], "2026-03-22T00:00:00Z")
    other = entry(3, "challenger", GRADERS[1], "2026-03-23T00:00:00Z")
    assert meant("apple-grader@champion", first) == GRADERS[0]
    assert meant("apple-grader@champion", [*moved, *first, *other]) == GRADERS[2]
    assert meant("apple-grader@challenger", [*moved, *first, *other]) == GRADERS[1]


def test_a_version_goes_before_an_alias_and_an_alias_before_a_stage() -> None:
    said = entry(1, "2", GRADERS[0], "2026-03-21T00:00:00Z") + entry(
        2, "production", GRADERS[0], "2026-03-21T00:00:00Z"
    )
    assert meant("apple-grader@2", said) == GRADERS[1]
    assert meant("apple-grader@production") == GRADERS[1]
    assert meant("apple-grader@production", said) == GRADERS[0]


def test_a_stage_means_what_serves_there_now() -> None:
    deployed = story.thing("deployment/second")
    ended = Triple(deployed, v.prov_invalidatedAtTime, Literal("2026-04-01T00:00:00Z", datatype=v.xsd_dateTime))
    with pytest.raises(UnknownThing, match="'apple-grader' has no version 'production'; it has 3, 2, 1"):
        meant("apple-grader@production", [ended])
    another = story.thing("deployment/beside")
    both = [
        Triple(another, v.deploys, GRADERS[2]),
        Triple(another, v.deploymentStage, v.DeploymentStage_production),
    ]
    with pytest.raises(AmbiguousName, match="fits 2 things"):
        meant("apple-grader@production", both)


def test_an_alias_of_another_model_is_none_of_this() -> None:
    said = entry(1, "champion", story.thing("model-version/raw-grader-1"), "2026-03-21T00:00:00Z", name="raw-grader")
    assert meant("raw-grader@champion", said) == story.thing("model-version/raw-grader-1")
    with pytest.raises(UnknownThing, match="has no version 'champion'"):
        meant("apple-grader@champion", said)


REGISTERED = [
    *entry(1, "challenger", GRADERS[1], "2026-03-21T00:00:00Z", name="line-grader", version="7"),
    *entry(2, "champion", GRADERS[0], "2026-03-22T00:00:00Z", name="line-grader", version="8"),
]


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("line-grader@7", GRADERS[1]),
        ("line-grader@8", GRADERS[0]),
        ("line-grader@latest", GRADERS[0]),
        ("line-grader@champion", GRADERS[0]),
        ("line-grader@challenger", GRADERS[1]),
        ("line-grader@production", GRADERS[1]),
        ("line-grader@c2c2c2c2", GRADERS[1]),
        ("apple-grader@champion", GRADERS[0]),
    ],
)
def test_a_registrys_name_means_its_own_versions_and_aliases(text: str, model: NamedNode) -> None:
    assert meant(text, REGISTERED) == model


def test_a_registrys_name_alone_means_the_model_where_it_is_one() -> None:
    assert meant("line-grader", REGISTERED[:6]) == GRADERS[1]
    with pytest.raises(AmbiguousName, match="fits 2 things") as told:
        meant("line-grader", REGISTERED)
    assert [line.split()[0] for line in told.value.candidates] == ["line-grader@8", "line-grader@7"]
    again = entry(3, "old", GRADERS[1], "2026-03-23T00:00:00Z", name="line-grader", version="9")
    assert meant("line-grader", [*REGISTERED[:6], *again]) == GRADERS[1], "kept twice, and one model"


def test_a_version_of_a_registry_stands_behind_a_recorded_one_of_that_name() -> None:
    said = entry(1, "champion", GRADERS[0], "2026-03-21T00:00:00Z", version="2")
    said += entry(2, "challenger", GRADERS[0], "2026-03-21T00:00:00Z", version="12")
    assert meant("apple-grader@2", said) == GRADERS[1]
    assert meant("apple-grader@12", said) == GRADERS[0]


def test_what_a_registry_does_not_keep_is_answered_with_what_it_does() -> None:
    with pytest.raises(UnknownThing, match=r"'line-grader' has no version '3'; it has 8, 7 \(newest first\)"):
        meant("line-grader@3", REGISTERED)
    with pytest.raises(UnknownThing, match="did you mean line-grader"):
        meant("line-graderr", REGISTERED)
    ended = Triple(
        story.thing("registry-entry/2"),
        v.prov_invalidatedAtTime,
        Literal("2026-03-23T00:00:00Z", datatype=v.xsd_dateTime),
    )
    with pytest.raises(UnknownThing, match="has no version '8'"):
        meant("line-grader@8", [*REGISTERED, ended])


@pytest.fixture
def grades(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "downloaded.csv"
    file.write_bytes(GRADES)
    return file


def recorded() -> list[Triple]:
    batch = story.thing("prediction-batch/last-crate")
    digest = Literal(sha256(GRADES).hexdigest())
    file = story.thing(f"file/{digest.value}")
    return [
        Triple(batch, v.sha256, digest),
        Triple(batch, v.hasFile, file),
        Triple(file, v.rdf_type, v.ArtifactFile),
        Triple(file, v.sha256, digest),
        Triple(file, v.storageLocation, Literal("file:///elsewhere/grades.csv", datatype=v.xsd_anyURI)),
    ]


def test_a_file_is_known_by_its_content_wherever_it_lies(grades: Path) -> None:
    with story.index(also=recorded()) as index:
        naming = Naming(index, content_at)
        for text in ("downloaded.csv", "./downloaded.csv", str(grades)):
            assert naming.resolve(text, [v.PredictionBatch]) == story.thing("prediction-batch/last-crate")
            assert naming.resolve(text) == story.thing("prediction-batch/last-crate"), "not the file alone"
        assert naming.resolve("downloaded.csv", [v.ArtifactFile]).value.startswith(f"{story.BASE}file/")
        by_path = naming.resolve("/elsewhere/grades.csv", [v.PredictionBatch])
        assert by_path == story.thing("prediction-batch/last-crate"), "and by the path of the record"


def test_a_file_that_was_changed_is_not_taken_for_what_was_recorded_from_its_path(grades: Path) -> None:
    with story.index(also=recorded()) as index:
        naming = Naming(index, content_at)
        grades.rename("grades.csv").write_bytes(b"something else")
        with pytest.raises(UnknownThing) as raised:
            naming.resolve("grades.csv")
    said = str(raised.value)
    assert said.startswith(
        f"nothing has the content of grades.csv (sha256 {sha256(b'something else').hexdigest()[:12]}…)"
    )
    assert "what was recorded from that path had another content: " in said


def test_a_name_goes_before_a_file_of_that_name(grades: Path) -> None:
    grades.rename("raw-grader")
    with story.index(also=recorded()) as index:
        assert Naming(index, content_at).resolve("raw-grader", [v.ModelVersion]) == story.thing(
            "model-version/raw-grader-1"
        )


def test_a_server_names_nothing_by_files_of_its_machine(grades: Path) -> None:
    with story.index(also=recorded()) as index, pytest.raises(UnknownThing, match="nothing is called"):
        Naming(index).resolve(str(grades))


@pytest.mark.parametrize("path", ["x" * 5000, "a\0b", "~nobody-here/x", ""])
def test_what_can_be_no_path_is_no_file(path: str, grades: Path) -> None:
    assert grades.exists()
    assert content_at(path) is None


def test_every_command_that_takes_a_thing_takes_a_file_and_a_stage(tmp_path: Path, grades: Path) -> None:
    folder = Folder.create(tmp_path / "kg", base=story.BASE)
    with KnowledgeGraph.hold(folder) as graph:
        story.tell(graph)
        graph.snapshot()
    with Reader.open(folder.path) as reader:
        assert reader.resolve("apple-grader@production") == GRADERS[1]
    asked: list[list[str]] = [
        ["lineage"], ["lineage", "--down"], ["impact"], ["show"], ["export"], ["diff", "apple-grader@1"],
        ["ask", "models/hyperparameters", "--model"],
    ]  # fmt: skip
    for arguments in asked:
        done = run(*arguments, "apple-grader@production", "--store", folder.path)
        assert done.exit_code == 0, (arguments, done.stderr)
    assert len(TAKING_NAMES) > 10
    for command in TAKING_NAMES.values():
        done = run(*(each.replace("{name}", str(grades)) for each in command), "--store", folder.path)
        assert (done.exit_code, "has the content of" in done.stderr) == (2, True), (command, done.stderr)


def test_a_file_whose_content_is_not_the_models_own_digest_means_the_model_and_not_itself(tmp_path: Path) -> None:
    file = tmp_path / "grader.joblib"
    file.write_bytes(b"what joblib wrote of it")
    digest = sha256(file.read_bytes()).hexdigest()
    bytes_ = NamedNode(f"ni:///sha-256;{digest[:43]}")
    said = [
        Triple(bytes_, v.rdf_type, v.ArtifactFile),
        Triple(bytes_, v.sha256, Literal(digest)),
        Triple(GRADERS[0], v.hasFile, bytes_),
    ]
    with story.index(also=said) as index:
        assert Naming(index, content_at).resolve(str(file)) == GRADERS[0]
    with story.index(also=said[:2]) as index:
        assert Naming(index, content_at).resolve(str(file)) == bytes_, "of nothing else"
