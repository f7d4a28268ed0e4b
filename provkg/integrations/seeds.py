"""Seeds that a program sets by the functions of Python, NumPy and frameworks, seen and left as they are."""

from __future__ import annotations

import sys
from collections.abc import Generator
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any, Final

from provkg.capture.around import seed_is_set
from provkg.capture.trouble import attempt
from provkg.integrations.observing import Call, Observed
from provkg.integrations.on_import import when_imported

TORCH_DEFAULT: Final = 67280421310721
"""The seed that some versions of torch begin with (c10::detail::default_rng_seed_val); others draw one."""
TORCH_HOLDS: Final = "torch.initial_seed"


@dataclass(frozen=True)
class Seeding:
    """A function that sets a seed: the module whose import it waits for, its name there, its argument, its scope."""

    module: str
    function: str
    argument: str
    scope: str

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.module}.{self.function}".replace(".trainer_utils", "").replace(".fabric.utilities.seed", "")


FUNCTIONS: Final = (
    Seeding("random", "seed", "a", "python"),
    Seeding("numpy.random", "seed", "seed", "numpy"),
    Seeding("numpy.random", "default_rng", "seed", "numpy"),
    Seeding("torch", "manual_seed", "seed", "framework"),
    Seeding("torch.cuda", "manual_seed", "seed", "accelerator"),
    Seeding("torch.cuda", "manual_seed_all", "seed", "accelerator"),
    Seeding("tensorflow", "random.set_seed", "seed", "framework"),
    Seeding("keras", "utils.set_random_seed", "seed", "global"),
    Seeding("lightning", "seed_everything", "seed", "global"),
    Seeding("pytorch_lightning", "seed_everything", "seed", "global"),
    Seeding("transformers.trainer_utils", "set_seed", "seed", "global"),
)
_watched: Final[dict[str, Observed]] = {}


def watch_seeds() -> None:
    """See from now on which seeds are set; once in a process."""
    if _watched:
        return
    observed = _watched["seeds"] = Observed("seeds")
    for seeding in FUNCTIONS:
        when_imported(seeding.module, partial(_watch, observed, seeding))
    attempt("read the seed of torch", _read_torch)


def let_seeds_go() -> None:
    """Put the functions back."""
    observed = _watched.pop("seeds", None)
    if observed is not None:
        observed.let_go()


def _watch(observed: Observed, seeding: Seeding, module: ModuleType) -> None:
    if not observed.goes_on:
        return
    *within, function = seeding.function.split(".")
    owner: Any = module
    for name in within:
        owner = getattr(owner, name)

    def seen(call: Call) -> Generator[None, None, None]:
        yield
        seed_is_set(seeding.name, _said(call, seeding), seeding.scope)
        if seeding.name == "torch.manual_seed":
            seed_is_set(TORCH_HOLDS, None, seeding.scope)

    observed.observe(owner, function, seen)


def _said(call: Call, seeding: Seeding) -> int | str | None:
    """Return the seed that a call set; None where it drew one, and of what is no number its text."""
    given = call.args[0] if call.args else call.kwargs.get(seeding.argument)
    if given is None:
        return call.result if isinstance(call.result, int) and not isinstance(call.result, bool) else None
    return int(given) if hasattr(given, "__index__") else str(given)[:200]


def _read_torch() -> None:
    """Take the seed that torch holds already, whether somebody has set it or torch has drawn it."""
    torch = sys.modules.get("torch")
    seed = torch.initial_seed() if torch is not None and hasattr(torch, "initial_seed") else TORCH_DEFAULT
    if seed != TORCH_DEFAULT:
        seed_is_set(TORCH_HOLDS, int(seed), "framework")
