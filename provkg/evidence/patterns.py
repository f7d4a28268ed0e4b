"""What a SPARQL query looks for: the triple patterns of its text, by the SELECT that sees their variables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
from typing import Literal as OneOf

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from provkg.errors import UsageError
from provkg.sparql import Token, tokens

RDF_TYPE: Final = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_TERMS: Final = frozenset({"iri", "prefixed", "string", "number"})
_CLOSING: Final = {"(": ")", "{": "}", "[": "]"}
_ENDS: Final = frozenset({".", ";", ",", "}", "]", ")"})
Op = OneOf["iri", "^", "/", "|", "*", "+", "?", "!"]


@dataclass(frozen=True)
class Variable:
    """A variable; a blank node of a query is one that nobody sees (SPARQL 1.1, section 4.1.4)."""

    name: str
    hidden: bool = False


@dataclass(frozen=True)
class Path:
    """A property path (SPARQL 1.1, section 9); of one property alone, `op` is `iri`."""

    op: Op
    parts: tuple[Path, ...] = ()
    iri: NamedNode | None = None


Node = NamedNode | Literal | Variable


@dataclass(frozen=True)
class Pattern:
    """What must stand in the graph; `record` where it is said of records, in a named graph."""

    subject: Node
    path: Path | Variable
    target: Node
    record: bool = False


@dataclass
class Scope:
    """The patterns whose variables one SELECT sees, and the text that finds their values.

    `shown` are those of its variables that stand in its rows as they are; None for all. `within` are the SELECTs in it,
    `tested` the patterns of each EXISTS; `aside` is all that is looked at for what is there, or is not, alone.
    """

    where: str = ""
    shown: tuple[str, ...] | None = None
    patterns: list[Pattern] = field(default_factory=list)
    within: list[Scope] = field(default_factory=list)
    tested: list[list[Pattern]] = field(default_factory=list)
    aside: list[Scope] = field(default_factory=list)


def scope_of(text: str) -> Scope:
    """Return what the query `text`, which the engine takes, looks for; raises `UsageError` for what is unknown here."""
    return _Reading(text).query()


class _Reading:
    """Goes through the tokens of one query."""

    def __init__(self, text: str) -> None:
        self._said, place = text, 0
        self._tokens: list[Token] = []
        self._starts: list[int] = []
        for token in tokens(text):
            if token.kind not in {"space", "comment"}:
                self._tokens.append(token)
                self._starts.append(place)
            place += len(token.text)
        self._at = self._blanks = 0
        self.prologue = ""

    def query(self) -> Scope:
        """Read the whole query."""
        start = self._at
        while self._word() in {"BASE", "PREFIX", "VERSION"}:
            self._at += 3 if self._word() == "PREFIX" else 2
        self.prologue = self._text(start, self._at)
        if self._word() == "SELECT":
            return self._select()
        while self._word() != "WHERE" and not (self._is("{") and self._word(-1) not in {"CONSTRUCT"}):
            self._skip() if self._is("{") else self._step()
            if self._at >= len(self._tokens):
                raise UsageError("the query has no WHERE, so there are no patterns behind its answer")
        return self._where(Scope())

    def _select(self) -> Scope:
        shown: list[str] | None = []
        self._at += 1
        while self._word() != "WHERE" and not self._is("{"):
            if self._is("("):
                self._skip()
                continue
            if self._is("*"):
                shown = None
            elif self._now().kind == "variable" and shown is not None:
                shown.append(self._now().text[1:])
            self._step()
        scope = self._where(Scope(shown=None if shown is None else tuple(shown)))
        while self._at < len(self._tokens) and not self._is("}"):
            self._skip() if self._now().text in _CLOSING else self._step()
        return scope

    def _where(self, scope: Scope) -> Scope:
        while not self._is("{"):
            self._step()
        start = self._at
        self._group(scope, scope.patterns, record=False)
        scope.where = f"{self.prologue}\nSELECT * WHERE {self._text(start, self._at)}"
        return scope

    def _group(self, scope: Scope, found: list[Pattern], *, record: bool) -> None:
        """Read a group; its patterns go to `found`."""
        self._step()
        while not self._is("}"):
            word = self._word()
            if word == "SELECT":
                scope.within.append(self._select())
            elif self._is("{") or word in {"OPTIONAL", "UNION", "LATERAL"}:
                self._at += 0 if self._is("{") else 1
                self._group(scope, found, record=record) if self._is("{") else None
            elif word == "GRAPH":
                self._at += 2
                self._group(scope, found, record=True)
            elif word == "MINUS":
                self._at += 1
                beside = self._beside(scope)
                self._group(beside, beside.patterns, record=record)
            elif word in {"FILTER", "BIND", "VALUES"}:
                self._condition(scope, record=record)
            elif self._is("."):
                self._step()
            else:
                self._triples(found, record=record)
        self._step()

    def _condition(self, scope: Scope, *, record: bool) -> None:
        """Go over FILTER, BIND or VALUES; what EXISTS looks for counts, what NOT EXISTS does not find cannot."""
        values = self._word() == "VALUES"
        self._step()
        depth = 0
        while True:
            if self._word() == "EXISTS":
                self._exists(scope, negated=self._word(-1) == "NOT", record=record)
                closed = True
            else:
                closed = self._now().text in {")", "}"}
                depth += (self._now().text in {"(", "{"}) - closed
                self._step()
            # Of VALUES, variables in brackets come before the values in braces.
            if depth == 0 and closed and not (values and self._is("{")):
                return

    def _exists(self, scope: Scope, *, negated: bool, record: bool) -> None:
        self._step()
        beside = self._beside(scope)
        self._group(beside, beside.patterns, record=record)
        if not negated:
            # What an EXISTS within it looks for begins at what it found itself.
            scope.tested += [beside.patterns, *([*beside.patterns, *within] for within in beside.tested)]

    def _beside(self, scope: Scope) -> Scope:
        beside = Scope()
        scope.aside.append(beside)
        return beside

    def _triples(self, found: list[Pattern], *, record: bool) -> None:
        subject = self._node(found, record=record)
        if not self._is("."):
            self._properties(subject, found, record=record)

    def _properties(self, subject: Node, found: list[Pattern], *, record: bool) -> None:
        while self._now().text not in {".", "}", "]"} and self._word() not in _CLAUSES:
            if self._is(";"):
                self._step()
                continue
            verb = self._verb()
            while True:
                found.append(Pattern(subject, verb, self._node(found, record=record), record))
                if not self._is(","):
                    break
                self._step()
            if not self._is(";"):
                return

    def _verb(self) -> Path | Variable:
        if self._now().kind == "variable":
            return self._variable()
        return self._alternatives()

    def _alternatives(self) -> Path:
        return self._joined("|", self._sequence)

    def _sequence(self) -> Path:
        return self._joined("/", self._element)

    def _joined(self, sign: OneOf["|", "/"], part: object) -> Path:
        parts = [part()]  # type: ignore[operator]
        while self._is(sign):
            self._step()
            parts.append(part())  # type: ignore[operator]
        return parts[0] if len(parts) == 1 else Path(sign, tuple(parts))

    def _element(self) -> Path:
        if self._is("^") or self._is("!"):
            op: Op = "^" if self._is("^") else "!"
            self._step()
            return Path(op, (self._element(),))
        if self._is("("):
            self._step()
            path = self._alternatives()
        else:
            path = Path("iri", iri=RDF_TYPE if self._now().text == "a" else self._iri())
        self._step()
        while (sign := self._now().text) in {"*", "+", "?"}:
            path = Path(sign, (path,))  # type: ignore[arg-type]
            self._step()
        return path

    def _node(self, found: list[Pattern], *, record: bool) -> Node:
        token = self._now()
        if token.kind == "variable":
            return self._variable()
        if token.text == "[":
            return self._anonymous(found, record=record)
        if token.text.startswith("_:"):
            self._step()
            return Variable(token.text, hidden=True)
        return self._term()

    def _anonymous(self, found: list[Pattern], *, record: bool) -> Variable:
        self._blanks += 1
        node = Variable(f"[{self._blanks}]", hidden=True)
        self._step()
        self._properties(node, found, record=record)
        self._step()
        return node

    def _variable(self) -> Variable:
        name = self._now().text[1:]
        self._step()
        return Variable(name)

    def _term(self) -> NamedNode | Literal:
        """Return the term that begins here, of one token or, as `"a"@en` and `-1`, of several."""
        start = self._at
        self._at += self._now().text in {"+", "-"}
        if self._now().kind not in _TERMS and self._word() not in {"TRUE", "FALSE"}:
            raise UsageError(f"{self._now().text}: quoted triples and collections have no records behind them here")
        self._step()
        if self._at < len(self._tokens) and self._now().kind == "symbol" and self._now().text.startswith("@"):
            self._step()
        elif self._is("^^"):
            self._at += 2
        return self._parsed(self._text(start, self._at))

    def _iri(self) -> NamedNode:
        term = self._parsed(self._now().text)
        if not isinstance(term, NamedNode):
            raise UsageError(f"{self._now().text} is no property")
        return term

    def _parsed(self, text: str) -> NamedNode | Literal:
        # SPARQL writes terms and prologues as Turtle does.
        (quad,) = parse(f"{self.prologue}\n<x:s> <x:p> {text} .", format=RdfFormat.TURTLE)
        if not isinstance(quad.object, NamedNode | Literal):
            raise UsageError(f"{text} is no IRI and no literal")
        return quad.object

    def _skip(self) -> None:
        """Go over what stands in brackets."""
        for depth in self._depths():
            if depth == 0:
                return

    def _depths(self) -> Iterator[int]:
        depth = 0
        while self._at < len(self._tokens):
            depth += (self._now().text in _CLOSING) - (self._now().text in _CLOSING.values())
            self._step()
            yield depth

    def _now(self) -> Token:
        return self._tokens[self._at]

    def _is(self, text: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at].text == text

    def _word(self, ahead: int = 0) -> str:
        token = self._tokens[self._at + ahead] if self._at + ahead < len(self._tokens) else None
        return token.text.upper() if token is not None and token.kind == "word" else ""

    def _step(self) -> None:
        self._at += 1

    def _text(self, start: int, end: int) -> str:
        if start == end:
            return ""
        return self._said[self._starts[start] : self._starts[end - 1] + len(self._tokens[end - 1].text)]


_CLAUSES: Final = frozenset({"FILTER", "BIND", "VALUES", "OPTIONAL", "UNION", "MINUS", "GRAPH", "LATERAL"})


def all_scopes(scope: Scope) -> Sequence[Scope]:
    """Return `scope` and the scopes in it."""
    return [scope, *(each for inner in (*scope.within, *scope.aside) for each in all_scopes(inner))]
