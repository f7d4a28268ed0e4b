"""Where data and models come from, and under which licence, as people type it."""

from __future__ import annotations

import re
from pathlib import Path, PurePath
from typing import Any, Final

from provkg.capture.secrets import without_credentials
from provkg.capture.trouble import trouble
from provkg.capture.wording import LONGEST_TEXT, fit, shown, texted
from provkg.errors import BadParameter
from provkg.records import DataSource, Iri

SPDX: Final = "http://spdx.org/licenses/"
SPDX_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*")
ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")


def source_of(told: Any, path: PurePath | None) -> DataSource | None:
    """Return where something comes from: what was told of it, or the path that it was read from."""
    if told is not None:
        address = isinstance(told, str) and "://" in told and len(told) <= LONGEST_TEXT
        clean = fit(without_credentials(told)) if address else texted(told, "source=")
        return DataSource(identifier=clean, url=clean if ABSOLUTE.fullmatch(clean) and "://" in clean else None)
    return DataSource(identifier=Path(path).absolute().as_uri()) if path is not None else None


def licence(said: str) -> Iri | None:
    """Return the licence's IRI: an SPDX identifier's, or the given one; says so when it is neither."""
    said = texted(said, "license=")
    if SPDX_ID.fullmatch(said):
        return Iri(SPDX + said)
    if ABSOLUTE.fullmatch(said):
        return Iri(said)
    trouble(
        f"license={shown(said)} is neither an SPDX identifier (like CC-BY-4.0) nor an IRI; it is left out",
        kind=f"license {said}",
        error=BadParameter,
    )
    return None
