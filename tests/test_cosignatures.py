"""Cosignatures are those of C2SP tlog-cosignature: worked out from the text, and one that a public witness made."""

from __future__ import annotations

import base64
import struct
from contextlib import suppress
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import example, given
from hypothesis import strategies as st

from provkg.errors import BadKey, BadNote
from provkg.ledger.checkpoint import Checkpoint
from provkg.ledger.cosignature import WitnessKey, cosignature, cosignatures, with_cosignatures
from provkg.ledger.note import Note, PrivateKey, PublicKey, Signature, signed
from provkg.ledger.verification import Signed
from provkg.ledger.witnessed import time_text, witnessed

LOG = PrivateKey("example.org/kg", bytes(range(32)))
KEY = PrivateKey("witness.example/w1", bytes(range(1, 33)))
WITNESS = WitnessKey.of(KEY)
TEXT = Checkpoint("example.org/kg", 7, sha256(b"root").digest()).text
NOTE = signed(TEXT, LOG)
# A log and a witness of the public network, from 2026.
REAL = """coachandhorses2026h1.staging.certificate.transparency.goog
185550722
YXAM0VmnrfvLaBCOOYSJhCaE5F10oGBOo+hkbDa1kng=

\u2014 coachandhorses2026h1.staging.certificate.transparency.goog MpXgsHy8ZwxXnO+WjtVrPxAzL49Rs1gWTkNVNeEa//5peAzaocRC\
B3qt3EaibjzY5GILLtGgBP7dBhgcSHy+JQh0OAc=
\u2014 witness.navigli.sunlight.geomys.org o+AP4gAAAABqb7DzNrGFRJnQ9vrJ8xpnwZytnr/ZYczDIsvwvouiSjwOjn7a72ccxBk+lKnZ7dKq\
kYKER1s/KxLTaVwQD7lJZTC/CQ==
"""
REAL_WITNESS = "witness.navigli.sunlight.geomys.org+a3e00fe2+BNy/co4C1Hn1p+INwJrfUlgz7W55dSZReusH/GhUhJ/G"


def naive_line(text: str, seed: bytes, name: str, seconds: int) -> str:
    """Return the signature line that the specification describes."""
    secret = Ed25519PrivateKey.from_private_bytes(seed)
    public = secret.public_key().public_bytes_raw()
    message = b"cosignature/v1\n" + b"time " + str(seconds).encode() + b"\n" + text.encode()
    key_id = sha256(name.encode() + b"\n" + b"\x04" + public).digest()[:4]
    whole = key_id + struct.pack(">Q", seconds) + secret.sign(message)
    return f"\u2014 {name} {base64.b64encode(whole).decode()}\n"


@pytest.mark.parametrize("seconds", [0, 1679315147, 2**63 - 1])
def test_a_cosignature_is_what_the_specification_says(seconds: int) -> None:
    line = cosignature(TEXT, KEY, seconds)
    assert str(line) == naive_line(TEXT, bytes(range(1, 33)), "witness.example/w1", seconds)
    assert WITNESS.cosigned_at(Note(TEXT, (*NOTE.signatures, line))) == seconds


def test_a_witness_s_key_is_written_with_the_kind_4() -> None:
    public = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))).public_key().public_bytes_raw()
    key_id = sha256(b"witness.example/w1\n\x04" + public).digest()[:4].hex()
    text = f"witness.example/w1+{key_id}+{base64.b64encode(bytes([4]) + public).decode()}"
    assert str(WITNESS) == text
    assert WitnessKey.parse(text) == WITNESS
    with pytest.raises(BadKey, match="kind 0x04, but 01"):
        WitnessKey.parse(str(KEY.public))
    with pytest.raises(BadKey, match="kind 0x01, but 04"):
        PublicKey.parse(text)


def test_the_cosignature_of_a_public_witness_is_verified() -> None:
    note, witness = Note.parse(REAL.encode()), WitnessKey.parse(REAL_WITNESS)
    assert witness.cosigned_at(note) == 1785704691
    with pytest.raises(BadNote, match="does not fit the checkpoint"):
        witness.cosigned_at(Note.parse(REAL.replace("\n185550722\n", "\n185550723\n").encode()))


def test_the_example_of_the_specification_names_its_key_and_time() -> None:
    content = base64.b64decode(
        "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="
    )
    line = "\u2014 witness.example.com/w1 " + base64.b64encode(content).decode() + "\n"
    (read,) = cosignatures(line.encode())
    assert (read.name, read.key_id.hex()) == ("witness.example.com/w1", "8d66cf3f")
    # The same text says "time 1679315147".
    assert int.from_bytes(read.content[:8], "big") == 1679315147


