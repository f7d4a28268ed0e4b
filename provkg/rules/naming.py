"""How findings call things: a few findings name a few things, so each is looked up when it is first spoken of."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from pyoxigraph import Literal, NamedNode

from provkg.index import ReadIndex
from provkg.questions.terms import Term, short
from provkg.sparql import substitute
from provkg.vocabulary import NAMESPACES

REMEMBERED: Final = 10_000
_PREFIXES: Final = "".join(f"PREFIX {prefix}: <{NAMESPACES[prefix]}>\n" for prefix in ("pvk", "dct", "dcat"))
_NAME: Final = """
SELECT ?title ?version WHERE {
  OPTIONAL { ?_thing pvk:versionOf/dct:title ?continuing }
  OPTIONAL { ?_thing dct:title ?own }
  OPTIONAL { ?_thing pvk:packageName ?package }
  OPTIONAL { ?_thing dct:identifier ?identifier }
  OPTIONAL { ?_thing pvk:deploys/pvk:versionOf/dct:title ?model . ?_thing pvk:deployedAt/dct:identifier ?address }
  OPTIONAL { ?_thing pvk:metricKind ?kind . ?_thing pvk:measuredIn/dct:title ?run }
  OPTIONAL { ?_thing pvk:inBatch/dct:title ?batch . ?_thing pvk:rowIndex ?row }
  OPTIONAL { ?_thing dcat:version ?label }
  OPTIONAL { ?_thing pvk:packageVersion ?packageVersion }
  BIND(CONCAT(STRAFTER(STR(?kind), "MetricKind-"), " of ", ?run) AS ?metric)
  BIND(CONCAT(?model, " at ", ?address) AS ?serving)
  BIND(CONCAT(?batch, " row ", STR(?row)) AS ?place)
  BIND(COALESCE(?continuing, ?own, ?package, ?identifier, ?serving, ?metric, ?place) AS ?title)
  BIND(COALESCE(?label, ?packageVersion) AS ?version)
} ORDER BY ?title ?version LIMIT 1"""


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
        for title, version in self._index.query(_PREFIXES + substitute(_NAME, {"_thing": iri})).rows:
            if isinstance(title, Literal):
                name = " ".join(title.value.split())
                return f"{name}@{version.value}" if isinstance(version, Literal) else name
        return short(iri)
