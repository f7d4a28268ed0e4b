"""Pickles, those of joblib and torch among them: of which classes they are and which arrays they hold, never loaded."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any, Final

from provkg.capture.model_files.facts import MOST_BYTES, Malformed, ModelFacts, Source, Tensor, counted, dangerous
from provkg.capture.model_files.pickle_machine import (
    JOBLIB_ARRAY,
    Built,
    Global,
    PickleMachine,
    keyed,
    type_of_array,
)

MEDIA_TYPE: Final = "application/x-pickle"
TORCH_MAGIC: Final = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."
"""How files of torch began before they were zip files."""
BEFORE_OLD_TORCH: Final = 3
MOST_TENSORS: Final = 100_000
DEEPEST: Final = 40
_INNER: Final = frozenset({"_modules", "_parameters", "_buffers"})
_NO_MODELS: Final = ("collections.", "builtins.", "__builtin__.")
_WEIGHTS: Final = frozenset({"state_dict", "model_state_dict", "model", "module", "weights"})
_LEARNT: Final = frozenset({"coef_", "intercept_", "coefs_", "intercepts_"})
_STORED: Final = {
    "Double": "float64", "Float": "float32", "Half": "float16", "BFloat16": "bfloat16", "Long": "int64", "Int": "int32",
    "Short": "int16", "Char": "int8", "Byte": "uint8", "Bool": "bool", "ComplexFloat": "complex64",
    "ComplexDouble": "complex128",
}  # fmt: skip


def begins(head: bytes) -> bool:
    """Whether a file begins as a pickle of protocol 2 or later does."""
    return head[:1] == b"\x80" and 2 <= head[1] <= 5 if len(head) > 2 else False


def read(source: Source) -> ModelFacts:
    """Return what the pickle in a file would build."""
    for _ in range(BEFORE_OLD_TORCH if source.at(0, min(source.size, len(TORCH_MAGIC))) == TORCH_MAGIC else 0):
        PickleMachine(source).run()
    is_torch = source.place > 0
    machine, content = _ran(source)
    facts = of(machine, content, "torch" if is_torch else "pickle")
    return facts if not is_torch else ModelFacts(**vars(facts) | {"framework": "torch"})


def read_compressed(content: bytes) -> ModelFacts | None:
    """Return what the pickle that a compressed file begins with would build; None where it is none."""
    if not begins(content):
        return None
    machine, found = _ran(Source(io.BytesIO(content)))
    return of(machine, found, "pickle, compressed")


def _ran(source: Source) -> tuple[PickleMachine, Any]:
    machine = PickleMachine(source)
    try:
        return machine, machine.run()
    except Malformed:
        # What came before tells of which class it is.
        if not machine.names:
            raise
        return machine, machine.begun


def of(machine: PickleMachine, content: Any, format_: str) -> ModelFacts:
    """Return what can be said of what a pickle would build."""
    arrays = tuple(_arrays(content))
    kind = content.what if isinstance(content, Built) and "." in content.what else None
    if kind is not None and (kind.startswith(_NO_MODELS) or dangerous([kind])):
        kind = None
    joblib = JOBLIB_ARRAY in machine.names
    return ModelFacts(
        "joblib" if joblib else format_,
        MEDIA_TYPE,
        framework=_framework(machine.names),
        title=kind.rpartition(".")[2] if kind is not None else None,
        tensors=arrays,
        parameter_count=_parameters(content, arrays),
        told={"protocol": machine.protocol} | ({"class": kind} if kind is not None else {}),
        calls=tuple(machine.names),
    )


def _framework(names: Iterable[str]) -> str | None:
    roots = [name.partition(".")[0] for name in names]
    known = {"sklearn": "scikit-learn", "torch": "torch", "xgboost": "xgboost", "lightgbm": "lightgbm"}
    return next((known[root] for root in roots if root in known), None)


# --- arrays and tensors in it


def _arrays(content: Any) -> Iterator[Tensor]:
    """Yield the arrays under their names; each once, for a pickle may hold one thing a million times."""
    waiting: list[tuple[tuple[str, ...], Any]] = [((), content)]
    met: set[int] = set()
    found = 0
    while waiting and found < MOST_TENSORS and len(met) < 10 * MOST_TENSORS:
        path, value = waiting.pop()
        if (array := _array(path, value)) is not None:
            found += 1
            yield array
        elif len(path) < DEEPEST and id(value) not in met:
            met.add(id(value))
            waiting += [(_below(path, name), inner) for name, inner in _inside(value)][::-1]


def _below(path: tuple[str, ...], name: str) -> tuple[str, ...]:
    return path if name in _INNER or not name else (*path, name)


def _inside(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, tuple):
        yield from ((str(number), each) for number, each in enumerate(value))
    elif isinstance(value, Built):
        yield from keyed(value)
        yield from keyed(value.state)
        yield from ((str(number), each) for number, each in enumerate(value.items))
        if value.what == "torch._utils._rebuild_parameter" and isinstance(value.args, tuple):
            yield from (("", each) for each in value.args[:1])


def _array(path: tuple[str, ...], value: Any) -> Tensor | None:
    if not isinstance(value, Built):
        return None
    name = ".".join(path)
    if value.what == JOBLIB_ARRAY:
        said = dict(keyed(value.state))
        return _shaped(name, type_of_array(said.get("dtype")), said.get("shape"))
    if value.what.endswith("multiarray._reconstruct"):
        state = value.state if isinstance(value.state, tuple) and len(value.state) > 2 else (0, None, None)
        return _shaped(name, type_of_array(state[2]), state[1])
    if value.what.endswith("numeric._frombuffer") and isinstance(value.args, tuple) and len(value.args) > 2:
        return _shaped(name, type_of_array(value.args[1]), value.args[2])
    if value.what.startswith("torch._utils._rebuild_tensor") and isinstance(value.args, tuple) and len(value.args) > 3:
        return _shaped(name, _stored(value.args), value.args[2])
    return None


def _shaped(name: str, kind: str | None, shape: Any) -> Tensor | None:
    lengths = tuple(shape.items) if isinstance(shape, Built) else shape
    if kind is None or not isinstance(lengths, tuple) or not all(type(each) is int and each >= 0 for each in lengths):
        return None
    return Tensor(name, kind, lengths)


def _stored(args: tuple[Any, ...]) -> str | None:
    """Return the type of a tensor of torch: named beside it, or by the class of its storage."""
    named = next((each.name for each in args[4:] if isinstance(each, Global) and each.name.startswith("torch.")), None)
    if named is not None:
        return named.removeprefix("torch.")
    place = args[0].args if isinstance(args[0], Built) and args[0].what == "persistent" else ()
    kinds = [each.name for each in place if isinstance(each, Global)] if isinstance(place, tuple) else []
    name = kinds[0].rpartition(".")[2].removesuffix("Storage") if kinds else ""
    return _STORED.get(name, name.lower()) or None


def _parameters(content: Any, arrays: tuple[Tensor, ...]) -> int | None:
    """Return how many parameters it holds, where one can tell them from all else, such as an optimiser's state."""
    if learnt := [each for each in arrays if _LEARNT & set(each.name.split("."))]:
        return counted(learnt)
    if not isinstance(content, Built):
        return None
    inner = [name for name, _ in keyed(content) if name in _WEIGHTS]
    if len(inner) == 1:
        return counted(each for each in arrays if each.name.startswith(f"{inner[0]}."))
    values = [value for _, value in keyed(content)]
    is_state = bool(values) and all(_array(("",), value) is not None for value in values)
    is_module = any(name == "_parameters" for name, _ in keyed(content.state))
    return counted(arrays) if is_state or is_module else None


def prefix(content: bytes, begun: Any) -> bytes:
    """Return the first bytes that `content` decompresses to, as many as are looked at."""
    found: bytes = begun.decompress(content, MOST_BYTES)
    return found
