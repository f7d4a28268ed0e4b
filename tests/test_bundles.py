"""A bundle shows without the graph what was logged, and no byte of it can be changed unseen."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.graph.proving import proof
from provkg.ledger import Ledger, verify_bundle
from provkg.ledger.checkpoint import Checkpoint
from provkg.ledger.note import Note, PrivateKey, signed
from provkg.ledger.verify_bundle import judge
from provkg.merkle import proofs
from tests.commands import one_sentence, run
from tests.test_checkpoints import dataset, keep
from tests.test_merkle_proofs import LEAVES, ROOTS, naive_path, naive_proof

THING = "https://example.org/kg/dataset/b"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    folder = Folder.create(tmp_path_factory.mktemp("bundles") / "kg", base="https://example.org/kg/")
    keep(folder, "a", "b")
    folder.path.with_name("early.txt").write_bytes(folder.last_checkpoint.read_bytes())
    keep(folder, "c", "d", "e")
    return folder


@pytest.fixture(scope="module")
def early(folder: Folder) -> bytes:
    return folder.path.with_name("early.txt").read_bytes()


@pytest.fixture(scope="module")
def bundle(folder: Folder, early: bytes) -> bytes:
    return proof(folder, THING, earlier=early)


def written(document: dict[str, Any]) -> bytes:
    """Return `document` as the page on bundles says that they are written."""
    return (json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def test_a_bundle_is_verified_and_says_what_it_shows(bundle: bytes, early: bytes) -> None:
    verdict, said, document = judge(bundle)
    assert (verdict, said) == ("verified", f"1 record(s) describe {THING}: entries 1 of 5 in log example.org/kg")
    assert document is not None
    assert any('"b"' in statement["line"] for statement in document["records"][0]["statements"])
    assert judge(bundle, early)[0] == "verified"
    assert judge(bundle, Note.parse(document["checkpoint"].encode()).to_bytes())[0] == "verified"


def test_every_byte_of_a_bundle_is_under_the_verdict(bundle: bytes) -> None:
    assert len(bundle) > 1_500
    verdicts = set()
    for place, byte in enumerate(bundle):
        for bit in range(8):
            wrong = bundle[:place] + bytes([byte ^ 1 << bit]) + bundle[place + 1 :]
            verdict, said, document = judge(wrong)
            assert verdict != "verified", (place, bit, bundle[place - 20 : place + 20])
            assert said
            assert document is None
            verdicts.add(verdict)
    assert verdicts == {None, "TAMPERED"}


def test_a_bundle_that_is_cut_or_lengthened_is_no_bundle(bundle: bytes) -> None:
    for wrong in (bundle[:-1], bundle + b"\n", b"", b"{}", b"[]", b"null", bundle + bundle, b"[" * 100_000):
        assert judge(wrong)[0] is None


def test_a_reformatted_bundle_is_refused_with_the_reason(bundle: bytes) -> None:
    verdict, said, _ = judge(json.dumps(json.loads(bundle)).encode())
    assert verdict is None
    assert "changed or reformatted it" in said


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], object], str, str]] = {
    "another text": (
        lambda b: b["records"][0]["statements"][0].update(line="<http://e/a> <http://e/p> <http://e/b> ."),
        "TAMPERED", "its statements are not those that were logged",
    ),
    "one statement less": (lambda b: b["records"][0]["statements"].pop(), "TAMPERED", "not those that were logged"),
    "another leaf": (lambda b: b["records"][0]["leaf"].update(level="audit"), "TAMPERED", "its leaf does not lie"),
    "another position": (lambda b: b["records"][0].update(position=2), "TAMPERED", "its leaf does not lie there"),
    "no path": (lambda b: b["records"][0].update(path=[]), "TAMPERED", "its leaf does not lie there"),
    "another thing": (lambda b: b.update(node="https://example.org/kg/dataset/a"), "TAMPERED", "it says nothing about"),
    "no consistency": (lambda b: b["earlier"].update(path=[]), "TAMPERED", "not prove that the log continues"),
    "another size": (
        lambda b: b.update(checkpoint=b["checkpoint"].replace("\n5\n", "\n6\n")),
        "TAMPERED", "does not fit its checkpoint",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_what_was_changed_is_said(bundle: bytes, name: str) -> None:
    change, verdict, why = CHANGES[name]
    document = json.loads(bundle)
    change(document)
    found, said, _ = judge(written(document))
    assert (found, why in said) == (verdict, True), said


def test_a_statement_that_is_held_back_leaves_the_record_logged_but_incomplete(bundle: bytes, folder: Folder) -> None:
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        commitment = ledger.payload(1)[0][1]
    document = json.loads(bundle)
    document["records"][0]["statements"][0] = {"commitment": commitment.hex()}
    verdict, said, _ = judge(written(document))
    assert verdict == "INCOMPLETE"
    assert "1 statement(s) is erased or held back" in said


def test_a_forger_with_a_key_of_their_own_is_told_by_the_published_key(bundle: bytes, folder: Folder) -> None:
    """A bundle brings its keys along: without a published one, it only shows that it agrees with itself."""
    forger = PrivateKey("example.org/kg", bytes(32))
    document = json.loads(bundle)
    checkpoint = Checkpoint.of(Note.parse(document["checkpoint"].encode()))
    document.update(
        keys=[str(forger.public)], earlier=None, checkpoint=signed(checkpoint.text, forger).to_bytes().decode()
    )
    published = run("key", "--store", folder.path).stdout.strip()
    assert judge(written(document))[0] == "verified"
    assert judge(written(document), trusted=[published])[:2] == (
        "TAMPERED", "it is signed with other keys than those that you trust",
    )  # fmt: skip
    assert judge(bundle, trusted=[published])[0] == "verified"


def test_a_checkpoint_that_somebody_kept_must_be_continued(folder: Folder, bundle: bytes, early: bytes) -> None:
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        third = ledger.root(3)
    key = PrivateKey.parse((folder.keys / "checkpoint.key").read_text())

    def kept(size: int, root: bytes) -> bytes:
        return signed(Checkpoint("example.org/kg", size, root).text, key).to_bytes()

    assert judge(bundle, kept(2, third))[:2] == (
        "FORK", "your checkpoint and the bundle's, both of 2 entries, are of two histories",
    )  # fmt: skip
    verdict, said, _ = judge(bundle, kept(3, third))
    assert verdict == "INCOMPLETE"
    assert "ask for: provkg prove --since FILE" in said
    verdict, said, _ = judge(bundle, kept(9, third))
    assert (verdict, "the bundle is older" in said) == ("INCOMPLETE", True)
    verdict, said, _ = judge(bundle, early.replace(b"\n2\n", b"\n1\n"))
    assert (verdict, "does not fit the checkpoint that you kept" in said) == ("TAMPERED", True)


def test_two_checkpoints_of_one_size_are_evidence_of_a_fork(folder: Folder, bundle: bytes) -> None:
    key = PrivateKey.parse((folder.keys / "checkpoint.key").read_text())
    document = json.loads(bundle)
    other = signed(Checkpoint("example.org/kg", 5, ROOTS[5]).text, key)
    document["earlier"] = {"checkpoint": other.to_bytes().decode(), "path": []}
    assert judge(written(document))[:2] == ("FORK", "two histories of 5 entries were signed")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("program") / "verify_bundle.py"
    file.write_text(run("verify", "--program").stdout)
    return file


def apart(program: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the single file as an auditor does: no provkg in sight, and nothing of the surroundings."""
    command = [sys.executable, "-I", str(program), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=program.parent)


