"""A record: a closed set of statements about one thing that happened; its id makes sending it twice harmless."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from pyoxigraph import NamedNode, Triple

from provkg import vocabulary
from provkg.errors import BadParameter, Unreadable
from provkg.identity import Names
from provkg.records.deployments import Deployment, LiveAt, Undeployment
from provkg.records.description import Description, Iri
from provkg.records.encoding import decoded, encoded
from provkg.records.runs import Run

OPENED: Final = "run-opened"
PROGRESS: Final = "run-progress"
CLOSED: Final = "run-closed"
DEPLOYMENT: Final = "deployment"
TELLS_ALL: Final = frozenset({CLOSED, DEPLOYMENT})
"""The kinds of record after which the run that they describe has told all that it made."""


@dataclass(frozen=True)
class Record:
    """What an emitter says in one piece; `id` is `<emitter>-<sequence>`, `type` one of the kinds of record."""

    id: str
    type: str
    descriptions: tuple[Description, ...]
    project: str | None = None
    supersedes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the record as JSON values."""
        return {
            "record": self.id,
            "type": self.type,
            "project": self.project,
            "supersedes": list(self.supersedes),
            "says": encoded(self.descriptions),
        }

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Record:
        """Return the record that `to_json` gave; raises `Unreadable` when it is none."""
        try:
            return cls(
                said["record"],
                said["type"],
                decoded(said["says"]),
                said.get("project"),
                tuple(said.get("supersedes", ())),
            )
        except (KeyError, TypeError) as error:
            raise Unreadable(f"no record: {error!r}") from None


def _nothing_live(_endpoint: NamedNode, _stage: NamedNode) -> Sequence[NamedNode]:
    return ()


def statements(record: Record, names: Names, live_at: LiveAt = _nothing_live) -> list[Triple]:
    """Return what `record` says in the graph of `names`, each statement once, in the order said.

    `live_at` tells which deployments are live at an endpoint and stage; a deployment that takes their place ends them.
    """
    said: dict[Triple, None] = {}
    for description in record.descriptions:
        said.update(dict.fromkeys(description.statements(names)))
        if isinstance(description, Deployment | Undeployment):
            said.update(dict.fromkeys(description.endings(names, live_at)))
    return list(said)


def described(given: Sequence[object]) -> tuple[Description, ...]:
    """Return what people want to record, once it can be; raises `BadParameter` for what is no description."""
    for each in given:
        if not isinstance(each, Description):
            raise BadParameter(f"a record is made of descriptions (provkg.records), not of a {type(each).__name__}")
        if isinstance(each, Run) and each.id is None and each.ended is None:
            raise BadParameter("a run that goes on needs an id=, by which its end can be told; or say when it ended=")
    return tuple(each for each in given if isinstance(each, Description))


def opened_run(record: Record) -> Run:
    """Return the run that an opening record describes; raises `Unreadable` when it describes none."""
    for description in record.descriptions:
        if isinstance(description, Run):
            return description
    raise Unreadable(f"record {record.id} opens no run")


def interrupted(opening: Record, *, id: str, at: datetime, also: Sequence[Description] = ()) -> Record:  # noqa: A002
    """Return the closing record of a run whose process is gone; `at` is its last sign of life."""
    run = opened_run(opening)
    ended = max(at, run.started) if run.started else at
    closed = replace(run, ended=ended, status=Iri(vocabulary.RunStatus_interrupted.value))
    return Record(id, CLOSED, (closed, *also), opening.project)
