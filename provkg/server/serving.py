"""Runs the server: checks the address, binds it, says where it is, and serves until it is told to stop."""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import ip_address
from typing import Final

from provkg.errors import CannotRun, MissingExtra, UsageError
from provkg.folder import Folder

HOST: Final = "127.0.0.1"
PORT: Final = 7880
# Room for the longest address that `protocol` reads, so that it can say what is wrong with a longer one.
MAX_HEAD: Final = 1024 * 1024


def serve(
    folder: Folder,
    *,
    host: str = HOST,
    port: int = PORT,
    seconds: float,
    answer_mib: int,
    workers: int,
    say: Callable[[str], None],
) -> None:
    """Serve the graph in `folder` until the process is told to stop; `say` gets the address and remarks.

    Raises `UsageError` for an address that others can reach, `CannotRun` for one that is taken, `MissingExtra`.
    """
    checked_host(host)
    try:
        import uvicorn

        from provkg.server.answers import MIB
        from provkg.server.app import application
        from provkg.server.pool import Limits
    except ModuleNotFoundError as error:
        if error.name not in {"uvicorn", "starlette"}:
            raise
        raise MissingExtra(f'{error.name} is not installed; run: pip install "provkg[server]"') from None
    bound = _bound(host, port)
    app = application(folder, workers=workers, limits=Limits(seconds, answer_mib * MIB), say=say)
    config = uvicorn.Config(
        app, log_level="warning", http="h11", h11_max_incomplete_event_size=MAX_HEAD, server_header=False
    )
    address = f"[{host}]" if ":" in host else host
    say(f"SPARQL at http://{address}:{bound.getsockname()[1]}/sparql (stop with Ctrl-C)")
    uvicorn.Server(config).run(sockets=[bound])


def checked_host(host: str) -> str:
    """Return `host`; raises `UsageError` unless only this machine can reach it."""
    try:
        loopback = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise UsageError(f"{host} can be reached by others, and this server knows no tokens; serve at {HOST}")
    return host


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        # From here on a client is kept waiting instead of turned away.
        bound.listen()
    except OSError as error:
        bound.close()
        raise CannotRun(f"cannot serve at {host}:{port}: {error.strerror}; take another with --port") from None
    return bound
