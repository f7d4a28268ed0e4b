"""Takes secrets out of values and texts, by the name of a value and by its shape."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from provkg.capture.secrets.assignments import without_assigned
from provkg.capture.secrets.commands import CommandLine, filtered_commands
from provkg.capture.secrets.density import without_dense
from provkg.capture.secrets.naming import STRONG, TOKEN, WEAK, is_harmless, words_of
from provkg.capture.secrets.shapes import without_shapes
from provkg.capture.secrets.urls import without_user_info
from provkg.capture.secrets.values import BARE_KEY, REMOVED, is_harmless_value, is_number, looks_weak

# Without any of this a short text holds no secret: a long word, an assignment, an option, a word that names secrets.
SUSPECT: Final = re.compile(
    r"[^\s]{16}|[=:]|\s-|pass|secret|cred|key|pwd|psk|pin|otp|mfa|auth|cookie|dsn|conn|sas|token|jwt|pat|bearer|basic"
    r"|negotiate|login"
)
SHORT: Final = 200
PEM: Final = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
PEM_END: Final = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
# Of a key whose end is cut off: lines of base64, also in a patch, a string of JSON, or YAML.
PEM_LINES: Final = re.compile(r"(?:(?:[\s\"',+|>]|\\[nr]){0,12}+[A-Za-z0-9+/=]{16,100}+)*+")
LONGEST_PEM: Final = 20_000
PUTTY: Final = re.compile(r"(Private-Lines: \d{1,4})(?:(?:[\s\"',+]|\\[nr]){1,12}+[A-Za-z0-9+/=]{1,80}+){1,200}+")
# A key of Weights & Biases looks like a git commit, so only what stands before it tells which one it is.
KEY_OF_40: Final = re.compile(
    r"(?i)((?:wandb|(?<![a-z])key)\W(?:(?:(?!commit|rev|sha|tree)[^\n]){0,40}?\W)?)[0-9a-f]{40}(?![0-9a-f])"
)
# Pictures and sound in notebooks and reports; as text they look like keys.
PICTURE: Final = re.compile(
    r"(?:data:(?:image|audio|video|font)/[a-z0-9.+-]{1,40};base64,|(?<![A-Za-z0-9+/])(?:iVBORw0KGgo|/9j/|R0lGOD|UklGR|PHN2Zy))"
    r"[A-Za-z0-9+/=]*+"
)
PICTURES: Final = (";base64,", "iVBORw0KGgo", "/9j/", "R0lGOD", "UklGR", "PHN2Zy")


# What is left where a mark, in quotes perhaps, was taken for a secret up to its first blank: texts are filtered twice.
MARKED_AGAIN: Final = re.compile(rf"(?<={re.escape(REMOVED)})(?: removed\])+")


def filtered(name: str, value: str) -> str:
    """Return `value`, or the mark of a removed secret when its name says that it is one, or its shape in part."""
    words = words_of(name)
    if is_harmless(words):
        return filtered_text(value)
    return REMOVED if _is_named_secret(words, value) else filtered_text(value)


def _is_named_secret(words: str, value: str) -> bool:
    if value == REMOVED:
        return True
    if is_harmless_value(value):
        return False
    if STRONG.search(words):
        return True
    if "wandb" in words and BARE_KEY.fullmatch(value):
        return True
    if is_number(value):
        return False
    return TOKEN.search(words) is not None or (WEAK.search(words) is not None and looks_weak(value))


def filtered_text(text: str) -> str:
    """Return `text` with everything removed that has the shape of a secret."""
    if len(text) < SHORT and SUSPECT.search(text.lower()) is None:
        return text
    made = (_around_pictures if any(letters in text for letters in PICTURES) else _filtered_words)(text)
    return MARKED_AGAIN.sub("", made) if REMOVED in made else made


def filtered_arguments(arguments: Sequence[str]) -> list[str]:
    """Return a command line without secrets: `--token X`, `--token=X`, `TOKEN=X` and whatever looks like one."""
    line = CommandLine(filtered, filtered_text)
    return [MARKED_AGAIN.sub("", line.filtered(each)) for each in arguments]


def _around_pictures(text: str) -> str:
    kept, upto = [], 0
    for found in PICTURE.finditer(text):
        kept += [_filtered_words(text[upto : found.start()]), found[0]]
        upto = found.end()
    return "".join([*kept, _filtered_words(text[upto:])])


def _filtered_words(text: str) -> str:
    text = without_known(text)
    text = without_assigned(filtered_commands(text, filtered), REMOVED)
    if "wandb" in (small := text.lower()) or "key" in small:
        text = KEY_OF_40.sub(rf"\1{REMOVED}", text)
    return without_dense(text, REMOVED)


def without_known(text: str) -> str:
    """Return `text` without keys of known shapes and user info of addresses: what is a secret wherever it stands."""
    if "PRIVATE KEY" in text:
        text = _without_pem(text)
    if "Private-Lines:" in text:
        text = PUTTY.sub(rf"\1 {REMOVED}", text)
    return without_user_info(without_shapes(text, REMOVED), REMOVED)


def _without_pem(text: str) -> str:
    kept, upto = [], 0
    begins = [*PEM.finditer(text)]
    ends = iter(PEM_END.finditer(text))
    end = next(ends, None)
    for number, begin in enumerate(begins):
        if begin.start() < upto:
            continue
        while end is not None and end.start() < begin.end():
            end = next(ends, None)
        following = begins[number + 1].start() if number + 1 < len(begins) else len(text)
        whole = end is not None and end.start() < min(following, begin.end() + LONGEST_PEM)
        kept += [text[upto : begin.start()], REMOVED]
        upto = end.end() if end is not None and whole else _end_of_lines(text, begin.end())
    return "".join([*kept, text[upto:]])


def _end_of_lines(text: str, begin: int) -> int:
    found = PEM_LINES.match(text, begin)
    return found.end() if found is not None else begin
