"""A witness cosigns a checkpoint that continues what it cosigned, and answers to anything else as C2SP has it."""

from __future__ import annotations

import base64
import os
import shutil
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from provkg.errors import BadParameter, BadSubmission, StorageFailed, WitnessBroken
from provkg.ledger.cosignature import WitnessKey, cosignatures
from provkg.ledger.note import Note, PublicKey
from provkg.witness import Submission, Witness
from provkg.witness import witness as witness_module
from tests.test_merkle_proofs import naive_proof
from tests.witnessing import ORIGIN, NaiveLog, b64, body

LOG = NaiveLog([str(number).encode() for number in range(40)])
FORK = NaiveLog([*LOG.leaves[:6], *(f"other {number}".encode() for number in range(30))])
NOW = 1_679_315_147
# A log and its consistency proof from the tests of another witness (transparency-dev).
MONKEYS = "monkeys+db4d9f7e+AULaJMvTtDLHPUcUrjdDad9vDlh/PTfC2VV60JUtCfWT"
MONKEYS_5 = """monkeys
5
41smjBUiAU70EtKlT6lIOIYtRTYxYXsDB+XHfcvu/BE=

\u2014 monkeys 202fftzGl3LVoqjXfwCFZZXs8I+5G22+Ek2K0AOyBuSJ/8/CZawNF+6fNlTKOCd622pbzJNkkJFWuw9DbicZCkEx9AY=
"""
MONKEYS_8 = """monkeys
8
V8K9aklZ4EPB+RMOk1/8VsJUdFZR77GDtZUQq84vSbo=

\u2014 monkeys 202ffoUEboiQYpHzICeaFmoy3RNviHTpAxYrq/eO4QQVQMvu9UebKBMX2MJC76NLthZaKsnKbCA8GxrjePZhvDCH7Ag=
"""
MONKEYS_PROOF = [
    "b9e1d62618f7fee8034e4c5010f727ab24d8e4705cb296c374bf2025a87a10d2",
    "aac66cd7a79ce4012d80762fe8eec3a77f22d1ca4145c3f4cee022e7efcd599d",
    "89d0f753f66a290c483b39cd5e9eafb12021293395fad3d4a2ad053cfbcfdc9e",
    "29e40bb79c966f4c6fe96aff6f30acfce5f3e8d84c02215175d6e018a5dee833",
]


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    made = Witness.make(tmp_path / "w1", "witness.example/w1")
    made.trust(PublicKey.parse(LOG.vkey))
    return Witness(made.path, made._key, lambda: NOW + 0.9)


def place(witness: Witness) -> Path:
    (found,) = (witness.path / "logs").iterdir()
    return found


def said(witness: Witness, request: bytes) -> tuple[int, bytes, str]:
    answer = witness.answer(request)
    return int(answer.status), answer.body, answer.media


def test_a_checkpoint_that_continues_the_last_is_cosigned(witness: Witness) -> None:
    for old, size in ((0, 5), (5, 6), (6, 32), (32, 33), (33, 40)):
        status, answer, _ = said(witness, LOG.body(old, size))
        assert status == 200
        note = Note.parse(LOG.checkpoint(size).encode() + answer)
        assert witness.public.cosigned_at(note) == NOW
        assert witness.newest(ORIGIN).size == size


def test_every_proof_is_accepted_and_no_other(tmp_path: Path) -> None:
    made = Witness.make(tmp_path / "w1", "witness.example/w1")
    for size in (2, 7, 8, 21):
        for old in range(1, size):
            log = NaiveLog(LOG.leaves, origin=f"log.example/{old}-{size}")
            made.trust(PublicKey.parse(log.vkey))
            assert made.answer(log.body(0, old)).status == 200
            proof = naive_proof(old, log.leaves[:size])
            assert made.answer(body(old, [*proof, bytes(32)], log.checkpoint(size))).status == 422
            if proof:
                assert made.answer(body(old, proof[:-1], log.checkpoint(size))).status == 422
                wrong = bytes([proof[0][0] ^ 1]) + proof[0][1:]
                assert made.answer(body(old, [wrong, *proof[1:]], log.checkpoint(size))).status == 422
            assert made.answer(body(old, proof, log.checkpoint(size))).status == 200


