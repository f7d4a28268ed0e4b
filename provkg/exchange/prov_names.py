"""Qualified names in PROV documents: prefixes, the two reserved ones, and texts that stand for names."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Final, NoReturn

from provkg.prov.terms import PROV, XSD, Name

# XML writes the namespace of XML Schema without the # that ends it in RDF; files mix both.
_XML_SCHEMA: Final = XSD.removesuffix("#")
_RESERVED: Final = MappingProxyType({"prov": PROV, "xsd": XSD})
_NAME_TYPES: Final = frozenset({f"{PROV}QUALIFIED_NAME", f"{XSD}QName"})
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)


class Namespaces:
    """What prefixes mean; `fail` says what is wrong, at the place where the reader is."""

    def __init__(self, fail: Callable[[str], NoReturn], declared: dict[str, str] | None = None) -> None:
        self._fail = fail
        self._declared = declared if declared is not None else {}

    @property
    def prefixes(self) -> dict[str, str]:
        """Return the prefixes as declared."""
        return {prefix: namespace for prefix, namespace in self._declared.items() if prefix}

    def inner(self) -> Namespaces:
        """Return the namespaces of a bundle: it sees those outside, and what it declares stays in it."""
        return Namespaces(self._fail, dict(self._declared))

    def declare(self, prefix: str, namespace: str) -> None:
        """Let `prefix` mean `namespace` from here on; `prov` always means what it means in PROV."""
        if prefix == "prov" and namespace != PROV:
            self._fail(f"the prefix prov is reserved for {PROV}")
        self._declared[prefix] = complete(namespace)

    def qualified(self, text: str) -> Name:
        """Return the name that `ex:local` stands for; a backslash keeps a sign from meaning something in PROV-N."""
        prefix, colon, local = text.partition(":")
        return self.resolve(prefix, unescaped(local)) if colon else self.resolve("", unescaped(text))

    def resolve(self, prefix: str, local: str) -> Name:
        """Return the name that a prefix and a local part stand for."""
        namespace = self._declared.get(prefix, _RESERVED.get(prefix))
        if namespace is None:
            unset = f"{local!r} has no prefix, and no default namespace is set"
            self._fail(f"the prefix {prefix!r} is not declared" if prefix else unset)
        return Name(namespace + local)


def complete(namespace: str) -> str:
    """Return a namespace as RDF has it."""
    return XSD if namespace == _XML_SCHEMA else namespace


def unescaped(local: str) -> str:
    """Return the local part of a name without the backslashes that PROV-N asks for."""
    return _ESCAPED.sub(r"\1", local)


def stands_for_a_name(datatype: str) -> bool:
    """Say whether a text of this datatype is a qualified name."""
    return datatype in _NAME_TYPES
