"""What the nodes of a score are called, what kind of thing each is, and who can say more of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pyoxigraph import Literal, NamedNode

from provkg import vocabulary as v
from provkg.lineage.wording import in_words
from provkg.questions.deployed import deployed
from provkg.questions.terms import short
from provkg.score.reach import Statements
from provkg.vocabulary import NAMESPACES, SUPERCLASSES

_NAMES: Final = (
    v.dct_title, v.foaf_name, v.packageName, v.paramName, v.featureName, v.dct_identifier, v.skos_prefLabel,
)  # fmt: skip
_VERSIONS: Final = (v.dcat_version, v.packageVersion)
_RESPONSIBLE: Final = (v.responsibleAgent, v.prov_wasAssociatedWith, v.prov_wasAttributedTo)
_SHOWN_OF_A_COMMIT: Final = 12


def name_of(statements: Statements, node: NamedNode) -> str:
    """Return what people call `node`: `apple-grader@2`, or the short form of its IRI."""
    name = _first(statements, node, _NAMES) or _name_of_the_whole(statements, node) or _commit(statements, node)
    if name is None:
        return _deployed(statements, node) or short(node)
    version = _first(statements, node, _VERSIONS)
    return f"{name}@{version}" if version else name


def kind_of(statements: Statements, node: NamedNode) -> str:
    """Return in words what kind of thing `node` is: `training run`."""
    types = statements.types(node)
    implied = {above for kind in types for above in SUPERCLASSES.get(kind, ())}
    narrowest = sorted(types - implied or types, key=lambda kind: (_is_foreign(kind), kind.value))
    return in_words(narrowest[0].value.rpartition("#")[2].rpartition("/")[2]) if narrowest else "thing"


def who_knows(statements: Statements, node: NamedNode) -> str | None:
    """Return the names of those who answer for `node`, or for the run that made it."""
    runs = [t.object for t in statements.about(node) if t.predicate == v.prov_wasGeneratedBy]
    for asked in (node, *(run for run in runs if isinstance(run, NamedNode))):
        for relation in _RESPONSIBLE:
            if found := _named(statements, asked, relation):
                return ", ".join(found)
    return None


def _named(statements: Statements, node: NamedNode, relation: NamedNode) -> list[str]:
    agents = [t.object for t in statements.about(node) if t.predicate == relation]
    return sorted(name_of(statements, agent) for agent in agents if isinstance(agent, NamedNode))


def _first(statements: Statements, node: NamedNode, relations: Iterable[NamedNode]) -> str | None:
    said = statements.about(node)
    for relation in relations:
        texts = [t.object.value for t in said if t.predicate == relation and isinstance(t.object, Literal)]
        if texts:
            return " ".join(min(texts).split())
    return None


def _name_of_the_whole(statements: Statements, node: NamedNode) -> str | None:
    wholes = [t.object for t in statements.about(node) if t.predicate == v.versionOf]
    names = [_first(statements, whole, (v.dct_title,)) for whole in wholes if isinstance(whole, NamedNode)]
    return min((name for name in names if name), default=None)


def _deployed(statements: Statements, node: NamedNode) -> str | None:
    """Return what a deployment without a name is called: the model, where that has a name, and the address."""
    models, places = (_ends(statements, node, relation) for relation in (v.deploys, v.deployedAt))
    served = [name_of(statements, each) for each in models if _titled(statements, each)]
    addresses = [address for each in places if (address := _first(statements, each, (v.dct_identifier,)))]
    return deployed(min(served), min(addresses)) if served and addresses else None


def _titled(statements: Statements, node: NamedNode) -> bool:
    return bool(_first(statements, node, (v.dct_title,)) or _name_of_the_whole(statements, node))


def _ends(statements: Statements, node: NamedNode, relation: NamedNode) -> list[NamedNode]:
    ends = (each.object for each in statements.about(node) if each.predicate == relation)
    return [end for end in ends if isinstance(end, NamedNode)]


def _commit(statements: Statements, node: NamedNode) -> str | None:
    commit = _first(statements, node, (v.commitId,))
    return commit and commit[:_SHOWN_OF_A_COMMIT]


def _is_foreign(kind: NamedNode) -> bool:
    return not kind.value.startswith(NAMESPACES["pvk"])
