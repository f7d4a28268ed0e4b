"""The main job on real data: the demo records true things, conforms, and can be run again."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import provkg
from provkg import demo
from tests.test_readme import README, matches


def provkg_command(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "provkg", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    folder = tmp_path_factory.mktemp("demo")
    return folder, provkg_command("demo", folder=folder)


def test_the_demo_prints_every_question_with_an_answer(story: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    _, printed = story
    assert printed.returncode == 0, printed.stderr
    for name, _ in demo.QUESTIONS:
        assert f"\n{name}: " in printed.stdout
    assert "no rows" not in printed.stdout
    assert "What to type next:" in printed.stdout


@pytest.mark.checkout
def test_the_readme_shows_what_the_demo_prints(story: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    _, printed = story
    (shown,) = [
        text for text in re.findall(r"```text\n(.*?)```", README.read_text("utf-8"), re.DOTALL) if "Q12:" in text
    ]
    (said,) = [answer for answer in printed.stdout.split("\n\n") if answer.startswith("Q12:")]
    assert matches(shown, said), said


def test_nothing_of_the_demo_is_refused_and_its_graph_conforms_at_standard(
    story: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, printed = story
    assert "refused" not in printed.stderr
    checked = provkg_command("check", folder=folder)
    assert checked.returncode == 0, checked.stdout


def test_the_winner_is_the_best_on_validation_and_the_reason_says_so(
    story: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, _ = story
    with provkg.open(folder / "kg") as graph:
        served = next(iter(graph.ask("serving", endpoint="https://models.example.org/digits")))
        asked = graph.ask("why-selected", model=served["model"])
        candidates = [row for row in asked if row["role"].endswith("validation")]
    accuracies = {row["candidate"]: row["value"] for row in candidates if row["metric"].endswith("accuracy")}
    assert len(accuracies) == len(demo.CANDIDATES)
    assert accuracies[served["model"]] == max(accuracies.values())
    assert "validation" in candidates[0]["rationale"]


def test_scaler_and_pca_are_fitted_on_train_alone(story: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, _ = story
    with provkg.open(folder / "kg") as graph:
        rows = graph.query(
            "PREFIX pvk: <https://w3id.org/provkg#> PREFIX dct: <http://purl.org/dc/terms/>"
            "PREFIX prov: <http://www.w3.org/ns/prov#> SELECT ?title ?role {"
            " ?run pvk:fitsOn/(pvk:subsetOf|prov:wasDerivedFrom)* ?part ;"
            " dct:title ?title ; pvk:transformationKind ?kind . ?part pvk:splitRole ?role } ORDER BY ?title"
        )
        assert [(row["title"], row["role"].rpartition("-")[2]) for row in rows] == [
            ("reduce", "train"),
            ("scale", "train"),
        ]


def test_a_second_run_adds_to_the_first_and_changes_none_of_it(
    story: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, _ = story
    with provkg.open(folder / "kg") as graph:
        first, size = graph.triples("digits-spoilt@latest"), graph.size
        models = {row["model"] for row in graph.ask("Q4")}
    again = provkg_command("demo", folder=folder)
    assert again.returncode == 0, again.stderr
    with provkg.open(folder / "kg") as graph:
        assert graph.size >= 2 * size - 10
        assert models <= {row["model"] for row in graph.ask("Q4")}
        reused = {row["name"]: row["runs"] for row in graph.ask("reused-datasets")}
        live = list(graph.ask("serving", endpoint="https://models.example.org/digits"))
        said = {triple for triple in graph.triples() if triple.subject in {earlier.subject for earlier in first}}
    assert set(first) <= said
    assert reused["digits"] >= 2
    assert len(live) == 1
    assert provkg_command("check", folder=folder).returncode == 0
