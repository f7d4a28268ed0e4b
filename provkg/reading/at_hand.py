"""Files at hand, which are named by their paths and known by their content."""

from __future__ import annotations

from pathlib import Path

from provkg.errors import Unreadable


def content_at(path: str) -> str | None:
    """Return the digest of the file or folder at `path`, as recording takes it, or None where there is none."""
    try:
        place = Path(path).expanduser()
        if not path or (not place.is_file() and not place.is_dir()):
            return None
    except (OSError, RuntimeError, ValueError):  # too long, or with a null: no path, but perhaps a name
        return None
    from provkg.capture.files import content_of  # only who names a file pays for it

    try:
        return content_of(place)[0].sha256
    except (OSError, Unreadable):
        return None
