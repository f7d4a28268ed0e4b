"""The pages of `provkg docs` over HTTP, made when the first is asked for and kept until the server stops."""

from __future__ import annotations

import asyncio
from pathlib import PurePath
from typing import Final

from starlette.concurrency import run_in_threadpool

from provkg.folder import Folder

MEDIA: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
FIRST: Final = "index.html"


class Documentation:
    """The pages on terms, shapes, rules and questions of one graph."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._files: dict[str, str] = {}
        self._making = asyncio.Lock()

    async def file(self, name: str) -> tuple[str, str] | None:
        """Return the text and the media type of the file called `name`, or None when there is none."""
        async with self._making:
            if not self._files:
                self._files = await run_in_threadpool(_render, self._folder)
        text = self._files.get(name or FIRST)
        return None if text is None else (text, MEDIA[PurePath(name or FIRST).suffix])


def _render(folder: Folder) -> dict[str, str]:
    from provkg.manual import render  # with the SHACL engines, which nothing else in this process needs

    return render(folder)
