"""How often something was done with an object, as long as it lives."""

from __future__ import annotations

import weakref
from typing import Any


class Calls:
    """Counts calls on objects, up to the number of them that are to be told."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._seen: dict[int, tuple[weakref.ref[Any], int]] = {}

    def told(self, thing: Any) -> bool:
        """Count one more call on `thing` and return whether it is still to be told."""
        key = id(thing)
        alive, count = self._seen.get(key, (None, 0))
        if alive is None or alive() is not thing:
            count = 0
        try:
            self._seen[key] = (weakref.ref(thing, lambda _: self._seen.pop(key, None)), count + 1)
        except TypeError:
            return True
        return count < self.most
