"""MLflow's model registry: each registration, alias and stage is an entry that names a model version of ours."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Final

from provkg.capture.handles import ModelHandle
from provkg.capture.telling import record
from provkg.capture.trouble import warned
from provkg.integrations.mlflow.runs import Saved
from provkg.records import Reference, RegistryEntry
from provkg.records.encoding import decoded, encoded

TAG: Final = "provkg.model"
"""What a model in MLflow says of its record, so that another process can register it."""
_saved: Final[dict[str, Saved]] = {}


def saved(model_id: str, model: Saved) -> None:
    """Remember a model of MLflow's by its id."""
    _saved[model_id] = model


def pointer(handle: ModelHandle) -> str | None:
    """Return the text of a tag that leads to the version."""
    return json.dumps(encoded(handle.reference)) if handle.reference is not None else None


def registered(client: Any, version: Any, *aliases: str) -> None:
    """Record that MLflow's registry has a `version` of a model, under aliases or a stage if there are some."""
    made = datetime.now(UTC)

    def entry(registers: ModelHandle | Reference) -> None:
        said = RegistryEntry(
            registers=registers,
            registry_name=str(version.name),
            registry_version=str(version.version),
            aliases=aliases,
            made=made,
            external_id=f"mlflow:{version.name}/{version.version}",
        )
        record(said)

    model_id = _model_id(version)
    if model_id in _saved:
        _saved[model_id].when_recorded(entry)
    elif (told := _told(client, model_id)) is not None:
        entry(told)
    else:
        warned(
            f"MLflow registered {version.name!r} version {version.version}, and provkg has no record of that model: "
            "the entry is left out"
        )


def _model_id(version: Any) -> str:
    source = str(getattr(version, "source", ""))
    return str(getattr(version, "model_id", None) or source.removeprefix("models:/").partition("/")[0])


def _told(client: Any, model_id: str) -> Reference | None:
    if not model_id:
        return None
    said = client.get_logged_model(model_id).tags.get(TAG)
    found = decoded(json.loads(said)) if said else None
    return found if isinstance(found, Reference) else None
