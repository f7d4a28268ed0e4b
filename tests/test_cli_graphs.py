"""Making, filling and mending a graph from the command line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import provkg
from provkg.capture.spool import SpoolWriter
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.graph.hold import Hold
from provkg.records import Dataset
from tests import story
from tests.commands import STORY_FILES, one_sentence, run, run_apart
from tests.recording import CHECKOUT

DATASET = """@prefix pvk: <https://w3id.org/provkg#> . @prefix dct: <http://purl.org/dc/terms/> .
<https://example.org/kg/dataset/%s> a pvk:Dataset ; dct:title "%s" .
"""
COUNT = "SELECT (COUNT(*) AS ?n) { ?d a <https://w3id.org/provkg#Dataset> }"


@pytest.fixture
def kg(tmp_path: Path) -> Path:
    run("init", tmp_path / "kg", "--base", story.BASE)
    return tmp_path / "kg"


@pytest.fixture
def held(kg: Path) -> Iterator[KnowledgeGraph]:
    with KnowledgeGraph.hold(Folder.find(kg)) as graph:
        yield graph


def datasets(kg: Path) -> int:
    return int(run("query", COUNT, "--store", kg, "--format", "csv").stdout.splitlines()[1])


def dataset_file(folder: Path, name: str = "a", title: str = "A") -> Path:
    file = folder / f"{name}.ttl"
    file.write_text(DATASET % (name, title))
    return file


TYPES = (
    "SELECT ?type { GRAPH ?g { ?r <https://w3id.org/provkg#recordType> ?type ; "
    "<https://w3id.org/provkg#sequenceNumber> ?n } } ORDER BY ?n"
)


def test_an_added_record_has_the_type_that_capture_would_have_given_it(kg: Path) -> None:
    assert run("add", "--store", kg, *STORY_FILES).exit_code == 0
    types = run("query", TYPES, "--store", kg, "--format", "csv").stdout.split()[1:]
    # The second tells of a workplace: people, an environment, experiments.
    told = ["added", "added", *["dataset"] * 3, *["run-closed"] * 15]
    assert types == [*told, "deployment", "selection", "deployment", "run-closed", "run-opened"]


def test_a_correction_takes_back_what_it_names(kg: Path, tmp_path: Path) -> None:
    wrong = run("add", "--store", kg, dataset_file(tmp_path, "a", "wrong")).stdout.split()[-1]
    corrected = run("add", "--store", kg, "--supersedes", wrong, dataset_file(tmp_path, "a", "right"))
    assert (corrected.exit_code, "warning" in corrected.stdout) == (0, False)
    titles = "SELECT ?t { ?d <http://purl.org/dc/terms/title> ?t }"
    assert run("query", titles, "--store", kg, "--format", "csv").stdout.split()[1:] == ["right"]


def test_a_correction_of_an_unknown_record_is_kept_with_a_warning(kg: Path, tmp_path: Path) -> None:
    result = run("add", "--store", kg, "--supersedes", "r-1", dataset_file(tmp_path))
    assert result.exit_code == 0
    assert "It supersedes record r-1, which the graph does not have" in result.stdout
    assert "misspelt" in result.stdout


def test_a_correction_of_an_unknown_record_is_said_through_the_spool_too(
    kg: Path, held: KnowledgeGraph, tmp_path: Path
) -> None:
    file = dataset_file(tmp_path)
    waiting = run_apart("add", "--store", kg, "--wait", "0", "--supersedes", "r-1", file)
    assert waiting.returncode == 3
    assert held.drain().warnings == 1
    entry = held.ledger.entry(0)
    assert (entry.leaf.type, entry.leaf.supersedes) == ("dataset", ("r-1",))


def test_several_records_do_not_supersede_at_once(kg: Path, tmp_path: Path) -> None:
    files = [dataset_file(tmp_path, name) for name in "ab"]
    assert "there are 2" in one_sentence(run("add", "--store", kg, "--supersedes", "r-1", *files), 2)


def test_init_makes_a_graph_with_its_base_and_level(tmp_path: Path) -> None:
    result = run("init", tmp_path / "kg", "--base", "https://example.org/x", "--level", "standard")
    folder = Folder.find(tmp_path / "kg")
    assert (result.exit_code, result.stdout) == (0, "")
    assert (folder.base, folder.level) == ("https://example.org/x/", "standard")


def test_init_without_a_base_says_how_to_choose_one(tmp_path: Path) -> None:
    assert "--base https://example.org/kg/" in run("init", tmp_path / "kg").stderr


def test_init_of_a_graph_that_is_there_changes_nothing(kg: Path) -> None:
    before = (kg / "kg.toml").read_bytes()
    result = run("init", kg, "--base", "https://other.org/")
    assert (result.exit_code, (kg / "kg.toml").read_bytes()) == (0, before)
    assert "already" in result.stderr


@pytest.mark.parametrize(
    "base",
    ["https://example.org/kg?x", "https://example.org/a#b", "kg", "ftp://example.org/", "https://example.org/a b"],
)
def test_init_refuses_a_base_that_is_no_iri(base: str, tmp_path: Path) -> None:
    assert "is no base IRI" in one_sentence(run("init", tmp_path / "kg", "--base", base), 2)


def test_init_refuses_a_folder_that_something_else_uses(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    assert "in use by something else" in one_sentence(run("init", tmp_path), 3)


def test_init_where_nobody_may_write_says_so(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("the superuser may write everywhere")
    tmp_path.chmod(0o500)
    assert "cannot make a knowledge graph" in one_sentence(run("init", tmp_path / "kg"), 3)


def test_the_whole_story_is_added_and_added_again_without_change(kg: Path) -> None:
    first = run("add", "--store", kg, "--level", "standard", *STORY_FILES)
    again = run("add", "--store", kg, "--level", "standard", *STORY_FILES)
    assert (first.exit_code, again.exit_code) == (0, 0), first.output
    assert first.stdout.count(": kept as record ") == len(STORY_FILES) > 20
    assert again.stdout.count(": was there already as record ") == len(STORY_FILES)


def test_a_refused_record_is_told_in_full_and_the_others_are_kept(kg: Path, tmp_path: Path) -> None:
    good = dataset_file(tmp_path, "good")
    bad = tmp_path / "bad.ttl"
    bad.write_text("<https://example.org/kg/dataset/b> a <https://w3id.org/provkg#Datset> .")
    result = run("add", "--store", kg, bad, good)
    assert result.exit_code == 1
    assert f"{bad}: refused, " in result.stdout
    assert "Datset" in result.stdout
    assert f"{good}: kept as record" in result.stdout
    assert len(list((kg / "rejected").glob("*.ttl"))) == 2, "the record and its report lie there"


def test_what_is_refused_is_called_by_its_name(kg: Path, tmp_path: Path) -> None:
    """An IRI says nothing to the person who wrote `dct:title "my fit"` above it; what has no name keeps its kind."""
    bad = tmp_path / "bad.ttl"
    bad.write_text(
        "@prefix pvk: <https://w3id.org/provkg#> . @prefix dct: <http://purl.org/dc/terms/> .\n"
        '<https://example.org/kg/training-run/0123456789abcdef> a pvk:TrainingRun ; dct:title "my fit" .\n'
        "<https://example.org/kg/dataset/0123456789abcdef> a pvk:Dataset ."
    )
    told = run("add", "--store", kg, bad).stdout.splitlines()[1:]
    starts = {line.partition(": ")[0] for line in told}
    assert starts == {"  - my fit (training-run/0123456789abcdef)", "  - dataset/0123456789abcdef"}
    assert ": my fit (training-run/0123456789abcdef): A run says" in run("doctor", "--store", kg).stdout


def test_a_mended_record_leaves_the_refused_ones(kg: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.ttl"
    bad.write_text("<https://example.org/kg/dataset/b> a <https://w3id.org/provkg#Dataset> .")
    assert run("add", "--store", kg, "--level", "standard", bad).exit_code == 1
    [refused] = [file for file in (kg / "rejected").glob("*.ttl") if ".report" not in file.name]
    refused.write_text(DATASET % ("b", "B"))
    assert run("add", "--store", kg, refused).exit_code == 0
    assert list((kg / "rejected").iterdir()) == []


def test_nothing_is_kept_when_one_file_does_not_parse(kg: Path, tmp_path: Path) -> None:
    good, bad = dataset_file(tmp_path), tmp_path / "bad.ttl"
    bad.write_text("<https://example.org/kg/dataset/b> a\n x:y .")
    sentence = one_sentence(run("add", "--store", kg, good, bad), 3)
    assert sentence.startswith(f"{bad}:2:2: ")
    assert datasets(kg) == 0


def test_each_named_graph_of_a_file_is_a_record(kg: Path, tmp_path: Path) -> None:
    graphs = [f"<https://example.org/g{n}> {{ {(DATASET % (n, n)).splitlines()[1]} }}\n" for n in (1, 2)]
    file = tmp_path / "two.trig"
    file.write_text(DATASET.splitlines()[0] + "\n" + "".join(graphs))
    result = run("add", "--store", kg, file)
    assert result.stdout.count(": kept as record ") == 2
    assert "<https://example.org/g1>" in result.stdout


def test_standard_input_needs_a_format(kg: Path) -> None:
    assert "--from" in one_sentence(run("add", "--store", kg, "-", given=DATASET % ("a", "A")), 2)
    result = run("add", "--store", kg, "--from", "ttl", "-", given=DATASET % ("a", "A"))
    assert (result.exit_code, datasets(kg)) == (0, 1)


def test_a_file_that_says_nothing_is_named(kg: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.ttl").touch()
    result = run("add", "--store", kg, tmp_path / "empty.ttl")
    assert (result.exit_code, result.stdout) == (0, "")
    assert f"{tmp_path / 'empty.ttl'} holds no record" in result.stderr


def test_blank_nodes_are_refused_with_their_line_or_named(kg: Path, tmp_path: Path) -> None:
    file = tmp_path / "blank.ttl"
    file.write_text(
        '@prefix pvk: <https://w3id.org/provkg#> .\n[] a pvk:Dataset ;\n <http://purl.org/dc/terms/title> "B" .'
    )
    assert one_sentence(run("add", "--store", kg, file), 3).startswith(f"{file}:2: a blank node")
    assert run("add", "--store", kg, "--skolemize", file).exit_code == 0
    assert "was there already" in run("add", "--store", kg, "--skolemize", file).stdout


def test_an_exported_graph_can_be_added_to_an_empty_one_of_the_same_name(kg: Path, tmp_path: Path) -> None:
    run("add", "--store", kg, dataset_file(tmp_path))
    run("export", "--store", kg, "--output", tmp_path / "all.trig")
    run("init", tmp_path / "other", "--base", story.BASE)
    assert run("add", "--store", tmp_path / "other", tmp_path / "all.trig").exit_code == 0
    assert datasets(tmp_path / "other") == 1


def test_readers_go_on_while_a_graph_is_held(held: KnowledgeGraph) -> None:
    held.snapshot()
    done = run_apart("query", "ASK {}", "--store", held.folder.path)
    assert (done.returncode, done.stdout) == (0, b"yes\n")


def left_by_a_program(kg: Path) -> None:
    """Let a program that has ended leave a record that nobody has taken in."""
    text = "import sys, provkg\nprovkg.configure(store=sys.argv[1])\nprovkg.dataset('rows', [1, 2])"
    around = {**os.environ, "PROVKG_DELIVER": "off", "PYTHONPATH": str(CHECKOUT)}
    subprocess.run([sys.executable, "-c", text, str(kg)], env=around, capture_output=True, check=True)


def test_a_reader_waits_a_moment_for_what_a_program_left(kg: Path) -> None:
    hold = Hold.take(Folder.find(kg).lock)
    left_by_a_program(kg)
    ending = threading.Timer(0.3, hold.release)
    ending.start()
    with provkg.open(kg) as graph:
        assert graph.size == 1, "who asks after a run sees the run"
    ending.join()


def test_a_reader_does_not_wait_for_one_who_stays(held: KnowledgeGraph) -> None:
    held.snapshot()
    left_by_a_program(held.folder.path)
    with provkg.open(held.folder.path) as graph:
        assert graph.size == 0
    held.drain()
    held.snapshot()
    with provkg.open(held.folder.path) as graph:
        assert graph.size == 1, "what the holder has taken in is shown"


def spooled(kg: Path) -> None:
    writer = SpoolWriter(Folder.find(kg).spool)
    writer.record("dataset", [Dataset(name="from-training")])
    writer.close()


def test_sync_takes_in_what_training_left(kg: Path) -> None:
    spooled(kg)
    result = run("sync", "--store", kg)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "1 record(s) kept" in result.stderr
    assert datasets(kg) == 1


def test_quiet_sync_says_nothing(kg: Path) -> None:
    spooled(kg)
    result = run("sync", "--quiet", "--store", kg)
    assert (result.exit_code, result.output) == (0, "")


def test_sync_leaves_a_held_graph_to_its_holder(held: KnowledgeGraph) -> None:
    done = run_apart("sync", "--quiet", "--store", held.folder.path)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_rebuilt_index_gives_the_same_answers(kg: Path, tmp_path: Path) -> None:
    run("add", "--store", kg, dataset_file(tmp_path))
    everything = ("query", "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o", "--store", kg, "--format", "tsv")
    before = run(*everything).stdout
    shutil.rmtree(kg / "index")
    shutil.rmtree(kg / "snapshots")
    result = run("rebuild", "--store", kg)
    assert result.exit_code == 0
    assert "from 1 ledger entries" in result.stderr
    assert run(*everything).stdout == before


def test_a_damaged_index_is_rebuilt_by_the_next_reader_who_is_told(kg: Path, tmp_path: Path) -> None:
    run("add", "--store", kg, dataset_file(tmp_path))
    (kg / "index" / "VERSION").write_text("nonsense")
    spooled(kg)
    result = run("query", COUNT, "--store", kg, "--format", "csv")
    assert result.exit_code == 0
    assert "damaged" in result.stderr
    assert "rebuilding" in result.stderr
