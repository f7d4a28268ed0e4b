"""`inference`: a model's predictions as one batch, with single ones where somebody may ask about them."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any, ClassVar, Unpack

from provkg.capture import tables
from provkg.capture.about import About
from provkg.capture.blocks import RunBlock
from provkg.capture.digests import digest
from provkg.capture.files import content_of
from provkg.capture.given_data import data_things
from provkg.capture.given_models import ModelGiven, model_things
from provkg.capture.handles import (
    BatchHandle,
    DataGiven,
    DeploymentHandle,
    Thing,
    named,
    references,
    things,
)
from provkg.capture.metrics import as_number
from provkg.capture.parameters import cleaned
from provkg.capture.table_files import table_file
from provkg.capture.trouble import attempt, trouble
from provkg.capture.wording import shown
from provkg.errors import BadParameter
from provkg.records import InferenceRun, Iri, Prediction, PredictionBatch, Reference
from provkg.vocabulary import hasFile


class InferenceBlock(RunBlock):
    """An inference while it goes on."""

    EACH_RANK: ClassVar[bool] = True

    def __init__(
        self,
        model: ModelGiven,
        *,
        data: DataGiven,
        deployment: DeploymentHandle | None = None,
        title: str | None = None,
        **about: Unpack[About],
    ) -> None:
        used = model_things(model)
        super().__init__(
            title or f"predict with {named(used or model)}",
            InferenceRun,
            **about,
        )
        self._model_used, self._data = used, data_things(data, "data")
        self._deployment = things(deployment, "deployment")
        self._batch: BatchHandle | None = None

    def predictions(
        self,
        values: Any = None,
        *,
        name: str | None = None,
        path: str | os.PathLike[str] | None = None,
    ) -> BatchHandle:
        """Record the predictions as one batch; `values` are written to `path` as CSV, a `path` alone is read as it is.

        Of a file alone the rows are counted where its form tells them: CSV, lines of JSON, Parquet.

        Raises `BadParameter` when neither is given, `OSError` when `path` cannot be written.
        """
        if values is None and path is None:
            raise BadParameter("give the predicted values, the path of the file that holds them, or both")
        file = Path(path) if path is not None else None
        if values is not None and file is not None:
            write_values(values, file)
        batch = BatchHandle(name or self.title, path=file, record_count=tables.row_count(values))
        self._batch = self._batch or batch
        attempt(f"record predictions {batch.name!r}", lambda: self._record_batch(batch, values))
        return batch

    def prediction(self, row: int, value: Any, confidence: float | None = None) -> None:
        """Record the prediction for one row of the batch, for example one that is contested."""
        attempt(f"record the prediction for row {row}", lambda: self._record_prediction(row, value, confidence))

    def _record_batch(self, batch: BatchHandle, values: Any) -> None:
        if batch.path is not None:
            summed, files = content_of(batch.path)
            if batch.record_count is None and len(files) == 1:
                batch.record_count = table_file(batch.path).count
        else:
            summed, files = digest(values), ()
        batch.sha256 = summed.sha256
        said = PredictionBatch(
            run=self.reference,
            name=batch.name,
            model=self._predictor(),
            made=self._now(),
            of=references(self._data),
            record_count=batch.record_count,
            sha256=summed.sha256,
            digest_form=summed.form,
            files=files,
            absent=() if files else (Iri(hasFile.value),),
        )
        self._made(batch, said)

    def _record_prediction(self, row: int, value: Any, confidence: float | None) -> None:
        if self._batch is None:
            self._batch = BatchHandle(self.title)
            said = PredictionBatch(run=self.reference, name=self.title, model=self._predictor(), made=self._now())
            self._made(self._batch, said)
        if self._batch.reference is None:
            return  # what could not be recorded has been said
        if int(row) < 0:
            raise BadParameter(f"rows are numbered from 0, not {row}")
        one = Prediction(
            batch=self._batch.reference,
            row=int(row),
            value=plain(value),
            confidence=_share(confidence, row),
            run=self.reference,
            model=self._predictor(),
            made=self._now(),
            of=references(self._data),
        )
        self._outputs.append(one)
        self._say([one])

    def _predictor(self) -> Reference | None:
        return next(iter(references(self._model_used)), None)

    def _specific(self) -> dict[str, Any]:
        return {
            "model": self._predictor(),
            "deployment": next(iter(references(self._deployment)), None),
            "data": references(self._data),
        }

    def _inputs(self) -> tuple[Thing, ...]:
        return self._data

    def _measured_thing(self) -> Reference | None:
        return self._predictor()


def _share(confidence: Any, row: int) -> float | None:
    if confidence is None:
        return None
    share = as_number(confidence)
    if share is not None and 0 <= share <= 1:
        return share
    trouble(
        f"confidence={shown(confidence)} of the prediction for row {row} is no number from 0 to 1; "
        "the prediction is recorded without it",
        kind="confidence",
        error=BadParameter,
    )
    return None


def plain(value: Any) -> str | bool | int | float | None:
    """Return a predicted value as a literal can hold it: a scalar as itself, anything else as JSON text."""
    clean = cleaned({"value": value})["value"]
    if clean is None or isinstance(clean, str | bool | int | float):
        return clean
    return json.dumps(clean, ensure_ascii=False, sort_keys=True)


def write_values(values: Any, path: Path) -> None:
    """Write one line a row: its number and the predicted value or values."""
    rows = values.tolist() if hasattr(values, "tolist") else list(values)
    wide = next((len(row) for row in rows if isinstance(row, list | tuple)), 1)
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(["row", *(["value"] if wide == 1 else [f"value_{n}" for n in range(wide)])])
        for number, row in enumerate(rows):
            writer.writerow([number, *(row if isinstance(row, list | tuple) else [row])])


def inference(
    model: ModelGiven,
    *,
    data: DataGiven,
    deployment: DeploymentHandle | None = None,
    title: str | None = None,
    **about: Unpack[About],
) -> InferenceBlock:
    """Record predictions, as `with provkg.inference(model, data=unseen) as run: run.predictions(values)`.

    `model` is a handle, or in its place what `provkg.model` takes: the path of the model's file, or the model itself.
    """
    return InferenceBlock(
        model,
        data=data,
        deployment=deployment,
        title=title,
        **about,
    )
