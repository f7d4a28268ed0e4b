"""Which run a process writes: one of its own, or its part of one that all ranks write together."""

from __future__ import annotations

from typing import ClassVar

from provkg.capture.ranks import of_the_first, share_of
from provkg.capture.spool.process import new_emitter
from provkg.records import Reference, Run


class SharedRun:
    """The identity of a run, alone or shared with other ranks."""

    EACH_RANK: ClassVar[bool] = False
    """Whether each rank of a distributed run makes something of its own, rather than all of them one thing."""

    def __init__(self, kind: type[Run], title: str) -> None:
        self._share = share_of(kind.kind(), title)
        self._kind, self._whole = kind, self._share.run if self._share is not None else new_emitter()

    @property
    def reference(self) -> Reference:
        """A pointer to the run, as far as this process is concerned: in a rank behind the first, to its part of it."""
        return Reference(self._stated.kind(), ("provkg", self._id))

    @property
    def whole(self) -> Reference:
        """A pointer to the run that all ranks write."""
        return Reference(self._kind.kind(), ("provkg", self._whole))

    @property
    def _doing(self) -> Reference:
        """A pointer to what this process does itself: in a rank, its part of the run."""
        leads = self._share is not None and self._share.leads
        return Reference(Run.kind(), ("provkg", self._share.activity)) if self._share and leads else self.reference

    @property
    def _follows(self) -> bool:
        return self._share is not None and not self._share.leads

    @property
    def _states(self) -> bool:
        """Whether this process says what the run made; of a run that ranks share, the first one does."""
        return not self._follows or self.EACH_RANK

    @property
    def _stated(self) -> type[Run]:
        return self._kind if self._states else Run

    @property
    def _id(self) -> str:
        return self._share.activity if self._share is not None and self._follows else self._whole

    @property
    def _maker(self) -> Reference:
        """What outputs are made by: the run that all ranks write, unless each makes its own."""
        return self.reference if self.EACH_RANK else self.whole

    def _first_rank(self, run: Run) -> list[Run]:
        return [of_the_first(run, self._share)] if self._share is not None and self._share.leads else []
