"""Takes credentials out of addresses: user info, secret arguments, signatures, fragments."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from provkg.capture.secrets.naming import is_secret_name
from provkg.capture.secrets.values import REMOVED

USER_INFO: Final = re.compile(r"(?<=://)[^/\s@?#\"'<>]{1,4096}+(?=@)")
USER_INFO_WITH_AT: Final = re.compile(r"(?<=://)[^/\s@?#\"'<>:]{0,200}+:[^/\s\"'<>]{1,500}@(?=[\w.\[-])")
SIGNED: Final = re.compile(
    r"(?i)((?:[?&;]|&amp;|\\u0026)(?:x-amz-signature|x-amz-credential|x-amz-security-token|x-goog-signature|x-goog-credential"
    r"|x-oss-signature|x-cos-security-token|q-signature|awsaccesskeyid|ossaccesskeyid|googleaccessid|access_?key_?id"
    r"|signature|sign|sig|skoid|sktid|token|access_token|id_token|refresh_token|sessiontoken|session_token|auth|auth_token"
    r"|authtoken|api_?key|apikey|app_?key|subscription-key|key|secret|client_secret|password|passwd|pwd|pass|code|policy"
    r"|key-pair-id|hmac|jwt|ticket|st|x-access-token|private_token|job_token)=)"
    r"(?!\[secret removed)[^&#\s\"'<>\\]{1,4096}+"
)
# Tokens in the path: Anaconda's channels.
IN_PATH: Final = re.compile(r"(?<=/t/)[a-z]{2}-[0-9a-f-]{36}(?=/)")


def without_user_info(text: str, mark: str) -> str:
    """Return `text` whose addresses have no user info and no arguments that sign or allow something."""
    if "://" in text and "@" in text:
        text = USER_INFO.sub(mark, USER_INFO_WITH_AT.sub(f"{mark}@", text))
    if "=" in text and ("?" in text or "&" in text or ";" in text):
        text = SIGNED.sub(rf"\1{mark}", text)
    return IN_PATH.sub(mark, text) if "/t/" in text else text


def without_credentials(url: str) -> str:
    """Return a URL or path without user info, secret arguments and fragment; git's `user@host:path` loses its user."""
    if "://" not in url:
        return url.rpartition("@")[2] if re.match(r"[\w.-]{1,200}@[\w.-]{1,200}:", url) else url
    # First, since a password may hold what ends the host of an address.
    url = USER_INFO_WITH_AT.sub("@", url)
    try:
        parts = urlsplit(url)
    except ValueError:  # no address, so it is not known where its credentials end
        return url
    public = "&".join(argument for argument in parts.query.split("&") if not _is_secret_argument(argument))
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, public, ""))


def _is_secret_argument(argument: str) -> bool:
    from provkg.capture.secrets.texts import filtered_text  # which builds on this module

    name, _, value = argument.partition("=")
    if (is_secret_name(name) and value) or SIGNED.match(f"?{argument}"):
        return True
    return REMOVED in filtered_text(value)
