"""Telling about one thing from the command line, and writing the graph as RDF."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Quad

from provkg import vocabulary
from provkg.exchange import rdf
from provkg.exchange.rdf import RdfFile
from tests import story
from tests.commands import ROOT, environment, one_sentence, run, run_apart, story_graph

MODEL = "apple-grader@latest"


@pytest.fixture(scope="module")
def kg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return story_graph(tmp_path_factory.mktemp("things") / "kg")


def exported(text: bytes, kind: str) -> set[Quad]:
    return set(RdfFile("export", kind, text).quads())


def test_the_lineage_of_a_model_goes_back_to_the_source(kg: Path) -> None:
    drawn = run("lineage", MODEL, "--up", "--store", kg).stdout
    assert drawn.startswith("apple-grader@3  model version")
    assert "sorting-line-sensors" in drawn


def test_upward_is_the_default_direction(kg: Path) -> None:
    assert run("lineage", MODEL, "--store", kg).stdout == run("lineage", MODEL, "--up", "--store", kg).stdout


def test_downward_of_a_dataset_reaches_the_models(kg: Path) -> None:
    assert "apple-grader@3" in run("lineage", "apple-readings@2", "--down", "--store", kg).stdout


@pytest.mark.parametrize(
    ("kind", "beginning"), [("dot", "digraph"), ("mermaid", "flowchart"), ("json", "{"), ("svg", "<svg")]
)
def test_a_lineage_is_drawn_in_every_format(kind: str, beginning: str, kg: Path) -> None:
    assert run("lineage", MODEL, "--format", kind, "--store", kg).stdout.startswith(beginning)


def test_depth_cuts_a_lineage_short(kg: Path) -> None:
    near = json.loads(run("lineage", MODEL, "--depth", "1", "--format", "json", "--store", kg).stdout)
    far = json.loads(run("lineage", MODEL, "--format", "json", "--store", kg).stdout)
    assert 1 < len(near["nodes"]) < len(far["nodes"])


def test_show_tells_what_made_a_thing_and_which_records_say_so(kg: Path) -> None:
    told = run("show", MODEL, "--store", kg).stdout
    assert told.startswith("apple-grader@3\n  model version\n")
    assert "Records that describe it" in told


@pytest.mark.parametrize("command", ["lineage", "show", "export"])
def test_an_unknown_thing_names_the_nearest(command: str, kg: Path) -> None:
    assert "did you mean apple-grader" in one_sentence(run(command, "aple-grader", "--store", kg), 2)


@pytest.mark.parametrize("kind", rdf.FORMATS)
def test_the_whole_graph_is_written_in_every_format_and_reads_back(kind: str, kg: Path) -> None:
    text = run_apart("export", "--to", kind, "--store", kg).stdout
    quads = exported(text, kind)
    assert {quad.triple for quad in quads if quad.graph_name == DefaultGraph()} == whole(kg)
    in_ledger = {quad for quad in quads if quad.graph_name == story.LEDGER_GRAPH}
    assert bool(in_ledger) == (kind in {"trig", "nquads", "jsonld"})


def whole(kg: Path) -> set[object]:
    text = run_apart("export", "--to", "ntriples", "--store", kg).stdout
    return {quad.triple for quad in exported(text, "ntriples")}


def test_an_export_holds_no_derived_edges(kg: Path) -> None:
    text = run_apart("export", "--store", kg).stdout
    predicates = {quad.predicate for quad in exported(text, "turtle")}
    assert vocabulary.prov_used in predicates
    assert vocabulary.dependsOn not in predicates


def test_the_export_of_a_thing_rests_on_its_sources_and_leaves_out_the_rest(kg: Path) -> None:
    text = run_apart("export", MODEL, "--store", kg).stdout
    subjects = {quad.subject for quad in exported(text, "turtle")}
    assert story.thing("dataset-version/apple-readings-2") in subjects
    assert story.thing("model-version/apple-grader-1") not in subjects
    assert all(isinstance(subject, NamedNode) for subject in subjects)


def test_the_extension_of_the_output_says_the_format(kg: Path, tmp_path: Path) -> None:
    result = run("export", "--output", tmp_path / "all.nq", "--store", kg)
    assert (result.exit_code, result.stdout) == (0, "")
    assert exported((tmp_path / "all.nq").read_bytes(), "nquads")


def test_an_unknown_format_or_folder_is_wrong_use(kg: Path, tmp_path: Path) -> None:
    assert "take one of turtle" in one_sentence(run("export", "--to", "rdfxml", "--store", kg), 2)
    assert "no RDF format" in one_sentence(run("export", "--output", tmp_path / "all.xls", "--store", kg), 2)
    assert "no folder" in one_sentence(run("export", "--output", tmp_path / "none" / "all.nq", "--store", kg), 2)


def test_an_export_that_fails_leaves_the_file_as_it_was(kg: Path, tmp_path: Path) -> None:
    file = tmp_path / "all.ttl"
    file.write_text("before")
    assert run("export", "nothing-of-that-name", "--output", file, "--store", kg).exit_code == 2
    limited = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000)); "
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); from provkg.cli import main; main()"
    )
    command = [sys.executable, "-c", limited, "export", "--output", str(file), "--store", str(kg)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment(), check=False)
    assert (done.returncode, done.stderr) == (3, f"provkg: cannot write {file}: File too large\n")
    assert [each.name for each in tmp_path.iterdir()] == ["all.ttl"]
    assert file.read_text() == "before"


def test_an_export_goes_where_a_link_points_and_into_devices(kg: Path, tmp_path: Path) -> None:
    (tmp_path / "link.nt").symlink_to(tmp_path / "target.nt")
    assert run("export", "--output", tmp_path / "link.nt", "--store", kg).exit_code == 0
    assert (tmp_path / "link.nt").is_symlink()
    assert exported((tmp_path / "target.nt").read_bytes(), "ntriples")
    assert run("export", "--to", "ttl", "--output", "/dev/null", "--store", kg).exit_code == 0


def test_a_lineage_goes_one_way_at_a_time(kg: Path) -> None:
    assert "give --up or --down" in one_sentence(run("lineage", "apple-grader@2", "--up", "--down", "--store", kg), 2)
    up, default = (run("lineage", "apple-grader@2", *way, "--store", kg).stdout for way in (["--up"], []))
    assert up == default


def test_what_is_known_of_a_thing_comes_as_json_too(kg: Path) -> None:
    printed = run("show", "apple-grader@2", "--format", "json", "--store", kg)
    assert json.loads(printed.stdout)["name"] == "apple-grader@2"


def test_who_reads_only_the_first_line_of_an_export_gets_it_without_complaint(kg: Path) -> None:
    line = f"{sys.executable} -m provkg export --to ntriples --store {kg} | head -n 1"
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, cwd=ROOT, env=environment(), check=False)
    assert len(done.stdout.splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert "Broken pipe" not in done.stderr