def test_the_single_file_verifies_without_provkg(program: Path, bundle: bytes, early: bytes, tmp_path: Path) -> None:
    (tmp_path / "bundle.json").write_bytes(bundle)
    (tmp_path / "early.txt").write_bytes(early)
    done = apart(program, tmp_path / "bundle.json", "--since", tmp_path / "early.txt", "--statements")
    assert (done.returncode, done.stdout.splitlines()[0]) == (
        0, f"verified: 1 record(s) describe {THING}: entries 1 of 5 in log example.org/kg",
    )  # fmt: skip
    assert f'<{THING}> <http://purl.org/dc/terms/title> "b" .' in done.stdout
    assert "compare the key with the published one: example.org/kg+" in done.stderr
    assert "provkg" not in {line.split()[1].split(".")[0] for line in imports(program)}


def imports(program: Path) -> list[str]:
    return [line for line in program.read_text().splitlines() if line.startswith(("import ", "from "))]


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        (b'\\"b\\"', b'\\"x\\"', 1, "TAMPERED: entry 1: its statements"),
        (b'"position": 1', b'"position": 3', 1, "TAMPERED: entry 3: its leaf"),
        (b'"node"', b'"knot"', 3, "it cannot be read as a bundle: its parts"),
    ],
)
def test_the_single_file_and_the_command_say_what_is_wrong_alike(
    program: Path, bundle: bytes, tmp_path: Path, old: bytes, new: bytes, code: int, said: str
) -> None:
    assert old in bundle
    file = tmp_path / "bundle.json"
    file.write_bytes(bundle.replace(old, new))
    done, here = apart(program, file), run("verify", file)
    assert (done.returncode, here.exit_code) == (code, code)
    assert said in done.stdout + done.stderr
    assert said in here.output
    assert "Traceback" not in done.stderr


