"""Which version of a model a content is, kept beside the graph, so that the next process knows what it loads or serves.

The digest of a pickled model in memory is not that of the file that joblib writes of it, and loading and pickling it
again gives a third. Only the process that wrote the file knows both. A file named by a digest, of the model's file or
folder and of the model in memory, holds what points at the version, without the names in it: IRIs. Each is some hundred
bytes, put in its place at once and far less than the model's record. It can be deleted; then the content is a model of
unknown origin.
"""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from pathlib import Path

from provkg.capture.defaults import defaults
from provkg.capture.file_digests import MANIFEST, path_digest
from provkg.capture.handles import ModelHandle
from provkg.capture.session import session
from provkg.errors import ProvkgError
from provkg.folder import Folder
from provkg.identity import Names
from provkg.records import Checkpoint, Iri, ModelVersion, Reference
from provkg.records.description import node
from provkg.records.encoding import decoded, encoded


def keep_version(said: ModelVersion) -> None:
    """Let the processes to come know that the version `said` has its content, and that of its last file.

    Of the several files of a folder none is the model; the folder is.
    """
    if isinstance(said, Checkpoint):  # loaded to go on from, and known by its content
        return
    # Where there is no graph that has been said already, and what could not be kept is only not known again.
    with suppress(ProvkgError, OSError):
        folder = Folder.find(defaults().folder)
        folder.models.mkdir(mode=0o700, exist_ok=True)
        text = json.dumps(encoded(_pointing_at(said, folder.names)))
        for sha256 in _contents(said):
            draft = folder.models / f".draft.{os.getpid()}.{secrets.token_hex(4)}"
            draft.write_text(text)
            draft.replace(folder.models / sha256)


def _contents(said: ModelVersion) -> set[str]:
    alone = said.files[-1].sha256 if said.files and said.digest_form != MANIFEST else None
    return {each for each in (said.sha256, alone) if each}


def _pointing_at(said: ModelVersion, names: Names) -> ModelVersion:
    """Return what of `said` identifies it, and what a record of it cannot do without, with IRIs for what it names.

    That may be the first to reach the graph.
    """
    key = {name: getattr(said, name) for name in said.KEY}
    things = {name: Iri(node(value, names).value) for name, value in key.items() if name in ("model", "run") and value}
    learned = tuple(Iri(node(each, names).value) for each in said.trained_on)
    return ModelVersion(**key | things, trained_on=learned, made=said.made)


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
