"""Which long words look drawn at random, as keys do, rather than written by people or computed from content."""

from __future__ import annotations

import math
import re
from collections import Counter
from operator import ne
from typing import Final

DENSE: Final = re.compile(r"[A-Za-z0-9+_-]{32,}+={0,3}")
UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# A key of AWS has 40 letters of base64, whose `/` would make two words of it; so has a path.
OF_40: Final = re.compile(r"(?<![A-Za-z0-9+/=_.-])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=_.-])")
# What is computed from content and only looks like a key, told by what stands before it: integrity values (SRI, npm,
# Go's go.sum), RFC 6920 names, fingerprints of keys, public keys.
OF_CONTENT: Final = re.compile(
    r"(?i)(?:\b(?:sha-?(?:1|224|256|384|512)|md5|blake[23][bs]?|crc32c?|h1|multihash|etag)[-:;=/]\s?"
    r"|\b(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-[a-z0-9]{1,20})\s|\"?certificate(?:-authority)?-data\"?:\s?)$"
)
CONTENT_WORD: Final = re.compile(r"Qm[1-9A-HJ-NP-Za-km-z]{44}|(?:AAAAB3NzaC1|AAAAC3NzaC1|AAAAE2VjZHNh)[A-Za-z0-9+/=]*")
PREFIXED: Final = re.compile(r"(?i)(?:sha-?(?:1|224|256|384|512)|md5)[=_-][A-Za-z0-9+/=_-]{20,}")
HEX: Final = re.compile("[0-9a-fA-F-]+")
KINDS: Final = (re.compile("[a-z]"), re.compile("[A-Z]"), re.compile(r"\d"))
LOOKED_AT: Final = 256
BITS: Final = 4.0
BITS_OF_PATHS: Final = 4.5
CHANGES: Final = 0.33
"""The least share of neighbours of another kind (small letter, capital, digit): 0.64 in random base64, 0.2 in words."""
WORDS: Final = 0.45
"""The largest share of letters in runs of three small ones: 0.15 in random base64, 0.6 in names."""
RUN: Final = re.compile("[a-z]{3,}")
_KIND_OF: Final = {ord(letter): " " for letter in "+_=-/"} | {
    **dict.fromkeys(range(ord("a"), ord("z") + 1), "a"),
    **dict.fromkeys(range(ord("A"), ord("Z") + 1), "A"),
    **dict.fromkeys(range(ord("0"), ord("9") + 1), "0"),
}


def without_dense(text: str, mark: str) -> str:
    """Return `text` with each long word that looks drawn at random replaced by `mark`."""

    def judged(found: re.Match[str]) -> str:
        return mark if is_dense(found[0]) and not _is_of_content(text, found) else found[0]

    def judged_path(found: re.Match[str]) -> str:
        dense = "/" in found[0] and is_dense(found[0]) and bits(found[0]) >= BITS_OF_PATHS
        return mark if dense and not _is_of_content(text, found) else found[0]

    if "/" in text:
        text = OF_40.sub(judged_path, text)
    return DENSE.sub(judged, text)


def is_dense(text: str) -> bool:
    """Whether `text` has letters of all three kinds in the disorder of a random draw; ids of machines have no say."""
    seen = UUID.sub("", text[:LOOKED_AT])
    if not all(kind.search(seen) for kind in KINDS) or HEX.fullmatch(seen):
        return False
    kinds = seen.translate(_KIND_OF)
    changes = sum(map(ne, kinds, kinds[1:]))
    in_words = sum(map(len, RUN.findall(seen)))
    return changes >= CHANGES * (len(seen) - 1) and in_words <= WORDS * len(seen) and bits(seen) >= BITS


def bits(text: str) -> float:
    """Return the entropy of the letters of `text`, in bits a letter."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())


def _is_of_content(text: str, found: re.Match[str]) -> bool:
    before = text[max(0, found.start() - 40) : found.start()]
    return any((CONTENT_WORD.fullmatch(found[0]), OF_CONTENT.search(before), PREFIXED.fullmatch(found[0])))
