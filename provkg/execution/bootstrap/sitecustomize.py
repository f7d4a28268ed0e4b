"""Python imports this at the start of every program that `provkg exec` runs, before the program's own code."""

import os
import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec


def _begin() -> None:
    here = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - pathlib takes 10 ms to import
    try:
        import provkg_observed  # type: ignore[import-not-found]  # beside this file

        provkg_observed.begin()
    except Exception as error:  # noqa: BLE001 - the program runs whatever becomes of us
        sys.stderr.write(f"provkg: could not watch which files are opened: {error!r}\n")
    # The program sees the path, and the sitecustomize, that it would see without us.
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]  # noqa: PTH100
    sys.modules.pop("provkg_observed", None)
    hidden = PathFinder.find_spec("sitecustomize", sys.path)
    if hidden is not None and hidden.loader is not None:
        sys.modules["sitecustomize"] = module = module_from_spec(hidden)
        hidden.loader.exec_module(module)


_begin()
