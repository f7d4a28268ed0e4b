"""The terms of the provkg ontology, of PROV-O, and of other vocabularies that records use as they are.

Rendered from `ontology/`; change it there, then run: python -m pytest tests/test_vocabulary.py --rewrite
"""

from typing import Final

from pyoxigraph import NamedNode

NAMESPACES: Final[dict[str, str]] = {
    "pvk": "https://w3id.org/provkg#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "sh": "http://www.w3.org/ns/shacl#",
    "dct": "http://purl.org/dc/terms/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "org": "http://www.w3.org/ns/org#",
}

Accelerator: Final = NamedNode("https://w3id.org/provkg#Accelerator")
AccessPolicy: Final = NamedNode("https://w3id.org/provkg#AccessPolicy")
AgentRole: Final = NamedNode("https://w3id.org/provkg#AgentRole")
AgentRole_annotator: Final = NamedNode("https://w3id.org/provkg#AgentRole-annotator")
AgentRole_approver: Final = NamedNode("https://w3id.org/provkg#AgentRole-approver")
AgentRole_auditor: Final = NamedNode("https://w3id.org/provkg#AgentRole-auditor")
AgentRole_dataSteward: Final = NamedNode("https://w3id.org/provkg#AgentRole-dataSteward")
AgentRole_dataSubjectRepresentative: Final = NamedNode("https://w3id.org/provkg#AgentRole-dataSubjectRepresentative")
AgentRole_deployer: Final = NamedNode("https://w3id.org/provkg#AgentRole-deployer")
AgentRole_executor: Final = NamedNode("https://w3id.org/provkg#AgentRole-executor")
AgentRole_importer: Final = NamedNode("https://w3id.org/provkg#AgentRole-importer")
AgentRole_modelEngineer: Final = NamedNode("https://w3id.org/provkg#AgentRole-modelEngineer")
AgentRole_owner: Final = NamedNode("https://w3id.org/provkg#AgentRole-owner")
AgentRole_provider: Final = NamedNode("https://w3id.org/provkg#AgentRole-provider")
AgentRole_responsible: Final = NamedNode("https://w3id.org/provkg#AgentRole-responsible")
AgentRole_reviewer: Final = NamedNode("https://w3id.org/provkg#AgentRole-reviewer")
AgentRole_scheme: Final = NamedNode("https://w3id.org/provkg#AgentRole-scheme")
AgentRole_trigger: Final = NamedNode("https://w3id.org/provkg#AgentRole-trigger")
Alert: Final = NamedNode("https://w3id.org/provkg#Alert")
AlertKind: Final = NamedNode("https://w3id.org/provkg#AlertKind")
AlertKind_artifactRecordMismatch: Final = NamedNode("https://w3id.org/provkg#AlertKind-artifactRecordMismatch")
AlertKind_digestMismatch: Final = NamedNode("https://w3id.org/provkg#AlertKind-digestMismatch")
AlertKind_driftExceeded: Final = NamedNode("https://w3id.org/provkg#AlertKind-driftExceeded")
AlertKind_duplicateRecord: Final = NamedNode("https://w3id.org/provkg#AlertKind-duplicateRecord")
AlertKind_incompleteLineage: Final = NamedNode("https://w3id.org/provkg#AlertKind-incompleteLineage")
AlertKind_lateArrival: Final = NamedNode("https://w3id.org/provkg#AlertKind-lateArrival")
AlertKind_mismatchedId: Final = NamedNode("https://w3id.org/provkg#AlertKind-mismatchedId")
AlertKind_missingField: Final = NamedNode("https://w3id.org/provkg#AlertKind-missingField")
AlertKind_policyViolation: Final = NamedNode("https://w3id.org/provkg#AlertKind-policyViolation")
AlertKind_scheme: Final = NamedNode("https://w3id.org/provkg#AlertKind-scheme")
AlertKind_seriousIncident: Final = NamedNode("https://w3id.org/provkg#AlertKind-seriousIncident")
AlertKind_withdrawnDataInUse: Final = NamedNode("https://w3id.org/provkg#AlertKind-withdrawnDataInUse")
AnonymizationMethod: Final = NamedNode("https://w3id.org/provkg#AnonymizationMethod")
AnonymizationMethod_aggregation: Final = NamedNode("https://w3id.org/provkg#AnonymizationMethod-aggregation")
AnonymizationMethod_differentialPrivacy: Final = NamedNode(
    "https://w3id.org/provkg#AnonymizationMethod-differentialPrivacy"
)
AnonymizationMethod_encryption: Final = NamedNode("https://w3id.org/provkg#AnonymizationMethod-encryption")
AnonymizationMethod_generalization: Final = NamedNode("https://w3id.org/provkg#AnonymizationMethod-generalization")
AnonymizationMethod_hashing: Final = NamedNode("https://w3id.org/provkg#AnonymizationMethod-hashing")
AnonymizationMethod_kAnonymity: Final = NamedNode("https://w3id.org/provkg#AnonymizationMethod-kAnonymity")
AnonymizationMethod_pseudonymization: Final = NamedNode("https://w3id.org/provkg#AnonymizationMethod-pseudonymization")
AnonymizationMethod_scheme: Final = NamedNode("https://w3id.org/provkg#AnonymizationMethod-scheme")
AnonymizationMethod_suppression: Final = NamedNode("https://w3id.org/provkg#AnonymizationMethod-suppression")
AnonymizationMethod_tokenization: Final = NamedNode("https://w3id.org/provkg#AnonymizationMethod-tokenization")
ApprovalDecision: Final = NamedNode("https://w3id.org/provkg#ApprovalDecision")
ArtifactFile: Final = NamedNode("https://w3id.org/provkg#ArtifactFile")
Attestation: Final = NamedNode("https://w3id.org/provkg#Attestation")
Benchmark: Final = NamedNode("https://w3id.org/provkg#Benchmark")
CandidateSet: Final = NamedNode("https://w3id.org/provkg#CandidateSet")
ChangeKind: Final = NamedNode("https://w3id.org/provkg#ChangeKind")
ChangeKind_corrective: Final = NamedNode("https://w3id.org/provkg#ChangeKind-corrective")
ChangeKind_predetermined: Final = NamedNode("https://w3id.org/provkg#ChangeKind-predetermined")
ChangeKind_scheme: Final = NamedNode("https://w3id.org/provkg#ChangeKind-scheme")
ChangeKind_substantial: Final = NamedNode("https://w3id.org/provkg#ChangeKind-substantial")
CheckOutcome: Final = NamedNode("https://w3id.org/provkg#CheckOutcome")
CheckOutcome_match: Final = NamedNode("https://w3id.org/provkg#CheckOutcome-match")
CheckOutcome_mismatch: Final = NamedNode("https://w3id.org/provkg#CheckOutcome-mismatch")
CheckOutcome_missing: Final = NamedNode("https://w3id.org/provkg#CheckOutcome-missing")
CheckOutcome_scheme: Final = NamedNode("https://w3id.org/provkg#CheckOutcome-scheme")
CheckOutcome_unreadable: Final = NamedNode("https://w3id.org/provkg#CheckOutcome-unreadable")
Checkpoint: Final = NamedNode("https://w3id.org/provkg#Checkpoint")
ClusterConfiguration: Final = NamedNode("https://w3id.org/provkg#ClusterConfiguration")
ComputeNode: Final = NamedNode("https://w3id.org/provkg#ComputeNode")
Configuration: Final = NamedNode("https://w3id.org/provkg#Configuration")
ContainerImage: Final = NamedNode("https://w3id.org/provkg#ContainerImage")
DataIssue: Final = NamedNode("https://w3id.org/provkg#DataIssue")
DataModality: Final = NamedNode("https://w3id.org/provkg#DataModality")
DataModality_audio: Final = NamedNode("https://w3id.org/provkg#DataModality-audio")
DataModality_graph: Final = NamedNode("https://w3id.org/provkg#DataModality-graph")
DataModality_image: Final = NamedNode("https://w3id.org/provkg#DataModality-image")
DataModality_multimodal: Final = NamedNode("https://w3id.org/provkg#DataModality-multimodal")
DataModality_scheme: Final = NamedNode("https://w3id.org/provkg#DataModality-scheme")
DataModality_sensor: Final = NamedNode("https://w3id.org/provkg#DataModality-sensor")
DataModality_tabular: Final = NamedNode("https://w3id.org/provkg#DataModality-tabular")
DataModality_text: Final = NamedNode("https://w3id.org/provkg#DataModality-text")
DataModality_timeSeries: Final = NamedNode("https://w3id.org/provkg#DataModality-timeSeries")
DataModality_video: Final = NamedNode("https://w3id.org/provkg#DataModality-video")
DataProfile: Final = NamedNode("https://w3id.org/provkg#DataProfile")
DataQualityMeasurement: Final = NamedNode("https://w3id.org/provkg#DataQualityMeasurement")
DataSchema: Final = NamedNode("https://w3id.org/provkg#DataSchema")
DataSource: Final = NamedNode("https://w3id.org/provkg#DataSource")
DataSubset: Final = NamedNode("https://w3id.org/provkg#DataSubset")
Dataset: Final = NamedNode("https://w3id.org/provkg#Dataset")
DatasetVersion: Final = NamedNode("https://w3id.org/provkg#DatasetVersion")
Decision: Final = NamedNode("https://w3id.org/provkg#Decision")
DecisionOutcome: Final = NamedNode("https://w3id.org/provkg#DecisionOutcome")
DecisionOutcome_approved: Final = NamedNode("https://w3id.org/provkg#DecisionOutcome-approved")
DecisionOutcome_approvedWithConditions: Final = NamedNode(
    "https://w3id.org/provkg#DecisionOutcome-approvedWithConditions"
)
DecisionOutcome_confirmed: Final = NamedNode("https://w3id.org/provkg#DecisionOutcome-confirmed")
DecisionOutcome_deferred: Final = NamedNode("https://w3id.org/provkg#DecisionOutcome-deferred")
DecisionOutcome_overridden: Final = NamedNode("https://w3id.org/provkg#DecisionOutcome-overridden")
DecisionOutcome_rejected: Final = NamedNode("https://w3id.org/provkg#DecisionOutcome-rejected")
DecisionOutcome_revoked: Final = NamedNode("https://w3id.org/provkg#DecisionOutcome-revoked")
DecisionOutcome_scheme: Final = NamedNode("https://w3id.org/provkg#DecisionOutcome-scheme")
Deployment: Final = NamedNode("https://w3id.org/provkg#Deployment")
DeploymentRun: Final = NamedNode("https://w3id.org/provkg#DeploymentRun")
DeploymentStage: Final = NamedNode("https://w3id.org/provkg#DeploymentStage")
DeploymentStage_canary: Final = NamedNode("https://w3id.org/provkg#DeploymentStage-canary")
DeploymentStage_development: Final = NamedNode("https://w3id.org/provkg#DeploymentStage-development")
DeploymentStage_edge: Final = NamedNode("https://w3id.org/provkg#DeploymentStage-edge")
DeploymentStage_production: Final = NamedNode("https://w3id.org/provkg#DeploymentStage-production")
DeploymentStage_scheme: Final = NamedNode("https://w3id.org/provkg#DeploymentStage-scheme")
DeploymentStage_shadow: Final = NamedNode("https://w3id.org/provkg#DeploymentStage-shadow")
DeploymentStage_staging: Final = NamedNode("https://w3id.org/provkg#DeploymentStage-staging")
DocumentKind: Final = NamedNode("https://w3id.org/provkg#DocumentKind")
DocumentKind_datasheet: Final = NamedNode("https://w3id.org/provkg#DocumentKind-datasheet")
DocumentKind_explanationMethod: Final = NamedNode("https://w3id.org/provkg#DocumentKind-explanationMethod")
DocumentKind_impactAssessment: Final = NamedNode("https://w3id.org/provkg#DocumentKind-impactAssessment")
DocumentKind_instructionsForUse: Final = NamedNode("https://w3id.org/provkg#DocumentKind-instructionsForUse")
DocumentKind_labelingGuideline: Final = NamedNode("https://w3id.org/provkg#DocumentKind-labelingGuideline")
DocumentKind_licenseText: Final = NamedNode("https://w3id.org/provkg#DocumentKind-licenseText")
DocumentKind_modelCard: Final = NamedNode("https://w3id.org/provkg#DocumentKind-modelCard")
DocumentKind_oversightMeasures: Final = NamedNode("https://w3id.org/provkg#DocumentKind-oversightMeasures")
DocumentKind_riskAssessment: Final = NamedNode("https://w3id.org/provkg#DocumentKind-riskAssessment")
DocumentKind_scheme: Final = NamedNode("https://w3id.org/provkg#DocumentKind-scheme")
DocumentKind_technicalDocumentation: Final = NamedNode("https://w3id.org/provkg#DocumentKind-technicalDocumentation")
DocumentKind_testReport: Final = NamedNode("https://w3id.org/provkg#DocumentKind-testReport")
DocumentKind_trainingContentSummary: Final = NamedNode("https://w3id.org/provkg#DocumentKind-trainingContentSummary")
Documentation: Final = NamedNode("https://w3id.org/provkg#Documentation")
Endpoint: Final = NamedNode("https://w3id.org/provkg#Endpoint")
Environment: Final = NamedNode("https://w3id.org/provkg#Environment")
EvaluationRun: Final = NamedNode("https://w3id.org/provkg#EvaluationRun")
Experiment: Final = NamedNode("https://w3id.org/provkg#Experiment")
Feature: Final = NamedNode("https://w3id.org/provkg#Feature")
FeatureFlag: Final = NamedNode("https://w3id.org/provkg#FeatureFlag")
FeatureRole: Final = NamedNode("https://w3id.org/provkg#FeatureRole")
FeatureRole_group: Final = NamedNode("https://w3id.org/provkg#FeatureRole-group")
FeatureRole_identifier: Final = NamedNode("https://w3id.org/provkg#FeatureRole-identifier")
FeatureRole_ignored: Final = NamedNode("https://w3id.org/provkg#FeatureRole-ignored")
FeatureRole_input: Final = NamedNode("https://w3id.org/provkg#FeatureRole-input")
FeatureRole_scheme: Final = NamedNode("https://w3id.org/provkg#FeatureRole-scheme")
FeatureRole_sensitive: Final = NamedNode("https://w3id.org/provkg#FeatureRole-sensitive")
FeatureRole_target: Final = NamedNode("https://w3id.org/provkg#FeatureRole-target")
FeatureRole_weight: Final = NamedNode("https://w3id.org/provkg#FeatureRole-weight")
FeatureSet: Final = NamedNode("https://w3id.org/provkg#FeatureSet")
FileSet: Final = NamedNode("https://w3id.org/provkg#FileSet")
FineTuningRun: Final = NamedNode("https://w3id.org/provkg#FineTuningRun")
HardwareConfiguration: Final = NamedNode("https://w3id.org/provkg#HardwareConfiguration")
HashAlgorithm: Final = NamedNode("https://w3id.org/provkg#HashAlgorithm")
HashAlgorithm_blake2b256: Final = NamedNode("https://w3id.org/provkg#HashAlgorithm-blake2b256")
HashAlgorithm_blake3: Final = NamedNode("https://w3id.org/provkg#HashAlgorithm-blake3")
HashAlgorithm_gitSha1: Final = NamedNode("https://w3id.org/provkg#HashAlgorithm-gitSha1")
HashAlgorithm_md5: Final = NamedNode("https://w3id.org/provkg#HashAlgorithm-md5")
HashAlgorithm_scheme: Final = NamedNode("https://w3id.org/provkg#HashAlgorithm-scheme")
HashAlgorithm_sha256: Final = NamedNode("https://w3id.org/provkg#HashAlgorithm-sha256")
HashAlgorithm_sha384: Final = NamedNode("https://w3id.org/provkg#HashAlgorithm-sha384")
HashAlgorithm_sha3_256: Final = NamedNode("https://w3id.org/provkg#HashAlgorithm-sha3_256")
HashAlgorithm_sha512: Final = NamedNode("https://w3id.org/provkg#HashAlgorithm-sha512")
HyperparameterSetting: Final = NamedNode("https://w3id.org/provkg#HyperparameterSetting")
InferenceRun: Final = NamedNode("https://w3id.org/provkg#InferenceRun")
IngestionRun: Final = NamedNode("https://w3id.org/provkg#IngestionRun")
IntegrityCheck: Final = NamedNode("https://w3id.org/provkg#IntegrityCheck")
InvalidationReason: Final = NamedNode("https://w3id.org/provkg#InvalidationReason")
InvalidationReason_corrected: Final = NamedNode("https://w3id.org/provkg#InvalidationReason-corrected")
InvalidationReason_legalErasure: Final = NamedNode("https://w3id.org/provkg#InvalidationReason-legalErasure")
InvalidationReason_licenceRevoked: Final = NamedNode("https://w3id.org/provkg#InvalidationReason-licenceRevoked")
InvalidationReason_recalled: Final = NamedNode("https://w3id.org/provkg#InvalidationReason-recalled")
InvalidationReason_retired: Final = NamedNode("https://w3id.org/provkg#InvalidationReason-retired")
InvalidationReason_scheme: Final = NamedNode("https://w3id.org/provkg#InvalidationReason-scheme")
InvalidationReason_securityIncident: Final = NamedNode("https://w3id.org/provkg#InvalidationReason-securityIncident")
InvalidationReason_superseded: Final = NamedNode("https://w3id.org/provkg#InvalidationReason-superseded")
InvalidationReason_withdrawn: Final = NamedNode("https://w3id.org/provkg#InvalidationReason-withdrawn")
Investigation: Final = NamedNode("https://w3id.org/provkg#Investigation")
IssueKind: Final = NamedNode("https://w3id.org/provkg#IssueKind")
IssueKind_corruption: Final = NamedNode("https://w3id.org/provkg#IssueKind-corruption")
IssueKind_duplicate: Final = NamedNode("https://w3id.org/provkg#IssueKind-duplicate")
IssueKind_labelingBias: Final = NamedNode("https://w3id.org/provkg#IssueKind-labelingBias")
IssueKind_leakage: Final = NamedNode("https://w3id.org/provkg#IssueKind-leakage")
IssueKind_missingData: Final = NamedNode("https://w3id.org/provkg#IssueKind-missingData")
IssueKind_noise: Final = NamedNode("https://w3id.org/provkg#IssueKind-noise")
IssueKind_outdated: Final = NamedNode("https://w3id.org/provkg#IssueKind-outdated")
IssueKind_personalData: Final = NamedNode("https://w3id.org/provkg#IssueKind-personalData")
IssueKind_samplingBias: Final = NamedNode("https://w3id.org/provkg#IssueKind-samplingBias")
IssueKind_scheme: Final = NamedNode("https://w3id.org/provkg#IssueKind-scheme")
IssueKind_underrepresentation: Final = NamedNode("https://w3id.org/provkg#IssueKind-underrepresentation")
LabelingRun: Final = NamedNode("https://w3id.org/provkg#LabelingRun")
LearningParadigm: Final = NamedNode("https://w3id.org/provkg#LearningParadigm")
LearningParadigm_federated: Final = NamedNode("https://w3id.org/provkg#LearningParadigm-federated")
LearningParadigm_humanFeedback: Final = NamedNode("https://w3id.org/provkg#LearningParadigm-humanFeedback")
LearningParadigm_reinforcement: Final = NamedNode("https://w3id.org/provkg#LearningParadigm-reinforcement")
LearningParadigm_scheme: Final = NamedNode("https://w3id.org/provkg#LearningParadigm-scheme")
LearningParadigm_selfSupervised: Final = NamedNode("https://w3id.org/provkg#LearningParadigm-selfSupervised")
LearningParadigm_semiSupervised: Final = NamedNode("https://w3id.org/provkg#LearningParadigm-semiSupervised")
LearningParadigm_supervised: Final = NamedNode("https://w3id.org/provkg#LearningParadigm-supervised")
LearningParadigm_transfer: Final = NamedNode("https://w3id.org/provkg#LearningParadigm-transfer")
LearningParadigm_unsupervised: Final = NamedNode("https://w3id.org/provkg#LearningParadigm-unsupervised")
Level: Final = NamedNode("https://w3id.org/provkg#Level")
Level_audit: Final = NamedNode("https://w3id.org/provkg#Level-audit")
Level_minimal: Final = NamedNode("https://w3id.org/provkg#Level-minimal")
Level_scheme: Final = NamedNode("https://w3id.org/provkg#Level-scheme")
Level_standard: Final = NamedNode("https://w3id.org/provkg#Level-standard")
LicenseGrant: Final = NamedNode("https://w3id.org/provkg#LicenseGrant")
Measurement: Final = NamedNode("https://w3id.org/provkg#Measurement")
MetricKind: Final = NamedNode("https://w3id.org/provkg#MetricKind")
MetricKind_accuracy: Final = NamedNode("https://w3id.org/provkg#MetricKind-accuracy")
MetricKind_annotatorAgreement: Final = NamedNode("https://w3id.org/provkg#MetricKind-annotatorAgreement")
MetricKind_balancedAccuracy: Final = NamedNode("https://w3id.org/provkg#MetricKind-balancedAccuracy")
MetricKind_bleu: Final = NamedNode("https://w3id.org/provkg#MetricKind-bleu")
MetricKind_bytesRead: Final = NamedNode("https://w3id.org/provkg#MetricKind-bytesRead")
MetricKind_bytesWritten: Final = NamedNode("https://w3id.org/provkg#MetricKind-bytesWritten")
MetricKind_calibrationError: Final = NamedNode("https://w3id.org/provkg#MetricKind-calibrationError")
MetricKind_co2e: Final = NamedNode("https://w3id.org/provkg#MetricKind-co2e")
MetricKind_completeness: Final = NamedNode("https://w3id.org/provkg#MetricKind-completeness")
MetricKind_cpuTime: Final = NamedNode("https://w3id.org/provkg#MetricKind-cpuTime")
MetricKind_cpuUtilization: Final = NamedNode("https://w3id.org/provkg#MetricKind-cpuUtilization")
MetricKind_dataQuality: Final = NamedNode("https://w3id.org/provkg#MetricKind-dataQuality")
MetricKind_demographicParityDifference: Final = NamedNode(
    "https://w3id.org/provkg#MetricKind-demographicParityDifference"
)
MetricKind_drift: Final = NamedNode("https://w3id.org/provkg#MetricKind-drift")
MetricKind_duplicateRatio: Final = NamedNode("https://w3id.org/provkg#MetricKind-duplicateRatio")
MetricKind_energy: Final = NamedNode("https://w3id.org/provkg#MetricKind-energy")
MetricKind_epochDuration: Final = NamedNode("https://w3id.org/provkg#MetricKind-epochDuration")
MetricKind_equalizedOddsDifference: Final = NamedNode("https://w3id.org/provkg#MetricKind-equalizedOddsDifference")
MetricKind_error: Final = NamedNode("https://w3id.org/provkg#MetricKind-error")
MetricKind_f1: Final = NamedNode("https://w3id.org/provkg#MetricKind-f1")
MetricKind_fairness: Final = NamedNode("https://w3id.org/provkg#MetricKind-fairness")
MetricKind_featureCorrelation: Final = NamedNode("https://w3id.org/provkg#MetricKind-featureCorrelation")
MetricKind_featureImportance: Final = NamedNode("https://w3id.org/provkg#MetricKind-featureImportance")
MetricKind_gpuMemoryUse: Final = NamedNode("https://w3id.org/provkg#MetricKind-gpuMemoryUse")
MetricKind_gpuPower: Final = NamedNode("https://w3id.org/provkg#MetricKind-gpuPower")
MetricKind_gpuUtilization: Final = NamedNode("https://w3id.org/provkg#MetricKind-gpuUtilization")
MetricKind_iou: Final = NamedNode("https://w3id.org/provkg#MetricKind-iou")
MetricKind_jsDivergence: Final = NamedNode("https://w3id.org/provkg#MetricKind-jsDivergence")
MetricKind_ksStatistic: Final = NamedNode("https://w3id.org/provkg#MetricKind-ksStatistic")
MetricKind_latency: Final = NamedNode("https://w3id.org/provkg#MetricKind-latency")
MetricKind_logLoss: Final = NamedNode("https://w3id.org/provkg#MetricKind-logLoss")
MetricKind_loss: Final = NamedNode("https://w3id.org/provkg#MetricKind-loss")
MetricKind_mae: Final = NamedNode("https://w3id.org/provkg#MetricKind-mae")
MetricKind_mape: Final = NamedNode("https://w3id.org/provkg#MetricKind-mape")
MetricKind_meanAveragePrecision: Final = NamedNode("https://w3id.org/provkg#MetricKind-meanAveragePrecision")
MetricKind_memoryPeak: Final = NamedNode("https://w3id.org/provkg#MetricKind-memoryPeak")
MetricKind_memoryUse: Final = NamedNode("https://w3id.org/provkg#MetricKind-memoryUse")
MetricKind_missingRatio: Final = NamedNode("https://w3id.org/provkg#MetricKind-missingRatio")
MetricKind_mse: Final = NamedNode("https://w3id.org/provkg#MetricKind-mse")
MetricKind_overlapRatio: Final = NamedNode("https://w3id.org/provkg#MetricKind-overlapRatio")
MetricKind_perplexity: Final = NamedNode("https://w3id.org/provkg#MetricKind-perplexity")
MetricKind_populationStabilityIndex: Final = NamedNode("https://w3id.org/provkg#MetricKind-populationStabilityIndex")
MetricKind_prAuc: Final = NamedNode("https://w3id.org/provkg#MetricKind-prAuc")
MetricKind_precision: Final = NamedNode("https://w3id.org/provkg#MetricKind-precision")
MetricKind_predictiveQuality: Final = NamedNode("https://w3id.org/provkg#MetricKind-predictiveQuality")
MetricKind_provenanceHealth: Final = NamedNode("https://w3id.org/provkg#MetricKind-provenanceHealth")
MetricKind_r2: Final = NamedNode("https://w3id.org/provkg#MetricKind-r2")
MetricKind_ranking: Final = NamedNode("https://w3id.org/provkg#MetricKind-ranking")
MetricKind_recall: Final = NamedNode("https://w3id.org/provkg#MetricKind-recall")
MetricKind_resource: Final = NamedNode("https://w3id.org/provkg#MetricKind-resource")
MetricKind_rmse: Final = NamedNode("https://w3id.org/provkg#MetricKind-rmse")
MetricKind_robustAccuracy: Final = NamedNode("https://w3id.org/provkg#MetricKind-robustAccuracy")
MetricKind_rocAuc: Final = NamedNode("https://w3id.org/provkg#MetricKind-rocAuc")
MetricKind_rouge: Final = NamedNode("https://w3id.org/provkg#MetricKind-rouge")
MetricKind_scheme: Final = NamedNode("https://w3id.org/provkg#MetricKind-scheme")
MetricKind_throughput: Final = NamedNode("https://w3id.org/provkg#MetricKind-throughput")
MetricKind_timeliness: Final = NamedNode("https://w3id.org/provkg#MetricKind-timeliness")
MetricKind_wordErrorRate: Final = NamedNode("https://w3id.org/provkg#MetricKind-wordErrorRate")
MetricObservation: Final = NamedNode("https://w3id.org/provkg#MetricObservation")
MetricPoint: Final = NamedNode("https://w3id.org/provkg#MetricPoint")
MetricSeries: Final = NamedNode("https://w3id.org/provkg#MetricSeries")
MlTask: Final = NamedNode("https://w3id.org/provkg#MlTask")
MlTask_anomalyDetection: Final = NamedNode("https://w3id.org/provkg#MlTask-anomalyDetection")
MlTask_binaryClassification: Final = NamedNode("https://w3id.org/provkg#MlTask-binaryClassification")
MlTask_clustering: Final = NamedNode("https://w3id.org/provkg#MlTask-clustering")
MlTask_detection: Final = NamedNode("https://w3id.org/provkg#MlTask-detection")
MlTask_embedding: Final = NamedNode("https://w3id.org/provkg#MlTask-embedding")
MlTask_forecasting: Final = NamedNode("https://w3id.org/provkg#MlTask-forecasting")
MlTask_generation: Final = NamedNode("https://w3id.org/provkg#MlTask-generation")
MlTask_multiclassClassification: Final = NamedNode("https://w3id.org/provkg#MlTask-multiclassClassification")
MlTask_multilabelClassification: Final = NamedNode("https://w3id.org/provkg#MlTask-multilabelClassification")
MlTask_other: Final = NamedNode("https://w3id.org/provkg#MlTask-other")
MlTask_ranking: Final = NamedNode("https://w3id.org/provkg#MlTask-ranking")
MlTask_recommendation: Final = NamedNode("https://w3id.org/provkg#MlTask-recommendation")
MlTask_regression: Final = NamedNode("https://w3id.org/provkg#MlTask-regression")
MlTask_scheme: Final = NamedNode("https://w3id.org/provkg#MlTask-scheme")
MlTask_segmentation: Final = NamedNode("https://w3id.org/provkg#MlTask-segmentation")
MlTask_sequenceTagging: Final = NamedNode("https://w3id.org/provkg#MlTask-sequenceTagging")
Model: Final = NamedNode("https://w3id.org/provkg#Model")
ModelArchitecture: Final = NamedNode("https://w3id.org/provkg#ModelArchitecture")
ModelVersion: Final = NamedNode("https://w3id.org/provkg#ModelVersion")
MonitoringRun: Final = NamedNode("https://w3id.org/provkg#MonitoringRun")
OptimizationDirection: Final = NamedNode("https://w3id.org/provkg#OptimizationDirection")
OptimizationDirection_higherIsBetter: Final = NamedNode("https://w3id.org/provkg#OptimizationDirection-higherIsBetter")
OptimizationDirection_informational: Final = NamedNode("https://w3id.org/provkg#OptimizationDirection-informational")
OptimizationDirection_lowerIsBetter: Final = NamedNode("https://w3id.org/provkg#OptimizationDirection-lowerIsBetter")
OptimizationDirection_scheme: Final = NamedNode("https://w3id.org/provkg#OptimizationDirection-scheme")
OptimizationDirection_targetIsBest: Final = NamedNode("https://w3id.org/provkg#OptimizationDirection-targetIsBest")
Orchestrator: Final = NamedNode("https://w3id.org/provkg#Orchestrator")
OverlapMeasurement: Final = NamedNode("https://w3id.org/provkg#OverlapMeasurement")
OversightDecision: Final = NamedNode("https://w3id.org/provkg#OversightDecision")
ParameterDefinition: Final = NamedNode("https://w3id.org/provkg#ParameterDefinition")
ParameterSetting: Final = NamedNode("https://w3id.org/provkg#ParameterSetting")
Pipeline: Final = NamedNode("https://w3id.org/provkg#Pipeline")
PipelineRun: Final = NamedNode("https://w3id.org/provkg#PipelineRun")
Policy: Final = NamedNode("https://w3id.org/provkg#Policy")
Port: Final = NamedNode("https://w3id.org/provkg#Port")
Prediction: Final = NamedNode("https://w3id.org/provkg#Prediction")
PredictionBatch: Final = NamedNode("https://w3id.org/provkg#PredictionBatch")
Project: Final = NamedNode("https://w3id.org/provkg#Project")
PromptTemplate: Final = NamedNode("https://w3id.org/provkg#PromptTemplate")
ProvenanceRequirement: Final = NamedNode("https://w3id.org/provkg#ProvenanceRequirement")
QualityCheckRun: Final = NamedNode("https://w3id.org/provkg#QualityCheckRun")
Record: Final = NamedNode("https://w3id.org/provkg#Record")
RecordCommit: Final = NamedNode("https://w3id.org/provkg#RecordCommit")
RecordItem: Final = NamedNode("https://w3id.org/provkg#RecordItem")
Redaction: Final = NamedNode("https://w3id.org/provkg#Redaction")
RegistryEntry: Final = NamedNode("https://w3id.org/provkg#RegistryEntry")
ReplayOutcome: Final = NamedNode("https://w3id.org/provkg#ReplayOutcome")
ReplayOutcome_bitIdentical: Final = NamedNode("https://w3id.org/provkg#ReplayOutcome-bitIdentical")
ReplayOutcome_diverged: Final = NamedNode("https://w3id.org/provkg#ReplayOutcome-diverged")
ReplayOutcome_notReproducible: Final = NamedNode("https://w3id.org/provkg#ReplayOutcome-notReproducible")
ReplayOutcome_scheme: Final = NamedNode("https://w3id.org/provkg#ReplayOutcome-scheme")
ReplayOutcome_withinTolerance: Final = NamedNode("https://w3id.org/provkg#ReplayOutcome-withinTolerance")
ReplayRun: Final = NamedNode("https://w3id.org/provkg#ReplayRun")
RetentionPolicy: Final = NamedNode("https://w3id.org/provkg#RetentionPolicy")
RetirementDecision: Final = NamedNode("https://w3id.org/provkg#RetirementDecision")
RiskLevel: Final = NamedNode("https://w3id.org/provkg#RiskLevel")
RiskLevel_high: Final = NamedNode("https://w3id.org/provkg#RiskLevel-high")
RiskLevel_limited: Final = NamedNode("https://w3id.org/provkg#RiskLevel-limited")
RiskLevel_minimal: Final = NamedNode("https://w3id.org/provkg#RiskLevel-minimal")
RiskLevel_scheme: Final = NamedNode("https://w3id.org/provkg#RiskLevel-scheme")
RiskLevel_unacceptable: Final = NamedNode("https://w3id.org/provkg#RiskLevel-unacceptable")
Run: Final = NamedNode("https://w3id.org/provkg#Run")
RunStatus: Final = NamedNode("https://w3id.org/provkg#RunStatus")
RunStatus_aborted: Final = NamedNode("https://w3id.org/provkg#RunStatus-aborted")
RunStatus_failed: Final = NamedNode("https://w3id.org/provkg#RunStatus-failed")
RunStatus_interrupted: Final = NamedNode("https://w3id.org/provkg#RunStatus-interrupted")
RunStatus_partial: Final = NamedNode("https://w3id.org/provkg#RunStatus-partial")
RunStatus_scheme: Final = NamedNode("https://w3id.org/provkg#RunStatus-scheme")
RunStatus_succeeded: Final = NamedNode("https://w3id.org/provkg#RunStatus-succeeded")
SamplingStrategy: Final = NamedNode("https://w3id.org/provkg#SamplingStrategy")
SamplingStrategy_activeLearning: Final = NamedNode("https://w3id.org/provkg#SamplingStrategy-activeLearning")
SamplingStrategy_cluster: Final = NamedNode("https://w3id.org/provkg#SamplingStrategy-cluster")
SamplingStrategy_convenience: Final = NamedNode("https://w3id.org/provkg#SamplingStrategy-convenience")
SamplingStrategy_fullPopulation: Final = NamedNode("https://w3id.org/provkg#SamplingStrategy-fullPopulation")
SamplingStrategy_overSampling: Final = NamedNode("https://w3id.org/provkg#SamplingStrategy-overSampling")
SamplingStrategy_reservoir: Final = NamedNode("https://w3id.org/provkg#SamplingStrategy-reservoir")
SamplingStrategy_scheme: Final = NamedNode("https://w3id.org/provkg#SamplingStrategy-scheme")
SamplingStrategy_simpleRandom: Final = NamedNode("https://w3id.org/provkg#SamplingStrategy-simpleRandom")
SamplingStrategy_stratifiedSampling: Final = NamedNode("https://w3id.org/provkg#SamplingStrategy-stratifiedSampling")
SamplingStrategy_syntheticOverSampling: Final = NamedNode(
    "https://w3id.org/provkg#SamplingStrategy-syntheticOverSampling"
)
SamplingStrategy_systematic: Final = NamedNode("https://w3id.org/provkg#SamplingStrategy-systematic")
SamplingStrategy_temporalWindow: Final = NamedNode("https://w3id.org/provkg#SamplingStrategy-temporalWindow")
SamplingStrategy_underSampling: Final = NamedNode("https://w3id.org/provkg#SamplingStrategy-underSampling")
SamplingStrategy_weighted: Final = NamedNode("https://w3id.org/provkg#SamplingStrategy-weighted")
SeedScope: Final = NamedNode("https://w3id.org/provkg#SeedScope")
SeedScope_accelerator: Final = NamedNode("https://w3id.org/provkg#SeedScope-accelerator")
SeedScope_augmentation: Final = NamedNode("https://w3id.org/provkg#SeedScope-augmentation")
SeedScope_dataLoader: Final = NamedNode("https://w3id.org/provkg#SeedScope-dataLoader")
SeedScope_environmentVariable: Final = NamedNode("https://w3id.org/provkg#SeedScope-environmentVariable")
SeedScope_framework: Final = NamedNode("https://w3id.org/provkg#SeedScope-framework")
SeedScope_global: Final = NamedNode("https://w3id.org/provkg#SeedScope-global")
SeedScope_numpy: Final = NamedNode("https://w3id.org/provkg#SeedScope-numpy")
SeedScope_python: Final = NamedNode("https://w3id.org/provkg#SeedScope-python")
SeedScope_scheme: Final = NamedNode("https://w3id.org/provkg#SeedScope-scheme")
SeedScope_split: Final = NamedNode("https://w3id.org/provkg#SeedScope-split")
SeedSetting: Final = NamedNode("https://w3id.org/provkg#SeedSetting")
SelectionDecision: Final = NamedNode("https://w3id.org/provkg#SelectionDecision")
SensitivityLevel: Final = NamedNode("https://w3id.org/provkg#SensitivityLevel")
SensitivityLevel_confidential: Final = NamedNode("https://w3id.org/provkg#SensitivityLevel-confidential")
SensitivityLevel_internal: Final = NamedNode("https://w3id.org/provkg#SensitivityLevel-internal")
SensitivityLevel_public: Final = NamedNode("https://w3id.org/provkg#SensitivityLevel-public")
SensitivityLevel_restricted: Final = NamedNode("https://w3id.org/provkg#SensitivityLevel-restricted")
SensitivityLevel_scheme: Final = NamedNode("https://w3id.org/provkg#SensitivityLevel-scheme")
SeriesChunk: Final = NamedNode("https://w3id.org/provkg#SeriesChunk")
ServiceAccount: Final = NamedNode("https://w3id.org/provkg#ServiceAccount")
SharingAgreement: Final = NamedNode("https://w3id.org/provkg#SharingAgreement")
Slice: Final = NamedNode("https://w3id.org/provkg#Slice")
SoftwareEnvironment: Final = NamedNode("https://w3id.org/provkg#SoftwareEnvironment")
SoftwarePackage: Final = NamedNode("https://w3id.org/provkg#SoftwarePackage")
SourceRepository: Final = NamedNode("https://w3id.org/provkg#SourceRepository")
SourceRevision: Final = NamedNode("https://w3id.org/provkg#SourceRevision")
Split: Final = NamedNode("https://w3id.org/provkg#Split")
SplitRole: Final = NamedNode("https://w3id.org/provkg#SplitRole")
SplitRole_calibration: Final = NamedNode("https://w3id.org/provkg#SplitRole-calibration")
SplitRole_crossValidationFold: Final = NamedNode("https://w3id.org/provkg#SplitRole-crossValidationFold")
SplitRole_holdout: Final = NamedNode("https://w3id.org/provkg#SplitRole-holdout")
SplitRole_inference: Final = NamedNode("https://w3id.org/provkg#SplitRole-inference")
SplitRole_scheme: Final = NamedNode("https://w3id.org/provkg#SplitRole-scheme")
SplitRole_test: Final = NamedNode("https://w3id.org/provkg#SplitRole-test")
SplitRole_train: Final = NamedNode("https://w3id.org/provkg#SplitRole-train")
SplitRole_unlabeled: Final = NamedNode("https://w3id.org/provkg#SplitRole-unlabeled")
SplitRole_validation: Final = NamedNode("https://w3id.org/provkg#SplitRole-validation")
SplitRun: Final = NamedNode("https://w3id.org/provkg#SplitRun")
SplitSet: Final = NamedNode("https://w3id.org/provkg#SplitSet")
SplitStrategy: Final = NamedNode("https://w3id.org/provkg#SplitStrategy")
SplitStrategy_bootstrap: Final = NamedNode("https://w3id.org/provkg#SplitStrategy-bootstrap")
SplitStrategy_grouped: Final = NamedNode("https://w3id.org/provkg#SplitStrategy-grouped")
SplitStrategy_hashBased: Final = NamedNode("https://w3id.org/provkg#SplitStrategy-hashBased")
SplitStrategy_kFold: Final = NamedNode("https://w3id.org/provkg#SplitStrategy-kFold")
SplitStrategy_leaveOneOut: Final = NamedNode("https://w3id.org/provkg#SplitStrategy-leaveOneOut")
SplitStrategy_manual: Final = NamedNode("https://w3id.org/provkg#SplitStrategy-manual")
SplitStrategy_nested: Final = NamedNode("https://w3id.org/provkg#SplitStrategy-nested")
SplitStrategy_predefined: Final = NamedNode("https://w3id.org/provkg#SplitStrategy-predefined")
SplitStrategy_random: Final = NamedNode("https://w3id.org/provkg#SplitStrategy-random")
SplitStrategy_repeatedKFold: Final = NamedNode("https://w3id.org/provkg#SplitStrategy-repeatedKFold")
SplitStrategy_scheme: Final = NamedNode("https://w3id.org/provkg#SplitStrategy-scheme")
SplitStrategy_stratified: Final = NamedNode("https://w3id.org/provkg#SplitStrategy-stratified")
SplitStrategy_stratifiedGrouped: Final = NamedNode("https://w3id.org/provkg#SplitStrategy-stratifiedGrouped")
SplitStrategy_temporal: Final = NamedNode("https://w3id.org/provkg#SplitStrategy-temporal")
Step: Final = NamedNode("https://w3id.org/provkg#Step")
SyntheticDataRun: Final = NamedNode("https://w3id.org/provkg#SyntheticDataRun")
Tag: Final = NamedNode("https://w3id.org/provkg#Tag")
Team: Final = NamedNode("https://w3id.org/provkg#Team")
Tokenizer: Final = NamedNode("https://w3id.org/provkg#Tokenizer")
TrainingRun: Final = NamedNode("https://w3id.org/provkg#TrainingRun")
TransformationKind: Final = NamedNode("https://w3id.org/provkg#TransformationKind")
TransformationKind_aggregation: Final = NamedNode("https://w3id.org/provkg#TransformationKind-aggregation")
TransformationKind_anonymization: Final = NamedNode("https://w3id.org/provkg#TransformationKind-anonymization")
TransformationKind_augmentation: Final = NamedNode("https://w3id.org/provkg#TransformationKind-augmentation")
TransformationKind_cropping: Final = NamedNode("https://w3id.org/provkg#TransformationKind-cropping")
TransformationKind_deduplication: Final = NamedNode("https://w3id.org/provkg#TransformationKind-deduplication")
TransformationKind_dimensionalityReduction: Final = NamedNode(
    "https://w3id.org/provkg#TransformationKind-dimensionalityReduction"
)
TransformationKind_discretization: Final = NamedNode("https://w3id.org/provkg#TransformationKind-discretization")
TransformationKind_embedding: Final = NamedNode("https://w3id.org/provkg#TransformationKind-embedding")
TransformationKind_encoding: Final = NamedNode("https://w3id.org/provkg#TransformationKind-encoding")
TransformationKind_featureConstruction: Final = NamedNode(
    "https://w3id.org/provkg#TransformationKind-featureConstruction"
)
TransformationKind_featureExtraction: Final = NamedNode("https://w3id.org/provkg#TransformationKind-featureExtraction")
TransformationKind_featureSelection: Final = NamedNode("https://w3id.org/provkg#TransformationKind-featureSelection")
TransformationKind_filtering: Final = NamedNode("https://w3id.org/provkg#TransformationKind-filtering")
TransformationKind_formatConversion: Final = NamedNode("https://w3id.org/provkg#TransformationKind-formatConversion")
TransformationKind_imputation: Final = NamedNode("https://w3id.org/provkg#TransformationKind-imputation")
TransformationKind_join: Final = NamedNode("https://w3id.org/provkg#TransformationKind-join")
TransformationKind_labelEncoding: Final = NamedNode("https://w3id.org/provkg#TransformationKind-labelEncoding")
TransformationKind_labeling: Final = NamedNode("https://w3id.org/provkg#TransformationKind-labeling")
TransformationKind_meanImputation: Final = NamedNode("https://w3id.org/provkg#TransformationKind-meanImputation")
TransformationKind_minMaxScaling: Final = NamedNode("https://w3id.org/provkg#TransformationKind-minMaxScaling")
TransformationKind_modelImputation: Final = NamedNode("https://w3id.org/provkg#TransformationKind-modelImputation")
TransformationKind_normalization: Final = NamedNode("https://w3id.org/provkg#TransformationKind-normalization")
TransformationKind_oneHotEncoding: Final = NamedNode("https://w3id.org/provkg#TransformationKind-oneHotEncoding")
TransformationKind_ordinalEncoding: Final = NamedNode("https://w3id.org/provkg#TransformationKind-ordinalEncoding")
TransformationKind_other: Final = NamedNode("https://w3id.org/provkg#TransformationKind-other")
TransformationKind_outlierRemoval: Final = NamedNode("https://w3id.org/provkg#TransformationKind-outlierRemoval")
TransformationKind_resizing: Final = NamedNode("https://w3id.org/provkg#TransformationKind-resizing")
TransformationKind_robustScaling: Final = NamedNode("https://w3id.org/provkg#TransformationKind-robustScaling")
TransformationKind_sampling: Final = NamedNode("https://w3id.org/provkg#TransformationKind-sampling")
TransformationKind_scaling: Final = NamedNode("https://w3id.org/provkg#TransformationKind-scaling")
TransformationKind_scheme: Final = NamedNode("https://w3id.org/provkg#TransformationKind-scheme")
TransformationKind_segmentation: Final = NamedNode("https://w3id.org/provkg#TransformationKind-segmentation")
TransformationKind_slicing: Final = NamedNode("https://w3id.org/provkg#TransformationKind-slicing")
TransformationKind_standardization: Final = NamedNode("https://w3id.org/provkg#TransformationKind-standardization")
TransformationKind_syntheticGeneration: Final = NamedNode(
    "https://w3id.org/provkg#TransformationKind-syntheticGeneration"
)
TransformationKind_targetEncoding: Final = NamedNode("https://w3id.org/provkg#TransformationKind-targetEncoding")
TransformationKind_tokenization: Final = NamedNode("https://w3id.org/provkg#TransformationKind-tokenization")
TransformationKind_typeConversion: Final = NamedNode("https://w3id.org/provkg#TransformationKind-typeConversion")
TransformationRun: Final = NamedNode("https://w3id.org/provkg#TransformationRun")
TriggerKind: Final = NamedNode("https://w3id.org/provkg#TriggerKind")
TriggerKind_api: Final = NamedNode("https://w3id.org/provkg#TriggerKind-api")
TriggerKind_ci: Final = NamedNode("https://w3id.org/provkg#TriggerKind-ci")
TriggerKind_event: Final = NamedNode("https://w3id.org/provkg#TriggerKind-event")
TriggerKind_manual: Final = NamedNode("https://w3id.org/provkg#TriggerKind-manual")
TriggerKind_replay: Final = NamedNode("https://w3id.org/provkg#TriggerKind-replay")
TriggerKind_retraining: Final = NamedNode("https://w3id.org/provkg#TriggerKind-retraining")
TriggerKind_scheduled: Final = NamedNode("https://w3id.org/provkg#TriggerKind-scheduled")
TriggerKind_scheme: Final = NamedNode("https://w3id.org/provkg#TriggerKind-scheme")
TuningRun: Final = NamedNode("https://w3id.org/provkg#TuningRun")
ValidationReport: Final = NamedNode("https://w3id.org/provkg#ValidationReport")
VectorIndex: Final = NamedNode("https://w3id.org/provkg#VectorIndex")
aboutInput: Final = NamedNode("https://w3id.org/provkg#aboutInput")
absenceAccepted: Final = NamedNode("https://w3id.org/provkg#absenceAccepted")
acceleratorCount: Final = NamedNode("https://w3id.org/provkg#acceleratorCount")
acceleratorModel: Final = NamedNode("https://w3id.org/provkg#acceleratorModel")
acceleratorsPerNode: Final = NamedNode("https://w3id.org/provkg#acceleratorsPerNode")
adapterOf: Final = NamedNode("https://w3id.org/provkg#adapterOf")
affects: Final = NamedNode("https://w3id.org/provkg#affects")
alertKind: Final = NamedNode("https://w3id.org/provkg#alertKind")
alias: Final = NamedNode("https://w3id.org/provkg#alias")
anonymizationMethod: Final = NamedNode("https://w3id.org/provkg#anonymizationMethod")
applicationDomain: Final = NamedNode("https://w3id.org/provkg#applicationDomain")
appliesTo: Final = NamedNode("https://w3id.org/provkg#appliesTo")
architecture: Final = NamedNode("https://w3id.org/provkg#architecture")
archiveAfterDays: Final = NamedNode("https://w3id.org/provkg#archiveAfterDays")
atCheckpoint: Final = NamedNode("https://w3id.org/provkg#atCheckpoint")
atEpoch: Final = NamedNode("https://w3id.org/provkg#atEpoch")
atStep: Final = NamedNode("https://w3id.org/provkg#atStep")
attests: Final = NamedNode("https://w3id.org/provkg#attests")
baseRevision: Final = NamedNode("https://w3id.org/provkg#baseRevision")
baselineProfile: Final = NamedNode("https://w3id.org/provkg#baselineProfile")
bestStep: Final = NamedNode("https://w3id.org/provkg#bestStep")
branchName: Final = NamedNode("https://w3id.org/provkg#branchName")
byteSize: Final = NamedNode("https://w3id.org/provkg#byteSize")
carbonIntensity: Final = NamedNode("https://w3id.org/provkg#carbonIntensity")
changeKind: Final = NamedNode("https://w3id.org/provkg#changeKind")
checkOutcome: Final = NamedNode("https://w3id.org/provkg#checkOutcome")
checkedEntity: Final = NamedNode("https://w3id.org/provkg#checkedEntity")
co2eKilograms: Final = NamedNode("https://w3id.org/provkg#co2eKilograms")
collectionMethod: Final = NamedNode("https://w3id.org/provkg#collectionMethod")
commandLine: Final = NamedNode("https://w3id.org/provkg#commandLine")
commitId: Final = NamedNode("https://w3id.org/provkg#commitId")
committedBy: Final = NamedNode("https://w3id.org/provkg#committedBy")
completenessScore: Final = NamedNode("https://w3id.org/provkg#completenessScore")
completenessThreshold: Final = NamedNode("https://w3id.org/provkg#completenessThreshold")
condition: Final = NamedNode("https://w3id.org/provkg#condition")
confidence: Final = NamedNode("https://w3id.org/provkg#confidence")
configDigest: Final = NamedNode("https://w3id.org/provkg#configDigest")
configuredBy: Final = NamedNode("https://w3id.org/provkg#configuredBy")
considered: Final = NamedNode("https://w3id.org/provkg#considered")
containsPersonalData: Final = NamedNode("https://w3id.org/provkg#containsPersonalData")
cpuCount: Final = NamedNode("https://w3id.org/provkg#cpuCount")
cpuLimit: Final = NamedNode("https://w3id.org/provkg#cpuLimit")
cpuModel: Final = NamedNode("https://w3id.org/provkg#cpuModel")
criterion: Final = NamedNode("https://w3id.org/provkg#criterion")
currentProfile: Final = NamedNode("https://w3id.org/provkg#currentProfile")
decidedBy: Final = NamedNode("https://w3id.org/provkg#decidedBy")
decisionOutcome: Final = NamedNode("https://w3id.org/provkg#decisionOutcome")
declaredAbsent: Final = NamedNode("https://w3id.org/provkg#declaredAbsent")
declaresParameter: Final = NamedNode("https://w3id.org/provkg#declaresParameter")
defaultValue: Final = NamedNode("https://w3id.org/provkg#defaultValue")
dependsOn: Final = NamedNode("https://w3id.org/provkg#dependsOn")
deployedAt: Final = NamedNode("https://w3id.org/provkg#deployedAt")
deploymentStage: Final = NamedNode("https://w3id.org/provkg#deploymentStage")
deploys: Final = NamedNode("https://w3id.org/provkg#deploys")
derivedFromFeature: Final = NamedNode("https://w3id.org/provkg#derivedFromFeature")
describes: Final = NamedNode("https://w3id.org/provkg#describes")
detectedAt: Final = NamedNode("https://w3id.org/provkg#detectedAt")
digestForm: Final = NamedNode("https://w3id.org/provkg#digestForm")
direction: Final = NamedNode("https://w3id.org/provkg#direction")
distilledFrom: Final = NamedNode("https://w3id.org/provkg#distilledFrom")
documentKind: Final = NamedNode("https://w3id.org/provkg#documentKind")
documentedBy: Final = NamedNode("https://w3id.org/provkg#documentedBy")
documents: Final = NamedNode("https://w3id.org/provkg#documents")
driftThreshold: Final = NamedNode("https://w3id.org/provkg#driftThreshold")
driverVersion: Final = NamedNode("https://w3id.org/provkg#driverVersion")
durationSeconds: Final = NamedNode("https://w3id.org/provkg#durationSeconds")
energyKilowattHours: Final = NamedNode("https://w3id.org/provkg#energyKilowattHours")
energyMethod: Final = NamedNode("https://w3id.org/provkg#energyMethod")
energyScope: Final = NamedNode("https://w3id.org/provkg#energyScope")
entryPoint: Final = NamedNode("https://w3id.org/provkg#entryPoint")
errorMessage: Final = NamedNode("https://w3id.org/provkg#errorMessage")
errorType: Final = NamedNode("https://w3id.org/provkg#errorType")
evaluatedModel: Final = NamedNode("https://w3id.org/provkg#evaluatedModel")
evaluationData: Final = NamedNode("https://w3id.org/provkg#evaluationData")
evidence: Final = NamedNode("https://w3id.org/provkg#evidence")
executedBy: Final = NamedNode("https://w3id.org/provkg#executedBy")
executesPlan: Final = NamedNode("https://w3id.org/provkg#executesPlan")
exitCode: Final = NamedNode("https://w3id.org/provkg#exitCode")
expectedDigest: Final = NamedNode("https://w3id.org/provkg#expectedDigest")
exportedFrom: Final = NamedNode("https://w3id.org/provkg#exportedFrom")
externalId: Final = NamedNode("https://w3id.org/provkg#externalId")
featureCount: Final = NamedNode("https://w3id.org/provkg#featureCount")
featureFlag: Final = NamedNode("https://w3id.org/provkg#featureFlag")
featureName: Final = NamedNode("https://w3id.org/provkg#featureName")
featureRole: Final = NamedNode("https://w3id.org/provkg#featureRole")
featureType: Final = NamedNode("https://w3id.org/provkg#featureType")
feeds: Final = NamedNode("https://w3id.org/provkg#feeds")
fineTunedFrom: Final = NamedNode("https://w3id.org/provkg#fineTunedFrom")
firstValue: Final = NamedNode("https://w3id.org/provkg#firstValue")
fitsOn: Final = NamedNode("https://w3id.org/provkg#fitsOn")
floatingPointOperations: Final = NamedNode("https://w3id.org/provkg#floatingPointOperations")
foldIndex: Final = NamedNode("https://w3id.org/provkg#foldIndex")
forFeature: Final = NamedNode("https://w3id.org/provkg#forFeature")
forLabel: Final = NamedNode("https://w3id.org/provkg#forLabel")
framework: Final = NamedNode("https://w3id.org/provkg#framework")
fromSource: Final = NamedNode("https://w3id.org/provkg#fromSource")
fromStep: Final = NamedNode("https://w3id.org/provkg#fromStep")
gridRegion: Final = NamedNode("https://w3id.org/provkg#gridRegion")
groupedBy: Final = NamedNode("https://w3id.org/provkg#groupedBy")
hasAccelerator: Final = NamedNode("https://w3id.org/provkg#hasAccelerator")
hasArchitecture: Final = NamedNode("https://w3id.org/provkg#hasArchitecture")
hasChunk: Final = NamedNode("https://w3id.org/provkg#hasChunk")
hasCluster: Final = NamedNode("https://w3id.org/provkg#hasCluster")
hasContainer: Final = NamedNode("https://w3id.org/provkg#hasContainer")
hasFeature: Final = NamedNode("https://w3id.org/provkg#hasFeature")
hasFile: Final = NamedNode("https://w3id.org/provkg#hasFile")
hasHardware: Final = NamedNode("https://w3id.org/provkg#hasHardware")
hasIssue: Final = NamedNode("https://w3id.org/provkg#hasIssue")
hasLicenseGrant: Final = NamedNode("https://w3id.org/provkg#hasLicenseGrant")
hasPartRun: Final = NamedNode("https://w3id.org/provkg#hasPartRun")
hasPoint: Final = NamedNode("https://w3id.org/provkg#hasPoint")
hasPolicy: Final = NamedNode("https://w3id.org/provkg#hasPolicy")
hasPrediction: Final = NamedNode("https://w3id.org/provkg#hasPrediction")
hasProfile: Final = NamedNode("https://w3id.org/provkg#hasProfile")
hasRequirement: Final = NamedNode("https://w3id.org/provkg#hasRequirement")
hasSchema: Final = NamedNode("https://w3id.org/provkg#hasSchema")
hasSoftware: Final = NamedNode("https://w3id.org/provkg#hasSoftware")
hasSplit: Final = NamedNode("https://w3id.org/provkg#hasSplit")
hasStep: Final = NamedNode("https://w3id.org/provkg#hasStep")
hasTokenizer: Final = NamedNode("https://w3id.org/provkg#hasTokenizer")
hasValidation: Final = NamedNode("https://w3id.org/provkg#hasValidation")
hasVersionEntity: Final = NamedNode("https://w3id.org/provkg#hasVersionEntity")
hashAlgorithm: Final = NamedNode("https://w3id.org/provkg#hashAlgorithm")
hostName: Final = NamedNode("https://w3id.org/provkg#hostName")
hypothesis: Final = NamedNode("https://w3id.org/provkg#hypothesis")
idempotencyKey: Final = NamedNode("https://w3id.org/provkg#idempotencyKey")
imageReference: Final = NamedNode("https://w3id.org/provkg#imageReference")
implementation: Final = NamedNode("https://w3id.org/provkg#implementation")
inBatch: Final = NamedNode("https://w3id.org/provkg#inBatch")
inExperiment: Final = NamedNode("https://w3id.org/provkg#inExperiment")
inProject: Final = NamedNode("https://w3id.org/provkg#inProject")
inRepository: Final = NamedNode("https://w3id.org/provkg#inRepository")
inSplitSet: Final = NamedNode("https://w3id.org/provkg#inSplitSet")
includesCode: Final = NamedNode("https://w3id.org/provkg#includesCode")
includesPackage: Final = NamedNode("https://w3id.org/provkg#includesPackage")
initializedFrom: Final = NamedNode("https://w3id.org/provkg#initializedFrom")
inputData: Final = NamedNode("https://w3id.org/provkg#inputData")
inputDigest: Final = NamedNode("https://w3id.org/provkg#inputDigest")
inputPort: Final = NamedNode("https://w3id.org/provkg#inputPort")
inputSchema: Final = NamedNode("https://w3id.org/provkg#inputSchema")
inputTokenCount: Final = NamedNode("https://w3id.org/provkg#inputTokenCount")
intendedUse: Final = NamedNode("https://w3id.org/provkg#intendedUse")
interconnect: Final = NamedNode("https://w3id.org/provkg#interconnect")
invalidationReason: Final = NamedNode("https://w3id.org/provkg#invalidationReason")
investigates: Final = NamedNode("https://w3id.org/provkg#investigates")
isDeterministic: Final = NamedNode("https://w3id.org/provkg#isDeterministic")
isDirty: Final = NamedNode("https://w3id.org/provkg#isDirty")
isFullyAutomated: Final = NamedNode("https://w3id.org/provkg#isFullyAutomated")
isSynthetic: Final = NamedNode("https://w3id.org/provkg#isSynthetic")
issueKind: Final = NamedNode("https://w3id.org/provkg#issueKind")
kernelVersion: Final = NamedNode("https://w3id.org/provkg#kernelVersion")
keyId: Final = NamedNode("https://w3id.org/provkg#keyId")
knownLimitation: Final = NamedNode("https://w3id.org/provkg#knownLimitation")
lastValue: Final = NamedNode("https://w3id.org/provkg#lastValue")
layerCount: Final = NamedNode("https://w3id.org/provkg#layerCount")
learningParadigm: Final = NamedNode("https://w3id.org/provkg#learningParadigm")
leftSubset: Final = NamedNode("https://w3id.org/provkg#leftSubset")
leftToPeople: Final = NamedNode("https://w3id.org/provkg#leftToPeople")
legalBasis: Final = NamedNode("https://w3id.org/provkg#legalBasis")
level: Final = NamedNode("https://w3id.org/provkg#level")
lockFile: Final = NamedNode("https://w3id.org/provkg#lockFile")
maxLatenessSeconds: Final = NamedNode("https://w3id.org/provkg#maxLatenessSeconds")
maxValue: Final = NamedNode("https://w3id.org/provkg#maxValue")
meanValue: Final = NamedNode("https://w3id.org/provkg#meanValue")
measuredIn: Final = NamedNode("https://w3id.org/provkg#measuredIn")
measuredOn: Final = NamedNode("https://w3id.org/provkg#measuredOn")
measures: Final = NamedNode("https://w3id.org/provkg#measures")
mediaType: Final = NamedNode("https://w3id.org/provkg#mediaType")
membershipDigest: Final = NamedNode("https://w3id.org/provkg#membershipDigest")
memoryBytes: Final = NamedNode("https://w3id.org/provkg#memoryBytes")
memoryLimitBytes: Final = NamedNode("https://w3id.org/provkg#memoryLimitBytes")
mergedFrom: Final = NamedNode("https://w3id.org/provkg#mergedFrom")
metricKind: Final = NamedNode("https://w3id.org/provkg#metricKind")
minValue: Final = NamedNode("https://w3id.org/provkg#minValue")
mlTask: Final = NamedNode("https://w3id.org/provkg#mlTask")
modality: Final = NamedNode("https://w3id.org/provkg#modality")
nodeCount: Final = NamedNode("https://w3id.org/provkg#nodeCount")
numericValue: Final = NamedNode("https://w3id.org/provkg#numericValue")
observedDigest: Final = NamedNode("https://w3id.org/provkg#observedDigest")
obtainedFrom: Final = NamedNode("https://w3id.org/provkg#obtainedFrom")
onSplitRole: Final = NamedNode("https://w3id.org/provkg#onSplitRole")
osName: Final = NamedNode("https://w3id.org/provkg#osName")
otherDigest: Final = NamedNode("https://w3id.org/provkg#otherDigest")
outOfScopeUse: Final = NamedNode("https://w3id.org/provkg#outOfScopeUse")
outputPort: Final = NamedNode("https://w3id.org/provkg#outputPort")
outputSchema: Final = NamedNode("https://w3id.org/provkg#outputSchema")
outputTokenCount: Final = NamedNode("https://w3id.org/provkg#outputTokenCount")
overlapCount: Final = NamedNode("https://w3id.org/provkg#overlapCount")
packageName: Final = NamedNode("https://w3id.org/provkg#packageName")
packageVersion: Final = NamedNode("https://w3id.org/provkg#packageVersion")
packed: Final = NamedNode("https://w3id.org/provkg#packed")
packedSeries: Final = NamedNode("https://w3id.org/provkg#packedSeries")
paramComponent: Final = NamedNode("https://w3id.org/provkg#paramComponent")
paramName: Final = NamedNode("https://w3id.org/provkg#paramName")
paramValue: Final = NamedNode("https://w3id.org/provkg#paramValue")
parameter: Final = NamedNode("https://w3id.org/provkg#parameter")
parameterCount: Final = NamedNode("https://w3id.org/provkg#parameterCount")
parameterType: Final = NamedNode("https://w3id.org/provkg#parameterType")
partOfRun: Final = NamedNode("https://w3id.org/provkg#partOfRun")
participantCount: Final = NamedNode("https://w3id.org/provkg#participantCount")
partitionName: Final = NamedNode("https://w3id.org/provkg#partitionName")
partitionOf: Final = NamedNode("https://w3id.org/provkg#partitionOf")
pointCount: Final = NamedNode("https://w3id.org/provkg#pointCount")
precedes: Final = NamedNode("https://w3id.org/provkg#precedes")
predicateType: Final = NamedNode("https://w3id.org/provkg#predicateType")
predictedBy: Final = NamedNode("https://w3id.org/provkg#predictedBy")
predictedValue: Final = NamedNode("https://w3id.org/provkg#predictedValue")
privacyDelta: Final = NamedNode("https://w3id.org/provkg#privacyDelta")
privacyEpsilon: Final = NamedNode("https://w3id.org/provkg#privacyEpsilon")
processesPerNode: Final = NamedNode("https://w3id.org/provkg#processesPerNode")
producedModel: Final = NamedNode("https://w3id.org/provkg#producedModel")
profileJson: Final = NamedNode("https://w3id.org/provkg#profileJson")
prunedFrom: Final = NamedNode("https://w3id.org/provkg#prunedFrom")
purpose: Final = NamedNode("https://w3id.org/provkg#purpose")
pythonVersion: Final = NamedNode("https://w3id.org/provkg#pythonVersion")
quantizedFrom: Final = NamedNode("https://w3id.org/provkg#quantizedFrom")
raisedFor: Final = NamedNode("https://w3id.org/provkg#raisedFor")
ranIn: Final = NamedNode("https://w3id.org/provkg#ranIn")
ranOn: Final = NamedNode("https://w3id.org/provkg#ranOn")
rationale: Final = NamedNode("https://w3id.org/provkg#rationale")
recordCount: Final = NamedNode("https://w3id.org/provkg#recordCount")
recordKey: Final = NamedNode("https://w3id.org/provkg#recordKey")
recordRoot: Final = NamedNode("https://w3id.org/provkg#recordRoot")
recordType: Final = NamedNode("https://w3id.org/provkg#recordType")
recordedAt: Final = NamedNode("https://w3id.org/provkg#recordedAt")
redacts: Final = NamedNode("https://w3id.org/provkg#redacts")
referenceData: Final = NamedNode("https://w3id.org/provkg#referenceData")
registers: Final = NamedNode("https://w3id.org/provkg#registers")
registryName: Final = NamedNode("https://w3id.org/provkg#registryName")
registryVersion: Final = NamedNode("https://w3id.org/provkg#registryVersion")
reidentificationRisk: Final = NamedNode("https://w3id.org/provkg#reidentificationRisk")
relatedFeature: Final = NamedNode("https://w3id.org/provkg#relatedFeature")
repeatIndex: Final = NamedNode("https://w3id.org/provkg#repeatIndex")
replaces: Final = NamedNode("https://w3id.org/provkg#replaces")
replayOf: Final = NamedNode("https://w3id.org/provkg#replayOf")
replayOutcome: Final = NamedNode("https://w3id.org/provkg#replayOutcome")
repositoryUrl: Final = NamedNode("https://w3id.org/provkg#repositoryUrl")
requiredLevel: Final = NamedNode("https://w3id.org/provkg#requiredLevel")
responsibleAgent: Final = NamedNode("https://w3id.org/provkg#responsibleAgent")
retentionDays: Final = NamedNode("https://w3id.org/provkg#retentionDays")
retryOf: Final = NamedNode("https://w3id.org/provkg#retryOf")
reuseLimit: Final = NamedNode("https://w3id.org/provkg#reuseLimit")
rewardModel: Final = NamedNode("https://w3id.org/provkg#rewardModel")
rightSubset: Final = NamedNode("https://w3id.org/provkg#rightSubset")
riskLevel: Final = NamedNode("https://w3id.org/provkg#riskLevel")
roundIndex: Final = NamedNode("https://w3id.org/provkg#roundIndex")
rowIndex: Final = NamedNode("https://w3id.org/provkg#rowIndex")
runStatus: Final = NamedNode("https://w3id.org/provkg#runStatus")
sampleSize: Final = NamedNode("https://w3id.org/provkg#sampleSize")
samplingFraction: Final = NamedNode("https://w3id.org/provkg#samplingFraction")
samplingStrategy: Final = NamedNode("https://w3id.org/provkg#samplingStrategy")
schedulerName: Final = NamedNode("https://w3id.org/provkg#schedulerName")
schemaVersion: Final = NamedNode("https://w3id.org/provkg#schemaVersion")
seedScope: Final = NamedNode("https://w3id.org/provkg#seedScope")
selected: Final = NamedNode("https://w3id.org/provkg#selected")
selectedCheckpoint: Final = NamedNode("https://w3id.org/provkg#selectedCheckpoint")
selector: Final = NamedNode("https://w3id.org/provkg#selector")
selectorLanguage: Final = NamedNode("https://w3id.org/provkg#selectorLanguage")
sensitivity: Final = NamedNode("https://w3id.org/provkg#sensitivity")
sequenceNumber: Final = NamedNode("https://w3id.org/provkg#sequenceNumber")
servesPreprocessing: Final = NamedNode("https://w3id.org/provkg#servesPreprocessing")
servesRequirement: Final = NamedNode("https://w3id.org/provkg#servesRequirement")
sha256: Final = NamedNode("https://w3id.org/provkg#sha256")
signature: Final = NamedNode("https://w3id.org/provkg#signature")
sliceLabel: Final = NamedNode("https://w3id.org/provkg#sliceLabel")
sourceUrl: Final = NamedNode("https://w3id.org/provkg#sourceUrl")
splitRatio: Final = NamedNode("https://w3id.org/provkg#splitRatio")
splitRole: Final = NamedNode("https://w3id.org/provkg#splitRole")
splitStrategy: Final = NamedNode("https://w3id.org/provkg#splitStrategy")
stepIndex: Final = NamedNode("https://w3id.org/provkg#stepIndex")
stepOf: Final = NamedNode("https://w3id.org/provkg#stepOf")
storageLocation: Final = NamedNode("https://w3id.org/provkg#storageLocation")
stratifiedBy: Final = NamedNode("https://w3id.org/provkg#stratifiedBy")
submodule: Final = NamedNode("https://w3id.org/provkg#submodule")
subsetOf: Final = NamedNode("https://w3id.org/provkg#subsetOf")
sumValue: Final = NamedNode("https://w3id.org/provkg#sumValue")
supersedes: Final = NamedNode("https://w3id.org/provkg#supersedes")
tagKey: Final = NamedNode("https://w3id.org/provkg#tagKey")
tagValue: Final = NamedNode("https://w3id.org/provkg#tagValue")
tagged: Final = NamedNode("https://w3id.org/provkg#tagged")
targetFeature: Final = NamedNode("https://w3id.org/provkg#targetFeature")
threshold: Final = NamedNode("https://w3id.org/provkg#threshold")
toStep: Final = NamedNode("https://w3id.org/provkg#toStep")
tolerance: Final = NamedNode("https://w3id.org/provkg#tolerance")
trafficShare: Final = NamedNode("https://w3id.org/provkg#trafficShare")
trainedBy: Final = NamedNode("https://w3id.org/provkg#trainedBy")
trainedOn: Final = NamedNode("https://w3id.org/provkg#trainedOn")
trainingData: Final = NamedNode("https://w3id.org/provkg#trainingData")
transformationKind: Final = NamedNode("https://w3id.org/provkg#transformationKind")
triggerKind: Final = NamedNode("https://w3id.org/provkg#triggerKind")
triggeredBy: Final = NamedNode("https://w3id.org/provkg#triggeredBy")
uncommittedPatch: Final = NamedNode("https://w3id.org/provkg#uncommittedPatch")
unit: Final = NamedNode("https://w3id.org/provkg#unit")
usedCode: Final = NamedNode("https://w3id.org/provkg#usedCode")
usedDeployment: Final = NamedNode("https://w3id.org/provkg#usedDeployment")
usedLibrary: Final = NamedNode("https://w3id.org/provkg#usedLibrary")
usedModel: Final = NamedNode("https://w3id.org/provkg#usedModel")
usedPrompt: Final = NamedNode("https://w3id.org/provkg#usedPrompt")
validatedAgainst: Final = NamedNode("https://w3id.org/provkg#validatedAgainst")
validationData: Final = NamedNode("https://w3id.org/provkg#validationData")
value: Final = NamedNode("https://w3id.org/provkg#value")
valueLower: Final = NamedNode("https://w3id.org/provkg#valueLower")
valueUpper: Final = NamedNode("https://w3id.org/provkg#valueUpper")
variesFactor: Final = NamedNode("https://w3id.org/provkg#variesFactor")
versionOf: Final = NamedNode("https://w3id.org/provkg#versionOf")
viaPort: Final = NamedNode("https://w3id.org/provkg#viaPort")
violationCount: Final = NamedNode("https://w3id.org/provkg#violationCount")
warningCount: Final = NamedNode("https://w3id.org/provkg#warningCount")
windowEnd: Final = NamedNode("https://w3id.org/provkg#windowEnd")
windowStart: Final = NamedNode("https://w3id.org/provkg#windowStart")
workerCount: Final = NamedNode("https://w3id.org/provkg#workerCount")

