"""Which media type an asker gets: the `Accept` header against what there is (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TABLES: Final[Mapping[str, str]] = {
    "application/sparql-results+json": "application/sparql-results+json",
    "application/json": "application/sparql-results+json",
    "application/sparql-results+xml": "application/sparql-results+xml",
    "application/xml": "application/sparql-results+xml",
    "text/xml": "application/sparql-results+xml",
    "text/csv": "text/csv",
    "text/tab-separated-values": "text/tab-separated-values",
}
GRAPHS: Final[Mapping[str, str]] = {
    "text/turtle": "text/turtle",
    "application/x-turtle": "text/turtle",
    "application/n-triples": "application/n-triples",
    "text/plain": "application/n-triples",
    "application/ld+json": "application/ld+json",
    "application/json": "application/ld+json",
    "application/rdf+xml": "application/rdf+xml",
    "application/xml": "application/rdf+xml",
}


def chosen(accept: str, offers: Mapping[str, str]) -> str | None:
    """Return the best of `offers` for an `Accept` header, or None.

    The keys of `offers` are what an asker may name, the first the default; the values are what is sent then.
    """
    ranges = dict(_ranges(accept)) or {"*/*": 1.0}
    ranked = [(_quality(name, ranges), -position, name) for position, name in enumerate(offers)]
    quality, _, best = max(ranked)
    return offers[best] if quality > 0 else None


def _ranges(accept: str) -> list[tuple[str, float]]:
    return [_range(part) for part in accept.split(",") if part.strip()]


def _range(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    weights = [parameter[2:] for parameter in parameters if parameter.startswith("q=")]
    try:
        return name, float(weights[0]) if weights else 1.0
    except ValueError:
        return name, 0.0


def _quality(name: str, ranges: Mapping[str, float]) -> float:
    # The most specific range decides, even when it says 0.
    family = f"{name.partition('/')[0]}/*"
    return next((ranges[known] for known in (name, family, "*/*") if known in ranges), 0.0)
