"""On which line of a Turtle file each statement stands: a parser says what a file means, not where.

The walk follows the grammar (RDF 1.1 Turtle, section 6.5) over text that a parser has accepted. The n-th statement with
a predicate is taken to stand where the text says that predicate for the n-th time, an object completing a statement.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import RdfFormat, Triple, parse

from provkg.errors import MalformedRDF, Unreadable
from provkg.vocabulary import NAMESPACES, rdf_type

_TOKEN: Final = re.compile(
    r"""
      (?P<comment>\#[^\n\r]*)
    | (?P<string>\"{3}(?:\"{0,2}(?:[^"\\]|\\.))*\"{3} | '{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}
               | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*')
    | (?P<datatype>\^\^)
    | (?P<iri><[^<>"{}|^`\s]*>)
    | (?P<directive>@prefix\b|@base\b|(?i:\bprefix\b(?!:)|\bbase\b(?!:)))
    | (?P<tag>@[A-Za-z-]+[A-Za-z0-9-]*)
    | (?P<label>_:[\w](?:[\w.-]*[\w-])?)
    | (?P<pname>(?:[^\W\d_](?:[\w.-]*[\w-])?)?:(?:[\w:%-]|\\\S|\.(?=[\w:%\\.-]))*)
    | (?P<number>[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<word>\w+)
    | (?P<mark>[][();,.])
    """,
    re.VERBOSE | re.DOTALL,
)
# Nobody writes more; a walk into thousands would run out of stack, here or in an engine.
MOST_BRACKETS: Final = 100
_WALKED: Final = (RdfFormat.TURTLE, RdfFormat.N_TRIPLES)
_LIST: Final = frozenset(NAMESPACES["rdf"] + name for name in ("first", "rest"))


@dataclass(frozen=True)
class Located:
    """A statement of a file, and the line of its predicate, counted from 1, where it could be found."""

    triple: Triple
    line: int | None


def located(file: Path) -> list[Located]:
    """Return the statements of an RDF file, in Turtle with their lines; raises `MalformedRDF` or `Unreadable`."""
    kind = RdfFormat.from_extension(file.suffix.removeprefix(".")) or RdfFormat.TURTLE
    try:
        content = file.read_bytes().removeprefix(BOM_UTF8)
        # Renamed: two files may both say _:a.
        parsed = parse(content, format=kind, base_iri=file.resolve().as_uri(), rename_blank_nodes=True)
        triples = [quad.triple for quad in parsed]
        text = content.decode()
    except SyntaxError as error:
        raise MalformedRDF(file, error.msg, line=error.lineno, column=error.offset) from None
    except OSError as error:
        raise Unreadable(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:  # the parser does not read comments
        line = error.object.count(b"\n", 0, error.start) + 1
        raise MalformedRDF(file, "this is not UTF-8; save the file in that encoding", line=line) from None
    try:
        said = list(_Walk(text).predicates()) if kind in _WALKED else []
    except _TooDeep as error:
        reason = f"brackets in more than {MOST_BRACKETS} others; give some of the nodes IRIs"
        raise MalformedRDF(file, reason, line=error.line) from None
    return _matched(triples, [(_resolved(token, parsed.prefixes), token[2]) for token in said])


def _matched(triples: Sequence[Triple], said: Iterable[tuple[str, int]]) -> list[Located]:
    lines: dict[str, deque[int]] = defaultdict(deque)
    for predicate, line in said:
        lines[predicate].append(line)
    stated = Counter(triple.predicate.value for triple in triples)
    sure = {each for each, count in stated.items() if count == len(lines[each])} - _LIST
    return [Located(t, lines[t.predicate.value].popleft() if t.predicate.value in sure else None) for t in triples]


Token = tuple[str, str, int]
_END: Final[Token] = ("end", "", 0)


def _resolved(token: Token, prefixes: Mapping[str, str]) -> str:
    kind, text, _ = token
    if kind == "iri":
        return text[1:-1]
    if kind == "word":  # `a`
        return rdf_type.value
    prefix, _, local = text.partition(":")
    return prefixes.get(prefix, f"{prefix}:") + re.sub(r"\\(.)", r"\1", local)


class _TooDeep(Exception):
    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class _Walk:
    """A walk over the tokens of Turtle text."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._here = next(self._tokens, _END)
        self._within = 0

    def predicates(self) -> Iterator[Token]:
        """Yield the predicate of each statement."""
        while self._here != _END:
            if self._here[0] == "directive":
                self._skip_directive()
            else:
                yield from self._statement()

    def _next(self) -> Token:
        passed, self._here = self._here, next(self._tokens, _END)
        if passed[0] == "mark":
            self._within += {"[": 1, "(": 1, "]": -1, ")": -1}.get(passed[1], 0)
        if self._within > MOST_BRACKETS:
            raise _TooDeep(passed[2])
        return passed

    def _at(self, mark: str) -> bool:
        return self._here[0] == "mark" and self._here[1] == mark

    def _skip_directive(self) -> None:
        while self._next()[0] not in {"iri", "end"}:
            pass
        if self._at("."):
            self._next()

    def _statement(self) -> Iterator[Token]:
        yield from self._term(None)
        yield from self._said()
        self._next()

    def _said(self) -> Iterator[Token]:
        """Go through predicates and objects, up to the full stop or bracket after them."""
        while not (self._at(".") or self._at("]") or self._here == _END):
            if self._at(";"):
                self._next()
                continue
            predicate = self._next()
            yield from self._term(predicate)
            while self._at(","):
                self._next()
                yield from self._term(predicate)

    def _term(self, predicate: Token | None) -> Iterator[Token]:
        """Go through a subject, a member of a list, or the object of a statement with `predicate`."""
        kind, text, _ = self._next()
        if (kind, text) == ("mark", "["):
            yield from self._said()
            self._next()
        elif (kind, text) == ("mark", "("):
            yield from self._list()
        elif kind == "string" and self._here[0] in {"tag", "datatype"} and self._next()[0] == "datatype":
            self._next()
        if predicate is not None:
            yield predicate

    def _list(self) -> Iterator[Token]:
        while not (self._at(")") or self._here == _END):
            yield from self._term(None)
        self._next()


def _tokens(text: str) -> Iterator[Token]:
    line, end = 1, 0
    for match in _TOKEN.finditer(text):
        line, end = line + text.count("\n", end, match.start()), match.start()
        if match.lastgroup != "comment":
            yield str(match.lastgroup), match.group(), line
