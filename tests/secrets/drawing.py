"""Secrets drawn from a fixed seed in the formats of `formats.toml`, so that none lies in the repository."""

from __future__ import annotations

import random
import re
import string
import tomllib
import uuid
from dataclasses import dataclass
from pathlib import Path

LETTERS = {
    "alnum": string.ascii_letters + string.digits,
    "base32": string.ascii_uppercase + "234567",
    "base64": string.ascii_letters + string.digits + "+/",
    "base64url": string.ascii_letters + string.digits + "-_",
    "digits": string.digits,
    "hex": "0123456789abcdef",
    "lower": string.ascii_lowercase + string.digits,
    "upper": string.ascii_uppercase + string.digits,
}
DRAWN = re.compile(r"\{(\w+)(?::(\d+))?\}")
SHORTEST = 8
"""Parts below that are found in any text by chance."""


@dataclass(frozen=True)
class Secret:
    """One secret as it was drawn."""

    name: str
    value: str
    text: str
    """The secret as it stands in a text of its kind."""
    named: str | None
    drawn: tuple[str, ...]
    """The parts of it that are random."""

    def left_in(self, content: str | bytes) -> list[str]:
        """Return the beginnings and ends of its random parts that are in `content`."""
        text = content if isinstance(content, str) else content.decode("latin-1")
        pieces = {piece for part in self.drawn for piece in (part[:SHORTEST], part[-SHORTEST:])}
        return sorted(piece for piece in pieces if piece in text)


def secrets(seed: int = 7) -> list[Secret]:
    """Return one secret of each format."""
    formats = tomllib.loads((Path(__file__).parent / "formats.toml").read_text("utf-8"))["format"]
    source = random.Random(seed)
    return [_drawn(each, source) for each in formats]


def _drawn(described: dict[str, str], source: random.Random) -> Secret:
    parts: list[str] = []

    def draw(found: re.Match[str]) -> str:
        part = _part(found[1], int(found[2] or 0), source)
        if len(part) >= SHORTEST:
            parts.append(part)
        return part

    value = DRAWN.sub(draw, described["secret"])
    named = described.get("named")
    text = described.get("text", f"{named}={{}}" if named else "{}").replace("{}", value)
    return Secret(described["name"], value, text, named, tuple(parts))


def _part(kind: str, length: int, source: random.Random) -> str:
    if kind == "uuid":
        return str(uuid.UUID(int=source.getrandbits(128), version=4))
    if kind == "password":  # as people are asked for: letters of all kinds, digits, signs
        word = [source.choice(LETTERS["alnum"]) for _ in range(length - 2)]
        return "".join([*word, source.choice("!#*+~^"), source.choice(string.digits)])
    return "".join(source.choice(LETTERS[kind]) for _ in range(length))
