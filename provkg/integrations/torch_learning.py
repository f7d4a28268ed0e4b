"""What is known of a training that a plain loop of torch makes, while it goes on."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from provkg.capture import ModelHandle, TrainingBlock
from provkg.capture.hot_path import Log
from provkg.capture.lifecycle import Lifecycle
from provkg.records import ModelArchitecture


@dataclass(eq=False)
class Learner:
    """What one optimiser changes, and what its steps are recorded with."""

    training: PlainTraining | None
    around: Lifecycle | None
    optimizer: weakref.ref[Any]
    module: weakref.ref[Any] | None = None
    name: str = "model"
    architecture: ModelArchitecture | None = None
    steps: int = 0
    rate: float | None = None
    passes: int = -1
    saved: tuple[int, ModelHandle] | None = None
    log_rate: Log | None = None
    log_loss: Log | None = None


@dataclass(eq=False)
class PlainTraining:
    """One training: the user's own block around the loop, or one of ours."""

    run: TrainingBlock
    owned: bool
    since: int = 0
    learners: list[Learner] = field(default_factory=list)
    epoch: int | None = None
    looked: bool = False
    trained: list[Callable[[], Any]] = field(default_factory=list)
    """The datasets that it learns from; the passes through the first are the epochs."""
    checked: list[Callable[[], Any]] = field(default_factory=list)
    by_user: bool = False
    """Whether the user named the data, whose word is enough."""


def add(run: TrainingBlock, params: dict[str, Any]) -> None:
    """Add what the run has not been told."""
    run.params({name: value for name, value in params.items() if name not in run.told.params})
