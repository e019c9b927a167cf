"""What is saved comes back bit for bit, and a file that is not what save wrote is refused."""

from __future__ import annotations

import io
import json
import math
import os
import pickle
import random
import re
import sys
import zipfile
from collections import OrderedDict, namedtuple
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

import tinygrad_opt as torch
from tinygrad_opt import nn, optim
from tinygrad_opt.serialization import UnreadableFileError, containers, files
from tinygrad_opt.utils.data import DataLoader

FORMATS = ["npz", "safetensors"]
TO = {"npz": containers.to_npz, "safetensors": containers.to_safetensors}
DTYPES = [torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64]
DTYPES += [torch.float16, torch.float32, torch.float64, *map(np.dtype, ("uint16", "uint32", "uint64"))]
rng = np.random.default_rng(0)


def same(a: Any, b: Any) -> bool:
    """Equal in type, structure and every bit."""
    if type(a) is not type(b):
        return False
    if isinstance(a, torch.Tensor):
        return a.requires_grad == b.requires_grad and same(a.detach().numpy(), b.detach().numpy())
    if isinstance(a, np.ndarray | np.generic):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, dict):
        return same(list(a), list(b)) and same(list(a.values()), list(b.values()))
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return (a == b and math.copysign(1, a) == math.copysign(1, b)) or a != a if isinstance(a, float) else a == b


def array(*shape: int, dtype: Any = np.float32) -> Any:
    return (rng.normal(size=shape) * 50).astype(dtype)


VALUES: dict[str, Any] = {
    "none": None,
    "a number": 3,
    "a large number": -(2**200),
    "floats": [0.1, -0.0, 1e308, 5e-324, math.inf, -math.inf, math.nan],
    "strings": ["", "ü\n\0\"'", "\ud800", "../../etc/passwd"],
    "bools": (True, False),
    "nothing": [[], (), {}],
    "nested": {"a": [1, (2, {"b": None})], 3: {(1, "x"): 2.5}, None: True, 1.5: "y"},
    "a tensor": torch.tensor([[1.0, 2.0]]),
    "an array": array(3, 4),
    "0-d": [torch.tensor(1.0), np.array(2), np.float32(3), np.float64(0.1), np.bool_(True), np.int8(-3)],
    "empty": [torch.zeros(0, 3), np.zeros((2, 0), np.int64)],
    "dtypes": {str(d): [array(2, 3, dtype=d), torch.from_numpy(array(4, dtype=d))] for d in DTYPES},
    "special values": np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 5e-324]),
    "requires_grad": [torch.ones(2, requires_grad=True), torch.ones(2)],
    "parameters": [nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(2), requires_grad=False)],
    "names that meet": {"a": {"b": array(1)}, "a.b": array(2), "a.b_": array(3), 1: array(4), "1": array(5)},
    "reserved names": {"__metadata__": array(1), "tinygrad_opt": array(2), "value": array(3), "": array(4)},
    "names": {"a/b": array(1), "ü": array(2), "a b": array(3), "..a": array(4), "x" * 500: array(5), "'\"": array(6)},
    "lists of arrays": [array(1), [array(2), (array(3),)]],
    "many": {f"layer{i}": array(i % 7) for i in range(200)},
}  # fmt: skip


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", VALUES)
def test_values_come_back_bit_for_bit(name: str, format: str, tmp_path: Path) -> None:
    path = tmp_path / f"state.{format}"
    torch.save(VALUES[name], path)
    assert same(torch.load(path), VALUES[name])
    assert os.listdir(tmp_path) == [path.name]
    first = path.read_bytes()
    torch.save(VALUES[name], str(path))
    assert path.read_bytes() == first  # equal values are equal files


@pytest.mark.parametrize("format", FORMATS)
def test_layouts_are_made_contiguous(format: str, tmp_path: Path) -> None:
    base = array(6, 8)
    layouts = [base.T, base[::2, ::-1], base[:, 3], np.broadcast_to(base[0], (5, 8)), np.asfortranarray(base)]
    layouts += [base.astype(">f4"), base[1:].T[::3]]
    torch.save([*layouts, *map(torch.as_tensor, layouts[:5])], tmp_path / f"x.{format}")
    for ours, expected in zip(torch.load(tmp_path / f"x.{format}"), layouts + layouts[:5], strict=True):
        assert (np.asarray(ours) == expected).all()
        assert (ours.numpy() if isinstance(ours, torch.Tensor) else ours).flags["C_CONTIGUOUS"]
        ours[...] = 0  # what was loaded can be written to