prov_Activity: Final = NamedNode("http://www.w3.org/ns/prov#Activity")
prov_ActivityInfluence: Final = NamedNode("http://www.w3.org/ns/prov#ActivityInfluence")
prov_Agent: Final = NamedNode("http://www.w3.org/ns/prov#Agent")
prov_AgentInfluence: Final = NamedNode("http://www.w3.org/ns/prov#AgentInfluence")
prov_Association: Final = NamedNode("http://www.w3.org/ns/prov#Association")
prov_Attribution: Final = NamedNode("http://www.w3.org/ns/prov#Attribution")
prov_Bundle: Final = NamedNode("http://www.w3.org/ns/prov#Bundle")
prov_Collection: Final = NamedNode("http://www.w3.org/ns/prov#Collection")
prov_Communication: Final = NamedNode("http://www.w3.org/ns/prov#Communication")
prov_Delegation: Final = NamedNode("http://www.w3.org/ns/prov#Delegation")
prov_Derivation: Final = NamedNode("http://www.w3.org/ns/prov#Derivation")
prov_EmptyCollection: Final = NamedNode("http://www.w3.org/ns/prov#EmptyCollection")
prov_End: Final = NamedNode("http://www.w3.org/ns/prov#End")
prov_Entity: Final = NamedNode("http://www.w3.org/ns/prov#Entity")
prov_EntityInfluence: Final = NamedNode("http://www.w3.org/ns/prov#EntityInfluence")
prov_Generation: Final = NamedNode("http://www.w3.org/ns/prov#Generation")
prov_Influence: Final = NamedNode("http://www.w3.org/ns/prov#Influence")
prov_InstantaneousEvent: Final = NamedNode("http://www.w3.org/ns/prov#InstantaneousEvent")
prov_Invalidation: Final = NamedNode("http://www.w3.org/ns/prov#Invalidation")
prov_Location: Final = NamedNode("http://www.w3.org/ns/prov#Location")
prov_Organization: Final = NamedNode("http://www.w3.org/ns/prov#Organization")
prov_Person: Final = NamedNode("http://www.w3.org/ns/prov#Person")
prov_Plan: Final = NamedNode("http://www.w3.org/ns/prov#Plan")
prov_PrimarySource: Final = NamedNode("http://www.w3.org/ns/prov#PrimarySource")
prov_Quotation: Final = NamedNode("http://www.w3.org/ns/prov#Quotation")
prov_Revision: Final = NamedNode("http://www.w3.org/ns/prov#Revision")
prov_Role: Final = NamedNode("http://www.w3.org/ns/prov#Role")
prov_SoftwareAgent: Final = NamedNode("http://www.w3.org/ns/prov#SoftwareAgent")
prov_Start: Final = NamedNode("http://www.w3.org/ns/prov#Start")
prov_Usage: Final = NamedNode("http://www.w3.org/ns/prov#Usage")
prov_actedOnBehalfOf: Final = NamedNode("http://www.w3.org/ns/prov#actedOnBehalfOf")
prov_activity: Final = NamedNode("http://www.w3.org/ns/prov#activity")
prov_agent: Final = NamedNode("http://www.w3.org/ns/prov#agent")
prov_alternateOf: Final = NamedNode("http://www.w3.org/ns/prov#alternateOf")
prov_atLocation: Final = NamedNode("http://www.w3.org/ns/prov#atLocation")
prov_atTime: Final = NamedNode("http://www.w3.org/ns/prov#atTime")
prov_endedAtTime: Final = NamedNode("http://www.w3.org/ns/prov#endedAtTime")
prov_entity: Final = NamedNode("http://www.w3.org/ns/prov#entity")
prov_generated: Final = NamedNode("http://www.w3.org/ns/prov#generated")
prov_generatedAtTime: Final = NamedNode("http://www.w3.org/ns/prov#generatedAtTime")
prov_hadActivity: Final = NamedNode("http://www.w3.org/ns/prov#hadActivity")
prov_hadGeneration: Final = NamedNode("http://www.w3.org/ns/prov#hadGeneration")
prov_hadMember: Final = NamedNode("http://www.w3.org/ns/prov#hadMember")
prov_hadPlan: Final = NamedNode("http://www.w3.org/ns/prov#hadPlan")
prov_hadPrimarySource: Final = NamedNode("http://www.w3.org/ns/prov#hadPrimarySource")
prov_hadRole: Final = NamedNode("http://www.w3.org/ns/prov#hadRole")
prov_hadUsage: Final = NamedNode("http://www.w3.org/ns/prov#hadUsage")
prov_influenced: Final = NamedNode("http://www.w3.org/ns/prov#influenced")
prov_influencer: Final = NamedNode("http://www.w3.org/ns/prov#influencer")
prov_invalidated: Final = NamedNode("http://www.w3.org/ns/prov#invalidated")
prov_invalidatedAtTime: Final = NamedNode("http://www.w3.org/ns/prov#invalidatedAtTime")
prov_qualifiedAssociation: Final = NamedNode("http://www.w3.org/ns/prov#qualifiedAssociation")
prov_qualifiedAttribution: Final = NamedNode("http://www.w3.org/ns/prov#qualifiedAttribution")
prov_qualifiedCommunication: Final = NamedNode("http://www.w3.org/ns/prov#qualifiedCommunication")
prov_qualifiedDelegation: Final = NamedNode("http://www.w3.org/ns/prov#qualifiedDelegation")
prov_qualifiedDerivation: Final = NamedNode("http://www.w3.org/ns/prov#qualifiedDerivation")
prov_qualifiedEnd: Final = NamedNode("http://www.w3.org/ns/prov#qualifiedEnd")
prov_qualifiedGeneration: Final = NamedNode("http://www.w3.org/ns/prov#qualifiedGeneration")
prov_qualifiedInfluence: Final = NamedNode("http://www.w3.org/ns/prov#qualifiedInfluence")
prov_qualifiedInvalidation: Final = NamedNode("http://www.w3.org/ns/prov#qualifiedInvalidation")
prov_qualifiedPrimarySource: Final = NamedNode("http://www.w3.org/ns/prov#qualifiedPrimarySource")
prov_qualifiedQuotation: Final = NamedNode("http://www.w3.org/ns/prov#qualifiedQuotation")
prov_qualifiedRevision: Final = NamedNode("http://www.w3.org/ns/prov#qualifiedRevision")
prov_qualifiedStart: Final = NamedNode("http://www.w3.org/ns/prov#qualifiedStart")
prov_qualifiedUsage: Final = NamedNode("http://www.w3.org/ns/prov#qualifiedUsage")
prov_specializationOf: Final = NamedNode("http://www.w3.org/ns/prov#specializationOf")
prov_startedAtTime: Final = NamedNode("http://www.w3.org/ns/prov#startedAtTime")
prov_used: Final = NamedNode("http://www.w3.org/ns/prov#used")
prov_value: Final = NamedNode("http://www.w3.org/ns/prov#value")
prov_wasAssociatedWith: Final = NamedNode("http://www.w3.org/ns/prov#wasAssociatedWith")
prov_wasAttributedTo: Final = NamedNode("http://www.w3.org/ns/prov#wasAttributedTo")
prov_wasDerivedFrom: Final = NamedNode("http://www.w3.org/ns/prov#wasDerivedFrom")
prov_wasEndedBy: Final = NamedNode("http://www.w3.org/ns/prov#wasEndedBy")
prov_wasGeneratedBy: Final = NamedNode("http://www.w3.org/ns/prov#wasGeneratedBy")
prov_wasInfluencedBy: Final = NamedNode("http://www.w3.org/ns/prov#wasInfluencedBy")
prov_wasInformedBy: Final = NamedNode("http://www.w3.org/ns/prov#wasInformedBy")
prov_wasInvalidatedBy: Final = NamedNode("http://www.w3.org/ns/prov#wasInvalidatedBy")
prov_wasQuotedFrom: Final = NamedNode("http://www.w3.org/ns/prov#wasQuotedFrom")
prov_wasRevisionOf: Final = NamedNode("http://www.w3.org/ns/prov#wasRevisionOf")
prov_wasStartedBy: Final = NamedNode("http://www.w3.org/ns/prov#wasStartedBy")

