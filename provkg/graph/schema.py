"""By which rules a record is judged: the version of the ontology and a digest of the shapes."""

import re
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

from provkg.errors import Unreadable
from provkg.resources import ONTOLOGY, SHAPES


@cache
def ontology_version() -> str:
    """Return the version of the ontology that is installed."""
    found = re.search(r'owl:versionInfo "([^"]+)"', (ONTOLOGY / "provkg.ttl").read_text("utf-8"))
    if found is None:
        raise Unreadable(f"{ONTOLOGY / 'provkg.ttl'} names no version (owl:versionInfo); install provkg again")
    return found[1]


def shapes_digest(extensions: Sequence[Path] = ()) -> str:
    """Return the SHA-256 over the names and digests of our shapes and the graph's own."""
    files = [*sorted(SHAPES.glob("*.ttl")), *sorted(extensions)]
    listed = "".join(f"{sha256(file.read_bytes()).hexdigest()} {file.name}\n" for file in files)
    return sha256(listed.encode()).hexdigest()
