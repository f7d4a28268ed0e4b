"""The pages as files in a folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from provkg.errors import StorageFailed
from provkg.folder import Folder
from provkg.manual.alignments_page import alignments_page
from provkg.manual.contents import Contents
from provkg.manual.frame import MADE_BY, Entry, whole
from provkg.manual.front_page import front_page
from provkg.manual.ontology_page import ontology_page
from provkg.manual.questions_page import questions_page
from provkg.manual.rules_page import rules_page
from provkg.manual.shapes_page import shapes_page

PAGES: Final = (front_page, ontology_page, shapes_page, rules_page, questions_page, alignments_page)
ASSETS: Final = ("style.css", "search.js", "icon.svg")
INDEX: Final = "search-index.js"
_HERE: Final = Path(__file__).parent / "assets"
_MARK_WITHIN: Final = 600


def render(folder: Folder | None = None, tell: Callable[[str], None] = lambda _: None) -> dict[str, str]:
    """Return the text of every file of the site by name; the same input gives the same bytes.

    What is wrong with a file of the owner's that is left out is told.
    """
    contents = Contents.read(folder)
    for complaint in contents.left_out:
        tell(complaint)
    pages = [make(contents) for make in PAGES]
    texts = {page.file: whole(page, contents) for page in pages}
    texts[INDEX] = _index(entry for page in pages for entry in page.entries)
    return texts | {name: (_HERE / name).read_text("utf-8") for name in ASSETS}


def write(place: Path, folder: Folder | None = None, tell: Callable[[str], None] = lambda _: None) -> list[Path]:
    """Write the site into the folder `place` and return its files.

    Earlier pages are replaced; raises `StorageFailed` rather than replace a file that is none of them. What is wrong
    with a file of the owner's that is left out is told.
    """
    texts = render(folder, tell)
    files = {place / name: text for name, text in texts.items()}
    try:
        place.mkdir(parents=True, exist_ok=True)
        for file in files:
            _refuse_foreign(file)
        for file, text in files.items():
            file.write_text(text, "utf-8", newline="\n")
    except (FileExistsError, NotADirectoryError):
        raise StorageFailed(f"{place} is a file; name a folder to write the pages into") from None
    except OSError as error:
        raise StorageFailed(f"{error.filename}: {error.strerror}; name another folder for the pages") from error
    return list(files)


def _refuse_foreign(file: Path) -> None:
    if file.is_file() and MADE_BY not in file.read_bytes()[:_MARK_WITHIN].decode("utf-8", "replace"):
        raise StorageFailed(f"{file} is not a page of provkg docs; name another folder")


def _index(entries: Iterable[Entry]) -> str:
    """Return the search index as a script: a page that is opened from a disk may read no other kind of file."""
    rows = [[each.name, each.sort, each.says, each.address] for each in entries]
    listed = ",\n".join(json.dumps(row, ensure_ascii=True) for row in rows)
    return f"// {MADE_BY}\nwindow.provkgIndex = [\n{listed}\n];\n"
