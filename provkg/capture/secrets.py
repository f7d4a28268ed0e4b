"""Keeps passwords, tokens and keys out of what is recorded, by the name of a value and by its shape.

A hit becomes `[secret removed]`. Names and shapes that only look like secrets (`num_memory_tokens`, a commit id) stay.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit, urlunsplit

REMOVED: Final = "[secret removed]"

# Always secret, whatever the value.
STRONG: Final = re.compile(
    r"passw|passphrase|secret|credential|api_?key|access_?key|private_?key|signing_?key|encryption_?key|auth_?key"
    r"|(api|access|auth|refresh|bearer|session|id|bot|deploy|csrf)_?tokens?$|(^|_)pwd($|_)|(^|_)token$|(^|_)authorization$"
)
# In the vocabulary of machine learning these are no secrets.
HARMLESS: Final = re.compile(
    r"(^|_)(pad|eos|bos|unk|sep|cls|mask|memory|special|image|start|end|stop|next|prev|first|last|class|patch"
    r"|register|context|cross|self)_token$"
    r"|(^|_)(sort|group|stratify|primary|foreign|index|row|column|partition|join|cache|batch|dict|label|image|text|input"
    r"|target|merge|lookup|metric|monitor|state)_key$"
    r"|(^|_)key_(dim|size|len|length|heads|bias|padding|mask|proj|frame|points?|name|col|column|value|width|channels)"
)
WEAK: Final = re.compile(r"(^|_)(key|auth|cookie|jwt|pat)($|_)")
WEAK_LENGTH: Final = 12

SHAPES: Final = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:.*?-----END [A-Z ]*PRIVATE KEY-----)?"
    r"|\b(?:AKIA|ASIA|AROA|AIDA)[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}|\bgl(?:pat|dt|rt|cbt|ptt)-[A-Za-z0-9_-]{16,}"
    r"|\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bhf_[A-Za-z0-9]{20,}|\bAIza[A-Za-z0-9_-]{30,}|\bya29\.[A-Za-z0-9_-]{20,}"
    r"|\bsk-(?:ant-|proj-|or-)?[A-Za-z0-9_-]{20,}|\b[srp]k_(?:live|test)_[A-Za-z0-9]{16,}"
    r"|\bnpm_[A-Za-z0-9]{30,}|\bpypi-[A-Za-z0-9_-]{40,}|\bdo[opr]_v1_[a-f0-9]{40,}|\bSG\.[\w-]{16,}\.[\w-]{16,}"
    r"|\bpvk_[A-Za-z0-9_-]{20,}|\bdapi[a-f0-9]{32}\b|\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*",
    re.DOTALL,
)
USER_INFO: Final = re.compile(r"(?<=://)[^/\s@?#]+(?=@)")
SIGNED: Final = re.compile(
    r"(?i)([?&;](?:x-amz-signature|x-amz-credential|x-amz-security-token|x-goog-signature|x-goog-credential|awsaccesskeyid"
    r"|signature|sig|token|access_token|auth|api_?key|key|secret|password|code)=)[^&#\s]+"
)
ASSIGNED: Final = re.compile(
    r"(?i)((?:accountkey|sharedaccesskey|password|passwd|pwd|secret|api[_-]?key|access[_-]?token)\s*[=:]\s*[\"']?)"
    r"[^\s;,&\"']+"
)
# A key of Weights & Biases looks like a git commit, so only what stands before it tells which one it is.
KEY_OF_40: Final = re.compile(
    r"(?i)((?:wandb|(?<![a-z])key)\W(?:(?:(?!commit|rev|sha|tree)[^\n]){0,40}\W)?)[0-9a-f]{40}(?![0-9a-f])"
)
BARE_KEY: Final = re.compile(r"[0-9a-f]{40}")
BEARER: Final = re.compile(r"(?i)(\b(?:bearer|basic)\s+)[A-Za-z0-9+/=._~-]{12,}")
DENSE: Final = re.compile(r"[A-Za-z0-9+_=-]{32,}")
DENSE_BITS: Final = 4.2


def is_secret_name(name: str) -> bool:
    """Whether a value of that name is a secret whatever it is: `api_token`, `DB_PASSWORD`, `aws.secretKey`."""
    words = _snake(name)
    return bool(STRONG.search(words)) and not HARMLESS.search(words)


def filtered(name: str, value: str) -> str:
    """Return `value`, or the mark of a removed secret when its name says that it is one, or its shape in part."""
    words = _snake(name)
    if HARMLESS.search(words):
        return filtered_text(value)
    numeric = value.replace(".", "", 1).isdigit()
    if STRONG.search(words) and not (numeric and "token" in words):
        return REMOVED
    if "wandb" in words and BARE_KEY.fullmatch(value):
        return REMOVED
    if WEAK.search(words) and len(value) >= WEAK_LENGTH and re.search(r"\d", value) and not numeric:
        return REMOVED
    return filtered_text(value)


def filtered_text(text: str) -> str:
    """Return `text` with everything removed that has the shape of a secret."""
    text = SHAPES.sub(REMOVED, text)
    text = USER_INFO.sub(REMOVED, text)
    for keeping in (SIGNED, ASSIGNED, KEY_OF_40, BEARER):
        text = keeping.sub(rf"\1{REMOVED}", text)
    return DENSE.sub(lambda found: REMOVED if _is_dense(found[0]) else found[0], text)


def filtered_arguments(arguments: Sequence[str]) -> list[str]:
    """Return a command line without secrets: `--token X`, `--token=X`, `TOKEN=X` and whatever looks like one."""
    return list(_filtered_arguments(arguments))


def _filtered_arguments(arguments: Sequence[str]) -> Iterator[str]:
    name, wandb = "", False
    for argument in arguments:
        wandb = wandb or "wandb" in argument
        option, equals, value = argument.partition("=")
        if argument.startswith("-") and not equals:
            name = argument.lstrip("-")
            yield filtered_text(argument)
        elif equals and re.fullmatch(r"-{0,2}[\w.-]+", option):
            name = ""
            yield f"{option}={filtered(option.lstrip('-'), value)}"
        else:
            yield _filtered_value(name, argument, wandb=wandb)
            name = ""


def _filtered_value(name: str, value: str, *, wandb: bool) -> str:
    """Return what stands after the option `name`, or alone, on a command line that did or did not name wandb."""
    if name == "p" and not re.search(r"^[\d.]+$|[/=\\]", value):
        return REMOVED  # the short form of --password; ports, paths and settings are told by their looks
    if name in {"u", "user"} and (login := re.fullmatch(r"([^:/\s]+:)[^/\s]+", value)):
        return login[1] + REMOVED
    if wandb and BARE_KEY.fullmatch(value):
        return REMOVED
    return filtered(name, value) if name else filtered_text(value)


def without_credentials(url: str) -> str:
    """Return a URL or path without user info, secret arguments and fragment; git's `user@host:path` loses its user."""
    if "://" not in url:
        return url.rpartition("@")[2] if re.match(r"[\w.-]+@[\w.-]+:", url) else url
    parts = urlsplit(url)
    public = "&".join(argument for argument in parts.query.split("&") if not _is_secret_argument(argument))
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, public, ""))


def _is_secret_argument(argument: str) -> bool:
    name, _, value = argument.partition("=")
    return REMOVED in filtered(name, value) or REMOVED in filtered_text(f"?{argument}")


def _snake(name: str) -> str:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")


def _is_dense(text: str) -> bool:
    kinds = sum(bool(re.search(kind, text)) for kind in ("[a-z]", "[A-Z]", r"\d"))
    if kinds < 3 or re.fullmatch(r"[0-9a-fA-F-]+", text):
        return False
    return _bits(text) >= DENSE_BITS


def _bits(text: str) -> float:
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())
