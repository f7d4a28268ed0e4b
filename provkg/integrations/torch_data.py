"""What loaders of torch load: data that is known or recorded now, the parts of a random split, how rows are drawn."""

from __future__ import annotations

import re
import sys
import time
import weakref
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from types import FrameType
from typing import Any, Final

from provkg.capture import record, splitting
from provkg.capture.digests import members
from provkg.capture.frames import names_in
from provkg.capture.given_data import data_of, variable
from provkg.capture.handed_over import is_stream
from provkg.capture.handles import Data
from provkg.capture.known_data import known, remember
from provkg.capture.trouble import attempt, trouble
from provkg.integrations.observing import Call
from provkg.records import DataSubset, Reference

READ_SECONDS: Final = 30.0
"""Items that only the user's code can give are read for their digest where that takes no longer."""
ROLES: Final = (("validation", r"val(id(ation)?)?|dev|eval"), ("test", r"test(ing)?"), ("train", r"train(ing)?"))


@dataclass(eq=False)
class Division:
    """One call of `random_split`, recorded when one of its parts is used."""

    dataset: Any
    count: int
    seed: int | None
    own_generator: bool
    strategy: str = "random"
    stratify: str | None = None
    parts: list[weakref.ref[Any]] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)


_divisions: Final[weakref.WeakKeyDictionary[Any, Division]] = weakref.WeakKeyDictionary()


def subset_made(call: Call) -> Generator[None, None, None]:
    """Note a part that `random_split` makes; its frame says from what and with which seed."""
    torch = sys.modules["torch"]
    frame = _frame_of(torch.utils.data.random_split)
    yield
    if frame is None:
        return
    called_with = names_in(frame)
    dataset, lengths, generator = (called_with.get(name) for name in ("dataset", "lengths", "generator"))
    division = next((each for each in _divisions.values() if _is_unfinished(each, dataset)), None)
    if division is None:
        # Asked only: a generator is told apart from the default one, and nothing is drawn from either.
        own = generator is not None and generator is not torch.default_generator
        seed = generator.initial_seed() if own and generator is not None else torch.initial_seed()
        division = Division(dataset, len(lengths or ()), seed, own)
    division.parts.append(weakref.ref(call.owner))
    _divisions[call.owner] = division


def _is_unfinished(division: Division, dataset: Any) -> bool:
    return division.dataset is dataset and len(division.parts) < division.count


def _frame_of(function: Any) -> FrameType | None:
    code, frame = getattr(function, "__code__", None), sys._getframe(1)  # noqa: SLF001 - the only way to its arguments
    for _ in range(12):
        if frame.f_code is code or frame.f_back is None:
            break
        frame = frame.f_back
    return frame if frame.f_code is code else None


def parted(call: Call) -> Generator[None, None, None]:
    """Note the parts that `train_test_split` of a dataset of Hugging Face makes; its seed may be nobody's."""
    yield
    said = {name: call.argument(name) for name in ("seed", "shuffle", "stratify_by_column")}
    shuffled = said["shuffle"] is not False
    strategy = "stratified" if said["stratify_by_column"] else "random" if shuffled else "temporal"
    division = Division(call.owner, 2, said["seed"], own_generator=True, strategy=strategy)
    division.stratify = said["stratify_by_column"]
    for number, (name, part) in enumerate(call.result.items()):
        division.parts.append(weakref.ref(part))
        division.names[number] = name
        _divisions[part] = division


def rows_of(part: Any, whole: Any) -> list[int] | None:
    """Return the numbers that the rows of a part have in the whole, where the part knows them."""
    if hasattr(part, "indices"):
        return [int(row) for row in part.indices]
    if getattr(part, "_indices", None) is None or getattr(whole, "_indices", None) is not None:
        return None
    return [int(row) for row in part._indices.column(0).to_pylist()]  # noqa: SLF001 - it has no other name


def loader_made(call: Call) -> Generator[None, None, None]:
    """Note what the user calls the parts of a split while their names are in sight."""
    yield
    dataset = getattr(call.owner, "dataset", None)
    if (division := _division_of(dataset)) is not None:
        _name_parts(division)


def _name_parts(division: Division) -> None:
    for number, part in enumerate(division.parts):
        if number not in division.names and (called := variable(part(), "torch")) is not None:
            division.names[number] = called


