"""Turtle and SPARQL to read: comments, texts and variables set off, our terms linked to what they mean."""

from __future__ import annotations

from collections.abc import Iterator

from provkg.manual.contents import Contents
from provkg.manual.markup import Child, Html, element, link
from provkg.manual.terms import PVK
from provkg.sparql import Token, tokens

_SET_OFF = {"comment": "c", "string": "s", "variable": "v"}


def linked(text: str, contents: Contents) -> Html:
    """Return a block of Turtle or SPARQL, whose tokens are alike, with links to our terms."""
    return element("pre", element("code", _parts(text.strip(), contents)))


def plain(text: str) -> Html:
    """Return a block without links: a page with a thousand of them would be slow on a phone."""
    return element("pre", element("code", text.strip()))


def query_without_header(text: str) -> str:
    """Return a saved query without the lines of its header, which the page shows in words."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("#+"))


def _parts(text: str, contents: Contents) -> Iterator[Child]:
    for token in tokens(text):
        yield _part(token, contents)


def _part(token: Token, contents: Contents) -> Child:
    if token.kind in _SET_OFF:
        return element("span", token.text, class_=_SET_OFF[token.kind])
    iri = PVK + token.text.removeprefix("pvk:")
    if token.kind == "prefixed" and token.text.startswith("pvk:") and iri in contents.terms.by_iri:
        return link(contents.address(iri), token.text)
    return token.text