rdf_type: Final = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
rdf_langString: Final = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#langString")

rdfs_label: Final = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
rdfs_comment: Final = NamedNode("http://www.w3.org/2000/01/rdf-schema#comment")
rdfs_subClassOf: Final = NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")
rdfs_subPropertyOf: Final = NamedNode("http://www.w3.org/2000/01/rdf-schema#subPropertyOf")
rdfs_domain: Final = NamedNode("http://www.w3.org/2000/01/rdf-schema#domain")
rdfs_range: Final = NamedNode("http://www.w3.org/2000/01/rdf-schema#range")

owl_Class: Final = NamedNode("http://www.w3.org/2002/07/owl#Class")
owl_ObjectProperty: Final = NamedNode("http://www.w3.org/2002/07/owl#ObjectProperty")
owl_DatatypeProperty: Final = NamedNode("http://www.w3.org/2002/07/owl#DatatypeProperty")

xsd_string: Final = NamedNode("http://www.w3.org/2001/XMLSchema#string")
xsd_boolean: Final = NamedNode("http://www.w3.org/2001/XMLSchema#boolean")
xsd_integer: Final = NamedNode("http://www.w3.org/2001/XMLSchema#integer")
xsd_decimal: Final = NamedNode("http://www.w3.org/2001/XMLSchema#decimal")
xsd_double: Final = NamedNode("http://www.w3.org/2001/XMLSchema#double")
xsd_dateTime: Final = NamedNode("http://www.w3.org/2001/XMLSchema#dateTime")
xsd_anyURI: Final = NamedNode("http://www.w3.org/2001/XMLSchema#anyURI")

