"""What the calls give back: data, models, predictions and deployments that later calls can refer to."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Final

from provkg.capture.files import artifact_file
from provkg.capture.model_files.facts import ModelFacts
from provkg.capture.moved_files import Place, place_of
from provkg.capture.trouble import attempt, trouble
from provkg.capture.wording import worded
from provkg.errors import BadParameter
from provkg.records import ArtifactFile, Concept, Experiment, ModelVersion, Reference


@dataclass(eq=False)
class Handle:
    """Something that a record describes; `reference` is None when it could not be."""

    KIND: ClassVar[str] = "thing"
    name: str
    reference: Reference | None = field(default=None, repr=False)
    describe: Callable[[], None] | None = field(default=None, repr=False, kw_only=True)
    """Writes the record that describes it, when none has yet."""
    settle: Callable[[], None] | None = field(default=None, repr=False, kw_only=True)
    """Writes a record of it as it is now, since a run that it went into ends."""

    def __post_init__(self) -> None:
        self.name = worded(self.name, f"the name of a {self.KIND}")

    def __getstate__(self) -> dict[str, Any]:
        # What writes records stays in the process that made the handle; a copy in another one still refers to it.
        return {
            **vars(self),
            "describe": None,
            "settle": None,
            **({"rewrite": None} if "rewrite" in vars(self) else {}),
        }


@dataclass(eq=False)
class Data(Handle):
    """Rows with their record; `role` is the part that they play (train, validation, test), `rows` is what you gave."""

    KIND: ClassVar[str] = "dataset"
    rows: Any = field(default=None, repr=False, kw_only=True)
    role: str | None = field(default=None, kw_only=True)
    version: str | None = field(default=None, kw_only=True)
    sha256: str | None = field(default=None, kw_only=True)
    digest_form: str | None = field(default=None, repr=False, kw_only=True)
    record_count: int | None = field(default=None, kw_only=True)
    synthetic: bool | None = field(default=None, kw_only=True)
    target: Any = field(default=None, repr=False, kw_only=True)
    row_digests: str | None = field(default=None, repr=False, kw_only=True)
    """The SHA-256 of the file with the digests of its rows, where they were asked for."""
    table: Any = field(default=None, repr=False, kw_only=True)
    """What its file was read into, while it is recorded: the file does not say how many rows it has."""
    whole: Reference | None = field(default=None, repr=False, kw_only=True)
    """The dataset version whose columns it has, where it is a part of one."""


@dataclass(frozen=True)
class Measured:
    """A measurement that can be evidence: which metric, on which part and data."""

    metric: str | Concept
    role: str | None
    on: tuple[Reference, ...]
    reference: Reference


@dataclass(eq=False)
class ModelHandle(Handle):
    """A model version with its record; `object` is what was given when it was not a path."""

    KIND: ClassVar[str] = "model"
    object: Any = field(default=None, repr=False, kw_only=True)
    path: Path | None = field(default=None, kw_only=True)
    version: str | None = field(default=None, kw_only=True)
    sha256: str | None = field(default=None, kw_only=True)
    measured: list[Measured] = field(default_factory=list, repr=False, kw_only=True)
    said: ModelVersion | None = field(default=None, repr=False, kw_only=True)
    content: bytes | None = field(default=None, repr=False, kw_only=True)
    in_file: ModelFacts | None = field(default=None, repr=False, kw_only=True)
    """What its file says of it."""
    lies: Place | None = field(default=None, repr=False, kw_only=True)
    """Where its last file was when it was recorded."""
    rewrite: Callable[[ModelVersion], None] | None = field(default=None, repr=False, kw_only=True)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the bytes whose digest was recorded to `path`, and record the file."""
        target = Path(path)
        if self.content is None:
            raise BadParameter(f"model {self.name!r} has no bytes of its own to save; it was recorded from {self.path}")
        target.write_bytes(self.content)
        self.path = target
        attempt(f"record the file of model {self.name!r}", lambda: self.add_file(target))
        return target

    @property
    def files(self) -> tuple[ArtifactFile, ...]:
        """Its files as far as recorded."""
        return self.said.files if self.said is not None else ()

    def add_file(self, path: Path) -> None:
        """Record that the file at `path` holds it."""
        if self.said is None or self.rewrite is None:
            return
        self.said = replace(self.said, files=(*self.said.files, artifact_file(path)))
        self.lies = place_of(path)
        self.rewrite(self.said)

    def follow(self) -> None:
        """Record its last file where it lies now, where it was renamed since."""
        if (
            self.said is None
            or self.rewrite is None
            or self.lies is None
            or (here := self.lies.now()) == self.lies.path
        ):
            return
        before, now = (path.absolute().as_uri() for path in (self.lies.path, here))
        files = (replace(each, location=now) if each.location == before else each for each in self.said.files)
        self.said = replace(self.said, files=tuple(files))
        self.path = here if self.path is not None else None
        self.lies = replace(self.lies, path=here)
        self.rewrite(self.said)


