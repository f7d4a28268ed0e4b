"""What registries call models, by name, version and alias, and what a stage means: the model that serves in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from provkg.sparql import prologue, substitute
from provkg.vocabulary import INDIVIDUALS, DeploymentStage

if TYPE_CHECKING:
    from provkg.index import ReadIndex

_PROLOGUE: Final = prologue("pvk", "prov", "dct")
# Moving an alias is another entry: the newest says what it means.
_REGISTERED: Final = """
SELECT ?thing (MAX(?at) AS ?newest) WHERE {
  ?entry pvk:alias ?_alias ; pvk:registers ?thing .
  OPTIONAL { ?entry pvk:registryName ?listed }
  OPTIONAL { ?thing pvk:versionOf/dct:title ?continuing } OPTIONAL { ?thing dct:title ?own }
  FILTER(COALESCE(?listed = ?_name, false) || COALESCE(?continuing = ?_name, false) || COALESCE(?own = ?_name, false))
  FILTER NOT EXISTS { ?entry prov:invalidatedAtTime ?gone }
  OPTIONAL { ?entry prov:generatedAtTime ?at }
} GROUP BY ?thing ORDER BY DESC(?newest) ?thing"""
_SERVING: Final = """
SELECT DISTINCT ?thing WHERE {
  ?deployment pvk:deploymentStage ?_stage ; pvk:deploys ?thing .
  FILTER NOT EXISTS { ?deployment prov:invalidatedAtTime ?ended FILTER(?ended <= NOW()) }
  FILTER NOT EXISTS { ?deployment prov:generatedAtTime ?since FILTER(?since > NOW()) }
}"""

BY_REGISTRY: Final = """
    ?entry pvk:registryName ?_name ; pvk:registers ?thing . FILTER NOT EXISTS { ?entry prov:invalidatedAtTime ?gone }
"""
"""The pattern by which a name in a registry means things."""
_VERSIONS: Final = """
SELECT ?thing ?version WHERE {
  ?entry pvk:registryName ?_name ; pvk:registers ?thing . FILTER NOT EXISTS { ?entry prov:invalidatedAtTime ?gone }
  OPTIONAL { ?entry pvk:registryVersion ?version }
  OPTIONAL { ?entry prov:generatedAtTime ?at }
} ORDER BY DESC(?at) DESC(?version) ?thing"""
_ALIASES: Final = """
SELECT DISTINCT ?alias WHERE {
  { ?entry pvk:registers ?thing ; pvk:alias ?alias FILTER NOT EXISTS { ?entry prov:invalidatedAtTime ?gone } }
  UNION {
    ?deployment pvk:deploys ?thing ; pvk:deploymentStage ?stage
    FILTER NOT EXISTS { ?deployment prov:invalidatedAtTime ?ended FILTER(?ended <= NOW()) }
    BIND(STRAFTER(STR(?stage), "DeploymentStage-") AS ?alias)
  }
  FILTER(?thing IN (%s))
} ORDER BY ?alias"""
TRIED: Final = 100


def aliases_of(index: ReadIndex, things: Sequence[NamedNode]) -> list[str]:
    """Return the aliases of `things`, or of the first hundred, and the stages in which one of them serves."""
    rows = index.query(_PROLOGUE + _ALIASES % ", ".join(map(str, things[:TRIED]))).rows
    return [alias.value for (alias,) in rows if isinstance(alias, Literal) and alias.value]


def registered(index: ReadIndex, name: str) -> list[tuple[NamedNode, str | None]]:
    """Return what registries keep under `name`, each with its version there, the newest entry first."""
    rows = index.query(_PROLOGUE + substitute(_VERSIONS, {"_name": Literal(name)})).rows
    return [(row[0], getattr(row[1], "value", None)) for row in rows if isinstance(row[0], NamedNode)]


def aliased(index: ReadIndex, name: str, alias: str) -> list[NamedNode]:
    """Return the models that `alias` of `name` means: by a registry's newest entry, else those that serve there."""
    terms = {"_alias": Literal(alias), "_name": Literal(name)}
    rows = index.query(_PROLOGUE + substitute(_REGISTERED, terms)).rows
    found = [row[0] for row in rows if row[1] == rows[0][1]]
    stage = NamedNode(f"{DeploymentStage.value}-{alias}") if alias.isalnum() else DeploymentStage
    if not rows and stage in INDIVIDUALS:
        found = [row[0] for row in index.query(_PROLOGUE + substitute(_SERVING, {"_stage": stage})).rows]
    return [each for each in found if isinstance(each, NamedNode)]