skos_Concept: Final = NamedNode("http://www.w3.org/2004/02/skos/core#Concept")
skos_ConceptScheme: Final = NamedNode("http://www.w3.org/2004/02/skos/core#ConceptScheme")
skos_prefLabel: Final = NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
skos_notation: Final = NamedNode("http://www.w3.org/2004/02/skos/core#notation")
skos_broader: Final = NamedNode("http://www.w3.org/2004/02/skos/core#broader")
skos_inScheme: Final = NamedNode("http://www.w3.org/2004/02/skos/core#inScheme")
skos_definition: Final = NamedNode("http://www.w3.org/2004/02/skos/core#definition")
skos_example: Final = NamedNode("http://www.w3.org/2004/02/skos/core#example")

sh_NodeShape: Final = NamedNode("http://www.w3.org/ns/shacl#NodeShape")
sh_PropertyShape: Final = NamedNode("http://www.w3.org/ns/shacl#PropertyShape")
sh_ValidationReport: Final = NamedNode("http://www.w3.org/ns/shacl#ValidationReport")
sh_ValidationResult: Final = NamedNode("http://www.w3.org/ns/shacl#ValidationResult")
sh_conforms: Final = NamedNode("http://www.w3.org/ns/shacl#conforms")
sh_result: Final = NamedNode("http://www.w3.org/ns/shacl#result")
sh_focusNode: Final = NamedNode("http://www.w3.org/ns/shacl#focusNode")
sh_resultPath: Final = NamedNode("http://www.w3.org/ns/shacl#resultPath")
sh_value: Final = NamedNode("http://www.w3.org/ns/shacl#value")
sh_resultMessage: Final = NamedNode("http://www.w3.org/ns/shacl#resultMessage")
sh_resultSeverity: Final = NamedNode("http://www.w3.org/ns/shacl#resultSeverity")
sh_sourceShape: Final = NamedNode("http://www.w3.org/ns/shacl#sourceShape")
sh_sourceConstraint: Final = NamedNode("http://www.w3.org/ns/shacl#sourceConstraint")
sh_sourceConstraintComponent: Final = NamedNode("http://www.w3.org/ns/shacl#sourceConstraintComponent")
sh_Violation: Final = NamedNode("http://www.w3.org/ns/shacl#Violation")
sh_Warning: Final = NamedNode("http://www.w3.org/ns/shacl#Warning")
sh_Info: Final = NamedNode("http://www.w3.org/ns/shacl#Info")
sh_severity: Final = NamedNode("http://www.w3.org/ns/shacl#severity")
sh_property: Final = NamedNode("http://www.w3.org/ns/shacl#property")
sh_path: Final = NamedNode("http://www.w3.org/ns/shacl#path")
sh_inversePath: Final = NamedNode("http://www.w3.org/ns/shacl#inversePath")
sh_message: Final = NamedNode("http://www.w3.org/ns/shacl#message")
sh_targetClass: Final = NamedNode("http://www.w3.org/ns/shacl#targetClass")
sh_targetNode: Final = NamedNode("http://www.w3.org/ns/shacl#targetNode")
sh_targetSubjectsOf: Final = NamedNode("http://www.w3.org/ns/shacl#targetSubjectsOf")
sh_targetObjectsOf: Final = NamedNode("http://www.w3.org/ns/shacl#targetObjectsOf")
sh_minCount: Final = NamedNode("http://www.w3.org/ns/shacl#minCount")
sh_maxCount: Final = NamedNode("http://www.w3.org/ns/shacl#maxCount")
sh_datatype: Final = NamedNode("http://www.w3.org/ns/shacl#datatype")
sh_nodeKind: Final = NamedNode("http://www.w3.org/ns/shacl#nodeKind")
sh_IRI: Final = NamedNode("http://www.w3.org/ns/shacl#IRI")
sh_Literal: Final = NamedNode("http://www.w3.org/ns/shacl#Literal")
sh_pattern: Final = NamedNode("http://www.w3.org/ns/shacl#pattern")
sh_flags: Final = NamedNode("http://www.w3.org/ns/shacl#flags")
sh_sparql: Final = NamedNode("http://www.w3.org/ns/shacl#sparql")
sh_select: Final = NamedNode("http://www.w3.org/ns/shacl#select")
sh_deactivated: Final = NamedNode("http://www.w3.org/ns/shacl#deactivated")
sh_or: Final = NamedNode("http://www.w3.org/ns/shacl#or")
sh_and: Final = NamedNode("http://www.w3.org/ns/shacl#and")
sh_not: Final = NamedNode("http://www.w3.org/ns/shacl#not")
sh_xone: Final = NamedNode("http://www.w3.org/ns/shacl#xone")
sh_node: Final = NamedNode("http://www.w3.org/ns/shacl#node")
sh_in: Final = NamedNode("http://www.w3.org/ns/shacl#in")
sh_hasValue: Final = NamedNode("http://www.w3.org/ns/shacl#hasValue")
sh_closed: Final = NamedNode("http://www.w3.org/ns/shacl#closed")
sh_ignoredProperties: Final = NamedNode("http://www.w3.org/ns/shacl#ignoredProperties")
sh_minInclusive: Final = NamedNode("http://www.w3.org/ns/shacl#minInclusive")
sh_maxInclusive: Final = NamedNode("http://www.w3.org/ns/shacl#maxInclusive")
sh_lessThan: Final = NamedNode("http://www.w3.org/ns/shacl#lessThan")
sh_lessThanOrEquals: Final = NamedNode("http://www.w3.org/ns/shacl#lessThanOrEquals")
sh_equals: Final = NamedNode("http://www.w3.org/ns/shacl#equals")
sh_disjoint: Final = NamedNode("http://www.w3.org/ns/shacl#disjoint")
sh_uniqueLang: Final = NamedNode("http://www.w3.org/ns/shacl#uniqueLang")
sh_minLength: Final = NamedNode("http://www.w3.org/ns/shacl#minLength")
sh_maxLength: Final = NamedNode("http://www.w3.org/ns/shacl#maxLength")
sh_prefixes: Final = NamedNode("http://www.w3.org/ns/shacl#prefixes")

