"""What is said where a name means nothing, or several things: kinds in words, what there is, what tells it apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode

from provkg.identity import kebab_case
from provkg.questions.terms import prefixed, short
from provkg.vocabulary import NAMESPACES, prov_Activity, prov_Entity, prov_Plan

if TYPE_CHECKING:
    from provkg.index import ReadIndex

LISTED: Final = 20
NAMED: Final = 8
NO_FILE: Final = "; a file is known by the bytes that it had when it was recorded: name the thing, or record this file"
LISTING: Final = "; provkg ask chains lists models with their runs and data, provkg questions what else can be asked"
# Wider classes that are nobody's word for what they are.
_WORDS: Final = {prov_Entity: "thing", prov_Activity: "run or other activity", prov_Plan: "plan"}
# Each path is looked up from the things given, which are few.
_FACTS: Final = f"""
PREFIX prov: <{NAMESPACES["prov"]}> PREFIX pvk: <{NAMESPACES["pvk"]}>
PREFIX foaf: <{NAMESPACES["foaf"]}> PREFIX dct: <{NAMESPACES["dct"]}>
SELECT DISTINCT ?thing ?kind ?who ?place WHERE {{
  VALUES ?thing {{ %s }}
  {{ ?thing a ?kind }} UNION {{ ?thing pvk:inRepository/pvk:repositoryUrl ?place }} UNION {{
    {{ ?thing prov:wasAttributedTo ?agent }} UNION {{ ?thing prov:wasAssociatedWith ?agent }}
    UNION {{ ?thing prov:wasGeneratedBy/prov:wasAssociatedWith ?agent }}
    OPTIONAL {{ ?agent foaf:name ?name }} OPTIONAL {{ ?agent dct:title ?title }}
    OPTIONAL {{ ?agent dct:identifier ?identifier }}
    BIND(COALESCE(?name, ?title, ?identifier) AS ?who)
  }}
}} ORDER BY ?thing ?kind ?who ?place"""


def in_words(kind: NamedNode) -> str:
    """Return what people call a thing of class `kind`: `model version`."""
    return _WORDS.get(kind) or kebab_case(kind.value.rpartition("#")[2].rpartition("/")[2]).replace("-", " ")


def with_article(words: str) -> str:
    """Return `a run`, `an environment`."""
    return f"an {words}" if words[:1] in "aeiou" else f"a {words}"


def any_of(kinds: Sequence[NamedNode]) -> str:
    """Return what people call a thing of one of `kinds`."""
    return " or ".join(dict.fromkeys(map(in_words, kinds)))


def nothing_called(name: str, kinds: Sequence[NamedNode]) -> str:
    """Return the beginning of what is said where nothing, or nothing of `kinds`, is called `name`."""
    return f"{f'no {any_of(kinds)}' if kinds else 'nothing'} is called {name!r}"


def what_there_is(name: str, known: Iterable[str], kinds: Sequence[NamedNode]) -> str:
    """Return the end of that sentence: the nearest of the `known` names, else, of `kinds`, those that there are."""
    names = sorted(known)
    # Who types the beginning of a name means it more than one that merely has as many of its letters.
    begun = [each for each in names if name and each.casefold().startswith(name.casefold())]
    nearest = dict.fromkeys([*sorted(begun, key=len), *get_close_matches(name, names, n=3, cutoff=0.5)])
    if nearest:
        return f"; did you mean {' or '.join([*nearest][:3])}?"
    if not kinds:
        return LISTING if names else "; this graph holds nothing that has a name"
    if not names:
        return "; there is none in this graph"
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return f"; there {'is' if len(names) == 1 else 'are'}: {', '.join(names[:NAMED])}{more}"


def no_version(name: str, version: str, versions: Sequence[str], aliases: Sequence[str]) -> str:
    """Return what is said where the thing called `name` has no such version, nor an alias or a stage of that name."""
    shown = ", ".join(versions[:NAMED]) + (f" and {len(versions) - NAMED:,} more" if len(versions) > NAMED else "")
    order = " (newest first)" if len(versions) > 1 else ""
    others = f"it has {shown}{order}" if versions else "no version of it is known"
    also = f", and by alias or stage: {', '.join(aliases)}" if aliases else ""
    return f"{name!r} has no version {version!r}; {others}{also}"


def told_apart(index: ReadIndex, lines: Sequence[str], things: Sequence[NamedNode]) -> list[str]:
    """Return `lines` about `things` that bear one name, each with what else tells them apart; of many, the first."""
    facts = _facts(index, things[:LISTED])
    found = ["  ".join([line, *facts[thing]]) for line, thing in zip(lines, things[:LISTED], strict=False)]
    return found + ([f"… and {len(lines) - LISTED:,} more"] if len(lines) > LISTED else [])


def _facts(index: ReadIndex, things: Sequence[NamedNode]) -> dict[NamedNode, list[str]]:
    """Return the kinds of things whose IRIs do not tell them, who is behind each, and of code its repository."""
    kinds: dict[NamedNode, dict[str, None]] = {thing: {} for thing in things}
    people: dict[NamedNode, dict[str, None]] = {thing: {} for thing in things}
    places: dict[NamedNode, list[str]] = {thing: [] for thing in things}
    rows: list[Any] = index.query(_FACTS % " ".join(map(str, things))).rows
    for thing, kind, who, place in rows:
        if kind is not None and short(thing) == prefixed(thing):
            kinds[thing].setdefault(in_words(kind))
        if who is not None:
            people[thing].setdefault(who.value)
        if place is not None:
            places[thing].append(f"in {place.value}")
    by = {thing: [f"by {', '.join(people[thing])}"] if people[thing] else [] for thing in things}
    return {thing: [*kinds[thing], *by[thing], *places[thing]] for thing in things}