def test_a_log_s_own_signature_is_no_cosignature_and_the_other_way_round() -> None:
    same = PrivateKey("witness.example/w1", bytes(range(1, 33)))
    assert WITNESS.cosigned_at(signed(TEXT, same)) is None
    cosigned = Note(TEXT, (cosignature(TEXT, KEY, 5),))
    with pytest.raises(BadNote, match="none of the keys"):
        cosigned.signed_by([same.public])


def test_every_bit_of_a_cosignature_counts() -> None:
    line = cosignature(TEXT, KEY, 1679315147)
    for bit in range(8 * len(line.content)):
        wrong = bytearray(line.content)
        wrong[bit // 8] ^= 1 << bit % 8
        with pytest.raises(BadNote, match="does not fit"):
            WITNESS.cosigned_at(Note(TEXT, (Signature(line.name, line.key_id, bytes(wrong)),)))


@pytest.mark.parametrize("cut", [1, 8, 71, 73])
def test_a_cosignature_has_72_bytes(cut: int) -> None:
    content = (cosignature(TEXT, KEY, 5).content + b"\0")[:cut]
    with pytest.raises(BadNote, match="does not fit"):
        WITNESS.cosigned_at(Note(TEXT, (Signature(KEY.name, WITNESS.key_id, content),)))


def test_a_time_beyond_63_bits_is_refused_though_it_is_signed() -> None:
    secret = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
    seconds = 2**63
    made = struct.pack(">Q", seconds) + secret.sign(f"cosignature/v1\ntime {seconds}\n{TEXT}".encode())
    with pytest.raises(BadNote, match="does not fit"):
        WITNESS.cosigned_at(Note(TEXT, (Signature(KEY.name, WITNESS.key_id, made),)))


def test_an_answer_s_lines_of_known_witnesses_are_kept_and_strangers_left_out() -> None:
    stranger = cosignature(TEXT, PrivateKey("stranger.example", bytes(32)), 9)
    first = with_cosignatures(NOTE, [stranger, cosignature(TEXT, KEY, 5)], [WITNESS])
    assert first.signatures == (*NOTE.signatures, cosignature(TEXT, KEY, 5))
    again = with_cosignatures(first, [cosignature(TEXT, KEY, 6)], [WITNESS])
    assert again.signatures == (*NOTE.signatures, cosignature(TEXT, KEY, 6))
    assert again.signed_by([LOG.public]) == [LOG.public]
    with pytest.raises(BadNote, match=r"none of its lines is a cosignature of witness\.example/w1"):
        with_cosignatures(NOTE, [stranger], [WITNESS])
    with pytest.raises(BadNote, match="does not fit"):
        with_cosignatures(NOTE, [cosignature(TEXT + "x\n", KEY, 5)], [WITNESS])


@pytest.mark.parametrize("answer", [b"", b"\n", b"\xff\n", str(NOTE.signatures[0]).encode()[:-1], b"ok\n"])
def test_an_answer_that_is_no_signature_lines_is_refused(answer: bytes) -> None:
    with pytest.raises(BadNote):
        cosignatures(answer)


@given(st.binary(max_size=200))
@example(b"\n\n")
def test_any_answer_is_refused_or_read_as_it_is_written(answer: bytes) -> None:
    with suppress(BadNote):
        assert "".join(map(str, cosignatures(answer))).encode() == answer


@given(st.text(max_size=80))
@example(str(WITNESS) + "=")
@example("a+00000000+BA==")
def test_any_text_is_no_key_or_the_one_way_to_write_it(text: str) -> None:
    with suppress(BadKey):
        assert str(WitnessKey.parse(text)) == text.strip()


def test_the_largest_checkpoint_that_each_witness_cosigned_is_told() -> None:
    larger = Checkpoint("example.org/kg", 9, bytes(32)).text
    notes = [
        Signed("first", Note(TEXT, (*NOTE.signatures, cosignature(TEXT, KEY, 50))).to_bytes()),
        Signed("second", Note(larger, (*signed(larger, LOG).signatures, cosignature(larger, KEY, 40))).to_bytes()),
        Signed("third", signed(Checkpoint("example.org/kg", 11, bytes(32)).text, LOG).to_bytes()),
    ]
    seen, damages = witnessed(notes, [WITNESS])
    assert damages == []
    assert [str(each) for each in seen] == ["witness.example/w1 cosigned the first 9 entries at 1970-01-01T00:00:40Z"]
    _, missing = witnessed(notes[2:], [WITNESS])
    assert [damage.verdict for damage in missing] == ["INCOMPLETE"]
    wrong = Note(TEXT, (*NOTE.signatures, cosignature(larger, KEY, 50)))
    _, broken = witnessed([Signed("broken", wrong.to_bytes()), notes[1]], [WITNESS])
    assert [(damage.verdict, damage.place) for damage in broken] == [("TAMPERED", "broken")]
    assert time_text(2**63 - 1) == "second 9223372036854775807"
