"""Plain loops of torch are recorded as they are: what they learn from, how, what they measure, save and go on from."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

torch: Any = pytest.importorskip("torch")
from torch import nn  # noqa: E402 - where torch is
from torch.utils.data import DataLoader, Dataset, IterableDataset, Subset, TensorDataset, random_split  # noqa: E402

import provkg  # noqa: E402
from provkg.capture import CaptureWarning  # noqa: E402
from provkg.capture.architectures import architecture_of  # noqa: E402
from provkg.integrations.torch import describe_training  # noqa: E402
from provkg.records import (  # noqa: E402
    CLOSED,
    Checkpoint,
    DatasetVersion,
    DataSubset,
    FineTuningRun,
    MetricSeries,
    ModelArchitecture,
    ModelVersion,
    Reference,
    Run,
    Split,
    SplitRun,
    TrainingRun,
)
from tests.autologged import settings_of  # noqa: E402
from tests.integrations.graphs import answers, missing_at_standard, refusals  # noqa: E402
from tests.recording import Recorded, described, left_in, ran, recording  # noqa: E402

pytestmark = [pytest.mark.frameworks]
torch.set_num_threads(1)


class Net(nn.Module):  # type: ignore[misc]  # torch is not looked into
    """Two layers."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.first = nn.Linear(8, width)
        self.second = nn.Linear(width, 2)

    def forward(self, x: Any) -> Any:
        return self.second(torch.relu(self.first(x)))


@pytest.fixture
def recorded(tmp_path: Path) -> Generator[Recorded, None, None]:
    with recording(tmp_path / "kg") as recorded:
        provkg.autolog("torch")
        try:
            yield recorded
        finally:
            provkg.autolog("torch", disable=True)


def ended() -> None:
    """End what the plain loop began, as the end of a process does."""
    provkg.autolog("torch", disable=True)
    provkg.autolog("torch")


def rows() -> TensorDataset:
    generator = torch.Generator().manual_seed(3)
    x = torch.randn(60, 8, generator=generator)
    return TensorDataset(x, (x.sum(1) > 0).long())


def trained(
    data: Any,
    net: Any = None,
    *,
    epochs: int = 2,
    check: Any = None,
    after: Callable[[int, Any, Any], None] | None = None,
) -> Any:
    """Train as people write it."""
    net = net if net is not None else Net()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.5)
    criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
    loader = DataLoader(data, batch_size=20, shuffle=True)
    for epoch in range(epochs):
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(net(x), y)
            loss.backward()
            optimizer.step()
        scheduler.step()
        if check is not None:
            with torch.no_grad():
                for x, _ in check:
                    net(x)
        if after is not None:
            after(epoch, net, optimizer)
    return net


def closings(recorded: Recorded) -> list[TrainingRun]:
    return [run for record in recorded.records(CLOSED) for run in described(record, TrainingRun)]


# --- architecture


def test_an_architecture_names_layers_with_their_shapes() -> None:
    said = architecture_of(Net())
    assert said is not None
    assert (said.title, said.layer_count, said.parameter_count) == ("Net", 2, 8 * 16 + 16 + 16 * 2 + 2)
    assert said.description is not None
    assert '["first", "Linear(in_features=8, out_features=16, bias=True)", {"weight": [16, 8], "bias": [16]}]' in (
        said.description
    )


def test_an_architecture_is_the_same_whatever_the_weights() -> None:
    frozen = Net()
    frozen.first.requires_grad_(requires_grad=False)
    digests = {getattr(architecture_of(net), "sha256", None) for net in (Net(), frozen, nn.DataParallel(Net()))}
    assert len(digests) == 1
    assert digests != {getattr(architecture_of(Net(32)), "sha256", None)}


def test_what_has_not_seen_rows_has_no_shapes_yet() -> None:
    said = architecture_of(nn.Sequential(nn.LazyLinear(4)))
    assert said is not None
    assert (said.parameter_count, '"weight": null' in str(said.description)) == (0, True)


def test_what_is_no_model_has_no_architecture() -> None:
    assert architecture_of([1, 2]) is None


def test_a_module_recorded_as_a_model_says_its_architecture(recorded: Recorded) -> None:
    digits = provkg.dataset("digits", torch.ones(3, 8), source="https://example.org/digits")
    with provkg.training("mine", data=digits) as run:
        run.model("net", Net())
    (model,) = described(recorded.closing(), ModelVersion)
    assert isinstance(model.architecture, ModelArchitecture)
    assert model.architecture.title == "Net"


