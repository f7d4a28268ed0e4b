"""What a training process does at its end: it delivers, waits a while, and says in one line what became of it all."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import provkg
from provkg.capture.account import account
from provkg.capture.spool import Outcome, spool_files
from provkg.folder import Folder
from tests.recording import Recorded, left_in, ran, recording, script

TRAINING = """
import provkg
data = provkg.dataset("d", [[1.0, 2.0], [3.0, 4.0]])
with provkg.training("t", data=data, params={"a": 1}) as run:
    for epoch in range(3):
        run.metric("loss", 0.5, epoch=epoch)
    run.model("m", b"weights")
"""


def last_line(text: str) -> str:
    return text.strip().splitlines()[-1]


def test_records_are_delivered_by_a_process_of_their_own(tmp_path: Path) -> None:
    done = ran(TRAINING, tmp_path, PROVKG_DELIVER="on")
    assert done.returncode == 0, done.stderr
    assert last_line(done.stderr).startswith(f"provkg: 4 records kept in {tmp_path / 'kg'}")
    assert "what `standard` asks; list them: provkg missing --store" in last_line(done.stderr)
    assert spool_files(tmp_path / "kg" / "spool") == [], "a file whose records all have their verdicts is not kept"


def test_a_process_can_ask_about_what_it_has_just_recorded(tmp_path: Path) -> None:
    asking = """
with provkg.open("kg") as graph:
    print(graph.ask("training-data", model="m"))
with provkg.run("afterwards"):
    pass
with provkg.open("kg") as graph:
    print(graph.size)
