"""Says which files a Python program opens, to the file that `PROVKG_TRACE` names; standard library only.

It runs in whatever Python the program has, perhaps one without provkg, and so early that every import counts. A line
is a letter (`r` read, `w` written, `u` both, `m` moved, `p` a Python that begins), the time in nanoseconds, and paths
as ASCII literals. Frameworks named in `PROVKG_AUTOLOG` are recorded from the moment they are imported.
"""

from __future__ import annotations

import os
import sys
import time

TYPE_CHECKING = False  # typing takes long to import
if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.machinery import ModuleSpec
    from typing import Any

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CODE = (".py", ".pyc", ".pyi", ".so", ".pth", ".egg-link")
SYSTEM = ("/proc/", "/sys/", "/dev/", "/etc/", "/usr/", "/lib/", "/lib64/", "/bin/", "/sbin/")


def begin() -> None:
    """Watch what this process and its forks open from now on."""
    place = os.environ.get("PROVKG_TRACE")
    if place:
        say(place, "p", sys.prefix)
        sys.addaudithook(_hook(place))
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


def _hook(trace: str) -> Callable[[str, tuple[Any, ...]], None]:
    seen: set[tuple[str, ...]] = {("w", trace)}
    own = (
        tuple(
            os.path.join(folder, "")  # noqa: PTH118
            for folder in {sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.dirname(os.__file__)}  # noqa: PTH120
            if folder not in ("/", "/usr")
        )
        + SYSTEM
    )

    def tell(letter: str, *paths: Any) -> None:
        full = [os.path.abspath(os.fsdecode(path)) for path in paths]  # noqa: PTH100
        if (letter, *full) in seen or full[0].startswith(own) or full[0].endswith(CODE):
            return
        seen.add((letter, *full))
        say(trace, letter, *full)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event != "open" and event != "os.rename" and event != "sqlite3.connect":
            return
        try:
            if event == "open":
                path, _, flags = arguments
                if not isinstance(path, int):
                    tell(_how(path, flags), path)
            elif event == "os.rename":
                if arguments[2] == arguments[3] == -1:
                    tell("m", *arguments[:2])
            elif isinstance(arguments[0], str | bytes) and not str(arguments[0]).startswith((":", "file:")):
                tell(_how(arguments[0], os.O_RDWR), arguments[0])
        except Exception:  # noqa: BLE001, S110 - a name that is no path, a folder that is gone, a full disk
            pass

    return hook


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
