"""Datasets of Hugging Face: the parts that `train_test_split` makes know what they are parts of."""

from __future__ import annotations

from types import ModuleType

from provkg.integrations.observing import Observed
from provkg.integrations.torch_data import parted


def observe(datasets: ModuleType, observed: Observed) -> None:
    """Watch splits."""
    observed.observe(datasets.Dataset, "train_test_split", parted)
