"""A knowledge graph's folder on disk: `kg.toml`, the salt, and where everything else lies."""

from __future__ import annotations

import json
import os
import secrets
import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from provkg.durable import write_once
from provkg.errors import BadParameter, NotAKnowledgeGraph, StorageFailed
from provkg.identity import Names

LEVELS: Final = ("minimal", "standard", "audit")
DEFAULT_FOLDER: Final = "kg"
SETTINGS_FILE: Final = "kg.toml"
CODE_FOLDER: Final = "code"
BACKUP_FILE: Final = "backup.json"
SUMS_FILE: Final = "SHA256SUMS"


@dataclass(frozen=True)
class Folder:
    """The places and settings of one knowledge graph. Make one with `create` or `find`."""

    path: Path
    base: str
    name: str
    level: str
    project_levels: Mapping[str, str] = field(default_factory=dict)

    def level_of(self, project: str | None) -> str:
        """Return the level that records of `project` must meet: the project's own, or the graph's."""
        return self.project_levels.get(project, self.level) if project else self.level

    @property
    def ledger(self) -> Path:
        """The SQLite file that is the truth."""
        return self.path / "ledger.db"

    @property
    def index(self) -> Path:
        """The disposable Oxigraph store."""
        return self.path / "index"

    @property
    def snapshots(self) -> Path:
        """Read-only copies of the index, one folder per ledger size."""
        return self.path / "snapshots"

    @property
    def spool(self) -> Path:
        """Where training processes leave their events; `PROVKG_SPOOL` puts it on another disk."""
        return Path(os.environ.get("PROVKG_SPOOL") or self.path / "spool")

    @property
    def rejected(self) -> Path:
        """Refused records with their reports."""
        return self.path / "rejected"

    @property
    def code(self) -> Path:
        """What no commit holds of the code that ran: patches by their digest."""
        return self.path / CODE_FOLDER

    @property
    def rows(self) -> Path:
        """Digests of the rows of data, a file each, named by its own digest; made when the first are taken."""
        return self.path / "rows"

    @property
    def models(self) -> Path:
        """What a file of a model holds: pointers to versions, each named by that file's SHA-256."""
        return self.path / "models"

    @property
    def own_shapes(self) -> tuple[Path, ...]:
        """The owner's shapes, which records must fit beside ours; there may be none."""
        return tuple(sorted((self.path / "shapes").glob("*.ttl")))

    @property
    def own_ontology(self) -> tuple[Path, ...]:
        """The owner's classes and properties, below ours or PROV's; there may be none."""
        return tuple(sorted((self.path / "ontology").glob("*.ttl")))

    @property
    def queries(self) -> Path:
        """The owner's questions, in a folder per theme or directly; it may be missing."""
        return self.path / "queries"

    @property
    def own_questions(self) -> tuple[Path, ...]:
        """The files of the owner's questions; there may be none."""
        return tuple(sorted([*self.queries.glob("*.rq"), *self.queries.glob("*/*.rq")]))

    @property
    def keys(self) -> Path:
        """Secrets, readable by the owner alone."""
        return self.path / "keys"

    @property
    def checkpoints(self) -> Path:
        """What was signed last, and the public keys to check it; meant to be copied elsewhere."""
        return self.path / "checkpoints"

    @property
    def last_checkpoint(self) -> Path:
        """The newest signed checkpoint."""
        return self.checkpoints / "latest"

    @property
    def public_keys(self) -> Path:
        """The verifier keys of the graph, one a line."""
        return self.checkpoints / "vkey"

    @property
    def anchors(self) -> Path:
        """Where each new checkpoint goes besides, a path a line; there may be none."""
        return self.checkpoints / "anchors"

    @property
    def restored(self) -> Path:
        """What says that the graph was restored from a backup, until somebody says that it is to go on from there."""
        return self.checkpoints / "restored"

    @property
    def unscrubbed(self) -> Path:
        """A file that is there while the spool may hold what redactions kept out of the ledger."""
        return self.path / "unscrubbed"

    @property
    def lock(self) -> Path:
        """The file whose lock is the hold on the graph."""
        return self.path / "lock"

    @property
    def names(self) -> Names:
        """How this graph names things; raises `NotAKnowledgeGraph` when its salt cannot be read."""
        try:
            return Names(self.base, (self.keys / "salt").read_bytes())
        except OSError as error:
            cure = "restore it from your backup: with another one, known things would get new names"
            raise NotAKnowledgeGraph(f"cannot read {self.keys / 'salt'}: {error.strerror}; {cure}") from None

    @classmethod
    def create(cls, path: Path, *, base: str | None = None, name: str | None = None, level: str = "minimal") -> Folder:
        """Make an empty knowledge graph at `path`, or return the one that another process has just made there.

        Raises `NotAKnowledgeGraph` when something else is there, `BadParameter` for a base or level that is none.
        """
        path = path.absolute()
        if (path / SETTINGS_FILE).exists():
            return cls.find(path)
        if path.exists() and (not path.is_dir() or _has_foreign_files(path)):
            raise NotAKnowledgeGraph(f"{path} is in use by something else; name an empty or new folder")
        base = checked_base(base or f"https://provkg.invalid/{uuid.uuid4()}/")
        made = cls(path, base, name or path.name, checked_level(level))
        try:
            made._write()
        except OSError as error:
            raise StorageFailed(f"cannot make a knowledge graph at {path}: {error.strerror}") from error
        return cls.find(path)

    @classmethod
    def find(cls, path: Path) -> Folder:
        """Return the knowledge graph at `path`; raises `NotAKnowledgeGraph` when there is none to use."""
        found = cls.read(path.absolute())
        if (found.path / BACKUP_FILE).exists() and (found.path / SUMS_FILE).exists():
            # Whoever wrote to it would go on from an old state, and have a backup of nothing.
            cure = f"look into it with: provkg verify {path}; use it with: provkg restore {path} DIR"
            raise NotAKnowledgeGraph(f"{found.path} is the backup of a knowledge graph; {cure}")
        return found

    @classmethod
    def read(cls, path: Path) -> Folder:
        """Return the places and settings at `path`, also those of a backup; raises as `find`."""
        settings = _read_settings(path)
        if path.stat().st_uid != os.geteuid() and not os.access(path, os.W_OK):
            raise _of_another_user(path)
        try:
            level = checked_level(settings.get("level", "minimal"))
            base, name = checked_base(settings["base"]), str(settings.get("name", path.name))
            return cls(path, base, name, level, _project_levels(settings.get("projects", {})))
        except BadParameter as error:
            raise NotAKnowledgeGraph(f"{path / SETTINGS_FILE}: {error}") from None

    def _write(self) -> None:
        # What models and people did is for the owner and, where one shares it, the group: snapshots lie in here too.
        self.path.mkdir(mode=0o750, parents=True, exist_ok=True)
        for folder in (self.keys, self.rejected, self.path / "spool"):
            folder.mkdir(mode=0o700, exist_ok=True)
        write_once(self.keys / "salt", secrets.token_bytes(32))
        # kg.toml last: a folder is a graph once it is there, so nobody finds one without its salt.
        write_once(self.path / SETTINGS_FILE, self._settings().encode())

    def _settings(self) -> str:
        settings = {"base": self.base, "name": self.name, "level": self.level}
        # A JSON string is a TOML basic string.
        return "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())