def test_the_single_file_says_so_when_there_is_no_file(program: Path, tmp_path: Path) -> None:
    done = apart(program, tmp_path / "absent")
    assert done.returncode == 3
    assert "absent" in done.stderr


def test_the_two_ways_of_checking_proofs_agree_with_the_definitions(cases: Path) -> None:
    for size in range(1, 20):
        for place in range(size):
            path, leaf = naive_path(place, LEAVES[:size]), verify_bundle.tree_hash([LEAVES[place]])
            assert verify_bundle.is_included(leaf, place, size, path, ROOTS[size])
            assert not verify_bundle.is_included(leaf, place, size, path, ROOTS[size - 1])
            if place:
                proof = naive_proof(place, LEAVES[:size])
                assert verify_bundle.is_continued(place, size, ROOTS[place], ROOTS[size], proof)
                assert not verify_bundle.is_continued(place, size, ROOTS[place - 1], ROOTS[size], proof)
    files = sorted((cases / "merkle" / "inclusion").rglob("*.json"))
    assert len(files) == 98
    for file in files:
        case = json.loads(file.read_text())
        leaf, root = (base64.b64decode(case[name] or "") for name in ("leafHash", "root"))
        asked = (
            leaf,
            case["leafIdx"],
            case["treeSize"],
            [base64.b64decode(each) for each in case["proof"] or []],
            root,
        )
        # The single file checks the length of hashes where it reads them.
        if len(leaf) == len(root) == 32 and all(len(each) == 32 for each in asked[3]):
            assert verify_bundle.is_included(*asked) is proofs.is_included(*asked) is not case["wantErr"], file


def test_prove_writes_what_verify_verifies(folder: Folder, early: bytes, tmp_path: Path) -> None:
    (tmp_path / "early.txt").write_bytes(early)
    done = run("prove", "b", "--since", tmp_path / "early.txt", "-o", tmp_path / "b.json", "--store", folder.path)
    assert done.exit_code == 0, done.stderr
    checked = run("verify", tmp_path / "b.json", "--since", tmp_path / "early.txt")
    assert checked.stdout == f"verified: 1 record(s) describe {THING}: entries 1 of 5 in log example.org/kg\n"
    assert "compare it with what the owner published" in checked.stderr
    key = run("key", "--store", folder.path).stdout.strip()
    assert run("verify", tmp_path / "b.json", "--key", key).stderr == ""


