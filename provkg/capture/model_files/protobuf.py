"""Protocol buffers as they lie in a file, field by field; what is not wanted is passed over unread.

The encoding: https://protobuf.dev/programming-guides/encoding
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from provkg.capture.model_files.facts import LONGEST_TEXT, MOST_BYTES, Malformed, Source

_WIDTHS: Final = {1: 8, 5: 4}
SIGN: Final = 1 << 63


@dataclass(frozen=True)
class Message:
    """The bytes of one message, from `start` up to `end`."""

    source: Source
    start: int
    end: int

    def fields(self) -> Iterator[tuple[int, int | Message]]:
        """Yield number and value of each field: a number, or the place of bytes, text or another message."""
        place = self.start
        window = _Window(self.source)
        while place < self.end:
            self.source.step()
            key, place = window.varint(place, self.end)
            number, kind = key >> 3, key & 7
            if kind == 0:
                value, place = window.varint(place, self.end)
                yield number, value
            elif kind == 2:
                length, place = window.varint(place, self.end)
                if length > self.end - place:
                    raise Malformed(f"it ends before byte {place + length:,}, where it says that more follows")
                yield number, Message(self.source, place, place + length)
                place += length
            elif kind in _WIDTHS and number:
                place += _WIDTHS[kind]
            else:
                raise Malformed("it has a field of a kind that there is not")
        if place != self.end:
            raise Malformed("a field of it goes beyond its message")

    @property
    def text(self) -> str:
        """These bytes as text, the beginning of it where it is long."""
        return self.source.at(self.start, min(self.end - self.start, LONGEST_TEXT)).decode("utf-8", "replace")

    def numbers(self) -> list[int]:
        """Return the numbers that are packed here."""
        window, place, found = _Window(self.source), self.start, list[int]()
        if self.end - self.start > MOST_BYTES:
            raise Malformed("a shape of it has millions of lengths")
        while place < self.end:
            value, place = window.varint(place, self.end)
            found.append(signed(value))
        return found


def signed(value: int) -> int:
    """Return a number of 64 bits with its sign."""
    return value - 2 * SIGN if value >= SIGN else value


class _Window:
    """Reads a file through a piece of it: fields are small, and each on its own would be a call."""

    SIZE: Final = 1 << 12

    def __init__(self, source: Source) -> None:
        self._source, self._start, self._content = source, 0, b""

    def varint(self, place: int, end: int) -> tuple[int, int]:
        """Return the number at `place`, and the place after it."""
        value = shift = 0
        while place < end and shift < 70:
            byte = self._byte(place)
            place += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value & (2 * SIGN - 1), place
            shift += 7
        raise Malformed("a number of it does not end")

    def _byte(self, place: int) -> int:
        if not self._start <= place < self._start + len(self._content):
            self._content = self._source.at(place, min(self.SIZE, self._source.size - place))
            self._start = place
            if not self._content:
                raise Malformed("it ends in the middle")
        return self._content[place - self._start]
