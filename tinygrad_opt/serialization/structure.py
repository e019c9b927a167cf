"""A nesting of values, as JSON beside named arrays.

None, bools, ints, strings and finite floats stand for themselves, lists are JSON lists, and everything else is an
object of one entry: {"tensor": name}, {"parameter": name}, {"array": name}, {"scalar": name}, {"float": "nan"},
{"tuple": [...]}, {"dict": [[key, value], ...]}. A dict's keys need not be strings, and keep their order.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..autograd.graph import wrap
from ..generator import Generator
from ..nn.parameter import Parameter
from ..size import Size
from ..tensor import Tensor

_INTEGERS = ("uint8", "int8", "int16", "uint16", "int32", "uint32", "int64", "uint64")
DTYPES = {name: np.dtype(name) for name in ("bool", *_INTEGERS, "float16", "float32", "float64")}


def encode(value: Any, arrays: dict[str, np.ndarray[Any, Any]], path: str = "") -> Any:
    """`value` as JSON can hold it; what arrays it has go into `arrays`, contiguous, by the path that leads to them.

    TypeError for what can not be saved, with the path to it; ValueError if an array's name would be unsafe.
    """
    if isinstance(value, np.generic):  # first, since some are Python's numbers too
        return {"scalar": _keep(np.asarray(value), arrays, path)}
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {"float": str(float(value))}
    if isinstance(value, Tensor):
        kind = "parameter" if isinstance(value, Parameter) else "tensor"
        entry = {kind: _keep(value.array, arrays, path)}
        return {**entry, "requires_grad": True} if value.requires_grad else entry
    if isinstance(value, np.ndarray):
        return {"array": _keep(value, arrays, path)}
    if isinstance(value, dict):
        items = [(_key(k, path), encode(v, arrays, f"{path}.{k}" if path else str(k))) for k, v in value.items()]
        return {"dict": [list(item) for item in items]}
    if type(value) in (tuple, Size, list):
        parts = [encode(v, arrays, f"{path}.{i}" if path else str(i)) for i, v in enumerate(value)]
        return parts if type(value) is list else {"tuple": parts}
    if isinstance(value, Generator):
        return {"array": _keep(value.get_state(), arrays, path)}
    if hasattr(value, "state_dict"):
        return encode(value.state_dict(), arrays, path)
    raise TypeError(
        f"save: cannot save a {type(value).__name__}{f' at {path!r}' if path else ''}; dicts, lists, tuples, numbers, "
        "strings, None, tensors, arrays, and what has a state_dict() can be saved"
    )


def decode(entry: Any, arrays: dict[str, np.ndarray[Any, Any]]) -> Any:
    """What `encode` was given; ValueError or KeyError if `entry` is nothing that it makes."""
    if isinstance(entry, list):
        return [decode(part, arrays) for part in entry]
    if not isinstance(entry, dict):
        return entry
    kind, content = next(iter(entry.items()))
    if kind in ("tensor", "parameter"):
        tensor = wrap(arrays[content])
        requires_grad = entry.get("requires_grad", False)
        return Parameter(tensor, requires_grad) if kind == "parameter" else tensor.requires_grad_(requires_grad)
    if kind == "array":
        return arrays[content]
    if kind == "scalar":
        return arrays[content][()]
    if kind == "float":
        return float(content)
    if kind == "tuple":
        return tuple(decode(part, arrays) for part in content)
    if kind == "dict":
        return {decode(key, arrays): decode(value, arrays) for key, value in content}
    raise ValueError(f"unknown kind of value {kind!r}")


def safe_name(name: str) -> bool:
    """Whether a file of this name, unpacked, would stay in the folder it is unpacked in."""
    return not (
        name.startswith("/")
        or ".." in name.split("/")
        or "\\" in name
        or name[1:2] == ":"
        or any(ord(c) < 32 or 0xD800 <= ord(c) < 0xE000 for c in name)
    )


def _keep(array: np.ndarray[Any, Any], arrays: dict[str, np.ndarray[Any, Any]], path: str) -> str:
    """The name under which `arrays` has a contiguous array of the same values."""
    name = path or "value"
    if array.dtype.newbyteorder("=") not in DTYPES.values():
        raise TypeError(f"save: cannot save an array of {array.dtype} at {name!r}; {', '.join(DTYPES)} can be saved")
    if not safe_name(name):
        raise ValueError(f"save: the name {name!r} could lead out of a folder; rename that key")
    while name in arrays or name == "__metadata__":  # {"a": {"b": x}, "a.b": y}; the other is safetensors' own
        name += "_"
    arrays[name] = np.ascontiguousarray(array, array.dtype.newbyteorder("=")).reshape(array.shape)
    return name


def _key(key: Any, path: str) -> Any:
    """A dict's key, encoded: something that can be told from others by its value."""
    if isinstance(key, tuple):
        return {"tuple": [_key(k, path) for k in key]}
    if key is None or type(key) in (bool, int, float, str):
        return encode(key, {})
    raise TypeError(f"save: cannot save the key {key!r} of the dict at {path!r}; write str(key)")
