"""The workers of a server: each runs one task at a time; one that takes too long or dies is replaced."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from asyncio import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final

from provkg.errors import CannotRun, QueryTimedOut
from provkg.server.messages import LENGTHS, Reply, Task, reply_from, task_bytes

START_SECONDS: Final = 30.0


@dataclass(frozen=True)
class Limits:
    """What one query may take: seconds, and bytes of answer."""

    seconds: float
    answer: int


class WorkerDied(CannotRun):
    """A query ended the process that ran it."""


class Busy(CannotRun):
    """Every worker has been at work for as long as a query may take."""


class Worker:
    """One query process, seen from the server."""

    def __init__(self, process: subprocess.Process, answers: Path) -> None:
        self._process = process
        self._answer = answers / str(process.pid)
        self.remark = ""

    @classmethod
    async def start(cls, folder: Path, limits: Limits, answers: Path) -> Worker:
        """Start a process and wait until it listens; `remark` is what it has to say then.

        Its large answers go through files in the folder `answers`.
        """
        given = (str(folder), str(limits.seconds), str(limits.answer), str(answers))
        command = (sys.executable, "-m", "provkg.server.worker", *given)
        process = await subprocess.create_subprocess_exec(*command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        worker = cls(process, answers)
        async with worker._killed_unless_done(), asyncio.timeout(START_SECONDS):
            worker.remark = (await worker._received()).sentence
        return worker

    @property
    def alive(self) -> bool:
        """Whether the process can take a task."""
        return self._process.returncode is None

    async def ask(self, task: Task, seconds: float) -> Reply:
        """Return the reply to `task`; raises `QueryTimedOut`, `WorkerDied`, and then the process is gone."""
        async with self._killed_unless_done():
            try:
                async with asyncio.timeout(seconds):
                    return await self._asked(task)
            except TimeoutError:
                raise QueryTimedOut(f"the query ran longer than {seconds:g} s and was stopped; ask for less") from None

    async def stop(self) -> None:
        """End the process."""
        if self.alive:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        self._answer.unlink(missing_ok=True)

    async def _asked(self, task: Task) -> Reply:
        stdin = self._process.stdin
        if stdin is None:
            raise WorkerDied("the query process takes no tasks")
        with suppress(ConnectionError):
            stdin.write(task_bytes(task))
            await stdin.drain()
        reply = await self._received()
        return replace(reply, file=self._opened()) if reply.in_file else reply

    def _opened(self) -> BinaryIO:
        # Without its name, the file lives as long as somebody reads it, and the worker may write the next one.
        file = self._answer.open("rb")
        self._answer.unlink()
        return file

    async def _received(self) -> Reply:
        stdout = self._process.stdout
        if stdout is None:
            raise WorkerDied("the query process gives no replies")
        try:
            head, body = LENGTHS.unpack(await stdout.readexactly(LENGTHS.size))
            return reply_from(await stdout.readexactly(head), await stdout.readexactly(body))
        except asyncio.IncompleteReadError:
            sentence = "the query ended the process that ran it, by its depth or its need of memory; write it simpler"
            raise WorkerDied(sentence) from None

    @asynccontextmanager
    async def _killed_unless_done(self) -> AsyncIterator[None]:
        # After a reply that was not read to its end, the next one could not be told apart from it.
        try:
            yield
        except BaseException:
            await self.stop()
            raise


class Pool:
    """A number of workers on one graph; an asynchronous context manager.

    `remarks` are the sentences that the person who serves should know, from its start on.
    """

    def __init__(self, folder: Path, *, workers: int, limits: Limits) -> None:
        self._folder, self._count, self._limits = folder, workers, limits
        # Most recently used first: its snapshot and its caches are the warmest.
        self._idle: asyncio.LifoQueue[Worker | None] = asyncio.LifoQueue()
        self.remarks: tuple[str, ...] = ()

    async def __aenter__(self) -> Pool:
        self._answers = tempfile.TemporaryDirectory(prefix="provkg-answers-")
        started = await asyncio.gather(*(self._start() for _ in range(self._count)))
        self.remarks = tuple(dict.fromkeys(worker.remark for worker in started if worker.remark))
        for worker in started:
            self._idle.put_nowait(worker)
        return self

    async def __aexit__(self, *_: object) -> None:
        while not self._idle.empty():
            if worker := self._idle.get_nowait():
                await worker.stop()
        self._answers.cleanup()

    async def ask(self, task: Task) -> Reply:
        """Return the reply of the next idle worker; raises `Busy`, `QueryTimedOut`, `WorkerDied`."""
        worker = await self._next()
        try:
            if worker is None or not worker.alive:
                worker = await self._start()
            return await worker.ask(task, self._limits.seconds)
        finally:
            self._idle.put_nowait(worker)

    async def _start(self) -> Worker:
        return await Worker.start(self._folder, self._limits, Path(self._answers.name))

    async def _next(self) -> Worker | None:
        try:
            async with asyncio.timeout(self._limits.seconds):
                return await self._idle.get()
        except TimeoutError:
            raise Busy(f"all {self._count} query processes are busy; try again in a moment") from None
