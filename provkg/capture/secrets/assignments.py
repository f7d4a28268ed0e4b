"""Takes out of a text what is assigned to the name of a secret, in the manners of files, programs and requests."""

from __future__ import annotations

import re
from typing import Final

from provkg.capture.secrets.naming import ANY, STRONG, TOKEN, WEAK, is_harmless, words_of
from provkg.capture.secrets.values import is_code, is_harmless_value, is_number, looks_weak

_TYPE: Final = (
    r"(?:[ \t]{0,4}:[ \t]{0,4}(?:str|bytes|string|Any|SecretStr|Optional\[str\]|str \| None)(?=[ \t]{0,4}=))?"
)
# `NAME=value`, `name: value`, `"name": "value"`, `<name>value`, `name: str = "value"`, up to the value.
NAME: Final = re.compile(
    rf"(?<![\w.-])(?P<name>[\w.-]{{2,80}}+)\\{{0,3}}[\"']?{_TYPE}[ \t]{{0,4}}(?::=|=>|=|:|>)[ \t]{{0,4}}"
    r"(?:[rbuf](?=[\"']))?"
)
VALUE: Final = re.compile(
    r"(?P<quote>\\{0,3}[\"'])(?P<quoted>(?:(?!(?P=quote))(?:[^\n\\]|\\.)){0,4096})"
    r"|(?P<bare>\$\{[^{}\n]{1,80}\}|[^\s\"';,&<>(){}\[\]|\\=][^\s\"';,&<>(){}\[\]|\\]{0,4096}+)(?P<after>[(\[]?)"
)
_GAP: Final = r"(?:\s|\\n|[\"',+]){1,12}+"
# Headers (RFC 9110, section 11.6; RFC 6265, section 4).
HEADER: Final = re.compile(
    r"(?i)(\b(?:proxy-)?authorization\\?[\"']?\s{0,3}[:=]\s{0,3}\\?[\"']?(?:[A-Za-z0-9-]{2,20} )?)[^\s\"',;\\]{6,4096}+"
    r"|(\b(?:set-)?cookie\\?[\"']?\s{0,3}:\s{0,3}\\?[\"']?)(?=[^\"'\n\r]{1,80}=)[^\"'\n\r\\]{6,4096}+"
    r"|(\b(?:bearer|basic|apikey|negotiate)\s{1,3})(?=[A-Za-z+/=._~-]{0,200}\d)[A-Za-z0-9+/=._~-]{12,4096}+"
)
HEADERS: Final = ("authorization", "cookie", "bearer", "basic", "apikey", "negotiate")
# Files of logins: .netrc (its words may be on one line or several), .pgpass.
NETRC: Final = re.compile(
    rf"(?i)(\b(?:machine[ \t]{{1,4}}\S{{1,200}}|default){_GAP}(?:login[ \t]{{1,4}}\S{{1,80}}{_GAP})?"
    rf"(?:account[ \t]{{1,4}}\S{{1,80}}{_GAP})?password[ \t]{{1,4}})[^\s\"'\\]{{1,200}}+"
)
# Of such a file, a line of its own, as in a patch that is looked at by lines.
ALONE: Final = re.compile(r"(?im)(^[+-]?[ \t]{0,20}password[ \t]{1,4})[^\s\"'\\]{1,200}+(?=[ \t]{0,20}$)")
PGPASS: Final = re.compile(
    r"(?m)((?:^|[\s\"'])[+-]?[\w.*-]{1,100}:(?:\d{2,5}|\*):[\w.*-]{1,64}:[\w.*-]{1,64}:)(?!\d{1,9}(?![^\s]))[^\s:\"'\\/]{3,200}+(?=$|[\"'\s\\])"
)
PORT: Final = re.compile(r":(?:\d{2,5}|\*):")
ORACLE: Final = re.compile(r"(\bjdbc:oracle:thin:[^\s/@:]{1,100}/)[^\s@]{1,200}(?=@)")


def without_assigned(text: str, mark: str) -> str:
    """Return `text` with `mark` in place of every value that a secret's name is given there."""
    small = text.lower()
    if any(word in small for word in HEADERS):
        text = HEADER.sub(lambda found: f"{found[1] or found[2] or found[3]}{mark}", text)
    if "password " in small:
        text = NETRC.sub(rf"\g<1>{mark}", text)
        text = ALONE.sub(rf"\g<1>{mark}", text)
    if PORT.search(text):
        text = PGPASS.sub(rf"\g<1>{mark}", text)
    if "jdbc:oracle" in text:
        text = ORACLE.sub(rf"\g<1>{mark}", text)
    if ANY.search(small) is None:
        return text
    kept, upto = [], 0
    for named in NAME.finditer(text):
        if named.start() >= upto and (span := _secret_span(named)) is not None:
            kept += [text[upto : span[0]], mark]
            upto = span[1]
    return "".join([*kept, text[upto:]])


def _secret_span(named: re.Match[str]) -> tuple[int, int] | None:
    """Return where the value of `named` stands, when it is a secret."""
    text, name = named.string, named["name"]
    if ANY.search(name.lower()) is None:
        return None
    escaped = name[0] in "nrt" and text[named.start() - 1 : named.start()] == "\\"
    found = VALUE.match(text, named.end())
    if found is None:
        return None
    bare = found["quoted"] is None
    value = found["bare"] if bare else found["quoted"]
    if not _is_secret(words_of(name[1:] if escaped else name), value, bare=bare):
        return None
    if bare and (is_code(value, found["after"]) or _is_prose(found)):
        return None
    return found.span("bare" if bare else "quoted")


def _is_secret(words: str, value: str, *, bare: bool) -> bool:
    if is_harmless(words) or is_harmless_value(value, in_text=True):
        return False
    if STRONG.search(words):
        return True
    if TOKEN.search(words):
        long = len(value) >= 8 and any(letter.isdigit() for letter in value)
        return not is_number(value) and (long or (not bare and words != "token" and " " not in value))
    return bool(WEAK.search(words)) and not is_number(value) and looks_weak(value)


def _is_prose(found: re.Match[str]) -> bool:
    # "Passwords: stored as hashes" goes on in words; a value stands alone.
    return (
        found["bare"].isalpha()
        and re.match(r"[ \t]{1,4}[A-Za-z]", found.string[found.end() : found.end() + 6]) is not None
    )
