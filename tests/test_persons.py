"""Names of people and hosts stay out of what a machine tells, and in what somebody says on purpose."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import provkg
from provkg.capture import persons
from provkg.capture.environment import environment
from provkg.capture.facts import without_names
from provkg.capture.persons import ADDRESS, HOST, unhomed, unnamed
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph, read
from provkg.reading.files.places import Place
from provkg.records import ArtifactFile, Environment, Person, Run, opened_run
from tests.recording import described, recording


@pytest.fixture
def grace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let this process be Grace's, on a host with a name of its own."""
    for variable in ("USER", "LOGNAME"):
        monkeypatch.setenv(variable, "grace")
    monkeypatch.setenv("HOME", "/home/grace")
    monkeypatch.setattr(socket, "gethostname", lambda: "gpu-17.cluster.example.org")
    persons.forget_persons()
    yield
    monkeypatch.undo()
    persons.forget_persons()


@pytest.mark.usefixtures("grace")
@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("/home/grace/train.py", "~/train.py"),
        ("file:///home/grace/data.csv", "file:///~/data.csv"),
        ("file:///home/ada/data.csv", "file:///~someone/data.csv"),
        ("python /home/grace/t.py --out=/Users/ada/x", "python ~/t.py --out=~someone/x"),
        ("-v /home/grace:/data -v /data:/home/grace/x", "-v ~:/data -v /data:~/x"),
        ("PYTHONPATH=/home/grace/lib:/home/ada/lib", "PYTHONPATH=~/lib:~someone/lib"),
        (r"C:\Users\Ada Lovelace\x.csv", r"~someone\x.csv"),
        (r"C:\\Users\\ada\\x.csv", r"~someone\\x.csv"),
        ("file:///C:/Users/ada/x", "file:///~someone/x"),
        ("/mnt/c/Users/ada/x", "~someone/x"),
        ("/private/var/home/ada/x", "~someone/x"),
        ("No such file: '/scratch/grace/data.csv'", "No such file: '/scratch/~/data.csv'"),
        ("/tmp/pytest-of-grace/pytest-1", "/tmp/pytest-of-~/pytest-1"),  # noqa: S108
        ("mail grace.hopper@example.org now", f"mail {ADDRESS} now"),
        ("rsync grace@login1.cluster.example.org:/x .", f"rsync {ADDRESS}:/x ."),
        ("cannot reach gpu-17.cluster.example.org:29500", f"cannot reach {HOST}:29500"),
        ("--master gpu-17 --port 1", f"--master {HOST} --port 1"),
    ],
)
def test_a_name_is_left_out_of_what_a_machine_tells(text: str, kept: str) -> None:
    assert unnamed(text) == kept


@pytest.mark.usefixtures("grace")
@pytest.mark.parametrize(
    "text",
    [
        *("/data/train.csv", "train.py", "~/x", "/home", "/homework/a/b", "https://example.org/home/products/x"),
        *("https://github.com/grace/code", "git@github.com:team/code", "s3://bucket/home/ada/x", "and/or grace"),
        *("x@y.T + q@k.transpose(0)", "img@sha256:abc", "torch@2.3", "a@b", "gpu-170", "the grace period"),
        *("/opt/conda/bin/python", "10.0.0.1:29500", "localhost:8080", "0000-0002-1825-0097"),
    ],
)
def test_what_names_nobody_stays(text: str) -> None:
    assert unnamed(text) == text


@pytest.mark.parametrize(("user", "home"), [("root", "/root"), ("ubuntu", "/home/ubuntu"), ("", "/"), ("app", "/app")])
def test_the_account_of_an_image_is_no_person(user: str, home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USER", user)
    monkeypatch.setenv("LOGNAME", user)
    monkeypatch.setenv("HOME", home)
    persons.forget_persons()
    try:
        assert unnamed("/data/root/app/ubuntu/x and an app of root") == "/data/root/app/ubuntu/x and an app of root"
    finally:
        monkeypatch.undo()
        persons.forget_persons()


@pytest.mark.usefixtures("grace")
def test_a_training_of_graces_names_her_nowhere_but_where_she_is_named(tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    file.write_text("a\n1\n", "utf-8")
    with recording(tmp_path / "kg") as recorded:
        provkg.configure(responsible="Grace Hopper")
        provkg.dataset("d", file, source="file:///home/grace/d.csv")
        with provkg.run("r", params={"out": "/home/grace/out", "mail": "grace@example.org"}) as run:
            run.metric("loss", 1.0, label="/scratch/grace/x")
        (said,) = described(recorded.closing(), Run)[:1]
        params = {each.name: each.value for each in opened_run(recorded.closing()).parameters}
        assert (params["out"], params["mail"]) == ("~/out", ADDRESS)
        assert isinstance(said.responsible, Person)
        assert said.responsible.name == "Grace Hopper"
        provkg.capture.end_session()
    with KnowledgeGraph.hold(Folder.find(tmp_path / "kg")) as graph:
        graph.drain()
    with read(Folder.find(tmp_path / "kg")) as reader:
        text = "\n".join(str(line) for line in reader.query("SELECT * { ?s ?p ?o }").rows)
    assert "grace/" not in text
    assert "grace@" not in text
    assert "gpu-17" not in text
    assert "Grace Hopper" in text


@pytest.mark.usefixtures("grace")
def test_an_image_is_named_without_the_folder_of_a_person_before_its_digest_is_known() -> None:
    image = replace(environment(), os_name="built by grace@example.org in /home/grace")
    said = without_names(image)
    assert isinstance(said, Environment)
    assert said.os_name == f"built by {ADDRESS} in ~"
    assert said.digest != image.digest


@pytest.mark.usefixtures("grace")
def test_what_was_recorded_in_the_home_folder_is_found_there_again() -> None:
    written = unhomed(Path("/home/grace/data/a b.csv").as_uri())
    assert written == "file:///~/data/a%20b.csv"
    assert Place.of(written).path == Path("/home/grace/data/a b.csv")
    assert Place.of("~/data/x.csv").path == Path("/home/grace/data/x.csv")
    other = Place.of("file:///~someone/x")
    assert (other.path, other.why) == (None, "it lies in the home folder of somebody whose name was not recorded")
    assert ArtifactFile(sha256="ab" * 32, location=written).location == written


@given(st.text())
def test_any_text_is_looked_at_once(text: str) -> None:
    assert unnamed(unnamed(text)) == unnamed(text)
