"""The witness as a service: add-checkpoint over HTTP, as C2SP tlog-witness has it, with the standard library alone."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from provkg.errors import CannotRun, ProvkgError
from provkg.witness.submission import MOST_BYTES
from provkg.witness.witness import TEXT_MEDIA, Answer, Witness

PATH: Final = "/add-checkpoint"
HOST: Final = "127.0.0.1"
PORT: Final = 7881
# Whoever sends a byte now and then must not keep others from being served for ever.
SILENCE_SECONDS: Final = 30.0
MOST_CONNECTIONS: Final = 64


class WitnessServer(ThreadingHTTPServer):
    """Serves one witness; `say` gets a sentence for each answer."""

    daemon_threads = True
    request_queue_size = MOST_CONNECTIONS

    def __init__(self, witness: Witness, host: str, port: int, say: Callable[[str], None]) -> None:
        self.witness, self.say = witness, say
        self._free = threading.BoundedSemaphore(MOST_CONNECTIONS)
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            super().__init__((host, port), _Handler)
        except OSError as error:
            raise CannotRun(f"cannot serve at {host}:{port}: {error.strerror}; take another with --port") from None

    def server_bind(self) -> None:
        """Bind, and ask no name server what this machine is called."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give a connection its thread, once one of the most that there may be is free."""
        self._free.acquire()
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._free.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve a connection to its end."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the standard library's
        """Say nothing of connections that broke, and of anything else what it was."""
        error = sys.exception()
        if not isinstance(error, OSError):
            self.say(f"a connection was not served: {error!r}")


class _Handler(BaseHTTPRequestHandler):
    server: WitnessServer
    protocol_version = "HTTP/1.1"
    timeout = SILENCE_SECONDS

    def do_POST(self) -> None:
        if self.path != PATH:
            self._refuse(HTTPStatus.NOT_FOUND, f"there is nothing here; a witness answers to POST {PATH}")
            return
        length = self._length()
        if length is None:
            self._refuse(HTTPStatus.LENGTH_REQUIRED, "the request must say once how long its body is")
        elif length > MOST_BYTES:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a request has at most {MOST_BYTES:,} bytes")
        else:
            body = self.rfile.read(length)
            if len(body) == length:
                self._answer(body)

    def do_GET(self) -> None:
        here = self.path == PATH
        status = HTTPStatus.METHOD_NOT_ALLOWED if here else HTTPStatus.NOT_FOUND
        self._refuse(status, f"a witness answers to POST {PATH}", {"Allow": "POST"} if here else {})

    def do_HEAD(self) -> None:
        self.do_GET()

    def _length(self) -> int | None:
        given = self.headers.get_all("Content-Length", [])
        one = len(given) == 1 and given[0].isascii() and given[0].isdigit() and len(given[0]) < 20
        return int(given[0]) if one and "Transfer-Encoding" not in self.headers else None

    def _answer(self, body: bytes) -> None:
        try:
            answer = self.server.witness.answer(body)
        except ProvkgError as error:
            # What is wrong with its disk is for the witness's owner.
            self.server.say(f"cosigned nothing: {error}")
            said = b"the witness cannot remember what it cosigns, and so cosigns nothing now\n"
            answer = Answer(HTTPStatus.INTERNAL_SERVER_ERROR, said, TEXT_MEDIA, "")
        else:
            self.server.say(f"{answer.status.value} {answer.why}")
        self._send(answer, {})

    def _refuse(self, status: HTTPStatus, why: str, headers: dict[str, str] | None = None) -> None:
        # Its body, if there is one, was not read: the next request would begin in it.
        self.close_connection = True
        self._send(Answer(status, f"{why}\n".encode(), TEXT_MEDIA, why), {"Connection": "close", **(headers or {})})

    def _send(self, answer: Answer, headers: dict[str, str]) -> None:
        self.send_response(answer.status)
        sent = {"Content-Type": answer.media, "Content-Length": str(len(answer.body)), **headers}
        for name, value in {**sent, "X-Content-Type-Options": "nosniff"}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def version_string(self) -> str:
        """Say what this is, and not by which versions of what."""
        return "provkg"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
        """Say nothing of who asked."""


def serve(witness: Witness, *, host: str = HOST, port: int = PORT, say: Callable[[str], None]) -> None:
    """Serve `witness` until the process is told to stop; raises `CannotRun` for an address that is taken."""
    with WitnessServer(witness, host, port, say) as server:
        shown = f"[{host}]" if ":" in host else host
        say(f"cosigning at http://{shown}:{server.server_port}{PATH} (stop with Ctrl-C)")
        server.serve_forever()
