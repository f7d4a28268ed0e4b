"""The files of models say what they are by their content, are never loaded, and may be made to deceive."""

from __future__ import annotations

import builtins
import io
import json
import os
import pickle
import struct
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import provkg
from provkg.capture.file_digests import file_digest
from provkg.capture.model_files.facts import MOST_BYTES, ModelFacts
from provkg.capture.model_files.reading import facts_in, facts_of, kind_of
from provkg.errors import Unreadable
from provkg.records import ModelVersion
from tests.recording import Recorded, described, recording

ROWS = np.random.default_rng(1).random((50, 4))
LABELS = (ROWS[:, 0] > 0.5).astype(int)


def facts(content: bytes, name: str = "model") -> ModelFacts:
    found = facts_in(io.BytesIO(content), name)
    assert found is not None
    return found


def listed(found: ModelFacts) -> list[list[Any]]:
    return [tensor.listed for tensor in found.tensors]


# --- each format, written by hand as its specification says


def safetensors(header: Any, values: bytes = b"") -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + values


HEADER = {
    "__metadata__": {"format": "pt", "note": "small"},
    "layer.weight": {"dtype": "BF16", "shape": [3, 2], "data_offsets": [0, 12]},
    "layer.bias": {"dtype": "F32", "shape": [], "data_offsets": [12, 16]},
    "norm.running_mean": {"dtype": "F32", "shape": [1], "data_offsets": [16, 20]},
}


def test_safetensors_say_their_tensors_and_metadata() -> None:
    found = facts(safetensors(HEADER, bytes(20)))
    assert (found.format, found.framework, found.parameter_count) == ("safetensors", "torch", 7)
    assert listed(found)[:2] == [["layer.weight", "BF16", [3, 2]], ["layer.bias", "F32", []]]
    assert found.told == {"metadata": {"format": "pt", "note": "small"}}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (safetensors(HEADER, bytes(19)), "its tensors need 20 bytes, and 19 are there"),
        (safetensors({"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 0]}}), "the shape of its tensor 'a'"),
        (safetensors({"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 0]}}, bytes(9)), "lies nowhere"),
        (safetensors({"a": 3}), "does not go on as one"),
        (struct.pack("<Q", 3) + b"{{{" + bytes(9), "does not go on as one"),
        (struct.pack("<Q", MOST_BYTES + 1) + b"{" + bytes(MOST_BYTES), "belong together, which no sound file does"),
    ],
)
def test_safetensors_that_are_none_are_said_to_be_so(content: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=f"model begins as a safetensors file, but .*{said}"):
        facts(content)


def text(content: str) -> bytes:
    return struct.pack("<Q", len(content)) + content.encode()


def gguf(keys: list[bytes], tensors: list[bytes], *, version: int = 3) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(keys)) + b"".join(keys) + b"".join(tensors)


NAME = text("general.name") + struct.pack("<I", 8) + text("tiny")
WORDS = text("words") + struct.pack("<IIQ", 9, 8, 2) + text("a") + text("bc")
SCALE = text("scale") + struct.pack("<If", 6, 0.5)
WEIGHT = text("blk.0.weight") + struct.pack("<I2QIQ", 2, 4, 3, 12, 0)


def test_gguf_says_its_keys_and_tensors() -> None:
    found = facts(gguf([NAME, WORDS, SCALE], [WEIGHT]))
    assert (found.format, found.title, found.parameter_count) == ("GGUF", "tiny", 12)
    assert listed(found) == [["blk.0.weight", "Q4_K", [3, 4]]]
    assert found.told["keys"] == {"general.name": "tiny", "words": "2 values", "scale": 0.5}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (gguf([NAME], [WEIGHT])[:-1], "where it says that more follows"),
        (gguf([], [], version=9), "of version 9"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1 << 60, 0), "says that it has 1,152,921,504,606,846,976 tensors"),
        (gguf([text("k") + struct.pack("<I", 99)], []), "of kind 99"),
        (gguf([text("k") + struct.pack("<IIQ", 9, 8, 1 << 60)], []), "a list of 1,152,921,504,606,846,976"),
        (gguf([text("k") + struct.pack("<IIQ", 9, 12, 1 << 60)], []), "where it says that more follows"),
    ],
)
def test_gguf_that_is_none_is_said_to_be_so(content: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=f"begins as a GGUF file, but .*{said}"):
        facts(content)


