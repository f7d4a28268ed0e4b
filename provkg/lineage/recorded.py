"""Whether a fact that only one of two sides has is not there on the other, or was merely not recorded of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from provkg.lineage.factors import USES

Facts = Mapping[str, str]
# What every environment has, so that one of which it is not said was not asked for it.
_OF_EACH_ENVIRONMENT: Final = frozenset({"system", "kernel", "Python"})
_OF_EACH_MACHINE: Final = frozenset({"processor", "processors", "memory in bytes"})
_OF_ACCELERATORS: Final = frozenset({"accelerator", "accelerators", "driver of the accelerator"})
_CONTAINER: Final = "container image"
_NO_PACKAGES: Final = _OF_EACH_ENVIRONMENT | _OF_EACH_MACHINE | _OF_ACCELERATORS | {_CONTAINER}
# What things say that they lack on purpose, by the facet or fact of which that tells.
_DECLARED: Final = {
    "settings": "parameter",
    "seeds": "parameter",
    "code": "usedCode",
    "environment": "ranIn",
    _CONTAINER: "hasContainer",
    "accelerator": "hasAccelerator",
    "accelerators": "hasAccelerator",
    "driver of the accelerator": "hasAccelerator",
    "licence": "license",
}


def is_recorded(facet: str, fact: str, facts: Facts, absent: Collection[str]) -> bool:
    """Whether a side that lacks `fact` is known to lack it; `facts` are its others of the facet.

    `absent` are the properties that it declares to lack.
    """
    if {_DECLARED.get(facet), _DECLARED.get(fact)} & {*absent}:
        return True
    if not facts:
        return False
    told = _TOLD.get(facet)
    return told is not None and told(fact, facts)


def _in_data(fact: str, facts: Facts) -> bool:
    use, _, rest = fact.partition(": ")
    if use not in USES.values() or not rest or use not in facts:
        return True  # other data, or none, are used so, and what is said of them goes with them
    return _in_columns(fact, facts)


def _in_columns(fact: str, facts: Facts) -> bool:
    """Whether a list of columns says that this is none of them."""
    before, found, _ = fact.partition("column ")
    return bool(found) and any(each.startswith(f"{before}column ") for each in facts)


def _in_code(fact: str, facts: Facts) -> bool:
    return fact == "digest of the patch" and facts.get("uncommitted changes") == "false"


def _in_environment(fact: str, facts: Facts) -> bool:
    if fact in _OF_ACCELERATORS:
        return bool(_OF_EACH_MACHINE & facts.keys()) and not _OF_ACCELERATORS & facts.keys()
    return fact not in _NO_PACKAGES and bool(facts.keys() - _NO_PACKAGES)


def _in_outcome(fact: str, facts: Facts) -> bool:
    return fact == "error" and facts.get("status") not in {None, "failed"}


def _always(_fact: str, _facts: Facts) -> bool:
    return True


_TOLD: Final = {
    "itself": _in_columns,
    "steps": _always,
    "data": _in_data,
    "code": _in_code,
    "settings": _always,
    "seeds": _always,
    "environment": _in_environment,
    "outcome": _in_outcome,
}
"""By facet, whether it lists all that there is of its kind; metrics are never all measured."""