# --- a plain loop


def test_a_plain_loop_is_a_training(recorded: Recorded) -> None:
    torch.manual_seed(11)
    train_set, val_set = random_split(rows(), [40, 20], generator=torch.Generator().manual_seed(7))
    trained(train_set, check=DataLoader(val_set, batch_size=20))
    ended()
    (run,) = closings(recorded)
    assert (run.title, run.error_type, run.is_deterministic) == ("train Net", None, False)
    said = settings_of(run)
    expected = {"optimizer": "SGD", "optimizer.lr": 0.1, "optimizer.momentum": 0.9, "scheduler": "StepLR"}
    expected |= {"scheduler.gamma": 0.5, "loss": "CrossEntropyLoss", "loss.label_smoothing": 0.1, "torch_seed": 11}
    expected |= {"loader.batch_size": 20, "loader.shuffle": True, "model.trainable_parameters": 178}
    expected |= {"float32_matmul_precision": "highest", "deterministic_algorithms": False}
    assert {name: said.get(name) for name in expected} == expected
    splits = {
        getattr(part.role, "value", "").rpartition("-")[2]: part
        for record in recorded.records(CLOSED)
        for part in described(record, Split)
    }
    assert run.training_data == (splits["train"].reference(),)
    assert run.validation_data == (splits["validation"].reference(),)
    assert refusals(recorded) == []


def test_a_random_split_is_recorded_with_its_seed_and_parts(recorded: Recorded) -> None:
    train_set, val_set = random_split(rows(), [0.75, 0.25], generator=torch.Generator().manual_seed(7))
    trained(train_set)
    ended()
    closed = next(record for record in recorded.records(CLOSED) if described(record, SplitRun))
    (run,) = described(closed, SplitRun)
    assert ("seed", 7) in [(each.name, each.value) for each in run.parameters]
    train, validation = described(closed, Split)
    assert (train.record_count, validation.record_count, str(validation.ratio)) == (45, 15, "0.2500")
    assert train.membership_digest != validation.membership_digest
    assert len(val_set) == 15


