"""`provkg.toml`: where it is looked for, what it says of which thing, and what is said of mistakes in it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provkg.facts_file import FactsFile, find_facts, read_facts


def facts(folder: Path, text: str, name: str = "provkg.toml") -> FactsFile:
    file = folder / name
    file.write_text(text, "utf-8")
    return read_facts(file)


def values(found: FactsFile, table: str, name: str, *paths: Path) -> dict[str, object]:
    return {key: fact.value for key, fact in found.of(table, name, paths).items()}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_the_nearest_file_above_the_work_is_taken(home: Path) -> None:
    work = home / "project" / "src"
    work.mkdir(parents=True)
    assert find_facts(work) is None
    (home / "provkg.toml").write_text("")
    assert find_facts(work) == home / "provkg.toml"
    (home / "project" / "provkg.toml").write_text("")
    assert find_facts(work) == home / "project" / "provkg.toml"


def test_nothing_above_the_repository_is_looked_at(home: Path) -> None:
    work = home / "project" / "src"
    work.mkdir(parents=True)
    (home / "project" / ".git").mkdir()
    (home / "provkg.toml").write_text("")
    assert find_facts(work) is None


def test_nothing_above_the_home_folder_is_looked_at(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "provkg.toml").write_text("")
    own = home / "ada"
    own.mkdir()
    monkeypatch.setenv("HOME", str(own))
    assert find_facts(own) is None


def test_the_folder_of_the_script_comes_before_the_working_folder(home: Path) -> None:
    for name in ("script", "working"):
        (home / name).mkdir()
        (home / name / "provkg.toml").write_text("")
    assert find_facts(home / "script", home / "working") == home / "script" / "provkg.toml"


def test_a_table_in_pyproject_says_the_same(home: Path) -> None:
    text = '[project]\nname = "x"\n\n[tool.provkg]\nproject = "orchard"\n'
    text += '\n[tool.provkg.datasets.apples]\nlicense = "MIT"\n'
    (home / "pyproject.toml").write_text(text)
    found = find_facts(home)
    assert found == home / "pyproject.toml"
    said = read_facts(found)
    assert (said.settings["project"].value, said.settings["project"].place) == ("orchard", f"{found}:5")
    assert said.of("datasets", "apples")["license"].place == f"{found}:8"
    (home / "provkg.toml").write_text("")
    assert find_facts(home) == home / "provkg.toml", "the file of its own comes before the table"


def test_a_pyproject_without_the_table_is_passed_over(home: Path) -> None:
    (home / "src").mkdir()
    (home / "src" / "pyproject.toml").write_text('[project]\nname = "x"\n')
    (home / "provkg.toml").write_text("")
    assert find_facts(home / "src") == home / "provkg.toml"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a file of another user")
def test_a_strangers_file_in_a_folder_that_all_may_write_to_is_not_taken(home: Path) -> None:
    shared = home / "tmp"
    work = shared / "work"
    work.mkdir(parents=True)
    shared.chmod(0o1777)
    (shared / "provkg.toml").write_text('store = "/elsewhere"')
    os.chown(shared / "provkg.toml", 12345, 12345)
    assert find_facts(work) is None
    os.chown(shared / "provkg.toml", os.geteuid(), -1)
    assert find_facts(work) == shared / "provkg.toml"


def test_looking_where_there_is_nothing_takes_less_than_a_millisecond(home: Path) -> None:
    work = home.joinpath(*"abcdefgh")
    work.mkdir(parents=True)
    quickest = min(_seconds(work) for _ in range(5))
    assert quickest < 0.001


def _seconds(work: Path) -> float:
    began = time.perf_counter()
    assert find_facts(work) is None
    return time.perf_counter() - began


def test_a_name_is_more_exact_than_a_pattern_and_a_pattern_than_a_later_one(tmp_path: Path) -> None:
    said = facts(
        tmp_path,
        """
        [datasets."app*"]
        license = "MIT"
        synthetic = true
        [datasets."*"]
        synthetic = false
        sensitivity = "public"
        [datasets.apples]
        license = "CC0-1.0"
        """,
    )
    assert values(said, "datasets", "apples") == {"license": "CC0-1.0", "synthetic": True, "sensitivity": "public"}
    assert values(said, "datasets", "pears") == {"synthetic": False, "sensitivity": "public"}
    assert values(said, "models", "apples") == {}


def test_a_pattern_of_a_path_is_relative_to_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = facts(tmp_path, '[datasets."data/*.csv"]\nlicense = "MIT"\n')
    (tmp_path / "src").mkdir()
    monkeypatch.chdir(tmp_path / "src")
    assert values(said, "datasets", "anything", Path("../data/apples.csv")) == {"license": "MIT"}
    assert values(said, "datasets", "anything", tmp_path / "data" / "apples.csv") == {"license": "MIT"}
    assert values(said, "datasets", "anything", Path("data/apples.csv")) == {}, "that is src/data"
    absolute = facts(tmp_path, f'[datasets."{tmp_path}/data/*"]\nlicense = "MIT"\n')
    assert values(absolute, "datasets", "anything", Path("../data/apples.csv")) == {"license": "MIT"}


def test_what_is_empty_has_not_been_filled_in(tmp_path: Path) -> None:
    said = facts(tmp_path, 'project = " "\n[datasets.apples]\nlicense = ""\nintended_uses = []\nsynthetic = false\n')
    assert said.settings == {}
    assert values(said, "datasets", "apples") == {"synthetic": False}
    assert said.complaints == ()


def test_a_malformed_file_is_one_complaint_with_its_line(tmp_path: Path) -> None:
    said = facts(tmp_path, 'project = "x"\nlicense = \n')
    (complaint,) = said.complaints
    assert complaint.startswith(f"{tmp_path / 'provkg.toml'}:2: ")
    assert said.settings == {}


def test_what_is_not_known_is_told_with_its_line_and_the_rest_holds(tmp_path: Path) -> None:
    said = facts(
        tmp_path,
        'projekt = "x"\nresponsible = 3\ndatasets = "x"\n'
        '\n[models]\nlicense = "MIT"\n\n[experiments.a]\npurpose = "P"\n',
    )
    place = tmp_path / "provkg.toml"
    assert said.complaints == (
        f"{place}:1: nothing is called projekt; did you mean project?",
        f"{place}:2: responsible = 3 is no text",
        f'{place}:3: datasets is a table; write [datasets."NAME"] and below it what is known of it',
        f'{place}:6: license stands in no table of a thing; write [models."NAME"] and below it license = …',
    )
    assert values(said, "experiments", "a") == {"purpose": "P"}


def test_a_file_that_cannot_be_read_is_a_complaint(tmp_path: Path) -> None:
    assert "cannot be read" in read_facts(tmp_path / "nowhere.toml").complaints[0]
    (tmp_path / "latin.toml").write_bytes(b'project = "\xe9"')
    assert "is not UTF-8" in read_facts(tmp_path / "latin.toml").complaints[0]


@given(st.text(max_size=60))
def test_any_text_is_facts_or_a_complaint(text: str) -> None:
    file = Path(os.environ.get("TMPDIR", "/tmp")) / f"provkg-any-{os.getpid()}.toml"  # noqa: S108 - removed below
    try:
        file.write_text(text, "utf-8", errors="replace")
        said = read_facts(file)
        assert isinstance(said.complaints, tuple)
    finally:
        file.unlink(missing_ok=True)