dct_title: Final = NamedNode("http://purl.org/dc/terms/title")
dct_description: Final = NamedNode("http://purl.org/dc/terms/description")
dct_identifier: Final = NamedNode("http://purl.org/dc/terms/identifier")
dct_license: Final = NamedNode("http://purl.org/dc/terms/license")
dct_conformsTo: Final = NamedNode("http://purl.org/dc/terms/conformsTo")

dcat_version: Final = NamedNode("http://www.w3.org/ns/dcat#version")
dcat_previousVersion: Final = NamedNode("http://www.w3.org/ns/dcat#previousVersion")

foaf_name: Final = NamedNode("http://xmlns.com/foaf/0.1/name")

org_memberOf: Final = NamedNode("http://www.w3.org/ns/org#memberOf")
org_unitOf: Final = NamedNode("http://www.w3.org/ns/org#unitOf")

# Every class above a class, nearest first.
SUPERCLASSES: Final[dict[NamedNode, tuple[NamedNode, ...]]] = {
    Accelerator: (prov_Entity,),
    AccessPolicy: (Policy, prov_Entity),
    AgentRole: (skos_Concept, prov_Role),
    Alert: (prov_Entity,),
    AlertKind: (skos_Concept,),
    AnonymizationMethod: (skos_Concept,),
    ApprovalDecision: (Decision, prov_Activity),
    ArtifactFile: (prov_Entity,),
    Attestation: (prov_Entity,),
    Benchmark: (prov_Plan, prov_Entity),
    CandidateSet: (prov_Collection, prov_Entity),
    ChangeKind: (skos_Concept,),
    CheckOutcome: (skos_Concept,),
    Checkpoint: (ModelVersion, prov_Entity),
    ClusterConfiguration: (prov_Entity,),
    ComputeNode: (prov_Location,),
    Configuration: (prov_Collection, prov_Entity),
    ContainerImage: (prov_Entity,),
    DataIssue: (prov_Entity,),
    DataModality: (skos_Concept,),
    DataProfile: (prov_Entity,),
    DataQualityMeasurement: (Measurement, prov_Entity),
    DataSchema: (prov_Entity,),
    DataSource: (prov_Entity,),
    DataSubset: (prov_Entity,),
    Dataset: (prov_Entity,),
    DatasetVersion: (prov_Entity,),
    Decision: (prov_Activity,),
    DecisionOutcome: (skos_Concept,),
    Deployment: (prov_Entity,),
    DeploymentRun: (Run, prov_Activity),
    DeploymentStage: (skos_Concept,),
    DocumentKind: (skos_Concept,),
    Documentation: (prov_Entity,),
    Endpoint: (prov_Location,),
    Environment: (prov_Collection, prov_Entity),
    EvaluationRun: (Run, prov_Activity),
    Experiment: (prov_Plan, prov_Entity),
    Feature: (prov_Entity,),
    FeatureFlag: (ParameterSetting, prov_Entity),
    FeatureRole: (skos_Concept,),
    FeatureSet: (prov_Collection, prov_Entity),
    FileSet: (prov_Collection, prov_Entity),
    FineTuningRun: (TrainingRun, Run, prov_Activity),
    HardwareConfiguration: (prov_Entity,),
    HashAlgorithm: (skos_Concept,),
    HyperparameterSetting: (ParameterSetting, prov_Entity),
    InferenceRun: (Run, prov_Activity),
    IngestionRun: (Run, prov_Activity),
    IntegrityCheck: (prov_Activity,),
    InvalidationReason: (skos_Concept,),
    Investigation: (prov_Activity,),
    IssueKind: (skos_Concept,),
    LabelingRun: (TransformationRun, Run, prov_Activity),
    LearningParadigm: (skos_Concept,),
    Level: (skos_Concept,),
    LicenseGrant: (prov_Entity,),
    Measurement: (prov_Entity,),
    MetricKind: (skos_Concept,),
    MetricObservation: (Measurement, prov_Entity),
    MetricPoint: (prov_Entity,),
    MetricSeries: (prov_Collection, Measurement, prov_Entity),
    MlTask: (skos_Concept,),
    Model: (prov_Entity,),
    ModelArchitecture: (prov_Plan, prov_Entity),
    ModelVersion: (prov_Entity,),
    MonitoringRun: (Run, prov_Activity),
    OptimizationDirection: (skos_Concept,),
    Orchestrator: (prov_SoftwareAgent, prov_Agent),
    OverlapMeasurement: (DataQualityMeasurement, Measurement, prov_Entity),
    OversightDecision: (Decision, prov_Activity),
    ParameterDefinition: (prov_Entity,),
    ParameterSetting: (prov_Entity,),
    Pipeline: (prov_Plan, prov_Entity),
    PipelineRun: (Run, prov_Activity),
    Policy: (prov_Entity,),
    Port: (prov_Entity,),
    Prediction: (prov_Entity,),
    PredictionBatch: (prov_Collection, prov_Entity),
    Project: (prov_Entity,),
    PromptTemplate: (prov_Plan, prov_Entity),
    ProvenanceRequirement: (prov_Plan, prov_Entity),
    QualityCheckRun: (Run, prov_Activity),
    Record: (prov_Bundle, prov_Entity),
    RecordCommit: (prov_Activity,),
    RecordItem: (prov_Entity,),
    Redaction: (prov_Activity,),
    RegistryEntry: (prov_Entity,),
    ReplayOutcome: (skos_Concept,),
    ReplayRun: (Run, prov_Activity),
    RetentionPolicy: (Policy, prov_Entity),
    RetirementDecision: (Decision, prov_Activity),
    RiskLevel: (skos_Concept,),
    Run: (prov_Activity,),
    RunStatus: (skos_Concept,),
    SamplingStrategy: (skos_Concept,),
    SeedScope: (skos_Concept,),
    SeedSetting: (ParameterSetting, prov_Entity),
    SelectionDecision: (Decision, prov_Activity),
    SensitivityLevel: (skos_Concept,),
    SeriesChunk: (prov_Entity,),
    ServiceAccount: (prov_SoftwareAgent, prov_Agent),
    SharingAgreement: (Policy, prov_Entity),
    Slice: (DataSubset, prov_Entity),
    SoftwareEnvironment: (prov_Collection, prov_Entity),
    SoftwarePackage: (prov_Entity,),
    SourceRepository: (prov_Entity,),
    SourceRevision: (prov_Entity,),
    Split: (DataSubset, prov_Entity),
    SplitRole: (skos_Concept,),
    SplitRun: (Run, prov_Activity),
    SplitSet: (prov_Collection, prov_Entity),
    SplitStrategy: (skos_Concept,),
    Step: (prov_Plan, prov_Entity),
    SyntheticDataRun: (TransformationRun, Run, prov_Activity),
    Tag: (prov_Entity,),
    Team: (prov_Organization, prov_Agent),
    Tokenizer: (prov_Entity,),
    TrainingRun: (Run, prov_Activity),
    TransformationKind: (skos_Concept,),
    TransformationRun: (Run, prov_Activity),
    TriggerKind: (skos_Concept,),
    TuningRun: (Run, prov_Activity),
    ValidationReport: (prov_Entity,),
    VectorIndex: (DatasetVersion, prov_Entity),
    prov_Bundle: (prov_Entity,),
    prov_Collection: (prov_Entity,),
    prov_EmptyCollection: (prov_Collection, prov_Entity),
    prov_End: (prov_InstantaneousEvent,),
    prov_Generation: (prov_InstantaneousEvent,),
    prov_Invalidation: (prov_InstantaneousEvent,),
    prov_Organization: (prov_Agent,),
    prov_Person: (prov_Agent,),
    prov_Plan: (prov_Entity,),
    prov_PrimarySource: (prov_Derivation,),
    prov_Quotation: (prov_Derivation,),
    prov_Revision: (prov_Derivation,),
    prov_SoftwareAgent: (prov_Agent,),
    prov_Start: (prov_InstantaneousEvent,),
    prov_Usage: (prov_InstantaneousEvent,),
}

