"""The witness: it cosigns a checkpoint that continues what it cosigned before, and nothing else."""

from __future__ import annotations

import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

from provkg.durable import locked, write_durably
from provkg.errors import BadKey, BadNote, BadParameter, BadSubmission, StorageFailed, WitnessBroken
from provkg.ledger.checkpoint import Checkpoint
from provkg.ledger.cosignature import WitnessKey, cosignature
from provkg.ledger.note import Note, PrivateKey, PublicKey, Signature, is_key_name
from provkg.ledger.origins import file_name_of
from provkg.merkle.proofs import is_continued
from provkg.witness.state import LogState
from provkg.witness.submission import Submission

SECRET: Final = "key"  # noqa: S105 - the name of the file
PUBLIC: Final = "vkey"
LOGS: Final = "logs"
SIZE_MEDIA: Final = "text/x.tlog.size"
TEXT_MEDIA: Final = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Answer:
    """What a witness says to a submission: an HTTP status, the body, and for people why it says so."""

    status: HTTPStatus
    body: bytes
    media: str
    why: str


class Declined(Exception):
    """A submission that is not cosigned; not of provkg's errors, because it is an answer and no failure."""

    def __init__(self, status: HTTPStatus, why: str, size: int | None = None) -> None:
        super().__init__(why)
        self.status, self.size = status, size

    def answer(self) -> Answer:
        """Return the answer as C2SP tlog-witness has it: a conflict tells how many entries were cosigned."""
        if self.size is None:
            return Answer(self.status, f"{self}\n".encode(), TEXT_MEDIA, str(self))
        return Answer(self.status, f"{self.size}\n".encode(), SIZE_MEDIA, str(self))