def test_what_a_plain_loop_measures_has_steps_and_epochs(recorded: Recorded) -> None:
    losses: list[float] = []
    net = Net()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    loader = DataLoader(rows(), batch_size=20)
    for _ in range(2):
        for x, y in loader:
            loss = nn.functional.cross_entropy(net(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    ended()
    series = {(str(one.metric), one.label): one for one in told_series(recorded)}
    loss_series = next(one for (metric, _), one in series.items() if "loss" in metric)
    assert [(epoch, step, value) for _, epoch, step, value in loss_series.nodes] == [
        (number // 3, number + 1, loss) for number, loss in enumerate(losses)
    ]
    rate = next(one for (metric, _), one in series.items() if "learning_rate" in metric)
    assert rate.label == "optimizer"
    assert [value for *_, value in rate.nodes] == [0.1], "told where it changes"


def told_series(recorded: Recorded) -> list[MetricSeries]:
    """Return the series with points of the last closing record."""
    return [one for one in described(recorded.closing(), MetricSeries) if one.nodes]


def test_the_model_that_was_never_saved_is_known_by_its_values(recorded: Recorded) -> None:
    net = trained(rows())
    ended()
    (model,) = described(recorded.closing(), ModelVersion)
    assert (model.framework, model.parameter_count, model.digest_form) == ("torch", 178, "table-2")
    again = Net()
    again.load_state_dict(net.state_dict())
    from provkg.capture.digests import digest
    from provkg.capture.models import Weights

    assert digest(Weights(again).values()).sha256 == model.sha256
    assert refusals(recorded) == []


def test_each_saved_state_is_a_checkpoint_and_the_last_one_the_model(recorded: Recorded, tmp_path: Path) -> None:
    def save(epoch: int, net: Any, optimizer: Any) -> None:
        torch.save({"epoch": epoch, "net": net.state_dict(), "optimizer": optimizer.state_dict()}, tmp_path / "last.pt")

    trained(rows(), after=save)
    torch.save({"numbers": torch.ones(3)}, tmp_path / "other.pt")
    ended()
    states = described(recorded.closing(), Checkpoint)
    assert [(state.step, state.epoch) for state in states] == [(3, 0), (6, 1)], "and nothing of the other file"
    (model,) = [one for one in described(recorded.closing(), ModelVersion) if not isinstance(one, Checkpoint)]
    assert model.sha256 == states[-1].sha256
    assert [file.location for file in model.files] == [(tmp_path / "last.pt").as_uri()]
    assert refusals(recorded) == []


@pytest.mark.parametrize("own", [True, False], ids=["a loop alone", "a training of the user's"])
def test_a_state_that_is_saved_beside_and_renamed_lies_where_it_was_renamed_to(
    recorded: Recorded, tmp_path: Path, *, own: bool
) -> None:
    def save(_epoch: int, net: Any, _optimizer: Any) -> None:
        torch.save(net.state_dict(), tmp_path / "last.tmp")
        (tmp_path / "last.tmp").replace(tmp_path / "last.pt")

    if own:
        trained(rows(), after=save)
    else:
        with provkg.training("mine", data=provkg.dataset("digits", torch.ones(3, 2), source="https://example.org/")):
            trained(rows(), after=save)
    ended()
    said = described(recorded.closing(), ModelVersion)
    assert len(said) == (3 if own else 2), "two states, and of a loop alone the model that the last one is"
    assert {file.location for each in said for file in each.files} == {(tmp_path / "last.pt").as_uri()}
    assert len({each.sha256 for each in said}) == 2
    assert refusals(recorded) == []


def test_the_state_of_a_wrapped_module_is_a_checkpoint_too(recorded: Recorded, tmp_path: Path) -> None:
    net = nn.DataParallel(Net())
    trained(rows(), net, after=lambda _epoch, net, _: torch.save(net.module.state_dict(), tmp_path / "net.pt"))
    ended()
    assert [state.step for state in described(recorded.closing(), Checkpoint)] == [3, 6]
    assert closings(recorded)[0].title == "train Net"


def test_what_only_people_know_is_all_that_is_missing(recorded: Recorded) -> None:
    train_set, val_set = random_split(rows(), [40, 20], generator=torch.Generator().manual_seed(7))
    net = trained(train_set, check=DataLoader(val_set))
    ended()
    assert net is not None
    assert missing_at_standard(recorded) == []


def test_the_graph_answers_from_a_plain_loop(recorded: Recorded) -> None:
    data = rows()
    net = trained(data)
    ended()
    assert net is not None
    (row,) = answers(recorded, "models/training-data", model="Net")
    assert (row["name"], row["records"]) == ("data", 60)


def test_mixed_precision_is_noted_once(recorded: Recorded) -> None:
    entered = torch.autocast.__enter__
    net = Net()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for x, y in DataLoader(rows(), batch_size=20):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = nn.functional.cross_entropy(net(x), y)
        loss.backward()
        optimizer.step()
        assert torch.autocast.__enter__ is not entered, "nobody listens any more"
    ended()
    assert settings_of(closings(recorded)[0])["autocast"] == "bfloat16 on cpu"


def test_files_of_safetensors_are_states_too(recorded: Recorded, tmp_path: Path) -> None:
    safetensors = pytest.importorskip("safetensors.torch")
    path = tmp_path / "net.safetensors"
    trained(rows(), after=lambda _epoch, net, _optimizer: safetensors.save_file(net.state_dict(), path), epochs=1)
    net = Net()
    net.load_state_dict(safetensors.load_file(path))
    trained(rows(), net)
    ended()
    first, second = closings(recorded)
    assert second.initialized_from in {one.reference() for one in made(recorded) if one.run == first.reference()}


def made(recorded: Recorded) -> list[ModelVersion]:
    return [one for record in recorded.records(CLOSED) for one in described(record, ModelVersion)]


def test_settings_can_be_said_on_purpose(tmp_path: Path) -> None:
    net = Net()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    loader = DataLoader(rows(), batch_size=20)
    with recording(tmp_path / "kg") as recorded:
        with provkg.training("mine", data=provkg.dataset("rows", rows(), source="here")) as run:
            describe_training(run, net, optimizer=optimizer, loss=nn.MSELoss(), loader=loader)
            run.model("net", net)
        said = settings_of(closings(recorded)[0])
    assert (said["optimizer.lr"], said["loss"], said["loader.batch_size"]) == (0.1, "MSELoss", 20)


def test_workers_of_a_loader_are_no_trainings(recorded: Recorded) -> None:
    net = Net()
    stepped_through(net, DataLoader(rows(), batch_size=20, num_workers=2))
    ended()
    (run,) = closings(recorded)
    assert settings_of(run)["loader.workers"] == 2
    assert refusals(recorded) == []


def test_workers_that_persist_do_not_make_validation_data_training_data(recorded: Recorded) -> None:
    net, (train_set, val_set) = Net(), random_split(rows(), [40, 20])
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    several = {"batch_size": 10, "num_workers": 1, "persistent_workers": True}
    train, check = DataLoader(train_set, **several), DataLoader(val_set, **several)
    for _ in range(2):
        for x, y in train:
            nn.functional.cross_entropy(net(x), y).backward()
            optimizer.step()
        for x, _ in check:
            net(x)
    ended()
    (run,) = closings(recorded)
    assert (len(run.training_data), len(run.validation_data)) == (1, 1)
    assert run.training_data != run.validation_data
    assert len(next(one.nodes for one in told_series(recorded) if "epochDuration" in str(one.metric))) == 2


# --- whose training it is


def test_a_loop_in_a_training_of_the_users_belongs_to_it(recorded: Recorded, tmp_path: Path) -> None:
    data = rows()
    digits = provkg.dataset("digits", data.tensors, source="https://example.org/digits")
    with provkg.training("mine", data=digits, params={"optimizer.lr": 7.0}) as run:
        net = trained(data)
        torch.save(net.state_dict(), tmp_path / "net.pt")
        run.metric("loss", 0.5, epoch=0)
    ended()
    (mine,) = closings(recorded)
    assert (mine.title, mine.training_data) == ("mine", (digits.reference,))
    assert settings_of(mine)["optimizer.lr"] == 7.0, "the user's word stands"
    assert settings_of(mine)["optimizer"] == "SGD"
    (state,) = described(recorded.closing(), Checkpoint)
    assert state.step == 6
    kinds = sorted(str(one.metric) for one in told_series(recorded))
    assert sum("loss" in kind for kind in kinds) == 1, "what is measured is the user's to say"


def test_a_block_without_data_learns_it_from_the_loader(recorded: Recorded) -> None:
    data = rows()
    with pytest.warns(CaptureWarning, match="has no data"), provkg.training("mine", data=None):
        trained(data)
    ended()
    (mine,) = closings(recorded)
    assert len(mine.training_data) == 1


def test_a_block_around_the_loop_ends_the_training_with_it(recorded: Recorded) -> None:
    with provkg.run("experiment") as around:
        net = trained(rows())
    (run,) = closings(recorded)
    assert net is not None
    assert (run.part_of, len(made(recorded))) == (around.reference, 1)
    with pytest.raises(ZeroDivisionError), provkg.run("again"):
        assert trained(rows()) is None or 1 / 0
    assert closings(recorded)[-1].error_type == "ZeroDivisionError"
    assert refusals(recorded) == []


def test_trainings_one_after_the_other_are_several(recorded: Recorded) -> None:
    data = rows()
    for _ in range(2):
        trained(data)
    ended()
    assert len(closings(recorded)) == 2
    assert len(recorded.records("dataset")) == 1, "of the same data"


def test_two_optimisers_that_take_turns_are_one_training(recorded: Recorded) -> None:
    one, other = Net(), Net(4)
    optimizers = [torch.optim.Adam(net.parameters(), lr=rate) for net, rate in ((one, 0.1), (other, 0.2))]
    data = rows()
    for x, y in DataLoader(data, batch_size=20):
        for net, optimizer in zip((one, other), optimizers, strict=True):
            nn.functional.cross_entropy(net(x), y).backward()
            optimizer.step()
    ended()
    (run,) = closings(recorded)
    said = settings_of(run)
    assert (said["optimizer.lr"], said["optimizer2.lr"]) == (0.1, 0.2)
    assert len(described(recorded.closing(), ModelVersion)) == 2


# --- going on


def saved_by_another_process(path: Path, *, whole: bool) -> Path:
    net = Net()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    state = {"net": net.state_dict(), "optimizer": optimizer.state_dict()} if whole else net.state_dict()
    provkg.autolog("torch", disable=True)
    torch.save(state, path)
    provkg.autolog("torch")
    return path


def test_weights_from_a_file_make_it_a_fine_tuning(recorded: Recorded, tmp_path: Path) -> None:
    path = saved_by_another_process(tmp_path / "base.pt", whole=False)
    net = Net()
    net.load_state_dict(torch.load(path))
    trained(rows(), net)
    ended()
    (run,) = closings(recorded)
    assert isinstance(run, FineTuningRun)
    (base,) = [one for record in recorded.records("model") for one in described(record, ModelVersion)]
    assert run.initialized_from == base.reference()
    (model,) = described(recorded.closing(), ModelVersion)
    assert model.fine_tuned_from == base.reference()
    assert [file.location for file in base.files] == [path.as_uri()]
    assert refusals(recorded) == []


def test_weights_and_optimiser_from_a_file_make_it_go_on(recorded: Recorded, tmp_path: Path) -> None:
    path = saved_by_another_process(tmp_path / "state.pt", whole=True)
    net = Net()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    state = torch.load(path)
    net.load_state_dict(state["net"])
    optimizer.load_state_dict(state["optimizer"])
    data = rows()
    for x, y in DataLoader(data, batch_size=20):
        nn.functional.cross_entropy(net(x), y).backward()
        optimizer.step()
    ended()
    (run,) = closings(recorded)
    assert type(run) is TrainingRun
    assert isinstance(run.initialized_from, Reference)
    assert refusals(recorded) == []


def test_a_state_of_this_process_is_gone_on_from_as_what_it_is(recorded: Recorded, tmp_path: Path) -> None:
    path = tmp_path / "net.pt"
    trained(rows(), after=lambda _epoch, net, _optimizer: torch.save(net.state_dict(), path), epochs=1)
    net = Net()
    net.load_state_dict(torch.load(path))
    trained(rows(), net)
    ended()
    first, second = closings(recorded)
    states = [one for record in recorded.records(CLOSED) for one in described(record, ModelVersion)]
    assert second.initialized_from in {one.reference() for one in states if one.run == first.reference()}
    assert recorded.records("model") == [], "no third party's"


# --- data


def test_a_part_of_known_data_says_which_rows_it_holds(recorded: Recorded) -> None:
    data = rows()
    digits = provkg.dataset("digits", data.tensors, source="https://example.org/digits")
    part = Subset(data, range(30))
    trained(part)
    ended()
    (said,) = [one for record in recorded.records() for one in described(record, DataSubset)]
    assert (said.of, said.record_count, said.title) == (digits.reference, 30, "data")
    assert closings(recorded)[0].training_data == (said.reference(),)
    assert refusals(recorded) == []


class Own(Dataset):  # type: ignore[misc]
    """Rows as people wrap them."""

    def __init__(self, x: Any, y: Any) -> None:
        self.x, self.y = x, y

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, row: int) -> tuple[Any, Any]:
        return self.x[row] + 0 * torch.rand(1), self.y[row]


def test_a_dataset_of_the_users_is_known_by_what_it_wraps_or_read(recorded: Recorded) -> None:
    x, y = rows().tensors
    digits = provkg.dataset("digits", x, source="https://example.org/digits")
    trained(Own(x, y))
    trained(Own(x.clone() * 2, y))
    ended()
    known, read = closings(recorded)
    assert known.training_data == (digits.reference,)
    (version,) = [
        one
        for record in recorded.records("dataset")
        for one in described(record, DatasetVersion)
        if one.digest_form != "array-1"
    ]
    assert (version.digest_form, version.record_count) == ("items-1", 60)
    assert read.training_data == (version.reference(),)


class Stream(IterableDataset):  # type: ignore[misc]
    """Items that pass once."""

    def __iter__(self) -> Any:
        return iter(zip(*rows().tensors, strict=True))


def test_a_stream_is_not_taken_away_and_said_to_be_unknown(recorded: Recorded) -> None:
    net = Net()
    with pytest.warns(CaptureWarning, match="items of this Stream pass once"), pytest.warns(match="has no data"):
        stepped_through(net, DataLoader(Stream(), batch_size=20))


def stepped_through(net: Any, loader: Any) -> None:
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for x, y in loader:
        nn.functional.cross_entropy(net(x), y).backward()
        optimizer.step()


# --- nothing changes


def weights_after(*, watched: bool, data: Any) -> list[Any]:
    if watched:
        provkg.autolog("torch")
    else:
        provkg.autolog("torch", disable=True)
    torch.manual_seed(5)
    train_set, val_set = random_split(data, [40, 20])
    net = trained(train_set, check=DataLoader(val_set, batch_size=20, shuffle=True))
    return [*net.state_dict().values(), torch.rand(3)]


def test_the_seed_that_torch_holds_is_none_that_somebody_has_set(tmp_path: Path) -> None:
    program = """
        import torch
        import provkg
        with provkg.run("drawn"):
            pass
        torch.manual_seed(5)
        with provkg.run("set"):
            pass
        """
    assert (done := ran(program, tmp_path)).returncode == 0, done.stderr
    runs = [
        said for record in left_in(tmp_path / "kg").records() for said in record.descriptions if isinstance(said, Run)
    ]
    names = {run.title: {each.name for each in run.parameters} for run in runs}
    # Before torch 2.13 each process began with the same seed, which says nothing.
    assert names["drawn"] <= {"torch.initial_seed"}
    assert {"torch.manual_seed"} <= names["set"] <= {"torch.manual_seed", "torch.cuda.manual_seed_all"}


def test_training_is_bit_for_bit_the_same(recorded: Recorded) -> None:
    x, y = rows().tensors
    for data in (rows(), Own(x, y)):
        with_us, without = weights_after(watched=True, data=data), weights_after(watched=False, data=data)
        assert all(torch.equal(one, other) for one, other in zip(with_us, without, strict=True))


def test_what_was_looked_at_is_not_kept_alive(recorded: Recorded) -> None:
    net = Net()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    x, y = next(iter(DataLoader(rows(), batch_size=20)))
    loss = nn.functional.cross_entropy(net(x), y)
    loss.backward()
    optimizer.step()
    alive = [weakref.ref(each) for each in (x, loss)]
    del x, y, loss
    assert [each() for each in alive] == [None, None], "a batch and a loss may be large"


def test_errors_are_those_of_torch(recorded: Recorded, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="grad can be implicitly created only for scalar outputs"):
        torch.ones(3, requires_grad=True).backward()
    with pytest.raises(FileNotFoundError):
        torch.load(tmp_path / "absent.pt")
    with pytest.raises(RuntimeError, match="Missing key"):
        Net().load_state_dict({})


def test_what_was_watched_is_let_go() -> None:
    before = (torch.Tensor.backward, torch.save, DataLoader.__iter__, nn.Module.load_state_dict)
    provkg.autolog("torch")
    assert torch.Tensor.backward is not before[0]
    provkg.autolog("torch", disable=True)
    assert (torch.Tensor.backward, torch.save, DataLoader.__iter__, nn.Module.load_state_dict) == before
    hooks = sys.modules["torch.optim.optimizer"]._global_optimizer_post_hooks
    assert not hooks


SCRIPT = """
    import provkg
    provkg.autolog()
    import torch
    from torch.utils.data import DataLoader, TensorDataset
    torch.set_num_threads(1)
    numbers = TensorDataset(torch.randn(8, 2), torch.randn(8, 1))
    net = torch.nn.Sequential(torch.nn.Linear(2, 1))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for epoch in range(3):
        for x, y in DataLoader(numbers, batch_size=4):
            loss = ((net(x) - y) ** 2).mean()
            loss.backward()
            optimizer.step()
        if epoch == ENDS:
            raise ValueError("diverged")
"""


@pytest.mark.parametrize("ends", [1, 5])
def test_the_end_of_the_program_ends_the_training_as_it_ended(tmp_path: Path, ends: int) -> None:
    done = ran(SCRIPT.replace("ENDS", str(ends)), tmp_path)
    assert ("ValueError: diverged" in done.stderr) == (ends == 1)
    closing = [record for record in left_in(tmp_path / "kg").records() if record.type == CLOSED][-1]
    (run,) = described(closing, TrainingRun)
    assert run.error_message == ("diverged" if ends == 1 else None)
    assert len(described(closing, ModelVersion)) == (0 if ends == 1 else 1)
    assert run.title == "train net", "a class of torch's says less than the name of the variable"


def test_a_trained_model_can_be_forgotten(recorded: Recorded) -> None:
    net = trained(rows())
    ended()
    alive = weakref.ref(net)
    del net
    gc.collect()
    assert alive() is None, "recording keeps no model in memory"
