"""Where rules are found: the shipped ones and a graph owner's own, of which a wrong one spoils no other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Store

from provkg.errors import RefusedQuery, UnknownRule, Unreadable
from provkg.gate.lint import misspelt
from provkg.resources import RULES
from provkg.rules.rule import FOCUS, Rule
from provkg.sparql import check_query, tokens
from provkg.vocabulary import NAMESPACES

_PLACE: Final = re.compile(r"error at (\d+):\d+")


@dataclass(frozen=True)
class Rulebook:
    """The rules that an audit knows; `broken` says which of the owner's files are none, and why."""

    rules: tuple[Rule, ...]
    broken: tuple[Unreadable, ...] = ()

    @classmethod
    def read(cls, extra: Path | None = None) -> Rulebook:
        """Return the shipped rules and those in the folder `extra`, by id."""
        shipped = [Rule.load(file) for file in sorted(RULES.glob("*/*")) if file.suffix in {".rq", ".yaml"}]
        own, broken = _own(extra, {rule.id: rule.path for rule in shipped}) if extra else ([], [])
        return cls(tuple(sorted([*shipped, *own], key=lambda rule: rule.id)), tuple(broken))

    def choose(self, ids: Sequence[str] = (), themes: Sequence[str] = (), level: str = "standard") -> list[Rule]:
        """Return the rules of these ids, or those of `themes` that are asked at `level`; without both, of all themes.

        Raises `UnknownRule` for an id or a theme that no rule has.
        """
        if ids:
            return [self._find(each) for each in dict.fromkeys(ids)]
        known = sorted({rule.theme for rule in self.rules})
        for theme in themes:
            if theme not in known:
                raise UnknownRule(f"no rule has the theme {theme!r}; the themes are {', '.join(known)}")
        return [rule for rule in self.rules if rule.asked_at(level) and (not themes or rule.theme in themes)]

    def _find(self, wanted: str) -> Rule:
        for rule in self.rules:
            if wanted.casefold() in {rule.id.casefold(), rule.path, rule.name}:
                return rule
        known = [name for rule in self.rules for name in (rule.id, rule.path, rule.name)]
        nearest = get_close_matches(wanted, known, n=3, cutoff=0.5)
        hint = f"; did you mean {' or '.join(nearest)}?" if nearest else ""
        raise UnknownRule(f"no rule is called {wanted!r}{hint}; list them with: provkg audit --list")


def check(file: Path, rule: Rule) -> None:
    """Raise `Unreadable`, with the line, unless the rule's text is a query that may run and uses known terms."""
    if rule.question is None:
        raise Unreadable(f"{file}:1: a rule of your own is a query; write it as a .rq file")
    text = rule.question.text
    _check_terms(file, text)
    try:
        check_query(text)
        found = Store().query(text)
    except RefusedQuery as error:
        raise Unreadable(f"{file}: {error}") from None
    except SyntaxError as error:
        place = _PLACE.search(str(error.msg))
        line = place.group(1) if place else "1"
        raise Unreadable(f"{file}:{line}: the query does not parse; look at this line and the one before it") from None
    variables = [variable.value for variable in getattr(found, "variables", [])]
    if FOCUS not in variables or {*variables} != {*rule.columns}:
        named = ", ".join(rule.columns)
        raise Unreadable(f"{file}:1: the query selects {', '.join(variables) or 'nothing'}, its header names {named}")


def _own(folder: Path, taken: dict[str, str]) -> tuple[list[Rule], list[Unreadable]]:
    rules: list[Rule] = []
    broken: list[Unreadable] = []
    for file in _files(folder):
        try:
            _check_is_file(file)
            rule = Rule.load(file)
            _check_id(file, rule, taken)
            check(file, rule)
        except Unreadable as error:
            broken.append(error)
        else:
            taken[rule.id] = rule.path
            rules.append(rule)
    return rules, broken


def _check_is_file(file: Path) -> None:
    # Reading a pipe, an audit would wait for ever.
    if file.exists() and not file.is_file():
        raise Unreadable(f"{file} is no file; move it away")


def _check_id(file: Path, rule: Rule, taken: dict[str, str]) -> None:
    if rule.id in taken:
        raise Unreadable(f"{file}: the id {rule.id} is that of {taken[rule.id]}; take another")


def _files(folder: Path) -> Iterable[Path]:
    return sorted([*folder.glob("*.rq"), *folder.glob("*/*.rq")])


def _check_terms(file: Path, text: str) -> None:
    line = 1
    for token in tokens(text):
        prefix, colon, local = token.text.partition(":")
        if token.kind == "prefixed" and colon and local and prefix in NAMESPACES:
            complaint = misspelt(NamedNode(NAMESPACES[prefix] + local))
            if complaint:
                raise Unreadable(f"{file}:{line}: {complaint}")
        line += token.text.count("\n")