@pytest.mark.parametrize("format", FORMATS)
def test_objects_are_saved_by_their_state(format: str, tmp_path: Path) -> None:
    model = nn.MLP(3, 4, 2)
    optimizer = optim.Adam(model.parameters())
    model(torch.ones(2, 3)).sum().backward()
    optimizer.step()
    loader = DataLoader(range(9), 2, shuffle=True, generator=torch.Generator())
    next(iter(loader))
    generator = torch.Generator().manual_seed(3)
    parts = {"model": model, "optimizer": optimizer, "loader": loader, "generator": generator}
    torch.save(parts, tmp_path / f"x.{format}")
    loaded = torch.load(tmp_path / f"x.{format}")
    for name in ("model", "optimizer", "loader"):
        assert same(loaded[name], parts[name].state_dict())  # type: ignore[attr-defined]
    assert same(loaded["generator"], generator.get_state())
    other = nn.MLP(3, 4, 2)
    other.load_state_dict(loaded["model"])
    optim.Adam(other.parameters()).load_state_dict(loaded["optimizer"])
    assert same(dict(other.state_dict()), dict(model.state_dict()))
    torch.save(OrderedDict(b=1, a=2), tmp_path / f"x.{format}")
    assert same(torch.load(tmp_path / f"x.{format}"), {"b": 1, "a": 2})


def test_numpy_and_the_safetensors_package_find_the_arrays_by_name(tmp_path: Path) -> None:
    value = {"model": nn.Linear(2, 3).state_dict(), "step": 4}
    for format in FORMATS:
        torch.save(value, tmp_path / f"x.{format}")
    with np.load(tmp_path / "x.npz") as archive:
        assert same(archive["model.weight"], value["model"]["weight"].numpy())  # type: ignore[index]
    assert {*safetensors.numpy.load_file(tmp_path / "x.safetensors")} == {"model.weight", "model.bias"}


Point = namedtuple("Point", "x y")
LOOP: list[Any] = []
LOOP.append(LOOP)
REFUSED: dict[str, tuple[Any, type[Exception], str]] = {
    "an object": ({"a": [object()]}, TypeError, "a object at 'a.0'"),
    "a function": (len, TypeError, "cannot save a builtin_function_or_method"),
    "bytes": ([b"x"], TypeError, "a bytes at '0'"),
    "a set": ({1}, TypeError, "cannot save a set"),
    "a named tuple": (Point(1, 2), TypeError, "a Point"),
    "complex numbers": (np.ones(2, complex), TypeError, "array of complex128 at 'value'"),
    "objects": ({"w": np.array([None])}, TypeError, "array of object at 'w'"),
    "strings": (np.array(["a"]), TypeError, "array of <U1"),
    "a key": ({"a": {b"k": 1}}, TypeError, "the key b'k' of the dict at 'a'"),
    "a key with an array": ({np.float32(1): 1}, TypeError, "the key"),
    "a loop": (LOOP, ValueError, "contains itself"),
    "up": ({"../x": torch.ones(1)}, ValueError, "'../x' could lead out of a folder"),
    "up within": ({"a/../../x": torch.ones(1)}, ValueError, "could lead out"),
    "root": ({"/etc/passwd": np.ones(1)}, ValueError, "could lead out"),
    "backslash": ({"..\\x": np.ones(1)}, ValueError, "could lead out"),
    "drive": ({"C:x": np.ones(1)}, ValueError, "could lead out"),
    "control": ({"a\0": np.ones(1)}, ValueError, "could lead out"),
    "surrogate": ({"\ud800": np.ones(1)}, ValueError, "could lead out"),
}


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_saved_is_refused_and_nothing_is_written(name: str, format: str, tmp_path: Path) -> None:
    value, error, words = REFUSED[name]
    (tmp_path / f"x.{format}").write_text("before")
    with pytest.raises(error, match=re.escape(words)):
        torch.save(value, tmp_path / f"x.{format}")
    assert os.listdir(tmp_path) == [f"x.{format}"]
    assert (tmp_path / f"x.{format}").read_text() == "before"


