"""Answers that are graphs, and the study's table, are told once more from the company's facts, without any query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from provkg import vocabulary as v
from provkg.entailment import closed
from tests import company
from tests.company.asking import as_stored, table

ANSWERS = company.FOLDER / "answers"
Known = dict[NamedNode, dict[NamedNode, set[object]]]
# What PROV says of a run, and the relations by which a run rests on something.
RESTS_ON = (
    v.fitsOn,
    v.validationData,
    v.initializedFrom,
    v.rewardModel,
    v.usedModel,
    v.usedPrompt,
    v.referenceData,
    v.usedCode,
    v.usedLibrary,
    v.ranIn,
)
PROCESS = {
    v.rdf_type,
    v.dct_title,
    v.dct_identifier,
    v.dcat_version,
    v.versionOf,
    v.sha256,
    v.paramName,
    v.paramValue,
    v.prov_used,
    v.prov_wasGeneratedBy,
    v.prov_wasDerivedFrom,
    v.prov_wasAssociatedWith,
    v.prov_actedOnBehalfOf,
    v.prov_hadMember,
    v.prov_startedAtTime,
    v.prov_endedAtTime,
    v.executesPlan,
}
PREDICTED = PROCESS | {
    v.predictedBy,
    v.predictedValue,
    v.confidence,
    v.rowIndex,
    v.recordKey,
    v.aboutInput,
    v.inBatch,
    v.usedDeployment,
    v.deployedAt,
}


@pytest.fixture(scope="module")
def said() -> Known:
    found: Known = defaultdict(lambda: defaultdict(set))
    for triple in closed(company.stated()):
        assert isinstance(triple.subject, NamedNode)
        found[triple.subject][triple.predicate].add(triple.object)
    return found


def named(things: Iterable[object]) -> set[NamedNode]:
    return {each for each in things if isinstance(each, NamedNode)}


def rests_on(said: Known, thing: NamedNode) -> set[NamedNode]:
    """Return what `thing` would not be what it is without, one step back (`provkg.index.dependencies`, in words)."""
    own = said[thing]
    revised = {other for relation in own for other in own[relation] if relation in {v.prov_wasRevisionOf}}
    derived = own[v.prov_wasDerivedFrom] - revised
    made = {other for run in named(own[v.prov_wasGeneratedBy]) for each in RESTS_ON for other in said[run][each]}
    served = own[v.referenceData] if v.Deployment in own[v.rdf_type] else set()
    parts = own[v.prov_hadMember] if own[v.rdf_type] & _ENVIRONMENTS else set()
    return named(derived | own[v.hasFile] | made | served | parts)


_ENVIRONMENTS = {v.Environment, v.SoftwareEnvironment, v.HardwareConfiguration, v.ContainerImage}


def reached(said: Known, start: NamedNode, also: tuple[NamedNode, ...] = ()) -> set[NamedNode]:
    """Return all that `start` rests on; where nobody said what data was made from, by data of the same content, too."""
    files = {file for about in said.values() for file in named(about[v.hasFile])}
    same = defaultdict(set)
    for thing, about in list(said.items()):
        for digest in about[v.sha256]:
            same[digest].add(thing)
    found, fresh = {start}, [start]
    while fresh:
        thing = fresh.pop()
        near = rests_on(said, thing) | named(other for each in also for other in said[thing][each])
        if thing != start and thing not in files and not said[thing][v.prov_wasDerivedFrom]:
            near |= {other for digest in said[thing][v.sha256] for other in same[digest]}
        fresh += near - found
        found |= near
    return found


def with_runs(said: Known, things: set[NamedNode], also: tuple[NamedNode, ...] = ()) -> set[NamedNode]:
    """Return `things` with the runs that made them, the settings and plans of these, and the agents behind them."""
    runs = {run for thing in things for run in named(said[thing][v.prov_wasGeneratedBy])}
    ways = (v.parameter, v.configuredBy, v.executesPlan, *also)
    around = {other for run in runs for each in ways for other in named(said[run][each])}
    agents = {agent for run in runs for agent in named(said[run][v.prov_wasAssociatedWith])}
    while more := {p for agent in agents for p in named(said[agent][v.prov_actedOnBehalfOf])} - agents:
        agents |= more
    return things | runs | around | agents


def graph(said: Known, things: set[NamedNode], relations: set[NamedNode]) -> set[str]:
    return {
        str(Triple(thing, relation, other))  # type: ignore[arg-type]
        for thing in things
        for relation in said[thing].keys() & relations
        for other in said[thing][relation]
    }


def expected(path: str) -> set[str]:
    found = {str(triple) for triple in as_stored((ANSWERS / f"{path}.ttl").read_text("utf-8"))}
    assert len(found) > 20
    return found


def test_the_process_behind_scorer_1(said: Known) -> None:
    things = with_runs(said, reached(said, company.thing("model-version/scorer-1")))
    assert graph(said, things, PROCESS) == expected("lineage/process-behind-model")


def test_the_lineage_of_the_predictions_of_january(said: Known) -> None:
    start = company.thing("prediction-batch/score-2026-01")
    things = with_runs(said, reached(said, start, (v.aboutInput, v.inBatch)), (v.usedDeployment,))
    assert graph(said, things, PREDICTED) == expected("deployment/lineage-of-prediction")


def test_the_process_of_the_stages_ingestion_and_join_behind_scorer_5(said: Known) -> None:
    behind = reached(said, company.thing("model-version/scorer-5"))
    chosen = {
        thing
        for thing in behind
        for run in named(said[thing][v.prov_wasGeneratedBy])
        if v.IngestionRun in said[run][v.rdf_type] or v.TransformationKind_join in said[run][v.transformationKind]
    }
    assert {thing.value.rpartition("/")[2] for thing in chosen} >= {"applications-2", "february-joined"}
    assert graph(said, with_runs(said, chosen), PROCESS | {v.transformationKind}) == expected(
        "lineage/process-of-stages"
    )


def test_the_process_since_the_standardization_behind_scorer_1(said: Known) -> None:
    start = company.thing("model-version/scorer-1")
    kind = v.TransformationKind_standardization
    made = {
        thing
        for thing in reached(said, start)
        if any(kind in said[run][v.transformationKind] for run in named(said[thing][v.prov_wasGeneratedBy]))
    }
    assert {each.value.rpartition("/")[2] for each in made} == {"january-train-ready", "january-validation-ready"}
    sources = {other for thing in made for other in named(said[thing][v.prov_wasDerivedFrom])}
    before = sources.union(*(reached_by_derivation(said, source) for source in sources))
    kept = reached(said, start) - before
    found = graph(said, with_runs(said, kept), PROCESS | {v.transformationKind})
    assert found == expected("lineage/process-since-step")


def reached_by_derivation(said: Known, start: NamedNode) -> set[NamedNode]:
    found, fresh = {start}, [start]
    while fresh:
        about = said[fresh.pop()]
        near = named(about[v.prov_wasDerivedFrom] | about[v.hasFile]) - found
        fresh += near
        found |= near
    return found


RECIPE = {
    v.rdf_type,
    v.dct_title,
    v.dcat_version,
    v.versionOf,
    v.sha256,
    v.storageLocation,
    v.hasFile,
    v.paramName,
    v.paramValue,
    v.seedScope,
    v.parameter,
    v.trainingData,
    v.validationData,
    v.prov_used,
    v.prov_wasGeneratedBy,
    v.prov_wasDerivedFrom,
    v.executesPlan,
    v.transformationKind,
    v.stepIndex,
    v.splitRatio,
    v.splitStrategy,
    v.entryPoint,
    v.commandLine,
    v.commitId,
    v.isDirty,
    v.uncommittedPatch,
    v.inRepository,
    v.repositoryUrl,
    v.osName,
    v.pythonVersion,
    v.packageName,
    v.packageVersion,
    v.hasSoftware,
    v.includesPackage,
    v.lockFile,
    v.hasHardware,
    v.cpuModel,
    v.architecture,
    v.hasAccelerator,
    v.acceleratorModel,
    v.acceleratorCount,
    v.hasContainer,
    v.imageReference,
    v.isDeterministic,
}
PARTS_OF_SETTING = (
    v.usedCode,
    v.inRepository,
    v.uncommittedPatch,
    v.ranIn,
    v.hasSoftware,
    v.includesPackage,
    v.lockFile,
    v.hasHardware,
    v.hasAccelerator,
    v.hasContainer,
)


def test_the_recipe_of_scorer_1_has_its_code_and_packages(said: Known) -> None:
    things = reached_by_what_is_stated(said, company.thing("model-version/scorer-1"))
    runs = {run for thing in things for run in named(said[thing][v.prov_wasGeneratedBy])}
    around = {
        other
        for run in runs
        for each in (v.parameter, v.executesPlan, v.configuredBy)
        for other in named(said[run][each])
    }
    setting, fresh = set[NamedNode](), list(runs)
    while fresh:
        about = said[fresh.pop()]
        near = {other for each in PARTS_OF_SETTING for other in named(about[each])} - setting
        fresh += near
        setting |= near
    assert graph(said, things | runs | around | setting, RECIPE) == expected("training/recipe")


def reached_by_what_is_stated(said: Known, start: NamedNode) -> set[NamedNode]:
    found, fresh = {start}, [start]
    while fresh:
        near = rests_on(said, fresh.pop()) - found
        fresh += near
        found |= near
    return found


def test_the_study_of_the_letters_has_every_run_of_theirs_and_no_other(said: Known) -> None:
    project = next(node for node, about in said.items() if Literal("Complaint letters") in about[v.dct_title])
    ours = {node for node, about in said.items() if project in about[v.inProject]}
    runs = {run for node in ours for run in named(said[node][v.prov_wasGeneratedBy])}
    trained = {node for node, about in said.items() if about[v.inExperiment] & ours}
    models = {node for node, about in said.items() if about[v.trainedBy] & trained}
    met = {node for node, about in said.items() if (about[v.evaluatedModel] | about[v.usedModel]) & models}
    columns, rows = table(ANSWERS / "training/study.tsv")
    assert columns[2] == "run"
    assert {row[2] for row in rows} == runs | trained | met
    people = {(row[2], row[5], row[6]) for row in rows if row[4] == Literal("persona")}
    roles = (v.triggeredBy, v.executedBy, v.responsibleAgent)
    assert people == {
        (run, role, next(iter(said[agent][v.foaf_name] or said[agent][v.dct_identifier])))
        for run in runs | trained | met
        for role in roles
        for agent in named(said[run][role])
    }
