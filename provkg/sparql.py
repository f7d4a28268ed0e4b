"""SPARQL text as tokens: which queries may run at all, and parameters put in as whole terms.

Oxigraph reaches the network on `SERVICE`, has no switch against it, and ends the process on very deep or very long
expressions. So a query is looked at before the engine sees it. The tokens follow SPARQL 1.1, section 19.8.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple, cast
from typing import Literal as OneOf

from pyoxigraph import Literal, NamedNode

from provkg.errors import RefusedQuery
from provkg.vocabulary import NAMESPACES

MAX_BYTES: Final = 64 * 1024
MAX_NESTING: Final = 64
# Oxigraph recurses once for each; some 5,000 of them overflow its stack and end the process.
MAX_OPERATORS: Final = 1000
# Of a query in one long line, what fits a terminal beside the caret.
LONGEST_LINE: Final = 100

Kind = OneOf["iri", "prefixed", "string", "comment", "variable", "number", "word", "symbol", "space"]


class Token(NamedTuple):
    """A piece of SPARQL text; the texts of all tokens of a query, put together, are the query.

    Keywords, `true`, `a` and function names are words; a blank node's label is a prefixed name; a language tag is a
    symbol, and so is any character that belongs to nothing else.
    """

    kind: Kind
    text: str


_LETTER: Final = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_IN_VARIABLE: Final = f"{_LETTER}_0-9\u00b7\u0300-\u036f\u203f\u2040"
_IN_NAME: Final = rf"{_IN_VARIABLE}\-"
_ESCAPE: Final = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_LOCAL: Final = rf"(?:(?:[{_LETTER}_:0-9]|{_ESCAPE})(?:[{_IN_NAME}:]|{_ESCAPE}|\.+(?=[{_IN_NAME}:%\\]))*+)?"
_IRI: Final = r"""<(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>"""
_STRINGS: Final = (
    r'"""(?:"{0,2}(?:[^"\\]|\\.))*+"""',
    r"'''(?:'{0,2}(?:[^'\\]|\\.))*+'''",
    r'"(?:[^"\\\n\r]|\\.)*+"',
    r"'(?:[^'\\\n\r]|\\.)*+'",
)
# Possessive repeats (`*+`) keep hostile text from costing quadratic time.
_TOKEN: Final = re.compile(
    "|".join(
        (
            r"(?P<space>[ \t\r\n]+)",
            r"(?P<comment>#[^\r\n]*)",
            rf"(?P<iri>{_IRI})",
            rf"(?P<string>{'|'.join(_STRINGS)})",
            rf"(?P<variable>[?$][{_LETTER}_0-9][{_IN_VARIABLE}]*)",
            rf"(?P<blank>_:[{_LETTER}_0-9](?:[{_IN_NAME}]|\.+(?=[{_IN_NAME}]))*+)",
            rf"(?P<name>(?P<prefix>(?:[{_LETTER}](?:[{_IN_NAME}]|\.+(?=[{_IN_NAME}]))*+)?):{_LOCAL})",
            rf"(?P<word>[{_LETTER}_](?:[{_IN_NAME}]|\.+(?=[{_IN_NAME}]))*+)",
            r"(?P<number>(?:[0-9]+\.[0-9]+|\.[0-9]+|[0-9]+)(?:[eE][+-]?[0-9]+)?)",
            r"(?P<language>@[A-Za-z]+(?:-+[A-Za-z0-9]+)*)",
            # `?a<<http://x#>` compares with an IRI: with `<<` taken for a bracket there, its `#` would open a comment.
            rf"(?P<symbol><<(?!{_IRI[1:]})|>>|\^\^|&&|\|\||[<>!]=|.)",
        )
    ),
    re.DOTALL,
)
_KINDS: Final = {"name": "prefixed", "blank": "prefixed", "language": "symbol"}
_OPENING: Final = frozenset({"(", "{", "[", "<<"})
_CLOSING: Final = frozenset({")", "}", "]", ">>"})
_OPERATORS: Final = frozenset({"+", "-", "*", "/", "|", "^", "!", "&&", "||", "=", "!=", "<", ">", "<=", ">="})
_CLAUSES: Final = frozenset({"UNION", "OPTIONAL", "MINUS", "AS", "FILTER", "VALUES", "GRAPH", "LATERAL"})
_PROLOGUE: Final = frozenset({"BASE", "PREFIX", "VERSION"})
_UPDATES: Final = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"})
_QUERIES: Final = frozenset({"SELECT", "CONSTRUCT", "DESCRIBE", "ASK"})


def tokens(text: str) -> Iterator[Token]:
    """Return the tokens of SPARQL `text`, in order and without gaps."""
    for match in _TOKEN.finditer(text):
        group = match.lastgroup or "symbol"
        yield Token(cast("Kind", _KINDS.get(group, group)), match.group())


def is_request(text: str) -> bool:
    """Whether `text` begins as SPARQL does, in more than one word; `DESCRIBE <…>` and updates do without braces."""
    said = [token.text.upper() for token in tokens(text) if token.kind not in {"space", "comment"}]
    return len(said) > 1 and said[0] in _QUERIES | _UPDATES | _PROLOGUE


def check_query(text: str) -> None:
    """Raise `RefusedQuery` for a query that must not reach the engine; what does not parse is the engine's to say."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        raise RefusedQuery(f"the query has {size:,} bytes; provkg takes at most {MAX_BYTES:,}: ask for less")
    found: list[Token] = []
    for token in tokens(text):
        _check_token(token)
        found.append(token)
    _check_form(found)
    _check_nesting(found)
    _check_operators(found)


