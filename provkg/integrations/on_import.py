"""Acts on a module when the user's program imports it, so that nothing is imported that the program does not need."""

from __future__ import annotations

import importlib.util
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Final

from provkg.capture.trouble import attempt

Act = Callable[[ModuleType], None]
_waiting: Final[dict[str, list[Act]]] = {}
_looking = threading.local()


def when_imported(name: str, act: Act) -> None:
    """Call `act` with the module `name`: now where it is imported, else after its import; failures are only said."""
    module = sys.modules.get(name)
    if module is not None:
        if not getattr(module.__spec__, "_initializing", False):
            _told(name, act, module)
        else:
            # The finder below has been passed already. Importing it again waits until whoever imports it is done.
            waiting = partial(_tell_then, name, act)
            threading.Thread(target=waiting, name=f"provkg waits for {name}", daemon=True).start()
        return
    _waiting.setdefault(name, []).append(act)
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


def _tell_then(name: str, act: Act) -> None:
    try:
        module = import_module(name)
    except Exception:  # noqa: BLE001 - the import failed, of which its importer is told
        return
    _told(name, act, module)


class _Finder(MetaPathFinder):
    """Finds a module as the other finders do, and lets its loader tell when it has been loaded."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - the protocol of finders
        target: Any = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        """Return the spec that others find, with a loader that acts; None for modules that nobody waits for."""
        if fullname not in _waiting or fullname in _looked_for():
            return None
        _looked_for().add(fullname)
        try:
            spec = importlib.util.find_spec(fullname)
        finally:
            _looked_for().discard(fullname)
        if spec is not None and spec.loader is not None:
            _act_after(spec.loader, fullname)
        return spec


def _looked_for() -> set[str]:
    if not hasattr(_looking, "names"):
        _looking.names = set()
    names: set[str] = _looking.names
    return names


def _act_after(loader: Loader, name: str) -> None:
    load = loader.exec_module

    def load_and_tell(module: ModuleType) -> None:
        load(module)
        for act in _waiting.pop(name, []):
            _told(name, act, module)

    # On this one loader, whose kind stays what other tools expect it to be.
    attempt(f"wait for the import of {name}", lambda: setattr(loader, "exec_module", load_and_tell))


def _told(name: str, act: Act, module: ModuleType) -> None:
    attempt(f"record what {name} does", lambda: act(module))
