"""`model`: a model that no run of this graph is known to have made, identified by its full content."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from provkg.capture import models
from provkg.capture.command_around import tell_named
from provkg.capture.defaults import defaults
from provkg.capture.handles import ModelHandle
from provkg.capture.known_models import remember_model
from provkg.capture.session import session
from provkg.capture.sources import licence, source_of
from provkg.capture.told import completed, told
from provkg.capture.trouble import attempt
from provkg.capture.wording import text_if_any
from provkg.records import ModelVersion, Reference


def model(
    name: str,
    object_or_path: Any,
    *,
    source: str | None = None,
    version: str | None = None,
    license: str | None = None,  # noqa: A002 - the word people use
    framework: str | None = None,
    project: str | None = None,
) -> ModelHandle:
    """Record a model that comes from elsewhere, and return a handle to fine-tune, evaluate or deploy it.

    `source` says where it comes from (a URL or a registry's name); without it a path is its own source. A model that
    an earlier process trained has the same digest here, and so counts as the same content.
    """
    handle = models.handle(name, object_or_path)
    project = text_if_any(project, "project=") or defaults().project

    def say(version: ModelVersion) -> None:
        session().record("model", [version], project=project)

    def record() -> None:
        facts = models.origin(handle, version=version, framework=framework, project=project)
        fact = told("models", name, _places(handle)).get("source")
        origin = source_of(
            source or (None if handle.path else f"memory of the process that recorded {name}"), handle.path
        )
        if source is None and fact is not None:
            origin = fact.value
        how = attempt(f"read the architecture of {name!r}", lambda: models.architecture(handle))
        said = ModelVersion(**facts, architecture=how, source=origin, license=licence(license) if license else None)
        handle.said = completed(said, "models", name, _places(handle))
        reference = handle.said.reference()
        handle.reference = reference if isinstance(reference, Reference) else None
        handle.version = handle.said.version
        handle.rewrite = say
        say(handle.said)
        tell_named(handle, handle.said, session().store)
        remember_model(handle)

    attempt(f"record model {handle.name!r}", record)
    models.let_go(handle)
    return handle


def _places(handle: ModelHandle) -> tuple[Path, ...]:
    return (handle.path,) if handle.path is not None else ()
