"""What a witness remembers of one log: its keys, and the newest checkpoint that it cosigned."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from provkg.durable import sync_folder, write_durably
from provkg.errors import BadKey, BadNote, WitnessBroken
from provkg.ledger.checkpoint import Checkpoint
from provkg.ledger.cosignature import WitnessKey, cosignature
from provkg.ledger.note import Note, PrivateKey, PublicKey
from provkg.merkle.hashes import EMPTY

ORIGIN: Final = "origin"
KEYS: Final = "keys"
NEWEST: Final = "checkpoint"
COSIGNED: Final = "cosigned"
REFUSED: Final = "refused"
# Only whoever has the log's key can fill this.
MOST_REFUSED: Final = 1_000
_CURE: Final = "to go on from nothing could cosign a second history; restore it, or retire this witness and its key"


class LogState:
    """The folder of one log. What was cosigned last lies there under the witness's own signature.

    So a damaged file cannot pass for a state; and there is one from the beginning, so that a lost one is noticed.
    """

    def __init__(self, path: Path, witness: WitnessKey) -> None:
        self.path, self._witness = path, witness

    @classmethod
    def make(cls, path: Path, origin: str, log: PublicKey, key: PrivateKey, now: int) -> LogState:
        """Begin to follow a log of which nothing was seen: in the place of its checkpoint stands an empty one."""
        draft = path.with_name(f".{path.name}")
        draft.mkdir(mode=0o755, exist_ok=True)
        nothing = Checkpoint(origin, 0, EMPTY).text
        write_durably(draft / ORIGIN, f"{origin}\n".encode())
        write_durably(draft / KEYS, f"{log}\n".encode())
        write_durably(draft / NEWEST, Note(nothing, (cosignature(nothing, key, now),)).to_bytes())
        draft.rename(path)
        sync_folder(path.parent)
        return cls(path, WitnessKey.of(key))

    @property
    def origin(self) -> str:
        """What the log calls itself; raises `WitnessBroken`."""
        try:
            return (self.path / ORIGIN).read_text("utf-8").removesuffix("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise WitnessBroken(f"{self.path / ORIGIN} cannot be used: {error}; restore it") from None

    @property
    def keys(self) -> list[PublicKey]:
        """The keys that may sign for the log; raises `WitnessBroken`."""
        file = self.path / KEYS
        try:
            keys = [PublicKey.parse(line) for line in file.read_text("utf-8").splitlines()]
        except (OSError, UnicodeDecodeError, BadKey) as error:
            raise WitnessBroken(f"{file} cannot be used: {error}; restore it") from None
        if not keys:
            raise WitnessBroken(f"{file} does not hold the keys of the log, a line each; restore it")
        return keys

    def trust(self, log: PublicKey) -> None:
        """Let another key sign for the log, too."""
        known = self.keys
        if log not in known:
            write_durably(self.path / KEYS, "".join(f"{key}\n" for key in [*known, log]).encode())

    def newest(self) -> Checkpoint:
        """Return what was cosigned last; raises `WitnessBroken` where that cannot be said for certain."""
        file = self.path / NEWEST
        try:
            note = Note.parse(file.read_bytes())
            said = Checkpoint.of(note)
            if said.origin != self.origin or self._witness.cosigned_at(note) is None:
                raise BadNote("it is not one of this log that this witness cosigned")  # noqa: TRY301 - told as the rest
            if said.size:
                note.signed_by(self.keys)
        except OSError as error:
            raise WitnessBroken(f"cannot read {file}: {error.strerror}; {_CURE}") from None
        except BadNote as error:
            raise WitnessBroken(f"{file} is damaged: {error}; {_CURE}") from None
        return said

    def keep(self, cosigned: Note) -> None:
        """Remember `cosigned` as the newest, for good when this returns."""
        file = self.path / COSIGNED / f"{Checkpoint.of(cosigned).size}.txt"
        if not file.exists():
            file.parent.mkdir(mode=0o755, exist_ok=True)
            write_durably(file, cosigned.to_bytes())
        write_durably(self.path / NEWEST, cosigned.to_bytes())

    def keep_refused(self, note: Note) -> None:
        """Keep a checkpoint that the log signed and that was not shown to continue: it may prove a second history."""
        said, folder = Checkpoint.of(note), self.path / REFUSED
        file = folder / f"{said.size}-{said.root.hex()[:16]}.txt"
        folder.mkdir(mode=0o755, exist_ok=True)
        if not file.exists() and sum(1 for _ in folder.iterdir()) < MOST_REFUSED:
            write_durably(file, note.to_bytes())
