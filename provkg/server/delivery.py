"""Keeps what training processes report flowing while only the server runs.

The server never holds the graph. When there is something new in the spool, it starts `provkg sync`, which drains it
unless another process holds the graph and so does it already.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from asyncio import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Final

from provkg.folder import Folder

PERIOD: Final = 1.0
# A holder may go without having drained everything: ask again now and then while files are waiting.
PATIENCE: Final = 15.0
State = frozenset[tuple[str, int]]


class Delivery:
    """Drains the spool of one graph, at most once a second; an asynchronous context manager."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._delivered: State | None = None
        self._next_in_any_case = 0.0
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Delivery:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        now = asyncio.get_running_loop().time
        while True:
            waiting = self._waiting()
            new = waiting != self._delivered or (waiting and now() >= self._next_in_any_case)
            if new and not self._has_holder():
                await self._sync()
                self._delivered, self._next_in_any_case = waiting, now() + PATIENCE
            await asyncio.sleep(PERIOD)

    def _waiting(self) -> State:
        return frozenset(found for file in self._folder.spool.glob("*.spool") if (found := _sized(file)))

    def _has_holder(self) -> bool:
        # Only a look, to save a process a second while training goes on; the lock itself is `provkg sync`'s to try.
        try:
            said = json.loads(self._folder.lock.read_text("utf-8"))
            return said["host"] == socket.gethostname() and Path("/proc", str(said["pid"])).exists()
        except (OSError, ValueError, KeyError, TypeError):
            return False

    async def _sync(self) -> None:
        command = (sys.executable, "-m", "provkg", "sync", "--store", str(self._folder.path), "--quiet")
        process = await subprocess.create_subprocess_exec(*command, stdin=subprocess.DEVNULL)
        # When the server goes, a sync that is under way ends by itself.
        await process.wait()


def _sized(file: Path) -> tuple[str, int] | None:
    try:
        return file.name, file.stat().st_size
    except FileNotFoundError:
        return None
