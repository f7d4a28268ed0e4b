"""How findings call things; there may be thousands of findings, so names are looked up and not asked for."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from pyoxigraph import Literal, NamedNode

from provkg import vocabulary as v
from provkg.index import ReadIndex
from provkg.questions.deployed import deployed
from provkg.questions.terms import Term, short

REMEMBERED: Final = 10_000
# The ways to a name, the best first.
_NAMED_BY: Final = ((v.versionOf, v.dct_title), (v.dct_title,), (v.packageName,), (v.dct_identifier,))


class Namer:
    """Names of things in one state of an index, as `name@version` or as the shortest IRI that still tells."""

    def __init__(self, index: ReadIndex) -> None:
        self._index = index
        self.thing = lru_cache(REMEMBERED)(self._thing)

    def term(self, term: Term | None) -> str:
        """Return how a message writes `term`."""
        if isinstance(term, NamedNode):
            return self.thing(term)
        # A digest is shown in full: whoever mends it compares it with a file's.
        return term.value if isinstance(term, Literal) else short(term)

    def _thing(self, iri: NamedNode) -> str:
        name = next((name for path in _NAMED_BY if (name := self._text(iri, *path))), None) or self._described(iri)
        version = self._text(iri, v.dcat_version) or self._text(iri, v.packageVersion)
        return (f"{name}@{version}" if version else name) if name else short(iri)

    def _described(self, iri: NamedNode) -> str | None:
        """Return what a thing without a name is called by what stands around it."""
        model, address = self._served(iri), self._text(iri, v.deployedAt, v.dct_identifier)
        if model and address:
            return deployed(model, address)
        for first, between, second in (
            (self._kind(iri), " of ", self._text(iri, v.measuredIn, v.dct_title)),
            (self._text(iri, v.inBatch, v.dct_title), " row ", self._text(iri, v.rowIndex)),
        ):
            if first and second:
                return first + between + second
        return None

    def _served(self, iri: NamedNode) -> str | None:
        """Return the name and version of the model that a deployment serves, where it has a name."""
        model = next((found.object for found in self._index.statements(iri, v.deploys)), None)
        titles = ((v.versionOf, v.dct_title), (v.dct_title,))
        if not isinstance(model, NamedNode) or not any(self._text(model, *path) for path in titles):
            return None
        return self.thing(model)

    def _kind(self, iri: NamedNode) -> str | None:
        found = self._index.statements(iri, v.metricKind)
        return short(found[0].object) if found else None

    def _text(self, iri: NamedNode, *path: NamedNode) -> str | None:
        terms: list[Term] = [iri]
        for step in path:
            terms = [
                each.object
                for term in terms
                if isinstance(term, NamedNode)
                for each in self._index.statements(term, step)
            ]
        texts = sorted(" ".join(term.value.split()) for term in terms if isinstance(term, Literal))
        return texts[0] if texts else None
