"""One complete description of every kind, made by keyword arguments as people write them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from provkg.records import (
    About,
    Accelerator,
    AccessPolicy,
    Alert,
    ApprovalDecision,
    ArtifactFile,
    Attestation,
    Benchmark,
    CandidateSet,
    Checkpoint,
    ClusterConfiguration,
    ComputeNode,
    Configuration,
    ContainerImage,
    DataIssue,
    DataProfile,
    DataQualityMeasurement,
    DataSchema,
    Dataset,
    DatasetVersion,
    DataSource,
    DataSubset,
    Decision,
    Deployment,
    DeploymentRun,
    Description,
    Documentation,
    Endpoint,
    Environment,
    EvaluationRun,
    Experiment,
    Feature,
    FeatureFlag,
    FeatureSet,
    FileSet,
    FineTuningRun,
    HardwareConfiguration,
    HyperparameterSetting,
    InferenceRun,
    IngestionRun,
    InRole,
    IntegrityCheck,
    Investigation,
    LabelingRun,
    LicenseGrant,
    Location,
    Measurement,
    MetricKind,
    MetricObservation,
    MetricSeries,
    Model,
    ModelArchitecture,
    ModelVersion,
    MonitoringRun,
    Orchestrator,
    Organization,
    OverlapMeasurement,
    OversightDecision,
    ParameterDefinition,
    ParameterSetting,
    Person,
    Pipeline,
    PipelineRun,
    Plan,
    Policy,
    Port,
    Prediction,
    PredictionBatch,
    Project,
    PromptTemplate,
    ProvenanceRequirement,
    QualityCheckRun,
    RecordItem,
    Redaction,
    Reference,
    RegistryEntry,
    ReplayRun,
    RetentionPolicy,
    RetirementDecision,
    Run,
    SeedSetting,
    SelectionDecision,
    SeriesChunk,
    ServiceAccount,
    SharingAgreement,
    Slice,
    SoftwareEnvironment,
    SoftwarePackage,
    SourceRepository,
    SourceRevision,
    Split,
    SplitRun,
    SplitSet,
    Step,
    SyntheticDataRun,
    Tag,
    Team,
    Tokenizer,
    TrainingRun,
    TransformationRun,
    Transformed,
    TuningRun,
    VectorIndex,
)  # fmt: skip
from provkg.records.things import Activity

START, END = datetime(2026, 3, 1, 8, tzinfo=UTC), datetime(2026, 3, 1, 9, tzinfo=UTC)
SHA: Final = "ab" * 32
ORCHARD = Organization(issuer="name", subject="Orchard Ltd", name="Orchard Ltd", unit_of=("https://example.org/group",))
MARA = Person(issuer="name", subject="Mara", name="Mara", on_behalf_of=ORCHARD)
FILE = ArtifactFile(sha256=SHA, byte_size=3, media_type="text/csv", location="https://example.org/apples.csv")
PROJECT = Project(name="orchard")
SCIKIT = SoftwarePackage(name="scikit-learn", version="1.7")
ENVIRONMENT = Environment(
    os_name="Debian 12",
    software=SoftwareEnvironment(python_version="3.12", packages=(SCIKIT,)),
    hardware=HardwareConfiguration(cpu_model="EPYC", cpu_count=2, memory_bytes=2**33),
    container=ContainerImage(image_reference="grader@sha256:ab"),
)
CODE = SourceRevision(
    commit="0" * 40, is_dirty=False, repository=SourceRepository(url="https://example.org/grader.git")
)
DEFINITION = ParameterDefinition(title="alpha", parameter_type="number", default_value="0.1")
PORT = Port(title="rows")
STEP = Step(
    title="scale",
    kinds=("scaling",),
    implementation=SCIKIT,
    declares_parameters=(DEFINITION,),
    input_ports=(PORT,),
    output_ports=(Port(title="scaled rows"),),
)
PIPELINE = Pipeline(title="prepare", steps=(STEP,))
ALPHA = HyperparameterSetting(name="alpha", value=0.1)
SEED = SeedSetting(name="seed", value=7, scope="global")
FLAG = FeatureFlag(name="fast", value=True)
EXPERIMENT = Experiment(
    name="graders", purpose="grade apples", project=PROJECT, attributed_to=(MARA,), varies=DEFINITION
)
SCHEMA = DataSchema(columns='{"weight": "double"}')
PROFILE = DataProfile(profile_json='{"weight": {"mean": 0.2}}')
MADE_BY = Reference("transformation-run", ("provkg", "t"))
WEIGHT = Feature(name="weight", type="double", role="input")
VERSION: dict[str, Any] = {
    "dataset": Dataset(name="apples"),
    "version": "1",
    "sha256": SHA,
    "source": DataSource(identifier="the scales", url="https://example.org/apples"),
    "license": "CC-BY-4.0",
    "license_grants": (LicenseGrant(license="CC-BY-4.0", window_start=START),),
    "record_count": 3,
    "schema": SCHEMA,
    "files": (FILE,),
    "features": (WEIGHT,),
    "profiles": (PROFILE,),
    "roles": (InRole(agent=MARA, role="dataSteward"),),
    "sensitivity": "internal",
    "contains_personal_data": False,
    "collection_methods": ("weighed by hand",),
    "intended_uses": ("grading",),
    "known_limitations": ("one orchard",),
    "synthetic": False,
}
APPLES = DatasetVersion(**VERSION)
# What every run says when nothing is left out.
RUN: dict[str, Any] = {
    "id": "r",
    "started": START,
    "ended": END,
    "status": "succeeded",
    "triggered_by": MARA,
    "executed_by": MARA,
    "responsible": MARA,
    "trigger": "manual",
    "external_id": "ci:1",
    "code": CODE,
    "entry_point": "run.py",
    "environment": ENVIRONMENT,
    "libraries": (SCIKIT,),
    "parameters": (ALPHA, SEED),
    "configuration": Configuration(settings=(ALPHA, SEED)),
    "used": (APPLES,),
}
TRAIN = Split(
    run=Reference("split-run", ("provkg", "s")),
    of=APPLES,
    role="train",
    fold=0,
    ratio=0.7,
    record_count=2,
    sha256=SHA,
    membership_digest=SHA,
    made=END,
)
TRAINING: dict[str, Any] = {
    **RUN,
    "training_data": (TRAIN,),
    "validation_data": (TRAIN,),
    "experiment": EXPERIMENT,
    "plan": PIPELINE,
    "node": ComputeNode(host="h"),
    "worker_count": 1,
    "feature_flags": (FLAG,),
    "energy_kilowatt_hours": 0.5,
    "energy_method": "measured",
    "energy_scope": "process",
    "is_deterministic": True,
}
TRAINED = TrainingRun(**TRAINING)
ARCHITECTURE = ModelArchitecture(title="linear", layer_count=1)
MODEL: dict[str, Any] = {
    "model": Model(name="grader"),
    "version": "1",
    "sha256": SHA,
    "run": TRAINED,
    "made": END,
    "trained_on": (TRAIN,),
    "architecture": ARCHITECTURE,
    "parameter_count": 2,
    "license": "MIT",
    "intended_uses": ("grading",),
    "known_limitations": ("one orchard",),
    "absent": ("transformationKind",),
}
GRADER = ModelVersion(**MODEL)
CHECKPOINT = Checkpoint(**MODEL, epoch=1)
MEASURED: dict[str, Any] = {
    "run": Reference("evaluation-run", ("provkg", "e")),
    "metric": "accuracy",
    "role": "test",
    "of": GRADER,
    "on": (TRAIN,),
    "value_lower": 0.8,
    "value_upper": 0.95,
    "sample_size": 3,
}
ACCURACY = MetricObservation(**MEASURED, value=0.9)
DECIDED: dict[str, Any] = {
    "started": START,
    "ended": END,
    "decided_by": MARA,
    "criterion": "accuracy",
    "evidence": (ACCURACY,),
    "rationale": "good enough where it was tested",
}
REQUIREMENT = ProvenanceRequirement(title="in production", required_level="standard", completeness_threshold=0.9)
DEPLOYMENT = Deployment(
    run=Reference("deployment-run", ("provkg", "d")),
    model=GRADER,
    endpoint=Endpoint(address="https://example.org/grade"),
    stage="production",
    made=END,
    files=(FILE,),
    preprocessing=PIPELINE,
    requirements=(REQUIREMENT,),
    feature_flags=(FLAG,),
    traffic_share=Decimal("0.5"),
    ends_live=False,
)
BATCH = PredictionBatch(
    run=Reference("inference-run", ("provkg", "i")),
    name="monday",
    model=GRADER,
    made=END,
    record_count=3,
    files=(FILE,),
)
PREDICTION = Prediction(batch=BATCH, row=7, value="ripe", confidence=0.9)
REPORT = Documentation(
    title="test report", kind_of_document="testReport", documents=(GRADER,), description="Tested on three apples."
)
ALERT = Alert(alert_kind="driftExceeded", raised_for=(DEPLOYMENT,), detected_at=END, threshold=0.2, value=0.3)

EXAMPLES: Final[tuple[Description, ...]] = (
    Accelerator(model="H100", count=1, memory_bytes=2**36, driver_version="570"),
    About(thing=GRADER, risk_level="limited", known_limitations=("one orchard",)),
    AccessPolicy(title="graders", description="The graders' team sees all."),
    Activity(title="a walk", started=START, ended=END),
    ALERT,
    ApprovalDecision(
        **DECIDED, applies_to=(DEPLOYMENT,), outcome="approvedWithConditions", conditions=("north orchard only",)
    ),
    FILE,
    Attestation(attests=(GRADER,), signature="c2ln", key_id="k", predicate_type="https://in-toto.io/attestation/v1"),
    Benchmark(title="orchards", version="1"),
    CandidateSet(members=(GRADER, CHECKPOINT)),
    CHECKPOINT,
    ClusterConfiguration(node_count=2, scheduler_name="slurm", processes_per_node=4),
    ComputeNode(host="h"),
    Configuration(settings=(ALPHA,)),
    ContainerImage(image_reference="grader@sha256:ab"),
    DataIssue(affects=(APPLES,), issue_kind="samplingBias", description="Only one orchard."),
    PROFILE,
    DataQualityMeasurement(**{**MEASURED, "metric": "completeness", "of": APPLES}, value=1.0),
    SCHEMA,
    DataSource(identifier="the scales", url="https://example.org/apples"),
    DataSubset(of=APPLES, selector="weight > 0.1", selector_language="SQL", record_count=2, membership_digest=SHA),
    Dataset(name="apples"),
    APPLES,
    Decision(**DECIDED, applies_to=(GRADER,), outcome="deferred"),
    DEPLOYMENT,
    DeploymentRun(**RUN),
    REPORT,
    Endpoint(address="https://example.org/grade"),
    ENVIRONMENT,
    EvaluationRun(**RUN, model=GRADER, data=(TRAIN,)),
    EXPERIMENT,
    WEIGHT,
    FLAG,
    FeatureSet(title="of the apple", features=(WEIGHT,)),
    FileSet(sha256=SHA, files=(FILE,)),
    FineTuningRun(**TRAINING, initialized_from=GRADER),
    HardwareConfiguration(cpu_model="EPYC", cpu_count=2, memory_bytes=2**33),
    ALPHA,
    InferenceRun(**RUN, model=GRADER, deployment=DEPLOYMENT, data=(APPLES,), reference_data=(APPLES,)),
    IngestionRun(**{**RUN, "used": (DataSource(identifier="the scales", url="https://example.org/apples"),)}),
    IntegrityCheck(ended=END, checked=(FILE,), expected_digest=SHA, observed_digest="cd" * 32, outcome="mismatch"),
    Investigation(started=START, ended=END, investigates=(ALERT,), associated_with=(MARA,), rationale="a new harvest"),
    LabelingRun(
        **{**RUN, "kinds": ("labeling",), "plan": Plan(title="protocol"), "step_index": 0},
        roles=(InRole(agent=MARA, role="annotator"),),
    ),
    LicenseGrant(license="CC-BY-4.0", window_start=START),
    Location(title="the barn"),
    Measurement(**MEASURED),
    MetricKind(name="bruises found", direction="higherIsBetter", min_value=0, max_value=1),
    ACCURACY,
    MetricSeries(**MEASURED, nodes=((0, 0, None, 0.5),), count=1, first=0.5, last=0.5, low=0.5, high=0.5, mean=0.5),
    Model(name="grader"),
    ARCHITECTURE,
    GRADER,
    MonitoringRun(**RUN, baseline=PROFILE, current=DataProfile(profile_json='{"weight": {"mean": 0.3}}')),
    Orchestrator(issuer="ci", subject="job", name="nightly", on_behalf_of=MARA),
    ORCHARD,
    OverlapMeasurement(
        **{**MEASURED, "metric": "overlapRatio", "of": APPLES}, value=0.0, left=TRAIN, right=TRAIN, overlap_count=0
    ),
    OversightDecision(**DECIDED, applies_to=(PREDICTION,), outcome="overridden"),
    DEFINITION,
    ParameterSetting(name="threshold", value=0.5),
    MARA,
    PIPELINE,
    PipelineRun(**RUN, plan=PIPELINE),
    Plan(title="protocol"),
    Policy(title="keep"),
    PORT,
    PREDICTION,
    BATCH,
    PROJECT,
    PromptTemplate(title="grade", sha256=SHA),
    REQUIREMENT,
    QualityCheckRun(**RUN),
    RecordItem(key="7", of=(APPLES,)),
    Redaction(
        ended=END,
        associated_with=(MARA,),
        redacts=("r",),
        anonymization_methods=("suppression",),
        reidentification_risk="none known",
        rationale="asked for by the person",
    ),
    RegistryEntry(registers=GRADER, registry_name="grader", registry_version="3", aliases=("champion",), made=END),
    ReplayRun(**{**RUN, "used": (ACCURACY,)}, replay_of=TRAINED, outcome="withinTolerance", tolerance=0.01),
    RetentionPolicy(title="ten years", retention_days=3650, archive_after_days=365),
    RetirementDecision(**DECIDED, applies_to=(GRADER,), outcome="approved", reason="withdrawn"),
    Run(**RUN),
    SEED,
    SelectionDecision(**DECIDED, selected=GRADER, considered=(GRADER, CHECKPOINT)),
    SeriesChunk(series=Reference("metric-series", ("m",)), first=0, from_step=0, to_step=0, points="[[0,1.0]]"),
    ServiceAccount(issuer="cloud", subject="trainer", name="trainer", on_behalf_of=ORCHARD),
    SharingAgreement(title="with the mill", assigner=ORCHARD, assignee=(MARA,)),
    Slice(
        of=APPLES,
        selector="weight > 0.1",
        labels=("heavy",),
        record_count=2,
        membership_digest=SHA,
        sampling_strategies=("fullPopulation",),
        sampling_fraction=1.0,
    ),
    SoftwareEnvironment(python_version="3.12", packages=(SCIKIT,), lock_file=FILE),
    SCIKIT,
    SourceRepository(url="https://example.org/grader.git"),
    CODE,
    TRAIN,
    SplitRun(**RUN),
    SplitSet(run=SplitRun(**RUN), partition_of=APPLES, strategy="stratified", stratified_by=WEIGHT, made=END),
    STEP,
    SyntheticDataRun(**RUN, kinds=("syntheticGeneration",), record_count=3, step_index=0),
    Tag(key="season", value="autumn"),
    Team(issuer="name", subject="graders", name="graders", member_of=(ORCHARD,)),
    Tokenizer(title="words", sha256=SHA),
    TRAINED,
    TransformationRun(**RUN, kinds=("scaling",), step_index=0, fits_on=(TRAIN,), plan=STEP),
    Transformed(**RUN, kinds=("scaling",), step_index=0, fits_on=(TRAIN,), plan=STEP),
    TuningRun(**RUN),
    VectorIndex(
        **{**VERSION, "dataset": Dataset(name="looks"), "source": None},
        run=Run(**RUN),
        made=END,
        of=(APPLES,),
    ),
)
OF_KIND: Final = {type(each): each for each in EXAMPLES}
