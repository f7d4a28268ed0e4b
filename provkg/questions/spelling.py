"""How names are written: whole and short IRIs, and a name with a version behind an @."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pyoxigraph import NamedNode

from provkg.questions.terms import KINDS
from provkg.vocabulary import NAMESPACES

SHORT: Final = re.compile(r"([a-z]+(?:-[a-z]+)*)/([^\s/…]+)…?")
"""Kind and key of a thing, as tables show IRIs; the key may be cut."""
OTHER_KINDS: Final = frozenset({"agent", "file"})
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`]+")


def absolute(text: str) -> NamedNode | None:
    """Return the IRI that `text` is, with one of our prefixes or whole, or None where it is none."""
    text = text.removeprefix("<").removesuffix(">")
    prefix, _, local = text.partition(":")
    if prefix in NAMESPACES and not local.startswith("//"):
        text = NAMESPACES[prefix] + local
    try:
        return NamedNode(text) if _ABSOLUTE.fullmatch(text) else None
    except ValueError:
        return None


def cuts(text: str) -> Iterator[tuple[str, str]]:
    """Yield name and version as `text` may be cut: both may hold an @, and the longest name comes first."""
    parts = text.split("@")
    for place in range(len(parts) - 1, 0, -1):
        if name := "@".join(parts[:place]):
            yield name, "@".join(parts[place:])


def is_plain(text: str) -> bool:
    """Return whether `text` can only be a name: no IRI, short or full, and with no space that a table would change."""
    return text == " ".join(text.split()) and absolute(text) is None and not _is_short(text)


def _is_short(text: str) -> bool:
    # `data/customers.csv` is the name of a file: no thing is of a kind `data`.
    match = SHORT.fullmatch(text)
    return match is not None and match.group(1) in KINDS.keys() | OTHER_KINDS
