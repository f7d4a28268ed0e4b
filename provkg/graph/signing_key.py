"""The key with which a graph signs its checkpoints, and the public keys by which others check them."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from provkg.durable import sync_folder, write_once
from provkg.errors import BadKey, StorageFailed
from provkg.folder import Folder
from provkg.ledger.checkpoint import origin_of
from provkg.ledger.note import PrivateKey, PublicKey

KEY_FILE: Final = "checkpoint.key"


def signing_key(folder: Folder) -> PrivateKey:
    """Return the graph's key; a graph that never had one gets one.

    Raises `BadKey` where it is lost, or others may read it.
    """
    file = folder.keys / KEY_FILE
    if not file.exists():
        if public_keys(folder):
            raise BadKey(
                f"{file} is missing, though the graph has signed with it; restore it from your backup, or go on with "
                f"another key: provkg key --new --store {folder.path}"
            )
        return use_key(folder, PrivateKey.make(origin_of(folder.base)))
    # Whoever put it there may have died before it was published, and nobody could verify what it signs.
    return _published(read_key(file, folder), folder)


def use_key(folder: Folder, key: PrivateKey) -> PrivateKey:
    """Let the graph sign with `key` from now on, and return the key that it has then.

    The public keys of former ones stay, so that what they signed can be checked. Of two processes that give a graph
    its first key at the same time, one wins.
    """
    file = folder.keys / KEY_FILE
    try:
        if public_keys(folder):
            _replace(file, key.to_text())
        else:
            write_once(file, key.to_text().encode())
    except OSError as error:
        raise StorageFailed(f"cannot keep the signing key in {file}: {error.strerror}") from error
    return _published(read_key(file, folder), folder)


def _published(key: PrivateKey, folder: Folder) -> PrivateKey:
    """Return `key` once its public half stands among those of the graph."""
    try:
        if key.public not in (known := public_keys(folder)):
            write_public(folder.public_keys, "".join(f"{each}\n" for each in [*known, key.public]))
    except OSError as error:
        raise StorageFailed(f"cannot write {folder.public_keys}: {error.strerror}") from error
    return key


def read_key(file: Path, folder: Folder) -> PrivateKey:
    """Return the private key in `file`; raises `BadKey` where there is none, or others may read it."""
    try:
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise BadKey(f"{file} can be read by others, and so is no secret; type: chmod 600 {file}")
        return PrivateKey.parse(file.read_text("utf-8"), origin_of(folder.base))
    except OSError as error:
        raise BadKey(f"cannot read the signing key {file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadKey(f"{file} is no text, and so no key") from None


def public_keys(folder: Folder) -> list[PublicKey]:
    """Return the keys with which the graph signs or has signed, the present one last; none before the first."""
    try:
        return [PublicKey.parse(line) for line in folder.public_keys.read_text("utf-8").splitlines()]
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError, BadKey) as error:
        raise BadKey(f"{folder.public_keys}: {error}") from None


def write_public(file: Path, text: str) -> None:
    """Write a file for all who may read the graph, whole or not at all."""
    file.parent.mkdir(mode=0o750, exist_ok=True)
    _replace(file, text, mode=0o640)


def _replace(file: Path, text: str, *, mode: int = 0o600) -> None:
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    write_once(draft, text.encode())
    draft.chmod(mode)
    draft.replace(file)
    sync_folder(file.parent)
