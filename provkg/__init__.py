"""Provenance of machine learning as a knowledge graph: what training code records, and how it is asked.

Names are loaded when they are first used, so that `import provkg` costs a training script next to nothing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from provkg.capture import (
        BatchHandle,
        CaptureWarning,
        Data,
        DeploymentHandle,
        EvaluationBlock,
        ExperimentHandle,
        InferenceBlock,
        ModelHandle,
        Overlap,
        RunBlock,
        SplitBlock,
        SplitterBlock,
        StepBlock,
        TrainingBlock,
        TuningBlock,
        check_rows,
        configure,
        dataset,
        deploy,
        evaluation,
        experiment,
        inference,
        known,
        model,
        overlap,
        passing,
        prove_rows,
        record,
        run,
        select,
        splitting,
        task,
        training,
        tuning,
        undeploy,
        watch,
        watched,
    )
    from provkg.graph import check
    from provkg.integrations import autolog as autolog
    from provkg.integrations import lightgbm as lightgbm
    from provkg.integrations import mlflow as mlflow
    from provkg.integrations import optuna as optuna
    from provkg.integrations import xgboost as xgboost
    from provkg.integrations.step_functions import step
    from provkg.reading import open

    __version__: str

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
    "__version__",
    "autolog",
    "check",
    "check_rows",
    "configure",
    "dataset",
    "deploy",
    "evaluation",
    "experiment",
    "inference",
    "known",
    "model",
    "open",
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
    "watched",
]

_deliveries: Final[dict[Path, int]] = {}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("provkg.resources").version()
    if name in {"load_ipython_extension", "unload_ipython_extension"}:
        return getattr(import_module("provkg.integrations.jupyter"), name)
    if name not in __all__ and _is_framework(name):
        return globals().setdefault(name, import_module(f"provkg.integrations.{name}"))
    if name not in __all__:
        raise AttributeError(f"module 'provkg' has no attribute {name!r}")
    if name == "check":
        return import_module("provkg.graph").check
    if name == "open":
        return import_module("provkg.reading").open
    capture = import_module("provkg.capture")
    capture.deliver_with(_deliver)
    # Loaded here, where a program imports things anyway: the first run would open that much later.
    capture.watch_seeds_with(import_module("provkg.integrations.seeds").watch_seeds)
    if name == "autolog":
        return import_module("provkg.integrations").autolog
    if name == "step":
        return globals().setdefault(name, import_module("provkg.integrations.step_functions").step)
    return globals().setdefault(name, getattr(capture, name))


def _is_framework(name: str) -> bool:
    # Looked for on the disk first: `from provkg import vocabulary` asks here, and loads no integrations.
    found = Path(__file__).parent / "integrations" / name
    there = name.isidentifier() and (found.is_dir() or found.with_suffix(".py").is_file())
    return there and name in import_module("provkg.integrations").FRAMEWORKS


def __dir__() -> list[str]:
    return __all__


def _deliver(store: Path) -> Callable[[], bool]:
    """Start the process that drains the spool of `store`, unless one of ours runs; returns whether it still runs.

    Capture cannot do it: it must not know the layers that hold the graph. The process is detached, so that neither
    Ctrl-C nor the end of training ends it.
    """

    def runs() -> bool:
        pid = _deliveries.get(store)
        if pid is None:
            return False
        try:
            ended, _ = os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:  # of the parent, in a forked process; or somebody else has waited for it
            ended = pid
        if ended:
            del _deliveries[store]
        return not ended

    if not runs():
        # -P: a module of the user's that is named like one of ours must not take its place.
        command = [sys.executable, "-P", "-m", "provkg", "sync", "--store", str(store), "--quiet"]
        silent = os.open(os.devnull, os.O_RDWR)
        try:
            streams = [(os.POSIX_SPAWN_DUP2, silent, stream) for stream in (0, 1, 2)]
            _deliveries[store] = os.posix_spawn(sys.executable, command, os.environ, file_actions=streams, setsid=True)
        finally:
            os.close(silent)
    return runs
