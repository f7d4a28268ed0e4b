"""Tensors and datasets of torch have the digest of their content, wherever it lies and whoever loads it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch: Any = pytest.importorskip("torch")
from torch.utils.data import (  # noqa: E402 - where torch is
    ConcatDataset,
    DataLoader,
    Dataset,
    IterableDataset,
    Subset,
    TensorDataset,
    random_split,
)

import provkg  # noqa: E402
from provkg.capture import CaptureWarning, tables  # noqa: E402
from provkg.capture.digests import digest  # noqa: E402
from provkg.errors import Unreadable  # noqa: E402
from provkg.records import DatasetVersion  # noqa: E402
from tests.recording import described, recording  # noqa: E402

pytestmark = [
    pytest.mark.frameworks,
    pytest.mark.filterwarnings("ignore:Sparse CS. tensor support is in beta:UserWarning"),
    pytest.mark.filterwarnings("ignore:Sparse invariant checks are implicitly disabled:UserWarning"),
]
torch.set_num_threads(1)
ROWS = 3000
FLOATS = (torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.float8_e4m3fn, torch.float8_e5m2)
TYPES = (*FLOATS, torch.int64, torch.int8, torch.uint8, torch.bool, torch.complex64)


def tensor(dtype: Any = None) -> Any:
    return torch.arange(ROWS * 4).reshape(ROWS, 4).remainder(2).to(dtype or torch.float32)


@pytest.mark.parametrize("row", [0, ROWS // 2, ROWS - 1])
@pytest.mark.parametrize("dtype", TYPES, ids=str)
def test_one_changed_cell_changes_the_digest_of_a_tensor_of_any_type(dtype: Any, row: int) -> None:
    changed = tensor(dtype)
    changed[row, 3] = 0
    assert digest(changed) != digest(tensor(dtype))
    changed[row, 3] = 1
    assert digest(changed) == digest(tensor(dtype))


def test_the_type_of_a_tensor_counts() -> None:
    assert len({digest(torch.zeros(8, dtype=dtype)) for dtype in TYPES}) == len(TYPES)
    assert len({digest(torch.zeros((), dtype=dtype)) for dtype in TYPES}) == len(TYPES)


def test_a_tensor_is_the_array_of_numpy_with_the_same_values() -> None:
    for dtype in (torch.float64, torch.float32, torch.float16, torch.int64, torch.uint8, torch.bool, torch.complex64):
        assert digest(tensor(dtype)) == digest(tensor(dtype).numpy()), dtype
    assert digest(tensor()).form == "array-1"


def test_shape_and_order_of_a_tensor_count() -> None:
    others = [tensor().T, tensor().reshape(-1), tensor().flip(1), tensor()[:-1], tensor()[None]]
    assert len({digest(each) for each in (tensor(), *others)}) == len(others) + 1


class Labelled(torch.Tensor):  # type: ignore[misc]  # torch is not looked into
    """A tensor of somebody's own class."""


def test_strides_gradients_and_class_of_a_tensor_make_no_difference() -> None:
    wide = torch.zeros(ROWS, 8)
    wide[:, ::2] = tensor()
    same = [
        *(wide[:, ::2], tensor().T.contiguous().T, tensor().requires_grad_(), torch.nn.Parameter(tensor())),
        *(tensor().requires_grad_() * 1, tensor().as_subclass(Labelled)),
    ]
    assert {digest(each) for each in same} == {digest(tensor())}
    assert digest(wide[:, ::2].bfloat16()) == digest(tensor(torch.bfloat16))


def test_views_that_conjugate_or_negate_have_the_values_that_they_show() -> None:
    turned = torch.view_as_complex(torch.tensor([[1.0, 2.0], [3.0, -4.0]]))
    assert digest(turned.conj()) == digest(torch.conj_physical(turned)) != digest(turned)
    assert digest(turned.conj().imag) == digest(torch.tensor([-2.0, 4.0]))


