"""One query process: reads tasks from standard input, answers them from the newest snapshot on standard output.

It is started with `python -m provkg.server.worker DIR SECONDS BYTES ANSWERS`. Oxigraph has no time limit and ends the
process on some queries, so the server keeps it at arm's length and starts another when this one is gone.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from provkg.errors import BadParameter, CannotRun, ProvkgError, UnknownQuestion, UnknownThing, UsageError
from provkg.server.answers import MIB, AnswerBytes, TooLarge
from provkg.server.confinement import allow_cpu, confine
from provkg.server.messages import QueryTask, Reply, Task, read_message, reply_bytes, task_from

if TYPE_CHECKING:
    from pyoxigraph import NamedNode

    from provkg.folder import Folder
    from provkg.index import ReadIndex
    from provkg.index.reading import Result

# The names that the forms of an answer have among those of saved questions.
FORMATS: Final = {
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
}
NETWORK_STAYS: Final = (
    "this system lets no process leave the network, so queries run with it; SERVICE and LOAD are refused all the same"
)


class Desk:
    """Answers tasks on one graph, always from its newest snapshot."""

    def __init__(self, folder: Folder, *, answers: Path, limit: int) -> None:
        self._folder, self._answers, self._limit = folder, answers, limit
        self._opened: tuple[int, ReadIndex] | None = None

    def reply(self, task: Task) -> Reply:
        """Return the answer to `task`, or why there is none."""
        try:
            return self._answered(self._newest(), task)
        except (UnknownQuestion, UnknownThing) as error:
            return Reply(404, sentence=str(error))
        except UsageError as error:
            return Reply(400, sentence=str(error))
        except ProvkgError as error:
            return Reply(503, sentence=str(error))

    def _newest(self) -> ReadIndex:
        # A new snapshot is renamed into the folder, which changes the folder's time.
        changed = self._folder.snapshots.stat().st_mtime_ns if self._folder.snapshots.is_dir() else 0
        if self._opened is None or self._opened[0] != changed:
            self.close()
            self._opened = (changed, _opened(self._folder))
        return self._opened[1]

    def close(self) -> None:
        """Let go of the snapshot."""
        if self._opened is not None:
            index, self._opened = self._opened[1], None
            index.close()

    def _answered(self, index: ReadIndex, task: Task) -> Reply:
        with AnswerBytes(self._answers, self._limit) as answer:
            try:
                media = self._write(index, task, answer)
                answer.flush()
            except TooLarge:
                return self._too_large()
            except OSError as error:
                raise CannotRun(f"the answer cannot be kept in {self._answers}: {error.strerror}") from None
            if media is None:
                return Reply(406, sentence="the answer has none of the media types that Accept names")
            return Reply(200, media, index.size, in_file=answer.in_file, body=answer.value())

    def _write(self, index: ReadIndex, task: Task, answer: AnswerBytes) -> str | None:
        """Write the answer to `task`; returns its media type, or None if there is none that the asker takes."""
        if isinstance(task, QueryTask):
            return _written(_found(index, task), task, answer)
        from provkg.answers import answer as answer_to
        from provkg.forms import show
        from provkg.questions import Naming, bound, check_known, filled, find

        question, resolve = find(task.name, self._folder.path / "queries"), Naming(index).resolve
        if question.asks is None and question.unpack is None:
            # Straight from the engine to its bytes: such an answer may be long.
            given = bound(question, task.values, resolve)
            check_known(question, task.values, given, index)
            return _written(index.result(filled(question, given, index.ledger_graph)), task, answer)
        if task.table is not None:
            found = answer_to(question, task.values, resolve, index, self._folder)
            answer.write(show(found, FORMATS[task.table]).encode())
        return task.table

    def _too_large(self) -> Reply:
        cure = "ask for less with LIMIT or a FILTER, or serve with a larger --answer-mib"
        return Reply(413, sentence=f"the answer has more than {self._limit // MIB:,} MiB; {cure}")


def _opened(folder: Folder) -> ReadIndex:
    from provkg.index import ReadIndex, Snapshots
    from provkg.ledger import Ledger

    index = Snapshots(folder.snapshots).open()
    if index is not None:
        return index
    if Ledger.size_at(folder.ledger):
        raise CannotRun(f"{folder.path} has no snapshot to read yet; ask again in a moment")
    return ReadIndex.empty(folder.snapshots)


def _written(found: Result, task: Task, answer: AnswerBytes) -> str | None:
    from pyoxigraph import QueryResultsFormat, QueryTriples, RdfFormat

    out = cast("BinaryIO", answer)  # the writers of results need no more than `write`
    if isinstance(found, QueryTriples):
        if task.graph is not None:
            found.serialize(out, RdfFormat.from_media_type(task.graph))
        return task.graph
    if task.table is not None:
        found.serialize(out, QueryResultsFormat.from_media_type(task.table))
    return task.table


def _found(index: ReadIndex, task: QueryTask) -> Result:
    if task.default_graphs is None and task.named_graphs is None:
        return index.result(task.text, base=task.base)
    default, named = _graphs(task.default_graphs or []), _graphs(task.named_graphs or [])
    return index.result(task.text, base=task.base, default_graphs=default, named_graphs=named)


def _graphs(names: list[str]) -> list[NamedNode]:
    from pyoxigraph import NamedNode

    try:
        return [NamedNode(name) for name in names]
    except ValueError as error:
        raise BadParameter(f"a graph's name is no IRI: {error}") from None


def main() -> None:
    """Answer tasks until standard input ends."""
    tasks, replies = sys.stdin.buffer, _private_standard_output()
    folder_path, seconds, limit, answers = Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    alone = confine()
    from provkg.folder import Folder

    desk = Desk(Folder.find(folder_path), answers=answers, limit=limit)
    _send(replies, Reply(200, sentence="" if alone else NETWORK_STAYS))
    while message := read_message(tasks):
        allow_cpu(seconds)
        _send(replies, desk.reply(task_from(message[0])))


def _private_standard_output() -> BinaryIO:
    # Whatever prints must not get between the messages.
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return replies


def _send(replies: BinaryIO, reply: Reply) -> None:
    replies.write(reply_bytes(reply))
    replies.flush()


if __name__ == "__main__":
    main()
