"""What the server and its workers say to each other: a length, a JSON head, and the bytes of an answer."""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, dataclass, field
from typing import Any, BinaryIO, Final

LENGTHS: Final = struct.Struct(">II")


@dataclass(frozen=True)
class QueryTask:
    """A SPARQL query to run. `table` and `graph` are the media types in which the asker takes either kind of answer.

    Relative IRIs are resolved against `base`. Of the two lists of graphs, `None` for both means the dataset that the
    query itself names (SPARQL Protocol 2.1.4).
    """

    text: str
    table: str | None
    graph: str | None
    base: str
    default_graphs: list[str] | None = None
    named_graphs: list[str] | None = None


@dataclass(frozen=True)
class QuestionTask:
    """A saved question to ask, with the texts given for its parameters."""

    name: str
    values: dict[str, str]
    table: str | None
    graph: str | None


Task = QueryTask | QuestionTask


@dataclass(frozen=True)
class Reply:
    """What became of a task: an HTTP status with an answer, or with the sentence that says why there is none.

    A large answer lies in a file that the server and its workers know of; `file` is that, opened by the server.
    """

    status: int
    media: str = ""
    size: int | None = None
    sentence: str = ""
    in_file: bool = False
    body: bytes = field(default=b"", repr=False)
    file: BinaryIO | None = field(default=None, repr=False)


def task_bytes(task: Task) -> bytes:
    """Return `task` as a message."""
    return _message({"task": type(task).__name__, **asdict(task)}, b"")


def reply_bytes(reply: Reply) -> bytes:
    """Return `reply` as a message."""
    head = {name: value for name, value in vars(reply).items() if name not in {"body", "file"}}
    return _message(head, reply.body)


def task_from(head: bytes) -> Task:
    """Return the task of a message's head."""
    fields = json.loads(head)
    kinds: dict[str, type[Task]] = {"QueryTask": QueryTask, "QuestionTask": QuestionTask}
    return kinds[fields.pop("task")](**fields)


def reply_from(head: bytes, body: bytes) -> Reply:
    """Return the reply of a message."""
    return Reply(**json.loads(head), body=body)


def read_message(stream: BinaryIO) -> tuple[bytes, bytes] | None:
    """Return head and body of the next message, or None at the end of the stream."""
    lengths = stream.read(LENGTHS.size)
    if len(lengths) < LENGTHS.size:
        return None
    head, body = LENGTHS.unpack(lengths)
    return stream.read(head), stream.read(body)


def _message(head: dict[str, Any], body: bytes) -> bytes:
    text = json.dumps(head).encode()
    return LENGTHS.pack(len(text), len(body)) + text + body
