"""What only people can add: listed with why and where, filled in in one file, and added to what is there."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

import provkg
from provkg.capture.defaults import forget_defaults
from provkg.errors import UsageError
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.reading import Reader
from provkg.reading.people import Need, Needs, Told
from provkg.reading.people.needs import MANY
from provkg.vocabulary import NAMESPACES
from tests.commands import run
from tests.recording import CHECKOUT, recording

PREFIXES = f"PREFIX pvk: <{NAMESPACES['pvk']}> PREFIX prov: <{NAMESPACES['prov']}> "
PREFIXES += f"PREFIX dct: <{NAMESPACES['dct']}> PREFIX foaf: <{NAMESPACES['foaf']}> "
FILLED = """
    responsible = "Mara"
    experiment = "grading"

    [experiments.grading]
    purpose = "Grade apples by machine."

    [datasets."apples"]
    license = "CC-BY-4.0"
    synthetic = false
    steward = "Ben"
    target = "1"

    [runs."fit"]
    absent = ["validationData"]

    [models.grader]
    absent = ["transformationKind"]

    [metrics.accuracy]
    role = "test"
"""


# Holds a graph, and takes in what comes, until its standard input ends.
HOLDER = """
import sys, threading
from pathlib import Path
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
with KnowledgeGraph.hold(Folder.find(Path(sys.argv[1]))) as graph:
    (Path(sys.argv[1]).parent / "held").touch()
    while not ended.wait(0.05):
        graph.drain()
"""


@pytest.fixture
def kg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Yield a graph in which a training and an evaluation were recorded and nothing was told."""
    monkeypatch.setenv("PROVKG_FACTS", "off")
    monkeypatch.chdir(tmp_path)
    forget_defaults()  # what an earlier test was told
    with recording(tmp_path / "kg"):
        apples = provkg.dataset("apples", [(0.2, 1), (0.1, 0)])
        with provkg.run("prepare", uses=apples) as preparing:
            clean = preparing.dataset("clean apples", [(0.2, 1)], of=apples)
        with provkg.training("fit", data=clean, params={"depth": 3}, seed=7) as fitting:
            fitting.metric("loss", 0.1)
            grader = fitting.model("grader", b"weights")
        with provkg.evaluation(grader, data=apples) as judging:
            judging.metric("accuracy", 0.9)
    with KnowledgeGraph.hold(Folder.find(tmp_path / "kg")) as graph:
        graph.drain()
    monkeypatch.delenv("PROVKG_FACTS")
    forget_defaults()
    yield tmp_path / "kg"
    forget_defaults()


def missing(kg: Path, thing: str | None = None, level: str = "standard") -> Needs:
    with Reader.open(kg) as reader:
        return reader.missing(thing, level)


def places(needs: Needs) -> set[tuple[str | None, str, str | None]]:
    return {(need.table, need.name, need.key) for need in needs}


def tell(kg: Path, text: str, *, by: str | None = None, dry_run: bool = False) -> Told:
    file = kg.parent / "provkg.toml"
    file.write_text(textwrap.dedent(text), "utf-8")
    with Reader.open(kg) as reader:
        return reader.tell(facts=file, by=by, dry_run=dry_run)


def lines(told: Told) -> list[str]:
    return [str(each) for each in told.updates]


def test_the_list_names_each_thing_once_with_its_place_in_the_file(kg: Path) -> None:
    assert places(missing(kg)) == {
        (None, "", "responsible"),
        (None, "", "experiment"),
        ("datasets", "apples", "license"),
        ("datasets", "apples", "synthetic"),
        ("runs", "fit", "validation_data"),
        ("models", "grader", None),
        ("models", "grader", "absent"),
        ("metrics", "accuracy", "role"),
    }


def test_data_that_was_made_of_data_is_not_asked_whether_it_is_synthetic(kg: Path) -> None:
    (synthetic,) = [need for need in missing(kg) if need.key == "synthetic"]
    (called,) = synthetic.called
    assert called.startswith("apples@")


def test_each_entry_says_why_it_is_asked(kg: Path) -> None:
    found = list(missing(kg, level="audit"))
    assert found
    assert [need for need in found if not need.why or not need.message] == []


def test_what_is_asked_of_one_thing_is_asked_of_what_it_rests_on_and_was_measured(kg: Path) -> None:
    assert places(missing(kg, "grader@latest")) == places(missing(kg))
    assert places(missing(kg, "apples@latest")) <= places(missing(kg))


