"""PROV-N files: whole documents as text that reads back as the same document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from provkg.errors import UsageError
from provkg.prov.document import Bundle, Document, Filler, Statement
from provkg.prov.kinds import DICTIONARY_MEMBERSHIP
from provkg.prov.notation import RESERVED, Notation, qualified
from provkg.prov.terms import Blank, Identifier, Literal, Name, Time, Value

_IRI: Final = re.compile(r"""[^<>"{}|^`\\\x00-\x20]+""")
_TAIL: Final = re.compile(r"(?:[\w.\-]|%[0-9A-Fa-f]{2})+$")


def write(document: Document) -> str:
    """Return the document as PROV-N text.

    Names that no prefix of the document fits get one. PROV-N has no blank identifiers: one becomes a name under
    `urn:blank:`. Raises `UsageError` for what PROV-N cannot say: a name that is no IRI, a year as a time.
    """
    document = _writable(document)
    notation = Notation(_prefixes(document))
    declared = ((prefix, space) for prefix, space in notation.prefixes.items() if prefix not in RESERVED)
    lines = [f"prefix {prefix} <{namespace}>" for prefix, namespace in declared]
    lines += [notation.statement(each) for each in document.statements]
    lines += [line for bundle in document.bundles for line in _bundle(bundle, notation)]
    return "\n".join(["document", *(f"  {line}" for line in lines), "endDocument"]) + "\n"


def _bundle(bundle: Bundle, notation: Notation) -> Iterator[str]:
    yield f"bundle {notation.name(bundle.id)}"
    yield from (f"  {notation.statement(each)}" for each in bundle.statements)
    yield "endBundle"


def _writable(document: Document) -> Document:
    bundles = tuple(Bundle(_named(each.id), _all_writable(each.statements)) for each in document.bundles)
    return Document(_all_writable(document.statements), bundles, document.prefixes)


def _all_writable(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    return tuple(each for statement in statements for each in _one_pair_each(_without_blanks(statement)))


def _without_blanks(statement: Statement) -> Statement:
    return replace(
        statement,
        id=statement.id and _named(statement.id),
        arguments=tuple(_writable_filler(each) for each in statement.arguments),
        attributes=frozenset((name, _named_value(value)) for name, value in statement.attributes),
        pairs=frozenset((_named_value(key), entity and _named(entity)) for key, entity in statement.pairs),
    )


def _one_pair_each(statement: Statement) -> Iterator[Statement]:
    # Other syntaxes list the members of a dictionary in one statement.
    if statement.kind is not DICTIONARY_MEMBERSHIP:
        yield statement
        return
    for pair in statement.pairs:
        yield replace(statement, pairs=frozenset({pair}))


def _writable_filler(filler: Filler) -> Filler:
    if not isinstance(filler, Time):
        return filler and _named(filler)
    if filler.instant is None:
        raise UsageError(f"{filler.text!r} is no xsd:dateTime, and PROV-N has no other times")
    return Time(filler.text.strip())


def _named(identifier: Identifier) -> Name:
    return Name(f"urn:blank:{identifier.label}") if isinstance(identifier, Blank) else identifier


def _named_value(value: Value) -> Name | Literal:
    return value if isinstance(value, Literal) else _named(value)


def _prefixes(document: Document) -> dict[str, str]:
    known = RESERVED | {prefix: space for prefix, space in document.prefixes.items() if prefix not in RESERVED}
    for iri in sorted(_iris(document)):
        if not _IRI.fullmatch(iri):
            raise UsageError(f"{iri!r} is no IRI, and PROV-N has no other names; give it another name")
        if qualified(iri, known) is None:
            tail = _TAIL.search(iri)
            known[_unused(known)] = iri[: tail.start()] if tail else iri
    return known


def _unused(known: dict[str, str]) -> str:
    return next(name for number in range(len(known) + 1) if (name := f"ns{number}") not in known)


def _iris(document: Document) -> Iterator[str]:
    for bundle in document.bundles:
        yield str(bundle.id)
    for statement in (*document.statements, *(each for bundle in document.bundles for each in bundle.statements)):
        yield from (each.iri for each in statement.identifiers() if isinstance(each, Name))
        for name, value in statement.attributes:
            yield from (name.iri, *_value_iris(value))
        for key, _ in statement.pairs:
            yield from _value_iris(key)


def _value_iris(value: Value) -> Iterator[str]:
    if isinstance(value, Literal):
        yield value.datatype
    elif isinstance(value, Name):
        yield value.iri