"""
    done = ran(TRAINING + asking, tmp_path, PROVKG_DELIVER="on")
    assert done.returncode == 0, done.stderr
    assert "\nd@" in done.stdout
    assert done.stdout.splitlines()[-1] == "6"


def test_what_is_refused_is_counted_and_kept_for_repair(tmp_path: Path) -> None:
    done = ran("import provkg\nwith provkg.training('t', data=None): pass\n", tmp_path, PROVKG_DELIVER="on")
    assert done.returncode == 0, done.stderr
    assert "1 refused" in last_line(done.stderr)
    assert list((tmp_path / "kg" / "rejected").iterdir())


def test_without_delivery_the_line_says_how_to_take_the_records_in(tmp_path: Path) -> None:
    done = ran(TRAINING, tmp_path)
    store = tmp_path / "kg"
    assert last_line(done.stderr) == (
        f"provkg: 4 records wait in {store / 'spool'} (take in: provkg sync --store {store})"
    )
    assert left_in(store).waiting() == 4


def test_the_line_names_a_spool_of_ones_own_in_its_command(tmp_path: Path) -> None:
    done = ran(TRAINING, tmp_path, PROVKG_SPOOL=str(tmp_path / "fast disk"))
    command = f"PROVKG_SPOOL='{tmp_path / 'fast disk'}' provkg sync --store {tmp_path / 'kg'}"
    assert last_line(done.stderr).endswith(f"(take in: {command})")


def test_the_line_names_no_file_as_the_graph_to_take_records_into(tmp_path: Path) -> None:
    (tmp_path / "kg").write_text("a file", "utf-8")
    done = ran(TRAINING, tmp_path)
    assert done.returncode == 0, done.stderr
    assert last_line(done.stderr).endswith(f"PROVKG_SPOOL={tmp_path / 'kg-spool'} provkg sync --store FOLDER)")


def test_records_lost_with_their_folder_do_not_wait(tmp_path: Path) -> None:
    done = ran(TRAINING + "import shutil\nshutil.rmtree('kg')\n", tmp_path)
    assert done.returncode == 0, done.stderr
    assert last_line(done.stderr) == (
        f"provkg: 4 records lost with {tmp_path / 'kg'}, which was deleted while this process ran"
    )


def test_a_spool_file_that_was_deleted_is_said(tmp_path: Path) -> None:
    done = ran(TRAINING + "import pathlib\nfor f in pathlib.Path('kg/spool').iterdir(): f.unlink()\n", tmp_path)
    assert "was deleted while this process ran; those that no sync had taken in are lost" in last_line(done.stderr)


@pytest.mark.parametrize("variable", ["PROVKG_STRICT", "PROVKG_DELIVER"])
def test_an_unknown_word_in_a_switch_is_said_once(tmp_path: Path, variable: str) -> None:
    done = ran("import provkg\nfor _ in range(2):\n    with provkg.run('r'): pass\n", tmp_path, **{variable: "maybe"})
    assert done.stderr.count(f"{variable}='maybe' is neither on nor off; it is taken as on") == 1


def test_a_training_stops_for_no_warning(tmp_path: Path) -> None:
    text = """
    import provkg, warnings
    warnings.simplefilter("error")
    with provkg.run("r") as run:
        run.metric("x", "no number")
        run.param("p", open)
        provkg.deploy("clf", at="https://example.org/")
    print("trained")
    """
    done = ran(text, tmp_path)
    assert (done.returncode, done.stdout) == (0, "trained\n"), done.stderr
    assert done.stderr.count("CaptureWarning: ") == 2


def test_the_wait_at_the_end_is_bounded(tmp_path: Path) -> None:
    Folder.create(tmp_path / "kg", base="https://example.org/kg/")
    started = time.monotonic()
    done = ran(TRAINING, tmp_path, PROVKG_DELIVER="on", PROVKG_EXIT_WAIT="0")
    assert done.returncode == 0, done.stderr
    assert "4 records wait" in last_line(done.stderr)
    assert time.monotonic() - started < 20


def test_a_graph_is_made_where_there_is_none_with_a_line_on_its_base(tmp_path: Path) -> None:
    done = ran("import provkg\nwith provkg.run('r'): pass\n", tmp_path)
    first = done.stderr.splitlines()[0]
    assert first.startswith(f"provkg: made the knowledge graph {tmp_path / 'kg'}; its IRIs start with https://provkg.")
    assert "--base" in first
    assert Folder.find(tmp_path / "kg").level == "minimal"


def test_a_base_and_level_of_ones_own_are_taken(tmp_path: Path) -> None:
    done = ran(
        "import provkg\nprovkg.configure(base='https://example.org/kg/', level='standard')\n"
        "with provkg.run('r'): pass\n",
        tmp_path,
    )
    assert "made the knowledge graph" not in done.stderr
    found = Folder.find(tmp_path / "kg")
    assert (found.base, found.level) == ("https://example.org/kg/", "standard")


def test_variables_choose_store_project_and_people(tmp_path: Path) -> None:
    done = ran(
        "import provkg\nwith provkg.run('r'): pass\n",
        tmp_path,
        PROVKG_STORE=str(tmp_path / "elsewhere"),
        PROVKG_PROJECT="apples",
        PROVKG_RESPONSIBLE="team:orchard",
    )
    assert done.returncode == 0, done.stderr
    records = list(left_in(tmp_path / "elsewhere").records())
    assert {record.project for record in records if record.type.startswith("run")} == {"apples"}


def test_a_script_that_records_nothing_leaves_nothing_and_says_nothing(tmp_path: Path) -> None:
    done = ran("import provkg\nprovkg.configure(project='p')\n", tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not (tmp_path / "kg").exists()


def test_a_script_that_fails_still_accounts_for_its_records(tmp_path: Path) -> None:
    done = ran("import provkg\nwith provkg.run('r'):\n    raise ValueError('no')\n", tmp_path)
    assert done.returncode == 1
    assert "ValueError: no" in done.stderr
    assert last_line(done.stderr).startswith("provkg: ")


def test_two_processes_record_side_by_side(tmp_path: Path) -> None:
    both = [script(TRAINING, tmp_path) for _ in range(2)]
    for process in both:
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
    assert len(spool_files(tmp_path / "kg" / "spool")) == 2


# --- the line


@pytest.mark.parametrize(
    ("outcomes", "line"),
    [
        ({"a": Outcome("a", "stored"), "b": Outcome("b", "duplicate")}, "provkg: 2 records kept in kg"),
        (
            {"a": Outcome("a", "stored", warnings=2), "b": Outcome("b", "rejected", 1)},
            "provkg: 1 record kept in kg, 1 refused, 1 misses what `standard` asks; "
            "list them: provkg doctor --store kg, provkg missing --store kg",
        ),
        (
            {"a": Outcome("a", "stored")},
            "provkg: 1 record kept in kg, 1 record waits in kg/spool (take in: provkg sync --store kg)",
        ),
    ],
)
def test_the_line_counts_kept_refused_incomplete_and_waiting(outcomes: dict[str, Outcome], line: str) -> None:
    assert account(["a", "b"], outcomes, Path("kg"), Path("kg/spool")) == line


def test_there_is_no_line_when_there_is_nothing_to_account_for() -> None:
    assert account([], {}, Path("kg"), Path("kg/spool")) == ""


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Recorded]:
    with recording(tmp_path / "kg") as made:
        yield made


def test_another_store_begins_another_session(recorded: Recorded, tmp_path: Path) -> None:
    with provkg.run("first"):
        pass
    provkg.configure(store=tmp_path / "other")
    with provkg.run("second"):
        pass
    assert [len(spool_files(tmp_path / name / "spool")) for name in ("kg", "other")] == [1, 1]
    assert os.environ["PROVKG_DELIVER"] == "off"
