"""Stable IRIs: the same thing has the same name in one graph, whoever reports it and whenever.

A key is HMAC-SHA256 under the graph's salt over a canonical JSON array (RFC 8785) of the fields that identify a
thing. The salt keeps names and paths that may have to be erased from being guessed from a key.
"""

from __future__ import annotations

import hmac
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from pyoxigraph import NamedNode

KeyField = str | int | bool | None
LEDGER_GRAPH: Final = "graph/ledger"
_OF_BYTES: Final = re.compile(r"ni:///sha-256;([A-Za-z0-9_-]{43})")
# Made once: a record has a hundred keys, and making an encoder costs more than encoding.
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)


@dataclass(frozen=True)
class Names:
    """The naming of one knowledge graph: its base IRI and its secret salt."""

    base: str
    salt: bytes

    def iri(self, kind: str, fields: Sequence[KeyField]) -> NamedNode:
        """Return the IRI of the thing of `kind` (a class name in kebab-case) that `fields` identify."""
        return NamedNode(f"{self.base}{kind}/{self.key(fields)}")

    def key(self, fields: Sequence[KeyField]) -> str:
        """Return the key of `fields`, 64 lower-case hex digits."""
        return hmac.digest(self.salt, canonical_json(list(fields)), "sha256").hex()

    @property
    def ledger_graph(self) -> NamedNode:
        """The named graph that holds what is said about records."""
        return NamedNode(f"{self.base}{LEDGER_GRAPH}")


def file_iri(digest: str) -> NamedNode:
    """Return the IRI of the bytes whose SHA-256 is `digest` in hex (RFC 6920): the same on every machine."""
    return NamedNode("ni:///sha-256;" + urlsafe_b64encode(bytes.fromhex(digest)).rstrip(b"=").decode())


def digest_of_file(iri: str) -> str | None:
    """Return the SHA-256 in hex that such an IRI names, or None for another IRI."""
    match = _OF_BYTES.fullmatch(iri)
    return urlsafe_b64decode(match[1] + "=").hex() if match else None


def canonical_json(value: object) -> bytes:
    """Return the JSON text of `value` with sorted keys and no spaces (RFC 8785 for strings, integers, booleans).

    Floats are not identity fields: their shortest text differs between languages.
    """
    return _ENCODER.encode(value).encode()


@cache
def kebab_case(name: str) -> str:
    """Return a class name as it stands in an IRI: `TrainingRun` gives `training-run`."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")