def test_prove_says_what_it_cannot(folder: Folder, tmp_path: Path) -> None:
    assert "nothing" in one_sentence(run("prove", "pears", "--store", folder.path), 2)
    no_record = one_sentence(run("prove", "https://example.org/elsewhere", "--store", folder.path), 2)
    assert "elsewhere" in no_record
    assert "cannot read" in one_sentence(run("prove", "b", "--since", tmp_path / "x", "--store", folder.path), 3)
    (tmp_path / "x").write_text("nonsense")
    assert "a note is a text" in one_sentence(run("prove", "b", "--since", tmp_path / "x", "--store", folder.path), 3)


def test_a_record_that_nobody_signed_yet_is_signed_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Folder.create(tmp_path / "kg", base="https://example.org/kg/")
    with monkeypatch.context() as patched:
        patched.setattr("provkg.graph.checkpointing.Checkpointing.sign", lambda _: None)
        keep(folder, "a", "b")
    assert judge(proof(folder, THING))[1] == f"1 record(s) describe {THING}: entries 1 of 2 in log example.org/kg"


def test_a_record_that_was_taken_back_is_said_to_be(tmp_path: Path) -> None:
    folder = Folder.create(tmp_path / "kg", base="https://example.org/kg/")
    keep(folder, "b")
    with KnowledgeGraph.hold(folder) as graph:
        graph.add("correction", "dataset", dataset("b"), supersedes=["b"])
    assert judge(proof(folder, THING))[1] == (
        f"2 record(s) describe {THING}: entries 0, 1 of 2 in log example.org/kg; superseded by others of these: 0"
    )


def test_what_a_former_key_signed_is_continued_under_the_new_one(tmp_path: Path) -> None:
    folder = Folder.create(tmp_path / "kg", base="https://example.org/kg/")
    keep(folder, "a", "b")
    early = folder.last_checkpoint.read_bytes()
    run("key", "--new", "--store", folder.path)
    keep(folder, "c")
    bundle = proof(folder, THING, earlier=early)
    assert len(json.loads(bundle)["keys"]) == 2
    assert judge(bundle, early)[0] == "verified"


def test_a_bundle_from_before_the_newest_key_is_old_and_not_tampered_with(tmp_path: Path) -> None:
    folder = Folder.create(tmp_path / "kg", base="https://example.org/kg/")
    keep(folder, "a", "b")
    bundle = proof(folder, THING)
    run("key", "--new", "--store", folder.path)
    keep(folder, "c")
    newer, keys = folder.last_checkpoint.read_bytes(), run("key", "--store", folder.path).stdout.split()
    verdict, said, _ = judge(bundle, newer, trusted=keys)
    assert (verdict, "the bundle is older; ask for a new one" in said) == ("INCOMPLETE", True)
    other = Folder.create(tmp_path / "other", base="https://example.org/other/")
    keep(other, "a")
    trusted = [*keys, *run("key", "--store", other.path).stdout.split()]
    verdict, said, _ = judge(bundle, other.last_checkpoint.read_bytes(), trusted=trusted)
    assert (verdict, said) == ("TAMPERED", "the checkpoint that you kept is of another log, example.org/other")


def test_a_thing_of_which_only_acts_speak_has_no_entries_of_its_own(folder: Folder, tmp_path: Path) -> None:
    run("retain", "apples", "--keep", "7y", "--store", folder.path)
    run("prove", "apples", "-o", tmp_path / "apples.json", "--store", folder.path)
    said = run("verify", tmp_path / "apples.json").stdout
    assert said.startswith("verified: 0 record(s) describe "), said
    assert ": none of 6 in log example.org/kg; acts upon the log: 5\n" in said, said
