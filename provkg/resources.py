"""Where the ontology, the shapes and the saved questions lie: in the wheel's `_data`, or in the checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parent
_HOME: Final = _PACKAGE / "_data" if (_PACKAGE / "_data").is_dir() else _PACKAGE.parent

ONTOLOGY: Final = _HOME / "ontology"
SHAPES: Final = _HOME / "shapes"
QUERIES: Final = _HOME / "queries"