@dataclass(eq=False)
class BatchHandle(Handle):
    """The predictions of one inference run."""

    KIND: ClassVar[str] = "batch of predictions"
    record_count: int | None = field(default=None, kw_only=True)
    sha256: str | None = field(default=None, kw_only=True)
    path: Path | None = field(default=None, kw_only=True)


@dataclass(eq=False)
class DeploymentHandle(Handle):
    """A model in service."""

    KIND: ClassVar[str] = "deployment"
    model: ModelHandle | None = field(default=None, kw_only=True)
    endpoint: str = field(default="", kw_only=True)
    stage: str = field(default="", kw_only=True)


@dataclass(frozen=True)
class ExperimentHandle:
    """A declared purpose that runs can be put under."""

    name: str
    said: Experiment


Thing = Data | ModelHandle | BatchHandle | DeploymentHandle
Things = Thing | Iterable[Thing] | None
DataGiven = Things | Any
"""Handles of data, or in their place the rows and files themselves, which are then recorded."""


def things(given: Any, what: str) -> tuple[Thing, ...]:
    """Return the handles in `given`; what is none of ours is said, once, and left out."""
    if given is None:
        return ()
    several = attempt(f"look through {what}=", lambda: _listed(given)) or ()
    strange = dict.fromkeys(type(each).__name__ for each in several if not isinstance(each, Thing))
    if strange:
        trouble(
            f"{what}= takes {_WANTED.get(what, 'what provkg.dataset(), a step or run.model() returned')}, "
            f"not a {', '.join(strange)}; it is left out{_WITHOUT.get(what, '')}",
            kind=f"{what} {' '.join(strange)}",
            error=BadParameter,
        )
    return tuple(each for each in several if isinstance(each, Thing))


_WANTED: Final = {
    "model": "what run.model() or provkg.model() returned, the path of a model's file, or a model",
    "among": "what run.model() or provkg.model() returned",
    "deployment": "what provkg.deploy() returned",
}
_WITHOUT: Final = {
    "data": ", and a training without data is refused by the gate",
    "model": ", and what a model that nobody names did is refused by the gate",
}


def _listed(given: Any) -> list[Any]:
    alone = isinstance(given, Handle | str | bytes) or not isinstance(given, Iterable) or hasattr(given, "shape")
    return [given] if alone else list(given)


def is_model(given: object) -> bool:
    """Whether `given` is a model's handle, whatever its type was said to be."""
    return isinstance(given, ModelHandle)


def named(given: Any) -> str:
    """Return what to call something in a title: its own name, or its kind where it is no handle."""
    if isinstance(given, Handle | str):
        return given.name if isinstance(given, Handle) else given
    several = list(given) if isinstance(given, list | tuple) else []
    return ", ".join(each.name for each in several if isinstance(each, Handle)) or f"a {type(given).__name__}"


def references(handles: Iterable[Thing]) -> tuple[Reference, ...]:
    """Return pointers to `handles`, after making sure that each is described."""
    found: dict[Reference, None] = {}
    for handle in handles:
        if handle.describe is not None:
            handle.describe()
        if handle.reference is not None:
            found[handle.reference] = None
    return tuple(found)
