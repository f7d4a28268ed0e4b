"""Keeps people's names out of what a machine tells: folders of users, addresses of mail, the name of this host.

What somebody says on purpose (`responsible=`, `agent=`, a description) is left as it is said, but for folders.
"""

from __future__ import annotations

import os
import re
import socket
from functools import cache
from typing import Final

HOME: Final = "~"
SOMEBODY: Final = "~someone"
"""The home of another user than the one who runs this process."""
ADDRESS: Final = "[address removed]"
HOST: Final = "[this host]"

# Accounts of images and services, whose names say nothing of a person and are words of other things too.
NOBODY: Final = frozenset(
    {
        *(
            "admin",
            "administrator",
            "airflow",
            "app",
            "azureuser",
            "build",
            "builder",
            "centos",
            "ci",
            "circleci",
            "code",
        ),
        *(
            "codespace",
            "conda",
            "core",
            "data",
            "debian",
            "default",
            "developer",
            "docker",
            "ec2-user",
            "gitlab-runner",
        ),
        *("gitpod", "guest", "home", "jenkins", "jovyan", "jupyter", "kaggle", "local", "mambauser", "mlflow", "model"),
        *("models", "ml", "nobody", "node", "notebook", "opc", "python", "ray", "root", "runner", "sagemaker-user"),
        *("service", "shared", "spark", "student", "system", "temp", "test", "tmp", "train", "trainer", "training"),
        *("ubuntu", "user", "users", "vagrant", "vscode", "work", "worker", "workspace", "www-data"),
    }
)
SHORTEST_NAME: Final = 3
# Where a path begins: not within an address of another scheme than file:.
_BEGIN: Final = r"(?:(?<=file://)|(?<=file://localhost)|(?<![\w./~%@\\:-])|(?<=:)(?!//)(?=[/A-Za-z]))"
_ROOTS: Final = (
    r"(?:/(?:private/)?(?:var/|export/|usr/|mnt/|nfs/|data/|cluster/|gpfs/)?(?:home|Users|homes)/|/mnt/[a-z]/Users/)"
)
_WINDOWS: Final = r"/?[A-Za-z]:(?:\\{1,2}|/)Users(?:\\{1,2}|/)"
_NAME: Final = r"(?P<user>[^\s/\\\"'<>|:;,*?()\[\]{}]{1,64})"
_SPACED: Final = r"(?P<spaced>[^/\\\"'<>|:;,*?\n]{1,64})(?=[/\\])"  # Windows takes names with spaces
HOMES: Final = re.compile(rf"{_BEGIN}(?:{_ROOTS}{_NAME}|{_WINDOWS}(?:{_SPACED}|{_NAME.replace('user', 'last')}))")
PATHS: Final = re.compile(rf"{_BEGIN}(?:/?[A-Za-z]:[\\/])?(?:[\\/]{{1,2}}[\w.@+~ -]{{1,255}}){{2,64}}+")
MAIL: Final = re.compile(
    r"(?<![\w.+%@/-])(?!(?:git|hg|svn|noreply|no-reply|root|user|ubuntu|admin)@)[A-Za-z0-9._%+-]{1,64}+@"
    r"(?:[A-Za-z0-9-]{1,63}\.){1,8}(?:com|org|net|edu|gov|mil|int|info|biz|name|dev|app|cloud|tech|science|academy"
    r"|institute|university|local|internal|lan|corp|example|test|[a-z]{2})(?![\w(\[-])(?!\.\w)"
)


def unhomed(text: str) -> str:
    """Return `text` with `~` in place of this user's home folder, and `~someone` in place of another's."""
    if "/" not in text and "\\" not in text:
        return text
    for home in _own_homes():
        if home in text:
            text = _home_pattern(home).sub(lambda found: _tilde(found, HOME), text)
    if "home" in text or "Users" in text:
        text = HOMES.sub(lambda found: _tilde(found, HOME if _user(found) in _names() else SOMEBODY), text)
    if any(name in text for name in own_names()):
        text = PATHS.sub(lambda found: _without_names(found[0]), text)
    return text


def unnamed(text: str) -> str:
    """Return a text that a program made (a command line, a message, a remote) without the names of people and hosts."""
    text = unhomed(text)
    if "@" in text:
        text = MAIL.sub(ADDRESS, text)
    for host in _own_hosts():
        if host in text:
            text = _host_pattern(host).sub(HOST, text)
    return text


def own_names() -> tuple[str, ...]:
    """Return the names of this user that are a person's and not an image's or a service's."""
    return tuple(name for name in _names() if len(name) >= SHORTEST_NAME and name.lower() not in NOBODY)


def _user(found: re.Match[str]) -> str:
    return str(found["user"] or found["spaced"] or found["last"])


def _tilde(found: re.Match[str], home: str) -> str:
    before = found.string[: found.start()]
    return f"/{home}" if before.endswith(("file://", "file://localhost")) else home


def _without_names(path: str) -> str:
    for name in own_names():
        path = re.sub(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", HOME, path)
    return path


@cache
def _names() -> tuple[str, ...]:
    found = [os.environ.get(variable) for variable in ("LOGNAME", "USER", "USERNAME")]
    try:
        import pwd  # not on every platform

        found.append(pwd.getpwuid(os.getuid()).pw_name)
    except (ImportError, KeyError, AttributeError):
        pass
    return tuple(dict.fromkeys(name for name in found if name))


@cache
def _own_homes() -> tuple[str, ...]:
    home = os.path.expanduser("~")  # noqa: PTH111 - a text, also where there is no home
    named = home.rstrip("/\\")
    # `/` or `/workspace`, as in images, is nobody's; a folder that is called like a person is.
    deep = named.count("/") + named.count("\\") >= 2
    return (named,) if deep and os.path.isabs(named) else ()  # noqa: PTH117


@cache
def _home_pattern(home: str) -> re.Pattern[str]:
    return re.compile(rf"{_BEGIN}{re.escape(home)}(?![\w.-])")


@cache
def _own_hosts() -> tuple[str, ...]:
    host = socket.gethostname()
    found = dict.fromkeys((host, host.partition(".")[0]))
    # A name without a digit, a dot or a hyphen may be a word of the language.
    return tuple(name for name in found if len(name) > SHORTEST_NAME and not name.isalpha() and "localhost" not in name)


@cache
def _host_pattern(host: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.-]){re.escape(host)}(?![\w-])")


def forget_persons() -> None:
    """Ask anew who runs this process."""
    for known in (_names, _own_homes, _own_hosts):
        known.cache_clear()
