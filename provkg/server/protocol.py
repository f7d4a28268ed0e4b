"""The query operation of the SPARQL 1.1 Protocol (section 2.1): what a request asks for, or why it is refused.

Percent-encoding is decoded once, here; names and text come out as the asker meant them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from provkg.sparql import MAX_BYTES

FORM: Final = "application/x-www-form-urlencoded"
DIRECT: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"
# Percent-encoding writes three bytes for one; the rest is room for the names of graphs.
MAX_REQUEST: Final = 4 * MAX_BYTES
MAX_FIELDS: Final = 1000
_UPDATE_FIELDS: Final = frozenset({"update", "using-graph-uri", "using-named-graph-uri"})


class RefusedRequest(Exception):
    """A request that is not a query: the HTTP status and the sentence that say why."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


@dataclass(frozen=True)
class QueryRequest:
    """A query and the dataset that the request names for it, which goes before the query's own FROM."""

    text: str
    default_graphs: list[str] | None
    named_graphs: list[str] | None


def query_by_get(query_string: bytes) -> QueryRequest:
    """Return what a GET request asks (section 2.1.1)."""
    if len(query_string) > MAX_REQUEST:
        raise RefusedRequest(414, f"the address has more than {MAX_REQUEST:,} bytes; send the query with POST")
    return _request(_fields(query_string))


def query_by_post(query_string: bytes, content_type: str, body: bytes) -> QueryRequest:
    """Return what a POST request asks: a form (section 2.1.2) or the bare query (section 2.1.3)."""
    media, charset = _content_type(content_type)
    if media == UPDATE:
        raise _update_refused()
    if media not in {FORM, DIRECT}:
        raise RefusedRequest(415, f"the content type is {media or 'missing'}; send {DIRECT} or {FORM}")
    if charset not in {"", "utf-8", "utf8"}:
        raise RefusedRequest(415, f"the charset is {charset}; the protocol asks for UTF-8")
    if media == FORM:
        return _request([*_fields(query_string), *_fields(body)])
    return _request([*_fields(query_string), ("query", _text(body))])


def fields(query_string: bytes) -> dict[str, str]:
    """Return the parameters of an address by name; one that stands twice is refused."""
    pairs = _fields(query_string)
    found = dict(pairs)
    if len(found) < len(pairs):
        raise RefusedRequest(400, "a parameter stands twice; give each once")
    return found


def _request(pairs: Sequence[tuple[str, str]]) -> QueryRequest:
    values: Mapping[str, list[str]] = {name: [value for key, value in pairs if key == name] for name, _ in pairs}
    if _UPDATE_FIELDS & values.keys():
        raise _update_refused()
    # Other parameters are passed over: clients send format=, output= and the like beside Accept.
    queries = values.get("query", [])
    if len(queries) != 1:
        raise RefusedRequest(400, f"a request holds one query, this one has {len(queries)}; give it as query=")
    return QueryRequest(queries[0], values.get("default-graph-uri"), values.get("named-graph-uri"))


def _fields(encoded: bytes) -> list[tuple[str, str]]:
    try:
        text = encoded.decode("utf-8")
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except UnicodeDecodeError:
        raise RefusedRequest(400, "the parameters are not UTF-8 text") from None
    except ValueError:
        raise RefusedRequest(400, f"the request has more than {MAX_FIELDS:,} parameters") from None


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise RefusedRequest(400, "the query is not UTF-8 text") from None


def _content_type(header: str) -> tuple[str, str]:
    media, *parameters = (part.strip().lower() for part in header.split(";"))
    charsets = [part.partition("=")[2].strip('" ') for part in parameters if part.startswith("charset")]
    return media, charsets[0] if charsets else ""


def _update_refused() -> RefusedRequest:
    return RefusedRequest(403, "updates are refused: the graph grows only by records that pass its gate (provkg add)")
