"""The frames of a spool file: how events lie on disk so that a torn or damaged file gives back all that is intact.

A frame is `magic ‖ length ‖ crc32 ‖ sequence ‖ payload`, numbers little-endian, payload one JSON object in UTF-8. The
checksum covers length, sequence and payload.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct
from typing import Any, Final
from zlib import crc32

# 0xff never occurs in UTF-8, so no payload can look like the start of a frame.
MAGIC: Final = b"\xffPvK"
FRONT: Final = Struct("<4sIIQ")
CHECKED: Final = Struct("<IQ")


@dataclass(frozen=True)
class Frame:
    """One event; `end` is the place in the file after it."""

    sequence: int
    kind: str
    payload: dict[str, Any]
    end: int


@dataclass(frozen=True)
class Damage:
    """Bytes that are no frame; `torn` when nothing intact follows, as after a power cut."""

    start: int
    end: int
    torn: bool


def framed(sequence: int, payload: bytes) -> bytes:
    """Return the bytes of one frame."""
    length = len(payload)
    checksum = crc32(payload, crc32(CHECKED.pack(length, sequence)))
    return FRONT.pack(MAGIC, length, checksum, sequence) + payload


def read_frames(content: bytes, start: int = 0) -> Iterator[Frame | Damage]:
    """Yield every intact frame of `content` in order, and between them what is damaged."""
    at = start
    while at < len(content):
        frame = _frame_at(content, at)
        if frame is None:
            resumed = _next_frame(content, at + 1)
            yield Damage(at, resumed, torn=resumed == len(content))
            at = resumed
        else:
            yield frame
            at = frame.end


def _next_frame(content: bytes, start: int) -> int:
    at = content.find(MAGIC, start)
    while at >= 0 and _frame_at(content, at) is None:
        at = content.find(MAGIC, at + 1)
    return at if at >= 0 else len(content)


def _frame_at(content: bytes, at: int) -> Frame | None:
    if at + FRONT.size > len(content):
        return None
    magic, length, checksum, sequence = FRONT.unpack_from(content, at)
    end = at + FRONT.size + length
    if magic != MAGIC or end > len(content):
        return None
    payload = content[at + FRONT.size : end]
    if crc32(payload, crc32(CHECKED.pack(length, sequence))) != checksum:
        return None
    said = _parsed(payload)
    return Frame(sequence, str(said.get("kind")), said, end) if said is not None else None


def _parsed(payload: bytes) -> dict[str, Any] | None:
    try:
        said = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None