# Every property above a property, nearest first.
SUPERPROPERTIES: Final[dict[NamedNode, tuple[NamedNode, ...]]] = {
    dcat_previousVersion: (prov_wasRevisionOf, prov_wasDerivedFrom),
    aboutInput: (prov_wasDerivedFrom,),
    adapterOf: (prov_wasDerivedFrom,),
    baseRevision: (prov_wasDerivedFrom,),
    baselineProfile: (prov_used,),
    checkedEntity: (prov_used,),
    committedBy: (prov_wasGeneratedBy,),
    configuredBy: (prov_used,),
    considered: (prov_used,),
    currentProfile: (prov_generated,),
    decidedBy: (prov_wasAssociatedWith,),
    deployedAt: (prov_atLocation,),
    deploys: (prov_wasDerivedFrom,),
    derivedFromFeature: (prov_wasDerivedFrom,),
    distilledFrom: (prov_wasDerivedFrom,),
    evaluatedModel: (prov_used,),
    evaluationData: (prov_used,),
    evidence: (prov_used,),
    executedBy: (prov_wasAssociatedWith,),
    exportedFrom: (prov_wasDerivedFrom,),
    fineTunedFrom: (prov_wasDerivedFrom,),
    fitsOn: (prov_used,),
    hasChunk: (prov_hadMember,),
    hasCluster: (prov_hadMember,),
    hasContainer: (prov_hadMember,),
    hasHardware: (prov_hadMember,),
    hasPrediction: (prov_hadMember,),
    hasSoftware: (prov_hadMember,),
    hasSplit: (prov_hadMember,),
    hasTokenizer: (prov_wasDerivedFrom,),
    includesCode: (prov_hadMember,),
    includesPackage: (prov_hadMember,),
    initializedFrom: (prov_used,),
    inputData: (prov_used,),
    inputSchema: (hasSchema,),
    investigates: (prov_used,),
    measuredIn: (prov_wasGeneratedBy,),
    mergedFrom: (prov_wasDerivedFrom,),
    obtainedFrom: (prov_hadPrimarySource, prov_wasDerivedFrom),
    outputSchema: (hasSchema,),
    parameter: (prov_used,),
    partitionOf: (prov_wasDerivedFrom,),
    predictedBy: (prov_wasDerivedFrom,),
    producedModel: (prov_generated,),
    prunedFrom: (prov_wasDerivedFrom,),
    quantizedFrom: (prov_wasDerivedFrom,),
    ranIn: (prov_used,),
    ranOn: (prov_atLocation,),
    redacts: (prov_used,),
    registers: (prov_specializationOf, prov_alternateOf),
    responsibleAgent: (prov_wasAssociatedWith,),
    rewardModel: (prov_used,),
    selected: (considered, prov_used),
    selectedCheckpoint: (prov_wasDerivedFrom,),
    subsetOf: (prov_wasDerivedFrom,),
    supersedes: (prov_wasRevisionOf, prov_wasDerivedFrom),
    targetFeature: (hasFeature,),
    trainedBy: (prov_wasGeneratedBy,),
    trainedOn: (prov_wasDerivedFrom,),
    trainingData: (prov_used,),
    triggeredBy: (prov_wasAssociatedWith,),
    usedCode: (prov_used,),
    usedDeployment: (prov_used,),
    usedLibrary: (prov_used,),
    usedModel: (prov_used,),
    usedPrompt: (prov_used,),
    validationData: (prov_used,),
    versionOf: (prov_specializationOf, prov_alternateOf),
    prov_hadPrimarySource: (prov_wasDerivedFrom,),
    prov_specializationOf: (prov_alternateOf,),
    prov_wasQuotedFrom: (prov_wasDerivedFrom,),
    prov_wasRevisionOf: (prov_wasDerivedFrom,),
}

