"""Signed notes: text, and below it who signed it (C2SP signed-note, Ed25519 signatures)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from provkg.errors import BadKey, BadNote

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

DASH: Final = "— "
ED25519: Final = b"\x01"
KEY_ID_BYTES: Final = 4
KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
# The specification asks for at least 16, and for a limit.
MOST_SIGNATURES: Final = 100
MOST_BYTES: Final = 1 << 20
_PRIVATE: Final = "PRIVATE+KEY+"


@dataclass(frozen=True)
class Signature:
    """One line below a note: the name and id of a key, and what it made of the text."""

    name: str
    key_id: bytes
    content: bytes

    def __str__(self) -> str:
        return f"{DASH}{self.name} {encoded(self.key_id + self.content)}\n"


@dataclass(frozen=True)
class Note:
    """A text that ends in a newline, and its signatures, in order."""

    text: str
    signatures: tuple[Signature, ...]

    def to_bytes(self) -> bytes:
        """Return the note as it is stored and sent."""
        return f"{self.text}\n{''.join(map(str, self.signatures))}".encode()

    @classmethod
    def parse(cls, content: bytes) -> Note:
        """Return the note that `to_bytes` gave; raises `BadNote` for anything else."""
        if len(content) > MOST_BYTES:
            raise BadNote(f"a note of {len(content):,} bytes is larger than any that we read")
        try:
            whole = content.decode()
        except UnicodeDecodeError as error:
            raise BadNote(f"a note is UTF-8 text, and this is none from byte {error.start} on") from None
        text, blank, below = whole.rpartition("\n\n")
        if not blank or not below.endswith("\n"):
            raise BadNote("a note is a text, an empty line and signature lines, each ended by a newline")
        note = cls(text + "\n", tuple(signature_line(line) for line in below[:-1].split("\n")))
        _check_text(note.text)
        if len(note.signatures) > MOST_SIGNATURES:
            raise BadNote(f"a note with {len(note.signatures)} signatures has more than any that we read")
        return note

    def signed_by(self, keys: Iterable[PublicKey]) -> list[PublicKey]:
        """Return those of `keys` that signed the text.

        Raises `BadNote` when a line that claims one of them was not made by it, or none of them signed. Lines of
        others are left alone: the log's readers need not know all its witnesses.
        """
        known = {(key.name, key.key_id): key for key in keys}
        claimed = [(known[where], each) for each in self.signatures if (where := (each.name, each.key_id)) in known]
        for key, signature in claimed:
            if not key.made(signature.content, self.text.encode()):
                raise BadNote(f"the signature of {key} does not fit the note: its text or the signature was changed")
        if not claimed:
            raise BadNote("none of the keys that are trusted here has signed the note")
        return list(dict.fromkeys(key for key, _ in claimed))


@dataclass(frozen=True)
class PublicKey:
    """An Ed25519 key that signs notes under `name`; as text it is the C2SP verifier key."""

    name: str
    content: bytes

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{encoded(ED25519 + self.content)}"

    @property
    def key_id(self) -> bytes:
        """The four bytes by which signature lines call it."""
        return key_id(self.name, ED25519, self.content)

    @classmethod
    def parse(cls, text: str) -> PublicKey:
        """Return the key that `str` gave; raises `BadKey`."""
        return cls(*verifier_key(text, ED25519))

    def made(self, signature: bytes, text: bytes) -> bool:
        """Whether `signature` is this key's over `text`."""
        return is_signed(self.content, signature, text)


@dataclass(frozen=True)
class PrivateKey:
    """An Ed25519 key with which notes are signed under `name`; `str` does not show it."""

    name: str
    seed: bytes

    @classmethod
    def make(cls, name: str) -> PrivateKey:
        """Return a new key."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return cls(_checked_key_name(name), Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def parse(cls, text: str, name: str | None = None) -> PrivateKey:
        """Return the key in `text`: a signer key as `to_text` gives it, or PEM without a password, used as `name`.

        Raises `BadKey`.
        """
        if name is not None and text.lstrip().startswith("-----BEGIN"):
            return cls(_checked_key_name(name), _seed_of_pem(text))
        if not text.startswith(_PRIVATE):
            raise BadKey(f"no signing key: it begins neither with {_PRIVATE} nor as a PEM file")
        given, claimed, content = _key_parts(text.strip().removeprefix(_PRIVATE), 3)
        key = cls(_checked_key_name(given), _ed25519(content, ED25519))
        if key.public.key_id.hex() != claimed:
            raise BadKey(f"the signing key of {given} is damaged: its id is not {claimed}")
        return key

    def to_text(self) -> str:
        """Return the secret, in the form that Go's note package reads, too."""
        return f"{_PRIVATE}{self.name}+{self.public.key_id.hex()}+{encoded(ED25519 + self.seed)}\n"

    @property
    def public(self) -> PublicKey:
        """What others need to check its signatures."""
        return PublicKey(self.name, self._loaded().public_key().public_bytes_raw())

    def sign(self, text: str) -> Signature:
        """Return this key's signature line for the note `text`; raises `BadNote` for text that can be none."""
        _check_text(text)
        return Signature(self.name, self.public.key_id, self.signature(text.encode()))

    def signature(self, content: bytes) -> bytes:
        """Return the bare Ed25519 signature over `content`."""
        return self._loaded().sign(content)

    def _loaded(self) -> Ed25519PrivateKey:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def __repr__(self) -> str:
        return f"PrivateKey({self.name!r})"


