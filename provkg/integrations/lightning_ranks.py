"""The ranks that Lightning starts by itself: told to the run that they share, as `torchrun` would tell them."""

from __future__ import annotations

import multiprocessing
import os
from typing import Any

from provkg.capture.launcher import Launch, launch
from provkg.capture.ranks import launched_as
from provkg.capture.spool.process import process_facts


def ranks_known(trainer: Any) -> None:
    """Let this process be the rank that the trainer says it is, where no launcher says so."""
    if trainer.world_size <= 1 or trainer.num_nodes > 1 or launch() is not None:
        return
    started_here = trainer.global_rank == 0 and multiprocessing.parent_process() is None
    main = os.getpid() if started_here else os.getppid()
    key = ("lightning", *map(str, process_facts(main).values()))
    launched_as(Launch(key, trainer.global_rank, trainer.world_size))