# The relation that says the same from the other end, for every relation that has one.
INVERSES: Final[dict[NamedNode, NamedNode]] = {
    prov_generated: prov_wasGeneratedBy,
    prov_invalidated: prov_wasInvalidatedBy,
    prov_wasGeneratedBy: prov_generated,
    prov_wasInvalidatedBy: prov_invalidated,
    affects: hasIssue,
    documentedBy: documents,
    documents: documentedBy,
    hasIssue: affects,
    hasPartRun: partOfRun,
    hasPrediction: inBatch,
    hasSplit: inSplitSet,
    hasStep: stepOf,
    hasVersionEntity: versionOf,
    inBatch: hasPrediction,
    inSplitSet: hasSplit,
    partOfRun: hasPartRun,
    producedModel: trainedBy,
    stepOf: hasStep,
    trainedBy: producedModel,
    versionOf: hasVersionEntity,
}

# Of the two, the one that is only the other's name from the other end.
REVERSED: Final[frozenset[NamedNode]] = frozenset(
    {
        prov_generated,
        prov_invalidated,
        documentedBy,
        hasIssue,
        hasPartRun,
        hasPrediction,
        hasSplit,
        hasVersionEntity,
        producedModel,
        stepOf,
    }
)

# PROV-O's qualified relations: over which property of the node in between which plain relation follows.
UNQUALIFIED: Final[dict[NamedNode, tuple[tuple[NamedNode, NamedNode], ...]]] = {
    prov_qualifiedAssociation: ((prov_agent, prov_wasAssociatedWith),),
    prov_qualifiedAttribution: ((prov_agent, prov_wasAttributedTo),),
    prov_qualifiedCommunication: ((prov_activity, prov_wasInformedBy),),
    prov_qualifiedDelegation: ((prov_agent, prov_actedOnBehalfOf),),
    prov_qualifiedDerivation: ((prov_entity, prov_wasDerivedFrom),),
    prov_qualifiedEnd: (
        (prov_atTime, prov_endedAtTime),
        (prov_entity, prov_wasEndedBy),
    ),
    prov_qualifiedGeneration: (
        (prov_atTime, prov_generatedAtTime),
        (prov_activity, prov_wasGeneratedBy),
    ),
    prov_qualifiedInvalidation: (
        (prov_atTime, prov_invalidatedAtTime),
        (prov_activity, prov_wasInvalidatedBy),
    ),
    prov_qualifiedPrimarySource: ((prov_entity, prov_hadPrimarySource),),
    prov_qualifiedQuotation: ((prov_entity, prov_wasQuotedFrom),),
    prov_qualifiedRevision: ((prov_entity, prov_wasRevisionOf),),
    prov_qualifiedStart: (
        (prov_atTime, prov_startedAtTime),
        (prov_entity, prov_wasStartedBy),
    ),
    prov_qualifiedUsage: ((prov_entity, prov_used),),
}

# The concepts and their schemes, each with its class.
INDIVIDUALS: Final[dict[NamedNode, NamedNode]] = {
    AgentRole_annotator: AgentRole,
    AgentRole_approver: AgentRole,
    AgentRole_auditor: AgentRole,
    AgentRole_dataSteward: AgentRole,
    AgentRole_dataSubjectRepresentative: AgentRole,
    AgentRole_deployer: AgentRole,
    AgentRole_executor: AgentRole,
    AgentRole_importer: AgentRole,
    AgentRole_modelEngineer: AgentRole,
    AgentRole_owner: AgentRole,
    AgentRole_provider: AgentRole,
    AgentRole_responsible: AgentRole,
    AgentRole_reviewer: AgentRole,
    AgentRole_scheme: skos_ConceptScheme,
    AgentRole_trigger: AgentRole,
    AlertKind_artifactRecordMismatch: AlertKind,
    AlertKind_digestMismatch: AlertKind,
    AlertKind_driftExceeded: AlertKind,
    AlertKind_duplicateRecord: AlertKind,
    AlertKind_incompleteLineage: AlertKind,
    AlertKind_lateArrival: AlertKind,
    AlertKind_mismatchedId: AlertKind,
    AlertKind_missingField: AlertKind,
    AlertKind_policyViolation: AlertKind,
    AlertKind_scheme: skos_ConceptScheme,
    AlertKind_seriousIncident: AlertKind,
    AlertKind_withdrawnDataInUse: AlertKind,
    AnonymizationMethod_aggregation: AnonymizationMethod,
    AnonymizationMethod_differentialPrivacy: AnonymizationMethod,
    AnonymizationMethod_encryption: AnonymizationMethod,
    AnonymizationMethod_generalization: AnonymizationMethod,
    AnonymizationMethod_hashing: AnonymizationMethod,
    AnonymizationMethod_kAnonymity: AnonymizationMethod,
    AnonymizationMethod_pseudonymization: AnonymizationMethod,
    AnonymizationMethod_scheme: skos_ConceptScheme,
    AnonymizationMethod_suppression: AnonymizationMethod,
    AnonymizationMethod_tokenization: AnonymizationMethod,
    ChangeKind_corrective: ChangeKind,
    ChangeKind_predetermined: ChangeKind,
    ChangeKind_scheme: skos_ConceptScheme,
    ChangeKind_substantial: ChangeKind,
    CheckOutcome_match: CheckOutcome,
    CheckOutcome_mismatch: CheckOutcome,
    CheckOutcome_missing: CheckOutcome,
    CheckOutcome_scheme: skos_ConceptScheme,
    CheckOutcome_unreadable: CheckOutcome,
    DataModality_audio: DataModality,
    DataModality_graph: DataModality,
    DataModality_image: DataModality,
    DataModality_multimodal: DataModality,
    DataModality_scheme: skos_ConceptScheme,
    DataModality_sensor: DataModality,
    DataModality_tabular: DataModality,
    DataModality_text: DataModality,
    DataModality_timeSeries: DataModality,
    DataModality_video: DataModality,
    DecisionOutcome_approved: DecisionOutcome,
    DecisionOutcome_approvedWithConditions: DecisionOutcome,
    DecisionOutcome_confirmed: DecisionOutcome,
    DecisionOutcome_deferred: DecisionOutcome,
    DecisionOutcome_overridden: DecisionOutcome,
    DecisionOutcome_rejected: DecisionOutcome,
    DecisionOutcome_revoked: DecisionOutcome,
    DecisionOutcome_scheme: skos_ConceptScheme,
    DeploymentStage_canary: DeploymentStage,
    DeploymentStage_development: DeploymentStage,
    DeploymentStage_edge: DeploymentStage,
    DeploymentStage_production: DeploymentStage,
    DeploymentStage_scheme: skos_ConceptScheme,
    DeploymentStage_shadow: DeploymentStage,
    DeploymentStage_staging: DeploymentStage,
    DocumentKind_datasheet: DocumentKind,
    DocumentKind_explanationMethod: DocumentKind,
    DocumentKind_impactAssessment: DocumentKind,
    DocumentKind_instructionsForUse: DocumentKind,
    DocumentKind_labelingGuideline: DocumentKind,
    DocumentKind_licenseText: DocumentKind,
    DocumentKind_modelCard: DocumentKind,
    DocumentKind_oversightMeasures: DocumentKind,
    DocumentKind_riskAssessment: DocumentKind,
    DocumentKind_scheme: skos_ConceptScheme,
    DocumentKind_technicalDocumentation: DocumentKind,
    DocumentKind_testReport: DocumentKind,
    DocumentKind_trainingContentSummary: DocumentKind,
    FeatureRole_group: FeatureRole,
    FeatureRole_identifier: FeatureRole,
    FeatureRole_ignored: FeatureRole,
    FeatureRole_input: FeatureRole,
    FeatureRole_scheme: skos_ConceptScheme,
    FeatureRole_sensitive: FeatureRole,
    FeatureRole_target: FeatureRole,
    FeatureRole_weight: FeatureRole,
    HashAlgorithm_blake2b256: HashAlgorithm,
    HashAlgorithm_blake3: HashAlgorithm,
    HashAlgorithm_gitSha1: HashAlgorithm,
    HashAlgorithm_md5: HashAlgorithm,
    HashAlgorithm_scheme: skos_ConceptScheme,
    HashAlgorithm_sha256: HashAlgorithm,
    HashAlgorithm_sha384: HashAlgorithm,
    HashAlgorithm_sha3_256: HashAlgorithm,
    HashAlgorithm_sha512: HashAlgorithm,
    InvalidationReason_corrected: InvalidationReason,
    InvalidationReason_legalErasure: InvalidationReason,
    InvalidationReason_licenceRevoked: InvalidationReason,
    InvalidationReason_recalled: InvalidationReason,
    InvalidationReason_retired: InvalidationReason,
    InvalidationReason_scheme: skos_ConceptScheme,
    InvalidationReason_securityIncident: InvalidationReason,
    InvalidationReason_superseded: InvalidationReason,
    InvalidationReason_withdrawn: InvalidationReason,
    IssueKind_corruption: IssueKind,
    IssueKind_duplicate: IssueKind,
    IssueKind_labelingBias: IssueKind,
    IssueKind_leakage: IssueKind,
    IssueKind_missingData: IssueKind,
    IssueKind_noise: IssueKind,
    IssueKind_outdated: IssueKind,
    IssueKind_personalData: IssueKind,
    IssueKind_samplingBias: IssueKind,
    IssueKind_scheme: skos_ConceptScheme,
    IssueKind_underrepresentation: IssueKind,
    LearningParadigm_federated: LearningParadigm,
    LearningParadigm_humanFeedback: LearningParadigm,
    LearningParadigm_reinforcement: LearningParadigm,
    LearningParadigm_scheme: skos_ConceptScheme,
    LearningParadigm_selfSupervised: LearningParadigm,
    LearningParadigm_semiSupervised: LearningParadigm,
    LearningParadigm_supervised: LearningParadigm,
    LearningParadigm_transfer: LearningParadigm,
    LearningParadigm_unsupervised: LearningParadigm,
    Level_audit: Level,
    Level_minimal: Level,
    Level_scheme: skos_ConceptScheme,
    Level_standard: Level,
    MetricKind_accuracy: MetricKind,
    MetricKind_annotatorAgreement: MetricKind,
    MetricKind_balancedAccuracy: MetricKind,
    MetricKind_bleu: MetricKind,
    MetricKind_bytesRead: MetricKind,
    MetricKind_bytesWritten: MetricKind,
    MetricKind_calibrationError: MetricKind,
    MetricKind_co2e: MetricKind,
    MetricKind_completeness: MetricKind,
    MetricKind_cpuTime: MetricKind,
    MetricKind_cpuUtilization: MetricKind,
    MetricKind_dataQuality: MetricKind,
    MetricKind_demographicParityDifference: MetricKind,
    MetricKind_drift: MetricKind,
    MetricKind_duplicateRatio: MetricKind,
    MetricKind_energy: MetricKind,
    MetricKind_epochDuration: MetricKind,
    MetricKind_equalizedOddsDifference: MetricKind,
    MetricKind_error: MetricKind,
    MetricKind_f1: MetricKind,
    MetricKind_fairness: MetricKind,
    MetricKind_featureCorrelation: MetricKind,
    MetricKind_featureImportance: MetricKind,
    MetricKind_gpuMemoryUse: MetricKind,
    MetricKind_gpuPower: MetricKind,
    MetricKind_gpuUtilization: MetricKind,
    MetricKind_iou: MetricKind,
    MetricKind_jsDivergence: MetricKind,
    MetricKind_ksStatistic: MetricKind,
    MetricKind_latency: MetricKind,
    MetricKind_logLoss: MetricKind,
    MetricKind_loss: MetricKind,
    MetricKind_mae: MetricKind,
    MetricKind_mape: MetricKind,
    MetricKind_meanAveragePrecision: MetricKind,
    MetricKind_memoryPeak: MetricKind,
    MetricKind_memoryUse: MetricKind,
    MetricKind_missingRatio: MetricKind,
    MetricKind_mse: MetricKind,
    MetricKind_overlapRatio: MetricKind,
    MetricKind_perplexity: MetricKind,
    MetricKind_populationStabilityIndex: MetricKind,
    MetricKind_prAuc: MetricKind,
    MetricKind_precision: MetricKind,
    MetricKind_predictiveQuality: MetricKind,
    MetricKind_provenanceHealth: MetricKind,
    MetricKind_r2: MetricKind,
    MetricKind_ranking: MetricKind,
    MetricKind_recall: MetricKind,
    MetricKind_resource: MetricKind,
    MetricKind_rmse: MetricKind,
    MetricKind_robustAccuracy: MetricKind,
    MetricKind_rocAuc: MetricKind,
    MetricKind_rouge: MetricKind,
    MetricKind_scheme: skos_ConceptScheme,
    MetricKind_throughput: MetricKind,
    MetricKind_timeliness: MetricKind,
    MetricKind_wordErrorRate: MetricKind,
    MlTask_anomalyDetection: MlTask,
    MlTask_binaryClassification: MlTask,
    MlTask_clustering: MlTask,
    MlTask_detection: MlTask,
    MlTask_embedding: MlTask,
    MlTask_forecasting: MlTask,
    MlTask_generation: MlTask,
    MlTask_multiclassClassification: MlTask,
    MlTask_multilabelClassification: MlTask,
    MlTask_other: MlTask,
    MlTask_ranking: MlTask,
    MlTask_recommendation: MlTask,
    MlTask_regression: MlTask,
    MlTask_scheme: skos_ConceptScheme,
    MlTask_segmentation: MlTask,
    MlTask_sequenceTagging: MlTask,
    OptimizationDirection_higherIsBetter: OptimizationDirection,
    OptimizationDirection_informational: OptimizationDirection,
    OptimizationDirection_lowerIsBetter: OptimizationDirection,
    OptimizationDirection_scheme: skos_ConceptScheme,
    OptimizationDirection_targetIsBest: OptimizationDirection,
    ReplayOutcome_bitIdentical: ReplayOutcome,
    ReplayOutcome_diverged: ReplayOutcome,
    ReplayOutcome_notReproducible: ReplayOutcome,
    ReplayOutcome_scheme: skos_ConceptScheme,
    ReplayOutcome_withinTolerance: ReplayOutcome,
    RiskLevel_high: RiskLevel,
    RiskLevel_limited: RiskLevel,
    RiskLevel_minimal: RiskLevel,
    RiskLevel_scheme: skos_ConceptScheme,
    RiskLevel_unacceptable: RiskLevel,
    RunStatus_aborted: RunStatus,
    RunStatus_failed: RunStatus,
    RunStatus_interrupted: RunStatus,
    RunStatus_partial: RunStatus,
    RunStatus_scheme: skos_ConceptScheme,
    RunStatus_succeeded: RunStatus,
    SamplingStrategy_activeLearning: SamplingStrategy,
    SamplingStrategy_cluster: SamplingStrategy,
    SamplingStrategy_convenience: SamplingStrategy,
    SamplingStrategy_fullPopulation: SamplingStrategy,
    SamplingStrategy_overSampling: SamplingStrategy,
    SamplingStrategy_reservoir: SamplingStrategy,
    SamplingStrategy_scheme: skos_ConceptScheme,
    SamplingStrategy_simpleRandom: SamplingStrategy,
    SamplingStrategy_stratifiedSampling: SamplingStrategy,
    SamplingStrategy_syntheticOverSampling: SamplingStrategy,
    SamplingStrategy_systematic: SamplingStrategy,
    SamplingStrategy_temporalWindow: SamplingStrategy,
    SamplingStrategy_underSampling: SamplingStrategy,
    SamplingStrategy_weighted: SamplingStrategy,
    SeedScope_accelerator: SeedScope,
    SeedScope_augmentation: SeedScope,
    SeedScope_dataLoader: SeedScope,
    SeedScope_environmentVariable: SeedScope,
    SeedScope_framework: SeedScope,
    SeedScope_global: SeedScope,
    SeedScope_numpy: SeedScope,
    SeedScope_python: SeedScope,
    SeedScope_scheme: skos_ConceptScheme,
    SeedScope_split: SeedScope,
    SensitivityLevel_confidential: SensitivityLevel,
    SensitivityLevel_internal: SensitivityLevel,
    SensitivityLevel_public: SensitivityLevel,
    SensitivityLevel_restricted: SensitivityLevel,
    SensitivityLevel_scheme: skos_ConceptScheme,
    SplitRole_calibration: SplitRole,
    SplitRole_crossValidationFold: SplitRole,
    SplitRole_holdout: SplitRole,
    SplitRole_inference: SplitRole,
    SplitRole_scheme: skos_ConceptScheme,
    SplitRole_test: SplitRole,
    SplitRole_train: SplitRole,
    SplitRole_unlabeled: SplitRole,
    SplitRole_validation: SplitRole,
    SplitStrategy_bootstrap: SplitStrategy,
    SplitStrategy_grouped: SplitStrategy,
    SplitStrategy_hashBased: SplitStrategy,
    SplitStrategy_kFold: SplitStrategy,
    SplitStrategy_leaveOneOut: SplitStrategy,
    SplitStrategy_manual: SplitStrategy,
    SplitStrategy_nested: SplitStrategy,
    SplitStrategy_predefined: SplitStrategy,
    SplitStrategy_random: SplitStrategy,
    SplitStrategy_repeatedKFold: SplitStrategy,
    SplitStrategy_scheme: skos_ConceptScheme,
    SplitStrategy_stratified: SplitStrategy,
    SplitStrategy_stratifiedGrouped: SplitStrategy,
    SplitStrategy_temporal: SplitStrategy,
    TransformationKind_aggregation: TransformationKind,
    TransformationKind_anonymization: TransformationKind,
    TransformationKind_augmentation: TransformationKind,
    TransformationKind_cropping: TransformationKind,
    TransformationKind_deduplication: TransformationKind,
    TransformationKind_dimensionalityReduction: TransformationKind,
    TransformationKind_discretization: TransformationKind,
    TransformationKind_embedding: TransformationKind,
    TransformationKind_encoding: TransformationKind,
    TransformationKind_featureConstruction: TransformationKind,
    TransformationKind_featureExtraction: TransformationKind,
    TransformationKind_featureSelection: TransformationKind,
    TransformationKind_filtering: TransformationKind,
    TransformationKind_formatConversion: TransformationKind,
    TransformationKind_imputation: TransformationKind,
    TransformationKind_join: TransformationKind,
    TransformationKind_labelEncoding: TransformationKind,
    TransformationKind_labeling: TransformationKind,
    TransformationKind_meanImputation: TransformationKind,
    TransformationKind_minMaxScaling: TransformationKind,
    TransformationKind_modelImputation: TransformationKind,
    TransformationKind_normalization: TransformationKind,
    TransformationKind_oneHotEncoding: TransformationKind,
    TransformationKind_ordinalEncoding: TransformationKind,
    TransformationKind_other: TransformationKind,
    TransformationKind_outlierRemoval: TransformationKind,
    TransformationKind_resizing: TransformationKind,
    TransformationKind_robustScaling: TransformationKind,
    TransformationKind_sampling: TransformationKind,
    TransformationKind_scaling: TransformationKind,
    TransformationKind_scheme: skos_ConceptScheme,
    TransformationKind_segmentation: TransformationKind,
    TransformationKind_slicing: TransformationKind,
    TransformationKind_standardization: TransformationKind,
    TransformationKind_syntheticGeneration: TransformationKind,
    TransformationKind_targetEncoding: TransformationKind,
    TransformationKind_tokenization: TransformationKind,
    TransformationKind_typeConversion: TransformationKind,
    TriggerKind_api: TriggerKind,
    TriggerKind_ci: TriggerKind,
    TriggerKind_event: TriggerKind,
    TriggerKind_manual: TriggerKind,
    TriggerKind_replay: TriggerKind,
    TriggerKind_retraining: TriggerKind,
    TriggerKind_scheduled: TriggerKind,
    TriggerKind_scheme: skos_ConceptScheme,
}

