"""Data that MLflow is given: the rows behind its datasets, which it describes and does not keep."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from provkg.capture import dataset
from provkg.capture.defaults import defaults
from provkg.capture.given_data import data_of
from provkg.capture.handles import Data
from provkg.capture.known_data import known, known_content
from provkg.capture.trouble import warned

CONTEXT: Final = "mlflow.data.context"
_UNNAMED: Final = "dataset"
_known: Final[dict[tuple[Path, str, str], Data]] = {}


def described(given: Any, entity: Any) -> None:
    """Record the rows of a dataset while they are here: MLflow's client gets a description of them only."""
    key = _key(entity)
    if key not in _known and (found := _of_rows(given)) is not None:
        _known[key] = found


def logged(name: Any, digest: Any) -> Data | None:
    """Return the data that was logged under MLflow's name and digest."""
    return _known.get((defaults().folder, str(name), str(digest)))


def data_behind(entity: Any) -> Data | None:
    """Return the record of the data that MLflow's description is about; says so where its rows are not here."""
    key = _key(entity)
    if key not in _known and (found := _of_file(entity)) is not None:
        _known[key] = found
    if key not in _known:
        warned(
            f"MLflow's dataset {entity.name!r} has no rows here, so that the digest of its content is not known; it is "
            "left out. Record it: provkg.dataset(…)"
        )
    return _known.get(key)


def _key(entity: Any) -> tuple[Path, str, str]:
    return defaults().folder, str(entity.name), str(entity.digest)


def _of_rows(given: Any) -> Data | None:
    rows = next((each for name in ("df", "ds", "features") if (each := getattr(given, name, None)) is not None), None)
    if rows is None or type(rows).__module__.startswith("pyspark"):
        return None
    targets = getattr(given, "targets", None)
    if isinstance(targets, str):
        targets = None  # a column of the frame
    # MLflow's own autologging gives copies.
    if (found := known(rows) or known_content(rows)) is not None:
        return found
    name = str(given.name) if given.name != _UNNAMED else None
    if (source := _source(given.source.to_dict())) is None:
        return data_of(rows, targets, name=name, framework="mlflow", otherwise=_UNNAMED)
    return dataset(name or Path(source).stem, rows if targets is None else (rows, targets), source=source)


def _of_file(entity: Any) -> Data | None:
    source = _source(json.loads(entity.source or "{}"))
    parts = urlsplit(source or "")
    path = Path(unquote(parts.path))
    if source is None or parts.scheme not in {"", "file"} or not path.exists():
        return None
    return dataset(entity.name if entity.name != _UNNAMED else path.stem, path)


def _source(said: dict[str, Any]) -> str | None:
    return next((str(said[key]) for key in ("uri", "url", "path") if said.get(key)), None)
