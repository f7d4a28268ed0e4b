"""How long epochs took, told from when their metrics came: an epoch ends with its last one."""

from __future__ import annotations

from provkg import vocabulary
from provkg.capture.series import EPOCH_DURATION, Series
from provkg.records import Concept, MetricSeries, Reference, concept


class Epochs:
    """The durations of the epochs of one run that began at `since`, in nanoseconds of the monotonic clock."""

    def __init__(self, run: Reference, since: int) -> None:
        self.series = Series(0, epoch_durations(run))
        self._since = self._last = since
        self._role: object = None
        self._epoch: int | None = None
        self._measured_by_user = False

    def tick(self, epoch: int, role: Concept | None, now: int) -> None:
        """Hear of a metric; one of another epoch ends the epoch before."""
        if self._measured_by_user:
            return
        if self._epoch is None:
            self._role = role  # of the part whose metrics come first: train, unless only validation is logged
        elif role != self._role:
            return
        elif epoch != self._epoch:
            self.end()
        self._epoch, self._last = epoch, now

    def leave_to_user(self) -> None:
        """Measure no more: the user does."""
        self._measured_by_user = True
        self._epoch = None

    def end(self) -> None:
        """End the epoch that goes on with its last metric."""
        if self._epoch is not None:
            self.series.add(self._epoch, None, (self._last - self._since) / 1e9)
            self._since, self._epoch = self._last, None


def epoch_durations(run: Reference) -> MetricSeries:
    """Return the series that the durations of a run's epochs make."""
    return MetricSeries(run=run, metric=concept(vocabulary.MetricKind, EPOCH_DURATION), of=run)
