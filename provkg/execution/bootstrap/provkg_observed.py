"""Says which files a Python program opens, to the file that `PROVKG_TRACE` names; standard library only.

It runs in whatever Python the program has, perhaps one without provkg, and so early that every import counts. A line
is a letter (`r` read, `w` written, `u` both, `m` moved, `d` about to change, with the digest of what was read, `p` a
Python that begins, `e` an error that ends it), the time in nanoseconds, and words as ASCII literals. Frameworks that
`PROVKG_AUTOLOG` names are recorded from the moment they are imported.
"""

from __future__ import annotations

import os
import sys
import time
from _thread import get_ident
from stat import S_ISREG

TYPE_CHECKING = False  # typing takes long to import
if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.machinery import ModuleSpec
    from typing import Any

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CODE = (".py", ".pyc", ".pyi", ".so", ".pth", ".egg-link")
LONGEST_ERROR = 2000
LARGEST = 1 << 24
"""Of larger files the digest is left to whoever watches, who looks moments after they were read."""
SYSTEM = ("/proc/", "/sys/", "/dev/", "/etc/", "/usr/", "/lib/", "/lib64/", "/bin/", "/sbin/")


def begin() -> None:
    """Watch what this process and its forks open from now on."""
    place = os.environ.get("PROVKG_TRACE")
    if place:
        sys.addaudithook(watch := _Watch(place))
        watch("p", (sys.prefix,))
    names = os.environ.get("PROVKG_AUTOLOG", "")
    if names:
        sys.meta_path.insert(0, _Frameworks(frozenset(names.split(","))))


def say(trace: str, letter: str, *words: str) -> None:
    """Write one line to `trace`."""
    # Opened each time: a number kept open might be closed by the program, and given to a file of its own.
    file = os.open(trace, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
    try:
        os.write(file, f"{letter} {time.time_ns()} {' '.join(map(ascii, words))}\n".encode())
    finally:
        os.close(file)


class _Watch:
    """Sees what this process opens, moves and removes; an input that it is about to change gets its digest first."""

    def __init__(self, trace: str) -> None:
        self.trace = trace
        self.seen: set[tuple[str, ...]] = set()
        self.read: dict[str, str] = {}  # where files lie that were read, and where they lay then
        self.written = {trace}
        self.inside: set[int] = set()
        places = {sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.dirname(os.__file__)}  # noqa: PTH120
        self.own = (*(os.path.join(each, "") for each in places if each not in ("/", "/usr")), *SYSTEM)  # noqa: PTH118
        self.acts: dict[str, Callable[..., None]] = {
            "p": self.begun,
            "open": self.opened,
            "os.rename": self.renamed,
            "os.remove": self.removed,
            "os.truncate": self.truncated,
            "sqlite3.connect": self.connected,
            "sys.excepthook": self.failed,
        }

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        act = self.acts.get(event)
        if act is None or get_ident() in self.inside:
            return
        try:  # noqa: SIM105 - contextlib takes long to import
            act(*arguments)
        except Exception:  # noqa: BLE001, S110 - a name that is no path, a folder that is gone, a full disk
            pass

    def begun(self, prefix: str) -> None:
        self.tell("p", prefix)

    def opened(self, path: Any, _: Any, flags: int) -> None:
        if isinstance(path, int):
            return
        how, name = _how(path, flags), _full(path)
        if name == self.trace or name.startswith(self.own) or name.endswith(CODE):
            return
        if how != "w" and name not in self.written:
            self.read.setdefault(name, name)
        if how != "r":
            self.keep(name)
            self.written.add(name)
        self.tell(how, name)

    def renamed(self, path: Any, to: Any, folder: int, folder_of_to: int) -> None:
        if folder != -1 or folder_of_to != -1:
            return
        name, place = _full(path), _full(to)
        if name.startswith(self.own) or name.endswith(CODE):
            return
        self.keep(place)
        self.written.discard(place)
        if name in self.read:
            self.read[place] = self.read.pop(name)
        if name in self.written:
            self.written.add(place)
        self.tell("m", name, place)

    def removed(self, path: Any, folder: int) -> None:
        if folder == -1:
            self.keep(_full(path))

    def truncated(self, path: Any, _: int) -> None:
        if not isinstance(path, int):
            self.keep(_full(path))

    def connected(self, path: Any) -> None:
        if isinstance(path, str | bytes) and not os.fsdecode(path).startswith((":", "file:")):
            self.opened(path, None, os.O_RDWR)

    def failed(self, _: Any, kind: type[BaseException], error: BaseException, __: Any) -> None:
        name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
        said = str(error)
        say(self.trace, "e", sys.argv[0], f"{name}: {said}"[:LONGEST_ERROR] if said else name)

    def tell(self, letter: str, *names: str) -> None:
        if (letter, *names) not in self.seen:
            self.seen.add((letter, *names))
            say(self.trace, letter, *names)

    def keep(self, place: str) -> None:
        """Tell the digest of a file that was read and is about to change, unless that takes long."""
        name = self.read.pop(place, None)
        if name is None:
            return
        status = os.stat(place)  # noqa: PTH116
        if not S_ISREG(status.st_mode) or status.st_size > LARGEST:
            return
        self.inside.add(get_ident())
        try:
            say(self.trace, "d", name, f"{_digest(place)} {status.st_size} {status.st_mtime_ns}")
        finally:
            self.inside.discard(get_ident())


def _digest(place: str) -> str:
    from hashlib import sha256  # for the few programs that change what they have read

    with open(place, "rb", buffering=0) as file:  # noqa: PTH123
        return sha256(file.read()).hexdigest()


def _full(path: Any) -> str:
    return os.path.abspath(os.fsdecode(path))  # noqa: PTH100


def _how(path: Any, flags: int) -> str:
    if not flags & WRITING:
        return "r"
    reads = flags & os.O_RDWR and not flags & os.O_TRUNC
    return "u" if reads and os.path.isfile(path) else "w"  # noqa: PTH113


class _Frameworks:
    """Switches recording on when the first of some frameworks is imported, and steps aside."""

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:  # noqa: ARG002
        """Return what others find for `name`, watched where it is one of ours."""
        if name not in self.names:
            return None
        sys.meta_path.remove(self)
        try:
            import provkg

            provkg.autolog()
        except ImportError:
            return None  # a Python without provkg: its files are recorded, and that it ran
        except Exception as error:  # noqa: BLE001
            sys.stderr.write(f"provkg: could not record what {name} does: {error!r}\n")
            return None
        from importlib.util import find_spec

        return find_spec(name)
