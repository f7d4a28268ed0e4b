"""What a graph says of files: addresses with digests, folders with lists of files, and things that lie in no file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Literal, NamedNode, QuerySolutions

from provkg.capture.file_digests import MANIFEST
from provkg.identity import file_iri
from provkg.sparql import prologue

if TYPE_CHECKING:
    from provkg.index import ReadIndex

_PROLOGUE: Final = prologue("pvk", "dct", "prov")
_HAS: Final = "pvk:hasFile|pvk:lockFile|pvk:uncommittedPatch|prov:hadMember"
_FILES: Final = """
SELECT ?thing ?location ?sha256 ?size ?form { %(only)s
  ?thing pvk:storageLocation ?location
  OPTIONAL { ?thing pvk:sha256 ?sha256 } OPTIONAL { ?thing pvk:byteSize ?size } OPTIONAL { ?thing pvk:digestForm ?form }
} ORDER BY ?thing ?location ?sha256"""
_FOLDERS: Final = """
SELECT DISTINCT ?thing ?sha256 { %(only)s
  ?thing pvk:digestForm "%(manifest)s" ; pvk:sha256 ?sha256 FILTER NOT EXISTS { ?thing pvk:storageLocation ?any }
} ORDER BY ?thing"""
_MEMBERS: Final = """
SELECT ?location ?sha256 ?size { %(thing)s pvk:hasFile ?file . ?file pvk:storageLocation ?location ; pvk:sha256 ?sha256
  OPTIONAL { ?file pvk:byteSize ?size } } ORDER BY ?location"""
_SOURCES: Final = (
    "SELECT DISTINCT ?at { %(thing)s pvk:obtainedFrom|prov:hadPrimarySource ?of . ?of dct:identifier ?at }"
)
_IN_NO_FILE: Final = """
SELECT DISTINCT ?thing ?sha256 ?form { %(only)s
  VALUES ?class { pvk:DatasetVersion pvk:DataSubset pvk:ModelVersion pvk:PredictionBatch }
  ?thing a ?class ; pvk:sha256 ?sha256 OPTIONAL { ?thing pvk:digestForm ?form }
  FILTER NOT EXISTS { ?thing pvk:hasFile ?file } FILTER NOT EXISTS { ?thing pvk:storageLocation ?location }
  FILTER(!BOUND(?form) || ?form != "%(manifest)s")
} ORDER BY ?thing"""
_OWNERS: Final = "SELECT DISTINCT ?thing ?owner { VALUES ?thing { %(things)s } ?owner %(has)s ?thing } ORDER BY ?owner"
# Code and lock files go on changing with the work; of code, a patch keeps what ran.
_AT_REST: Final = """FILTER(EXISTS { ?owner pvk:hasFile ?thing FILTER NOT EXISTS { ?owner a pvk:SourceRevision } }
  || NOT EXISTS { ?owner pvk:hasFile|pvk:lockFile ?thing })"""
_BYTES: Final = "SELECT (SUM(?size) AS ?all) { %(only)s ?thing pvk:storageLocation ?location ; pvk:byteSize ?size }"


@dataclass(frozen=True)
class Recorded:
    """What is said of one content: its digests (more than one cannot be compared with), and where it was seen."""

    thing: NamedNode
    digests: tuple[str, ...]
    form: str | None
    size: int | None
    locations: tuple[str, ...]


@dataclass(frozen=True)
class Member:
    """One file of a folder at one of the addresses where its bytes were seen."""

    location: str
    sha256: str
    size: int | None


class RecordedFiles:
    """The files that one state of a graph names; of `only` one thing, and of its versions, if one is given."""

    def __init__(self, index: ReadIndex, only: NamedNode | None = None) -> None:
        self._index, self._only = index, only

    def files(self) -> Iterator[Recorded]:
        """Yield everything that has an address, one content after the other; not code and lock files on the way."""
        rows = self._ask(_FILES, only=self._chosen(f"/({_HAS})?") or _AT_REST)
        for thing, group in groupby(rows, key=lambda row: row["thing"]):
            yield _recorded(thing, list(group))

    def bytes(self) -> int:
        """Return how many bytes there are to read at most."""
        (row,) = self._ask(_BYTES, only=self._chosen(f"/({_HAS})?") or _AT_REST)
        return int(row["all"].value) if row["all"] is not None else 0

    def folders(self) -> Iterator[tuple[NamedNode, str]]:
        """Yield each thing whose digest is that of a folder's files, with the digest."""
        for row in self._ask(_FOLDERS, only=self._chosen(), manifest=MANIFEST):
            yield row["thing"], row["sha256"].value

    def members(self, thing: NamedNode) -> list[Member]:
        """Return the files of `thing`, each once for every address."""
        rows = self._ask(_MEMBERS, thing=thing)
        return [Member(row["location"].value, row["sha256"].value, _size(row["size"])) for row in rows]

    def sources(self, thing: NamedNode) -> list[str]:
        """Return the identifiers of what `thing` was obtained from."""
        return [row["at"].value for row in self._ask(_SOURCES, thing=thing)]

    def in_no_file(self) -> Iterator[Recorded]:
        """Yield data and models whose content nobody put at an address."""
        for row in self._ask(_IN_NO_FILE, only=self._chosen(), manifest=MANIFEST):
            form = row["form"].value if row["form"] is not None else None
            yield Recorded(row["thing"], (row["sha256"].value,), form, None, ())

    def owners(self, things: Sequence[NamedNode]) -> dict[NamedNode, list[NamedNode]]:
        """Return, by content, the things that it is a file of."""
        found: dict[NamedNode, list[NamedNode]] = {}
        for row in self._ask(_OWNERS, things=" ".join(map(str, things)), has=f"({_HAS})"):
            if isinstance(row["owner"], NamedNode):
                found.setdefault(row["thing"], []).append(row["owner"])
        return found

    def of_content(self, sha256: str) -> list[NamedNode]:
        """Return the things that bytes with that digest are a file of."""
        file = file_iri(sha256)
        return self.owners([file]).get(file, [])

    def _chosen(self, more: str = "") -> str:
        """Return a pattern for what belongs to the one thing: it, its versions, and their files."""
        return "" if self._only is None else f"{self._only} (^pvk:versionOf)?{more} ?thing ."

    def _ask(self, query: str, **given: object) -> Iterator[Any]:
        # What is put in are IRIs, serialised as terms, and text of this module.
        found = self._index.result(_PROLOGUE + query % given)
        if not isinstance(found, QuerySolutions):
            raise TypeError("a SELECT has solutions")
        return iter(found)


def _recorded(thing: NamedNode, rows: list[Any]) -> Recorded:
    forms = {row["form"].value for row in rows if row["form"] is not None}
    sizes = {_size(row["size"]) for row in rows} - {None}
    return Recorded(
        thing,
        tuple(dict.fromkeys(row["sha256"].value for row in rows if row["sha256"] is not None)),
        None if forms <= {"bytes"} else min(forms),
        sizes.pop() if len(sizes) == 1 else None,
        tuple(dict.fromkeys(row["location"].value for row in rows)),
    )


def _size(said: Literal | None) -> int | None:
    return int(said.value) if said is not None and said.value.isdecimal() else None
