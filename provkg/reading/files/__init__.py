"""Whether the files that a graph names are still where they were and what they were."""

from provkg.reading.files.checking import FileCheck
from provkg.reading.files.finding import STATUSES, FileFinding
from provkg.reading.files.vouching import Vouching

__all__ = ["STATUSES", "FileCheck", "FileFinding", "Vouching"]
