"""What is about to be written, without secrets and without the folders of people: the last look at all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar

from provkg.capture.persons import unhomed
from provkg.capture.secrets import filtered, filtered_text, without_credentials, without_known
from provkg.records import ArtifactFile, Description, ParameterSetting, Tag
from provkg.records.rebuilding import rebuilt

D = TypeVar("D", bound=Description)
# Digests, signatures and the names of keys look like secrets, and are there to be compared.
_NO_TEXT: Final = frozenset(
    {"commit", "expected_digest", "input_digest", "key_id", "membership_digest", "observed_digest", "other_digests"}
    | {"points", "patch_digest", "sha256", "signature"}
)


def screened(described: D) -> D:
    """Return a description without secrets in its texts, however they were said."""
    return rebuilt(described, _without_secrets)


def _without_secrets(described: Description, field: str, value: Any) -> Any:
    # What identifies a thing has to be the same wherever the thing is named. Files, of which there may be thousands,
    # have nothing but digests, and addresses that are looked at with all the rest before they are written.
    if (
        isinstance(described, ArtifactFile)
        or not isinstance(value, str)
        or field in (described.KEY or ())
        or field in _NO_TEXT
    ):
        return value
    if isinstance(described, ParameterSetting):
        return filtered(described.name, value)
    clean = without_credentials(value) if "://" in value else value
    return filtered(described.key, clean) if isinstance(described, Tag) else filtered_text(clean)


def screened_payload(payload: dict[str, Any]) -> dict[str, Any]:
    """Return what is to be written, its texts without keys of known shapes and folders of people, names included.

    A name loses them wherever it stands, so that it still names the same thing.
    """
    # One look at all texts is much quicker than one at each, and nearly always enough.
    together = "\n".join(_texts(payload))
    return payload if _screened_text(together) == together else _each(payload, _screened_text)


def _screened_text(text: str) -> str:
    return unhomed(without_known(text))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield str(name)
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _each(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: _each(each, change) for name, each in value.items()}
    return [_each(each, change) for each in value] if isinstance(value, list) else value
