"""The energy that runs take, by CodeCarbon, which measures where the machine lets it and estimates the rest."""

from __future__ import annotations

import logging
import os
import re
import threading
import time
from dataclasses import dataclass
from typing import Any, Final, Self

from provkg.capture.defaults import defaults
from provkg.capture.trouble import trouble
from provkg.errors import BadParameter, MissingExtra

PATIENCE_SECONDS: Final = 1.0
"""How long the end of a run waits for the tracker, which takes two seconds to look at the machine."""
MISSED: Final = 0.02
"""From which share of a run on it is said that its beginning is not in the figure."""
EVERY_SECONDS: Final = 15
SCOPES: Final = {
    "process": "process and its children: processors, memory; GPUs as a whole",
    "machine": "machine: processors, memory, GPUs",
}
COUNTRY: Final = re.compile("[A-Z]{3}")
# How CodeCarbon calls the ways in which it learns what processors take.
MEASURED: Final = {"intel_rapl": "RAPL counters", "windows_emi": "EMI counters", "intel_power_gadget": "Power Gadget"}
ESTIMATED: Final = {"cpu_load": "load and nominal power", "constant": "nominal power"}


@dataclass(frozen=True)
class Total:
    """What was taken since the tracker began."""

    kilowatt_hours: float
    co2e_kilograms: float


class Tracker:
    """CodeCarbon's tracker of one process, without network, files and talk; it takes seconds to begin."""

    def __init__(self, module: Any, scope: str, country: str | None) -> None:
        self.scope, self.country = scope, country
        self._version = str(getattr(module, "__version__", "")) or "unknown"
        self._total = Total(0.0, 0.0)
        logging.getLogger("codecarbon").setLevel(logging.CRITICAL)
        self._tracker: Any = module.OfflineEmissionsTracker(
            country_iso_code=country,
            # Without a country there is no figure for emissions, and the one for energy needs none.
            **({"force_carbon_intensity_g_co2e_kwh": 0.0} if country is None else {}),
            tracking_mode=scope,
            measure_power_secs=EVERY_SECONDS,
            log_level="critical",
            output_methods=[],
            output_handlers=[_Handler(self)],
            emissions_endpoint=None,
            electricitymaps_api_token=None,
            allow_multiple_runs=True,
        )
        self._tracker.start()

    def total(self) -> Total:
        """Return what was taken until now."""
        self._tracker.flush()
        return self._total

    def take(self, told: Any) -> None:
        """Take what CodeCarbon tells when it is asked to."""
        self._total = Total(float(told.energy_consumed), float(told.emissions))

    @property
    def method(self) -> str:
        """How the figure came about: what was measured and what estimated."""
        ways = [_way(part) for part in getattr(self._tracker, "_hardware", ())]
        return f"CodeCarbon {self._version}: {', '.join(sorted(filter(None, ways)))}"


class _Handler:
    """Takes what the tracker tells, in the place of a file or a service (BaseOutput)."""

    def __init__(self, tracker: Tracker) -> None:
        self._take = tracker.take

    def out(self, total: Any, _delta: Any) -> None:
        self._take(total)

    def live_out(self, _total: Any, _delta: Any) -> None:
        """Nobody looks at what is told between."""

    def task_out(self, _told: Any, _name: str) -> None:
        """There are no tasks."""

    def exit(self) -> None:
        """Nothing is to be closed."""


def _way(part: Any) -> str | None:
    """Return how the energy of a part of the machine is found."""
    kind, mode = type(part).__name__, str(getattr(part, "_mode", ""))
    if kind == "CPU":
        told = ESTIMATED.get(mode, mode or "nominal power")
        return f"processors {f'measured by {MEASURED[mode]}' if mode in MEASURED else f'estimated from {told}'}"
    return {"GPU": "GPUs measured by their driver", "RAM": "memory estimated from its size"}.get(kind)


# --- of one run