def field(number: int, content: bytes | int) -> bytes:
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def port(name: bytes, *lengths: bytes | int) -> bytes:
    dimensions = b"".join(field(1, field(2, each) if isinstance(each, bytes) else field(1, each)) for each in lengths)
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, dimensions)))


def onnx() -> bytes:
    weights = field(1, 4) + field(1, 2) + field(2, 16) + field(8, b"w") + field(9, bytes(16))
    packed = field(1, bytes([3, 1])) + field(2, 1) + field(8, b"v")
    node = field(1, b"x") + field(4, b"MatMul")
    graph = field(1, node) + field(1, node) + field(2, b"net") + field(5, weights) + field(5, packed)
    graph += field(11, port(b"x", b"batch", 4)) + field(11, port(b"w", 4, 2)) + field(12, port(b"y", b"batch", 2))
    opset = field(8, field(1, b"") + field(2, 17)) + field(8, field(1, b"ai.onnx.ml") + field(2, 3))
    return field(1, 8) + field(2, b"hand") + field(3, b"1.0") + field(7, graph) + opset


def test_onnx_says_operations_weights_and_ports() -> None:
    found = facts(onnx())
    assert (found.format, found.title, found.parameter_count) == ("ONNX", "net", 11)
    assert listed(found) == [["w", "bfloat16", [4, 2]], ["v", "float32", [3, 1]]]
    assert [each.listed for each in found.inputs] == [["x", "float32", ["batch", 4]]], "weights are no input"
    assert [each.listed for each in found.outputs] == [["y", "float32", ["batch", 2]]]
    assert found.told == {
        "ir version": 8, "producer": "hand", "producer version": "1.0", "opset": {"ai.onnx": 17, "ai.onnx.ml": 3},
        "operations": {"MatMul": 2},
    }  # fmt: skip


def test_another_protocol_buffer_is_no_model() -> None:
    assert facts_in(io.BytesIO(field(1, 3) + field(2, b"some text that is long enough")), "m") is None


def test_arrays_of_numpy_say_type_and_shape(tmp_path: Path) -> None:
    np.save(tmp_path / "a", ROWS.astype("f4"))
    np.savez(tmp_path / "b", rows=ROWS, labels=LABELS)
    alone, many = facts_of(tmp_path / "a.npy"), facts_of(tmp_path / "b.npz")
    assert alone is not None
    assert many is not None
    assert listed(alone) == [["", "<f4", [50, 4]]]
    assert listed(many) == [["rows", "<f8", [50, 4]], ["labels", "<i8", [50]]]


def test_the_header_of_an_array_is_not_run() -> None:
    header = b"{'descr': __import__('os').getcwd(), 'shape': ()}"
    with pytest.raises(Unreadable, match="begins as a npy file, but does not go on as one"):
        facts(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header)


def test_a_saved_model_of_tensorflow_says_its_ports(tmp_path: Path) -> None:
    shape = field(2, field(1, (1 << 64) - 1)) + field(2, field(1, 4))
    tensor = field(1, b"x:0") + field(2, 1) + field(3, shape)
    signature = field(1, field(1, b"x") + field(2, tensor)) + field(2, field(1, b"y") + field(2, field(2, 9)))
    graph = field(1, field(4, b"serve") + field(5, b"2.17.0")) + field(
        5, field(1, b"serving_default") + field(2, signature)
    )
    (tmp_path / "saved_model.pb").write_bytes(field(1, 1) + field(2, graph))
    found = facts_of(tmp_path)
    assert found is not None
    assert (found.format, found.framework) == ("SavedModel", "tensorflow")
    assert [each.listed for each in (*found.inputs, *found.outputs)] == [
        ["x", "float32", [-1, 4]],
        ["y", "int64", None],
    ]
    assert found.told == {"tags": ["serve"], "tensorflow version": "2.17.0", "signatures": ["serving_default"]}
    (tmp_path / "saved_model.pb").write_bytes(b"\x12\xff")
    with pytest.raises(Unreadable, match="is no sound SavedModel: a number of it does not end"):
        facts_of(tmp_path)


