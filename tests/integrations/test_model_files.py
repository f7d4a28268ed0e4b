"""What frameworks save says what they saved, without loading it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from provkg.capture.model_files.facts import ModelFacts
from provkg.capture.model_files.reading import facts_of, kind_of

pytestmark = [
    pytest.mark.frameworks,
    # What frameworks warn of about themselves when they save.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*`torch.jit:UserWarning"),
]
ROWS = np.random.default_rng(1).random((50, 4))
LABELS = (ROWS[:, 0] > 0.5).astype(int)


def said(path: Path) -> ModelFacts:
    found = facts_of(path)
    assert found is not None
    return found


def net() -> Any:
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    return torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.BatchNorm1d(3), torch.nn.Linear(3, 2))


def shapes(found: ModelFacts) -> dict[str, tuple[Any, ...]]:
    return {tensor.name: (tensor.type, tensor.shape) for tensor in found.tensors}


def test_torch_says_its_tensors_however_it_was_saved(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    model = net()
    state = model.state_dict()
    torch.save(state, tmp_path / "state.pt")
    torch.save(state, tmp_path / "old.pt", _use_new_zipfile_serialization=False)
    torch.save(model, tmp_path / "module.pt")
    expected = {name: (str(value.dtype).removeprefix("torch."), tuple(value.shape)) for name, value in state.items()}
    count = sum(parameter.numel() for parameter in model.parameters())
    for name in ("state", "old", "module"):
        found = said(tmp_path / f"{name}.pt")
        assert (found.format, found.framework, found.parameter_count) == ("torch", "torch", count), name
        assert shapes(found) == expected, name
    assert said(tmp_path / "module.pt").title == "Sequential"
    assert kind_of(tmp_path / "state.pt") == "application/x-pytorch"


def test_torch_types_that_numpy_lacks_are_named(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    values = {"a": torch.zeros(2, dtype=torch.bfloat16), "b": torch.zeros(3, dtype=torch.float8_e4m3fn)}
    torch.save(values, tmp_path / "m.pt")
    assert shapes(said(tmp_path / "m.pt")) == {"a": ("bfloat16", (2,)), "b": ("float8_e4m3fn", (3,))}


def test_the_state_of_an_optimiser_counts_as_no_parameters(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    model = net()
    optimiser = torch.optim.Adam(model.parameters())
    model(torch.rand(5, 4)).sum().backward()
    optimiser.step()
    saved = {"epoch": 3, "model_state_dict": model.state_dict(), "optimizer_state_dict": optimiser.state_dict()}
    torch.save(saved, tmp_path / "checkpoint.pt")
    count = sum(parameter.numel() for parameter in model.parameters())
    assert said(tmp_path / "checkpoint.pt").parameter_count == count


def test_a_script_of_torch_says_so(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    torch.jit.script(net()).save(str(tmp_path / "m.pt"))
    found = said(tmp_path / "m.pt")
    assert (found.format, found.parameter_count) == ("TorchScript", 29)


def test_safetensors_say_their_tensors(tmp_path: Path) -> None:
    save = pytest.importorskip("safetensors.torch").save_file
    model = net()
    save(model.state_dict(), tmp_path / "m", metadata={"format": "pt"})
    found = said(tmp_path / "m")
    assert (found.format, found.framework, found.parameter_count) == ("safetensors", "torch", 29)
    assert len(found.tensors) == len(model.state_dict())


def test_onnx_says_its_ports_and_weights(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    make, numbers = onnx.helper, onnx.TensorProto
    graph = make.make_graph(
        [make.make_node("MatMul", ["x", "w"], ["y"])],
        "net",
        [make.make_tensor_value_info("x", numbers.FLOAT, ["batch", 4])],
        [make.make_tensor_value_info("y", numbers.FLOAT, ["batch", 2])],
        [onnx.numpy_helper.from_array(np.ones((4, 2), "f4"), "w")],
    )
    opsets = [make.make_opsetid("", 17)]
    onnx.save(make.make_model(graph, producer_name="tests", opset_imports=opsets), tmp_path / "m.onnx")
    found = said(tmp_path / "m.onnx")
    assert (found.format, found.title, found.parameter_count, found.told["opset"]) == (
        "ONNX",
        "net",
        8,
        {"ai.onnx": 17},
    )
    assert [each.listed for each in (*found.inputs, *found.outputs)] == [
        ["x", "float32", ["batch", 4]], ["y", "float32", ["batch", 2]],
    ]  # fmt: skip
    assert "onnx" not in {module.partition(".")[0] for module in sys.modules if module.startswith("provkg")}


def test_keras_says_its_layers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, name="first")]).save(tmp_path / "m.keras")
    found = said(tmp_path / "m.keras")
    assert (found.format, found.framework, found.inputs[0].shape) == ("Keras", "keras", (-1, 4))
    assert ["first", "Dense"] in found.told["layers"]
    assert kind_of(tmp_path / "m.keras") == "application/x-keras"


def test_xgboost_says_its_features_and_trees(tmp_path: Path) -> None:
    xgboost = pytest.importorskip("xgboost")
    matrix = xgboost.DMatrix(ROWS, LABELS, nthread=1)
    booster = xgboost.train({"objective": "binary:logistic", "nthread": 1}, matrix, 3)
    for name in ("m.json", "m.ubj"):
        booster.save_model(tmp_path / name)
        assert said(tmp_path / name).framework == "xgboost"
    found = said(tmp_path / "m.json")
    assert (found.inputs[0].shape, found.told["trees"]) == ((-1, 4), 3)


def test_lightgbm_says_its_features_and_trees(tmp_path: Path) -> None:
    lightgbm = pytest.importorskip("lightgbm")
    parameters = {"objective": "binary", "verbose": -1, "num_threads": 1, "min_data_in_leaf": 1}
    lightgbm.train(parameters, lightgbm.Dataset(ROWS, LABELS), 3).save_model(tmp_path / "m.txt")
    found = said(tmp_path / "m.txt")
    assert (found.framework, found.inputs[0].shape, found.told["trees"]) == ("lightgbm", (-1, 4), 3)