class Energy:
    """The energy of one run that goes on: the tracker is begun, and asked, in a thread of its own."""

    def __init__(self, scope: str, country: str | None) -> None:
        self._scope, self._country = scope, country
        self._began = self._ready = time.monotonic()
        self._first: tuple[Tracker, Total] | None = None
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._begin, name="provkg energy", daemon=True)
        self._thread.start()

    @classmethod
    def of(cls, said: bool | str | None) -> Self | None:  # noqa: FBT001 - as the user says it
        """Return the energy of a run that begins, where it is wanted: by this run, else by the process."""
        wanted = defaults().energy if said is None else said
        if wanted is False or wanted is None:
            return None
        scope = "process" if wanted is True else wanted
        if scope not in SCOPES:
            raise BadParameter(f"energy={wanted!r} is no scope; take True, {' or '.join(map(repr, SCOPES))}")
        return cls(scope, checked_country(defaults().country))

    def _begin(self) -> None:
        try:
            tracker = _tracker(self._scope, self._country)
            self._first, self._ready = (tracker, tracker.total()), time.monotonic()
        except Exception as error:  # noqa: BLE001 - told by the thread that ends the run
            self._failure = error

    def fields(self) -> dict[str, Any]:
        """Return what a closing record says of energy; nothing where the tracker did not come about in time."""
        lasted = time.monotonic() - self._began
        self._thread.join(PATIENCE_SECONDS)
        if self._failure is not None:
            failure = self._failure
            told = str(failure) if isinstance(failure, MissingExtra) else f"{type(failure).__name__}: {failure}"
            trouble(f"the energy of the run is not recorded: {told}", kind="energy", error=MissingExtra)
        missed = self._ready - self._began
        if self._first is None or missed >= lasted:
            return {}
        tracker, first = self._first
        last = tracker.total()
        taken = max(0.0, last.kilowatt_hours - first.kilowatt_hours)
        said = _said(tracker, Total(taken, last.co2e_kilograms - first.co2e_kilograms))
        if missed > MISSED * lasted:
            said["energy_scope"] += f"; without the first {missed:.1f} s"
        return said


def _said(tracker: Tracker, taken: Total) -> dict[str, Any]:
    said: dict[str, Any] = {
        "energy_kilowatt_hours": taken.kilowatt_hours,
        "energy_method": tracker.method,
        "energy_scope": SCOPES[tracker.scope],
    }
    if tracker.country is None or not taken.kilowatt_hours > 0 or not taken.co2e_kilograms > 0:
        return said
    intensity = taken.co2e_kilograms / taken.kilowatt_hours
    return said | {
        "co2e_kilograms": taken.co2e_kilograms,
        "carbon_intensity": intensity,
        "grid_region": tracker.country,
    }


def prepare() -> None:
    """Let the tracker begin in the background, where runs of this process want it."""
    Energy.of(None)


def checked_country(said: str | None) -> str | None:
    """Return a country's code (ISO 3166-1, alpha-3); raises `BadParameter` for what is none."""
    if said is not None and not COUNTRY.fullmatch(said):
        raise BadParameter(f"country={said!r} is no code of three letters (ISO 3166-1 alpha-3), such as 'FRA'")
    return said


_trackers: dict[tuple[int, str, str | None], Tracker] = {}
_lock = threading.Lock()


def _tracker(scope: str, country: str | None) -> Tracker:
    """Return this process' tracker, begun at the first call."""
    with _lock:
        known = os.getpid(), scope, country
        if known not in _trackers:
            _trackers[known] = Tracker(_codecarbon(), scope, country)
        return _trackers[known]


def _codecarbon() -> Any:
    try:
        import codecarbon  # late: it takes a third of a second, and few have it
    except ModuleNotFoundError as error:
        if error.name != "codecarbon":
            raise
        raise MissingExtra('codecarbon is not installed; run: pip install "provkg[energy]"') from None
    return codecarbon


def _renew_lock() -> None:
    global _lock
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_renew_lock)