def test_trees_say_their_features() -> None:
    learner = {
        "learner_model_param": {"num_feature": "4"}, "objective": {"name": "reg:squarederror"},
        "feature_names": ["a", "b", "c", "d"],
        "gradient_booster": {"name": "gbtree", "model": {"gbtree_model_param": {"num_trees": "3"}}},
    }  # fmt: skip
    found = facts(json.dumps({"learner": learner, "version": [3, 0, 0]}).encode())
    assert (found.framework, found.inputs[0].shape, found.told["trees"]) == ("xgboost", (-1, 4), 3)
    lines = (
        "tree\nversion=v4\nmax_feature_idx=2\nobjective=binary\nfeature_names=a b c\ntree_sizes=9 9\n\nTree=0\nnum=1\n"
    )
    found = facts(lines.encode())
    assert (found.framework, found.inputs[0].shape, found.told["trees"]) == ("lightgbm", (-1, 3), 2)
    assert facts(b"{L\x00\x00\x00\x00\x00\x00\x00\x07learner{").framework == "xgboost"


def test_other_files_are_no_models(tmp_path: Path) -> None:
    for content in (
        b"",
        b"weights",
        b'{"version": 3}',
        b'{"version": ',
        b"a,b\n1,2\n",
        b"x\x9c\x00",
        b"BZh9",
        bytes(99),
    ):
        assert facts_in(io.BytesIO(content), "m") is None, content
    (tmp_path / "folder").mkdir()
    assert facts_of(tmp_path / "folder") is None
    assert kind_of(tmp_path / "missing") is None


def test_a_pipe_that_nobody_writes_to_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert kind_of(tmp_path / "pipe") is None
    with pytest.raises(Unreadable, match="no regular file"):
        facts_of(tmp_path / "pipe")
    with pytest.raises(Unreadable, match="no regular file"):
        file_digest(tmp_path / "pipe")


# --- pickles


