"""What is asked of a thing depends on its state and on the level: runs, deployments, models, declared absences."""

from __future__ import annotations

import pytest
from pyoxigraph import RdfFormat, Triple, parse

from provkg import vocabulary
from provkg.entailment import closed
from provkg.gate import Gate, check_data
from provkg.gate.shapes import SHAPES_NAMESPACE

PREFIXES = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in vocabulary.NAMESPACES.items())
RUN = 'ex:run a pvk:TrainingRun ; prov:startedAtTime "2026-03-01T09:00:00Z"^^xsd:dateTime ; pvk:triggeredBy ex:mara .'
ENDED = 'ex:run prov:endedAtTime "2026-03-01T09:05:00Z"^^xsd:dateTime ; pvk:runStatus pvk:RunStatus-{} .'
DEPLOYMENT = """
    ex:deployment a pvk:Deployment ; pvk:deploys ex:grader-1 ; pvk:deployedAt ex:endpoint ;
        pvk:deploymentStage pvk:DeploymentStage-{} ; prov:wasGeneratedBy ex:deploying ;
        prov:generatedAtTime "2026-03-01T09:00:00Z"^^xsd:dateTime .
"""
APPROVAL = """
    ex:approval a pvk:ApprovalDecision ; pvk:appliesTo ex:{} ; pvk:decisionOutcome pvk:DecisionOutcome-{} ;
        pvk:condition "In the north only." ; pvk:decidedBy ex:tomas ;
        prov:endedAtTime "2026-03-01T08:00:00Z"^^xsd:dateTime .
"""
MODEL = f"""
    ex:grader-1 a pvk:ModelVersion ; pvk:versionOf ex:grader ; dcat:version "1" ; prov:hadPrimarySource ex:hub ;
        pvk:sha256 "{"a7" * 32}" .
"""
IN_PRODUCTION = {"Deployment-approval-presence", "Deployment-hasRequirement-presence"}
OF_PRODUCTION = {
    f"ProductionModel-{field}-presence" for field in ("intendedUse", "knownLimitation", "license", "documentation")
}


def record(*texts: str) -> list[Triple]:
    whole = f"{PREFIXES}@prefix ex: <http://example.org/> .\n" + "\n".join(texts)
    return closed(quad.triple for quad in parse(whole, format=RdfFormat.TURTLE))


def missed(*texts: str, level: str = "standard") -> set[str]:
    """Return the constraints that stand against `texts` as a whole."""
    problems = check_data(record(*texts), level).problems
    return {problem.shape.removeprefix(SHAPES_NAMESPACE) for problem in problems}


# ── Runs ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_open_run_is_asked_neither_for_what_it_used_nor_for_its_error() -> None:
    assert not missed(RUN) & {
        "TrainingRun-trainingData-presence",
        "TrainingRun-seed-presence",
        "Run-errorType-presence",
    }


def test_a_failed_run_is_asked_for_its_error_and_not_for_its_data() -> None:
    found = missed(RUN, ENDED.format("failed"))
    assert {"Run-errorType-presence", "Run-errorMessage-presence"} <= found
    assert not found & {"TrainingRun-trainingData-presence", "TrainingRun-model-presence"}


def test_a_run_that_succeeded_is_asked_for_its_data_and_not_for_an_error() -> None:
    found = missed(RUN, ENDED.format("succeeded"))
    assert {"TrainingRun-trainingData-presence", "TrainingRun-model-presence", "TrainingRun-seed-presence"} <= found
    assert "Run-errorType-presence" not in found


def test_one_trial_of_a_search_may_keep_no_model() -> None:
    search = "ex:search a pvk:TuningRun . ex:run pvk:partOfRun ex:search ."
    assert "TrainingRun-model-presence" not in missed(RUN, ENDED.format("succeeded"), search)


def test_only_a_run_of_an_orchestrator_is_asked_for_its_id_there() -> None:
    by_hand, by_job = (
        "ex:run pvk:executedBy ex:trainer .",
        "ex:run pvk:executedBy ex:jobs . ex:jobs a pvk:Orchestrator .",
    )
    assert "Run-externalId-presence" not in missed(RUN, by_hand)
    assert "Run-externalId-presence" in missed(RUN, by_job)


# ── Deployments and models ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("stage", ["development", "staging", "shadow", "canary"])
def test_a_deployment_before_production_needs_no_approval(stage: str) -> None:
    assert not missed(DEPLOYMENT.format(stage)) & IN_PRODUCTION


def test_a_deployment_in_production_needs_approval_and_a_requirement() -> None:
    assert missed(DEPLOYMENT.format("production")) >= IN_PRODUCTION


@pytest.mark.parametrize("subject", ["deployment", "grader-1"])
@pytest.mark.parametrize(
    ("outcome", "approved"),
    [("approved", True), ("approvedWithConditions", True), ("rejected", False), ("deferred", False)],
)
def test_an_approval_counts_when_it_approves_the_deployment_or_its_model(
    subject: str, outcome: str, *, approved: bool
) -> None:
    found = missed(DEPLOYMENT.format("production"), APPROVAL.format(subject, outcome))
    assert ("Deployment-approval-presence" not in found) == approved


