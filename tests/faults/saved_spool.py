"""A copy of spool files, with the segments that hold their points, to be put back later under any names."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from provkg.capture.spool import SpoolFile, spool_files


@dataclass(frozen=True)
class SavedSpool:
    """Copies of spool files in `folder`."""

    folder: Path

    @classmethod
    def of(cls, spool: Path, target: Path) -> SavedSpool:
        """Copy everything in `spool` to `target`."""
        shutil.copytree(spool, target)
        return cls(target)

    @property
    def files(self) -> Sequence[SpoolFile]:
        """The files in the order of their names."""
        return spool_files(self.folder)

    def put(self, spool: Path, *, backwards: bool = False) -> int:
        """Put all of them into `spool`, in the order of their names or against it, and return how many there are."""
        names = [file.emitter for file in self.files]
        for file, name in zip(self.files, reversed(names) if backwards else names, strict=True):
            # The segments first: without them a reader would take the points for lost.
            for path in [*file.segments(), file.path]:
                shutil.copy(path, spool / path.name.replace(file.emitter, name))
        return len(names)
