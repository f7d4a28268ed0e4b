"""How statements are written in PROV-N (section 3), for reports and for files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from provkg.prov.document import Attribute, Filler, Pair, Statement
from provkg.prov.kinds import DICTIONARY_MEMBERSHIP, INSERTION, REMOVAL
from provkg.prov.terms import PROV, XSD, XSD_STRING, Blank, Literal, Name, Value

RESERVED: Final = {"prov": PROV, "xsd": XSD}
# PN_LOCAL of PROV-N, section 3.7.1: these are written with a backslash, all else outside the class not at all.
_ESCAPED: Final = re.compile(r"[='(),:;\[\]]|(?<!^)\.$|^[-.]")
_WRITABLE: Final = re.compile(r"(?:[\w/@~&+*?#$!.\-·='(),:;\[\]]|%[0-9A-Fa-f]{2})+")
_STRING_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


@dataclass(frozen=True)
class Notation:
    """Writes statements with names shortened by `prefixes`; names that do not fit are written whole."""

    prefixes: Mapping[str, str]

    def name(self, term: Name | Blank) -> str:
        """Return a qualified name, or the IRI when no prefix fits."""
        if isinstance(term, Blank):
            return str(term)
        return qualified(term.iri, self.prefixes) or f"<{term.iri}>"

    def value(self, value: Value) -> str:
        """Return an attribute value."""
        if not isinstance(value, Literal):
            return f"'{self.name(value)}'"
        text = '"' + "".join(_STRING_ESCAPES.get(each, each) for each in value.text) + '"'
        if value.language:
            return f"{text}@{value.language}"
        return text if value.datatype == XSD_STRING else f"{text} %% {self.name(Name(value.datatype))}"

    def statement(self, statement: Statement) -> str:
        """Return one statement."""
        kind = statement.kind
        if kind.element:
            places = [self.name(statement.id)] if statement.id else ["-"]
            given = [self._filler(each) for each in statement.arguments]
            places += given if any(each != "-" for each in given) else []
            head = ""
        else:
            places = [self._filler(each) for each in statement.arguments]
            head = f"{self.name(statement.id)}; " if statement.id else ""
        places += self._pairs(statement)
        if statement.attributes:
            places.append(f"[{', '.join(sorted(map(self._attribute, statement.attributes)))}]")
        return f"{kind.name}({head}{', '.join(places)})"

    def _filler(self, filler: Filler) -> str:
        if filler is None:
            return "-"
        return self.name(filler) if isinstance(filler, Name | Blank) else str(filler)

    def _attribute(self, attribute: Attribute) -> str:
        name, value = attribute
        return f"{self.name(name)}={self.value(value)}"

    def _pairs(self, statement: Statement) -> list[str]:
        if statement.kind is DICTIONARY_MEMBERSHIP:
            return [text for key, entity in statement.pairs for text in (self._filler(entity), self.value(key))]
        if statement.kind is INSERTION:
            return [f"{{{', '.join(sorted(map(self._pair, statement.pairs)))}}}"]
        return [f"{{{', '.join(sorted(self.value(key) for key, _ in statement.pairs))}}}"] * (statement.kind is REMOVAL)

    def _pair(self, pair: Pair) -> str:
        return f"({self.value(pair[0])}, {self._filler(pair[1])})"


def qualified(iri: str, prefixes: Mapping[str, str]) -> str | None:
    """Return a name as PROV-N writes it, or `None` when no prefix fits."""
    fitting = [pair for pair in prefixes.items() if iri.startswith(pair[1]) and pair[1]]
    for prefix, namespace in sorted(fitting, key=lambda pair: -len(pair[1])):
        local = iri[len(namespace) :]
        if not local or _WRITABLE.fullmatch(local):
            return f"{prefix}:{_ESCAPED.sub(lambda match: chr(92) + match[0], local)}"
    return None
