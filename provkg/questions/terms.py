"""RDF terms as people read them: short IRIs, plain numbers, digests cut to what tells them apart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from provkg.identity import digest_of_file, kebab_case
from provkg.literals import python_value
from provkg.vocabulary import CLASSES, INDIVIDUALS, NAMESPACES

Term = NamedNode | BlankNode | Literal | Triple
_OWN: Final = re.compile(r"https?:.*/([a-z]+(?:-[a-z]+)*)/([^/#?]+)")
_SPDX: Final = re.compile(r"https?://spdx\.org/licenses/([^/#?]+?)(?:\.html|\.json)?")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
SHOWN_DIGITS: Final = 12
# How a graph's IRIs name classes: `training-run` stands for pvk:TrainingRun.
KINDS: Final = {
    kebab_case(name): iri for iri in sorted(CLASSES, key=str, reverse=True) if (name := iri.value.rpartition("#")[2])
}


def prefixed(iri: NamedNode) -> str:
    """Return `iri` with the prefix of its vocabulary, or whole when it has none."""
    for prefix, namespace in NAMESPACES.items():
        if iri.value.startswith(namespace):
            return f"{prefix}:{iri.value.removeprefix(namespace)}"
    return iri.value


def short(term: Term | None, names: Mapping[str, str] | None = None) -> str:
    """Return `term` as it stands in a table: a name where `names` has one, else the shortest form that still tells.

    A graph's own IRI is cut to `kind/1a2b3c4d5e6f…`, and that of bytes to `file/1a2b3c4d5e6f…` with their digest, which
    are understood wherever a thing is asked for; an SPDX licence is its identifier.
    """
    match term:
        case None:
            return ""
        case NamedNode():
            return (names or {}).get(term.value) or _short_iri(term)
        case Literal():
            return _short_literal(term)
        case _:
            return str(term)


def is_number(term: Term | None) -> bool:
    """Return whether `term` stands for a number, which a table sets flush right."""
    return (
        isinstance(term, Literal)
        and isinstance(value := python_value(term), int | float | Decimal)
        and not isinstance(value, bool)
    )


def _short_iri(iri: NamedNode) -> str:
    if iri in INDIVIDUALS:
        return iri.value.rpartition("-")[2]
    if (digest := digest_of_file(iri.value)) is not None:
        return f"file/{digest[:SHOWN_DIGITS]}…"
    if (licence := _SPDX.fullmatch(iri.value)) is not None:
        return licence[1]
    own = _OWN.fullmatch(iri.value)
    if own is None or own.group(1) not in KINDS | {"agent": None, "file": None}:
        return prefixed(iri)
    kind, key = own.groups()
    return f"{kind}/{key[:SHOWN_DIGITS]}…" if _DIGEST.fullmatch(key) else f"{kind}/{key}"


def _short_literal(literal: Literal) -> str:
    if _DIGEST.fullmatch(literal.value):
        return literal.value[:SHOWN_DIGITS] + "…"
    value = python_value(literal)
    return f"{value:.6g}" if isinstance(value, float) else " ".join(literal.value.split())
