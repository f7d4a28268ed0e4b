"""What was refused lies here with its report until it is mended and added again."""

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from pyoxigraph import RdfFormat, Triple, serialize

from provkg.durable import sync_folder
from provkg.errors import StorageFailed
from provkg.vocabulary import NAMESPACES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from provkg.gate import Verdict

ENDINGS = (".ttl", ".json", ".report.txt", ".report.ttl")


class Rejected:
    """The refused records in `folder`: per record its statements, and its report in words and as RDF."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, record: str, triples: "Iterable[Triple]", verdict: "Verdict") -> Path:
        """Keep a refused record and why; return the file with its statements."""
        path = self._path(record, ".ttl")
        words = "".join(f"{problem}\n" for problem in verdict.problems)
        try:
            self._write(
                {
                    path: serialize(triples, format=RdfFormat.TURTLE, prefixes=NAMESPACES) or b"",
                    self._path(record, ".report.txt"): words.encode(),
                    self._path(record, ".report.ttl"): verdict.report().encode(),
                }
            )
        except OSError as error:
            raise StorageFailed(f"cannot keep the refused record {path}: {error.strerror}") from error
        return path

    def keep_unmade(self, record: str, said: str, reason: str) -> Path:
        """Keep a record that could not be turned into statements, as the JSON in which it came."""
        path = self._path(record, ".json")
        try:
            self._write({path: said.encode(), self._path(record, ".report.txt"): f"{reason}\n".encode()})
        except OSError as error:
            raise StorageFailed(f"cannot keep the refused record {path}: {error.strerror}") from error
        return path

    def keep_file(self, path: Path) -> None:
        """Move a damaged file here, for somebody to look at."""
        try:
            # The spool may lie on another disk, where a rename cannot reach.
            self._write({self.folder / path.name: path.read_bytes()})
            path.unlink()
        except OSError as error:
            raise StorageFailed(f"cannot move {path} to {self.folder}: {error.strerror}") from error

    def forget(self, *records: str) -> None:
        """Remove what lies here of records that were accepted after all."""
        # Asked of the folder once: of nearly all records nothing is here.
        here = {path.name for path in self.folder.iterdir()} if self.folder.is_dir() else set()
        for record in records if here else ():
            found = [path for ending in ENDINGS if (path := self._path(record, ending)).name in here]
            try:
                for path in found:
                    path.unlink(missing_ok=True)
            except OSError as error:
                raise StorageFailed(
                    f"record {record} is kept, but what lay of it in {self.folder} cannot be removed: {error.strerror}"
                ) from error

    def _write(self, contents: "Mapping[Path, bytes]") -> None:
        """Write files that survive a power cut: once its verdict is told, a refused record may be here alone."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path, content in contents.items():
            with path.open("wb") as opened:
                opened.write(content)
                opened.flush()
                os.fsync(opened.fileno())
        sync_folder(self.folder)

    def _path(self, record: str, ending: str) -> Path:
        return self.folder / (quote(record, safe="")[:200] + ending)
