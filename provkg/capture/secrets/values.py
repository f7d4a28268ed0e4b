"""Which values are no secrets, whatever their names say: numbers, places, what stands in for a secret, code."""

from __future__ import annotations

import re
from typing import Final

REMOVED: Final = "[secret removed]"
BARE_KEY: Final = re.compile(r"[0-9a-f]{40}")
"""A key of Weights & Biases, or a commit."""
NUMBER: Final = re.compile(r"-?\d{1,30}(?:\.\d{0,30})?(?:[eE][+-]?\d{1,3})?")
# A file that holds a secret is none.
_ENDINGS: Final = "json|pem|key|txt|ya?ml|env|crt|cer|p12|pfx|toml|ini|cfg|conf|pub|asc|gpg|csv|parquet|pt|pth|model|db"
PLACE: Final = re.compile(
    rf"(?:file:/{{0,3}}|[A-Za-z]:)?[~.]{{0,2}}[/\\]?[\w./\\ ~-]{{1,300}}\.(?:{_ENDINGS})"
    r"|[~./\w-]{0,200}\.ssh/[\w.-]{1,60}|/run/secrets/[\w./-]{1,200}"
)
STANDING_IN: Final = re.compile(
    r"(?i)\s*|none|null|nil|true|false|yes|no|on|off|undefined|required|optional|removed|redacted|hidden|masked|<[^<>]{0,80}>|\[[^\[\]]{0,80}\]|\*{3,80}"
    r"|x{3,80}|\.{3,80}|…|\$\w{1,80}|\$?\{{1,2}[^{}]{0,80}\}{1,2}|%\(?\w{1,80}\)?[s%]?|<?redacted>?|<\|[^|]{0,60}\|>"
    r"|\[secret removed\]"
)
TYPES: Final = re.compile(
    r"(?i)self|str|int|bool|bytes|string|any|list|dict|type|tuple|object|basic|bearer|digest|oauth2?|env|ask|prompt|final"
)
SOURCES: Final = re.compile(
    r"(?:os|self|cls|cfg|config|args|settings|env|environ|tokenizer|getpass|keyring|secrets|request|req|conf|params|opts"
    r"|options|hparams|ctx|st|dotenv|process|model|data|kwargs|module|torch|np|tf|jax|random|user|client|response|resp)[.\[].{0,200}"
)
CODE: Final = re.compile(r"[A-Za-z_][\w.]{0,200}")
WEAK_LENGTH: Final = 12


def is_number(value: str) -> bool:
    """Whether `value` is a number, as counts of tokens are."""
    return NUMBER.fullmatch(value) is not None


def is_harmless_value(value: str, *, in_text: bool = False) -> bool:
    """Whether `value` is a file's place or stands in for a secret; a word of a type only where it stands in a text."""
    if STANDING_IN.fullmatch(value) or PLACE.fullmatch(value):
        return True
    return in_text and TYPES.fullmatch(value) is not None


def is_code(value: str, after: str) -> bool:
    """Whether `value`, followed by `after`, is an expression that gives a secret rather than one."""
    return bool(SOURCES.match(value)) or (after != "" and CODE.fullmatch(value) is not None)


def looks_weak(value: str) -> bool:
    """Whether a value whose name may be a secret's (`key`, `auth`) could be one: long, one word, of mixed letters."""
    if len(value) < WEAK_LENGTH or re.search(r"\s|/.{0,200}\.\w", value):
        return False
    if re.fullmatch(r"[0-9a-fA-F]{24,}|[A-Za-z0-9+/]{8,}={1,2}", value):
        return True
    return all(re.search(kind, value) for kind in ("[a-z]", "[A-Z]", r"\d")) and not re.search(r"[_./ ][a-z]{3}", value)
