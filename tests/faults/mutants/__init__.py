"""Mutants: defects put into the actors on purpose, which the harness must catch, or it proves nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tests.faults.mutants import of_the_graph as graph
from tests.faults.mutants import of_the_spool as spool


@dataclass(frozen=True)
class Mutant:
    """A defect; `shown_by` are the kinds of fault that may show it, the likeliest first, and `seen_as` how.

    Other findings do not count: they might come from elsewhere. The quick ones are tried wherever the tests run.
    """

    apply: Callable[[], None]
    shown_by: tuple[str, ...]
    seen_as: tuple[str, ...]
    quick: bool = False


MUTANTS: Final[dict[str, Mutant]] = {
    "no-synchronisation": Mutant(graph.no_synchronisation, ("power", "unsynced"), ("lost",), quick=True),
    "acknowledged-before-commit": Mutant(graph.acknowledged_before_commit, ("calls", "kills", "full"), ("lost",)),
    "committed-in-halves": Mutant(graph.committed_in_halves, ("kills", "calls"), ("partial", "unverified")),
    "kept-again": Mutant(graph.kept_again, ("resending",), ("doubled",), quick=True),
    "file-removed-first": Mutant(spool.removed_first, ("kills", "calls"), ("lost",)),
    "no-checksum": Mutant(spool.no_checksum, ("flips",), ("unverified",), quick=True),
    "stops-at-damage": Mutant(spool.stops_at_damage, ("flips",), ("unverified",)),
    "seal-unchecked": Mutant(spool.seal_unchecked, ("flips",), ("unverified",)),
    "spool-unsynchronised": Mutant(spool.unsynchronised, ("power", "unsynced"), ("lost",)),
    "position-first": Mutant(graph.position_first, ("power", "unsynced", "kills"), ("differing",)),
    "no-rollback": Mutant(graph.no_rollback, ("resending",), ("doubled", "partial"), quick=True),
    "no-lock": Mutant(graph.no_lock, ("pauses",), ("failed",), quick=True),
    "supersession-forgotten": Mutant(graph.supersession_forgotten, ("power", "backups"), ("differing",)),
    "sequence-reused": Mutant(spool.sequence_reused, ("forks",), ("lost", "failed"), quick=True),
    "signed-unchecked": Mutant(graph.signed_unchecked, ("backups",), ("failed",), quick=True),
    "dead-runs-forgotten": Mutant(spool.dead_runs_forgotten, ("kills",), ("lost",)),
    "stopped-is-gone": Mutant(spool.stopped_is_gone, ("pauses",), ("lost",)),
    "short-write-is-whole": Mutant(spool.short_write_is_whole, ("short",), ("lost",)),
    "buffer-forgotten": Mutant(spool.buffer_forgotten, ("full", "short"), ("lost",)),
}