@pytest.mark.parametrize("name", ["x.pt", "x", "x.pkl", "x.npy", "npz"])
def test_other_endings_are_refused(name: str, tmp_path: Path) -> None:
    for run in (lambda: torch.save(1, tmp_path / name), lambda: torch.load(tmp_path / name)):
        with pytest.raises(ValueError, match=r"end in \.npz or \.safetensors"):
            run()
    assert os.listdir(tmp_path) == []


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.save(1, tmp_path / "x.npz")
    for broken in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, broken, fails)
            with pytest.raises(OSError, match="disk is full"):
                torch.save(2, tmp_path / "x.npz")
        assert os.listdir(tmp_path) == ["x.npz"]
        assert torch.load(tmp_path / "x.npz") == 1
    with pytest.raises(FileNotFoundError):
        torch.save(1, tmp_path / "nowhere" / "x.npz")
    with pytest.raises(FileNotFoundError):
        torch.load(tmp_path / "nothing.npz")


def fails(*_: Any) -> None:
    raise OSError("disk is full")


def test_without_the_safetensors_package_npz_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.save([1], tmp_path / "x.safetensors")
    monkeypatch.setitem(sys.modules, "safetensors", None)
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    for run in (lambda: torch.save(1, tmp_path / "x.safetensors"), lambda: torch.load(tmp_path / "x.safetensors")):
        with pytest.raises(ImportError, match="pip install safetensors"):
            run()
    torch.save([1], tmp_path / "x.npz")
    assert torch.load(tmp_path / "x.npz") == [1]


# ---- files that are not what save wrote ----


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def numpys(**arrays: Any) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def tensors(header: dict[str, Any], data: bytes = b"") -> bytes:
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


class Evil:
    def __reduce__(self) -> Any:
        return os._exit, (9,)


