"""Signed notes and checkpoints are those of C2SP: what is read is written back the same, and all else is refused."""

from __future__ import annotations

import base64
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import example, given
from hypothesis import strategies as st

from provkg.errors import BadKey, BadNote
from provkg.ledger.checkpoint import Checkpoint, origin_of
from provkg.ledger.note import Note, PrivateKey, PublicKey, Signature, is_key_name, signed

KEY = PrivateKey("example.org/kg", bytes(range(32)))
OTHER = PrivateKey("witness.example", bytes(range(1, 33)))
ROOT = sha256(b"root").digest()
CHECKPOINT = Checkpoint("example.org/kg", 20852163, ROOT)
NOTE = signed(CHECKPOINT.text, KEY, OTHER)


def test_a_note_is_what_the_specification_says_worked_out_without_the_code_under_test() -> None:
    secret = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public = secret.public_key().public_bytes_raw()
    text = "example.org/kg\n5\n" + base64.b64encode(ROOT).decode() + "\n"
    key_id = sha256(b"example.org/kg\n\x01" + public).digest()[:4]
    line = "\u2014 example.org/kg " + base64.b64encode(key_id + secret.sign(text.encode())).decode() + "\n"
    assert signed(Checkpoint("example.org/kg", 5, ROOT).text, KEY).to_bytes() == (text + "\n" + line).encode()
    encoded = base64.b64encode(b"\x01" + public).decode()
    vkey = f"example.org/kg+{key_id.hex()}+{encoded}"
    assert str(KEY.public) == vkey
    assert PublicKey.parse(vkey) == KEY.public


def test_the_example_of_the_specification_is_read_and_written_back() -> None:
    """The checkpoint that stands at the head of tlog-checkpoint."""
    root, signature = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=", (
        "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8="
    )  # fmt: skip
    name = "example.com/behind-the-sofa"
    content = f"{name}\n20852163\n{root}\n\n\u2014 {name} {signature}\n".encode()
    note = Note.parse(content)
    assert note.to_bytes() == content
    assert Checkpoint.of(note) == Checkpoint(name, 20852163, base64.b64decode(root))
    assert note.signatures[0].key_id.hex() == "033de0ae"


def test_a_note_with_several_signatures_names_those_that_are_trusted() -> None:
    assert NOTE.signed_by([KEY.public]) == [KEY.public]
    assert NOTE.signed_by([OTHER.public, KEY.public]) == [KEY.public, OTHER.public]
    assert Checkpoint.of(NOTE) == CHECKPOINT


def test_a_note_that_no_trusted_key_signed_is_refused() -> None:
    same_name = PrivateKey("example.org/kg", bytes(32))
    with pytest.raises(BadNote, match="none of the keys that are trusted here"):
        NOTE.signed_by([same_name.public])
    with pytest.raises(BadNote, match="none of the keys"):
        NOTE.signed_by([])


def test_a_wrong_signature_of_a_known_key_spoils_the_note_whatever_others_say() -> None:
    wrong = Signature(KEY.name, KEY.public.key_id, bytes(64))
    for lines in ((wrong, OTHER.sign(CHECKPOINT.text)), (KEY.sign(CHECKPOINT.text), wrong)):
        with pytest.raises(BadNote, match=r"signature of example\.org/kg.* does not fit the note"):
            Note(CHECKPOINT.text, lines).signed_by([KEY.public, OTHER.public])


def test_signatures_of_unknown_keys_are_left_alone_even_under_a_known_name() -> None:
    strange = Signature(KEY.name, b"\0\0\0\0", b"of another kind")
    note = Note.parse(Note(CHECKPOINT.text, (strange, *NOTE.signatures)).to_bytes())
    assert note.signed_by([KEY.public]) == [KEY.public]


def test_changing_any_bit_of_a_note_is_refused() -> None:
    """Whatever still parses must fail at the signature; the lines of the witness are not under that of the log."""
    content = signed(CHECKPOINT.text, KEY).to_bytes()
    for bit in range(8 * len(content)):
        wrong = bytearray(content)
        wrong[bit // 8] ^= 1 << bit % 8
        with pytest.raises(BadNote):
            Note.parse(bytes(wrong)).signed_by([KEY.public])


@given(st.binary(max_size=300))
@example(b"")
@example(b"\n\n")
@example(b"a\n\n")
@example(b"a\n\n\n")
@example("a\n\n\u2014 b AAAAAAA=\n".encode())
def test_any_bytes_are_a_clear_error_or_the_same_note_back(content: bytes) -> None:
    try:
        note = Note.parse(content)
    except BadNote:
        return
    assert note.to_bytes() == content


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(is_key_name)
TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12), min_size=1, max_size=6)
SIGNATURES = st.builds(Signature, NAMES, st.binary(min_size=4, max_size=4), st.binary(min_size=1, max_size=80))


@given(TEXTS, st.lists(SIGNATURES, min_size=1, max_size=16))
def test_any_note_that_can_be_made_is_read_back(lines: list[str], signatures: list[Signature]) -> None:
    note = Note("".join(f"{line}\n" for line in lines), tuple(signatures))
    assert Note.parse(note.to_bytes()) == note