def test_a_sparse_tensor_is_what_it_stores_whatever_its_layout() -> None:
    dense = tensor() * torch.arange(ROWS)[:, None]
    layouts = [dense.to_sparse(), dense.to_sparse_csr(), dense.to_sparse_csc()]
    assert len({digest(each) for each in layouts}) == 1
    assert digest(layouts[0]).form == "sparse-1"
    for row in (1, ROWS // 2, ROWS - 1):
        changed = dense.clone()
        changed[row, 1] += 1
        assert digest(changed.to_sparse_csr()) != digest(layouts[0])
    others = [dense.to_sparse().double(), dense[:, :3].to_sparse(), dense, dense.to_sparse().bfloat16()]
    assert len({digest(each) for each in (layouts[0], *others)}) == len(others) + 1


def test_a_sparse_tensor_is_the_sparse_matrix_of_scipy() -> None:
    scipy = pytest.importorskip("scipy.sparse")
    assert digest(tensor().to_sparse()) == digest(scipy.csr_array(tensor().numpy()))


def test_values_stored_twice_for_one_place_are_added_up() -> None:
    twice = torch.sparse_coo_tensor(torch.tensor([[2, 0, 2]]), torch.tensor([1.0, 5.0, 2.0]), (3,))
    assert digest(twice) == digest(torch.tensor([5.0, 0.0, 3.0]).to_sparse())


@pytest.mark.filterwarnings("ignore:.*quantize.*:DeprecationWarning", "ignore:.*quantize.*:UserWarning")
def test_a_quantized_tensor_counts_its_numbers_and_what_they_stand_for() -> None:
    def quantized(values: Any, scale: float = 0.5, zero: int = 3) -> Any:
        return torch.quantize_per_tensor(values, scale, zero, torch.qint8)

    values = torch.arange(6.0).reshape(2, 3)
    channels = [
        torch.quantize_per_channel(values, torch.tensor([0.5, scale]), torch.tensor([3, 3]), 0, torch.qint8)
        for scale in (0.5, 0.25)
    ]
    assert digest(quantized(values)) == digest(quantized(values.clone()))
    others = [quantized(values + 1), quantized(values / 2, 0.25), quantized(values, 0.5, 4), *channels, values]
    assert len({digest(each) for each in (quantized(values), *others)}) == len(others) + 1


def test_a_nested_tensor_is_its_rows() -> None:
    rows = [torch.arange(3.0), torch.arange(2.0)]
    ragged = torch.nested.nested_tensor(rows, layout=torch.jagged)
    assert digest(ragged) == digest(rows)
    assert digest(torch.nested.nested_tensor([rows[0], rows[1] + 1], layout=torch.jagged)) != digest(ragged)


def test_a_tensor_without_content_is_refused() -> None:
    with pytest.raises(Unreadable, match="values of this Tensor are not here"):
        digest(torch.empty(3, device="meta"))


# --- datasets


class Squares(Dataset[Any]):  # type: ignore[misc]  # torch is not looked into
    """Items made one by one, as those that read a file each are."""

    def __init__(self, count: int = 9, *, other: dict[int, int] | None = None) -> None:
        self.count, self.other = count, other or {}

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, number: int) -> tuple[Any, int]:
        return torch.full((2,), float(self.other.get(number, number**2))), number % 2


