"""A log and a witness in processes of their own: what continues is cosigned, and a fork is refused by all."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from random import Random
from threading import Thread, Timer

import httpx
import pytest

from provkg.errors import BadParameter, NotCosigned
from provkg.folder import Folder
from provkg.graph.signing_key import public_keys
from provkg.graph.witnessing import have_cosigned
from provkg.ledger import Ledger, verify_bundle
from provkg.ledger.checkpoint import Checkpoint
from provkg.ledger.cosignature import WitnessKey
from provkg.ledger.note import Note, PublicKey
from provkg.witness import Answer, Witness
from provkg.witness.asking import ask, size_in
from tests.commands import one_sentence, run, run_apart
from tests.test_checkpoints import keep
from tests.test_publishing import graph as signed_graph
from tests.test_publishing import grow, names
from tests.witnessing import ORIGIN, NaiveLog, serving_witness, witness_process

BASE = "https://example.org/kg/"
LOG = NaiveLog([str(number).encode() for number in range(20)])


@pytest.fixture
def kg(tmp_path: Path) -> Folder:
    folder = Folder.create(tmp_path / "kg", base=BASE)
    keep(folder, "a", "b")
    return folder


@pytest.fixture
def witness(tmp_path: Path, kg: Folder) -> Witness:
    made = Witness.make(tmp_path / "w1", "witness.example/w1")
    made.trust(public_keys(kg)[0])
    return made


def address(client: httpx.Client) -> str:
    return str(client.base_url).rstrip("/")


def forked(kg: Folder, path: Path, *names: str) -> Folder:
    """Return a graph with the keys of `kg` that has another history."""
    fork = Folder.create(path, base=BASE)
    shutil.copytree(kg.keys, fork.keys, dirs_exist_ok=True)
    fork.checkpoints.mkdir(exist_ok=True)
    shutil.copy(kg.public_keys, fork.public_keys)
    keep(fork, *names)
    return fork


def cosigned_sizes(kg: Folder, witness: Witness) -> list[int]:
    with Ledger.open(kg.ledger, read_only=True) as ledger:
        notes = [Note.parse(content) for _, content in ledger.checkpoints()]
    return [Checkpoint.of(note).size for note in notes if witness.public.cosigned_at(note) is not None]


# --- the service


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Witness, httpx.Client]]:
    made = Witness.make(tmp_path_factory.mktemp("service") / "w1", "witness.example/w1")
    made.trust(PublicKey.parse(LOG.vkey))
    with serving_witness(made.path) as client:
        yield made, client


def test_the_service_answers_as_the_specification_says(service: tuple[Witness, httpx.Client]) -> None:
    witness, client = service
    answer = client.post("/add-checkpoint", content=LOG.body(0, 5))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert answer.headers["server"] == "provkg"
    note = Note.parse(LOG.checkpoint(5).encode() + answer.content)
    assert witness.public.cosigned_at(note) is not None
    conflict = client.post("/add-checkpoint", content=LOG.body(0, 8))
    assert (conflict.status_code, conflict.headers["content-type"], conflict.text) == (409, "text/x.tlog.size", "5\n")
    for content, status in (
        (b"old 5\n", 400),
        (NaiveLog(LOG.leaves, origin="log.example/b").body(0, 5), 404),
        (NaiveLog(LOG.leaves, seed=bytes([1] * 32)).body(5, 8), 403),
        (NaiveLog([b"other", *LOG.leaves]).body(5, 8), 422),
        (LOG.body(5, 8), 200),
    ):
        assert client.post("/add-checkpoint", content=content).status_code == status


def test_a_connection_is_kept_for_the_next_request(service: tuple[Witness, httpx.Client]) -> None:
    _, client = service
    streams = set()
    for _ in range(3):
        answer = client.post("/add-checkpoint", content=LOG.body(0, 1))
        assert answer.status_code == 409
        streams.add(answer.extensions["network_stream"].get_extra_info("client_addr"))
    assert len(streams) == 1


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/add-checkpoint", 405), ("HEAD", "/add-checkpoint", 405), ("POST", "/", 404), ("GET", "/../key", 404),
     ("PUT", "/add-checkpoint", 501), ("POST", "/add-checkpoint?x", 404)],
)  # fmt: skip
def test_there_is_nothing_else(service: tuple[Witness, httpx.Client], method: str, path: str, status: int) -> None:
    _, client = service
    assert client.request(method, path).status_code == status


def raw(client: httpx.Client, sent: bytes) -> bytes:
    with socket.create_connection((client.base_url.host, client.base_url.port or 80), timeout=10) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(4096), b""))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (b"", b"411"),
        (b"Content-Length: 4\r\nContent-Length: 5\r\n", b"411"),
        (b"Content-Length: -1\r\n", b"411"),
        (b"Content-Length: 99999999999999999999999\r\n", b"411"),
        (b"Content-Length: 600000\r\n", b"413"),
        (b"Transfer-Encoding: chunked\r\n", b"411"),
        (b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", b"411"),
    ],
)
def test_a_body_has_one_length(service: tuple[Witness, httpx.Client], headers: bytes, status: bytes) -> None:
    _, client = service
    said = raw(client, b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\nold 0\n")
    assert said.startswith(b"HTTP/1.1 " + status), said[:200]
    assert b"Connection: close" in said


def test_a_request_that_is_cut_off_does_not_stop_the_service(service: tuple[Witness, httpx.Client]) -> None:
    _, client = service
    assert raw(client, b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nold") == b""
    raw(client, b"\xff\xfe\0 \r\n\r\n")
    assert client.post("/add-checkpoint", content=b"").status_code == 400


def test_a_witness_whose_memory_is_damaged_cosigns_nothing_and_says_so_to_its_owner_only(tmp_path: Path) -> None:
    made = Witness.make(tmp_path / "w1", "witness.example/w1")
    made.trust(PublicKey.parse(LOG.vkey))
    with serving_witness(made.path) as client:
        assert client.post("/add-checkpoint", content=LOG.body(0, 5)).status_code == 200
        (state,) = (made.path / "logs").glob("*/checkpoint")
        state.write_bytes(state.read_bytes()[:-3])
        answer = client.post("/add-checkpoint", content=LOG.body(5, 8))
    assert answer.status_code == 500
    assert str(tmp_path) not in answer.text


def test_a_killed_witness_never_forgets_what_it_answered(tmp_path: Path) -> None:
    """Killed at any moment, it knows at least what it told: the next checkpoint is compared with that."""
    log = NaiveLog([str(number).encode() for number in range(80)])
    made = Witness.make(tmp_path / "w1", "witness.example/w1")
    made.trust(PublicKey.parse(log.vkey))
    moments, told = Random(7), 0
    for _ in range(6):
        with witness_process(made.path) as (process, where), httpx.Client(trust_env=False) as client:
            killing = Timer(moments.uniform(0, 0.05), process.kill)
            killing.start()
            with suppress(httpx.HTTPError):
                for size in range(made.newest(ORIGIN).size, len(log.leaves)):
                    request = log.body(size, size + 1)
                    if client.post(f"{where}/add-checkpoint", content=request).status_code == 200:
                        told = size + 1
            killing.join()
        # One that it was just remembering may be there although nobody was told.
        assert told <= made.newest(ORIGIN).size <= told + 1
        told = made.newest(ORIGIN).size
    assert told > 0


# --- the log's side


def test_a_checkpoint_is_cosigned_over_http_and_a_bundle_shows_it(kg: Folder, witness: Witness, tmp_path: Path) -> None:
    vkey = str(witness.public)
    with serving_witness(witness.path) as client:
        first = run_apart("checkpoint", "--store", kg.path, "--witness", vkey, address(client))
        assert first.returncode == 0, first.stderr
        keep(kg, "c")
        assert run_apart("checkpoint", "--store", kg.path, "--witness", vkey, address(client)).returncode == 0
    assert cosigned_sizes(kg, witness) == [2, 3]
    assert witness.public.cosigned_at(Note.parse(kg.last_checkpoint.read_bytes())) is not None
    bundle = tmp_path / "bundle.json"
    assert run("prove", "dataset/a", "--store", kg.path, "-o", bundle).exit_code == 0
    done = run("verify", bundle, "--witness", vkey)
    assert (done.exit_code, done.stdout.endswith("of 3 in log example.org/kg; cosigned by witness.example/w1\n")) == (
        0, True,
    )  # fmt: skip
    ledger = run("verify", "--store", kg.path, "--witness", vkey)
    assert ledger.exit_code == 0
    assert "witness.example/w1 cosigned the first 3 entries at 20" in ledger.stderr


def test_a_cosignature_that_is_missing_or_changed_is_told_by_the_command_and_the_single_file(
    kg: Folder, witness: Witness, tmp_path: Path
) -> None:
    vkey, bundle = str(witness.public), tmp_path / "bundle.json"
    program = tmp_path / "verify_bundle.py"
    program.write_text(run("verify", "--program").stdout)
    for make, verdict, why in (
        (lambda: None, "INCOMPLETE", "its checkpoint is not cosigned by witness.example/w1"),
        (lambda: run("checkpoint", "--store", kg.path, "--witness", vkey, witness.path), "verified", "cosigned by"),
    ):
        make()
        run("prove", "dataset/a", "--store", kg.path, "-o", bundle)
        expected = 0 if verdict == "verified" else 1
        for done in (
            run_apart("verify", bundle, "--witness", vkey),
            subprocess.run(
                [sys.executable, "-I", program, bundle, "--witness", vkey], capture_output=True, check=False
            ),
        ):
            assert (done.returncode, done.stdout.decode().startswith(f"{verdict}: ")) == (expected, True), done
            assert why in done.stdout.decode()
    document = json.loads(bundle.read_text())
    *rest, line = document["checkpoint"].splitlines(keepends=True)
    for place in range(len(line) - 90, len(line) - 1):
        changed = line[:place] + ("A" if line[place] != "A" else "B") + line[place + 1 :]
        document["checkpoint"] = "".join([*rest, changed])
        wrong = (json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
        assert verify_bundle.judge(wrong, witnesses=[vkey])[0] != "verified", place
    assert verify_bundle.judge(bundle.read_bytes(), witnesses=[vkey])[0] == "verified"


def test_a_bundle_is_made_under_the_newest_checkpoint_that_was_cosigned(kg: Folder, witness: Witness) -> None:
    run("checkpoint", "--store", kg.path, "--witness", str(witness.public), witness.path)
    keep(kg, "c")
    cosigned = json.loads(run("prove", "dataset/a", "--store", kg.path).stdout)
    assert cosigned["checkpoint"].splitlines()[1] == "2"
    assert json.loads(run("prove", "dataset/c", "--store", kg.path).stdout)["checkpoint"].splitlines()[1] == "3"
    later = kg.path / "later.txt"
    later.write_bytes(kg.last_checkpoint.read_bytes())
    since = json.loads(run("prove", "dataset/a", "--store", kg.path, "--since", later).stdout)
    assert since["checkpoint"].splitlines()[1] == "3"


def test_a_forked_log_is_refused_by_the_witness_and_by_verify(kg: Folder, witness: Witness, tmp_path: Path) -> None:
    vkey = str(witness.public)
    keep(kg, "c")
    fork = forked(kg, tmp_path / "fork", "a", "x", "c")
    with serving_witness(witness.path) as client:
        cosigned = run_apart("checkpoint", "--store", kg.path, "--witness", vkey, address(client))
        assert cosigned.returncode == 0, cosigned.stderr
        same = run_apart("checkpoint", "--store", fork.path, "--witness", vkey, address(client))
        assert (same.returncode, b"FORK: the witness at " in same.stderr, b"(409)" in same.stderr) == (3, True, True)
        keep(fork, "d")
        longer = run_apart("checkpoint", "--store", fork.path, "--witness", vkey, address(client))
        assert (longer.returncode, b"FORK: the witness at " in longer.stderr, b"(422)" in longer.stderr) == (
            3, True, True,
        )  # fmt: skip
    assert cosigned_sizes(fork, witness) == []
    kept = tmp_path / "kept.txt"
    kept.write_bytes(cosigned.stdout)
    verdict = run("verify", "--store", fork.path, "--since", kept)
    assert verdict.exit_code == 1
    assert f"FORK at {kept}: it was signed for another history of the first 3 entries" in verdict.stdout
    # The log that was cosigned goes on.
    keep(kg, "d")
    assert run("checkpoint", "--store", kg.path, "--witness", vkey, witness.path).exit_code == 0


def test_a_log_that_was_cut_short_is_told_what_the_witness_saw(kg: Folder, witness: Witness, tmp_path: Path) -> None:
    vkey = str(witness.public)
    short = forked(kg, tmp_path / "short", "a")
    run("checkpoint", "--store", kg.path, "--witness", vkey, witness.path)
    done = run("checkpoint", "--store", short.path, "--witness", vkey, witness.path)
    assert done.exit_code == 3
    assert "2 entries were cosigned, and" in done.stderr
    assert "only 1 that were signed: it was cut short, or restored from a backup" in done.stderr


def test_an_answer_that_was_lost_is_made_up_for(kg: Folder, witness: Witness) -> None:
    """The witness remembers a checkpoint whose cosignature never arrived; the log learns that from the conflict."""
    vkey = str(witness.public)
    run("checkpoint", "--store", kg.path, "--witness", vkey, witness.path)
    keep(kg, "c")
    assert run("witness", witness.path, kg.path).exit_code == 0
    keep(kg, "d")
    assert run("checkpoint", "--store", kg.path, "--witness", vkey, witness.path).exit_code == 0
    assert cosigned_sizes(kg, witness) == [2, 4]


def test_several_witnesses_are_asked_and_one_that_fails_does_not_stop_the_others(
    kg: Folder, witness: Witness, tmp_path: Path
) -> None:
    second = Witness.make(tmp_path / "w2", "witness.example/w2")
    second.trust(public_keys(kg)[0])
    gone = tmp_path / "gone"
    done = run(
        "checkpoint", "--store", kg.path, "--witness", str(witness.public), gone,
        "--witness", str(witness.public), witness.path, "--witness", str(second.public), second.path,
    )  # fmt: skip
    assert done.exit_code == 3
    assert f"{gone} is no witness" in done.stderr
    note = Note.parse(done.stdout.encode())
    assert [each.name for each in note.signatures] == ["example.org/kg", "witness.example/w1", "witness.example/w2"]
    assert kg.last_checkpoint.read_bytes() == note.to_bytes()
    again = run("checkpoint", "--store", kg.path)
    assert again.stdout.encode() == note.to_bytes()


def test_the_cosignature_must_be_of_the_key_that_is_trusted(kg: Folder, witness: Witness, tmp_path: Path) -> None:
    other = Witness.make(tmp_path / "w2", "witness.example/w1")
    done = run("checkpoint", "--store", kg.path, "--witness", str(other.public), witness.path)
    assert (done.exit_code, "did not cosign with the key that you trust" in done.stderr) == (3, True)
    assert cosigned_sizes(kg, witness) == []
    stranger = Witness.make(tmp_path / "w3", "witness.example/w3")
    unknown = run("checkpoint", "--store", kg.path, "--witness", str(stranger.public), stranger.path)
    assert "(404): it does not follow this log; send its owner what provkg key prints" in unknown.stderr


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("http://127.0.0.1:1", "cannot be reached: "),
        ("https://127.0.0.1:1/w", "cannot be reached: "),
        ("http://", "is no address of a witness"),
        ("http://user:secret@127.0.0.1:1", "is no address of a witness"),
        ("http://127.0.0.1:99999", "is no address of a witness"),
        ("http://127.0.0.1:1/a b", "is no address of a witness"),
        ("http://127.0.0.1:1/?x", "is no address of a witness"),
    ],
)
def test_an_address_that_is_none_or_leads_nowhere_is_said(where: str, said: str) -> None:
    with pytest.raises((NotCosigned, BadParameter), match=said):
        ask(where, LOG.body(0, 5), seconds=2)


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\xff",
        b"HTTP/1.1 409 Conflict\r\nContent-Type: text/x.tlog.size\r\nContent-Length: 3\r\n\r\n007",
        b"HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n",
        b"not HTTP at all\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n" + b"x" * 2_000_000,
    ],
)
def test_a_witness_that_answers_nonsense_cosigns_nothing(
    kg: Folder, witness: Witness, said: bytes, httpserver: tuple[str, list[bytes]]
) -> None:
    where, answers = httpserver
    answers[:] = [said]
    done = run("checkpoint", "--store", kg.path, "--witness", str(witness.public), where)
    assert (done.exit_code, done.stderr.count("Traceback")) == (3, 0)
    assert "the witness at http://127.0.0.1" in done.stderr
    assert Note.parse(done.stdout.encode()).signatures[0].name == "example.org/kg"
    assert cosigned_sizes(kg, witness) == []


@pytest.fixture
def httpserver() -> Iterator[tuple[str, list[bytes]]]:
    """Give the address of a server that answers each connection with the next of some bytes, whatever was asked."""
    answers: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(5)
                    connection.recv(65536)
                    for said in answers[:1]:
                        connection.sendall(said)

        Thread(target=answer, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", answers
        listening.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("head", [b"Content-Length: 1000", b"Connection: close"])
def test_a_witness_that_answers_a_byte_at_a_time_is_not_waited_for(head: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def trickle() -> None:
            connection, _ = listening.accept()
            with connection, suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n")
                while True:
                    connection.sendall(b"x")
                    time.sleep(0.05)

        Thread(target=trickle, daemon=True).start()
        began = time.monotonic()
        with suppress(NotCosigned):
            answer = ask(f"http://127.0.0.1:{listening.getsockname()[1]}", LOG.body(0, 5), seconds=0.5)
            # Without a length, nobody can tell that there was to be more; it is no cosignature either way.
            assert set(answer.body) == set(b"x")
        assert time.monotonic() - began < 10


def test_only_a_conflict_that_says_a_size_has_one() -> None:
    assert size_in(Answer(HTTPStatus.CONFLICT, b"12\n", "text/x.tlog.size", "")) == 12
    for body, media in ((b"012\n", "text/x.tlog.size"), (b"12", "text/x.tlog.size"), (b"12\n", "text/plain")):
        assert size_in(Answer(HTTPStatus.CONFLICT, body, media, "")) is None
    assert size_in(Answer(HTTPStatus.OK, b"12\n", "text/x.tlog.size", "")) is None


# --- without a network


def test_a_witness_reads_tiles_a_graph_s_folder_or_what_was_sent(tmp_path: Path) -> None:
    folder = signed_graph(tmp_path / "kg", *names(0, 300))
    key = run("key", "--store", folder.path).stdout
    made = run("witness", tmp_path / "w1", "--name", "auditor.example/w1", "--log", key)
    vkey = made.stdout.strip()
    assert "follows example.org/kg: 0 entries cosigned" in made.stderr
    run("tiles", tmp_path / "public", "--store", folder.path)
    assert run("witness", tmp_path / "w1", tmp_path / "public").exit_code == 0
    (tmp_path / "early.txt").write_bytes(folder.last_checkpoint.read_bytes())
    grow(folder, *names(300, 700))
    assert run("witness", tmp_path / "w1", folder.path).stderr == "cosigned 700 entries of example.org/kg\n"
    older = run("witness", tmp_path / "w1", tmp_path / "public")
    assert (older.exit_code, older.stdout.startswith("INCOMPLETE: ")) == (1, True)
    (tmp_path / "seven.txt").write_bytes(folder.last_checkpoint.read_bytes())
    grow(folder, *names(700, 710))
    run("tiles", tmp_path / "public", "--store", folder.path)
    assert run("witness", tmp_path / "w1", tmp_path / "public").exit_code == 0
    grow(folder, *names(710, 720))
    (tmp_path / "now.txt").write_bytes(folder.last_checkpoint.read_bytes())
    alone = one_sentence(run("witness", tmp_path / "w1", tmp_path / "now.txt"), 3)
    assert "holds no proof that it continues 710 entries; ask for what this prints" in alone
    (tmp_path / "cosigned.txt").write_bytes((tmp_path / "public" / "checkpoint").read_bytes())
    (tmp_path / "sent.txt").write_text(
        run("checkpoint", "--store", folder.path, "--since", tmp_path / "cosigned.txt").stdout
    )
    cosigned = run("witness", tmp_path / "w1", tmp_path / "sent.txt")
    assert cosigned.exit_code == 0
    (tmp_path / "lines.txt").write_text(cosigned.stdout)
    grow(folder, "later")
    done = run("checkpoint", "--store", folder.path, "--witness", vkey, tmp_path / "lines.txt")
    assert "auditor.example/w1 cosigned 720 entries" in done.stderr
    verified = run("verify", "--store", folder.path, "--witness", vkey)
    assert "auditor.example/w1 cosigned the first 720 entries" in verified.stderr
    stale = run("witness", tmp_path / "w1", tmp_path / "sent.txt")
    assert (stale.exit_code, stale.stdout.startswith("INCOMPLETE: 720 entries of example.org/kg were cosigned")) == (
        1, True,
    )  # fmt: skip


def test_a_proof_is_printed_only_for_a_checkpoint_that_is_continued(kg: Folder, tmp_path: Path) -> None:
    fork = forked(kg, tmp_path / "fork", "x", "y")
    other = Folder.create(tmp_path / "other", base="https://example.org/other/")
    keep(other, "a")
    for folder, said in (
        (fork, "does not continue the earlier checkpoint of 2 entries"),
        (other, "the earlier checkpoint is of another log, example.org/other"),
    ):
        done = run("checkpoint", "--store", kg.path, "--since", folder.last_checkpoint)
        assert (done.exit_code, done.stdout, said in done.stderr) == (3, "", True)


def test_a_fork_in_tiles_or_a_folder_is_told_to_the_auditor(kg: Folder, tmp_path: Path) -> None:
    keep(kg, "c")
    fork = forked(kg, tmp_path / "fork", "a", "x", "c", "d")
    run("witness", tmp_path / "w1", "--name", "auditor.example/w1", "--log", run("key", "--store", kg.path).stdout)
    assert run("witness", tmp_path / "w1", kg.path).exit_code == 0
    run("tiles", tmp_path / "public", "--store", fork.path)
    for source in (tmp_path / "public", fork.path):
        done = run("witness", tmp_path / "w1", source)
        assert (done.exit_code, done.stdout) == (
            1, "FORK: it is not proven that example.org/kg continues the 3 entries that were cosigned\n",
        )  # fmt: skip
    (evidence,) = (tmp_path / "w1" / "logs").glob("*/refused/*")
    assert evidence.read_bytes() == (tmp_path / "public" / "checkpoint").read_bytes()


def test_wrong_use_of_the_witness_is_said(tmp_path: Path, kg: Folder) -> None:
    w1, key = tmp_path / "w1", run("key", "--store", kg.path).stdout
    assert "is no witness" in one_sentence(run("witness", w1), 3)
    assert "is no public key of a log" in one_sentence(
        run("witness", w1, "--name", "auditor.example/w1", "--log", "nonsense"), 2
    )
    assert not w1.exists(), "a command that is refused makes nothing"
    made = run("witness", w1, "--name", "auditor.example/w1")
    vkey = made.stdout.strip()
    assert "called auditor.example/w1" in one_sentence(run("witness", w1, "--name", "other"), 2)
    assert "does not follow the log 'example.org/kg'" in one_sentence(run("witness", w1, kg.path), 3)
    assert "is no public key of a log" in one_sentence(run("witness", w1, "--log", vkey), 2)
    assert "--witness 'x' is no public key" in one_sentence(
        run("checkpoint", "--store", kg.path, "--witness", "x", w1), 2
    )
    assert "kind 0x04, but 01" in one_sentence(run("checkpoint", "--store", kg.path, "--witness", key.strip(), w1), 2)
    assert "SOURCE or --serve" in one_sentence(run("witness", w1, kg.path, "--serve"), 2)
    assert "give its public key, too" in one_sentence(run("witness", w1, "--origin", "x"), 2)
    assert "cannot read" in one_sentence(run("witness", w1, tmp_path / "nowhere"), 3)
    (tmp_path / "no.txt").write_text("no note")
    assert "holds no checkpoint" in one_sentence(run("witness", w1, tmp_path / "no.txt"), 3)
    assert (
        "holds no cosignature" in run("checkpoint", "--store", kg.path, "--witness", vkey, tmp_path / "no.txt").stderr
    )


def test_an_address_that_is_taken_is_said(tmp_path: Path) -> None:
    Witness.make(tmp_path / "w1", "witness.example/w1")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run_apart("witness", tmp_path / "w1", "--serve", "--port", str(port))
    assert (done.returncode, b"take another with --port" in done.stderr) == (3, True)


def test_training_is_not_kept_waiting_by_a_witness(
    kg: Folder, witness: Witness, httpserver: tuple[str, list[bytes]]
) -> None:
    """While a witness is asked, nobody holds the graph."""
    where, _ = httpserver
    with Ledger.open(kg.ledger, read_only=True) as ledger:
        note = Note.parse(ledger.checkpoints()[-1][1])
    asked: list[str] = []

    def ask_in_vain() -> None:
        with pytest.raises(NotCosigned):
            have_cosigned(kg, note, WitnessKey.parse(str(witness.public)), where)
        asked.append(where)

    asking = Thread(target=ask_in_vain)
    asking.start()
    keep(kg, "c")
    asking.join()
    assert asked
