"""Reads what a pickle would build without building it: no class is imported, nothing is called, whatever it names.

Python's pickles are programs. This runs them on stand-ins: what a pickle would call is kept as a name with its
arguments. The operations are those of `pickletools`.
"""

from __future__ import annotations

import pickletools
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from provkg.capture.model_files.facts import LONGEST_TEXT, MOST_ENTRIES, Malformed, Source

JOBLIB_ARRAY: Final = "joblib.numpy_pickle.NumpyArrayWrapper"
LONGEST_NUMBER: Final = 64
MOST_NESTED: Final = 3
_SIZED: Final = {-2: 1, -3: 4, -4: 4, -5: 8}
"""How many bytes say the length of an argument, by what `pickletools` calls it."""
_MARK: Final = object()
_OPERATIONS: Final = {each.code: each for each in pickletools.opcodes}


@dataclass(frozen=True)
class Global:
    """The full name of something that would be imported."""

    name: str


@dataclass
class Built:
    """What a call would make: of what, with which arguments, state, and what was put into it."""

    what: str
    args: Any = ()
    state: Any = None
    pairs: list[tuple[Any, Any]] = field(default_factory=list)
    items: list[Any] = field(default_factory=list)


class Skipped:
    """Bytes or text too long to matter."""


class PickleMachine:
    """Runs the pickle at the place of `source`; `names` are all that it would import, in their order."""

    def __init__(self, source: Source, *, nested: int = 0) -> None:
        self._source, self._nested = source, nested
        self.names: dict[str, None] = {}
        self.protocol = 0
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def run(self) -> Any:
        """Return what the pickle would build; raises `Malformed` where it is none."""
        for _ in range(MOST_ENTRIES):
            code = chr(self._source.number(1))
            operation = _OPERATIONS.get(code)
            if operation is None:
                raise Malformed(f"it is no pickle from byte {self._source.place - 1:,} on")
            if operation.name == "STOP":
                return self.pop()
            argument = self._argument(operation.arg) if operation.arg is not None else None
            self._do(operation.name, argument)
        raise Malformed("it has more operations than are looked at")

    @property
    def begun(self) -> Any:
        """What the pickle has built by now, where it broke off."""
        return next((each for each in self.stack if each is not _MARK), None)

    # --- arguments

    def _argument(self, kind: Any) -> Any:
        source = self._source
        if kind.n >= 0:
            return _number(kind.name, source.take(kind.n))
        if kind.n == pickletools.UP_TO_NEWLINE:
            first = self._line()
            return f"{first} {self._line()}" if kind.name == "stringnl_noescape_pair" else first
        length = source.number(_SIZED[kind.n])
        is_text, is_number = "unicode" in kind.name or "string" in kind.name, "long" in kind.name
        if length > (LONGEST_NUMBER if is_number else LONGEST_TEXT) or not (is_text or is_number):
            source.skip(length)
            return Skipped()
        found = source.take(length)
        return int.from_bytes(found, "little", signed=True) if is_number else found.decode("utf-8", "replace")

    def _line(self) -> str:
        found = bytearray()
        while (byte := self._source.take(1)) != b"\n":
            found += byte
            if len(found) > LONGEST_TEXT:
                raise Malformed("a line of it does not end")
        return found.decode("utf-8", "replace")

    # --- operations

    def _do(self, name: str, argument: Any) -> None:
        if (act := _ACTS.get(name)) is not None:
            act(self, argument)
        elif name in {"FRAME", "PROTO"}:
            self.protocol = max(self.protocol, argument) if name == "PROTO" else self.protocol
        elif "PUT" in name:
            self.memo[int(argument)] = self.top()
        elif "GET" in name:
            self.push(self.memo.get(int(argument)))
        elif name.startswith("EXT"):
            self.push(Global(f"copyreg extension {argument}"))
        else:  # what stands for itself
            self.push(_plain(name, argument))

    def push(self, value: Any) -> None:
        """Put something down."""
        self.stack.append(value)

    def pop(self) -> Any:
        """Take what was put down last."""
        if not self.stack or self.stack[-1] is _MARK:
            raise Malformed("it takes more than it has put down")
        return self.stack.pop()

    def top(self) -> Any:
        """Return what was put down last."""
        if not self.stack:
            raise Malformed("it takes more than it has put down")
        return self.stack[-1]

    def marked(self) -> list[Any]:
        """Take all that was put down since the last mark."""
        found: list[Any] = []
        while self.stack:
            if (value := self.stack.pop()) is _MARK:
                return found[::-1]
            found.append(value)
        raise Malformed("it takes what it has not begun")

    def named(self, name: str) -> Global:
        """Note the name of something that would be imported."""
        if len(self.names) < MOST_ENTRIES // 100:
            self.names[name] = None
        return Global(name)

    def stack_global(self, _: Any) -> None:
        """Name what would be imported by the two texts put down last."""
        name, module = self.pop(), self.pop()
        known = isinstance(name, str) and isinstance(module, str)
        self.push(self.named(f"{module}.{name}" if known else "something that only loading it would tell"))

    def _call(self, what: Any, args: Any) -> None:
        self.push(Built(what.name if isinstance(what, Global) else "call of a result", args))

    def reduce(self, _: Any) -> None:
        """Call with arguments."""
        args = self.pop()
        self._call(self.pop(), args)

    def newobj_ex(self, _: Any) -> None:
        """Make an instance with named arguments, too."""
        named, args = self.pop(), self.pop()
        self._call(self.pop(), (args, named))

    def inst(self, argument: Any) -> None:
        """Make an instance of what is named here."""
        args = tuple(self.marked())
        self._call(self.named(argument.replace(" ", ".")), args)

    def obj(self, _: Any) -> None:
        """Make an instance of what was put down after the mark."""
        found = self.marked()
        if not found:
            raise Malformed("it makes something of nothing")
        self._call(found[0], tuple(found[1:]))

    def build(self, _: Any) -> None:
        """Give an instance its state."""
        state = self.pop()
        built = self.top()
        if isinstance(built, Built):
            built.state = state
            if built.what == JOBLIB_ARRAY:
                self._pass_array(built)

    def put_pairs(self, found: list[Any]) -> None:
        """Put pairs into a dictionary."""
        if isinstance(top := self.top(), Built):
            top.pairs += zip(found[::2], found[1::2], strict=False)

    def put_items(self, found: list[Any]) -> None:
        """Put items into a list or set."""
        if isinstance(top := self.top(), Built):
            top.items += found

    # --- joblib puts the bytes of an array behind what tells of it

    def _pass_array(self, array: Built) -> None:
        said = dict(keyed(array.state))
        kind, shape = type_of_array(said.get("dtype")), said.get("shape")
        if kind is None or not isinstance(shape, tuple) or not all(type(each) is int for each in shape):
            raise Malformed("an array in it does not say what it is")
        if kind.lstrip("<>|=").startswith("O"):
            if self._nested >= MOST_NESTED:
                raise Malformed("pickles lie in it too deep")
            inner = PickleMachine(self._source, nested=self._nested + 1)
            inner.run()
            self.names |= inner.names
            return
        if said.get("numpy_array_alignment_bytes") is not None:
            self._source.skip(self._source.number(1))
        length = item_size(kind)
        for each in shape:
            length *= max(0, each)
        self._source.skip(length)


