"""PROV-N: PROV documents as people write them (W3C Recommendation, 30 April 2013).

Expressions of other vocabularies are read over: no constraint speaks of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, NoReturn, TypeVar

from provkg.errors import MalformedPROV
from provkg.exchange.prov_names import Namespaces, stands_for_a_name, unescaped
from provkg.prov import Bundle, Document, Statement
from provkg.prov.document import Attribute, Filler, Pair, without_lonely_blanks
from provkg.prov.kinds import DICTIONARY_MEMBERSHIP, INSERTION, KINDS, REMOVAL, Kind
from provkg.prov.terms import LANG_STRING, XSD, Literal, Name, Time, Value
from provkg.prov.writing import write

__all__ = ["read", "write"]

Read = TypeVar("Read")
_SPACE: Final = re.compile(r"(?:[ \t\r\n\f\ufeff]|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
# PN_PREFIX and PN_LOCAL of PROV-N, section 3.7.1; \w is wider than its letter classes, which refuses nothing valid.
_PREFIX: Final = r"[^\W\d_](?:[\w.\-·]*[\w\-·])?"
_PART: Final = r"""(?:[\w/@~&+*?#$!\-·]|%[0-9A-Fa-f]{2}|\\[='(),\-:;\[\].])"""
_LOCAL: Final = rf"(?!-){_PART}(?:(?:{_PART}|\.)*{_PART})?"
_NAME: Final = re.compile(rf"({_PREFIX}):({_LOCAL})?|({_LOCAL})")
_TIME: Final = re.compile(r"\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?(?![\w:])", re.ASCII)
_INTEGER: Final = re.compile(r"-?\d+(?![\w:/.])", re.ASCII)
_IRI: Final = re.compile(r"<([^<>\"{}|^`\\\x00-\x20]*)>")
_LONG_STRING: Final = re.compile(r'"""((?:"{0,2}(?:[^"\\]|\\.))*)"""', re.DOTALL)
_STRING: Final = re.compile(r'"((?:[^"\\\n\r]|\\.)*)"')
_QUOTED: Final = re.compile(r"'((?:[^'\\\n\r]|\\.)*)'")
_LANGUAGE: Final = re.compile(r"@([A-Za-z]+(?:-[A-Za-z0-9]+)*)")
_WORD: Final = re.compile(rf"(?:({_PREFIX}):)?([A-Za-z][\w\-]*)")
_MARKER: Final = re.compile(r"-(?![\w:])")
_SKIPPED: Final = re.compile(r"""[^()"'\s]+|\s+""")
_ESCAPES: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_OWN: Final = {kind.name.removeprefix("prov:"): kind for kind in KINDS.values()}
_DEEPEST: Final = 100


def read(text: str, source: str = "<text>") -> Document:
    """Return the document that `text` says; raises `MalformedPROV` with `source`, line and column."""
    return _Parser(text, source).document()


class _Parser:
    """Reads by recursive descent; `_at` is the place in the text."""

    def __init__(self, text: str, source: str) -> None:
        self._text, self._source, self._at = text, source, 0
        self._counted = (0, 1)
        self._names = Namespaces(self._fail)

    def document(self) -> Document:
        self._keyword("document")
        self._declarations()
        statements, bundles = self._statements(), []
        while self._sees_keyword("bundle"):
            bundles.append(self._bundle())
        self._keyword("endDocument")
        self._skip_space()
        if self._at < len(self._text):
            self._fail("something stands behind endDocument")
        return Document(statements, tuple(bundles), self._names.prefixes)

    def _bundle(self) -> Bundle:
        self._keyword("bundle")
        outer, self._names = self._names, self._names.inner()
        name = self._expect(_NAME, "the name of the bundle")
        # The bundle's own prefixes serve for its name as well (PROV-N, section 3.9), and come after it.
        self._declarations()
        identifier = self._resolved(name, name.start())
        statements = self._statements()
        self._keyword("endBundle")
        self._names = outer
        return Bundle(identifier, statements)

    def _declarations(self) -> None:
        while True:
            if self._sees_keyword("default"):
                self._keyword("default")
                self._names.declare("", self._expect(_IRI, "an IRI in < >")[1])
            elif self._sees_keyword("prefix"):
                self._keyword("prefix")
                prefix = self._expect(re.compile(_PREFIX), "a prefix")[0]
                self._names.declare(prefix, self._expect(_IRI, "an IRI in < >")[1])
            else:
                return

    def _statements(self) -> tuple[Statement, ...]:
        statements = []
        while not any(map(self._sees_keyword, ("bundle", "endBundle", "endDocument"))):
            if (statement := self._expression()) is not None:
                statements.append(statement)
        return without_lonely_blanks(statements)

    def _expression(self) -> Statement | None:
        self._skip_space()
        line = self._line()
        start = self._at
        word = self._expect(_WORD, "a statement, for example entity(ex:e)")
        kind = _OWN.get(word[2]) if word[1] in {None, "prov"} else None
        if kind is None and word[1] is None:
            self._at = start
            self._fail(f"PROV-N has no statement called {word[2]!r}")
        self._symbol("(")
        if kind is None:
            self._skip_arguments()
            return None
        statement = self._element(kind, line) if kind.element else self._relation(kind, line)
        self._symbol(")")
        return statement

    def _element(self, kind: Kind, line: int) -> Statement:
        name = self._identifier_or_marker()
        arguments = self._arguments(kind, first=False)
        return Statement(kind, name, arguments, self._attributes(), line=line)

    def _relation(self, kind: Kind, line: int) -> Statement:
        name = self._own_identifier() if kind.identified else None
        arguments = self._arguments(kind, first=True)
        pairs = self._pairs(kind)
        attributes = self._attributes()
        return Statement(kind, name, arguments, attributes, pairs, line=line)

    def _own_identifier(self) -> Name | None:
        start = self._at
        if self._try(_MARKER):
            if self._try_symbol(";"):
                return None
        elif self._try(_NAME) and self._try_symbol(";"):
            self._at = start
            name = self._identifier()
            self._symbol(";")
            return name
        self._at = start
        return None

    def _arguments(self, kind: Kind, *, first: bool) -> tuple[Filler, ...]:
        fillers: list[Filler] = []
        for place in kind.arguments:
            start = self._at
            if (fillers or not first) and not self._try_symbol(","):
                break
            if self._sees("[") or self._sees("{"):
                self._at = start
                break
            fillers.append(self._time_or_marker() if place.role == "time" else self._identifier_or_marker())
        return (*fillers, *[None] * (len(kind.arguments) - len(fillers)))

    def _pairs(self, kind: Kind) -> frozenset[Pair]:
        if kind is DICTIONARY_MEMBERSHIP:
            self._symbol(",")
            entity = self._identifier_or_marker()
            self._symbol(",")
            return frozenset({(self._value(), entity)})
        if kind not in {INSERTION, REMOVAL}:
            return frozenset()
        self._symbol(",")
        self._symbol("{")
        read: Callable[[], Pair] = self._pair if kind is INSERTION else lambda: (self._value(), None)
        return frozenset(self._until("}", read))

    def _pair(self) -> Pair:
        self._symbol("(")
        key = self._value()
        self._symbol(",")
        entity = self._identifier()
        self._symbol(")")
        return key, entity

    def _attributes(self) -> frozenset[Attribute]:
        if not self._try_symbol(","):
            return frozenset()
        self._symbol("[")
        return frozenset(self._until("]", self._attribute))

    def _attribute(self) -> Attribute:
        name = self._identifier()
        self._symbol("=")
        return name, self._value()

    def _until(self, end: str, read: Callable[[], Read]) -> Iterator[Read]:
        if self._try_symbol(end):
            return
        yield read()
        while self._try_symbol(","):
            yield read()
        self._symbol(end)

    def _value(self) -> Value:
        if quoted := self._try(_QUOTED):
            return self._quoted_name(quoted)
        if number := self._try(_INTEGER):
            # PROV-N, section 3.7.3: a bare number is an xsd:int.
            return Literal(number[0], f"{XSD}int")
        string = self._try(_LONG_STRING) or self._expect(_STRING, "a value: \"text\", 'a:name' or a number")
        text = self._unescaped(string[1])
        if language := self._try(_LANGUAGE):
            return Literal(text, LANG_STRING, language[1].lower())
        if not self._try(re.compile("%%")):
            return Literal(text)
        datatype = self._identifier().iri
        if stands_for_a_name(datatype):
            return self._quoted_name(string)
        return Literal(text, datatype)

    def _quoted_name(self, quoted: re.Match[str]) -> Name:
        match = _NAME.fullmatch(quoted[1])
        if not match:
            self._at = quoted.start()
            self._fail(f"{quoted[1]!r} is no qualified name")
        return self._resolved(match, quoted.start())

    def _unescaped(self, text: str) -> str:
        return _ESCAPE.sub(lambda match: _ESCAPES.get(match[1], match[1]), text)

    def _identifier(self) -> Name:
        match = self._expect(_NAME, "a name, for example ex:report")
        return self._resolved(match, match.start())

    def _identifier_or_marker(self) -> Name | None:
        return None if self._try(_MARKER) else self._identifier()

    def _time_or_marker(self) -> Time | None:
        if self._try(_MARKER):
            return None
        match = self._expect(_TIME, "a time, for example 2012-04-01T12:00:00Z, or -")
        return Time(match[0])

    def _resolved(self, match: re.Match[str], start: int) -> Name:
        prefix, local = match[1] or "", match[2] or match[3] or ""
        after, self._at = self._at, start  # where the name stands, should it be unknown
        name = self._names.resolve(prefix, unescaped(local))
        self._at = after
        return name

    def _skip_arguments(self) -> None:
        """Pass over the arguments of an expression that PROV does not define, up to its closing parenthesis."""
        depth = 1
        while depth:
            if depth > _DEEPEST:
                self._fail("its parentheses are nested too deep")
            if self._try_symbol("("):
                depth += 1
            elif self._try_symbol(")"):
                depth -= 1
            elif not any(map(self._try, (_LONG_STRING, _STRING, _QUOTED, _SKIPPED))):
                self._fail("a closing parenthesis is missing")

    def _keyword(self, word: str) -> None:
        self._expect(re.compile(rf"{word}(?![\w:])"), word)

    def _sees_keyword(self, word: str) -> bool:
        self._skip_space()
        return re.compile(rf"{word}(?![\w:(])").match(self._text, self._at) is not None

    def _symbol(self, symbol: str) -> None:
        self._expect(re.compile(re.escape(symbol)), f"{symbol!r}")

    def _try_symbol(self, symbol: str) -> bool:
        return self._try(re.compile(re.escape(symbol))) is not None

    def _sees(self, symbol: str) -> bool:
        self._skip_space()
        return self._text.startswith(symbol, self._at)

    def _expect(self, pattern: re.Pattern[str], what: str) -> re.Match[str]:
        match = self._try(pattern)
        if match is None:
            found = self._text[self._at : self._at + 20].split("\n")[0]
            self._fail(f"{what} is expected here, " + (f"not {found!r}" if found else "but the text ends"))
        return match

    def _try(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        self._skip_space()
        match = pattern.match(self._text, self._at)
        if match:
            self._at = match.end()
        return match

    def _skip_space(self) -> None:
        match = _SPACE.match(self._text, self._at)
        assert match is not None  # noqa: S101 - the pattern fits nothing too
        self._at = match.end()

    def _line(self) -> int:
        at, line = self._counted if self._counted[0] <= self._at else (0, 1)
        self._counted = (self._at, line + self._text.count("\n", at, self._at))
        return self._counted[1]

    def _fail(self, reason: str) -> NoReturn:
        self._skip_space()
        column = self._at - (self._text.rfind("\n", 0, self._at) + 1) + 1
        raise MalformedPROV(self._source, reason, line=self._line(), column=column)