def test_a_dataset_of_tensors_is_the_tuple_of_its_tensors() -> None:
    features, labels = tensor(), torch.arange(ROWS) % 3
    found = digest(TensorDataset(features, labels))
    assert found == digest((features, labels)) == digest((features.numpy(), labels.numpy()))
    for row in (0, ROWS // 2, ROWS - 1):
        changed = labels.clone()
        changed[row] += 1
        assert digest(TensorDataset(features, changed)) != found


def test_parts_and_joins_of_datasets_of_tensors_are_these_rows() -> None:
    whole = TensorDataset(tensor(), torch.arange(ROWS))
    first, second = random_split(whole, [0.25, 0.75], generator=torch.Generator().manual_seed(1))
    rows = torch.tensor([*first.indices, *second.indices])
    assert digest(first) == digest((tensor()[first.indices], torch.arange(ROWS)[first.indices]))
    assert digest(ConcatDataset([first, second])) == digest((tensor()[rows], torch.arange(ROWS)[rows]))
    assert digest(Subset(whole, [1, 0])) != digest(Subset(whole, [0, 1]))


def test_any_other_dataset_is_its_items_in_their_order() -> None:
    found = digest(Squares())
    assert (found.form, digest(Squares())) == ("items-1", found)
    others = [Squares(8), *(Squares(other={row: -1}) for row in (0, 4, 8)), Subset(Squares(), [*range(8, -1, -1)])]
    assert len({digest(each) for each in (Squares(), *others)}) == len(others) + 1
    assert digest(Subset(Squares(), range(9))) == found
    assert digest(ConcatDataset([Squares(4), Subset(Squares(), range(4, 9))])) == found


class Doubling(TensorDataset):  # type: ignore[misc]
    """Gives other items than its tensors' rows."""

    def __getitem__(self, number: int) -> Any:
        return tuple(2 * each for each in super().__getitem__(number))


def test_a_dataset_that_changes_its_tensors_is_what_it_gives() -> None:
    assert digest(Doubling(torch.arange(3.0))) == digest(Doubling(torch.arange(3.0))) != digest(
        TensorDataset(torch.arange(3.0))
    )  # fmt: skip
    assert digest(Doubling(torch.arange(3.0))).form == "items-1"


def test_a_loader_is_the_dataset_that_it_loads() -> None:
    loader: DataLoader[Any] = DataLoader(Squares(), batch_size=4, shuffle=True)
    assert digest(loader) == digest(Squares())
    assert tables.row_count(loader) == 9, "rows, not batches"


def test_items_of_many_kinds_count() -> None:
    image = pytest.importorskip("PIL.Image")
    items: list[Callable[[], Any]] = [
        lambda: {"pixels": torch.zeros(2, dtype=torch.bfloat16), "label": 1},
        lambda: {"pixels": torch.zeros(2, dtype=torch.bfloat16), "label": 2},
        lambda: image.new("L", (2, 2), 1),
        lambda: image.new("L", (2, 2), 2),
        lambda: image.new("L", (4, 1), 1),
        lambda: torch.tensor(1),
        lambda: np.float32(1),
    ]

    class Given(Dataset[Any]):  # type: ignore[misc]
        def __init__(self, make: Callable[[], Any]) -> None:
            self.make = make

        def __len__(self) -> int:
            return 1

        def __getitem__(self, number: int) -> Any:
            return self.make()

    assert len({digest(Given(make)) for make in items}) == len(items)
    assert [digest(Given(make)) for make in items] == [digest(Given(make)) for make in items]


def test_a_dataset_without_a_length_is_refused_with_what_to_do() -> None:
    class Endless(Dataset[Any]):  # type: ignore[misc]
        def __getitem__(self, number: int) -> int:
            return number

    with pytest.raises(Unreadable, match=r"how many items .* provkg\.passing"):
        digest(Endless())


def test_rows_columns_and_parts_of_datasets_are_known() -> None:
    dataset = TensorDataset(torch.zeros(6, 2), torch.arange(6))
    assert (tables.row_count(dataset), tables.column_count(dataset)) == (6, 3)
    assert digest(tables.taken(dataset, [5, 1])) == digest((torch.zeros(2, 2), torch.tensor([5, 1])))
    assert tables.column(dataset, 1) == [0, 1, 2, 3, 4, 5]
    assert digest(tables.taken(Squares(), [2])) == digest(Subset(Squares(), [2]))


class Noisy(Squares):
    """Draws what it gives."""

    def __getitem__(self, number: int) -> tuple[Any, int]:
        return torch.rand(2) + random.random() + np.random.rand(), number


def test_reading_a_dataset_leaves_what_is_drawn_in_training_as_it_would_be() -> None:
    def drawn() -> tuple[float, float, float]:
        return random.random(), float(np.random.rand()), float(torch.rand(()))

    def seeded() -> None:
        random.seed(1)
        np.random.seed(1)
        torch.manual_seed(1)

    seeded()
    expected = drawn()
    seeded()
    with pytest.warns(CaptureWarning, match="items of this Noisy are others each time they are read"):
        digest(Noisy())
    assert drawn() == expected


class Stream(IterableDataset[int]):  # type: ignore[misc]
    """Gives its items in its own order, as one that reads from a network does."""

    def __iter__(self) -> Iterator[int]:
        return iter(range(5))


def test_a_stream_is_recorded_as_it_passes(tmp_path: Path) -> None:
    with recording(tmp_path / "kg") as recorded:
        data = provkg.dataset("stream", Stream())
        assert list(data.rows) == [0, 1, 2, 3, 4]
        batches = provkg.passing("batches", DataLoader(Squares(), batch_size=4))
        seen = [len(labels) for _, labels in batches.rows]
        versions = [said for record in recorded.records() for said in described(record, DatasetVersion)]
    assert seen == [4, 4, 1]
    assert [(said.digest_form, said.record_count) for said in versions] == [("items-1", 5), ("items-1", 3)]
    assert data.sha256 == digest(Numbers()).sha256


class Numbers(Dataset[int]):  # type: ignore[misc]
    """The same items by their numbers."""

    def __len__(self) -> int:
        return 5

    def __getitem__(self, number: int) -> int:
        return number
