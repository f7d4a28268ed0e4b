"""Which version of a model a file holds, kept beside the graph, so that the next process knows what it loads.

The digest of a pickled model in memory is not that of the file that joblib writes of it, and loading and pickling it
again gives a third. Only the process that wrote the file knows both. A file named by the digest holds what points at
the version, without the names in it: IRIs. It can be deleted; then the file's content is a model of unknown origin.
"""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from pathlib import Path

from provkg.capture.defaults import defaults
from provkg.capture.file_digests import path_digest
from provkg.capture.handles import ModelHandle
from provkg.capture.session import session
from provkg.errors import ProvkgError
from provkg.folder import Folder
from provkg.identity import Names
from provkg.records import Checkpoint, Iri, ModelVersion, Reference
from provkg.records.description import node
from provkg.records.encoding import decoded, encoded


def keep_version(said: ModelVersion) -> None:
    """Let the processes to come know that the last file of the version `said` holds it."""
    if isinstance(said, Checkpoint):  # loaded to go on from, and known by its content
        return
    # Where there is no graph that has been said already, and what could not be kept is only not known again.
    with suppress(ProvkgError, OSError):
        folder = Folder.find(defaults().folder)
        folder.models.mkdir(mode=0o700, exist_ok=True)
        draft = folder.models / f".draft.{os.getpid()}.{secrets.token_hex(4)}"
        draft.write_text(json.dumps(encoded(_pointing_at(said, folder.names))))
        draft.replace(folder.models / said.files[-1].sha256)


def _pointing_at(said: ModelVersion, names: Names) -> ModelVersion:
    """Return what of `said` identifies it, with IRIs for the things that it names."""
    key = {name: getattr(said, name) for name in said.KEY}
    things = {name: Iri(node(value, names).value) for name, value in key.items() if name in ("model", "run") and value}
    return ModelVersion(**key | things)


def version_in(path: Path, name: str) -> ModelHandle | None:
    """Return the version that the file at `path` was recorded for in this graph; None where nobody knows of one."""
    with suppress(ProvkgError, OSError):
        return version_of(path_digest(path).sha256, name)
    return None


def version_of(sha256: str, name: str) -> ModelHandle | None:
    """Return the version that a file of that digest was recorded for in this graph; None where nobody knows of one."""
    with suppress(ProvkgError, OSError, ValueError):
        said = decoded(json.loads((Folder.find(defaults().folder).models / sha256).read_bytes()))
        if isinstance(said, ModelVersion):
            return _handle(name, said)
    return None


def _handle(name: str, said: ModelVersion) -> ModelHandle:
    reference = said.reference()
    found = ModelHandle(name, said=said, version=said.version, sha256=said.sha256)
    found.reference = reference if isinstance(reference, Reference) else None
    found.rewrite = _say
    return found


def _say(said: ModelVersion) -> None:
    session().record("model", [said])
    keep_version(said)
