"""HTML that cannot be broken by what stands in it: every text is escaped unless it is markup already."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final, TypeAlias
from urllib.parse import quote

VOID: Final = frozenset({"meta", "link", "input", "img", "wbr"})


class Html(str):
    """Markup. What an f-string makes of it is text again, and is escaped: the safe mistake."""

    __slots__ = ()


Child: TypeAlias = "str | Html | Iterable[Child] | None"
Attribute: TypeAlias = str | bool | None


def element(name: str, /, *children: Child, **attributes: Attribute) -> Html:
    """Return an element; `class_` and `data_label` stand for `class` and `data-label`.

    An attribute that is None or False is left out, one that is True stands without a value.
    """
    written = "".join(_attribute(key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items())
    if name in VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{fragment(*children)}</{name}>")


def fragment(*children: Child) -> Html:
    """Return markup of several parts."""
    return Html("".join(map(_markup, children)))


def prose(text: str) -> Html:
    """Return text in which what stands between backticks is code, as in the headers of queries."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return fragment(text)
    return fragment(element("code", piece) if number % 2 else piece for number, piece in enumerate(pieces))


def separated(children: Iterable[Child], by: str = ", ") -> Html:
    """Return `children` with `by` between them."""
    return Html(escape(by, quote=False).join(map(_markup, children)))


def link(address: str, /, *children: Child, **attributes: Attribute) -> Html:
    """Return a link to a page of ours or to the web; to any other scheme, the words without the link."""
    if _leads_outside(address) and not address.startswith(("https://", "http://")):
        return fragment(*children)
    return element("a", *children, href=address, **attributes)


def anchor(page: str, name: str) -> str:
    """Return the address of the thing called `name` on `page`."""
    return f"{page}#{quote(name, safe='/-._~')}"


def _leads_outside(address: str) -> bool:
    return ":" in address.partition("#")[0]


def _attribute(name: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escape(value)}"'


def _markup(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return child
    return escape(child, quote=False) if isinstance(child, str) else fragment(*child)
