"""Asking a witness: over HTTP, where somebody named its address, or in its folder on this machine."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http import HTTPStatus
from pathlib import Path
from threading import Timer
from typing import Final
from urllib.parse import urlsplit

from provkg.errors import BadParameter, NotCosigned
from provkg.witness.service import PATH
from provkg.witness.witness import SIZE_MEDIA, TEXT_MEDIA, Answer, Witness

SECONDS: Final = 20.0
MOST_ANSWER: Final = 1 << 20
_SIZE: Final = re.compile(rb"(0|[1-9][0-9]{0,18})\n")


def is_address(where: str) -> bool:
    """Whether `where` is an address of the web, and not a path."""
    return where.startswith(("http://", "https://"))


def ask(where: str, body: bytes, *, seconds: float = SECONDS) -> Answer:
    """Return what the witness at the submission prefix or folder `where` answers; raises `NotCosigned`."""
    return _ask_web(where, body, seconds) if is_address(where) else Witness.open(Path(where)).answer(body)


def size_in(answer: Answer) -> int | None:
    """Return how many entries a witness says that it cosigned, where its answer is a conflict and says so."""
    found = _SIZE.fullmatch(answer.body)
    is_conflict = answer.status == HTTPStatus.CONFLICT and answer.media.partition(";")[0].strip() == SIZE_MEDIA
    return int(found[1]) if found and is_conflict else None


def _ask_web(where: str, body: bytes, seconds: float) -> Answer:
    # `http.client` goes where it is told and nowhere else: it follows no redirection and reads no proxy settings.
    connection, path = _connection(where, seconds)
    try:
        connection.connect()
        with closing(connection), _at_most(seconds, connection.sock):
            connection.request("POST", path, body, {"Content-Type": TEXT_MEDIA})
            response = connection.getresponse()
            said = response.read(MOST_ANSWER + 1)
            status = HTTPStatus(response.status)
    except (OSError, http.client.HTTPException) as error:
        raise NotCosigned(f"the witness at {where} cannot be reached: {str(error) or type(error).__name__}") from None
    except ValueError:
        raise NotCosigned(f"the witness at {where} answered with a status that there is not") from None
    if len(said) > MOST_ANSWER:
        raise NotCosigned(f"the witness at {where} answered with more than {MOST_ANSWER:,} bytes")
    if response.length:
        raise NotCosigned(f"the witness at {where} did not answer to the end")
    why = said.decode("utf-8", "replace").strip().partition("\n")[0][:300]
    return Answer(status, said, response.headers.get("Content-Type", ""), why)


@contextmanager
def _at_most(seconds: float, connected: socket.socket) -> Iterator[None]:
    """Hang up after that time: the limit of the socket begins anew with every byte that arrives."""

    def hang_up() -> None:
        with suppress(OSError):
            connected.shutdown(socket.SHUT_RDWR)

    ending = Timer(seconds, hang_up)
    ending.daemon = True
    ending.start()
    try:
        yield
    finally:
        ending.cancel()


def _connection(where: str, seconds: float) -> tuple[http.client.HTTPConnection, str]:
    try:
        parts = urlsplit(where)
        port = parts.port
    except ValueError as error:
        raise BadParameter(f"{where!r} is no address of a witness: {error}") from None
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    if not parts.hostname or not plain or re.search(r"[^!-~]", where):
        raise BadParameter(f"{where!r} is no address of a witness; take its submission prefix, https://HOST/PATH")
    path = parts.path.rstrip("/") + PATH
    if parts.scheme == "http":
        return http.client.HTTPConnection(parts.hostname, port, timeout=seconds), path
    context = ssl.create_default_context()
    return http.client.HTTPSConnection(parts.hostname, port, timeout=seconds, context=context), path
