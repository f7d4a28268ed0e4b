"""The roles that parts play, as the user names them: `X_train, X_val = train_test_split(X)`."""

from __future__ import annotations

import dis
import re
from collections.abc import Sequence
from itertools import islice
from types import FrameType
from typing import Any, Final

WORDS: Final = {
    "train": "train",
    "training": "train",
    "tr": "train",
    "trn": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
    "te": "test",
    "tst": "test",
    "holdout": "holdout",
    "temp": "holdout",
    "tmp": "holdout",
    "rest": "holdout",
    "remaining": "holdout",
    "cal": "calibration",
    "calib": "calibration",
    "calibration": "calibration",
}
SKIPPED: Final = frozenset({"CACHE", "NOP", "EXTENDED_ARG", "PRECALL"})


def roles_of_parts(whole: str | None, names: Sequence[str]) -> tuple[str, str]:
    """Return the roles of two parts: what their names say, else what people mean by a first and a second split."""
    usual = _usual(whole)
    said = _said(names[0::2]), _said(names[1::2])
    if said[0] is not None and said[0] == said[1]:
        return usual
    return said[0] or usual[0], said[1] or usual[1]


def _usual(whole: str | None) -> tuple[str, str]:
    if whole == "train":
        return "train", "validation"
    return ("validation", "test") if whole in {"test", "holdout"} else ("train", "test")


def _said(names: Sequence[str]) -> str | None:
    found = {role for name in names if (role := _role(name)) is not None}
    return found.pop() if len(found) == 1 else None


def _role(name: str) -> str | None:
    words = re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower())
    return next((WORDS[word] for word in reversed(words) if word in WORDS), None)


def assigned_names(frame: FrameType) -> list[str]:
    """Return the names that the result of the call that goes on in `frame` is unpacked into; none if it is not."""
    after = (each for each in dis.get_instructions(frame.f_code) if each.offset > frame.f_lasti)
    following = (each for each in after if each.opname not in SKIPPED)
    first = next(following, None)
    if first is None or first.opname != "UNPACK_SEQUENCE":
        return []
    return _stored(list(islice(following, int(first.argval))), int(first.argval))


def _stored(instructions: list[Any], count: int) -> list[str]:
    names: list[str] = []
    for each in instructions:
        if not each.opname.startswith("STORE_"):
            break
        names += each.argval if isinstance(each.argval, tuple) else [str(each.argval)]
    return names[:count] if len(names) >= count else []
