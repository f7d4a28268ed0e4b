"""A knowledge graph's folder: made whole or not at all, found again, and never mistaken for something else."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from provkg.errors import BadParameter, NotAKnowledgeGraph
from provkg.folder import Folder, checked_base


def test_what_is_created_is_found_again(tmp_path: Path) -> None:
    made = Folder.create(tmp_path / "kg", base="https://example.org/digits", level="standard")
    assert Folder.find(tmp_path / "kg") == made
    assert (made.base, made.name, made.level) == ("https://example.org/digits/", "kg", "standard")


def test_creating_again_keeps_the_base_and_the_salt(tmp_path: Path) -> None:
    first = Folder.create(tmp_path / "kg")
    salt = first.names.salt
    assert Folder.create(tmp_path / "kg", base="https://example.org/other/") == first
    assert first.names.salt == salt


def test_a_base_of_its_own_is_chosen_when_none_is_given(tmp_path: Path) -> None:
    a, b = Folder.create(tmp_path / "a"), Folder.create(tmp_path / "b")
    assert a.base.startswith("https://provkg.invalid/")
    assert a.base != b.base


def test_the_salt_is_the_owners_alone(tmp_path: Path) -> None:
    folder = Folder.create(tmp_path / "kg")
    assert (folder.keys / "salt").stat().st_mode & 0o077 == 0
    assert len(folder.names.salt) == 32


def test_many_processes_may_create_one_graph_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: Folder.create(tmp_path / "kg").names, range(8)))
    assert len(set(made)) == 1


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(NotAKnowledgeGraph, match="in use by something else"):
        Folder.create(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize(
    ("content", "says"),
    [("base = ", "does not parse"), ("name = 'x'", "names no base IRI"), ("base = 'kg'", "no base IRI")],
)
def test_broken_settings_are_named(tmp_path: Path, content: str, says: str) -> None:
    (tmp_path / "kg.toml").write_text(content)
    with pytest.raises((NotAKnowledgeGraph, BadParameter), match=says):
        Folder.find(tmp_path)


def test_a_project_may_ask_more_of_its_records_than_the_graph(tmp_path: Path) -> None:
    folder = Folder.create(tmp_path / "kg")
    with (folder.path / "kg.toml").open("a") as settings:
        settings.write('[projects."fraud"]\nlevel = "audit"\n[projects.plain]\n')
    found = Folder.find(folder.path)
    assert [found.level_of(name) for name in ("fraud", "plain", "another", None)] == ["audit", *["minimal"] * 3]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (
            '[projects."fraud"]\nlevel = "strict"',
            r"kg.toml: \[projects.\"fraud\"\] 'strict' is no level; take one of min",
        ),
        ('[projects]\nfraud = "audit"', "projects are tables; write"),
        ("projects = 1", "projects are tables; write"),
        ('[projects."fraud"]\nlevle = "audit"', "has the key 'levle'; only level is known"),
    ],
)
def test_a_wrong_setting_of_a_project_is_named(tmp_path: Path, settings: str, says: str) -> None:
    (tmp_path / "kg.toml").write_text(f"base = 'https://example.org/kg/'\n{settings}\n")
    with pytest.raises(NotAKnowledgeGraph, match=says):
        Folder.find(tmp_path)


def test_a_missing_graph_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NotAKnowledgeGraph, match="make one with: provkg init"):
        Folder.find(tmp_path / "nowhere")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder of another user")
def test_a_folder_of_another_user_is_refused_with_its_reason(tmp_path: Path) -> None:
    folder = Folder.create(tmp_path / "kg")
    os.chown(folder.path, 12345, 12345)
    folder.path.chmod(0o700)
    child = os.fork()
    if child == 0:
        tmp_path.chmod(0o755)
        os.setuid(54321)
        try:
            Folder.find(folder.path)
        except NotAKnowledgeGraph as error:
            os._exit(0 if "belongs to another user" in str(error) else 2)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.parametrize(
    "base", ["kg", "ftp://example.org/", "https://exa mple.org/", "https://", "javascript:alert(1)"]
)
def test_what_is_no_base_iri_is_refused(base: str) -> None:
    with pytest.raises(BadParameter, match="is no base IRI"):
        checked_base(base)


@pytest.mark.parametrize("base", ["https://example.org/kg", "https://example.org/kg/", "https://example.org/kg#"])
def test_a_base_ends_in_one_slash(base: str) -> None:
    assert checked_base(base) == "https://example.org/kg/"
