"""A leaf of the log: what stays known of a record for ever, without personal data or anything to guess it from."""

import json
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from provkg.errors import LedgerBroken

# In a bundle of C2SP tlog-tiles a leaf stands behind a length of 16 bits.
LONGEST: Final = (1 << 16) - 1


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """What is said of a record as a whole when it passes the gate.

    `schema` is the version of the ontology, `shapes` the digest of the shapes that the record passed at `level`,
    `warnings` how many findings did not stand in its way, `received` the time in UTC, as `xsd:dateTime` text.
    """

    record: str
    type: str
    schema: str
    level: str
    shapes: str
    warnings: int
    emitter: str
    received: str
    project: str | None = None
    supersedes: tuple[str, ...] = ()

    def envelope(self) -> dict[str, Any]:
        """Return what is said here, by name, for another value that says the same."""
        return {field.name: getattr(self, field.name) for field in fields(Envelope)}


@dataclass(frozen=True, kw_only=True)
class Leaf(Envelope):
    """What the log keeps of a record when its text is erased.

    `root` is the Merkle root over the salted commitments of the record's statements, in hex: no unsalted digest of the
    text is kept, because erased text could be guessed from it.
    """

    statements: int
    root: str
    kind: str = "record"

    def to_bytes(self) -> bytes:
        """Return the leaf's canonical JSON (RFC 8785; all its values are strings, integers and lists of strings)."""
        # Not `identity.canonical_json`: whoever verifies a ledger needs nothing that imports an RDF engine.
        said = {key: value for key, value in asdict(self).items() if value is not None}
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> "Leaf":
        """Return the leaf that `to_bytes` gave; raises `LedgerBroken` when it is none."""
        try:
            said: dict[str, Any] = json.loads(content)
            leaf = cls(**said | {"supersedes": tuple(said["supersedes"])})
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            message = f"a leaf of the ledger does not parse ({error}); restore the ledger from a backup"
            raise LedgerBroken(message) from None
        return leaf