class Calls:
    """Would do something when it is loaded."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("echo loaded > loaded",)


def fitted() -> Any:
    return make_pipeline(StandardScaler(), SGDClassifier(random_state=1)).fit(ROWS, LABELS)


def dumps(model: Any, **how: Any) -> bytes:
    file = io.BytesIO()
    joblib.dump(model, file, **how)
    return file.getvalue()


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_says_class_library_and_arrays(protocol: int) -> None:
    found = facts(pickle.dumps(fitted(), protocol))
    assert (found.format, found.framework, found.title) == ("pickle", "scikit-learn", "Pipeline")
    assert found.told == {"protocol": protocol, "class": "sklearn.pipeline.Pipeline"}
    assert found.parameter_count == 5, "four weights and one intercept"
    assert ["steps.0.1.mean_", "<f8", [4]] in listed(found)
    assert "sklearn.preprocessing._data.StandardScaler" in found.calls


@pytest.mark.parametrize("how", [0, 3, ("gzip", 1), ("bz2", 1), ("xz", 1)], ids=str)
def test_a_file_of_joblib_says_what_a_pickle_would(how: Any) -> None:
    found = facts(dumps(fitted(), compress=how))
    assert (found.format, found.framework, found.title, found.parameter_count) == (
        "joblib", "scikit-learn", "Pipeline", 5,
    )  # fmt: skip
    assert ["steps.0.1.mean_", "<f8", [4]] in listed(found)


def test_arrays_of_all_types_are_passed_over_in_files_of_joblib() -> None:
    arrays = {
        "floats": ROWS, "texts": np.array(["ü", "abc"]), "objects": np.array(["x", None, {}], dtype=object),
        "bytes": np.array([b"a", b"bc"]), "times": np.array(["2026-01-01"], "M8[s]"), "last": np.arange(3, dtype=">i2"),
    }  # fmt: skip
    assert listed(facts(dumps(arrays))) == [
        ["floats", "<f8", [50, 4]], ["texts", "<U3", [2]], ["objects", "|O8", [3]], ["bytes", "|S2", [2]],
        ["times", "<M8", [1]], ["last", ">i2", [3]],
    ]  # fmt: skip


def test_a_forest_says_its_arrays() -> None:
    found = facts(dumps(RandomForestClassifier(3, random_state=1).fit(ROWS, LABELS)))
    assert (found.title, found.parameter_count) == ("RandomForestClassifier", None)
    assert "estimators_.2.classes_" in {tensor.name for tensor in found.tensors}


def test_nothing_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    contents = [pickle.dumps(Calls(), protocol) for protocol in range(2, 6)]
    contents += [dumps([np.zeros(3), Calls()]), dumps(Calls(), compress=3), torch_file(pickle.dumps(Calls(), 2))]
    imported: list[str] = []
    real = builtins.__import__

    def noted(name: str, *more: Any) -> Any:
        imported.append(name)
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", noted)
    for content in contents:
        found = facts(content)
        assert {"posix.system", "nt.system"} & set(found.calls)
    assert not (tmp_path / "loaded").exists()
    assert not {"posix", "nt"} & set(imported)


def test_whoever_loads_a_pickle_that_calls_programs_is_warned(tmp_path: Path) -> None:
    (tmp_path / "m.pkl").write_bytes(pickle.dumps({"model": Calls()}))
    with recording(tmp_path / "kg"), pytest.warns(provkg.CaptureWarning, match=r"m\.pkl would call posix\.system"):
        provkg.model("m", tmp_path / "m.pkl")


def test_a_pickle_that_breaks_off_says_what_it_had_said() -> None:
    content = pickle.dumps(fitted(), 4)
    found = facts(content[: len(content) // 2])
    assert (found.framework, found.title) == ("scikit-learn", "Pipeline")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x80\x04\x95", "where it says that more follows"),
        (b"\x80\x04\xff", "no pickle from byte 2 on"),
        (b"\x80\x040.", "takes more than it has put down"),
        (b"\x80\x04t.", "takes what it has not begun"),
        (b"\x80\x04X\xff\xff\xff\xffa.", "where it says that more follows"),
        (b"\x80\x04" + b"]" * 1_000_001, "more operations than are looked at"),
        (b"\x80\x04I" + b"1" * 5000, "a line of it does not end"),
    ],
)
def test_what_only_begins_as_a_pickle_is_said_to_be_none(content: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=f"begins as a pickle file, but .*{said}"):
        facts(content)


def test_a_pickle_of_a_thing_within_itself_ends() -> None:
    rows: list[Any] = []
    for _ in range(60):
        rows = [rows, rows]  # 2**60 paths
    rows.append(rows)
    assert facts(pickle.dumps({"rows": rows, "array": np.zeros(2)})).tensors[0].name == "array"


def test_long_bytes_in_a_pickle_are_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "m.pkl"
    begin = b"\x80\x04\x8e" + struct.pack("<Q", 1 << 32)
    with file.open("wb") as opened:
        opened.write(begin)
        opened.truncate(len(begin) + (1 << 32))
        opened.seek(0, os.SEEK_END)
        opened.write(b"0cbuiltins\nlist\n.")
    tracemalloc.start()
    found = facts_of(file)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found is not None
    assert found.calls == ("builtins.list",)
    assert peak < 4 << 20


# --- zip files


def torch_file(pickled: bytes, *, more: dict[str, bytes] | None = None) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as opened:
        for name, content in {"m/data.pkl": pickled, "m/version": b"3", "m/data/0": bytes(24), **(more or {})}.items():
            opened.writestr(name, content)
    return file.getvalue()


# What torch.save wrote of {"weight": torch.zeros(2, 3)}, without torch.
STATE = (
    b"\x80\x02}q\x00X\x06\x00\x00\x00weightq\x01ctorch._utils\n_rebuild_tensor_v2\nq\x02((X\x07\x00\x00\x00storageq\x03"
    b"ctorch\nFloatStorage\nq\x04X\x01\x00\x00\x000q\x05X\x03\x00\x00\x00cpuq\x06K\x06tq\x07QK\x00K\x02K\x03\x86q\x08K"
    b"\x03K\x01\x86q\t\x89ccollections\nOrderedDict\nq\n)Rq\x0btq\x0cRq\rs."
)


def test_a_file_of_torch_says_its_tensors() -> None:
    found = facts(torch_file(STATE))
    assert (found.format, found.framework, found.title, found.parameter_count) == ("torch", "torch", None, 6)
    assert listed(found) == [["weight", "float32", [2, 3]]]
    assert found.told == {"protocol": 2, "storages": 1, "storage bytes": 24}


def test_a_file_of_keras_says_its_layers() -> None:
    config = {
        "class_name": "Sequential", "build_config": {"input_shape": [None, 4]},
        "config": {"name": "net", "layers": [{"class_name": "Dense", "config": {"name": "dense"}}]},
    }  # fmt: skip
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as opened:
        opened.writestr("metadata.json", json.dumps({"keras_version": "3.5.0"}))
        opened.writestr("config.json", json.dumps(config))
        opened.writestr("model.weights.h5", b"")
    found = facts(file.getvalue())
    assert (found.format, found.title, found.inputs[0].shape) == ("Keras", "net", (-1, 4))
    assert found.told == {"class": "Sequential", "keras version": "3.5.0", "layers": [["dense", "Dense"]]}


def test_what_would_unpack_to_much_is_not_unpacked() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("m/data.pkl", bytes(MOST_BYTES * 4))
    assert len(file.getvalue()) < 1 << 17
    tracemalloc.start()
    with pytest.raises(Unreadable, match=r"its entry m/data\.pkl has more than 16,777,216 bytes"):
        facts(file.getvalue())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 * MOST_BYTES


def test_a_zip_file_with_a_list_without_end_is_not_read() -> None:
    content = bytearray(torch_file(STATE))
    place = content.rfind(b"PK\x05\x06")
    content[place + 12 : place + 16] = struct.pack("<I", 1 << 31)
    with pytest.raises(Unreadable, match=r"begins as a zip file, but it says that it has \d+ entries"):
        facts(bytes(content))


def test_a_zip_file_that_was_cut_off_is_said_to_be() -> None:
    with pytest.raises(Unreadable, match="begins as a zip file, but it has no list of entries at its end"):
        facts(torch_file(STATE)[:-30])


def test_any_other_zip_file_is_no_model() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as opened:
        opened.writestr("a.txt", "text")
    assert facts_in(file, "m") is None


# --- anything else


def samples() -> Iterator[bytes]:
    array = io.BytesIO()
    np.save(array, ROWS)
    yield from (safetensors(HEADER, bytes(20)), gguf([NAME, WORDS, SCALE], [WEIGHT]), onnx(), array.getvalue())
    yield from (pickle.dumps(fitted(), 4), dumps(fitted()), dumps(fitted(), compress=3), torch_file(STATE))
    yield b'{"learner": {"learner_model_param": {"num_feature": "4"}}}'


SAMPLES = tuple(samples())


def read_or_refused(content: bytes) -> None:
    began = time.monotonic()
    try:
        found = facts_in(io.BytesIO(content), "m")
    except Unreadable:
        found = None
    assert found is None or isinstance(found, ModelFacts)
    assert time.monotonic() - began < 20


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.sampled_from(SAMPLES), st.data())
def test_a_file_that_was_changed_or_cut_anywhere_is_read_or_refused(content: bytes, data: Any) -> None:
    changed = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(changed) - 1))
        changed[place] = data.draw(st.integers(0, 255))
    read_or_refused(bytes(changed[: data.draw(st.integers(0, len(changed)))]))
    read_or_refused(bytes(changed))


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from([b"", b"GGUF\x03\0\0\0", b"\x93NUMPY", b"\x80\x04", b"PK\x03\x04", b"\x08\x07\x12", b"x\x9c"]),
    st.binary(),
)
def test_any_bytes_are_read_or_refused(begin: bytes, rest: bytes) -> None:
    read_or_refused(begin + rest)
    read_or_refused(struct.pack("<Q", len(rest)) + b"{" + rest)


# --- recorded


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Recorded]:
    with recording(tmp_path / "kg") as made:
        yield made


def test_a_model_is_recorded_with_what_its_file_says(recorded: Recorded, tmp_path: Path) -> None:
    file = tmp_path / "weights"
    file.write_bytes(safetensors(HEADER, bytes(20)))
    provkg.model("m", file)
    (said,) = described(recorded.only("model"), ModelVersion)
    assert (said.framework, said.parameter_count) == ("torch", 7)
    assert [each.media_type for each in said.files] == ["application/x-safetensors"]
    how: Any = said.architecture
    assert (how.title, how.parameter_count, how.framework) == ("model in safetensors", 7, "torch")
    assert '["layer.weight", "BF16", [3, 2]]' in how.description
    assert json.loads(how.description.splitlines()[0]) == {
        "format": "safetensors", "metadata.format": "pt", "metadata.note": "small",
    }  # fmt: skip


def test_a_secret_in_the_metadata_of_a_file_is_not_recorded(recorded: Recorded, tmp_path: Path) -> None:
    secret = "ghp_" + "a1B2" * 9
    (tmp_path / "m").write_bytes(safetensors({"__metadata__": {"note": f"pushed with {secret}"}}))
    provkg.model("m", tmp_path / "m")
    (said,) = described(recorded.only("model"), ModelVersion)
    assert secret not in str(said.architecture)
    assert "pushed with" in str(said.architecture)


def test_what_a_user_says_of_a_model_comes_before_its_file(recorded: Recorded, tmp_path: Path) -> None:
    file = tmp_path / "m.joblib"
    joblib.dump(fitted(), file)
    with provkg.training("t", data=None) as run:
        run.model("m", file, framework="mine")
    (said,) = described(recorded.closing(), ModelVersion)
    assert (said.framework, said.parameter_count) == ("mine", 5)


def test_weights_in_several_files_are_one_model(recorded: Recorded, tmp_path: Path) -> None:
    folder = tmp_path / "m"
    folder.mkdir()
    one, other = ({name: {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}} for name in "ab")
    (folder / "model-1-of-2.safetensors").write_bytes(safetensors(one, bytes(8)))
    (folder / "model-2-of-2.safetensors").write_bytes(safetensors(other, bytes(8)))
    (folder / "training_args.bin").write_bytes(torch_file(STATE))
    (folder / "config.json").write_text("{}", "utf-8")
    provkg.model("m", folder)
    (said,) = described(recorded.only("model"), ModelVersion)
    assert said.parameter_count == 4
    assert len(said.files) == 4


def test_a_file_that_was_not_written_to_its_end_is_recorded_and_said(recorded: Recorded, tmp_path: Path) -> None:
    file = tmp_path / "m.safetensors"
    file.write_bytes(safetensors(HEADER, bytes(10)))
    with pytest.warns(
        provkg.CaptureWarning, match=r"m\.safetensors begins as a safetensors file, but its tensors need"
    ):
        model = provkg.model("m", file)
    assert model.reference is not None
    assert model.in_file is None


@pytest.mark.parametrize("name", ["m.safetensors", "m.onnx", "m.GGUF"])
def test_a_file_that_is_called_a_model_and_is_none_is_recorded_and_said(
    recorded: Recorded, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_bytes(b"an error page, say")
    with pytest.warns(provkg.CaptureWarning, match=f"{name} is called .*, and its content is none"):
        model = provkg.model("m", tmp_path / name)
    (said,) = described(recorded.only("model"), ModelVersion)
    assert (said.sha256, model.in_file) == (file_digest(tmp_path / name).sha256, None)
