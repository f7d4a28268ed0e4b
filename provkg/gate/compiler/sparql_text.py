"""Queries of shapes put inside others: prefixes written out, pre-bound variables replaced, the others renamed.

Pre-binding (SHACL, section 5.3.1) comes to looking the query up for each node: `LATERAL` and `EXISTS` do that, and what
makes the two differ is forbidden in such a query by appendix A.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode

from provkg.errors import Unreadable
from provkg.gate.shapes import Node, Shapes, Term, sh
from provkg.sparql import Token, tokens
from provkg.vocabulary import NAMESPACES

PREFIXES: Final = sh("prefixes")
_IMPORTS: Final = NamedNode(NAMESPACES["owl"] + "imports")
_FORBIDDEN: Final = frozenset({"MINUS", "VALUES", "SERVICE"})
_PREBOUND: Final = frozenset({"this", "value", "PATH", "currentShape", "shapesGraph"})


@dataclass(frozen=True)
class Embedded:
    """A query that can stand inside another, and the variables of its projection under their own names."""

    text: str
    columns: Mapping[str, str]


def embedded_select(text: str, prefixes: Mapping[str, str], names: Mapping[str, str], own: str) -> Embedded:
    """Return the SELECT `text` as a group pattern; `names` replaces variables, all others are called after `own`."""
    query = _Query.read(text, prefixes)
    query.check(set(names) | _PREBOUND)
    columns = query.columns()
    written = query.written(names, own)
    return Embedded(f"{{ {written} }}", {name: names.get(name, f"?{own}_{name}") for name in columns})


def embedded_ask(text: str, prefixes: Mapping[str, str], names: Mapping[str, str], own: str) -> str:
    """Return the group pattern of the ASK `text`."""
    query = _Query.read(text, prefixes)
    query.check(set(names) | _PREBOUND)
    return query.from_group().written(names, own)


def declared_prefixes(shapes: Shapes, executable: Term) -> dict[str, str]:
    """Return the prefixes that `executable` takes from its `sh:prefixes` and what those import (section 5.2.1)."""
    found: dict[str, str] = {}
    todo, seen = shapes.values(executable, PREFIXES), set[Term]()
    while todo:
        ontology = todo.pop()
        if ontology not in seen:
            seen.add(ontology)
            todo += shapes.values(ontology, _IMPORTS)
            for declaration in shapes.values(ontology, sh("declare")):
                prefix, space = (shapes.value(declaration, sh(name)) for name in ("prefix", "namespace"))
                if isinstance(prefix, Literal) and isinstance(space, Literal):
                    found[prefix.value] = space.value
    return found


@dataclass(frozen=True)
class _Query:
    parts: Sequence[Token]

    @classmethod
    def read(cls, text: str, prefixes: Mapping[str, str]) -> _Query:
        """Read tokens with every name written out, without comments and prologue."""
        said = [each for each in tokens(text) if each.kind not in {"comment", "space"}]
        known = dict(prefixes)
        while len(said) > 3 and said[0].text.upper() == "PREFIX":
            known[said[1].text.removesuffix(":")] = said[2].text[1:-1]
            said = said[3:]
        return cls([_written_out(each, known) for each in said])

    def check(self, prebound: set[str]) -> None:
        """Raise `Unreadable` for what a query with pre-bound variables must not say (SHACL, appendix A)."""
        for before, token in zip([None, *self.parts], self.parts, strict=False):
            word = token.text.upper() if token.kind == "word" else ""
            if word in _FORBIDDEN:
                raise Unreadable(f"a query of the shapes says {word}, which SHACL does not allow there")
            if before is not None and before.text.upper() == "AS" and token.text[1:] in prebound:
                raise Unreadable(f"a query of the shapes binds {token.text}, which is bound already")
        for place in [n for n, token in enumerate(self.parts) if token.text.upper() == "SELECT"][1:]:
            if "this" not in _projected(self.parts[place + 1 :]):
                raise Unreadable("a query of the shapes has a nested SELECT that does not return $this")

    def columns(self) -> list[str]:
        """Return the names of the variables that the query returns."""
        if not self.parts or self.parts[0].text.upper() != "SELECT":
            raise Unreadable("a sh:select of the shapes is no SELECT query")
        found = _projected(self.parts[1:])
        every = [token.text[1:] for token in self.parts if token.kind == "variable"]
        return list(dict.fromkeys(every if "*" in found else found))

    def from_group(self) -> _Query:
        """Return what an ASK asks, without the word."""
        if not self.parts or self.parts[0].text.upper() != "ASK":
            raise Unreadable("a sh:ask of the shapes is no ASK query")
        return _Query(self.parts[2:] if self.parts[1].text.upper() == "WHERE" else self.parts[1:])

    def written(self, names: Mapping[str, str], own: str) -> str:
        """Return the text with its variables replaced."""
        # Oxigraph's grammar has no room between COALESCE and its bracket.
        return "".join(each if each == "(" else f" {each}" for each in _replaced(self.parts, names, own))


def _projected(parts: Sequence[Token]) -> list[str]:
    found, depth = [], 0
    for before, token in zip([None, *parts], parts, strict=False):
        if token.text == "{" or token.text.upper() == "WHERE":
            break
        depth += (token.text == "(") - (token.text == ")")
        named = before is not None and before.text.upper() == "AS"
        if token.kind == "variable" and (depth == 0 or named):
            found.append(token.text[1:])
        elif token.text == "*" and depth == 0:
            found.append("*")
    return found


def _replaced(parts: Sequence[Token], names: Mapping[str, str], own: str) -> Iterator[str]:
    skipped = 0
    for place, token in enumerate(parts):
        if skipped:
            skipped -= 1
        elif _asks_whether_bound(parts[place : place + 4], names):
            skipped = 3
            yield "(true)"
        elif token.kind == "variable":
            yield names.get(token.text[1:], f"?{own}_{token.text[1:]}")
        else:
            yield token.text


def _asks_whether_bound(parts: Sequence[Token], names: Mapping[str, str]) -> bool:
    """Whether this is `BOUND($name)` of a name that a term replaces: that would not parse."""
    if len(parts) < 4 or parts[0].text.upper() != "BOUND" or parts[2].kind != "variable":
        return False
    return not names.get(parts[2].text[1:], "?").startswith("?")


def _written_out(token: Token, prefixes: Mapping[str, str]) -> Token:
    if token.kind != "prefixed" or token.text.startswith("_:"):
        return token
    prefix, _, local = token.text.partition(":")
    if prefix not in prefixes:
        raise Unreadable(f"a query of the shapes uses the prefix {prefix}:, which its sh:prefixes does not declare")
    return Token("iri", str(NamedNode(prefixes[prefix] + re.sub(r"\\(.)", r"\1", local))))


def stated(shapes: Shapes, node: Term, name: str) -> str | None:
    """Return the text that `node` states with a term of SHACL."""
    said = shapes.value(node, sh(name))
    return said.value if isinstance(said, Literal) else None


def shape_names(node: Node, focus: str, graph: NamedNode | None) -> dict[str, str]:
    """Return what replaces the variables that every query of a shape may use."""
    names = {"this": focus}
    if isinstance(node, NamedNode):
        names["currentShape"] = str(node)
    if graph is not None:
        names["shapesGraph"] = str(graph)
    return names