def test_the_text_to_fill_in_is_toml_that_says_nothing_yet(kg: Path) -> None:
    shown = run("missing", "--toml", "--store", kg)
    assert shown.exit_code == 1
    filled = tomllib.loads(shown.stdout)
    assert filled["responsible"] == ""
    assert filled["datasets"]["apples"] == {"license": "", "synthetic": ""}
    assert "# Somebody answers for every result." in shown.stdout
    assert shown.stdout.endswith("\n")
    told = tell(kg, shown.stdout)
    assert (told.updates, told.complaints, told.record) == ((), (), None)


def test_tables_that_stand_in_the_file_already_are_not_begun_again(kg: Path) -> None:
    written = '[datasets.apples]\ndescription = "Apples."\n'
    (kg.parent / "provkg.toml").write_text(written)
    more = run("missing", "--toml", "--store", kg, "--facts", kg.parent / "provkg.toml").stdout
    assert '# to add to [datasets."apples"], which is there:\n' in more
    assert '# license = ""\n' in more
    tomllib.loads(f"{more}\n{written}")


def test_what_was_filled_in_completes_what_is_in_the_graph(kg: Path) -> None:
    told = tell(kg, FILLED)
    assert told.record is not None
    assert (told.complaints, told.disagreements) == ((), ())
    after = missing(kg)
    assert (len(after), after.others) == (0, 0), str(after)
    assert run("check", "--store", kg).exit_code == 0


def test_telling_again_adds_nothing(kg: Path) -> None:
    tell(kg, FILLED)
    again = tell(kg, FILLED)
    assert (again.updates, again.record) == ((), None)


def test_a_dry_run_says_the_same_and_adds_nothing(kg: Path) -> None:
    foretold = tell(kg, FILLED, dry_run=True)
    assert foretold.record is None
    before = places(missing(kg))
    assert lines(tell(kg, FILLED)) == lines(foretold)
    assert before - places(missing(kg)) == before


def test_data_made_of_data_inherits_whether_it_is_synthetic(kg: Path) -> None:
    told = lines(tell(kg, FILLED))
    told = [line.partition("@")[0] + line.partition(":")[2] for line in told if "synthetic" in line]
    assert sorted(told) == ["apples synthetic = false", "clean apples synthetic = false"]


def test_a_value_that_changes_takes_the_place_of_the_one_told_before(kg: Path) -> None:
    first = tell(kg, FILLED)
    then = tell(kg, FILLED.replace("CC-BY-4.0", "CC0-1.0").replace("Ben", "Bea"))
    assert [line.partition(": ")[2] for line in lines(then)] == [
        "license = CC0-1.0 (in place of what was told before)",
        "steward = Bea (in place of what was told before)",
    ]
    with Reader.open(kg) as reader:
        licences = reader.query(PREFIXES + "SELECT ?l { ?d a pvk:DatasetVersion ; dct:license ?l }")
        stewards = reader.query(PREFIXES + "SELECT ?name { ?d prov:qualifiedAttribution/prov:agent/foaf:name ?name }")
        superseded = reader.query(
            PREFIXES + f'ASK {{ GRAPH ?l {{ ?new pvk:supersedes ?old . ?old pvk:idempotencyKey "{first.record}" }} }}'
        )
    assert [*licences.rows] == [(NamedNode("http://spdx.org/licenses/CC0-1.0"),)]
    assert [*stewards.rows] == [(Literal("Bea"),)]
    assert superseded
    assert missing(kg).found == (), "what else was told stays"
    assert tell(kg, FILLED.replace("CC-BY-4.0", "CC0-1.0").replace("Ben", "Bea")).record is None


def test_what_a_record_says_otherwise_stays_and_is_said(kg: Path) -> None:
    told = tell(kg, '[datasets."apples"]\nrecord_count = 3\n')
    (said,) = told.disagreements
    assert "a record says record_count = 2" in said
    assert f"{kg.parent / 'provkg.toml'}:2 says 3; the record stays as it is" in said
    assert told.record is None


def test_who_told_it_stands_in_the_record(kg: Path) -> None:
    told = tell(kg, FILLED, by="Carol")
    with Reader.open(kg) as reader:
        who = reader.query(
            PREFIXES
            + f"""SELECT ?name {{
              GRAPH ?l {{ ?record pvk:idempotencyKey "{told.record}" ; pvk:describes ?act }}
              ?act dct:title "tell what only people know, in provkg.toml" ; prov:wasAssociatedWith/foaf:name ?name
            }}"""
        )
    assert [*who.rows] == [(Literal("Carol"),)]


