"""What lies at a path now: read in pieces, two files at a time, and never a pipe, a device or a socket."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from threading import Lock
from typing import Final, Literal

from provkg.capture.file_digests import MANIFEST, PIECE, FileDigest, manifest
from provkg.reading.files.below import files_below
from provkg.reading.files.logical import EXACT, logical_digest

READERS: Final = 2
REMEMBERED: Final = 1 << 16
PROGRESS_SECONDS: Final = 2.0


@dataclass(frozen=True)
class Seen:
    """What lies at a path: its digest and size, or `why` there is none; `link` is where a link there leads.

    Unless it is `exact`, another digest may also come from what the file's format does not keep.
    """

    kind: Literal["content", "nothing", "folder", "special", "unread", "unclear"]
    sha256: str | None = None
    size: int | None = None
    why: str = ""
    link: str | None = None
    exact: bool = True


class Looking:
    """Looks at paths in two threads; each is read once, however often it is asked for. A context manager."""

    def __init__(self, progress: Callable[[int], None]) -> None:
        self._progress, self._read, self._lock = progress, 0, Lock()
        self._stopped = False
        self._pool = ThreadPoolExecutor(READERS, "provkg-files")
        self._asked: OrderedDict[tuple[Path, str | None], Future[Seen]] = OrderedDict()

    def __enter__(self) -> Looking:
        return self

    def __exit__(self, *_: object) -> None:
        # Whoever stops going through the findings does not wait for the end of a large file.
        self._stopped = True
        self._pool.shutdown(wait=True, cancel_futures=True)

    def ask(self, path: Path, form: str | None = None) -> Future[Seen]:
        """Begin to look at `path`, for a digest of that form; None is of its bytes."""
        key = (path, form)
        if key not in self._asked:
            self._asked[key] = self._pool.submit(self._look, path, form)
            if len(self._asked) > REMEMBERED:
                self._asked.popitem(last=False)
        return self._asked[key]

    def seen(self, asked: Future[Seen]) -> Seen:
        """Return what was seen, and tell now and then how many bytes were read."""
        while not wait([asked], PROGRESS_SECONDS).done:
            self._progress(self._read)
        self._progress(self._read)
        return asked.result()

    def _look(self, path: Path, form: str | None) -> Seen:
        link = _link(path)
        try:
            kind = path.stat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            return Seen("nothing", why="a link that leads nowhere" if link else "", link=link)
        except OSError as error:
            return Seen("unread", why=error.strerror or str(error), link=link)
        try:
            if S_ISDIR(kind):
                return self._folder(path, link) if form == MANIFEST else Seen("folder", why="a folder", link=link)
            if not S_ISREG(kind):
                return Seen("special", why="a pipe, a device or a socket", link=link)
            of_bytes = form is None or form == MANIFEST
            return self._content(path, link) if of_bytes else self._logical(path, form, link)
        except FileNotFoundError:
            return Seen("nothing", link=link)
        except OSError as error:
            return Seen("unread", why=error.strerror or str(error), link=link)

    def _content(self, path: Path, link: str | None) -> Seen:
        summed, size = sha256(), 0
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb", buffering=0) as opened:
            before = os.fstat(descriptor)
            if not S_ISREG(before.st_mode):
                return Seen("special", why="a pipe, a device or a socket", link=link)
            while not self._stopped and (piece := opened.read(PIECE)):
                summed.update(piece)
                size += len(piece)
                with self._lock:
                    self._read += len(piece)
            after = os.fstat(descriptor)
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            return Seen("unread", why="somebody writes to it now", link=link)
        return Seen("content", summed.hexdigest(), size, link=link)

    def _folder(self, path: Path, link: str | None) -> Seen:
        below = files_below(path)
        if below.special:
            return Seen("unclear", why=f"it holds what is no file: {', '.join(below.special[:3])}", link=link)
        files = []
        for name in below.names:
            seen = self._content(path / name, None)
            if seen.sha256 is None or seen.size is None:
                return Seen("unread", why=f"{name}: {seen.why or 'it is gone'}", link=link)
            files.append(FileDigest(path / name, seen.sha256, seen.size))
        return Seen("content", manifest(files, path).sha256, sum(file.size for file in files), link=link)

    def _logical(self, path: Path, form: str | None, link: str | None) -> Seen:
        found, why = logical_digest(path)
        if found is None or found.form != form:
            return Seen("unclear", why=why or f"what it holds has no digest of the form {form}", link=link)
        exact = path.suffix.lower() in EXACT
        return Seen("content", found.sha256, path.stat().st_size, link=link, exact=exact)


def _link(path: Path) -> str | None:
    try:
        return str(path.resolve()) if path.is_symlink() else None
    except RuntimeError:  # Python's word for a link to itself
        return "itself"
    except OSError:  # of a name that is too long: what comes next says so
        return None