CLASSES: Final[frozenset[NamedNode]] = frozenset(
    {
        Accelerator,
        AccessPolicy,
        AgentRole,
        Alert,
        AlertKind,
        AnonymizationMethod,
        ApprovalDecision,
        ArtifactFile,
        Attestation,
        Benchmark,
        CandidateSet,
        ChangeKind,
        CheckOutcome,
        Checkpoint,
        ClusterConfiguration,
        ComputeNode,
        Configuration,
        ContainerImage,
        DataIssue,
        DataModality,
        DataProfile,
        DataQualityMeasurement,
        DataSchema,
        DataSource,
        DataSubset,
        Dataset,
        DatasetVersion,
        Decision,
        DecisionOutcome,
        Deployment,
        DeploymentRun,
        DeploymentStage,
        DocumentKind,
        Documentation,
        Endpoint,
        Environment,
        EvaluationRun,
        Experiment,
        Feature,
        FeatureFlag,
        FeatureRole,
        FeatureSet,
        FileSet,
        FineTuningRun,
        HardwareConfiguration,
        HashAlgorithm,
        HyperparameterSetting,
        InferenceRun,
        IngestionRun,
        IntegrityCheck,
        InvalidationReason,
        Investigation,
        IssueKind,
        LabelingRun,
        LearningParadigm,
        Level,
        LicenseGrant,
        Measurement,
        MetricKind,
        MetricObservation,
        MetricPoint,
        MetricSeries,
        MlTask,
        Model,
        ModelArchitecture,
        ModelVersion,
        MonitoringRun,
        OptimizationDirection,
        Orchestrator,
        OverlapMeasurement,
        OversightDecision,
        ParameterDefinition,
        ParameterSetting,
        Pipeline,
        PipelineRun,
        Policy,
        Port,
        Prediction,
        PredictionBatch,
        Project,
        PromptTemplate,
        ProvenanceRequirement,
        QualityCheckRun,
        Record,
        RecordCommit,
        RecordItem,
        Redaction,
        RegistryEntry,
        ReplayOutcome,
        ReplayRun,
        RetentionPolicy,
        RetirementDecision,
        RiskLevel,
        Run,
        RunStatus,
        SamplingStrategy,
        SeedScope,
        SeedSetting,
        SelectionDecision,
        SensitivityLevel,
        SeriesChunk,
        ServiceAccount,
        SharingAgreement,
        Slice,
        SoftwareEnvironment,
        SoftwarePackage,
        SourceRepository,
        SourceRevision,
        Split,
        SplitRole,
        SplitRun,
        SplitSet,
        SplitStrategy,
        Step,
        SyntheticDataRun,
        Tag,
        Team,
        Tokenizer,
        TrainingRun,
        TransformationKind,
        TransformationRun,
        TriggerKind,
        TuningRun,
        ValidationReport,
        VectorIndex,
        prov_Activity,
        prov_ActivityInfluence,
        prov_Agent,
        prov_AgentInfluence,
        prov_Association,
        prov_Attribution,
        prov_Bundle,
        prov_Collection,
        prov_Communication,
        prov_Delegation,
        prov_Derivation,
        prov_EmptyCollection,
        prov_End,
        prov_Entity,
        prov_EntityInfluence,
        prov_Generation,
        prov_Influence,
        prov_InstantaneousEvent,
        prov_Invalidation,
        prov_Location,
        prov_Organization,
        prov_Person,
        prov_Plan,
        prov_PrimarySource,
        prov_Quotation,
        prov_Revision,
        prov_Role,
        prov_SoftwareAgent,
        prov_Start,
        prov_Usage,
    }
)

PROPERTIES: Final[frozenset[NamedNode]] = frozenset(
    {
        aboutInput,
        acceleratorCount,
        acceleratorModel,
        acceleratorsPerNode,
        adapterOf,
        affects,
        alertKind,
        alias,
        anonymizationMethod,
        applicationDomain,
        appliesTo,
        architecture,
        archiveAfterDays,
        atCheckpoint,
        atEpoch,
        atStep,
        attests,
        baseRevision,
        baselineProfile,
        bestStep,
        branchName,
        byteSize,
        carbonIntensity,
        changeKind,
        checkOutcome,
        checkedEntity,
        co2eKilograms,
        collectionMethod,
        commandLine,
        commitId,
        committedBy,
        completenessScore,
        completenessThreshold,
        condition,
        confidence,
        configDigest,
        configuredBy,
        considered,
        containsPersonalData,
        cpuCount,
        cpuLimit,
        cpuModel,
        criterion,
        currentProfile,
        decidedBy,
        decisionOutcome,
        declaredAbsent,
        declaresParameter,
        defaultValue,
        dependsOn,
        deployedAt,
        deploymentStage,
        deploys,
        derivedFromFeature,
        describes,
        detectedAt,
        digestForm,
        direction,
        distilledFrom,
        documentKind,
        documentedBy,
        documents,
        driftThreshold,
        driverVersion,
        durationSeconds,
        energyKilowattHours,
        energyMethod,
        energyScope,
        entryPoint,
        errorMessage,
        errorType,
        evaluatedModel,
        evaluationData,
        evidence,
        executedBy,
        executesPlan,
        exitCode,
        expectedDigest,
        exportedFrom,
        externalId,
        featureCount,
        featureFlag,
        featureName,
        featureRole,
        featureType,
        feeds,
        fineTunedFrom,
        firstValue,
        fitsOn,
        floatingPointOperations,
        foldIndex,
        forFeature,
        forLabel,
        framework,
        fromSource,
        fromStep,
        gridRegion,
        groupedBy,
        hasAccelerator,
        hasArchitecture,
        hasChunk,
        hasCluster,
        hasContainer,
        hasFeature,
        hasFile,
        hasHardware,
        hasIssue,
        hasLicenseGrant,
        hasPartRun,
        hasPoint,
        hasPolicy,
        hasPrediction,
        hasProfile,
        hasRequirement,
        hasSchema,
        hasSoftware,
        hasSplit,
        hasStep,
        hasTokenizer,
        hasValidation,
        hasVersionEntity,
        hashAlgorithm,
        hostName,
        hypothesis,
        idempotencyKey,
        imageReference,
        implementation,
        inBatch,
        inExperiment,
        inProject,
        inRepository,
        inSplitSet,
        includesCode,
        includesPackage,
        initializedFrom,
        inputData,
        inputDigest,
        inputPort,
        inputSchema,
        inputTokenCount,
        intendedUse,
        interconnect,
        invalidationReason,
        investigates,
        isDeterministic,
        isDirty,
        isFullyAutomated,
        isSynthetic,
        issueKind,
        kernelVersion,
        keyId,
        knownLimitation,
        lastValue,
        layerCount,
        learningParadigm,
        leftSubset,
        legalBasis,
        lockFile,
        maxLatenessSeconds,
        maxValue,
        meanValue,
        measuredIn,
        measuredOn,
        measures,
        mediaType,
        membershipDigest,
        memoryBytes,
        memoryLimitBytes,
        mergedFrom,
        metricKind,
        minValue,
        mlTask,
        modality,
        nodeCount,
        numericValue,
        observedDigest,
        obtainedFrom,
        onSplitRole,
        osName,
        otherDigest,
        outOfScopeUse,
        outputPort,
        outputSchema,
        outputTokenCount,
        overlapCount,
        packageName,
        packageVersion,
        packed,
        paramComponent,
        paramName,
        paramValue,
        parameter,
        parameterCount,
        parameterType,
        partOfRun,
        participantCount,
        partitionName,
        partitionOf,
        pointCount,
        precedes,
        predicateType,
        predictedBy,
        predictedValue,
        privacyDelta,
        privacyEpsilon,
        processesPerNode,
        producedModel,
        profileJson,
        prunedFrom,
        purpose,
        pythonVersion,
        quantizedFrom,
        raisedFor,
        ranIn,
        ranOn,
        rationale,
        recordCount,
        recordKey,
        recordRoot,
        recordType,
        recordedAt,
        redacts,
        referenceData,
        registers,
        registryName,
        registryVersion,
        reidentificationRisk,
        relatedFeature,
        repeatIndex,
        replaces,
        replayOf,
        replayOutcome,
        repositoryUrl,
        requiredLevel,
        responsibleAgent,
        retentionDays,
        retryOf,
        reuseLimit,
        rewardModel,
        rightSubset,
        riskLevel,
        roundIndex,
        rowIndex,
        runStatus,
        sampleSize,
        samplingFraction,
        samplingStrategy,
        schedulerName,
        schemaVersion,
        seedScope,
        selected,
        selectedCheckpoint,
        selector,
        selectorLanguage,
        sensitivity,
        sequenceNumber,
        servesPreprocessing,
        sha256,
        signature,
        sliceLabel,
        sourceUrl,
        splitRatio,
        splitRole,
        splitStrategy,
        stepIndex,
        stepOf,
        storageLocation,
        stratifiedBy,
        submodule,
        subsetOf,
        sumValue,
        supersedes,
        tagKey,
        tagValue,
        tagged,
        targetFeature,
        threshold,
        toStep,
        tolerance,
        trafficShare,
        trainedBy,
        trainedOn,
        trainingData,
        transformationKind,
        triggerKind,
        triggeredBy,
        uncommittedPatch,
        unit,
        usedCode,
        usedDeployment,
        usedLibrary,
        usedModel,
        usedPrompt,
        validatedAgainst,
        validationData,
        value,
        valueLower,
        valueUpper,
        variesFactor,
        versionOf,
        viaPort,
        violationCount,
        warningCount,
        windowEnd,
        windowStart,
        workerCount,
        prov_actedOnBehalfOf,
        prov_activity,
        prov_agent,
        prov_alternateOf,
        prov_atLocation,
        prov_atTime,
        prov_endedAtTime,
        prov_entity,
        prov_generated,
        prov_generatedAtTime,
        prov_hadActivity,
        prov_hadGeneration,
        prov_hadMember,
        prov_hadPlan,
        prov_hadPrimarySource,
        prov_hadRole,
        prov_hadUsage,
        prov_influenced,
        prov_influencer,
        prov_invalidated,
        prov_invalidatedAtTime,
        prov_qualifiedAssociation,
        prov_qualifiedAttribution,
        prov_qualifiedCommunication,
        prov_qualifiedDelegation,
        prov_qualifiedDerivation,
        prov_qualifiedEnd,
        prov_qualifiedGeneration,
        prov_qualifiedInfluence,
        prov_qualifiedInvalidation,
        prov_qualifiedPrimarySource,
        prov_qualifiedQuotation,
        prov_qualifiedRevision,
        prov_qualifiedStart,
        prov_qualifiedUsage,
        prov_specializationOf,
        prov_startedAtTime,
        prov_used,
        prov_value,
        prov_wasAssociatedWith,
        prov_wasAttributedTo,
        prov_wasDerivedFrom,
        prov_wasEndedBy,
        prov_wasGeneratedBy,
        prov_wasInfluencedBy,
        prov_wasInformedBy,
        prov_wasInvalidatedBy,
        prov_wasQuotedFrom,
        prov_wasRevisionOf,
        prov_wasStartedBy,
        absenceAccepted,
        leftToPeople,
        level,
        servesRequirement,
    }
)

DATATYPES: Final[frozenset[NamedNode]] = frozenset(
    {
        packedSeries,
    }
)

# Everything that may stand in our own or PROV-O's namespace.
TERMS: Final[frozenset[NamedNode]] = CLASSES | PROPERTIES | DATATYPES | INDIVIDUALS.keys()