def test_a_graph_that_asks_for_more_takes_one_fact_after_another(kg: Path) -> None:
    settings = kg / "kg.toml"
    settings.write_text(settings.read_text().replace('"minimal"', '"standard"'))
    assert Folder.find(kg).level == "standard"
    assert tell(kg, '[datasets.apples]\nlicense = "MIT"\n').record is not None
    assert ("datasets", "apples", "license") not in places(missing(kg))


def test_while_another_process_holds_the_graph_it_takes_what_is_told(kg: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(kg)], cwd=CHECKOUT, stdin=subprocess.PIPE)
    try:
        wait_for(kg.parent / "held")
        told = tell(kg, FILLED)
    finally:
        assert holder.stdin is not None
        holder.stdin.close()
        holder.wait(30)
    assert told.record is not None
    assert tell(kg, FILLED).updates == (), "it is there"


def wait_for(file: Path) -> None:
    deadline = time.monotonic() + 30
    while not file.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_without_a_file_there_is_nothing_to_tell(kg: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVKG_FACTS", "off")
    with Reader.open(kg) as reader, pytest.raises(UsageError, match="provkg missing --toml"):
        reader.tell()


def test_the_commands_say_what_they_did(kg: Path) -> None:
    (kg.parent / "provkg.toml").write_text(textwrap.dedent(FILLED))
    listed = run("missing", "--store", kg)
    assert listed.exit_code == 1
    assert '[datasets."apples"]' in listed.stdout
    assert "8 thing(s) that only people can add" in listed.stderr
    data = json.loads(run("missing", "--store", kg, "--format", "json").stdout)
    assert {each["key"] for each in data["missing"]} == {need.key for need in missing(kg)}
    foretold = run("missing", "--apply", "--dry-run", "--store", kg)
    assert foretold.stdout.startswith("would add ")
    applied = run("missing", "--apply", "--store", kg)
    assert (applied.exit_code, "as record told/" in applied.stderr) == (0, True)
    assert run("missing", "--store", kg).exit_code == 0


def test_many_things_whose_names_begin_alike_are_asked_about_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROVKG_FACTS", "off")
    forget_defaults()
    with recording(tmp_path / "kg"):
        data = provkg.dataset("apples", [(0.2, 1)])
        for number in range(MANY + 1):
            with provkg.training(f"fit [{number}]", data=data, params={"depth": number}, seed=7) as run:
                run.metric("loss", 0.1)
    with KnowledgeGraph.hold(Folder.find(tmp_path / "kg")) as graph:
        graph.drain()
    (asked,) = [need for need in missing(tmp_path / "kg") if need.key == "validation_data"]
    assert (asked.table, asked.name, len(asked.nodes)) == ("runs", "fit [[]*", MANY + 1)
    tell(tmp_path / "kg", '[runs."fit [[]*"]\nabsent = ["validationData"]\n')
    assert [need for need in missing(tmp_path / "kg") if need.key == "validation_data"] == []


def test_commands_and_readers_find_the_graph_that_the_file_names(kg: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kg.rename(kg.parent / "records")
    (kg.parent / "provkg.toml").write_text('store = "records"')
    (kg.parent / "src").mkdir()
    monkeypatch.chdir(kg.parent / "src")
    monkeypatch.setenv("HOME", str(kg.parent))
    monkeypatch.delenv("PROVKG_STORE", raising=False)
    forget_defaults()
    assert run("show", "grader").exit_code == 0
    with provkg.open() as graph:
        assert graph.size == 8
    assert run("show", "grader", "--store", "kg").exit_code == 3, "what is typed comes first"


@pytest.mark.parametrize(
    "wrong",
    [["--dry-run"], ["--by", "Mara"], ["apples", "--apply"], ["--apply", "--toml"], ["--apply", "--format", "json"]],
)
def test_options_that_would_do_nothing_are_wrong_use(kg: Path, wrong: list[str]) -> None:
    assert run("missing", "--store", kg, *wrong).exit_code == 2


def test_needs_are_things_of_words(kg: Path) -> None:
    found = missing(kg)
    assert len(found) == len(list(found))
    assert all(isinstance(need, Need) for need in found)
    assert str(found) == found.text().rstrip("\n")


def test_things_that_share_a_name_are_counted_as_things() -> None:
    nodes = tuple(f"https://example.org/{number}" for number in range(7))
    names = ("a@1", "a@2", "a@3", "a@4", "a@5", "a@6")
    need = Need("models", "a", "license", "model version", "standard", "It says.", "So.", None, (), nodes, names)
    assert "(7 model versions: a@1, a@2, a@3 and 4 more)" in Needs("standard", (need,), 0, 1).text()