def test_a_model_in_production_is_asked_what_a_candidate_is_not() -> None:
    assert not missed(MODEL) & OF_PRODUCTION
    assert not missed(MODEL, DEPLOYMENT.format("shadow")) & OF_PRODUCTION
    assert missed(MODEL, DEPLOYMENT.format("production")) >= OF_PRODUCTION


def test_a_declared_absence_answers_for_a_candidate_and_not_in_production() -> None:
    absent = "ex:grader-1 pvk:declaredAbsent pvk:intendedUse, pvk:knownLimitation, dct:license ."
    assert "ModelVersion-intendedUse-presence" in missed(MODEL, level="audit")
    assert "ModelVersion-intendedUse-presence" not in missed(MODEL, absent, level="audit")
    assert missed(MODEL, absent, DEPLOYMENT.format("production")) >= OF_PRODUCTION


def test_a_model_in_production_without_a_test_is_wrong_at_every_level() -> None:
    trained = MODEL.replace("prov:hadPrimarySource ex:hub", "pvk:trainedBy ex:run ; pvk:trainedOn ex:train")
    untested = "ProductionModel-evaluation-presence"
    assert untested not in missed(trained, DEPLOYMENT.format("staging"), level="minimal")
    assert untested in missed(trained, DEPLOYMENT.format("production"), level="minimal")


# ── Levels and declared absences ──────────────────────────────────────────────────────────────────────────────────


def version(*said: str) -> str:
    digest = "b2" * 32
    return (
        f'ex:v a pvk:DatasetVersion ; pvk:versionOf ex:d ; dcat:version "1" ; pvk:sha256 "{digest}" {"".join(said)} .'
    )


@pytest.mark.parametrize(
    ("field", "severities"),
    [
        ("DatasetVersion-origin-presence", ["violation", "violation", "violation"]),
        ("DatasetVersion-recordCount-presence", ["warning", "violation", "violation"]),
        ("DatasetVersion-hasProfile-presence", ["info", "warning", "violation"]),
    ],
)
def test_a_field_weighs_more_the_nearer_the_level_that_asks_for_it(field: str, severities: list[str]) -> None:
    found = [
        problem.severity
        for level in ("minimal", "standard", "audit")
        for problem in check_data(record(version()), level).found
        if problem.shape == SHAPES_NAMESPACE + field
    ]
    assert found == severities


@pytest.mark.parametrize("level", ["minimal", "standard", "audit"])
def test_an_unknown_origin_can_be_declared_at_every_level(level: str) -> None:
    assert "DatasetVersion-origin-presence" in missed(version(), level=level)
    assert "DatasetVersion-origin-presence" not in missed(version("; pvk:declaredAbsent pvk:obtainedFrom"), level=level)


@pytest.mark.parametrize("level", ["minimal", "standard", "audit"])
def test_what_minimal_asks_beside_the_origin_cannot_be_declared_away(level: str) -> None:
    said = version("; pvk:declaredAbsent dcat:version").replace('; dcat:version "1" ', "")
    assert "DatasetVersion-version-presence" in missed(said, level=level)


@pytest.mark.parametrize(
    ("field", "level"),
    [("recordCount", "standard"), ("recordCount", "audit"), ("hasProfile", "audit"), ("sensitivity", "audit")],
)
def test_what_standard_and_audit_ask_can_be_declared_absent(field: str, level: str) -> None:
    constraint = f"DatasetVersion-{field}-presence"
    assert constraint in missed(version(), level=level)
    assert constraint not in missed(version(f"; pvk:declaredAbsent pvk:{field}"), level=level)


def test_a_declared_absence_says_nothing_about_another_field() -> None:
    said = version("; pvk:declaredAbsent pvk:recordCount")
    assert "DatasetVersion-hasSchema-presence" in missed(said)


# ── Bad but true ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("level", ["minimal", "standard"])
def test_bad_news_are_never_refused(level: str) -> None:
    mismatch = f"""
        ex:check a pvk:IntegrityCheck ; pvk:checkedEntity ex:file ; pvk:checkOutcome pvk:CheckOutcome-mismatch ;
            pvk:expectedDigest "{"a1" * 32}" ; pvk:observedDigest "{"b2" * 32}" ;
            prov:endedAtTime "2026-03-01T09:00:00Z"^^xsd:dateTime .
    """
    refusal = APPROVAL.format("deployment", "rejected") + (
        'ex:approval pvk:rationale "Too few apples." ; pvk:criterion pvk:MetricKind-accuracy ; pvk:evidence ex:figure .'
    )
    recall = """
        ex:apples-1 a prov:Entity ; prov:invalidatedAtTime "2026-03-01T09:00:00Z"^^xsd:dateTime ;
            prov:wasInvalidatedBy ex:recall .
        ex:recall a prov:Activity ; pvk:invalidationReason pvk:InvalidationReason-recalled .
    """
    assert [Gate(level).check(record(news)).problems for news in (mismatch, refusal, recall)] == [(), (), ()]


def test_a_production_deployment_that_nobody_approved_is_kept_and_found() -> None:
    assert Gate("minimal").check(record(DEPLOYMENT.format("production"))).accepted
    assert "Deployment-approval-presence" in missed(DEPLOYMENT.format("production"))
