"""Every property that the shapes ask of a kind of thing has a keyword argument, of the type that the shapes want."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

import pytest
from pyoxigraph import NamedNode
from rdflib import RDFS, SH, XSD, Graph, Node, URIRef
from rdflib.collection import Collection

import provkg.records as records
from provkg import vocabulary
from provkg.records import (
    Artifact,
    Description,
    Handled,
    Iri,
    OwnConcept,
    Reference,
    runs,
    things,
)
from provkg.records import description as description_module
from provkg.records.description import REGISTRY
from provkg.resources import ONTOLOGY, SHAPES

PVK: Final = vocabulary.NAMESPACES["pvk"]
PROV: Final = vocabulary.NAMESPACES["prov"]
DCT: Final = vocabulary.NAMESPACES["dct"]
SKOS: Final = vocabulary.NAMESPACES["skos"]

# --- what has no keyword argument, and why

NO_KIND: Final = {
    "RecordCommit": "written by provkg when it keeps a record",
    "Record": "written by provkg when it keeps a record",
    "ValidationReport": "written by provkg when it keeps a record",
    "MetricPoint": "stated by its series (`MetricSeries.nodes`)",
}
DERIVED: Final = {
    f"{PVK}{name}": reason
    for name, reason in {
        "hasPartRun": "the other way round of `part_of`",
        "hasVersionEntity": "the other way round of `dataset` and `model`",
        "producedModel": "the other way round of `ModelVersion.run`",
        "numericValue": "follows from the value",
        "configDigest": "follows from the settings",
        "hasPoint": "the points of a series are its `nodes`",
        "hasChunk": "the packed points of a series are its `packed`",
        "hostName": "a pseudonym of `host`",
    }.items()
} | {
    f"{PROV}generated": "the other way round of `run`",
    f"{PROV}invalidated": "the other way round of `invalidated_by`",
    f"{PROV}qualifiedAssociation": "written for `roles`",
    f"{PROV}qualifiedAttribution": "written for `roles`",
    f"{DCT}identifier": "a pseudonym of an agent's account; other kinds have it as their `identifier` or `address`",
    f"{SKOS}prefLabel": "concepts have a `name`; other kinds are named by their title",
}
# PROV's qualified terms carry roles, which `InRole` gives; the rest is exchanged with other PROV tools, not typed.
QUALIFIED: Final = f"{PROV}qualified"
# PROV gives these to all entities; nodes that many records share say nothing that differs from one to the next.
SHARED: Final = {
    "Accelerator", "ArtifactFile", "ClusterConfiguration", "Configuration", "ContainerImage", "DataSchema",
    "Environment", "FeatureFlag", "FileSet", "HardwareConfiguration", "HyperparameterSetting", "ParameterDefinition",
    "ParameterSetting", "SeedSetting", "SeriesChunk", "SoftwareEnvironment", "SoftwarePackage", "SourceRepository",
    "SourceRevision", "Tag",
}  # fmt: skip
OF_ONE_KIND: Final = {
    (kind, f"{PVK}{name}"): reason
    for kind, name, reason in [
        ("Environment", "sha256", "follows from its parts"),
        ("Pipeline", "sha256", "follows from its steps"),
        ("ModelVersion", "obtainedFrom", "a model's `source` is prov:hadPrimarySource"),
        ("Checkpoint", "obtainedFrom", "a model's `source` is prov:hadPrimarySource"),
        ("ComputeNode", "hostName", "a pseudonym of `host`"),
    ]
} | {
    (kind, f"{PROV}hadMember"): "its members have an argument of their own"
    for kind in ("Configuration", "Environment", "MetricSeries", "PredictionBatch", "SoftwareEnvironment", "SplitSet")
}


# --- what the shapes say


@cache
def shapes() -> Graph:
    graph, files = Graph(), sorted(SHAPES.glob("*.ttl"))
    assert files
    for file in files:
        graph.parse(file)
    return graph


@cache
def ontology() -> Graph:
    return Graph().parse(ONTOLOGY / "provkg.ttl")


@dataclasses.dataclass
class Asked:
    """What shapes and ontology say of a property of a class."""

    datatypes: set[str] = dataclasses.field(default_factory=set)
    classes: set[str] = dataclasses.field(default_factory=set)
    single: bool = False


def of_class(name: str) -> dict[str, Asked]:
    """Return the properties that the shapes for a class and those above it name, and those of its domain."""
    asked: dict[str, Asked] = {}
    for target in shapes().subjects(SH.targetClass, URIRef(name)):
        for path, shape in paths(target, set()):
            told = asked.setdefault(str(path), Asked())
            told.datatypes |= {str(each) for each in shapes().objects(shape, SH.datatype)}
            told.single |= (shape, SH.maxCount, None) in shapes() and str(shapes().value(shape, SH.maxCount)) == "1"
    for member in ontology().subjects(RDFS.domain, URIRef(name)):
        asked.setdefault(str(member), Asked())
    for term, told in asked.items():
        ranges = {str(each) for each in ontology().objects(URIRef(term), RDFS.range)}
        told.datatypes |= {each for each in ranges if each.startswith(str(XSD))}
        told.classes |= ranges - told.datatypes
    return asked


def paths(shape: Node, seen: set[Node]) -> Iterator[tuple[URIRef, Node]]:
    """Yield each property with the shape that speaks of it."""
    if shape in seen:
        return
    seen.add(shape)
    for path in shapes().objects(shape, SH.path):
        if isinstance(path, URIRef):
            yield path, shape
    for part in (SH.property, SH["not"]):
        for each in shapes().objects(shape, part):
            yield from paths(each, seen)
    for several in (SH["or"], SH["and"], SH.xone):
        for listed in shapes().objects(shape, several):
            for each in Collection(shapes(), listed):
                yield from paths(each, seen)


# --- what the kinds offer

KINDS: Final = {
    kind.CLASS.value: kind
    for name, kind in sorted(REGISTRY.items())
    # Entity is the base of the others: what exists is of a kind of its own.
    if kind.CLASS is not None and kind.__name__ == kind.CLASS.value.rpartition("#")[2] != "Entity"
}
TARGETED: Final = sorted({str(each) for each in shapes().objects(None, SH.targetClass)})


def offered(kind: type[Description]) -> dict[str, list[dataclasses.Field[Any]]]:
    found: dict[str, list[dataclasses.Field[Any]]] = {}
    for field in dataclasses.fields(kind):
        if "term" in field.metadata:
            found.setdefault(field.metadata["term"].value, []).append(field)
    return found


def hints(kind: type[Description]) -> dict[str, Any]:
    return get_type_hints(kind, vars(description_module) | vars(records) | vars(things) | vars(runs))


def above(name: str) -> list[str]:
    return [name, *(each.value for each in vocabulary.SUPERCLASSES.get(NamedNode(name), ()))]


def is_scheme(name: str) -> bool:
    return f"{SKOS}Concept" in above(name)


def asked_of(name: str) -> dict[str, Asked]:
    local = name.removeprefix(PVK)
    kind = KINDS[name]
    asked: dict[str, Asked] = {}
    for each in above(name):
        if each == f"{PROV}Entity" and local in SHARED:
            continue
        for path, told in of_class(each).items():
            data_or_model = each == f"{PROV}Entity" and path.startswith(PVK) and path not in COMMON
            if data_or_model and not issubclass(kind, Artifact):
                continue
            merged = asked.setdefault(path, Asked())
            merged.datatypes |= told.datatypes
            merged.classes |= told.classes
            merged.single |= told.single
    return asked


# The ontology gives these to all entities, as no class is above both data and models; only those have them.
COMMON: Final = {
    f"{PVK}{name}"
    for name in (
        "documentedBy", "hasPolicy", "hasRequirement", "inProject", "sensitivity", "containsPersonalData", "legalBasis",
    )
}  # fmt: skip
ONLY_OF: Final = {
    f"{PVK}versionOf": {"DatasetVersion", "VectorIndex", "ModelVersion", "Checkpoint"},
    f"{PVK}predictedBy": {"Prediction", "PredictionBatch"},
}


def excused(name: str, path: str) -> bool:
    local = name.removeprefix(PVK)
    if path in DERIVED or path.startswith(QUALIFIED) or (local, path) in OF_ONE_KIND:
        return True
    return path in ONLY_OF and local not in ONLY_OF[path]


def test_every_class_that_shapes_target_has_a_kind_of_description() -> None:
    missing = [
        name
        for name in TARGETED
        if name not in KINDS and name.removeprefix(PVK) not in NO_KIND and name.startswith(PVK) and not is_scheme(name)
    ]
    assert missing == []
    assert len(KINDS) > 90


@pytest.mark.parametrize("name", sorted(name for name in KINDS if name in TARGETED))
def test_every_property_that_is_asked_has_an_argument(name: str) -> None:
    offers = offered(KINDS[name])
    missing = [path for path in asked_of(name) if path not in offers and not excused(name, path)]
    assert missing == []


@pytest.mark.parametrize("name", sorted(name for name in KINDS if name in TARGETED))
def test_no_property_has_two_arguments(name: str) -> None:
    twice = {path: [field.name for field in fields] for path, fields in offered(KINDS[name]).items() if len(fields) > 1}
    assert twice == {}


PYTHON: Final[dict[str, Any]] = {
    str(XSD.string): str,
    str(XSD.anyURI): str,
    str(XSD.boolean): bool,
    str(XSD.integer): int,
    str(XSD.double): float,
    str(XSD.decimal): Decimal,
    str(XSD.dateTime): datetime,
}


def parts(annotation: Any) -> Iterator[Any]:
    """Yield the types in a union or tuple, with the strings of a Literal as `str`."""
    if get_origin(annotation) is Literal:
        yield str
    elif arguments := [each for each in get_args(annotation) if each is not Ellipsis]:
        for each in arguments:
            yield from parts(each)
    else:
        yield annotation


def takes_several(annotation: Any) -> bool:
    options = get_args(annotation) if get_origin(annotation) is not tuple else (annotation,)
    return any(get_origin(each) is tuple for each in options)


def takes_one(annotation: Any) -> bool:
    return get_origin(annotation) is not tuple


@pytest.mark.parametrize("name", sorted(name for name in KINDS if name in TARGETED))
def test_the_type_of_an_argument_agrees_with_the_shapes(name: str) -> None:
    kind, types = KINDS[name], hints(KINDS[name])
    offers, wrong = offered(kind), []
    for path, told in asked_of(name).items():
        for field in offers.get(path, []):
            found = set(parts(types[field.name]))
            if told.single and not takes_one(types[field.name]):
                wrong.append(f"{field.name}: at most one is asked, and a tuple is taken")
            for datatype in told.datatypes:
                if datatype in PYTHON and PYTHON[datatype] not in found:
                    wrong += [f"{field.name}: {datatype} is asked, and {types[field.name]} taken"]
            for wanted in told.classes:
                wrong += [f"{field.name}: {problem}" for problem in disagreement(wanted, found)]
    assert wrong == []


# The shapes leave their number open, and a record says one: another language or record may say another.
ONE: Final = {
    f"{DCT}description": "one text a record; other languages come as RDF",
    f"{DCT}title": "one text a record; other languages come as RDF",
    f"{vocabulary.NAMESPACES['foaf']}name": "one name a record",
    f"{PROV}wasGeneratedBy": "PROV gives an entity one generation",
    f"{PROV}atLocation": "a thing is at one place when a record is made",
    f"{PVK}inputSchema": "a model takes one form of input; a schema lists its columns",
    f"{PVK}outputSchema": "a model gives one form of output",
    f"{PVK}hasHardware": "an environment is identified by its parts",
    f"{PVK}hasSoftware": "an environment is identified by its parts",
    f"{PVK}hasContainer": "an environment is identified by its parts",
    f"{PVK}branchName": "a checkout is on one branch",
}


@pytest.mark.parametrize("name", sorted(name for name in KINDS if name in TARGETED))
def test_what_may_be_said_several_times_takes_several_values(name: str) -> None:
    of_any = [*of_thing().items(), *of_class(f"{PROV}Entity").items()]
    types, once = hints(KINDS[name]), {path for path, told in of_any if told.single} | {*ONE}
    wrong = [
        field.name
        for path, told in asked_of(name).items()
        for field in offered(KINDS[name]).get(path, [])
        if not told.single and path not in once and not takes_several(types[field.name])
    ]
    assert wrong == []


@cache
def of_thing() -> dict[str, Asked]:
    """Return what the shape of things of several kinds says of each property."""
    asked: dict[str, Asked] = {}
    for path, shape in paths(URIRef(f"{vocabulary.NAMESPACES['pvk'].rstrip('#')}/shapes#Thing"), set()):
        asked.setdefault(str(path), Asked()).single |= str(shapes().value(shape, SH.maxCount)) == "1"
    return asked


def disagreement(wanted: str, found: set[Any]) -> Iterator[str]:
    if is_scheme(wanted):
        if not found & {Iri, OwnConcept}:
            yield f"a member of {wanted} is asked, and {found} taken"
        return
    described = [each for each in found if isinstance(each, type) and issubclass(each, Description)]
    if not described and not found & {Reference, Iri, Handled}:
        yield f"a {wanted} is asked, and {found} taken"
    for each in described:
        if each.CLASS is not None and wanted not in above(each.CLASS.value) and each.CLASS.value not in above(wanted):
            yield f"a {wanted} is asked, and a {each.__name__} taken"


def test_what_is_excused_is_still_asked() -> None:
    asked = {path for name in KINDS if name in TARGETED for path in asked_of(name)}
    assert {path for path in DERIVED if path not in asked} - {f"{SKOS}prefLabel"} == set()
    assert [pair for pair in OF_ONE_KIND if pair[1] not in asked_of(f"{PVK}{pair[0]}")] == []
    assert {f"{PVK}{name}" for name in NO_KIND} <= {*TARGETED}
    assert {f"{PVK}{name}" for name in SHARED} <= {*KINDS}