def test_the_same_checkpoint_again_is_cosigned_again(witness: Witness) -> None:
    assert said(witness, LOG.body(0, 5))[0] == 200
    assert said(witness, LOG.body(5, 5))[0] == 200
    assert said(witness, body(5, [bytes(32)], LOG.checkpoint(5)))[0] == 422


def test_a_log_that_another_witness_s_tests_follow_is_cosigned(tmp_path: Path) -> None:
    made = Witness.make(tmp_path / "w1", "witness.example/w1")
    made.trust(PublicKey.parse(MONKEYS))
    proof = [bytes.fromhex(each) for each in MONKEYS_PROOF]
    assert made.answer(body(0, [], MONKEYS_5)).status == 200
    assert made.answer(body(5, proof[::-1], MONKEYS_8)).status == 422
    assert made.answer(body(5, proof, MONKEYS_8)).status == 200


def test_another_old_size_is_a_conflict_that_tells_the_cosigned_size(witness: Witness) -> None:
    said(witness, LOG.body(0, 7))
    for old in (0, 5, 6, 8, 20):
        assert said(witness, LOG.body(old, 20)) == (409, b"7\n", "text/x.tlog.size")
    assert witness.newest(ORIGIN).size == 7


def test_a_log_of_which_nothing_was_cosigned_is_known_with_0_entries(witness: Witness) -> None:
    assert said(witness, LOG.body(5, 7)) == (409, b"0\n", "text/x.tlog.size")
    assert said(witness, body(0, [bytes(32)], LOG.checkpoint(7)))[0] == 422
    assert said(witness, LOG.body(0, 0))[0] == 200


def test_another_history_of_the_same_size_is_a_conflict_and_kept_as_evidence(witness: Witness) -> None:
    said(witness, LOG.body(0, 7))
    assert said(witness, body(7, [], FORK.checkpoint(7))) == (409, b"7\n", "text/x.tlog.size")
    (evidence,) = (place(witness) / "refused").iterdir()
    assert evidence.read_text() == FORK.checkpoint(7)


def test_a_fork_is_not_cosigned_whatever_it_proves_of_itself(witness: Witness) -> None:
    said(witness, LOG.body(0, 7))
    assert said(witness, FORK.body(7, 20))[0] == 422
    assert said(witness, FORK.body(6, 20)) == (409, b"7\n", "text/x.tlog.size")
    assert witness.newest(ORIGIN).size == 7
    assert said(witness, LOG.body(7, 20))[0] == 200


def test_an_unknown_log_is_404_and_a_strange_signature_403(witness: Witness) -> None:
    stranger = NaiveLog(LOG.leaves, origin="log.example/b")
    assert said(witness, stranger.body(0, 5))[0] == 404
    forged = NaiveLog(LOG.leaves, seed=bytes([1] * 32))
    assert said(witness, forged.body(0, 5))[0] == 403
    changed = LOG.checkpoint(5).replace("\n5\n", "\n6\n")
    assert said(witness, body(0, [], changed))[0] == 403
    # Lines of unknown keys are left alone, beside one of a known key.
    strange = f"\u2014 {ORIGIN} {b64(bytes(68))}\n\u2014 other.example {b64(bytes(68))}\n"
    assert said(witness, body(0, [], LOG.checkpoint(5) + strange))[0] == 200


def test_what_is_remembered_of_a_checkpoint_has_no_lines_of_strangers(witness: Witness) -> None:
    said(witness, body(0, [], LOG.checkpoint(5) + f"\u2014 other.example {b64(bytes(6_000))}\n"))
    kept = Note.parse((place(witness) / "checkpoint").read_bytes())
    assert [each.name for each in kept.signatures] == [ORIGIN, "witness.example/w1"]
    assert (place(witness) / "cosigned" / "5.txt").read_bytes() == kept.to_bytes()


