"""The groups of a query and their triple patterns, as far as it takes to see how an engine may go about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
from typing import Literal as OneOf

from provkg.sparql import Token, tokens

Kind = OneOf["where", "group", "optional", "union", "minus", "exists", "select"]
_TYPE: Final = frozenset({"a", "rdf:type", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"})
_MODIFIERS: Final = frozenset({"*", "+", "?"})
_BRACKETS: Final = {"(": ")", "{": "}", "[": "]"}


@dataclass(frozen=True)
class Pattern:
    """A triple pattern; its path as the texts of its tokens."""

    subject: str
    path: tuple[str, ...]
    object: str

    @property
    def ends(self) -> tuple[str, str]:
        """Subject and object."""
        return self.subject, self.object

    @property
    def is_closure(self) -> bool:
        """Whether its path repeats without bound."""
        return any(text in {"*", "+"} for text in self.path)

    @property
    def goes_on(self) -> bool:
        """Whether its path goes on behind a closure."""
        depth, closed = 0, False
        for text in self.path:
            depth += (text == "(") - (text == ")")
            if closed and text == "/" and depth == 0:
                return True
            closed = closed or text in {"*", "+"}
        return False

    @property
    def is_type(self) -> bool:
        """Whether it asks for a class."""
        return len(self.path) == 1 and self.path[0] in _TYPE

    @property
    def steps(self) -> int:
        """How many patterns a sequence stands for: those between slashes outside brackets (SPARQL 1.1, 18.2.2.4)."""
        depth = steps = 0
        for text in self.path:
            depth += (text == "(") - (text == ")")
            steps += text == "/" and depth == 0
        return steps + 1

    def __str__(self) -> str:
        return f"{self.subject} {''.join(self.path)} {self.object}"


@dataclass
class Group:
    """What stands between two braces: its own patterns, the groups inside it, and the variables that it is given."""

    kind: Kind
    patterns: list[Pattern] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    values: set[str] = field(default_factory=set)
    """Variables that VALUES lists."""
    parted: list[Pattern] = field(default_factory=list)
    """Those of its patterns that a BIND parts from others before it."""
    bound: set[str] = field(default_factory=set)
    """Variables that BIND names, and of a sub-SELECT its columns."""

    split_at: int = 0
    """How many patterns stood before its last BIND."""

    def walk(self) -> Iterator[Group]:
        """Yield this group and all inside it."""
        yield self
        for group in self.groups:
            yield from group.walk()

    @property
    def variables(self) -> set[str]:
        """The variables that an answer to it may bind."""
        return self.beside(None)

    def beside(self, left_out: Group | None) -> set[str]:
        """Return the variables that an answer to it may bind where one of the groups in it is left out."""
        own = {end for pattern in self.patterns for end in pattern.ends if is_variable(end)}
        own |= {text for pattern in self.patterns for text in pattern.path if is_variable(text)}
        others = (group for group in self.groups if group is not left_out and group.binds)
        inside = (group.bound if group.kind == "select" else group.variables for group in others)
        return own.union(self.values, self.bound, *inside)

    @property
    def binds(self) -> bool:
        """Whether what is found in it becomes part of the answer."""
        return self.kind not in {"exists", "minus"}


def is_variable(text: str) -> bool:
    """Whether a term is a variable that the query has to find: a parameter is a term once it is bound."""
    return text[:1] in {"?", "$"} and text[1:2] != "_"


def groups_of(text: str) -> list[Group]:
    """Return the outermost groups of a query, each with those inside it; what does not parse is left to the engine."""
    found = [token for token in tokens(text) if token.kind not in {"space", "comment"}]
    return _Reader(found).outermost()


class _Reader:
    """Walks over the tokens of a query."""

    def __init__(self, found: Sequence[Token]) -> None:
        self._tokens, self._place = found, 0

    def outermost(self) -> list[Group]:
        groups: list[Group] = []
        template = False
        while (token := self._next()) is not None:
            word = token.text.upper()
            # What CONSTRUCT makes is no pattern to be found.
            template = word == "CONSTRUCT" or (template and word != "WHERE")
            if token.text == "{" and template and self._after_braces() == "WHERE":
                self._skip("{")
                template = False
            elif token.text == "{":
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
        while self._peek() not in {"", "{"}:
            text = self._take()
            if text == "(":
                columns |= self._named()
            elif is_variable(text):
                columns.add(text)
        self._next()
        select = Group("select", groups=[self._group("where")], bound=columns)
        while self._peek() not in {"", "}"}:
            if self._take() in _BRACKETS:
                self._skip(self._tokens[self._place - 1].text)
        self._next()
        return select if kind in {"group", "where"} else Group(kind, groups=[select])

    def _named(self) -> set[str]:
        """Return what a bracket of SELECT or BIND names by AS, and go behind it."""
        named, depth, before = set[str](), 1, ""
        while depth and (token := self._next()) is not None:
            depth += (token.text == "(") - (token.text == ")")
            if before.upper() == "AS" and is_variable(token.text):
                named.add(token.text)
            before = token.text
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
            first = Group("group", groups=[each if each.kind == "select" else _branch(each) for each in branches])
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
            path = self._path()
            while path:
                pattern = Pattern(subject, path, self._term())
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
        while depth and (token := self._next()) is not None:
            depth += (token.text == opening) - (token.text == _BRACKETS[opening])
            passed.append(token.text)
        return passed

    def _after_braces(self) -> str:
        """Return the word behind the brace that closes the one just read."""
        here = self._place
        self._skip("{")
        word, self._place = self._peek().upper(), here
        return word

    def _peek(self) -> str:
        return self._tokens[self._place].text if self._place < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._next()
        return "" if token is None else token.text

    def _next(self) -> Token | None:
        if self._place >= len(self._tokens):
            return None
        self._place += 1
        return self._tokens[self._place - 1]


def _branch(group: Group) -> Group:
    group.kind = "union"
    return group
