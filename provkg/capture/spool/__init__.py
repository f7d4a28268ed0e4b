"""The spool: a file per process in which events wait for a graph, safe against every kind of death of the process."""

from provkg.capture.spool.file import SpoolFile, remove_orphans, spool_files
from provkg.capture.spool.frames import Damage, Frame
from provkg.capture.spool.reading import OpenRun
from provkg.capture.spool.verdicts import Outcome
from provkg.capture.spool.writer import PointsOf, SpoolWriter

__all__ = [
    "Damage",
    "Frame",
    "OpenRun",
    "Outcome",
    "PointsOf",
    "SpoolFile",
    "SpoolWriter",
    "remove_orphans",
    "spool_files",
]