Act = Callable[[PickleMachine, Any], None]


def _tuple_of(count: int) -> Act:
    def act(machine: PickleMachine, _: Any) -> None:
        machine.push(tuple([machine.pop() for _ in range(count)][::-1]))

    return act


_ACTS: Final[dict[str, Act]] = {
    "MARK": lambda machine, _: machine.push(_MARK),
    "POP": lambda machine, _: machine.stack.pop() if machine.stack else machine.pop(),
    "POP_MARK": lambda machine, _: machine.marked().clear(),
    "DUP": lambda machine, _: machine.push(machine.top()),
    "MEMOIZE": lambda machine, _: machine.memo.__setitem__(len(machine.memo), machine.top()),
    "GLOBAL": lambda machine, said: machine.push(machine.named(said.replace(" ", "."))),
    "STACK_GLOBAL": PickleMachine.stack_global,
    "REDUCE": PickleMachine.reduce,
    "NEWOBJ": PickleMachine.reduce,
    "NEWOBJ_EX": PickleMachine.newobj_ex,
    "INST": PickleMachine.inst,
    "OBJ": PickleMachine.obj,
    "BUILD": PickleMachine.build,
    "PERSID": lambda machine, said: machine.push(Built("persistent", (said,))),
    "BINPERSID": lambda machine, _: machine.push(Built("persistent", machine.pop())),
    "EMPTY_TUPLE": _tuple_of(0),
    "TUPLE1": _tuple_of(1),
    "TUPLE2": _tuple_of(2),
    "TUPLE3": _tuple_of(3),
    "TUPLE": lambda machine, _: machine.push(tuple(machine.marked())),
    "EMPTY_LIST": lambda machine, _: machine.push(Built("list")),
    "EMPTY_SET": lambda machine, _: machine.push(Built("set")),
    "EMPTY_DICT": lambda machine, _: machine.push(Built("dict")),
    "LIST": lambda machine, _: machine.push(Built("list", items=machine.marked())),
    "FROZENSET": lambda machine, _: machine.push(Built("frozenset", items=machine.marked())),
    "DICT": lambda machine, _: machine.push(Built("dict", pairs=_pairs(machine.marked()))),
    "APPEND": lambda machine, _: machine.put_items([machine.pop()]),
    "APPENDS": lambda machine, _: machine.put_items(machine.marked()),
    "ADDITEMS": lambda machine, _: machine.put_items(machine.marked()),
    "SETITEM": lambda machine, _: machine.put_pairs([machine.pop(), machine.pop()][::-1]),
    "SETITEMS": lambda machine, _: machine.put_pairs(machine.marked()),
    "NEXT_BUFFER": lambda machine, _: machine.push(Skipped()),
    "READONLY_BUFFER": lambda _machine, _: None,
}


