"""What a query asks for: groups of triple patterns, as far as it takes to see how an engine may go about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from typing import Literal as OneOf

Kind = OneOf["where", "group", "optional", "union", "minus", "exists", "select"]
_TYPE: Final = frozenset({"a", "rdf:type", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"})


@dataclass(frozen=True)
class Pattern:
    """A triple pattern; its path as the texts of its tokens, `line` where its path begins in the query."""

    subject: str
    path: tuple[str, ...]
    object: str
    line: int = field(default=0, compare=False)

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

    is_union: bool = False
    """Whether the groups inside it are the branches of a UNION."""

    untold_row: bool = False
    """Whether it is a sub-SELECT of one row, an aggregate of everything, without a LIMIT that says so."""

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