class Witness:
    """A witness whose key and memory lie in the folder `path`. Make one with `make`, or take one with `open`."""

    def __init__(self, path: Path, key: PrivateKey, clock: Callable[[], float] = time.time) -> None:
        self.path, self._key, self._clock = path, key, clock

    @classmethod
    def make(cls, path: Path, name: str) -> Witness:
        """Make a witness called `name` in the new or empty folder `path`, with a key of its own."""
        if not is_key_name(name):
            raise BadParameter(f"{name!r} cannot name a witness; take a host and path like witness.example.org/w1")
        try:
            path.mkdir(mode=0o750, parents=True, exist_ok=True)
            if strange := sorted(each.name for each in path.iterdir()):
                raise BadParameter(f"{path} holds something else, such as {strange[0]}; name an empty or new folder")
            key = PrivateKey.make(name)
            (path / LOGS).mkdir(mode=0o750)
            write_durably(path / PUBLIC, f"{WitnessKey.of(key)}\n".encode())
            # The key last: a folder is a witness once it is there.
            write_durably(path / SECRET, key.to_text().encode(), mode=0o600)
        except OSError as error:
            raise StorageFailed(f"cannot make a witness at {path}: {error.strerror}") from error
        return cls(path, key)

    @classmethod
    def open(cls, path: Path) -> Witness:
        """Return the witness in the folder `path`; raises `WitnessBroken` where there is none to use."""
        file = path / SECRET
        try:
            if stat.S_IMODE(file.stat().st_mode) & 0o077:
                raise WitnessBroken(f"{file} can be read by others, and so is no secret; type: chmod 600 {file}")
            return cls(path, PrivateKey.parse(file.read_text("utf-8")))
        except FileNotFoundError:
            cure = f"make one with: provkg witness {path} --name NAME"
            raise WitnessBroken(f"{path} is no witness (it has no file {SECRET}); {cure}") from None
        except (OSError, UnicodeDecodeError, BadKey) as error:
            raise WitnessBroken(f"the witness's key {file} cannot be used: {error}; restore it") from None

    @staticmethod
    def is_one(path: Path) -> bool:
        """Whether there is a witness in the folder `path`, or what is left of one."""
        return (path / SECRET).exists() or (path / LOGS).exists()

    @property
    def public(self) -> WitnessKey:
        """What others need to check its cosignatures."""
        return WitnessKey.of(self._key)

    def logs(self) -> list[str]:
        """Return the origins of the logs that it follows."""
        return sorted(LogState(path, self.public).origin for path in self._places())

    def newest(self, origin: str) -> Checkpoint:
        """Return what it cosigned last of the log `origin`; raises `WitnessBroken`."""
        return self._state(origin).newest()

    def trust(self, log: PublicKey, origin: str | None = None) -> None:
        """Follow the log whose checkpoints `log` signs; a log may have several keys.

        It is the log that is called as the key is, unless `origin` says otherwise.
        """
        origin = origin or log.name
        if not origin.isprintable():
            raise BadParameter(f"{origin!r} is no origin of a log: one line of text, as its checkpoints begin with it")
        try:
            with locked(self.path):
                state = LogState(self._place(origin), self.public)
                if state.path.exists():
                    state.trust(log)
                else:
                    LogState.make(state.path, origin, log, self._key, int(self._clock()))
        except OSError as error:
            raise StorageFailed(f"cannot write to {self.path}: {error.strerror}") from error

    def answer(self, body: bytes) -> Answer:
        """Return the answer to an add-checkpoint request.

        Raises `WitnessBroken` where the witness cannot say for certain what it cosigned before, `StorageFailed` where
        it cannot remember what it would cosign now.
        """
        try:
            submission = Submission.parse(body)
            line = self.cosign(submission)
        except BadSubmission as error:
            return Declined(HTTPStatus.BAD_REQUEST, str(error)).answer()
        except Declined as declined:
            return declined.answer()
        said = submission.checkpoint
        return Answer(HTTPStatus.OK, str(line).encode(), TEXT_MEDIA, f"cosigned {said.size:,} entries of {said.origin}")

    def cosign(self, submission: Submission) -> Signature:
        """Return the cosignature of a checkpoint that continues the last one, which is remembered first.

        Raises `Declined`, and remembers nothing, for any other.
        """
        try:
            # Checking and remembering are one step: of two submissions, the second is compared with the first.
            with locked(self.path):
                state = self._state(submission.checkpoint.origin)
                self._check(submission, state)
                line = cosignature(submission.note.text, self._key, int(self._clock()))
                state.keep(Note(submission.note.text, (*self._of_log(submission.note, state), line)))
        except OSError as error:
            raise StorageFailed(f"cannot remember in {self.path} what would be cosigned: {error.strerror}") from error
        return line

    def _check(self, submission: Submission, state: LogState) -> None:
        """Raise `Declined` unless all that C2SP tlog-witness demands holds, in the order in which it says it."""
        said, last = submission.checkpoint, state.newest()
        try:
            submission.note.signed_by(state.keys)
        except BadNote as error:
            raise Declined(HTTPStatus.FORBIDDEN, str(error)) from None
        if submission.old > said.size:
            raise Declined(HTTPStatus.BAD_REQUEST, f"{submission.old} entries are not continued by {said.size}")
        if submission.old != last.size:
            why = f"{last.size:,} entries of {said.origin} were cosigned, not {submission.old:,}"
            raise Declined(HTTPStatus.CONFLICT, why, last.size)
        if said.size == last.size and said.root != last.root:
            state.keep_refused(submission.note)
            why = f"another history of the same {last.size:,} entries of {said.origin} was cosigned"
            raise Declined(HTTPStatus.CONFLICT, why, last.size)
        if not is_continued(last.size, said.size, last.root, said.root, submission.proof):
            state.keep_refused(submission.note)
            why = f"it is not proven that {said.origin} continues the {last.size:,} entries that were cosigned"
            raise Declined(HTTPStatus.UNPROCESSABLE_ENTITY, why)

    def _of_log(self, note: Note, state: LogState) -> list[Signature]:
        """Return the lines of `note` that the log signed: strangers' lines would only fill the disk."""
        known = {(key.name, key.key_id) for key in state.keys}
        return [each for each in note.signatures if (each.name, each.key_id) in known]

    def _state(self, origin: str) -> LogState:
        state = LogState(self._place(origin), self.public)
        if not state.path.is_dir() or state.origin != origin:
            raise Declined(HTTPStatus.NOT_FOUND, f"this witness does not follow the log {origin!r:.200}")
        return state

    def _place(self, origin: str) -> Path:
        return self.path / LOGS / file_name_of(origin)

    def _places(self) -> list[Path]:
        try:
            return [path for path in (self.path / LOGS).iterdir() if path.name[0] != "."]
        except OSError as error:
            raise WitnessBroken(f"cannot read {self.path / LOGS}: {error.strerror}; restore it") from None