def checked_base(base: str) -> str:
    """Return `base` ending in a slash; raises `BadParameter` unless it is an absolute http(s) or urn IRI."""
    parts = urlsplit(base)
    absolute = (parts.scheme in {"http", "https"} and parts.netloc) or (parts.scheme == "urn" and parts.path)
    if not absolute or parts.query or parts.fragment or any(character in base for character in ' <>"{}|\\^`'):
        raise BadParameter(
            f"{base!r} is no base IRI; take an absolute one that you control, like https://example.org/kg/"
        )
    return base.rstrip("/#") + "/"


def checked_level(level: str, place: str = "") -> str:
    """Return `level`; raises `BadParameter` unless it is one; `place` says where it stands."""
    if level not in LEVELS:
        raise BadParameter(f"{place}{level!r} is no level; take one of {', '.join(LEVELS)}")
    return level


def _project_levels(projects: Any) -> dict[str, str]:
    """Return the levels that `[projects."name"]` tables give; raises `BadParameter` for what is none."""
    if not isinstance(projects, dict) or not all(isinstance(said, dict) for said in projects.values()):
        raise BadParameter('projects are tables; write [projects."name"] and below it level = "audit"')
    levels = {}
    for name, said in projects.items():
        if unknown := sorted(said.keys() - {"level"}):
            raise BadParameter(f'[projects."{name}"] has the key {unknown[0]!r}; only level is known')
        if "level" in said:
            levels[name] = checked_level(said["level"], f'[projects."{name}"] ')
    return levels


def _has_foreign_files(path: Path) -> bool:
    # A folder that another process is making right now holds these already.
    ours = {"keys", "rejected", "spool"}
    return any(entry.name not in ours and not entry.name.startswith(SETTINGS_FILE) for entry in path.iterdir())


def _read_settings(path: Path) -> dict[str, Any]:
    file = path / SETTINGS_FILE
    try:
        settings = tomllib.loads(file.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        cure = f"make one with: provkg init {path}"
        raise NotAKnowledgeGraph(f"{path} is no knowledge graph (it has no {SETTINGS_FILE}); {cure}") from None
    except PermissionError:
        raise _of_another_user(path) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise NotAKnowledgeGraph(f"{file} does not parse: {error}") from None
    if not isinstance(settings.get("base"), str):
        raise NotAKnowledgeGraph(f"{file} names no base IRI; add a line like: base = 'https://example.org/kg/'")
    return settings


def _of_another_user(path: Path) -> NotAKnowledgeGraph:
    cure = "ask its owner, or choose another folder with --store"
    return NotAKnowledgeGraph(f"{path} belongs to another user and you may not write there; {cure}")
