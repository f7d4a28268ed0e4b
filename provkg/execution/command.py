"""The command of a run: what to call it, which code it runs, and how to start it so that it says what it opens."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provkg.capture.secrets import filtered_arguments, filtered_text
from provkg.execution.command_python import is_python
from provkg.records import Reference
from provkg.records.encoding import encoded

BOOTSTRAP: Final = Path(__file__).parent / "bootstrap"
WITH_VALUE: Final = frozenset({"-W", "-X", "--check-hash-based-pycs"})
LONGEST_LINE: Final = 4096


@dataclass(frozen=True)
class Program:
    """A command as given; `title` is what people call it, `code` the file that it runs, where one is named."""

    arguments: tuple[str, ...]

    @property
    def title(self) -> str:
        """The name of the script or module that Python is to run, else that of the command."""
        return filtered_text(Path(self._ran or self.arguments[0]).name)

    @property
    def line(self) -> str:
        """The command line without secrets."""
        return shlex.join(filtered_arguments(self.arguments))[:LONGEST_LINE]

    def code(self, folder: Path) -> Path:
        """Return the file of code that the command names, else `folder`, in which it is started."""
        ran = self._ran or self.arguments[0]
        module = folder / Path(*ran.split("."))
        candidates = (folder / ran, module.with_name(f"{module.name}.py"), module / "__main__.py")
        return next((path for path in candidates if path.is_file()), folder)

    @property
    def _ran(self) -> str | None:
        if not is_python(self.arguments[0]):
            return None
        rest = iter(self.arguments[1:])
        for argument in rest:
            if argument == "-m":
                return next(rest, None)
            if argument in WITH_VALUE:
                next(rest, None)
            elif argument == "-c" or not argument.startswith("-"):
                return argument if argument != "-c" else None
        return None


def environment_of(
    around: Mapping[str, str],
    *,
    trace: Path,
    store: Path,
    within: Reference,
    frameworks: Sequence[str],
    about: Mapping[str, str | None],
) -> dict[str, str]:
    """Return the variables for the command: what it opens goes to `trace`, what it records is part of the run.

    What was said `about` the run, such as its project, holds for the runs in it, too.
    """
    path = os.pathsep.join(filter(None, (str(BOOTSTRAP), around.get("PYTHONPATH"))))
    own = {"PYTHONPATH": path, "PROVKG_TRACE": str(trace), "PROVKG_STORE": str(store)}
    own["PROVKG_WITHIN"] = json.dumps(encoded(within))
    own |= {f"PROVKG_{name.upper()}": said for name, said in about.items() if said is not None}
    if frameworks:
        own["PROVKG_AUTOLOG"] = ",".join(frameworks)
    return {**around, **own}
