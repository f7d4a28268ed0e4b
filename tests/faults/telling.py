"""How processes under attack tell what was acknowledged to them: by datagrams, which outlive their sender."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

LARGEST: Final = 1 << 21
SETTLED_SECONDS: Final = 0.05


@dataclass(frozen=True)
class Said:
    """What process `pid` told at `at`, on the monotonic clock that all processes share."""

    pid: int
    at: float
    what: str
    facts: dict[str, Any]


class Teller:
    """Tells the listener at `address`; sending to a socket is none of the calls in which faults are injected."""

    def __init__(self, address: Path) -> None:
        self._address = str(address)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LARGEST)

    def __call__(self, what: str, **facts: Any) -> None:
        """Tell it; the kernel has it when the call returns, whatever becomes of this process."""
        said = json.dumps([os.getpid(), time.monotonic(), what, facts], ensure_ascii=False)
        self._socket.sendto(said.encode("utf-8", "replace"), self._address)

    def write(self, text: str) -> int:
        """Take what is written to stderr: a fault in writing is to hit the files of provkg, not the terminal."""
        if text.strip():
            self("stderr", text=text)
        return len(text)

    def flush(self) -> None:
        """Nothing waits."""

    def isatty(self) -> bool:
        """Nobody watches."""
        return False


class Listener:
    """Hears what the processes of one scene tell, in the order of each; it lies outside of what faults befall."""

    def __init__(self, address: Path) -> None:
        self.address = address
        self.heard: list[Said] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(address))
        self._socket.settimeout(SETTLED_SECONDS)
        self._quiet = threading.Event()
        self._closed = False
        self._thread = threading.Thread(target=self._listen, name="listener", daemon=True)
        self._thread.start()

    def settle(self) -> list[Said]:
        """Return all that was told before this call."""
        self._quiet.clear()
        self._quiet.wait(10)
        self._quiet.clear()
        self._quiet.wait(10)
        return list(self.heard)

    def close(self) -> None:
        """Listen no longer."""
        self._closed = True
        self._thread.join()
        self._socket.close()
        self.address.unlink()

    def _listen(self) -> None:
        while not self._closed:
            try:
                content = self._socket.recv(LARGEST)
            except TimeoutError:
                self._quiet.set()
            else:
                pid, at, what, facts = json.loads(content)
                self.heard.append(Said(pid, at, what, facts))
