"""A leaf of the log: what stays known of a record for ever, without personal data or anything to guess it from."""

import json
from dataclasses import dataclass, fields
from typing import Any, Final

from provkg.errors import LedgerBroken

Places = tuple[tuple[int, int, int], ...]
_SEVERAL: Final = frozenset({"supersedes", "erases", "asks", "closes", "withholds"})
# In a bundle of C2SP tlog-tiles a leaf stands behind a length of 16 bits.
LONGEST: Final = (1 << 16) - 1


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """What is said of a record as a whole when it passes the gate.

    `schema` is the version of the ontology, `shapes` the digest of the shapes that the record passed at `level`,
    `warnings` how many findings did not stand in its way, `received` the time in UTC, as `xsd:dateTime` text.

    An act upon the log is a record of another `kind`. `erases` are the statements whose text it takes out of earlier
    records, `asks` those that it asks somebody else to take out; each is a position with the numbers of its first and
    last statement. `closes` holds keyed digests of what must not come back.
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
    kind: str = "record"
    erases: Places | None = None
    asks: Places | None = None
    closes: tuple[str, ...] | None = None

    def envelope(self) -> dict[str, Any]:
        """Return what is said here, by name, for another value that says the same."""
        return {field.name: getattr(self, field.name) for field in fields(Envelope)}


@dataclass(frozen=True, kw_only=True)
class Leaf(Envelope):
    """What the log keeps of a record when its text is erased.

    `root` is the Merkle root over the salted commitments of the record's statements, in hex: no unsalted digest of the
    text is kept, because erased text could be guessed from it. `withholds` are the numbers of the first and last of the
    statements that were committed to when the record came, and whose text was not kept: an earlier act closed them.
    """

    statements: int
    root: str
    withholds: tuple[tuple[int, int], ...] | None = None

    def to_bytes(self) -> bytes:
        """Return the leaf's canonical JSON (RFC 8785; its values are strings, integers and lists of these)."""
        # Not `identity.canonical_json`: whoever verifies a ledger needs nothing that imports an RDF engine.
        said = {key: value for key, value in vars(self).items() if value is not None}
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> "Leaf":
        """Return the leaf that `to_bytes` gave; raises `LedgerBroken` when it is none."""
        try:
            said: dict[str, Any] = json.loads(content)
            leaf = cls(**said | {name: _tuples(said[name]) for name in _SEVERAL.intersection(said)})
            _check_numbers(leaf.erases, 3)
            _check_numbers(leaf.asks, 3)
            _check_numbers(leaf.withholds, 2)
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            message = f"a leaf of the ledger does not parse ({error}); restore the ledger from a backup"
            raise LedgerBroken(message) from None
        return leaf


def _tuples(said: Any) -> Any:
    return tuple(_tuples(each) for each in said) if isinstance(said, list) else said


def _check_numbers(said: tuple[tuple[int, ...], ...] | None, length: int) -> None:
    for each in said or ():
        if len(each) != length or not all(type(number) is int and number >= 0 for number in each):
            raise ValueError(f"{each!r:.40} is no place of statements")
