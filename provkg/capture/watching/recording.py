"""What was watched as records: a run for each operation, the tables between by digest, columns with their origins."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Final

from provkg import vocabulary
from provkg.capture import contents
from provkg.capture.about import About, Telling
from provkg.capture.around import open_run
from provkg.capture.facts import SOON
from provkg.capture.handles import Data
from provkg.capture.packages import package
from provkg.capture.session import Session, session
from provkg.capture.spool.process import new_emitter
from provkg.capture.trouble import attempt
from provkg.capture.watching import groups_of, side_file
from provkg.capture.watching.features import Features
from provkg.capture.watching.making import derivation_digest
from provkg.capture.watching.states import State, ancestry
from provkg.errors import UsageError
from provkg.records import (
    CLOSED,
    ArtifactFile,
    DataSchema,
    Dataset,
    DatasetVersion,
    Description,
    Documentation,
    Iri,
    OwnConcept,
    Pipeline,
    PipelineRun,
    Project,
    Reference,
    Run,
    Step,
    TransformationRun,
    concept,
    settings,
)

MOST_RUNS: Final = 100
"""Beyond so many operations, neighbours become one run together; the side file tells them apart still."""
LABEL_DIGITS: Final = 12
FORM: Final = "derivation-1"
_succeeded: Final = Iri(vocabulary.RunStatus_succeeded.value)


def state_now(frame: Any) -> State:
    """Return the state in which a watched table is."""
    if hasattr(type(frame), "_provkg_plain"):
        found: State = frame._provkg_now()  # noqa: SLF001 - ours
        return found
    from provkg.capture.watching import polars_frames

    state = polars_frames.state_of(frame)
    if state is None:
        raise UsageError(f"this {type(frame).__name__} is not watched; make it by provkg.watch(frame)")
    return state


def recorded(frame: Any, name: str | None = None, **about: Any) -> Data:
    """Record the operations that led to `frame` and the frame itself as the dataset `name`; return its handle."""
    data = Data(name or "data", rows=contents.given(frame))

    def record() -> None:
        state = state_now(frame)
        data.name = name or state.watch.name
        Recording(state, data, about).record()

    attempt(f"record what was watched of {data.name!r}", record)
    return data


class Recording:
    """One table with all that led to it, on its way into the graph."""

    def __init__(self, state: State, data: Data, about: dict[str, Any]) -> None:
        self.state, self.data, self.about = state, data, about
        self.watch = state.watch
        self.project = about.get("project") or self.watch.project
        self.states = ancestry(state)
        self.new = [each for each in self.states if each.reference is None and each.origin is None]
        self.features = Features(state)
        self.said: list[Description] = []
        self.synthetic = data.synthetic = groups_of.synthetic(self.states)

    def record(self) -> None:
        """Write it all."""
        own = session()
        for each in self.states:
            if each.origin is not None:
                self._origin(each)
        groups = groups_of.grouped(self.new, 1 if self.watch.granularity == "dataset" else MOST_RUNS)
        outside = groups_of.used_outside(groups, self.state)
        telling = Telling(About(project=self.project), learns=False, seed_scope="global")
        fields = telling.fields(own, SOON)
        steps = [self._plan(group) for group in groups]
        whole = self._whole(fields, groups, steps)
        for number, (group, step) in enumerate(zip(groups, steps, strict=True)):
            made = [each for each in group.states if each in outside]
            self._group(group, number, step, fields, whole.reference(), made)
        if not groups:
            self._final(None)
        self._side_file(own)
        if groups:
            self.said.append(whole)
        own.record(CLOSED, self.said, project=self.project)

    # --- inputs

    def _origin(self, state: State) -> None:
        origin = state.origin
        if origin is None or state.reference is not None:
            return
        if origin.reference is None:
            said = DatasetVersion(
                dataset=Dataset(name=origin.name),
                version=(origin.sha256 or "")[:LABEL_DIGITS],
                sha256=str(origin.sha256),
                digest_form="table-2",
                record_count=state.rows,
                feature_count=len(state.columns),
                schema=_schema(state),
                project=Project(name=self.project) if self.project else None,
                absent=(Iri(vocabulary.hasFile.value), Iri(vocabulary.obtainedFrom.value)),
            )
            session().record("dataset", [said], project=self.project)
            reference = said.reference()
            origin.reference = reference if isinstance(reference, Reference) else None
        state.reference, state.digest = origin.reference, origin.sha256

    # --- operations

    def _whole(self, fields: dict[str, Any], groups: list[groups_of.Group], steps: list[Step]) -> Run:
        inside = open_run()
        used = tuple(each.reference for each in self.states if each.origin is not None and each.reference is not None)
        starts = [each.started for group in groups for each in group.states if each.started is not None]
        now = datetime.now(UTC)
        about = {**fields, "libraries": self._libraries()}
        if inside is not None:
            about["part_of"] = inside.reference
        return PipelineRun(
            id=new_emitter(),
            title=f"prepare {self.data.name}",
            started=min(starts, default=now),
            ended=now,
            status=_succeeded,
            used=used,
            plan=Pipeline(title=f"prepare {self.data.name}", steps=tuple(steps)) if steps else None,
            **about,
        )

    def _libraries(self) -> tuple[Any, ...]:
        found = package(self.watch.library)
        return (found,) if found is not None else ()

    def _group(
        self,
        group: groups_of.Group,
        number: int,
        step: Step,
        fields: dict[str, Any],
        whole: Reference | Iri,
        made: list[State],
    ) -> None:
        first, last = group.states[0], group.states[-1]
        inside = set(map(id, group.states))
        used = {
            parent.state.reference: None
            for each in group.states
            for parent in each.parents
            if id(parent.state) not in inside and parent.state.reference is not None
        }
        self.said.append(
            TransformationRun(
                id=group.id,
                started=first.started,
                ended=last.ended,
                status=_succeeded,
                title=step.title,
                kinds=step.kinds,
                step_index=number + 1,
                plan=step,
                used=tuple(used),
                part_of=whole,
                **{
                    **fields,
                    "libraries": self._libraries(),
                    "description": groups_of.described(group),
                    "parameters": settings(groups_of.parameters(group), learning=False),
                },
            )
        )
        for each in made:
            self._made(each, group, tuple(used))

    def _plan(self, group: groups_of.Group) -> Step:
        kinds = tuple(concept(vocabulary.TransformationKind, kind) for kind in groups_of.kinds(group))
        title = group.states[0].title if len(group.states) == 1 else f"{len(group.states)} operations"
        definition = [[each.title, each.detail] for each in group.states]
        libraries = self._libraries()
        return Step(
            title=title,
            kinds=kinds,
            implementation=libraries[0] if libraries else None,
            definition=json.dumps(definition, ensure_ascii=False),
        )

    def _made(self, state: State, group: groups_of.Group, used: tuple[Reference, ...]) -> None:
        for each in group.states:
            if each.digest is None:
                each.digest = derivation_digest(each, [str(parent.state.digest) for parent in each.parents])
        if state is self.state:
            self._final(group.reference, used)
            return
        said = DatasetVersion(
            dataset=Dataset(name=f"{self.watch.name}, in preparation"),
            version=str(state.digest)[:LABEL_DIGITS],
            sha256=str(state.digest),
            digest_form=FORM,
            run=group.reference,
            made=state.ended,
            of=used,
            record_count=state.rows,
            feature_count=len(state.columns),
            schema=_schema(state),
            synthetic=self.synthetic,
            project=Project(name=self.project) if self.project else None,
            absent=(Iri(vocabulary.hasFile.value),),
        )
        reference = said.reference()
        state.reference = reference if isinstance(reference, Reference) else None
        self.said += [said, *self.features.of(state)]

    def _final(self, run: Reference | None, used: tuple[Reference, ...] = ()) -> None:
        said = contents.dataset_version(
            self.data,
            version=self.about.get("version"),
            description=self.about.get("description"),
            project=self.project,
            run=run,
            made=self.state.ended,
            of=used,
            license=self.about.get("license"),
        )
        reference = said.reference()
        self.data.reference = self.state.reference = reference if isinstance(reference, Reference) else None
        self.state.digest = self.data.sha256
        self.said += [said, *self.features.of(self.state, every=True)]

    def _side_file(self, own: Session) -> None:
        content = side_file.encoded(self.state)
        summed, place = side_file.kept(content, own.store)
        if self.data.reference is None:
            return
        file = ArtifactFile(
            sha256=summed, byte_size=len(content), media_type=side_file.MEDIA_TYPE, location=place.absolute().as_uri()
        )
        self.said.append(
            Documentation(
                title=f"how {self.data.name} came to be, row by row",
                kind_of_document=OwnConcept(scheme="DocumentKind", name="table lineage"),
                documents=(self.data.reference,),
                files=(file,),
            )
        )


def _schema(state: State) -> DataSchema | None:
    if not state.types or len(state.columns) > 1000:
        return None
    return DataSchema(columns=json.dumps([[name, state.types.get(name, "")] for name in state.columns]))
