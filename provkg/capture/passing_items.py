"""`passing`: data whose items are seen as they pass, such as those of a generator; nobody has them all at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

from provkg.capture.digests import Items
from provkg.capture.handed_over import is_stream
from provkg.capture.trouble import failed, warned

T = TypeVar("T")


class Passing(Generic[T]):
    """Gives the items of what it was made from, each as it is, and takes their digest on the way.

    What it was made from is asked for an item only when somebody asks for one here. Of what can be gone through more
    than once the first whole pass counts.
    """

    def __init__(self, name: str, source: Iterable[T], record: Callable[[Items, bool], None]) -> None:
        self._name, self._source, self._record = name, source, record
        self._latest = Items()
        self._once: Iterator[T] | None = source if isinstance(source, Iterator) else None
        self._lock = threading.RLock()
        self._told: int | None = None
        self.whole = False
        """Whether all items have passed."""
        self.broken = False
        """Whether one passed that has no canonical form."""

    @property
    def count(self) -> int:
        """How many items have passed in the pass that counts."""
        return self._latest.count

    def __len__(self) -> int:
        return len(self._source)  # type: ignore[arg-type]  # a TypeError where there is no length

    def __iter__(self) -> Iterator[T]:
        if self._once is not None:
            return self
        if self.whole:
            return iter(self._source)
        self._latest = Items()
        return self._noted(iter(self._source), self._latest)

    def __next__(self) -> T:
        if self._once is None:
            raise TypeError(f"items of {self._name!r} are asked for by iter() or a for loop")
        with self._lock:  # threads may share an iterator; the digest knows one order
            try:
                item = next(self._once)
            except StopIteration:
                self._end(self._latest)
                raise
            self._take(self._latest, item)
        return item

    def _noted(self, items: Iterator[T], taken: Items) -> Iterator[T]:
        for item in items:
            self._take(taken, item)
            yield item
        self._end(taken)

    def _take(self, taken: Items, item: T) -> None:
        if self.broken:
            return
        try:
            taken.take(item)
        except Exception as error:  # noqa: BLE001 - whatever an item is, the loop over it goes on
            self.broken = True
            failed(f"take the digest of item {taken.count} of {self._name!r}, which is not recorded", error)

    def _end(self, taken: Items) -> None:
        if not self.whole and not self.broken:
            self._latest, self.whole = taken, True
            self._tell()

    def settle(self) -> None:
        """Record what has passed so far: a run that it went into ends."""
        if self.broken or self.whole:
            return
        if not self.count:
            warned(
                f"no item of {self._name!r} has passed, so the run is recorded without it; go through the rows of what "
                "provkg.passing() returned (`for item in data.rows`) in the process that records",
                kind=f"passing {self._name}",
            )
        elif self._told != self.count:
            self._tell()

    def _tell(self) -> None:
        self._told = self.count
        try:
            self._record(self._latest, self.whole)
        except Exception as error:  # noqa: BLE001 - recording must never stop training
            failed(f"record dataset {self._name!r}", error)


def must_pass(rows: Any) -> bool:
    """Whether items of `rows` can be seen only as they pass."""
    return is_stream(rows) or (isinstance(rows, Iterator) and not hasattr(rows, "read"))
