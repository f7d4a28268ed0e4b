"""Takes from a process that runs strangers' queries what it must not have: network, all memory, a life of its own."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from typing import Final

CLONE_NEWUSER: Final = 0x10000000
CLONE_NEWNET: Final = 0x40000000
PR_SET_PDEATHSIG: Final = 1
# A read-only store reserves some 200 MiB of addresses before the first query.
ADDRESS_SPACE: Final = 2 * 1024**3


def confine() -> bool:
    """Take from this process what it does not need; call it before anything starts a thread.

    Returns whether it is without network: some kernels forbid that, and the refusal of SERVICE and LOAD before parsing
    still stands.
    """
    alone = _leave_the_network()
    _die_with_the_parent()
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return alone


def allow_cpu(seconds: float) -> None:
    """Let this process use `seconds` of CPU time from now on; the kernel ends it at the first second after them."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds) + 1, hard))


def _leave_the_network() -> bool:
    # os.unshare is there from Python 3.12 on. A namespace of its own has no interface but a loopback that is down.
    libc = ctypes.CDLL(None, use_errno=True)
    return any(libc.unshare(flags) == 0 for flags in (CLONE_NEWNET, CLONE_NEWUSER | CLONE_NEWNET))


def _die_with_the_parent() -> None:
    parent = os.getppid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        # The parent went before the kernel knew of the wish.
        os.kill(os.getpid(), signal.SIGKILL)
