"""What Turtle files say, by subject and in the order in which it stands there."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from provkg.errors import MalformedRDF, Unreadable
from provkg.vocabulary import NAMESPACES

Value = NamedNode | Literal
SKOS: Final = NAMESPACES["skos"]
DCT: Final = NAMESPACES["dct"]
OWL: Final = NAMESPACES["owl"]
RDFS: Final = NAMESPACES["rdfs"]


@dataclass
class Statements:
    """Statements with named subjects; blank nodes are left out, as the ontology and its alignments have none."""

    said: dict[str, list[tuple[str, Value]]] = field(default_factory=lambda: defaultdict(list))
    prefixes: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, files: Iterable[Path]) -> Statements:
        """Read Turtle files; raises `MalformedRDF` or `Unreadable`."""
        statements = cls()
        for file in files:
            statements._read(file)
        return statements

    def nodes(self, subject: str, predicate: str) -> list[str]:
        """Return the IRIs that `subject` is related to by `predicate`."""
        return [value.value for said, value in self.of(subject) if said == predicate and isinstance(value, NamedNode)]

    def literals(self, subject: str, predicate: str) -> list[Literal]:
        """Return the literals that `subject` says with `predicate`."""
        return [value for said, value in self.of(subject) if said == predicate and isinstance(value, Literal)]

    def text(self, subject: str, predicate: str) -> str:
        """Return the first text that `subject` says with `predicate`, or nothing."""
        return next((value.value for value in self.literals(subject, predicate)), "")

    def of(self, subject: str) -> list[tuple[str, Value]]:
        """Return all that is said of `subject`."""
        return self.said.get(subject, [])

    def _read(self, file: Path) -> None:
        try:
            parsed = parse(
                file.read_bytes().removeprefix(BOM_UTF8), format=RdfFormat.TURTLE, base_iri=file.resolve().as_uri()
            )
            for subject, predicate, value, _ in parsed:
                if isinstance(subject, NamedNode) and isinstance(value, NamedNode | Literal):
                    self.said[subject.value].append((predicate.value, value))
            self.prefixes |= dict(parsed.prefixes)
        except SyntaxError as error:
            raise MalformedRDF(file, error.msg, line=error.lineno, column=error.offset) from None
        except OSError as error:
            raise Unreadable(f"{file} cannot be read: {error.strerror}") from None
