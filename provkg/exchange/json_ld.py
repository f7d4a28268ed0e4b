"""JSON-LD without a network: our own context is put into the document, any other remote one is refused.

Also the compact form in which provkg writes JSON-LD: names shortened by prefix, one node object per subject
(JSON-LD 1.1, sections 4.1.5 and 9.15.1).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from provkg import resources
from provkg.errors import MalformedRDF, Unreadable
from provkg.exchange import places

CONTEXT_IRI: Final = "https://w3id.org/provkg/context.jsonld"


def inlined(data: bytes, source: str) -> bytes:
    """Return the document with our context written in place of its IRI; unchanged where it names no remote context.

    Raises `MalformedRDF` for JSON that does not parse and for a remote context that would have to be fetched.
    """
    document = _parsed(data, source)
    remote = set(_remote_contexts(document))
    for other in sorted(remote - {CONTEXT_IRI}):
        reason = (
            f"the JSON-LD context {other} would have to be fetched, and provkg fetches none; "
            f"write its content into the file, or use {CONTEXT_IRI}"
        )
        raise MalformedRDF(source, reason, line=places.line_of(data.decode(errors="replace"), json.dumps(other)))
    if not remote:
        return data
    return json.dumps(_with_context(document, own_context()), ensure_ascii=False).encode()


def own_context() -> Any:
    """Return the context of provkg's own terms."""
    file = resources.ONTOLOGY / "context.jsonld"
    try:
        return json.loads(file.read_text("utf-8"))["@context"]
    except (OSError, ValueError, KeyError) as error:
        raise Unreadable(f"{file}: {error}; reinstall provkg") from error


def compacted(document: list[dict[str, Any]], prefixes: Mapping[str, str]) -> dict[str, Any]:
    """Return an expanded document with its names shortened by `prefixes`."""
    # A name whose scheme is also a prefix would be read as that prefix (JSON-LD 1.1 API, 5.2, step 6).
    schemes = {name.partition(":")[0] for name in _names(document)}
    usable = {prefix: namespace for prefix, namespace in prefixes.items() if prefix not in schemes}
    short = _Shortener(usable)
    graph = [short.node(node) for node in document]
    return {"@context": {prefix: usable[prefix] for prefix in sorted(short.used)}, "@graph": graph}


def _parsed(data: bytes, source: str) -> Any:
    try:
        return json.loads(data)
    except json.JSONDecodeError as error:
        raise MalformedRDF(source, error.msg, line=error.lineno, column=error.colno) from None
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise MalformedRDF(source, "this is not UTF-8 text", line=line) from None
    except RecursionError:
        raise MalformedRDF(source, "its objects are nested too deep") from None
    except ValueError as error:
        raise MalformedRDF(source, str(error)) from None


def _remote_contexts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _remote_contexts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "@context":
                yield from _named_contexts(item)
            elif key == "@import" and isinstance(item, str):
                yield item
            yield from _remote_contexts(item)


def _named_contexts(context: Any) -> Iterator[str]:
    listed = context if isinstance(context, list) else [context]
    return (item for item in listed if isinstance(item, str))


def _with_context(value: Any, context: Any) -> Any:
    if isinstance(value, list):
        return [_with_context(item, context) for item in value]
    if isinstance(value, dict):
        return {
            key: _replaced(item, context) if key == "@context" else _with_context(item, context)
            for key, item in value.items()
        }
    return value


def _replaced(item: Any, context: Any) -> Any:
    if isinstance(item, list):
        return [_replaced(part, context) for part in item]
    return context if item == CONTEXT_IRI else item


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _names(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in {"@id", "@type"}:
                yield from (item if isinstance(item, list) else [item])
            else:
                yield key
                yield from _names(item)


class _Shortener:
    """Shortens IRIs by prefix and remembers which prefixes it used."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = sorted(prefixes.items(), key=lambda pair: -len(pair[1]))
        self.used: set[str] = set()

    def node(self, node: dict[str, Any]) -> dict[str, Any]:
        return {self._key(key): self._value(key, value) for key, value in node.items()}

    def _key(self, key: str) -> str:
        return key if key.startswith("@") else self.name(key)

    def _value(self, key: str, value: Any) -> Any:
        if key in {"@value", "@language", "@direction"}:
            return value
        if isinstance(value, str):
            return self.name(value)
        if isinstance(value, list):
            return [self._value(key, item) for item in value]
        return self.node(value)

    def name(self, iri: str) -> str:
        for prefix, namespace in self._prefixes:
            local = iri.removeprefix(namespace)
            # "//" after the colon would read as an absolute IRI again.
            if local != iri and local and not local.startswith("//"):
                self.used.add(prefix)
                return f"{prefix}:{local}"
        return iri