NPZ = containers.to_npz({"w": np.arange(5.0), "n": 1})
SAFE = containers.to_safetensors({"w": np.arange(5.0), "n": 1})
ONE = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
LISTED = b'\n{"version": 1, "arrays": [["w", "int8", [1]]]}'
FOREIGN: dict[str, tuple[str, bytes, str]] = {
    "empty npz": ("npz", b"", "it is empty"),
    "empty safetensors": ("safetensors", b"", "it is empty"),
    "text": ("npz", b"hello", "not a zip file"),
    "text as safetensors": ("safetensors", b"hello, this is a text", "header"),
    "each other's": ("safetensors", NPZ, "header"),
    "each other's too": ("npz", SAFE, "not a zip file"),
    "half": ("npz", NPZ[: len(NPZ) // 2], "not a zip file"),
    "half a safetensors": ("safetensors", SAFE[:-8], "SafetensorError"),
    "numpy's own": ("npz", numpys(a=np.ones(2)), "not written by save"),
    "numpy's pickles": ("npz", numpys(a=np.array([Evil()])), "not written by save"),
    "a pickle": ("npz", pickle.dumps(Evil()), "not a zip file"),
    "a pickle in a zip": ("npz", zipped(**{"archive/data.pkl": pickle.dumps(Evil())}), "not written by save"),
    "a way out": ("npz", zipped(**{"../x.npy": b""}), "lead out of a folder"),
    "a way to the root": ("npz", zipped(**{"/x.npy": b""}), "lead out of a folder"),
    "a way out of safetensors": ("safetensors", tensors({"../x": ONE}, bytes(4)), "lead out of a folder"),
    "no arrays": ("npz", zipped(tinygrad_opt=LISTED), "not those that its description lists"),
    "no arrays in safetensors": (
        "safetensors", tensors({"__metadata__": {"tinygrad_opt": LISTED.decode()}}), "that its description lists"
    ),
    "a later version": ("npz", zipped(tinygrad_opt=b'\n{"version": 2}'), "of version 2 of the format"),
    "a later safetensors": (
        "safetensors", tensors({"__metadata__": {"tinygrad_opt": '\n{"version": 2}'}}), "of version 2 of the format"
    ),
    "a checksum": ("npz", zipped(tinygrad_opt=b'0\n{"version": 1, "arrays": [], "value": 1}'), "its checksum"),
    "metadata of nobody": ("safetensors", tensors({"__metadata__": {"x": "y"}, "w": ONE}, bytes(4)), "neither save"),
    "8-bit floats": (
        "safetensors", tensors({"w": {**ONE, "dtype": "F8_E4M3", "shape": [4]}}, bytes(4)), "'w' is of type F8_E4M3"
    ),
    "a huge header": ("safetensors", (2**60).to_bytes(8, "little") + b"{}", "header"),
}  # fmt: skip


@pytest.mark.parametrize("name", FOREIGN)
def test_foreign_and_damaged_files_are_refused_by_name(name: str, tmp_path: Path) -> None:
    format, data, words = FOREIGN[name]
    path = tmp_path / f"x.{format}"
    path.write_bytes(data)
    with pytest.raises(UnreadableFileError, match="cannot load") as caught:
        torch.load(path)
    assert path.name in str(caught.value)
    assert words.lower() in str(caught.value).lower()


def test_a_compressed_member_is_not_blown_up(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tinygrad_opt", b" " * 10**6)
    (tmp_path / "x.npz").write_bytes(buffer.getvalue())
    with pytest.raises(UnreadableFileError, match="is compressed"):
        torch.load(tmp_path / "x.npz")


def flip(data: bytearray, dice: random.Random) -> None:
    data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def put(data: bytearray, dice: random.Random) -> None:
    i = dice.randrange(len(data))
    data[i : i + 8] = dice.randbytes(len(data[i : i + 8]))


def zero(data: bytearray, dice: random.Random) -> None:
    i = dice.randrange(len(data))
    data[i : i + 64] = bytes(len(data[i : i + 64]))


def digit(data: bytearray, dice: random.Random) -> None:
    """A digit becomes another: the damage that stays valid JSON."""
    places = [i for i, b in enumerate(data) if 48 <= b < 58]
    data[dice.choice(places)] = 48 + dice.randrange(10)


def letter(data: bytearray, dice: random.Random) -> None:
    places = [i for i, b in enumerate(data) if 97 <= b < 123]
    data[dice.choice(places)] = 97 + dice.randrange(26)


def cut(data: bytearray, dice: random.Random) -> None:
    del data[dice.randrange(len(data)) :]


def drop(data: bytearray, dice: random.Random) -> None:
    i = dice.randrange(len(data))
    del data[i : i + dice.randrange(1, 20)]


def double(data: bytearray, dice: random.Random) -> None:
    i = dice.randrange(len(data))
    data[i:i] = data[i : i + dice.randrange(1, 200)]


def swap(data: bytearray, dice: random.Random) -> None:
    n = dice.randrange(1, 32)
    i, j = dice.randrange(len(data) - n), dice.randrange(len(data) - n)
    data[i : i + n], data[j : j + n] = data[j : j + n], data[i : i + n]


def append(data: bytearray, dice: random.Random) -> None:
    data += dice.randbytes(dice.randrange(1, 50))


MUTATIONS: list[Callable[[bytearray, random.Random], None]] = [
    flip, put, zero, digit, letter, cut, drop, double, swap, append
]  # fmt: skip


@pytest.mark.parametrize("format", FORMATS)
def test_5000_mutations_are_refused_or_load_equal(format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    value = {
        "model": {"0.weight": torch.tensor(array(3, 4)), "0.bias": torch.zeros(3, requires_grad=True)},
        "optimizer": {"state": {0: {"step": 7, "exp_avg": array(5, dtype=np.float64)}}, "groups": [{"lr": 0.1}]},
        "note": ("a string", None, True, math.inf, np.int8(3)),
    }
    whole = TO[format](value)
    dice = random.Random(1)
    refused = 0
    for i in range(5000):
        data = bytearray(whole)
        MUTATIONS[i % len(MUTATIONS)](data, dice)
        monkeypatch.setattr(files, "open", lambda *_, data=data: io.BytesIO(bytes(data)), raising=False)
        try:
            loaded = torch.load(f"x.{format}")
        except UnreadableFileError:
            assert data != whole
            refused += 1
        else:
            assert same(loaded, value), (i, bytes(data))
    assert refused > 3000
