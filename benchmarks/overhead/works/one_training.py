"""One small training, recorded as completely as a tool's own calls do; looked through afterwards for known facts."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path


def main(arm: str, folder: str, parameters: str) -> None:
    """Record it."""
    tool = importlib.import_module(f"arms.{arm}")
    tool.facts(Path(folder), json.loads(parameters))


if __name__ == "__main__":
    main(*sys.argv[1:4])
