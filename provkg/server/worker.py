"""One query process: reads tasks from standard input, answers them from the newest snapshot on standard output.

It is started with `python -m provkg.server.worker DIR`. Oxigraph has no time limit and ends the process on some
queries, so the server keeps it at arm's length and starts another when this one is gone.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from provkg.errors import BadParameter, CannotRun, ProvkgError, UnknownQuestion, UnknownThing, UsageError
from provkg.server.confinement import allow_cpu, confine
from provkg.server.messages import QueryTask, QuestionTask, Reply, Task, read_message, reply_bytes, task_from

if TYPE_CHECKING:
    from pyoxigraph import NamedNode

    from provkg.folder import Folder
    from provkg.index import ReadIndex
    from provkg.index.reading import Result

MAX_ANSWER: Final = 64 * 1024 * 1024
NETWORK_STAYS: Final = (
    "this system lets no process leave the network, so queries run with it; SERVICE and LOAD are refused all the same"
)


class Desk:
    """Answers tasks on one graph, always from its newest snapshot."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._opened: tuple[int, ReadIndex] | None = None

    def reply(self, task: Task) -> Reply:
        """Return the answer to `task`, or why there is none."""
        try:
            index = self._newest()
            text = task.text if isinstance(task, QueryTask) else self._bound(task.name, task.values, index)
            return _answered(index, text, task)
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

    def _bound(self, name: str, values: dict[str, str], index: ReadIndex) -> str:
        from provkg.questions import Naming, bind, find

        return bind(find(name, self._folder.path / "queries"), values, Naming(index).resolve)


def _opened(folder: Folder) -> ReadIndex:
    from provkg.index import ReadIndex, Snapshots
    from provkg.ledger import Ledger

    index = Snapshots(folder.snapshots).open()
    if index is not None:
        return index
    if Ledger.size_at(folder.ledger):
        raise CannotRun(f"{folder.path} has no snapshot to read yet; ask again in a moment")
    return ReadIndex.empty(folder.snapshots)


def _answered(index: ReadIndex, text: str, task: Task) -> Reply:
    from pyoxigraph import QueryResultsFormat, QueryTriples, RdfFormat

    found = _found(index, text, task)
    media = task.graph if isinstance(found, QueryTriples) else task.table
    if media is None:
        return Reply(406, sentence="the answer has none of the media types that Accept names")
    body = _CappedBytes()
    try:
        if isinstance(found, QueryTriples):
            found.serialize(body, RdfFormat.from_media_type(media))
        else:
            found.serialize(body, QueryResultsFormat.from_media_type(media))
    except _Full:
        sentence = f"the answer has more than {MAX_ANSWER:,} bytes; ask for less with LIMIT or a FILTER"
        return Reply(500, sentence=sentence)
    return Reply(200, media, index.size, body=body.getvalue())


def _found(index: ReadIndex, text: str, task: Task) -> Result:
    if isinstance(task, QuestionTask):
        return index.result(text)
    if task.default_graphs is None and task.named_graphs is None:
        return index.result(text, base=task.base)
    default, named = _graphs(task.default_graphs or []), _graphs(task.named_graphs or [])
    return index.result(text, base=task.base, default_graphs=default, named_graphs=named)


def _graphs(names: list[str]) -> list[NamedNode]:
    from pyoxigraph import NamedNode

    try:
        return [NamedNode(name) for name in names]
    except ValueError as error:
        raise BadParameter(f"a graph's name is no IRI: {error}") from None


class _Full(Exception):
    """An answer has more bytes than the server sends."""


class _CappedBytes(io.BytesIO):
    def write(self, more: Any) -> int:
        if self.tell() + len(more) > MAX_ANSWER:
            raise _Full
        return super().write(more)


def main() -> None:
    """Answer tasks until standard input ends."""
    tasks, replies = sys.stdin.buffer, _private_standard_output()
    folder_path, seconds = Path(sys.argv[1]), float(sys.argv[2])
    alone = confine()
    from provkg.folder import Folder

    desk = Desk(Folder.find(folder_path))
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
