"""Where the ontology, the shapes, the saved questions and the rules lie: in the wheel's `_data`, or in the checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parent
_HOME: Final = _PACKAGE / "_data" if (_PACKAGE / "_data").is_dir() else _PACKAGE.parent

ONTOLOGY: Final = _HOME / "ontology"
SHAPES: Final = _HOME / "shapes"
QUERIES: Final = _HOME / "queries"
RULES: Final = _HOME / "rules"
# Records that a constraint refuses, and small graphs in which a rule finds something.
EXAMPLES: Final = _HOME / ("examples" if _HOME.name == "_data" else "tests")


def version() -> str:
    """Return the version of provkg, also in a checkout that nobody installed."""
    from importlib import metadata  # 20 ms that nothing else here needs

    try:
        return metadata.version("provkg")
    except metadata.PackageNotFoundError:
        import tomllib

        project = tomllib.loads((_PACKAGE.parent / "pyproject.toml").read_text("utf-8"))["project"]
        return f"{project['version']} (a checkout, not installed)"
