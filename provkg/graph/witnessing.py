"""Having a graph's checkpoints cosigned: a witness is shown that the log continues what it cosigned before."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from provkg.errors import BadNote, HistoryChanged, NotCosigned, Unreadable
from provkg.folder import Folder
from provkg.graph.checkpointing import Checkpointing
from provkg.graph.knowledge_graph import KnowledgeGraph
from provkg.ledger import Ledger
from provkg.ledger.checkpoint import Checkpoint
from provkg.ledger.cosignature import WitnessKey, cosignatures, with_cosignatures
from provkg.ledger.note import Note
from provkg.witness import Answer, Submission
from provkg.witness.asking import ask, is_address, size_in


def have_cosigned(folder: Folder, note: Note, witness: WitnessKey, where: str, *, wait: float = 0) -> Note:
    """Let `witness` cosign the checkpoint `note`, keep that beside it, and return it with the cosignature.

    `where` is the address or the folder of the witness, or a file with the lines that it gave: these may be for an
    earlier checkpoint. The graph is not held while the witness is asked. Raises `NotCosigned`; `HistoryChanged` where
    the witness knows another history of the log.
    """
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        if not is_address(where) and Path(where).is_file():
            cosigned = _by_file(ledger, witness, Path(where))
        else:
            cosigned = _asked(ledger, note, witness, where)
    with KnowledgeGraph.hold(folder, wait=wait) as graph:
        Checkpointing(folder, graph.ledger).keep_cosigned(cosigned)
    return cosigned


def submission(ledger: Ledger, note: Note, old: int) -> Submission:
    """Return what a witness is sent that knows the first `old` entries; raises `HistoryChanged` if there are fewer."""
    size = Checkpoint.of(note).size
    if old > size:
        raise HistoryChanged(
            f"{old:,} entries were cosigned, and {ledger.path} has only {size:,} that were signed: it was cut short, "
            "or restored from a backup; see what is wrong with: provkg verify"
        )
    with ledger.proving() as tree:
        return Submission(old, tuple(tree.consistency(old, size)), note)


def submission_since(ledger: Ledger, note: Note, earlier: Note) -> Submission:
    """Return what a witness is sent that cosigned `earlier`; raises `HistoryChanged` where that is not continued."""
    before, now = Checkpoint.of(earlier), Checkpoint.of(note)
    if before.origin != now.origin:
        raise BadNote(f"the earlier checkpoint is of another log, {before.origin}, and not of {now.origin}")
    if before.size <= now.size and ledger.root(before.size) != before.root:
        raise HistoryChanged(
            f"{ledger.path} does not continue the earlier checkpoint of {before.size:,} entries; see: provkg verify"
        )
    return submission(ledger, note, before.size)


def _asked(ledger: Ledger, note: Note, witness: WitnessKey, where: str) -> Note:
    old = _known_to(ledger, witness)
    answer = ask(where, submission(ledger, note, old).to_bytes())
    known = size_in(answer)
    if known is not None and known != old:
        # It knows better what it cosigned: an answer of its may have been lost.
        old = known
        answer = ask(where, submission(ledger, note, old).to_bytes())
    _check_cosigned(answer, where, old, Checkpoint.of(note).size)
    try:
        return with_cosignatures(note, cosignatures(answer.body), [witness])
    except BadNote as error:
        raise NotCosigned(f"the witness at {where} did not cosign with the key that you trust: {error}") from None


def _check_cosigned(answer: Answer, where: str, old: int, size: int) -> None:
    if answer.status == HTTPStatus.OK:
        return
    if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY or (size_in(answer) == old == size):
        raise HistoryChanged(
            f"FORK: the witness at {where} cosigned another history of the first {old:,} entries than the one here "
            f"({answer.status.value}); see what is wrong with: provkg verify"
        )
    cures = {HTTPStatus.NOT_FOUND: "it does not follow this log; send its owner what provkg key prints"}
    said = cures.get(answer.status, answer.why)
    raise NotCosigned(f"the witness at {where} did not cosign ({answer.status.value}): {said}")


def _known_to(ledger: Ledger, witness: WitnessKey) -> int:
    """Return the size of the largest checkpoint that `witness` is known to have cosigned."""
    for size, content in reversed(ledger.checkpoints()):
        if witness.cosigned_at(Note.parse(content)) is not None:
            return size
    return 0


def _by_file(ledger: Ledger, witness: WitnessKey, file: Path) -> Note:
    try:
        lines = cosignatures(file.read_bytes())
    except OSError as error:
        raise Unreadable(f"cannot read {file}: {error.strerror}") from None
    except BadNote as error:
        raise BadNote(f"{file} holds no cosignatures: {error}") from None
    for _, content in reversed(ledger.checkpoints()):
        try:
            return with_cosignatures(Note.parse(content), lines, [witness])
        except BadNote:
            continue
    raise NotCosigned(f"{file} holds no cosignature of {witness} on any checkpoint of {ledger.path}")