def signed(text: str, *keys: PrivateKey) -> Note:
    """Return `text` as a note with a signature of each of `keys`."""
    return Note(text, tuple(key.sign(text) for key in keys))


def key_id(name: str, kind: bytes, content: bytes) -> bytes:
    """Return the id of a key: the specification recommends it for every kind of key."""
    return sha256(name.encode() + b"\n" + kind + content).digest()[:KEY_ID_BYTES]


def verifier_key(text: str, kind: bytes) -> tuple[str, bytes]:
    """Return name and content of the Ed25519 key of that kind which `text` writes; raises `BadKey`."""
    name, claimed, content = _key_parts(text.strip(), 3)
    key = _ed25519(content, kind)
    if key_id(_checked_key_name(name), kind, key).hex() != claimed:
        raise BadKey(f"the verifier key of {name} is damaged: its id is not {claimed}")
    return name, key


def is_signed(key: bytes, signature: bytes, content: bytes) -> bool:
    """Whether `signature` is that of the Ed25519 `key` over `content`."""
    # Loaded late: 20 ms that only those who check or sign have to wait for.
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def encoded(content: bytes) -> str:
    """Return `content` in standard Base64."""
    return base64.b64encode(content).decode()


def decoded(text: str) -> bytes:
    """Return what standard Base64 `text` holds; raises `ValueError` for any other spelling of it."""
    try:
        content = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None
    if encoded(content) != text:
        # Spare bits of the last letter may be anything for Python; two texts for one value would let a note change.
        raise ValueError("not the one way to write it")
    return content


def is_key_name(name: str) -> bool:
    """Whether notes can be signed under `name`: not empty, without spaces, plus signs and control characters."""
    return bool(name) and not any(letter.isspace() or letter == "+" or letter < " " for letter in name)


def _check_text(text: str) -> None:
    if not text.endswith("\n") or any(letter < " " and letter != "\n" for letter in text):
        raise BadNote("the text of a note ends in a newline and holds no other control character")


def signature_line(line: str) -> Signature:
    """Return the signature that `line`, without its newline, states; raises `BadNote`."""
    dash, name, content = line[: len(DASH)], *line[len(DASH) :].partition(" ")[::2]
    if dash != DASH or not is_key_name(name):
        raise BadNote(f"{line!r:.80} is no signature line: a dash, the name of a key and the signature in Base64")
    try:
        given = decoded(content)
    except ValueError as error:
        raise BadNote(f"the signature of {name} is no Base64 ({error})") from None
    if len(given) <= KEY_ID_BYTES:
        raise BadNote(f"the signature of {name} holds nothing but the id of a key")
    return Signature(name, given[:KEY_ID_BYTES], given[KEY_ID_BYTES:])


def _checked_key_name(name: str) -> str:
    if not is_key_name(name):
        raise BadKey(f"{name!r} cannot name a key; leave out spaces and plus signs")
    return name


def _key_parts(text: str, number: int) -> list[str]:
    # Base64 may hold a plus sign, so that only the first two part.
    parts = text.split("+", number - 1)
    if len(parts) != number:
        raise BadKey("a key is written as its name, its id and its content, with plus signs between them")
    return parts


def _ed25519(content: str, kind: bytes) -> bytes:
    try:
        given = decoded(content)
    except ValueError as error:
        raise BadKey(f"the key is no Base64 ({error})") from None
    if given[:1] != kind or len(given) != 1 + KEY_BYTES:
        named = given[:1].hex() or "nothing"
        raise BadKey(f"the key is no Ed25519 key of kind 0x{kind.hex()}, but {named}; no other kind is used here")
    return given[1:]


def _seed_of_pem(text: str) -> bytes:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadKey(f"the PEM file holds no private key that can be read without a password ({error})") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKey("the PEM file holds another kind of key; make an Ed25519 key: openssl genpkey -algorithm ed25519")
    return key.private_bytes_raw()
