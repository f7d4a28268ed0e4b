"""The files that a graph names are compared with what lies there now, and each place gets the verdict that is true."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas
import pytest

import provkg
from provkg.capture.digests import digest
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.reading import Reader
from provkg.reading.files import FileCheck, FileFinding
from provkg.reading.files.places import Place
from provkg.reading.files.seen import Looking
from provkg.records import ArtifactFile, Dataset, DatasetVersion, DataSource
from tests.commands import one_sentence, run
from tests.graphs import index_of
from tests.recording import recording

CONTENT = b"apple,1\npear,2\n"


@pytest.fixture
def kg(tmp_path: Path) -> Path:
    return Folder.create(tmp_path / "kg", base="https://example.org/kg/").path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def put(file: Path, content: bytes = CONTENT) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def record(kg: Path, *paths: Path, name: str = "fruit") -> None:
    """Record each path as a version of a dataset, as a training script does."""
    with recording(kg):
        for number, path in enumerate(paths, 1):
            provkg.dataset(name, path, version=str(number), source="market", license="CC0-1.0")
    with KnowledgeGraph.hold(Folder.find(kg)) as graph:
        assert graph.drain().rejected == 0


def say(kg: Path, location: str | tuple[str, ...], **more: object) -> None:
    """Record a file as somebody does who writes records: with any address, and any digest."""
    said: dict[str, object] = {"sha256": sha256(CONTENT).hexdigest(), "byte_size": len(CONTENT), **more}
    with provkg.open(kg) as graph:
        file = ArtifactFile(location=location, **said)  # type: ignore[arg-type]  # as tests give it
        version = DatasetVersion(
            dataset=Dataset(name="fruit"), version="1", sha256=sha256(CONTENT).hexdigest(), files=(file,),
            source=DataSource(identifier="market"),
        )  # fmt: skip
        graph.record(version)


def found(
    kg: Path, thing: str | None = None, *, search: Sequence[Path] = (), root: Path | None = None
) -> list[FileFinding]:
    with Reader.open(kg) as graph:
        return list(graph.files(thing, search=search, root=root))


def only(kg: Path, **options: object) -> FileFinding:
    (finding,) = found(kg, **options)  # type: ignore[arg-type]  # as `found` takes them
    return finding


def names(finding: FileFinding) -> list[str]:
    return [name for _, name in finding.of]


def test_a_file_that_is_as_it_was_is_unchanged(kg: Path, data: Path) -> None:
    file = put(data / "fruit ü#1.csv")
    record(kg, file)
    finding = only(kg)
    assert (finding.status, finding.location, names(finding)) == ("unchanged", file.as_uri(), ["fruit@1"])
    assert finding.there_sha256 == finding.sha256 == sha256(CONTENT).hexdigest()


def test_a_model_s_file_and_what_uses_it_are_looked_at(kg: Path, data: Path) -> None:
    with recording(kg):
        provkg.model("grader", put(data / "grader.bin"), version="1", source="hub", license="Apache-2.0")
    assert (only(kg, thing="grader@1").status, names(only(kg))) == ("unchanged", ["grader@1"])
    put(data / "grader.bin", b"retrained")
    assert only(kg, thing="grader@1").status == "changed"


def test_no_digest_that_was_remembered_is_believed(
    kg: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROVKG_DIGEST_CACHE", str(tmp_path / "digests.db"))
    file = put(data / "fruit.csv", CONTENT * 100_000)
    record(kg, file)
    assert (tmp_path / "digests.db").exists()
    before = file.stat()
    with file.open("r+b") as opened:
        opened.write(b"A")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (only(kg).status, file.stat().st_size) == ("changed", before.st_size)


@pytest.mark.parametrize("content", [b"apple,1\npear,3\n", CONTENT + b"\n", b""])
def test_changed_bytes_are_told_with_what_was_and_what_is(kg: Path, data: Path, content: bytes) -> None:
    record(kg, put(data / "fruit.csv"))
    stamp = (data / "fruit.csv").stat()
    put(data / "fruit.csv", content)
    os.utime(data / "fruit.csv", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))  # its time says nothing
    finding = only(kg)
    assert finding.status == "changed"
    assert (finding.sha256, finding.size) == (sha256(CONTENT).hexdigest(), len(CONTENT))
    assert (finding.there_sha256, finding.there_size) == (sha256(content).hexdigest(), len(content))
    assert f"recorded: {len(CONTENT)} bytes, sha256 {finding.sha256}" in str(finding)
    assert f"there:    {len(content)} bytes, sha256 {finding.there_sha256}" in str(finding)


def test_a_version_that_a_later_one_replaced_at_its_place_is_changed_and_the_later_one_named(
    kg: Path, data: Path
) -> None:
    record(kg, put(data / "fruit.csv"))
    file = put(data / "fruit.csv", b"plum,3\n")
    with recording(kg):
        provkg.dataset("fruit", file, version="2", source="market", license="CC0-1.0")
    by_name = {names(each)[0]: each for each in found(kg)}
    assert by_name["fruit@2"].status == "unchanged"
    assert by_name["fruit@1"].status == "changed"
    assert [name for _, name in by_name["fruit@1"].now] == ["fruit@2"]
    assert ", the content of fruit@2" in str(by_name["fruit@1"])


def test_a_file_that_is_nowhere_is_gone(kg: Path, data: Path) -> None:
    put(data / "sub" / "fruit.csv")
    record(kg, data / "sub" / "fruit.csv")
    (data / "sub" / "fruit.csv").unlink()
    assert only(kg, search=[data]).status == "gone"
    (data / "sub").rmdir()
    put(data / "sub", b"a file where the folder was")
    assert only(kg, search=[data]).status == "gone"


def test_a_file_below_a_folder_that_is_searched_is_moved(kg: Path, data: Path, tmp_path: Path) -> None:
    record(kg, put(data / "fruit.csv"))
    put(tmp_path / "archive" / "2026" / "a.csv", bytes(len(CONTENT)))  # of the same size
    put(tmp_path / "archive" / "2026" / "b.csv", CONTENT[:-1])
    (tmp_path / "archive" / "2026" / "link.csv").symlink_to(data / "fruit.csv")
    (data / "fruit.csv").rename(tmp_path / "archive" / "2026" / "old.csv")
    assert only(kg).status == "gone"
    finding = only(kg, search=[tmp_path / "archive"])
    assert (finding.status, finding.found) == ("moved", (str(tmp_path / "archive/2026/old.csv"),))


def test_what_was_changed_at_its_place_stays_changed_where_a_copy_is_found(
    kg: Path, data: Path, tmp_path: Path
) -> None:
    record(kg, put(data / "fruit.csv"))
    put(data / "fruit.csv", b"other")
    copy = put(tmp_path / "archive" / "copy.csv")
    finding = only(kg, search=[tmp_path / "archive"])
    assert (finding.status, finding.found) == ("changed", (str(copy),))


def test_of_two_places_of_the_same_bytes_the_one_that_is_gone_is_moved_to_the_other(kg: Path, data: Path) -> None:
    record(kg, put(data / "a.csv"), put(data / "b.csv"))
    (data / "a.csv").unlink()
    by_place = {each.location: each for each in found(kg)}
    moved, there = by_place[(data / "a.csv").as_uri()], by_place[(data / "b.csv").as_uri()]
    assert (moved.status, moved.found, there.status) == ("moved", (there.location,), "unchanged")


def test_a_file_that_took_another_s_place_is_moved_there(kg: Path, data: Path) -> None:
    record(kg, put(data / "a.csv"), put(data / "b.csv", b"plum,3\n"))
    (data / "a.csv").replace(data / "b.csv")
    statuses = {names(each)[0]: (each.status, each.found) for each in found(kg)}
    assert statuses == {"fruit@1": ("moved", ((data / "b.csv").as_uri(),)), "fruit@2": ("changed", ())}


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("s3://bucket/fruit.csv", "s3: is not looked at"),
        ("https://example.org/fruit.csv", "https: is not looked at"),
        ("kafka://broker/topic", "kafka: is not looked at"),
        ("file://elsewhere.example.org/data/fruit.csv", "it lies on the host elsewhere.example.org"),
        ("//server/share/fruit.csv", "it lies on the host server"),
    ],
)
def test_what_lies_elsewhere_is_not_looked_at_and_that_is_said(kg: Path, location: str, why: str) -> None:
    say(kg, location)
    finding = only(kg)
    assert (finding.status, finding.why) == ("not reachable", why)


def test_this_host_is_here_by_any_of_its_names(kg: Path, data: Path) -> None:
    file = put(data / "fruit.csv")
    for host in ("localhost", "LocalHost", socket.gethostname()):
        assert Place.of(f"file://{host}{file}").path == file
    say(kg, (f"file://localhost{file}", str(file)))
    assert [each.status for each in found(kg)] == ["unchanged", "unchanged"]


def test_a_relative_address_is_relative_to_what_one_says(kg: Path, data: Path) -> None:
    put(data / "fruit.csv")
    say(kg, ("fruit.csv", "file:fruit.csv"))
    assert {(each.status, each.why) for each in found(kg)} == {
        ("cannot be judged", "a relative address; say what it is relative to with --root DIR")
    }
    assert [each.status for each in found(kg, root=data)] == ["unchanged", "unchanged"]


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("file:///data/fruit.csv#row=1", "it names a part of a file"),
        ("file:///data/%00", "it holds a zero byte"),
        ("file:", "it is empty"),
        ("http://[", "no address"),
    ],
)
def test_an_address_that_is_none_of_a_file_cannot_be_judged(kg: Path, location: str, why: str) -> None:
    place = Place.of(location)
    assert place.path is None
    assert not place.elsewhere
    assert why in place.why


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind(str(path))


@pytest.mark.parametrize("make", [make_pipe, make_socket, lambda path: path.symlink_to("/dev/zero")])
def test_a_pipe_a_socket_and_a_device_are_never_read(
    kg: Path, data: Path, make: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(data)
    record(kg, put(data / "fruit.csv"))
    (data / "fruit.csv").unlink()
    make(Path("fruit.csv"))  # the name of a socket may not be long
    finding = only(kg, search=[data])
    assert (finding.status, finding.why) == ("cannot be judged", "a pipe, a device or a socket")


def test_a_name_that_no_disk_takes_is_said(kg: Path) -> None:
    say(kg, f"file:///{'a' * 300}")
    finding = only(kg)
    assert (finding.status, finding.why, finding.unread) == ("cannot be judged", "File name too long", True)


def test_a_folder_where_a_file_was_is_a_change(kg: Path, data: Path) -> None:
    record(kg, put(data / "fruit.csv"))
    (data / "fruit.csv").unlink()
    (data / "fruit.csv").mkdir()
    finding = only(kg)
    assert (finding.status, finding.why) == ("changed", "a folder")


def test_a_link_is_followed_as_when_it_was_recorded_and_named(kg: Path, data: Path) -> None:
    target = put(data / "v1" / "fruit.csv")
    (data / "latest.csv").symlink_to(target)
    record(kg, data / "latest.csv")
    finding = only(kg)
    assert (finding.status, finding.link) == ("unchanged", str(target))
    target.unlink()
    finding = only(kg)
    assert (finding.status, finding.why) == ("gone", "a link that leads nowhere")
    (data / "latest.csv").unlink()
    (data / "latest.csv").symlink_to("latest.csv")
    assert only(kg).status == "cannot be judged"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_what_may_not_be_read_is_neither_gone_nor_in_order(kg: Path, data: Path) -> None:
    record(kg, put(data / "fruit.csv"))
    (data / "fruit.csv").chmod(0)
    assert run("verify", "--files", "--store", kg).exit_code == 3


def test_what_could_not_be_read_makes_the_exit_code_3(kg: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(kg, put(data / "fruit.csv"))
    (data / "fruit.csv").unlink()
    (data / "fruit.csv").symlink_to("fruit.csv")  # which leads to itself for ever
    done = run("verify", "--files", "--store", kg)
    assert (done.exit_code, done.stdout.splitlines()[0].startswith("cannot be judged: ")) == (3, True)
    assert "Too many levels of symbolic links" in done.stdout


# Folders


def folder_and_files(findings: Sequence[FileFinding]) -> tuple[FileFinding, dict[str, str]]:
    (folder,) = [each for each in findings if each.kind == "folder"]
    return folder, {Path(each.location or "").name: each.status for each in findings if each.kind == "file"}


def test_a_folder_is_found_by_its_digest_and_its_files_are_named(kg: Path, data: Path) -> None:
    for name, content in (("a.csv", b"a"), ("b.csv", b"b"), ("sub/c.csv", b"c"), ("sub/also-a.csv", b"a")):
        put(data / "fruit" / name, content)
    record(kg, data / "fruit")
    folder, files = folder_and_files(found(kg))
    assert (folder.status, folder.location, names(folder)) == ("unchanged", (data / "fruit").as_uri(), ["fruit@1"])
    assert files == dict.fromkeys(("a.csv", "b.csv", "c.csv", "also-a.csv"), "unchanged")

    put(data / "fruit" / "new.csv", b"n")
    put(data / "fruit" / "b.csv", b"other")
    (data / "fruit" / "sub" / "c.csv").unlink()
    os.mkfifo(data / "fruit" / "pipe")
    folder, files = folder_and_files(found(kg))
    assert folder.status == "changed"
    assert (folder.added, folder.missing, folder.differing) == (("new.csv", "pipe"), ("sub/c.csv",), ("b.csv",))
    assert files == {"a.csv": "unchanged", "also-a.csv": "unchanged", "b.csv": "changed", "c.csv": "gone"}
    assert "added in it: new.csv, pipe" in str(folder)


def test_a_file_that_was_only_added_changes_the_folder(kg: Path, data: Path) -> None:
    put(data / "fruit" / "a.csv")
    record(kg, data / "fruit")
    put(data / "fruit" / "b.csv", b"b")
    folder, files = folder_and_files(found(kg))
    assert (folder.status, folder.added, files) == ("changed", ("b.csv",), {"a.csv": "unchanged"})


def test_a_copy_of_a_folder_that_was_recorded_too_is_judged_by_itself(kg: Path, data: Path) -> None:
    for place in ("one", "two"):
        put(data / place / "a.csv", b"a")
        put(data / place / "b.csv", b"b")
    record(kg, data / "one", data / "two")
    put(data / "two" / "c.csv", b"c")
    folders = {each.location: each.added for each in found(kg) if each.kind == "folder"}
    assert folders == {(data / "one").as_uri(): (), (data / "two").as_uri(): ("c.csv",)}


def test_a_folder_is_found_where_the_same_bytes_were_seen_in_it_later_under_another_name(kg: Path, data: Path) -> None:
    put(data / "fruit" / "a.csv")
    record(kg, data / "fruit")
    put(data / "fruit" / "b.csv")  # a copy of a.csv
    with recording(kg):
        provkg.dataset("fruit", data / "fruit", version="2", source="market", license="CC0-1.0")
    folders = {names(each)[0]: (each.status, each.added) for each in found(kg) if each.kind == "folder"}
    assert folders == {"fruit@1": ("changed", ("b.csv",)), "fruit@2": ("unchanged", ())}


def test_a_folder_of_files_of_many_equal_contents_is_found(kg: Path, data: Path) -> None:
    for number in range(40):
        put(data / "fruit" / f"{number}.csv", b"%d" % (number // 20))
    record(kg, data / "fruit")
    assert folder_and_files(found(kg))[0].status == "unchanged"


def test_a_folder_that_is_gone_is_moved_where_all_its_files_lie_elsewhere(kg: Path, data: Path, tmp_path: Path) -> None:
    put(data / "fruit" / "a.csv", b"a")
    put(data / "fruit" / "sub" / "b.csv", b"b")
    record(kg, data / "fruit")
    (tmp_path / "archive").mkdir()
    (data / "fruit").rename(tmp_path / "archive" / "old")
    folder, files = folder_and_files(found(kg))
    assert (folder.status, set(files.values())) == ("gone", {"gone"})
    folder, files = folder_and_files(found(kg, search=[tmp_path / "archive"]))
    assert (folder.status, folder.found, set(files.values())) == ("moved", (str(tmp_path / "archive/old"),), {"moved"})
    (tmp_path / "archive" / "old" / "a.csv").unlink()
    assert folder_and_files(found(kg, search=[tmp_path / "archive"]))[0].status == "gone"


def test_of_a_folder_with_too_many_files_to_name_the_whole_is_compared(
    kg: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provkg.capture.files.MOST_FILES", 2)
    for name in ("a", "b", "c"):
        put(data / "fruit" / name, name.encode())
    with recording(kg):
        provkg.dataset("fruit", data / "fruit", version="1", license="CC0-1.0")
    finding = only(kg)
    assert (finding.kind, finding.status, finding.location) == ("folder", "unchanged", (data / "fruit").as_uri())
    put(data / "fruit" / "b", b"B")
    assert (only(kg).status, "which of its files the graph does not tell" in only(kg).why) == ("changed", True)
    (data / "fruit").rename(data / "away")
    assert only(kg).status == "gone"


# What lies in no file, or is not judged by its bytes


def test_rows_that_were_only_in_memory_cannot_be_judged_and_are_not_failures(kg: Path) -> None:
    with recording(kg):
        provkg.dataset("fruit", [[1, 2], [3, 4]], source="market", license="CC0-1.0")
    finding = only(kg)
    assert (finding.status, finding.kind, finding.location) == ("cannot be judged", "content", None)
    assert "what was in memory (table-2)" in finding.why
    done = run("verify", "--files", "--store", kg)
    assert (done.exit_code, done.stdout) == (0, "nothing is changed or gone: 1 cannot be judged\n")
    assert "1 cannot be judged: a digest of what was in memory (table-2)" in done.stderr


def logical(kg: Path, file: Path, content: object) -> None:
    """Record `file` by the digest of what it holds, as one can who writes records."""
    summed = digest(content)
    turtle = f"""@prefix pvk: <https://w3id.org/provkg#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
        <https://example.org/kg/f> a pvk:ArtifactFile ; pvk:sha256 "{summed.sha256}" ; pvk:digestForm "{summed.form}" ;
            pvk:storageLocation "{file.as_uri()}"^^xsd:anyURI ."""
    (file.parent / "record.ttl").write_text(turtle)
    assert run("add", file.parent / "record.ttl", "--store", kg).exit_code == 0


def test_an_array_is_compared_by_what_it_holds(kg: Path, data: Path) -> None:
    array = np.arange(6.0).reshape(2, 3)
    np.save(data / "fruit.npy", array)
    logical(kg, data / "fruit.npy", array)
    assert only(kg).status == "unchanged"
    np.save(data / "fruit.npy", array + 1)
    assert (only(kg).status, only(kg).there_sha256) == ("changed", digest(array + 1).sha256)
    np.save(data / "fruit.npy", array[:0])
    assert only(kg).status == "changed"
    np.save(data / "fruit.npy", np.array([{"a": 1}], dtype=object))  # which is a pickle
    assert (only(kg).status, "Object arrays cannot be loaded" in only(kg).why) == ("cannot be judged", True)


def test_rows_are_compared_where_their_format_keeps_them(kg: Path, data: Path) -> None:
    rows = [{"name": "apple", "count": 1}, {"name": "pear", "count": 2}]
    put(data / "fruit.json", json.dumps(rows, indent=2).encode())
    logical(kg, data / "fruit.json", rows)
    assert only(kg).status == "unchanged"
    put(data / "fruit.json", json.dumps([(1, 2)]).encode())
    finding = only(kg)
    assert (finding.status, "not kept by the format as it was" in finding.why) == ("cannot be judged", True)


@pytest.mark.parametrize("format_", ["parquet", "feather", "csv"])
def test_a_table_is_the_same_in_every_format_that_keeps_it(kg: Path, data: Path, format_: str) -> None:
    frame = pandas.DataFrame({"name": ["apple", "pear"], "count": [1, 2]})
    other = frame.assign(count=[1, 3])
    file = data / f"fruit.{format_}"

    def write(table: pandas.DataFrame) -> None:
        table.to_csv(file, index=False) if format_ == "csv" else getattr(table, f"to_{format_}")(file)

    write(frame)
    logical(kg, file, frame)
    assert only(kg).status == "unchanged"
    write(other)
    assert only(kg).status == "cannot be judged"
    file.write_bytes(b"\xff")
    assert "it does not hold what its name says" in only(kg).why


def test_a_table_in_a_format_that_is_not_read_cannot_be_judged(kg: Path, data: Path) -> None:
    put(data / "fruit.pickle")
    logical(kg, data / "fruit.pickle", [["apple", 1], ["pear", 2]])
    assert "which is read from .npy, .parquet," in only(kg).why


def test_a_digest_of_a_form_that_is_no_longer_made_cannot_be_judged(kg: Path, data: Path) -> None:
    put(data / "fruit.json", b"[]")
    say(kg, (data / "fruit.json").as_uri())
    turtle = data / "record.ttl"
    logical(kg, data / "fruit.json", [])
    said = turtle.read_text().replace("table-2", "table-1").replace("kg/f>", "kg/g>")
    turtle.write_text(said)
    assert run("add", turtle, "--store", kg).exit_code == 0
    assert [each.why for each in found(kg) if each.file.endswith("/g")] == [
        "what it holds has no digest of the form table-1"
    ]


def test_an_address_without_a_digest_cannot_be_judged(kg: Path, data: Path) -> None:
    put(data / "fruit.csv")
    turtle = data / "record.ttl"
    turtle.write_text(
        f'<https://example.org/kg/f> <https://w3id.org/provkg#storageLocation> "{(data / "fruit.csv").as_uri()}"'
        "^^<http://www.w3.org/2001/XMLSchema#anyURI> ."
    )
    (finding,) = FileCheck(index_of(turtle.read_text()))
    assert (finding.status, finding.why) == ("cannot be judged", "no SHA-256 of it was recorded")


# One thing, the command, and what it prints


def test_one_thing_is_looked_at_with_its_versions_and_their_files(kg: Path, data: Path) -> None:
    record(kg, put(data / "a.csv"), put(data / "b.csv", b"b"))
    record(kg, put(data / "nuts.csv", b"walnut"), name="nuts")
    assert len(found(kg)) == 3
    assert [names(each) for each in found(kg, "nuts@1")] == [["nuts@1"]]
    with Reader.open(kg) as graph:
        rows = graph.query(
            "SELECT ?d { ?d a <https://w3id.org/provkg#Dataset> ; <http://purl.org/dc/terms/title> 'fruit' }"
        )
        (dataset,) = [row["d"] for row in rows]
    assert sorted(names(each)[0] for each in found(kg, dataset)) == ["fruit@1", "fruit@2"]


def test_the_command_prints_what_is_not_as_it_was_and_exits_with_1(kg: Path, data: Path) -> None:
    record(kg, put(data / "a.csv"), put(data / "b.csv", b"b"))
    assert run("verify", "--files", "--store", kg).exit_code == 0
    (data / "b.csv").unlink()
    done = run("verify", "--files", "--store", kg)
    assert done.exit_code == 1
    assert done.stdout == f"gone: {(data / 'b.csv').as_uri()} (fruit@2)\nnot all is as it was: 1 gone, 1 unchanged\n"
    assert "look for the recorded bytes elsewhere with: --search DIR" in done.stderr
    assert f"unchanged: {(data / 'a.csv').as_uri()}" in run("verify", "--files", "--all", "--store", kg).stdout


def test_programs_get_every_finding_as_json(kg: Path, data: Path) -> None:
    record(kg, put(data / "a.csv"), put(data / "b.csv", b"b"))
    put(data / "b.csv", b"B")
    done = run("verify", "--files", "--format", "json", "--store", kg)
    assert done.exit_code == 1
    changed, same = sorted(json.loads(done.stdout), key=lambda each: each["status"])
    assert (changed["status"], same["status"]) == ("changed", "unchanged")
    assert changed["recorded"] == {"sha256": sha256(b"b").hexdigest(), "size": 1}
    assert changed["there"] == {"sha256": sha256(b"B").hexdigest(), "size": 1}
    assert changed["of"][0]["name"] == "fruit@2"
    assert (
        json.loads(run("verify", "--files", "--format", "json", "--store", Folder.create(kg.parent / "e").path).stdout)
        == []
    )


def test_what_was_found_can_be_recorded_as_audits_ask_for_it(kg: Path, data: Path, tmp_path: Path) -> None:
    for number, name in enumerate(("same", "moved", "changed", "gone", "copied", "replaced")):
        put(data / name, b"%d" % number)
    put(data / "second place of same", b"0")
    record(kg, *(data / name for name in ("same", "moved", "changed", "gone", "copied", "replaced")))
    record(kg, data / "second place of same", name="again")
    before = len(found(kg))
    (tmp_path / "archive").mkdir()
    (data / "moved").rename(tmp_path / "archive" / "moved")
    put(tmp_path / "archive" / "copy", b"4")
    for name in ("changed", "copied", "second place of same"):
        put(data / name, b"other")
    for name in ("gone", "replaced"):
        (data / name).unlink()
    (data / "replaced").mkdir()
    done = run("verify", "--files", "--record", "--search", tmp_path / "archive", "--store", kg)
    assert (done.exit_code, "recorded 6 integrity check(s)" in done.stderr) == (1, True), done.output
    with Reader.open(kg) as graph:
        rows = graph.query(
            """PREFIX pvk: <https://w3id.org/provkg#> SELECT ?expected ?observed ?outcome {
               ?c pvk:checkedEntity ?f ; pvk:expectedDigest ?expected ; pvk:checkOutcome ?outcome .
               ?f pvk:sha256 ?expected OPTIONAL { ?c pvk:observedDigest ?observed } }"""
        )
        outcomes = {row["expected"]: (row["outcome"].rpartition("-")[2], row["observed"]) for row in rows}
        suspicious = [finding.rule.id for finding in graph.audit(only="rules", rules=["X08"])]
    digests = [sha256(b"%d" % number).hexdigest() for number in range(6)]
    other = sha256(b"other").hexdigest()
    assert outcomes == {
        digests[0]: ("match", digests[0]),
        digests[1]: ("match", digests[1]),
        digests[2]: ("mismatch", other),
        digests[3]: ("missing", None),
        digests[4]: ("match", digests[4]),
        digests[5]: ("missing", None),
    }
    assert suspicious == ["X08"]
    # The checks are nothing to look at themselves.
    assert len(found(kg)) == before


def test_all_gone_may_mean_that_a_disk_is_missing(kg: Path, data: Path) -> None:
    record(kg, put(data / "a.csv"), put(data / "b.csv", b"b"))
    data.rename(data.with_name("away"))
    assert "are the disks there, that it was seen on?" in run("verify", "--files", "--store", kg).stderr


def test_names_that_a_terminal_would_obey_are_escaped(kg: Path, data: Path) -> None:
    put(data / "fruit" / "a.csv")
    record(kg, data / "fruit")
    put(data / "fruit" / "\x1b[2Jevil\u202e")
    (data / "fruit" / os.fsdecode(b"\xff")).write_bytes(b"")
    done = run("verify", "--files", "--store", kg)
    assert "\x1b" not in done.output
    assert "\\x1b[2Jevil\\u202e" in done.stdout
    added = json.loads(run("verify", "--files", "--format", "json", "--store", kg).stdout)[-1]["added"]
    assert added == ["\x1b[2Jevil\u202e", "\udcff"]


def test_who_stops_looking_does_not_wait_for_a_large_file(data: Path) -> None:
    with (data / "b.csv").open("wb") as file:
        file.truncate(4 << 30)  # a hole, which is read at memory speed and would take seconds
    with Looking(lambda _read: None) as looking:
        asked = looking.ask(data / "b.csv")
        began = time.monotonic()
    assert asked.done()
    assert time.monotonic() - began < 2


def test_wrong_use_is_told(kg: Path, tmp_path: Path) -> None:
    assert "go with --files" in one_sentence(run("verify", "--only", "x", "--store", kg), 2)
    assert "go with --files" in one_sentence(run("verify", "--all", "--store", kg), 2)
    assert "leave out PATH" in one_sentence(run("verify", tmp_path, "--files", "--store", kg), 2)
    assert "is no folder" in one_sentence(run("verify", "--files", "--search", tmp_path / "x", "--store", kg), 2)
    assert "is called 'x'" in one_sentence(run("verify", "--files", "--only", "x", "--store", kg), 2)
