"""The index's VERSION file: which engine wrote it and how far it followed the ledger."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import pyoxigraph

FILE: Final = "VERSION"
# Raise it when the same entries give other statements in the index: older indexes are then rebuilt.
LAYOUT: Final = 3


@dataclass(frozen=True)
class Version:
    """What is known of an index without opening it; `mark` is that of the last entry applied."""

    position: int = 0
    mark: str = ""
    pyoxigraph: str = pyoxigraph.__version__
    layout: int = LAYOUT

    @property
    def current(self) -> bool:
        """Whether this installation writes such indexes."""
        return self.pyoxigraph == pyoxigraph.__version__ and self.layout == LAYOUT

    def write(self, folder: Path) -> None:
        """Put the file in `folder`, whole or not at all."""
        draft = folder / f"{FILE}.new"
        with draft.open("w") as opened:
            json.dump(asdict(self), opened)
            opened.flush()
            os.fsync(opened.fileno())
        draft.replace(folder / FILE)

    @classmethod
    def read(cls, folder: Path) -> "Version | None":
        """Return what the file in `folder` says, or None when it is missing or damaged."""
        try:
            said = json.loads((folder / FILE).read_text())
            return cls(int(said["position"]), str(said["mark"]), str(said["pyoxigraph"]), int(said["layout"]))
        except (OSError, ValueError, TypeError, KeyError):
            return None