def role_in(name: str | None) -> str | None:
    """Return the role that a name such as `val_set` or `train_loader` says; None where it says none."""
    words = re.split(r"[_\W\d]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name or "").lower())
    return next((role for role, said in ROLES if any(re.fullmatch(said, word) for word in words)), None)


def loaded_data(given: Any, role: str | None = None, name: str | None = None) -> tuple[Data, ...]:
    """Return the records of what a loader or dataset gives; none, and why, where it cannot be read."""
    if (found := known(given)) is not None:
        return (found,)
    dataset = getattr(given, "dataset", given) if _is(given, "DataLoader") else given
    if (found := known(dataset)) is not None:
        return (found,)
    if is_stream(dataset):
        trouble(
            f"the items of this {type(dataset).__name__} pass once and are not recorded as data; say what they are: "
            "provkg.training(…, data=provkg.dataset(name, path)), or let them pass through provkg.passing(name, items)",
            kind=f"stream {type(dataset).__name__}",
        )
        return ()
    if _is(dataset, "ConcatDataset"):
        return tuple(data for each in dataset.datasets for data in loaded_data(each, role))
    return tuple(data for data in (_of_one(dataset, role, name or variable(dataset, "torch")),) if data is not None)


def _of_one(dataset: Any, role: str | None, name: str | None) -> Data | None:
    division = _division_of(dataset)
    if division is not None:
        attempt("record a random split", lambda: _record_division(division, dataset, role))
        return known(dataset)
    if _is(dataset, "Subset"):
        return _part(dataset, role, name)
    if _is(dataset, "TensorDataset"):
        data = data_of(*dataset.tensors, role=role, name=name, framework="torch")
        remember(data, dataset)
        return data
    inner = [found for value in _held(dataset) if (found := known(value)) is not None]
    if inner:
        remember(inner[0], dataset)
        return inner[0]
    if _takes_long(dataset):
        return None
    return data_of(dataset, role=role, name=name or type(dataset).__name__, framework="torch")


def _division_of(dataset: Any) -> Division | None:
    try:
        return _divisions.get(dataset)
    except TypeError:  # a list is a dataset too, and has no hash
        return None


def _held(dataset: Any) -> Iterator[Any]:
    return iter([*getattr(dataset, "__dict__", {}).values()])


def _is(given: Any, name: str) -> bool:
    torch = sys.modules.get("torch.utils.data")
    return torch is not None and isinstance(given, getattr(torch, name))


def _takes_long(dataset: Any) -> bool:
    from provkg.capture.handed_over import has_items, undisturbed_chance

    if not has_items(dataset):
        return False
    with undisturbed_chance():
        dataset[0]
    # The second: the first may open files and fill caches.
    with undisturbed_chance():
        began = time.perf_counter()
        dataset[len(dataset) - 1]
    seconds = (time.perf_counter() - began) * len(dataset)
    if seconds > READ_SECONDS:
        trouble(
            f"to read all {len(dataset):,} items of this {type(dataset).__name__} takes {seconds:,.0f} s, so they are "
            "not recorded as data; say what they are: provkg.training(…, data=provkg.dataset(name, path))",
            kind=f"long {type(dataset).__name__}",
        )
    return seconds > READ_SECONDS


# --- parts


def _record_division(division: Division, used: Any, role: str | None) -> None:
    _name_parts(division)
    (whole,) = loaded_data(division.dataset) or (None,)
    if whole is None:
        return
    params = {} if division.own_generator else {"generator": "the global one"}
    whole = replace(whole, rows=division.dataset)
    how: dict[str, Any] = {"strategy": division.strategy, "stratify": division.stratify, "params": params}
    library = type(division.dataset).__module__.partition(".")[0]
    with splitting(whole, seed=division.seed, library=library if library == "datasets" else "torch", **how) as split:
        for number, alive in enumerate(division.parts):
            part = alive()
            if part is None:
                continue
            said = role_in(division.names.get(number)) or (role if part is used else None)
            remember(split.part(said or f"part {number + 1}", part, rows_of(part, division.dataset)), part)


def _part(subset: Any, role: str | None, name: str | None) -> Data | None:
    (whole,) = loaded_data(subset.dataset) or (None,)
    if whole is None or whole.reference is None:
        return None
    if whole.describe is not None:
        whole.describe()
    rows, title = [int(row) for row in subset.indices], name or f"part of {whole.name}"
    said = DataSubset(of=whole.reference, title=title, record_count=len(rows), membership_digest=members(rows))
    record(said)
    reference = said.reference()
    data = Data(said.title or whole.name, reference if isinstance(reference, Reference) else None, role=role)
    data.record_count, data.synthetic = len(rows), whole.synthetic
    remember(data, subset)
    return data


# --- how rows are drawn


def loading_of(loader: Any) -> dict[str, Any]:
    """Return the settings of a `DataLoader` as parameters."""
    sampler = getattr(loader, "sampler", None)
    drawn = getattr(sampler, "generator", None) or getattr(loader, "generator", None)
    found = {
        "batch_size": getattr(loader, "batch_size", None) or getattr(loader.batch_sampler, "batch_size", None),
        "shuffle": type(sampler).__name__ == "RandomSampler",
        "sampler": type(sampler).__name__ if sampler is not None else None,
        "workers": loader.num_workers,
        "drop_last": loader.drop_last,
        "seed": drawn.initial_seed() if drawn is not None else None,
    }
    return {f"loader.{name}": value for name, value in found.items() if value is not None}