def test_extension_lines_are_cosigned_as_they_stand(witness: Witness) -> None:
    checkpoint = LOG.sign(LOG.text(5) + "an extension\n")
    status, answer, _ = said(witness, body(0, [], checkpoint))
    assert status == 200
    assert witness.public.cosigned_at(Note.parse(checkpoint.encode() + answer)) == NOW


def test_an_old_size_above_the_new_one_is_400(witness: Witness) -> None:
    said(witness, LOG.body(0, 7))
    assert said(witness, body(9, [], LOG.checkpoint(8)))[0] == 400
    assert said(witness, body(7, [], LOG.checkpoint(6)))[0] == 400


MALFORMED: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda _: b"",
    "no empty line": lambda good: good.replace(b"\n\n", b"\n"),
    "no checkpoint": lambda good: good.partition(b"\n\n")[0] + b"\n\n",
    "another word": lambda good: good.replace(b"old ", b"new "),
    "two spaces": lambda good: good.replace(b"old ", b"old  "),
    "a zero before": lambda good: good.replace(b"old 5", b"old 05"),
    "a sign": lambda good: good.replace(b"old 5", b"old +5"),
    "a letter": lambda good: good.replace(b"old 5", b"old x"),
    "a size beyond 63 bits": lambda good: good.replace(b"old 5", b"old 9223372036854775808"),
    "a space after": lambda good: good.replace(b"old 5\n", b"old 5 \n"),
    "carriage returns": lambda good: good.replace(b"\n", b"\r\n"),
    "a line of proof that is no Base64": lambda good: good.replace(b"old 5\n", b"old 5\n!\n"),
    "a short hash": lambda good: good.replace(b"old 5\n", b"old 5\nAAAA\n"),
    "64 lines of proof": lambda good: good.replace(b"old 5\n", b"old 5\n" + (b64(bytes(32)) + "\n").encode() * 64),
    "no last newline": lambda good: good[:-1],
    "bytes that are no text": lambda good: good.replace(b"old 5", b"old \xff"),
    "a checkpoint without a root": lambda good: good.replace(LOG.text(8).split("\n")[2].encode(), b"x"),
    "a byte too many": lambda good: good + b"\n",
    "more than anybody sends": lambda good: good + b"x" * (1 << 20),
}  # fmt: skip


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_request_is_400_with_a_reason(witness: Witness, name: str) -> None:
    said(witness, LOG.body(0, 5))
    wrong = MALFORMED[name](LOG.body(5, 8))
    assert wrong != LOG.body(5, 8)
    status, answer, media = said(witness, wrong)
    assert (status, media) == (400, "text/plain; charset=utf-8")
    assert answer.count(b"\n") == 1
    assert witness.newest(ORIGIN).size == 5


def test_the_request_of_the_specification_is_read_and_written_back() -> None:
    request = """old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Z\
hcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
\u2014 example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+4\
9/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
""".encode()
    read = Submission.parse(request)
    assert (read.old, len(read.proof), read.checkpoint.size) == (20852014, 4, 20852163)
    assert read.proof[0] == base64.b64decode("PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=")
    assert len(read.note.signatures) == 2
    assert read.to_bytes() == request


@given(st.binary(max_size=400))
@example(b"old 0\n\n")
@example(LOG.body(0, 5)[:-1] + b"=\n")
def test_any_bytes_are_refused_or_the_request_that_they_say(content: bytes) -> None:
    with suppress(BadSubmission):
        assert Submission.parse(content).to_bytes() == content


@given(st.integers(0, 2**63 - 1), st.lists(st.binary(min_size=32, max_size=32), max_size=63))
def test_any_request_that_can_be_made_is_read_back(old: int, proof: list[bytes]) -> None:
    request = body(old, proof, LOG.checkpoint(5))
    assert Submission.parse(request).proof == tuple(proof)
    assert Submission.parse(request).to_bytes() == request


