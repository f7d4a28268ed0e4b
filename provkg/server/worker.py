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

from provkg.errors import (
    BadParameter,
    CannotRun,
    NotAKnowledgeGraph,
    ProvkgError,
    RefusedQuery,
    UnknownQuestion,
    UnknownThing,
    UsageError,
)
from provkg.server.confinement import allow_cpu, confine
from provkg.server.messages import QueryTask, QuestionTask, Reply, Task, read_message, reply_bytes, task_from

if TYPE_CHECKING:
    from pyoxigraph import BlankNode, DefaultGraph, NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store

    from provkg.folder import Folder
    from provkg.index import ReadIndex

    Graph = NamedNode | BlankNode | DefaultGraph

MAX_ANSWER: Final = 64 * 1024 * 1024


class Desk:
    """Answers tasks on one graph, always from its newest snapshot."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._opened: tuple[int, ReadIndex, Store] | None = None

    def reply(self, task: Task) -> Reply:
        """Return the answer to `task`, or why there is none."""
        try:
            index, store = self._newest()
            text = task.text if isinstance(task, QueryTask) else self._bound(task.name, task.values, index)
            return _answered(store, text, task, index.size)
        except (UnknownQuestion, UnknownThing) as error:
            return Reply(404, sentence=str(error))
        except UsageError as error:
            return Reply(400, sentence=str(error))
        except ProvkgError as error:
            return Reply(503, sentence=str(error))

    def _newest(self) -> tuple[ReadIndex, Store]:
        # A new snapshot is renamed into the folder, which changes the folder's time.
        changed = self._folder.snapshots.stat().st_mtime_ns if self._folder.snapshots.is_dir() else 0
        if self._opened is None or self._opened[0] != changed:
            self.close()
            self._opened = (changed, *_opened(self._folder))
        return self._opened[1:]

    def close(self) -> None:
        """Let go of the snapshot."""
        if self._opened is not None:
            index, self._opened = self._opened[1], None
            index.close()

    def _bound(self, name: str, values: dict[str, str], index: ReadIndex) -> str:
        from provkg.questions import Naming, bind, find

        return bind(find(name, self._folder.path / "queries"), values, Naming(index).resolve)


def _opened(folder: Folder) -> tuple[ReadIndex, Store]:
    from provkg.index import Snapshots
    from provkg.index.storage import opened_read_only

    index = Snapshots(folder.snapshots).open()
    if index is None:
        raise NotAKnowledgeGraph(f"{folder.path} holds no record yet; ask again when one has arrived")
    # `index` keeps the snapshot from being removed; the store beside it writes results without making Python terms.
    return index, opened_read_only(index.path)


def _answered(store: Store, text: str, task: Task, size: int) -> Reply:
    from pyoxigraph import QueryResultsFormat, QueryTriples, RdfFormat

    found = _found(store, text, task)
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
        return Reply(
            500, sentence=f"the answer has more than {MAX_ANSWER:,} bytes; ask for less with LIMIT or a FILTER"
        )
    return Reply(200, media, size, body=body.getvalue())


def _found(store: Store, text: str, task: Task) -> QueryBoolean | QuerySolutions | QueryTriples:
    from provkg.sparql import check_query, complaint

    check_query(text)
    default, named = _dataset(task)
    base = task.base if isinstance(task, QueryTask) else None
    try:
        return store.query(text, base_iri=base, default_graph=default, named_graphs=named)
    except SyntaxError as error:
        raise RefusedQuery(complaint(str(error.msg))) from None
    except OSError as error:
        raise CannotRun(f"the query could not be run: {error}") from None


def _dataset(task: Task) -> tuple[list[Graph] | None, list[NamedNode | BlankNode] | None]:
    if isinstance(task, QuestionTask) or (task.default_graphs is None and task.named_graphs is None):
        return None, None
    return [*_graphs(task.default_graphs or [])], [*_graphs(task.named_graphs or [])]


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
    confine()
    from provkg.folder import Folder

    desk = Desk(Folder.find(folder_path))
    _send(replies, Reply(200, sentence="ready"))
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
