"""What all pages have around their contents: head, menu, search box, table of contents, foot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from provkg.manual.contents import ALIGNMENTS, QUESTIONS, RULES, SHAPES, START, TERMS, Contents
from provkg.manual.markup import Child, Html, anchor, element, fragment, link, separated

MADE_BY: Final = "made by provkg docs"
MENU: Final = {
    TERMS: "Terms",
    SHAPES: "Shapes",
    RULES: "Rules",
    QUESTIONS: "Questions",
    ALIGNMENTS: "Alignments",
}
LEVEL_WORDS: Final = {
    "minimal": "lineage can be walked",
    "standard": "a run can be repeated",
    "audit": "an auditor can work with it",
}


@dataclass(frozen=True)
class Entry:
    """A line of the search index: what a thing is called, what sort of thing it is, what it says, where it stands."""

    name: str
    sort: str
    says: str
    address: str


@dataclass(frozen=True)
class Page:
    """One page: its file, title, contents, and the sections that its table of contents lists, by group."""

    file: str
    title: str
    lead: Child
    body: Child
    sections: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    entries: Sequence[Entry] = ()


def whole(page: Page, contents: Contents) -> str:
    """Return the text of the page's file."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="generator", content=MADE_BY),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="description", content=f"{page.title}: the provkg vocabulary for machine learning"),
        element("title", page.title if page.file == START else f"{page.title} · provkg"),
        element("link", rel="icon", href="icon.svg", type="image/svg+xml"),
        element("link", rel="stylesheet", href="style.css"),
        element("script", src="search.js", defer=True),
    )
    body = element("body", _top(page), _layout(page), _foot(contents), class_=page.file.removesuffix(".html"))
    return "<!DOCTYPE html>\n" + element("html", head, "\n", body, lang="en") + "\n"


def badge(text: str, sort: str) -> Html:
    """Return a small mark, such as a level; `sort` gives its colour."""
    return element("span", text, class_=f"badge {sort}")


def facts(*rows: tuple[str, Child]) -> Html | None:
    """Return a list of what is known of a thing; rows without a value are left out."""
    known = [(name, value) for name, value in rows if value]
    if not known:
        return None
    return element(
        "dl", [element("div", element("dt", name), element("dd", value)) for name, value in known], class_="facts"
    )


def command(text: str) -> Html:
    """Return a command to type, which breaks between its words only."""
    return element("code", separated((element("span", word, class_="word") for word in text.split()), " "))


def shown_on_request(title: str, *children: Child) -> Html:
    """Return what is folded away behind `title`."""
    return element("details", element("summary", title), *children)


def title_of(level: int, address: str, *children: Child, class_: str | None = None) -> Html:
    """Return the heading of a thing, which is the link to it."""
    return element(f"h{level}", link(address, *children, class_="self"), class_=class_)


def table(heads: Sequence[str], rows: Sequence[Sequence[Child]], class_: str | None = None) -> Html:
    """Return a table; where there is no room for columns, each row is a card with the heads as labels."""
    written = [
        element("tr", [element("td", cell, data_label=name) for name, cell in zip(heads, row, strict=True)])
        for row in rows
    ]
    head = element("thead", element("tr", [element("th", name, scope="col") for name in heads]))
    return element("table", head, element("tbody", written), class_=class_)


def _top(page: Page) -> Html:
    names = [
        element("a", name, href=file, aria_current="page" if file == page.file else None) for file, name in MENU.items()
    ]
    brand = element("a", element("img", src="icon.svg", alt="", width="28", height="28"), "provkg", href=START)
    skip = element("a", "Skip to the contents", href="#main", class_="skip")
    return fragment(
        skip,
        "\n",
        element(
            "header",
            element("div", brand, class_="brand"),
            element("nav", names, aria_label="Pages"),
            _search(),
            class_="top",
        ),
        "\n",
    )


def _search() -> Html:
    """Return the search box, hidden until the script that makes it work shows it."""
    field_ = element(
        "input",
        id="search",
        type="search",
        placeholder="Search",
        autocomplete="off",
        spellcheck="false",
        aria_controls="found",
    )
    return element(
        "div",
        element("label", "Search", for_="search", class_="unseen"),
        field_,
        element("p", id="count", role="status", class_="unseen"),
        element("ul", id="found", hidden=True),
        role="search",
        class_="search",
        hidden=True,
    )


def _layout(page: Page) -> Html:
    main = element("main", element("h1", page.title), element("div", page.lead, class_="lead"), page.body, id="main")
    return element("div", _contents(page), "\n", main, class_="layout" if page.sections else "layout alone")


def _contents(page: Page) -> Html | None:
    if not page.sections:
        return None
    groups = [
        fragment(
            element("p", group) if group else None,
            element("ul", [element("li", link(anchor("", place), name)) for name, place in listed]),
        )
        for group, listed in page.sections.items()
    ]
    listed = element("details", element("summary", "On this page"), groups, open=True)
    return element("nav", listed, aria_label="On this page", class_="toc")


def _foot(contents: Contents) -> Html:
    version = contents.terms.about("http://www.w3.org/2002/07/owl#versionInfo")
    parts: list[Child] = [f"Vocabulary {version}", "Apache-2.0", "These pages load nothing from elsewhere."]
    if contents.graph:
        parts.insert(0, f"With what the graph {contents.graph} adds")
    return element("footer", element("p", separated(parts, " · ")))
