"""Where things stand in RDF text: the line of each subject, of the first blank node, of the first triple term.

A parser says what a file means, not where; reports and refusals need the line. This is a scan of tokens (Turtle 1.1
section 6.5 and TriG, of which N-Triples and N-Quads are subsets), not a second parser: it never decides what is valid.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin

_TOKEN: Final = re.compile(
    r"""
      (?P<comment>\#[^\n\r]*)
    | (?P<string>\"{3}(?:\"{0,2}(?:[^"\\]|\\.))*\"{3} | '{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}
               | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*')
    | (?P<triple><<)
    | (?P<iri><[^<>"{}|^`\s]*>)
    | (?P<directive>@prefix\b|@base\b|(?i:\bprefix\b(?!:)|\bbase\b(?!:)))
    | (?P<tag>@[A-Za-z-]+)
    | (?P<blank>_:|\[|\()
    | (?P<pname>(?:[^\W\d_](?:[\w.-]*[\w-])?)?:(?:[\w:%-]|\\\S|\.(?=[\w:%\\.-]))*)
    | (?P<number>[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<word>\w+)
    | (?P<end>[.{}])
    """,
    re.VERBOSE | re.DOTALL,
)
_JSON_ID: Final = re.compile(r'"(?:@id|id)"\s*:\s*"((?:[^"\\]|\\.)*)"')


@dataclass
class Places:
    """Lines, counted from 1, of what a report or refusal points at; `None` where the text has no such thing."""

    subjects: dict[str, int] = field(default_factory=dict)
    blank_node: int | None = None
    triple_term: int | None = None


def in_turtle(text: str) -> Places:
    """Return the places in Turtle, TriG, N-Triples or N-Quads text."""
    scan = _TurtleScan()
    for kind, value, line in _tokens(text):
        scan.take(kind, value, line)
    return scan.places


def in_json_ld(text: str) -> Places:
    """Return the lines of the full IRIs that stand as `@id` in JSON-LD text; compact ones are not resolved."""
    places, line, end = Places(), 1, 0
    for match in _JSON_ID.finditer(text):
        line, end = line + text.count("\n", end, match.start()), match.start()
        name = match[1].replace("\\/", "/")
        if name.startswith("_:"):
            places.blank_node = places.blank_node or line
        else:
            places.subjects.setdefault(name, line)
    return places


def line_of(text: str, wanted: str) -> int | None:
    """Return the line where `wanted` first stands."""
    position = text.find(wanted)
    return None if position < 0 else text.count("\n", 0, position) + 1


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    line, end = 1, 0
    for match in _TOKEN.finditer(text):
        line, end = line + text.count("\n", end, match.start()), match.start()
        yield str(match.lastgroup), match.group(), line


class _TurtleScan:
    """Follows statements closely enough to know which names stand at their start."""

    def __init__(self) -> None:
        self.places = Places()
        self._prefixes: dict[str, str] = {}
        self._base = ""
        self._at_start = True
        self._directive: str | None = None
        self._declared: str | None = None

    def take(self, kind: str, value: str, line: int) -> None:
        """Move on by one token."""
        match kind:
            case "blank":
                self.places.blank_node = self.places.blank_node or line
                self._at_start = False
            case "triple":
                self.places.triple_term = self.places.triple_term or line
            case "directive":
                self._directive, self._declared = value.lower().lstrip("@"), None
            case "end":
                self._at_start, self._directive = True, None
            case "iri" | "pname" if self._directive:
                self._declare(kind, value)
            case "iri" | "pname" if self._at_start:
                self.places.subjects.setdefault(self._resolved(kind, value), line)
                self._at_start = False
            case "string" | "number":
                self._at_start = False

    def _declare(self, kind: str, value: str) -> None:
        if kind == "pname":
            self._declared = value.removesuffix(":")
            return
        if self._directive == "base":
            self._base = urljoin(self._base, value[1:-1])
        elif self._declared is not None:
            self._prefixes[self._declared] = urljoin(self._base, value[1:-1])
        # SPARQL's PREFIX ends without a full stop.
        self._directive, self._at_start = None, True

    def _resolved(self, kind: str, value: str) -> str:
        if kind == "iri":
            return urljoin(self._base, value[1:-1]) if self._base else value[1:-1]
        prefix, _, local = value.partition(":")
        return self._prefixes.get(prefix, f"{prefix}:") + re.sub(r"\\(.)", r"\1", local)
