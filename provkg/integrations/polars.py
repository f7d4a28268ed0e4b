"""polars: files that are read into frames, so that what is made of a frame leads back to its file."""

from __future__ import annotations

from types import ModuleType

from provkg.integrations.observing import Observed
from provkg.integrations.tables_read import observe_readers


def observe(framework: ModuleType, observed: Observed) -> None:
    """Watch the functions that read files."""
    observe_readers(framework, observed)
