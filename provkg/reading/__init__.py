"""What people read a graph with: `provkg.open("kg")` gives a Reader."""

from provkg.reading.exporting import EXPORT_FORMATS
from provkg.reading.portrait import Portrait
from provkg.reading.reader import Reader
from provkg.reading.reply import Reply

__all__ = ["EXPORT_FORMATS", "Portrait", "Reader", "Reply", "open"]

open = Reader.open  # noqa: A001 - as `provkg.open`, the name that readers of files know