def _pairs(found: list[Any]) -> list[tuple[Any, Any]]:
    return list(zip(found[::2], found[1::2], strict=False))


def _plain(name: str, argument: Any) -> Any:
    if name in {"NONE", "NEWTRUE", "NEWFALSE"}:
        return {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}[name]
    if name in {"INT", "LONG"} and isinstance(argument, str):
        text = argument.rstrip("L")
        return int(text) if re.fullmatch(r"-?[0-9]{1,30}", text) else Skipped()
    return argument


def _number(name: str, content: bytes) -> Any:
    if name == "float8":
        return struct.unpack(">d", content)[0]
    return int.from_bytes(content, "little", signed=name == "int4")


def keyed(state: Any) -> Iterator[tuple[str, Any]]:
    """Yield what lies under names in the state of an object, or in a dictionary."""
    if isinstance(state, tuple) and len(state) == 2:  # of a class with slots
        for part in state:
            yield from keyed(part)
    elif isinstance(state, Built):
        yield from ((key, value) for key, value in state.pairs if isinstance(key, str))


def type_of_array(dtype: Any) -> str | None:
    """Return the type that a call of `numpy.dtype` names, with its byte order."""
    if not isinstance(dtype, Built) or not dtype.what.startswith("numpy.") or not isinstance(dtype.args, tuple):
        return None
    name = dtype.args[0] if dtype.args else None
    order = dtype.state[1] if isinstance(dtype.state, tuple) and len(dtype.state) > 1 else ""
    return f"{order if isinstance(order, str) else ''}{name}" if isinstance(name, str) else None


def item_size(kind: str) -> int:
    """Return how many bytes a value of a type has, as numpy writes the type; raises `Malformed`."""
    found = re.fullmatch(r"[<>|=]?([a-zA-Z])([0-9]{1,9})", kind)
    if found is None:
        raise Malformed(f"an array in it is of type {kind[:40]!r}")
    return int(found[2]) * (4 if found[1] == "U" else 1)
