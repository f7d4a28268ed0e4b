"""What a run measures while it goes on: values of metrics, by the quickest way there is."""

from __future__ import annotations

from typing import Any, ClassVar, SupportsIndex

from provkg.capture.handles import Data, Thing, references, things
from provkg.capture.hot_path import PLAIN, Log, bound, now, pack
from provkg.capture.lifecycle import Lifecycle
from provkg.capture.metrics import Subject, as_number, kind_and_role
from provkg.capture.spool.points import AT_BOTH, AT_EPOCH, AT_STEP, BARE
from provkg.capture.spool.segments import Put, nowhere
from provkg.capture.trouble import failed
from provkg.capture.wording import text_if_any, worded
from provkg.records import Reference, Run


class MeasuredRun(Lifecycle):
    """One run with the values that are measured in it."""

    ROLE: ClassVar[str | None] = None

    def __init__(self, title: str, kind: type[Run] = Run, **about: Any) -> None:
        super().__init__(title, kind, **about)
        self._names: dict[str, tuple[str, str | None]] = {}
        self._put: Put = nowhere
        self._at_step: dict[Any, int] = {}
        self._at_epoch: dict[Any, int] = {}

    def metric(
        self,
        name: str,
        value: Any,
        *,
        epoch: SupportsIndex | None = None,
        step: SupportsIndex | None = None,
        role: str | None = None,
        label: str | None = None,
        data: Data | None = None,
    ) -> None:
        """Record one value of the metric `name`; with `epoch` or `step`, or called again, it becomes a series.

        `role` is the part it was taken on (`train`, `validation`, `test`), `label` a class or group that it is about.
        In a training, `val_loss` is the `loss` of the role `validation`, and `test_loss` that of `test`.
        """
        called: Any = name
        try:
            number = value if isinstance(value, PLAIN) else as_number(value)
            called = name if role is None and label is None and data is None else (name, role, label, data)
            if epoch is None:
                if step is None:
                    self._put(pack(self._at_step[called], 0, number, now(), 0, BARE))
                else:
                    self._put(pack(self._at_step[called], 0, number, now(), step, AT_STEP))
            elif step is None:
                self._put(pack(self._at_epoch[called], epoch, number, now(), 0, AT_EPOCH))
            else:
                self._put(pack(self._at_epoch[called], epoch, number, now(), step, AT_BOTH))
        except Exception:  # noqa: BLE001, S110 - something is new, wrong or full, which the long way settles or says
            pass
        else:
            return
        self._measure(called, name, value, epoch, step, role, label, data)

    def series(self, name: str, *, role: str | None = None, label: str | None = None, data: Data | None = None) -> Log:
        """Return what records values of one metric, as `loss(value, step)`: the quickest call there is.

        It takes `epoch=` as well, and is `metric` with the words said once.
        """
        called = object()
        return bound(
            called,
            lambda value, epoch, step: self._measure(called, name, value, epoch, step, role, label, data),
            lambda: (self._put, self._at_step, self._at_epoch),
        )

    def _measure(
        self,
        called: Any,
        name: str,
        value: Any,
        epoch: SupportsIndex | None,
        step: SupportsIndex | None,
        role: str | None,
        label: str | None,
        data: Data | None,
    ) -> None:
        metrics = self._metrics
        if metrics is None or self._ended is not None:
            self._is_out_of_time(f"metric {name!r}")
            return
        called, name, role, label, data = _words(called, name, role, label, data)
        try:
            kind, said = self._kind_and_role(name, role, data) if self.LEARNS else (name, role)
            key = (kind, said, label, data)
            metrics.log(called, kind, value, epoch, step, key, lambda: self._subject(said, data))
            self._put, self._at_step, self._at_epoch = metrics.put, metrics.at_step, metrics.at_epoch
        except Exception as error:  # noqa: BLE001 - recording must never stop training
            failed(f"record metric {name!r}", error)

    # --- what kinds of runs differ in

    def _inputs(self) -> tuple[Thing, ...]:
        return self._uses

    def _kind_and_role(self, name: str, role: str | None, data: Data | None) -> tuple[str, str | None]:
        if name not in self._names:
            self._names[name] = kind_and_role(name)
        kind, named = self._names[name]
        said = role or (data.role if data is not None else None)
        if named is None or said not in {None, named}:
            return name, role  # where name and role disagree, both are kept as they were said
        return kind, named

    def _subject(self, role: str | None, data: Data | None) -> Subject:
        if data is not None:
            on = references((data,))
            return Subject(role or data.role, on[0] if on else None, on)
        return Subject(role or self.ROLE, None, self._data_of(role or self.ROLE))

    def _data_of(self, role: str | None) -> tuple[Reference, ...]:
        return references(each for each in self._inputs() if role and isinstance(each, Data) and each.role == role)


def _words(
    called: Any, name: Any, role: Any, label: Any, data: Any
) -> tuple[Any, str, str | None, str | None, Data | None]:
    """Return the words of a call of `metric`; those that are none of their kind are said and made so."""
    fits = isinstance(name, str) and isinstance(role, str | None) and isinstance(label, str | None)
    if fits and isinstance(data, Data | None):
        return called, name, role, label, data
    name, role = worded(name, "the name of a metric"), text_if_any(role, "role=")
    label = text_if_any(label, "label=")
    data = next((each for each in things(data, "data") if isinstance(each, Data)), None)
    return (name, role, label, data), name, role, label, data
