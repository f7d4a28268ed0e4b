"""Which of a fixed list of facts can be read from what a tool has kept of one training in a git repository.

A fact counts where its text, or for a number its eight bytes, stands in a file of the tool's; of provkg's in what it
exports. Sources and licences count where a call of the tool has a place for them.
"""

from __future__ import annotations

import hashlib
import json
import platform
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.overhead.tools import Environments, Tool, scratch

HERE: Final = Path(__file__).parent
PROGRAM: Final = """import sys
sys.path[:0] = [{here!r} + "/works", {here!r}]
from one_training import main
main(*sys.argv[1:4])
"""


@dataclass(frozen=True)
class Scene:
    """A repository with a training in it, and what is true of it."""

    folder: Path
    own: dict[str, Any]
    facts: dict[str, tuple[bytes, ...]]


def scene(folder: Path, python: Path) -> Scene:
    """Make the repository, with a change that is not committed."""
    repository = folder / "repository"
    repository.mkdir()
    data, model = repository / "rows.csv", repository / "network.bin"
    data.write_text("a,b\n" + "".join(f"{n},{n * n}\n" for n in range(50)))
    model.write_bytes(b"weights of a small network")
    (repository / "train.py").write_text(PROGRAM.format(here=str(HERE)))
    (repository / "settings.py").write_text("RATE = 1\n")
    _git(repository, "init", "-q", "-b", "branch-of-facts")
    _git(repository, "remote", "add", "origin", "https://example.org/facts/repository.git")
    _git(repository, "add", "train.py", "settings.py")
    _git(repository, "commit", "-q", "-m", "first")
    (repository / "settings.py").write_text("RATE = 1\nCHANGED_BY_HAND = 20771\n")
    own = {
        "params": {"rate": 0.123456789, "seed": 48611},
        "name": "rows-of-facts",
        "data": str(data),
        "model": str(model),
        "source": "https://example.org/where/rows/come/from",
        "license": "CC-BY-SA-4.0",
        "loss": 0.987654321,
        "step": "standardize-of-facts",
        "part": 41,
        "error": "an error 31337",
    }
    return Scene(repository, own, _facts(own, repository, data, model, python))


Facts = dict[str, tuple[bytes, ...]]
PACKAGES: Final = """import importlib.metadata as metadata, json
print(json.dumps(sorted({f"{each.name}|{each.version}" for each in metadata.distributions()})))
"""


def _facts(own: dict[str, Any], repository: Path, data: Path, model: Path, python: Path) -> Facts:
    packages = json.loads(subprocess.run([str(python), "-c", PACKAGES], capture_output=True, check=True).stdout)
    named = dict(each.split("|", 1) for each in packages)
    name, release = next((name, named[name]) for name in ("numpy", "attrs", "click") if name in named)
    commit = _git(repository, "rev-parse", "HEAD")
    members = b"".join(f"{n}\n".encode() for n in range(own["part"]))
    return {
        "a parameter": _number(own["params"]["rate"]),
        "the seed": (b"48611",),
        "a metric's value": _number(own["loss"]),
        "the commit": (commit.encode(),),
        "the branch": (b"branch-of-facts",),
        "the remote": (b"https://example.org/facts/repository",),
        "the uncommitted change": (b"CHANGED_BY_HAND = 20771",),
        "the script": (b"train.py",),
        "its arguments": (b"--flag-of-facts",),
        "the version of Python": (platform.python_version().encode(),),
        "a package and its version": tuple(
            f"{name}{sign}{release}".encode() for sign in ("==", "@", "|", '" "', '","version":"')
        ),
        "the processor": (_processor(),),
        "the operating system": (platform.release().encode(),),
        "the data's name": (b"rows-of-facts",),
        "the data's SHA-256": (hashlib.sha256(data.read_bytes()).hexdigest().encode(),),
        "any digest of the data": _digests(data.read_bytes()),
        "where the data come from": (own["source"].encode(),),
        "the data's licence": (own["license"].encode(),),
        "which rows were trained on": (hashlib.sha256(members).hexdigest().encode(), b"membershipDigest"),
        "the preprocessing step": (b"standardize-of-facts",),
        "the model's SHA-256": (hashlib.sha256(model.read_bytes()).hexdigest().encode(),),
        "the error of a failed run": (b"an error 31337",),
    }


def _number(value: float) -> tuple[bytes, ...]:
    return (
        repr(value).encode(),
        f"{value:.9E}".rstrip("0").encode(),
        struct.pack("<d", value),
        struct.pack(">d", value),
    )


def _digests(content: bytes) -> tuple[bytes, ...]:
    from base64 import b64encode

    made = [hashlib.new(kind, content, usedforsecurity=False).digest() for kind in ("sha256", "md5", "sha1")]
    return tuple(each.hex().encode() for each in made) + tuple(b64encode(each) for each in made)


def _processor() -> bytes:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "?").encode()


def _git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    return subprocess.run(
        ["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


def found(environments: Environments, tool: Tool) -> dict[str, bool] | None:
    """Return which facts can be read from what `tool` kept; None where it cannot run."""
    python = environments.python(tool)
    if python is None:
        return None
    with scratch() as place:
        made, kept = scene(place, python), place / "kept"
        kept.mkdir()
        asked = [str(python), "train.py", tool.arm, str(kept), json.dumps(made.own), "--flag-of-facts"]
        done = subprocess.run(asked, cwd=made.folder, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{tool.arm}: {done.stderr.strip().splitlines()[-1:]}")
            return None
        text = told(tool, kept)
        return {fact: any(sign in text for sign in signs) for fact, signs in made.facts.items()}


def told(tool: Tool, kept: Path) -> bytes:
    """Return all that `tool` has kept, as text where its files are in a form of their own."""
    if tool.arm == "provkg":
        from benchmarks.overhead.arms import provkg

        return provkg.told(kept)
    files = sorted(file for file in kept.rglob("*") if file.is_file())
    return b"\0".join(part for file in files for part in (str(file.relative_to(kept)).encode(), file.read_bytes()))
