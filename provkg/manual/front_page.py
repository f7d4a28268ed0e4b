"""The first page: what this is, and the way to each part."""

from __future__ import annotations

from typing import Final

from provkg.manual.contents import ALIGNMENTS, QUESTIONS, RULES, SHAPES, START, TERMS, Contents
from provkg.manual.frame import LEVEL_WORDS, Page, badge, facts, shown_on_request, table
from provkg.manual.markup import Child, Html, element, link
from provkg.vocabulary import NAMESPACES

_SERVED: Final = "https://w3id.org/provkg#ModelVersion"


def front_page(contents: Contents) -> Page:
    """Return the page."""
    lead = "Where a machine-learning model and its predictions came from: the words, what a complete record says in "
    lead += "them, what is found wrong across records, and what can be asked."
    body: list[Child] = [_parts(contents), _own(contents), _levels(), _addresses(contents), _prefixes()]
    return Page(START, "The provkg vocabulary", element("p", lead), body)


def _parts(contents: Contents) -> Html:
    parts = [
        (TERMS, "Terms", len(contents.terms.by_iri), "Classes, properties and controlled terms, with examples"),
        (SHAPES, "Shapes", len(contents.constraints), "What each kind of record says, at which level, and why"),
        (RULES, "Rules", len(contents.rules), "Leaks, impossible times, recalled data in use"),
        (QUESTIONS, "Questions", len(contents.questions), "Saved SPARQL: lineage, training data, decisions"),
        (ALIGNMENTS, "Alignments", len(contents.alignments), "PROV-O, ML-Schema, DCAT, Croissant, SPDX and others"),
    ]
    cards = [
        element(
            "li",
            element("a", element("b", name), element("span", str(count), class_="count"), element("small", about),
                    href=file),
        )
        for file, name, count, about in parts
    ]  # fmt: skip
    return element("ul", cards, class_="parts")


def _own(contents: Contents) -> Html | None:
    if not contents.left_out:
        return None
    listed = element("ul", [element("li", each) for each in contents.left_out])
    return element("section", element("h2", "Left out"), element("p", "These files have to be mended first:"), listed)


def _levels() -> Html:
    rows = [(level, [words[:1].upper(), words[1:], "."]) for level, words in LEVEL_WORDS.items()]
    said = element("dl", [element("div", element("dt", badge(n, n)), element("dd", w)) for n, w in rows])
    return element("section", element("h2", "Three levels"), said, class_="legend")


def _addresses(contents: Contents) -> Html:
    example = link(contents.address(_SERVED), element("code", "ontology.html#ModelVersion"))
    return element(
        "section",
        element("h2", "How things are called"),
        facts(
            ("a term", [element("code", _SERVED), " is explained at ", example]),
            ("a constraint", element("code", "https://w3id.org/provkg/shapes#ModelVersion-content-presence")),
            ("a rule", element("code", "https://w3id.org/provkg/rules#X01")),
        ),
    )


def _prefixes() -> Html:
    rows = [(element("code", f"{prefix}:"), element("code", home)) for prefix, home in NAMESPACES.items()]
    return element("section", element("h2", "Prefixes"), shown_on_request("All", table(("prefix", "stands for"), rows)))
