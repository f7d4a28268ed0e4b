"""Takes secrets out of command lines, of this process and of those that stand in a text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from provkg.capture.secrets.naming import ANY
from provkg.capture.secrets.values import BARE_KEY, REMOVED

# After which option of a program a secret stands; with `*`, it may be glued to the option.
OPTIONS: Final[dict[str, tuple[str, ...]]] = {
    "sshpass": ("-p*",),
    "redis-cli": ("-a",),
    "mysql": ("-p*",),
    "mysqldump": ("-p*",),
    "mysqladmin": ("-p*",),
    "mysqlimport": ("-p*",),
    "mariadb": ("-p*",),
    "mariadb-dump": ("-p*",),
    "sqlcmd": ("-P*",),
    "bcp": ("-P*",),
    "isql": ("-P*",),
    "ldapsearch": ("-w*",),
    "ldapadd": ("-w*",),
    "ldapmodify": ("-w*",),
    "ldappasswd": ("-w", "-s"),
    "mongo": ("-p*",),
    "mongosh": ("-p*",),
    "mongodump": ("-p*",),
    "mongorestore": ("-p*",),
    "docker": ("-p",),
    "podman": ("-p",),
    "helm": ("-p",),
    "oras": ("-p",),
    "twine": ("-p",),
    "az": ("-p",),
    "cf": ("-p",),
    "oc": ("-p",),
    "kinit": ("--password",),
    "mosquitto_pub": ("-P",),
    "mosquitto_sub": ("-P",),
    "keytool": ("-storepass", "-keypass", "-deststorepass", "-srcstorepass"),
    "jarsigner": ("-storepass", "-keypass"),
    "zip": ("-P*",),
    "unzip": ("-P*",),
    "7z": ("-p*",),
    "influx": ("-t",),
    "snowsql": ("-p",),
    "clickhouse-client": ("--password",),
    "cqlsh": ("-p",),
    "psql": (),
    "curl": (),
    "wget": (),
    "openssl": (),
    "smbclient": (),
    "hf": (),
    "huggingface-cli": (),
    "htpasswd": (),
    "mc": (),
    "vault": (),
    "wandb": (),
    "aws": (),
    "comet": (),
    "neptune": (),
    "kaggle": (),
}
# Which of the words after the program is a secret, told by the words before it.
PLACES: Final[tuple[tuple[tuple[str, ...], int], ...]] = (
    (("mc", "alias", "set"), 3),
    (("mc", "config", "host", "add"), 3),
    (("vault", "login"), 0),
    (("wandb", "login"), 0),
    (("hf", "auth", "login"), 0),
    (("htpasswd",), 2),
)
TAKES_A_LOGIN: Final = frozenset({"-u", "--user", "-U", "--proxy-user"})
LOGIN: Final = re.compile(r"([^:%/\s]{1,100}[:%])\S{1,500}")
ONLY_AT_LOGIN: Final = frozenset({"docker", "podman", "helm", "oras", "az", "cf", "oc"})
MOST_WORDS: Final = 8
END: Final = frozenset({"|", "||", "&&", ";", "&"})
# Ports, paths and settings, which the short form of `--password` is not followed by.
NO_PASSWORD: Final = re.compile(r"[\d.:]{1,60}|.{0,200}[/=\\].{0,4096}", re.DOTALL)
COMMAND: Final = re.compile(
    r"(?<![\w./-])(?:" + "|".join(re.escape(name) for name in sorted(OPTIONS, reverse=True)) + r")(?=[ \t])"
    r"|(?<=[ \t\"'])--?[\w-]{0,60}(?:pass|secret|token|key|pwd|cred|auth)[\w-]{0,60}(?=[ \t])"
)


class CommandLine:
    """What has been said so far on one command line, which tells what the next word is.

    `of_value` filters a value by its name. Without `of_text` the line stands in a text that passes the filter as a
    whole.
    """

    def __init__(self, of_value: Callable[[str, str], str], of_text: Callable[[str], str] | None = None) -> None:
        self._of_value, self._in_text, self._text = of_value, of_text is None, of_text or str
        self._option = ""
        self._words: list[str] = []
        self._wandb = False

    def filtered(self, word: str) -> str:
        """Return the next word as it may be recorded."""
        self._wandb = self._wandb or "wandb" in word
        if word in END:
            self._option, self._words = "", []
            return word
        word = self._text(word)
        name, equals, value = word.partition("=")
        if word.startswith("-") and not equals:
            return self._of_option(word)
        if equals and re.fullmatch(r"-{0,2}[\w.-]{1,200}", name):
            self._option = ""
            return word if self._in_text else f"{name}={self._of_value(name.lstrip('-'), value)}"
        clean = self._of_word(word)
        self._option = ""
        return clean

    def _of_option(self, option: str) -> str:
        for known in OPTIONS.get(self._program, ()):
            if known.endswith("*") and option.startswith(known[:-1]) and len(option) > len(known) - 1:
                return f"{known[:-1]}{REMOVED}"
        self._option = option
        return option

    def _of_word(self, word: str) -> str:
        self._words = [word] if word in OPTIONS else [*self._words[:MOST_WORDS], word]
        option, name = self._option, self._option.lstrip("-")
        if self._is_told_by_its_place() or self._is_told_by_its_option(word):
            return REMOVED
        if word.startswith("pass:") and option:
            return f"pass:{REMOVED}"
        if option in TAKES_A_LOGIN and (login := LOGIN.fullmatch(word)):
            return login[1] + REMOVED
        if self._wandb and not self._in_text and BARE_KEY.fullmatch(word):
            return REMOVED
        return self._of_value(name, word) if name else word

    def _is_told_by_its_option(self, word: str) -> bool:
        known = OPTIONS.get(self._program)
        if known is None:
            return self._option == "-p" and not self._in_text and not NO_PASSWORD.fullmatch(word)
        if self._program in ONLY_AT_LOGIN and "login" not in self._words:
            return False
        return any(self._option == each.rstrip("*") for each in known)

    def _is_told_by_its_place(self) -> bool:
        words = tuple(self._words)
        if words[:3] == ("aws", "configure", "set") and len(words) == 5:
            return ANY.search(words[3].lower()) is not None
        return any(words[: len(before)] == before and len(words) == len(before) + place + 1 for before, place in PLACES)

    @property
    def _program(self) -> str:
        return self._words[0] if self._words and self._words[0] in OPTIONS else ""


def filtered_commands(text: str, of_value: Callable[[str, str], str]) -> str:
    """Return `text` without the secrets in the command lines that stand in it, each on one line."""
    kept, upto = [], 0
    for found in COMMAND.finditer(text):
        if found.start() >= upto:
            end = text.find("\n", found.start())
            end = len(text) if end < 0 else end
            kept += [text[upto : found.start()], _filtered_line(text[found.start() : end], of_value)]
            upto = end
    return "".join([*kept, text[upto:]])


def _filtered_line(line: str, of_value: Callable[[str, str], str]) -> str:
    pieces = re.split(r"((?:[ \t\"'`,]|\\[nr]?)+)", line)
    said = CommandLine(of_value)
    pieces[::2] = [said.filtered(each) if each else each for each in pieces[::2]]
    return "".join(pieces)