@given(st.data())
def test_a_bit_that_flips_in_a_request_is_never_cosigned_as_something_else(data: st.DataObject) -> None:
    """Nothing that the log did not sign is cosigned, and no proof but the right one is believed."""
    right = LOG.body(5, 20)
    bit = data.draw(st.integers(0, 8 * len(right) - 1))
    wrong = bytearray(right)
    wrong[bit // 8] ^= 1 << bit % 8
    with suppress(BadSubmission):
        read = Submission.parse(bytes(wrong))
        assert (read.old, read.proof, read.note.text) != (5, tuple(naive_proof(5, LOG.leaves[:20])), LOG.text(20)) or (
            read.note.signatures != Submission.parse(right).note.signatures
        )


# --- what is remembered


def test_what_was_cosigned_is_on_disk_before_the_answer(witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    said(witness, LOG.body(0, 5))
    before = (place(witness) / "checkpoint").read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFailed, match="what would be cosigned: No space left"):
        witness.answer(LOG.body(5, 8))
    monkeypatch.undo()
    assert (place(witness) / "checkpoint").read_bytes() == before
    assert not [file for file in place(witness).iterdir() if file.name.startswith(".")]
    assert said(witness, LOG.body(5, 8))[0] == 200


def test_wherever_remembering_is_cut_short_nothing_was_answered_and_nothing_is_lost(
    witness: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call that makes something last fails in turn, and after it the next submission is compared as before."""
    said(witness, LOG.body(0, 5))
    real, calls, size = os.fsync, 0, 5
    for failing in range(1, 20):
        calls = 0

        def fails(descriptor: int, failing: int = failing) -> None:
            nonlocal calls
            calls += 1
            if calls == failing:
                raise OSError(5, "Input/output error")
            real(descriptor)

        monkeypatch.setattr(os, "fsync", fails)
        try:
            answer = witness.answer(LOG.body(size, 10 + failing))
        except StorageFailed:
            # It may know more than it said, which costs a conflict; never less.
            known = witness.newest(ORIGIN).size
            assert known in {size, 10 + failing}
            size = known
        else:
            assert (int(answer.status), failing) == (200, calls + 1)
            break
        finally:
            monkeypatch.undo()
        assert said(witness, FORK.body(6, 30))[0] in {409, 422}
    assert calls == 4


def test_it_goes_on_where_it_was_when_it_is_opened_again(witness: Witness) -> None:
    said(witness, LOG.body(0, 5))
    again = Witness.open(witness.path)
    assert (again.logs(), again.newest(ORIGIN).size) == ([ORIGIN], 5)
    assert again.answer(LOG.body(0, 5)).status == 409


@pytest.mark.parametrize("damage", ["gone", "empty", "older", "another log's", "not cosigned", "a bit"])
def test_a_memory_that_is_damaged_or_lost_cosigns_nothing(witness: Witness, damage: str) -> None:
    said(witness, LOG.body(0, 5))
    file = place(witness) / "checkpoint"
    content = file.read_bytes()
    if damage == "gone":
        file.unlink()
    elif damage == "another log's":
        other = NaiveLog(LOG.leaves, origin="log.example/b")
        witness.trust(PublicKey.parse(other.vkey))
        assert witness.answer(other.body(0, 9)).status == 200
        (there,) = [each for each in (witness.path / "logs").iterdir() if each != file.parent]
        shutil.copy(there / "checkpoint", file)
    else:
        changed = {
            "empty": b"",
            "older": content.replace(b"\n5\n", b"\n3\n"),
            "not cosigned": LOG.checkpoint(5).encode(),
            "a bit": content[:-9] + bytes([content[-9] ^ 2]) + content[-8:],
        }
        file.write_bytes(changed[damage])
    with pytest.raises(WitnessBroken, match="could cosign a second history; restore it, or retire this witness"):
        witness.answer(LOG.body(0, 8))
    file.write_bytes(content)
    assert witness.answer(LOG.body(5, 8)).status == 200


def test_every_byte_of_what_is_remembered_counts(witness: Witness) -> None:
    said(witness, LOG.body(0, 5))
    file = place(witness) / "checkpoint"
    content = file.read_bytes()
    for at, byte in enumerate(content):
        file.write_bytes(content[:at] + bytes([byte ^ 4]) + content[at + 1 :])
        with pytest.raises(WitnessBroken):
            witness.newest(ORIGIN)


def test_many_at_once_agree_on_one_history(witness: Witness) -> None:
    """Of forks that are submitted at the same time, one is cosigned, whoever asks and however often."""
    said(witness, LOG.body(0, 6))
    requests = [LOG.body(6, 20), FORK.body(6, 20), LOG.body(6, 21), FORK.body(6, 22)] * 5
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda request: Witness.open(witness.path).answer(request), requests))
    accepted = {request for request, answer in zip(requests, answers, strict=True) if answer.status == 200}
    assert len(accepted) == 1
    assert {int(answer.status) for answer in answers} == {200, 409}


def test_a_log_may_have_several_keys_and_a_name_that_is_not_its_key_s(witness: Witness) -> None:
    said(witness, LOG.body(0, 5))
    renewed = NaiveLog(LOG.leaves, seed=bytes([7] * 32))
    assert said(witness, renewed.body(5, 8))[0] == 403
    witness.trust(PublicKey.parse(renewed.vkey))
    witness.trust(PublicKey.parse(renewed.vkey))
    assert said(witness, renewed.body(5, 8))[0] == 200
    assert len((place(witness) / "keys").read_text().splitlines()) == 2
    witness.trust(PublicKey.parse(LOG.vkey), "elsewhere.example/log")
    assert witness.logs() == ["elsewhere.example/log", ORIGIN]


@pytest.mark.parametrize("origin", ["..", ".", "a/../../b", "/etc/passwd", "\u2014" * 300, "CON", "a b"])
def test_a_log_may_call_itself_what_it_likes(witness: Witness, origin: str) -> None:
    before = set(witness.path.parent.rglob("*"))
    log = NaiveLog(LOG.leaves, origin="key.example")
    witness.trust(PublicKey.parse(log.vkey), origin)
    log.origin = origin
    text = log.text(5)
    key_id = bytes.fromhex(log.vkey.split("+")[1])
    signed = f"{text}\n\u2014 key.example {b64(key_id + log._secret.sign(text.encode()))}\n"
    assert said(witness, body(0, [], signed))[0] == 200
    made = set(witness.path.parent.rglob("*")) - before
    assert all(path.is_relative_to(witness.path / "logs") for path in made)


def test_an_origin_is_one_line(witness: Witness) -> None:
    with pytest.raises(BadParameter, match="is no origin of a log"):
        witness.trust(PublicKey.parse(LOG.vkey), "a\nb")


# --- its key


def test_a_witness_s_secret_is_for_its_owner_alone(witness: Witness) -> None:
    secret = witness.path / "key"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert secret.read_text().startswith("PRIVATE+KEY+witness.example/w1+")
    assert WitnessKey.parse((witness.path / "vkey").read_text()) == witness.public
    secret.chmod(0o640)
    with pytest.raises(WitnessBroken, match="can be read by others"):
        Witness.open(witness.path)


def test_a_folder_that_is_no_witness_or_something_else_is_said(tmp_path: Path) -> None:
    with pytest.raises(WitnessBroken, match=r"is no witness .* provkg witness .* --name NAME"):
        Witness.open(tmp_path)
    (tmp_path / "thesis").write_text("…")
    with pytest.raises(BadParameter, match="holds something else, such as thesis"):
        Witness.make(tmp_path, "witness.example/w1")
    with pytest.raises(BadParameter, match="cannot name a witness"):
        Witness.make(tmp_path / "w1", "a+b")


def test_a_witness_whose_key_is_gone_is_not_made_anew(witness: Witness) -> None:
    (witness.path / "key").unlink()
    assert Witness.is_one(witness.path)
    with pytest.raises(WitnessBroken, match="has no file key"):
        Witness.open(witness.path)


def test_the_answer_is_one_signature_line(witness: Witness) -> None:
    _, answer, media = said(witness, LOG.body(0, 5))
    (line,) = cosignatures(answer)
    assert media == "text/plain; charset=utf-8"
    assert line.key_id == sha256(b"witness.example/w1\n\x04" + witness.public.content).digest()[:4]
    assert witness_module.SIZE_MEDIA == "text/x.tlog.size"