@given(st.integers(0, 400), st.sampled_from(["\n", "\r", "\t", "\0", " ", "\u2003", "=", "A", "+", "\u2014"]))
def test_a_letter_slipped_into_a_note_is_refused(place: int, letter: str) -> None:
    content = signed(CHECKPOINT.text, KEY).to_bytes().decode()
    place = min(place, len(content))
    changed = content[:place] + letter + content[place:]
    with pytest.raises(BadNote):
        Checkpoint.of(Note.parse(changed.encode())).extensions or Note.parse(changed.encode()).signed_by([KEY.public])


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\xff\n\n", "UTF-8 text, and this is none from byte 0"),
        (b"text\n", "an empty line and signature lines"),
        ("text\n\n\u2014 name AAAAAAA=".encode(), "each ended by a newline"),
        (b"text\n\n- name AAAAAAA=\n", "no signature line"),
        ("text\n\n\u2014  AAAAAAA=\n".encode(), "no signature line"),
        ("text\n\n\u2014 a+b AAAAAAA=\n".encode(), "no signature line"),
        ("text\n\n\u2014 name AAAAAAB=\n".encode(), "not the one way to write it"),
        ("text\n\n\u2014 name AAAAAAA= \n".encode(), "no Base64"),
        ("text\n\n\u2014 name AAAAAA==\n".encode(), "nothing but the id of a key"),
        ("te\rxt\n\n\u2014 name AAAAAAA=\n".encode(), "no other control character"),
        (b"text\n\n" + "\u2014 name AAAAAAA=\n".encode() * 101, "101 signatures"),
        (b"x" * (1 << 21), "larger than any"),
    ],
)
def test_what_is_wrong_with_a_note_is_said(content: bytes, why: str) -> None:
    with pytest.raises(BadNote, match=why):
        Note.parse(content)


@pytest.mark.parametrize("size", ["", "00", "01", "-1", "+1", "1 ", "1.0", "٣", "9223372036854775808", "1e3"])
def test_a_size_has_one_spelling(size: str) -> None:
    with pytest.raises(BadNote, match="none empty" if not size else "no size of a log"):
        Checkpoint.parse(CHECKPOINT.text.replace("20852163", size))


@pytest.mark.parametrize("root", ["AAAA", "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=", "x"])
def test_a_root_is_32_bytes_in_the_one_spelling(root: str) -> None:
    with pytest.raises(BadNote, match="the root of the checkpoint"):
        Checkpoint.parse(f"o\n1\n{root}\n")


@given(st.text(max_size=80))
def test_any_text_is_a_clear_error_or_the_same_checkpoint_back(text: str) -> None:
    try:
        checkpoint = Checkpoint.parse(text)
    except BadNote:
        return
    assert checkpoint.text == text


def test_extension_lines_are_kept_and_signed() -> None:
    extended = Checkpoint("o", 0, ROOT, ("other program", "says this"))
    assert Checkpoint.parse(extended.text) == extended
    with pytest.raises(BadNote):
        Checkpoint.parse(extended.text + "\n")


def test_a_signing_key_is_written_as_go_reads_it_and_shows_itself_to_nobody() -> None:
    text = KEY.to_text()
    assert text.startswith(f"PRIVATE+KEY+example.org/kg+{KEY.public.key_id.hex()}+AQABAgME")
    assert PrivateKey.parse(text) == KEY
    assert "AQAB" not in repr(KEY)
    assert repr(KEY) == str(KEY)


def test_new_keys_differ() -> None:
    assert PrivateKey.make("a").seed != PrivateKey.make("a").seed


def pem(key: Ed25519PrivateKey | X25519PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def test_a_pem_key_of_openssl_can_be_brought_along() -> None:
    assert PrivateKey.parse(pem(Ed25519PrivateKey.from_private_bytes(KEY.seed)), KEY.name) == KEY


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (pem(X25519PrivateKey.generate()), "another kind of key"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "without a password"),
        ("secret", "no signing key"),
        ("PRIVATE+KEY+name", "with plus signs between"),
        ("PRIVATE+KEY+na me+00000000+AQ==", "leave out spaces"),
        ("PRIVATE+KEY+name+00000000+AQ==", "no Ed25519 key"),
        (KEY.to_text().replace(KEY.public.key_id.hex(), "00000000"), "is damaged"),
    ],
)
def test_what_is_wrong_with_a_signing_key_is_said(text: str, why: str) -> None:
    with pytest.raises(BadKey, match=why):
        PrivateKey.parse(text, "name")


def test_any_changed_letter_of_a_verifier_key_is_noticed() -> None:
    text = str(KEY.public)
    for place, letter in enumerate(text):
        wrong = text[:place] + ("A" if letter != "A" else "B") + text[place + 1 :]
        with pytest.raises(BadKey):
            PublicKey.parse(wrong)


@pytest.mark.parametrize(
    ("base", "origin"),
    [
        ("https://example.org/kg/", "example.org/kg"),
        ("http://example.org/", "example.org"),
        ("urn:example:kg/", "urn:example:kg"),
        ("https://example.org/a+b\u2003c/", "example.org/a%2Bb%E2%80%83c"),
    ],
)
def test_a_graph_s_log_is_called_by_its_base_without_scheme(base: str, origin: str) -> None:
    assert origin_of(base) == origin
    assert is_key_name(origin)
