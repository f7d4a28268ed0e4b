"""The calls and blocks of `provkg.capture`, all of which are loaded with the first of them."""

from provkg.capture.blocks import RunBlock, run
from provkg.capture.configuring import configure
from provkg.capture.datasets import dataset, passing
from provkg.capture.decisions import experiment, select
from provkg.capture.deployments import deploy, undeploy
from provkg.capture.digests import check_rows, prove_rows
from provkg.capture.evaluations import EvaluationBlock, evaluation
from provkg.capture.handles import BatchHandle, Data, DeploymentHandle, ExperimentHandle, ModelHandle
from provkg.capture.inferences import InferenceBlock, inference
from provkg.capture.known_data import known
from provkg.capture.overlaps import Overlap, overlap
from provkg.capture.seeds import watch_seeds_with
from provkg.capture.session import deliver_with, end_session
from provkg.capture.split_call import splitting
from provkg.capture.splits import SplitBlock
from provkg.capture.splitters import SplitterBlock
from provkg.capture.steps import StepBlock, step
from provkg.capture.tasks import task
from provkg.capture.telling import record
from provkg.capture.third_party import model
from provkg.capture.trainings import TrainingBlock, training
from provkg.capture.trouble import CaptureWarning
from provkg.capture.tunings import TuningBlock, tuning
from provkg.capture.watching.watch import watch, watched

__all__ = [
    "BatchHandle",
    "CaptureWarning",
    "Data",
    "DeploymentHandle",
    "EvaluationBlock",
    "ExperimentHandle",
    "InferenceBlock",
    "ModelHandle",
    "Overlap",
    "RunBlock",
    "SplitBlock",
    "SplitterBlock",
    "StepBlock",
    "TrainingBlock",
    "TuningBlock",
    "check_rows",
    "configure",
    "dataset",
    "deliver_with",
    "deploy",
    "end_session",
    "evaluation",
    "experiment",
    "inference",
    "known",
    "model",
    "overlap",
    "passing",
    "prove_rows",
    "record",
    "run",
    "select",
    "splitting",
    "step",
    "task",
    "training",
    "tuning",
    "undeploy",
    "watch",
    "watch_seeds_with",
    "watched",
]
