"""Names and texts as records can hold them, whatever was given as one: said once where something had to be changed."""

from __future__ import annotations

import re
from typing import Final

from provkg.capture.secrets import filtered_text
from provkg.capture.trouble import trouble
from provkg.errors import BadParameter

LONGEST_NAME: Final = 1_000
LONGEST_TEXT: Final = 100_000
SHOWN: Final = 80
UNNAMED: Final = "unnamed"
# Halves of characters, which no file can hold as UTF-8, and the zero byte, at which many a reader would stop.
UNFIT: Final = re.compile("[\x00\ud800-\udfff]")
INSTEAD: Final = "�"


def worded(said: object, what: str, *, longest: int = LONGEST_NAME) -> str:
    """Return `said` as a name: one that is not empty, not endless, and without what no text holds."""
    text = texted(said, what, longest=longest) if said is not None else ""
    if text.strip():
        return text
    trouble(
        f"{what} is {'empty' if said is not None else None}; it is recorded as {UNNAMED!r}",
        kind=f"empty {what} {said is None}",
        error=BadParameter,
    )
    return UNNAMED


def texted(said: object, what: str, *, longest: int = LONGEST_TEXT) -> str:
    """Return `said` as a text that a record can hold, without secrets."""
    text = said if type(said) is str else _text_of(said, what)
    if len(text) > longest:
        trouble(
            f"{what} has {len(text):,} characters; its first {longest:,} are recorded",
            kind=f"long {what}",
            error=BadParameter,
        )
        text = text[:longest]
    if UNFIT.search(text):
        trouble(
            f"{what} holds characters that no text can (a zero byte, half a character); each is recorded as {INSTEAD}",
            kind=f"unfit {what}",
            error=BadParameter,
        )
        text = UNFIT.sub(INSTEAD, text)
    return filtered_text(text)


def text_if_any(said: object, what: str) -> str | None:
    """Return `said` as a text; None where nothing, or only blanks, was said."""
    if said is None:
        return None
    text = texted(said, what)
    return text if text.strip() else None


def shown(value: object) -> str:
    """Return how a value looks in a message: short, and whatever happens when it is looked at."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - an object may break in any way when looked at
        text = f"a {type(value).__name__}"
    return filtered_text(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")


def fit(text: str) -> str:
    """Return a text with a mark in place of each character that no text can hold."""
    return UNFIT.sub(INSTEAD, text)


def _text_of(said: object, what: str) -> str:
    try:
        return str.__str__(said) if isinstance(said, str) else str(said)
    except Exception as error:  # noqa: BLE001 - an object may break in any way when looked at
        kind = type(said)
        trouble(
            f"{what} is a {kind.__name__} that has no text ({type(error).__name__}); its type's name is recorded",
            kind=f"{what} {kind.__name__}",
            error=BadParameter,
        )
        return f"{kind.__module__}.{kind.__qualname__}"
