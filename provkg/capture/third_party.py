"""`model`: a model that this process did not train, identified by its full content."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from provkg.capture import models
from provkg.capture.command_around import tell_named
from provkg.capture.defaults import defaults
from provkg.capture.filed_models import version_of
from provkg.capture.handles import ModelHandle
from provkg.capture.known_models import known_model, remember_model
from provkg.capture.session import session
from provkg.capture.sources import licence, source_of
from provkg.capture.told import completed, told
from provkg.capture.trouble import attempt
from provkg.capture.wording import text_if_any
from provkg.folder import Folder
from provkg.records import ArtifactFile, Model, ModelVersion, Reference
from provkg.records.description import node


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
    """Return a handle to fine-tune, evaluate, serve or deploy a model that an earlier process trained, or others made.

    The path of a file or folder that a run of this graph recorded as its model, or wrote it to while `autolog` watched,
    is that model version, whatever it is called here: `name`, and `name@version`, become further names of it. So is an
    object that this process recorded, or read from such a file while `autolog` watches. An object read from a file
    unwatched has no bytes of its own, so give the path. All else is recorded as a model from elsewhere: `source` says
    where it comes from (a URL or a registry's name); without it a path is its own source.
    """
    handle = models.handle(name, object_or_path)
    project = text_if_any(project, "project=") or defaults().project

    def say(version: ModelVersion) -> None:
        session().record("model", [version], project=project)

    def record() -> None:
        known = known_model(handle.object) if handle.object is not None else None
        if known is not None and known.said is not None:
            be_known(handle, known, version=version, source=source, license=license, project=project)
            return
        facts = models.origin(handle, version=version, framework=framework, project=project)
        if (trained := version_of(facts["sha256"], name)) is not None:
            files = facts["files"]
            be_known(handle, trained, files=files, version=version, source=source, license=license, project=project)
            return
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


def be_known(
    handle: ModelHandle,
    known: ModelHandle,
    *,
    files: tuple[ArtifactFile, ...] = (),
    version: str | None = None,
    source: str | None = None,
    license: str | None = None,  # noqa: A002 - the word people use
    project: str | None = None,
) -> None:
    """Let `handle` be the version that is `known`, and record what is new of it: names, files, source, licence."""
    assert known.said is not None  # noqa: S101 - for the type checker; who calls has looked
    handle.said = replace(
        known.said,
        files=tuple(dict.fromkeys((*known.said.files, *files))),
        source=source_of(source, None) if source else known.said.source,
        license=licence(license) if license else known.said.license,
    )
    handle.reference, handle.version, handle.rewrite = known.reference, known.version, known.rewrite
    handle.sha256, handle.measured = known.sha256, known.measured
    names = _further_names(handle.name, version, known)
    session().record("model", [replace(handle.said, title=each) for each in names] or [handle.said], project=project)
    tell_named(handle, handle.said, session().store)
    remember_model(handle)


def _further_names(name: str, version: str | None, known: ModelHandle) -> list[str]:
    """Return the names that the version does not have yet."""
    assert known.said is not None  # noqa: S101 - as above
    names = Folder.find(defaults().folder).names
    called = node(known.said.model, names) == node(Model(name=name), names)
    labelled = version is None or version == known.version
    return [*([] if called else [name]), *([] if labelled else [f"{name}@{version}"])]


def _places(handle: ModelHandle) -> tuple[Path, ...]:
    return (handle.path,) if handle.path is not None else ()
