"""What a deployment without a title is called: by the model that it serves and the address where, `scorer@5 at https://…`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

_AT: Final = " at "
BY_PLACE: Final = """
    ?endpoint dct:identifier ?_address . ?thing pvk:deployedAt ?endpoint ; pvk:deploys ?model .
    OPTIONAL { ?model pvk:versionOf/dct:title ?whole } OPTIONAL { ?model dct:title ?own }
    OPTIONAL { ?model dcat:version ?number }
    FILTER(?_model IN (?own, ?whole, CONCAT(?own, "@", ?number), CONCAT(?whole, "@", ?number)))
"""
"""Finds a deployment by what it serves, with or without its version, and where."""


def deployed(model: str, address: str) -> str:
    """Return what a deployment of `model` at `address` is called."""
    return f"{model}{_AT}{address}"


def model_and_address(name: str) -> Iterator[tuple[str, str]]:
    """Yield as what `name` may be read: either part may hold an ` at ` of its own."""
    parts = name.split(_AT)
    for place in range(1, len(parts)):
        yield _AT.join(parts[:place]), _AT.join(parts[place:])