def complaint(message: str, text: str) -> str:
    """Return what Oxigraph says of query `text` that does not parse, with the line it stops in and a caret below.

    Its list of all that could stand there is left out.
    """
    place, _, rest = " ".join(message.split()).partition(": ")
    numbers = re.fullmatch(r"error at (\d+):(\d+)", place)
    where = f" (line {numbers[1]}, column {numbers[2]})" if numbers else f" ({place})"
    # Reasons in words stand among the expected tokens; those are quoted, bracketed or single keywords.
    parts = re.sub(r"^expected (one of )?", "", rest).split(", ")
    reasons = [part for part in parts if " " in part and not re.match(r"[\[\"'|]", part)]
    said = f"the query does not parse{where}" + "".join(f": {reason}" for reason in reasons[:1])
    return said + (_pointed_at(text, int(numbers[1]), int(numbers[2])) if numbers else "")


def _pointed_at(text: str, line: int, column: int) -> str:
    """Return the line of `text` with a caret below the column, both counted from 1; of a long line what is near."""
    lines = text.split("\n")
    if not (0 < line <= len(lines)) or not lines[line - 1].strip():
        return "; it ends too early" if not "".join(lines[line - 1 :]).strip() else ""
    shown = lines[line - 1].rstrip("\r").expandtabs(1)
    start = max(0, column - 1 - LONGEST_LINE // 2) if len(shown) > LONGEST_LINE else 0
    return f"\n  {shown[start : start + LONGEST_LINE]}\n  {' ' * (column - 1 - start)}^"


def prologue(*prefixes: str) -> str:
    """Return the lines that declare `prefixes` of ours and of the vocabularies that we use."""
    return "".join(f"PREFIX {prefix}: <{NAMESPACES[prefix]}>\n" for prefix in prefixes)


def substitute(text: str, terms: Mapping[str, NamedNode | Literal]) -> str:
    """Return `text` with each variable that `terms` names, written `?name` or `$name`, replaced by its term.

    Only variables are replaced, never what looks like one in a string, an IRI or a comment.
    """
    return "".join(_substituted(tokens(text), terms))


def _substituted(found: Iterable[Token], terms: Mapping[str, NamedNode | Literal]) -> Iterator[str]:
    before = ""
    for kind, text in found:
        term = terms.get(text[1:]) if kind == "variable" else None
        # A space, because `?a<` followed by an IRI would open a quoted triple.
        before = text if term is None else f" {term}" if before.endswith("<") else str(term)
        yield before


def _check_token(token: Token) -> None:
    # Oxigraph's grammar has no word boundaries: `SERVICEex:a{}` and `trueSERVICE<…>{}` call a service too.
    text = token.text.upper()
    if token.kind == "word" and "LOAD" in text:
        raise RefusedQuery("LOAD reaches the network, so provkg does not run it; read the file with: provkg add FILE")
    callable_part = text.partition(":")[0] if token.kind == "prefixed" else text
    if token.kind in {"word", "prefixed"} or text.startswith("@"):
        _check_service(callable_part, token)
    if token.kind == "symbol" and text in {'"', "'", "\\"}:
        raise RefusedQuery(f"the query has a {text} outside any string; close the string, or escape it inside one")


def _check_service(text: str, token: Token) -> None:
    if "SERVICE" not in text:
        return
    if token.kind == "prefixed":
        raise RefusedQuery(f"{token.text}: a prefix with 'service' in it cannot be told from a call; rename the prefix")
    raise RefusedQuery("SERVICE reaches the network, so provkg does not run it; ask each endpoint by itself")


def _check_form(found: Iterable[Token]) -> None:
    words = (token.text.upper() for token in found if token.kind == "word")
    form = next((word for word in words if word not in _PROLOGUE), "")
    if form in _UPDATES:
        raise RefusedQuery(f"{form} would change the graph, which grows only by records: provkg add FILE")


def _check_nesting(found: Iterable[Token]) -> None:
    depth = 0
    for token in found:
        if token.kind == "symbol":
            depth += (token.text in _OPENING) - (token.text in _CLOSING)
        if depth > MAX_NESTING:
            raise RefusedQuery(f"the query nests brackets more than {MAX_NESTING} deep; write it flatter")


def _check_operators(found: Iterable[Token]) -> None:
    count = sum(
        token.text in _OPERATORS if token.kind == "symbol" else token.text.upper() in _CLAUSES
        for token in found
        if token.kind in {"symbol", "word"}
    )
    if count > MAX_OPERATORS:
        limit = f"provkg takes at most {MAX_OPERATORS:,}"
        raise RefusedQuery(f"the query has {count:,} operators and clauses; {limit}: use VALUES or IN")
