"""Reads a query into its groups and their triple patterns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from provkg.questions.patterns import Group, Kind, Pattern, is_variable
from provkg.sparql import tokens

_MODIFIERS: Final = frozenset({"*", "+", "?"})
_AGGREGATES: Final = frozenset({"MAX", "MIN", "SUM", "AVG", "COUNT", "SAMPLE", "GROUP_CONCAT"})
_BRACKETS: Final = {"(": ")", "{": "}", "[": "]"}


def groups_of(text: str) -> list[Group]:
    """Return the outermost groups of a query, each with those inside it; what does not parse is left to the engine."""
    return _Reader(list(_numbered(text))).outermost()


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    """Yield the tokens that mean something, each with its line."""
    line = 1
    for token in tokens(text):
        if token.kind not in {"space", "comment"}:
            yield line, token.text
        line += token.text.count("\n")


class _Reader:
    """Walks over the saids of a query."""

    def __init__(self, found: Sequence[tuple[int, str]]) -> None:
        self._saids, self._place = found, 0

    def outermost(self) -> list[Group]:
        groups: list[Group] = []
        template = False
        while (said := self._next()) is not None:
            word = said.upper()
            # What CONSTRUCT makes is no pattern to be found.
            template = word == "CONSTRUCT" or (template and word != "WHERE")
            if said == "{" and template and self._after_braces() == "WHERE":
                self._skip("{")
                template = False
            elif said == "{":
                groups.append(self._group("where"))
        return groups

    def _group(self, kind: Kind) -> Group:
        if self._peek().upper() == "SELECT":
            return self._select(kind)
        group = Group(kind)
        while (text := self._peek()) not in {"", "}"}:
            self._element(group, text)
        self._next()
        return group

    def _select(self, kind: Kind) -> Group:
        """Read a sub-SELECT: a group whose columns are all that others see of it."""
        columns: set[str] = set()
        plain, begun = False, self._place
        while self._peek() not in {"", "{"}:
            text = self._take()
            if text == "(":
                columns |= self._named()
            elif is_variable(text):
                columns.add(text)
                plain = True
        aggregates = any(said.upper() in _AGGREGATES for _, said in self._saids[begun : self._place])
        self._next()
        select = Group("select", groups=[self._group("where")], bound=columns)
        words = self._modifiers()
        select.untold_row = aggregates and not plain and not words & {"GROUP", "LIMIT"}
        return select if kind in {"group", "where"} else Group(kind, groups=[select])

    def _modifiers(self) -> set[str]:
        """Return the words behind a sub-SELECT's pattern, and go behind them."""
        words = set[str]()
        while self._peek() not in {"", "}"}:
            text = self._take()
            words.add(text.upper())
            if text in _BRACKETS:
                self._skip(text)
        self._next()
        return words

    def _named(self) -> set[str]:
        """Return what a bracket of SELECT or BIND names by AS, and go behind it."""
        named, depth, before = set[str](), 1, ""
        while depth and (said := self._next()) is not None:
            depth += (said == "(") - (said == ")")
            if before.upper() == "AS" and is_variable(said):
                named.add(said)
            before = said
        return named

    def _element(self, group: Group, text: str) -> None:
        match text.upper():
            case "{":
                self._next()
                inner = self._group("group")
                self._union(group, inner)
            case "OPTIONAL" | "MINUS" as word:
                self._next()
                self._next()
                group.groups.append(self._group("optional" if word == "OPTIONAL" else "minus"))
            case "FILTER":
                self._next()
                self._filter(group)
            case "BIND":
                self._next()
                self._next()
                group.bound |= self._named()
                group.split_at = len(group.patterns)
            case "VALUES":
                self._next()
                group.values |= self._listed()
            case "." | ";" | ",":
                self._next()
            case _:
                self._triples(group)

    def _union(self, group: Group, first: Group) -> None:
        branches = [first]
        while self._peek().upper() == "UNION":
            self._next()
            self._next()
            branches.append(self._group("group"))
        if len(branches) > 1:
            parts = [each if each.kind == "select" else _branch(each) for each in branches]
            first = Group("group", groups=parts, is_union=True)
        group.groups.append(first)

    def _filter(self, group: Group) -> None:
        """Read a condition for the groups behind its EXISTS."""
        depth = 0
        while (text := self._peek()) != "":
            if text == "{":
                self._next()
                group.groups.append(self._group("exists"))
            elif text == "}":
                return
            else:
                self._next()
                depth += (text == "(") - (text == ")")
            if depth == 0 and text in {")", "{"}:
                return

    def _listed(self) -> set[str]:
        names: set[str] = set()
        while self._peek() not in {"", "{"}:
            names.add(self._take())
        self._next()
        self._skip("{")
        return {name for name in names if is_variable(name)}

    def _triples(self, group: Group) -> None:
        subject = self._term()
        while self._peek() not in {"", ".", "}", "{"} and not self._is_clause():
            line, path = self._line(), self._path()
            while path:
                pattern = Pattern(subject, path, self._term(), line)
                if group.split_at:
                    group.parted.append(pattern)
                group.patterns.append(pattern)
                if self._peek() != ",":
                    break
                self._next()
            if self._peek() != ";":
                return
            while self._peek() == ";":
                self._next()

    def _is_clause(self) -> bool:
        return self._peek().upper() in {"FILTER", "OPTIONAL", "BIND", "VALUES", "MINUS", "UNION", "GRAPH", "SERVICE"}

    def _term(self) -> str:
        text = self._take()
        if text in {"[", "("}:
            self._skip(text)
            return "?[]"
        while self._peek() == "^^" or self._peek().startswith("@"):
            text += self._take() + (self._take() if not self._peek().startswith(("@", ".", ";")) else "")
        return text

    def _path(self) -> tuple[str, ...]:
        """Read a path up to where its object begins (SPARQL 1.1, section 19.8, rule 88 and those after it)."""
        said: list[str] = []
        while True:
            while self._peek() in {"^", "!"}:
                said.append(self._take())
            said.append(self._take())
            if said[-1] == "(":
                said += self._skip("(")
            while self._peek() in _MODIFIERS:
                said.append(self._take())
            if self._peek() not in {"/", "|"}:
                return tuple(each for each in said if each)
            said.append(self._take())

    def _skip(self, opening: str) -> list[str]:
        """Go behind the bracket that closes `opening`, which has been read; return what was passed."""
        passed, depth = list[str](), 1
        while depth and (said := self._next()) is not None:
            depth += (said == opening) - (said == _BRACKETS[opening])
            passed.append(said)
        return passed

    def _after_braces(self) -> str:
        """Return the word behind the brace that closes the one just read."""
        here = self._place
        self._skip("{")
        word, self._place = self._peek().upper(), here
        return word

    def _peek(self) -> str:
        return self._saids[self._place][1] if self._place < len(self._saids) else ""

    def _take(self) -> str:
        return self._next() or ""

    def _next(self) -> str | None:
        if self._place >= len(self._saids):
            return None
        self._place += 1
        return self._saids[self._place - 1][1]

    def _line(self) -> int:
        return self._saids[min(self._place, len(self._saids) - 1)][0]


def _branch(group: Group) -> Group:
    group.kind = "union"
    return group
