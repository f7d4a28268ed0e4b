"""XML as elements that know their line and the prefixes that hold there, read without DTDs or entities of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from provkg.errors import MalformedPROV
from provkg.exchange.prov_names import complete

_DEEPEST: Final = 64
_NO_PREFIXES: Final[dict[str, str]] = {}
Tag = tuple[str, str, str]
"""Namespace, local name, prefix."""


@dataclass
class Element:
    """One element; `prefixes` holds what names in its texts may use."""

    tag: Tag
    attributes: dict[Tag, str]
    prefixes: dict[str, str]
    line: int
    content: list[str | Element] = field(default_factory=list)

    @property
    def namespace(self) -> str:
        """Return the namespace of the element's name."""
        return self.tag[0]

    @property
    def name(self) -> str:
        """Return the local part of the element's name."""
        return self.tag[1]

    @cached_property
    def children(self) -> list[Element]:
        """Return the elements inside."""
        return [each for each in self.content if isinstance(each, Element)]

    @property
    def text(self) -> str:
        """Return the text inside, or the XML when there are elements."""
        if self.children:
            return "".join(_written(each, _NO_PREFIXES) for each in self.content).strip()
        return "".join(each for each in self.content if isinstance(each, str))

    def attribute(self, namespace: str, name: str) -> str | None:
        """Return an attribute's value."""
        return next((value for tag, value in self.attributes.items() if tag[:2] == (namespace, name)), None)


def parsed(data: bytes | str, source: str) -> Element:
    """Return the root element; raises `MalformedPROV` with `source`, line and column."""
    return _Builder(source).parsed(data)


class _Builder:
    def __init__(self, source: str) -> None:
        self._source = source
        self._root: Element | None = None
        self._open: list[Element] = []
        self._declared: dict[str, str] = {}
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.namespace_prefixes = True
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parser.StartNamespaceDeclHandler = self._declare
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters

    def parsed(self, data: bytes | str) -> Element:
        try:
            self._parser.Parse(data, True)  # noqa: FBT003  # the parser's own signature
        except expat.ExpatError as error:
            reason = expat.errors.messages[error.code]
            raise MalformedPROV(self._source, reason, line=error.lineno, column=error.offset + 1) from None
        except (ValueError, LookupError) as error:
            raise MalformedPROV(self._source, f"this is no XML text: {error}") from None
        assert self._root is not None  # noqa: S101 - a text without an element does not parse
        return self._root

    def _refuse_doctype(self, *_: object) -> None:
        reason = "a document type declaration stands here; provkg reads none, for what entities can do"
        raise MalformedPROV(self._source, reason, line=self._parser.CurrentLineNumber)

    def _declare(self, prefix: str | None, namespace: str | None) -> None:
        self._declared[prefix or ""] = complete(namespace or "")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        line = self._parser.CurrentLineNumber
        if len(self._open) >= _DEEPEST:
            raise MalformedPROV(self._source, "its elements are nested too deep", line=line)
        outer = self._open[-1].prefixes if self._open else {}
        prefixes = {**outer, **self._declared} if self._declared else outer
        self._declared = {}
        element = Element(_tag(name), {_tag(key): value for key, value in attributes.items()}, prefixes, line)
        if self._open:
            self._open[-1].content.append(element)
        else:
            self._root = element
        self._open.append(element)

    def _end(self, _: str) -> None:
        self._open.pop()

    def _characters(self, text: str) -> None:
        self._open[-1].content.append(text)


def _tag(name: str) -> Tag:
    # "namespace local prefix" of a prefixed name, "namespace local" by a default, "local" of a plain one.
    parts = name.split(" ")
    if len(parts) == 1:
        return "", name, ""
    return parts[0], parts[1], parts[2] if len(parts) > 2 else ""


def _written(content: str | Element, known: dict[str, str]) -> str:
    """Return XML text that needs no prefix from around it."""
    if isinstance(content, str):
        return escape(content)
    needed = dict(_needed(content))
    declared = {prefix: space for prefix, space in needed.items() if known.get(prefix, "") != space}
    attributes = [(f"xmlns:{prefix}" if prefix else "xmlns", space) for prefix, space in declared.items()]
    attributes += [(_qualified(tag), value) for tag, value in content.attributes.items()]
    start = _qualified(content.tag) + "".join(f" {name}={quoteattr(value)}" for name, value in attributes)
    inner = "".join(_written(each, known | needed) for each in content.content)
    return f"<{start}>{inner}</{_qualified(content.tag)}>" if inner else f"<{start}/>"


def _needed(element: Element) -> Iterator[tuple[str, str]]:
    for namespace, _, prefix in (element.tag, *(tag for tag in element.attributes if tag[0])):
        if prefix != "xml":
            yield prefix, namespace


def _qualified(tag: Tag) -> str:
    return f"{tag[2]}:{tag[1]}" if tag[2] else tag[1]
