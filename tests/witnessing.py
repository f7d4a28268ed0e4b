"""A log and a witness for the tests, worked out from RFC 6962 and the C2SP texts without the code under test."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.commands import ROOT, environment
from tests.test_merkle import recursive_root
from tests.test_merkle_proofs import naive_proof

ORIGIN = "log.example/a"


def b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


class NaiveLog:
    """A log over `leaves` that signs as `origin`."""

    def __init__(self, leaves: Sequence[bytes], origin: str = ORIGIN, seed: bytes = bytes(32)) -> None:
        self.leaves, self.origin = list(leaves), origin
        self._secret = Ed25519PrivateKey.from_private_bytes(seed)
        public = b"\x01" + self._secret.public_key().public_bytes_raw()
        self._key_id = sha256(origin.encode() + b"\n" + public).digest()[:4]
        self.vkey = f"{origin}+{self._key_id.hex()}+{b64(public)}"

    def text(self, size: int) -> str:
        return f"{self.origin}\n{size}\n{b64(recursive_root(self.leaves[:size]))}\n"

    def sign(self, text: str) -> str:
        return f"{text}\n\u2014 {self.origin} {b64(self._key_id + self._secret.sign(text.encode()))}\n"

    def checkpoint(self, size: int) -> str:
        return self.sign(self.text(size))

    def body(self, old: int, size: int) -> bytes:
        proof = naive_proof(old, self.leaves[:size]) if 0 < old < size else []
        return body(old, proof, self.checkpoint(size))


def body(old: int | str, proof: Sequence[bytes], checkpoint: str) -> bytes:
    """Return an add-checkpoint request as tlog-witness words it."""
    return ("".join(f"{line}\n" for line in [f"old {old}", *map(b64, proof), ""]) + checkpoint).encode()


@contextmanager
def serving_witness(folder: Path) -> Iterator[httpx.Client]:
    """Serve the witness in `folder` in a process of its own, and yield a client whose addresses start there."""
    with (
        witness_process(folder) as (_, address),
        httpx.Client(base_url=address, timeout=30, trust_env=False) as client,
    ):
        yield client


@contextmanager
def witness_process(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Serve the witness in `folder` in a process of its own, and yield that with its address."""
    command = [sys.executable, "-m", "provkg", "witness", str(folder), "--serve", "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=environment()
    ) as process:
        try:
            yield process, _address(process)
        finally:
            process.terminate()
            process.communicate(timeout=20)


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    seen = ""
    for line in process.stderr:
        seen += line
        if found := re.search(r"cosigning at (http://\S+)/add-checkpoint", line):
            return found[1]
    raise AssertionError(seen)
