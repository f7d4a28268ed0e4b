"""The page of the alignments: which terms of other vocabularies say the same, nearly the same, or something else."""

from __future__ import annotations

from provkg.manual.alignments import Alignment, Match
from provkg.manual.contents import ALIGNMENTS, Contents
from provkg.manual.frame import Entry, Page, facts, table, title_of
from provkg.manual.markup import Child, Html, anchor, element, link, separated


def alignments_page(contents: Contents) -> Page:
    """Return the page."""
    listed = {"Vocabularies": [(each.title, each.name) for each in contents.alignments]}
    body = [_alignment(each, contents) for each in contents.alignments]
    entries = [
        Entry(match.shown, "elsewhere", f"{match.relation} {_ours(match)}", anchor(ALIGNMENTS, each.name))
        for each in contents.alignments
        for match in each.matches
    ]
    return Page(ALIGNMENTS, "Alignments", _lead(contents), body, listed, entries)


def _lead(contents: Contents) -> Html:
    return element(
        "p",
        f"How our terms stand to those of {len(contents.alignments)} other vocabularies. Each alignment is a file of "
        "its own that imports nothing; the ontology does not need it.",
    )


def _ours(match: Match) -> str:
    return match.ours.rpartition("#")[2]


def _alignment(alignment: Alignment, contents: Contents) -> Html:
    rows = [(contents.term(m.ours), m.relation, _theirs(m.theirs, m.shown)) for m in alignment.matches]
    return element(
        "section",
        title_of(2, anchor("", alignment.name), alignment.title),
        element("p", alignment.about),
        table(("ours", "is", "theirs"), rows, "matches") if rows else None,
        _unmatched(alignment),
        id=alignment.name,
    )


def _theirs(iri: str, shown: str) -> Html:
    # A place in a JSON schema is long; on a phone it breaks after a dot.
    pieces = [[piece, ".", element("wbr")] for piece in shown.split(".")[:-1]]
    return link(iri, element("code", pieces, shown.split(".")[-1]))


def _unmatched(alignment: Alignment) -> Html | None:
    groups: list[tuple[str, Child]] = [
        (reason, separated(_theirs(iri, shown) for iri, shown in terms)) for reason, terms in alignment.unmatched
    ]
    if alignment.rest:
        groups.append((alignment.rest, "The rest"))
    if not groups:
        return None
    listed = [facts(("terms", terms), ("why", reason)) for reason, terms in groups]
    return element("div", element("h3", "Without a counterpart, or used as they are"), listed, class_="unmatched")
