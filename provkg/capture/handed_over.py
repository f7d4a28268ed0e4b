"""What stands behind the loaders and datasets that frameworks hand around: tensors, a table, or items one by one.

A loader of torch is the dataset that it loads. A dataset of tensors, and what `Subset`, `random_split` and
`ConcatDataset` make of it, is the tuple of its tensors. A dataset of Hugging Face is its Arrow table.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from provkg.errors import Unreadable


def content_behind(given: Any) -> Any:
    """Return what stands behind a loader or a dataset of tensors, and `given` itself where that is neither."""
    while (inner := _loaded(given)) is not None:
        given = inner
    tensors = _tensors(given)
    return given if tensors is None else tensors


def has_items(content: Any) -> bool:
    """Whether `content` is a dataset of torch whose items are read one by one, by their numbers."""
    torch = _torch_data()
    if torch is None or not isinstance(content, torch.Dataset) or isinstance(content, torch.IterableDataset):
        return False
    return not is_hugging_face(content)


def is_stream(content: Any) -> bool:
    """Whether `content` gives its items in its own order, once each time it is asked, and nobody knows how many."""
    torch, library = _torch_data(), sys.modules.get("datasets")
    return (torch is not None and isinstance(content, torch.IterableDataset)) or (
        library is not None and isinstance(content, getattr(library, "IterableDataset", ()))
    )


def is_hugging_face(content: Any) -> bool:
    """Whether `content` is a dataset of Hugging Face that lies in a table."""
    library = sys.modules.get("datasets")
    return library is not None and isinstance(content, getattr(library, "Dataset", ()))


def items(dataset: Any) -> Iterator[Any]:
    """Yield the items of a dataset of torch by their numbers; raises `Unreadable` where it has no length."""
    try:
        count = len(dataset)
    except (TypeError, NotImplementedError):
        raise Unreadable(
            f"a {type(dataset).__name__} does not say how many items it has (__len__); "
            "let them pass one by one: provkg.passing(name, items)"
        ) from None
    return (dataset[number] for number in range(count))


@contextmanager
def undisturbed_chance() -> Iterator[None]:
    """Let what is drawn at random inside the block leave no trace: training goes on as if nothing had been read."""
    numpy, torch = sys.modules.get("numpy.random"), sys.modules.get("torch")
    before = random.getstate()
    of_numpy = numpy.get_state() if numpy is not None else None
    of_torch = torch.get_rng_state() if torch is not None else None
    try:
        yield
    finally:
        random.setstate(before)
        if numpy is not None:
            numpy.set_state(of_numpy)
        if torch is not None:
            torch.set_rng_state(of_torch)


def _torch_data() -> Any:
    return sys.modules.get("torch.utils.data")


def _loaded(given: Any) -> Any:
    torch = _torch_data()
    return given.dataset if torch is not None and isinstance(given, torch.DataLoader) else None


def _tensors(dataset: Any) -> tuple[Any, ...] | None:
    """Return the tensors of a dataset whose items are their rows; None for any other."""
    torch = _torch_data()
    if torch is None or not isinstance(dataset, torch.Dataset):
        return None
    # By their very classes: one that builds on them may give other items.
    if type(dataset) is torch.TensorDataset:
        found: tuple[Any, ...] = tuple(dataset.tensors)
        return found
    if type(dataset) is torch.Subset:
        inner = _tensors(dataset.dataset)
        return None if inner is None else tuple(each[[*map(int, dataset.indices)]] for each in inner)
    if type(dataset) is torch.ConcatDataset:
        return _joined([_tensors(each) for each in dataset.datasets])
    return None


def _joined(parts: list[tuple[Any, ...] | None]) -> tuple[Any, ...] | None:
    known = [part for part in parts if part is not None]
    kinds = {tuple((each.dtype, each.shape[1:]) for each in part) for part in known}
    if len(known) != len(parts) or len(kinds) != 1:
        return None
    return tuple(sys.modules["torch"].cat(each) for each in zip(*known, strict=True))
