"""The two containers that hold named arrays and their JSON: .npz, which needs NumPy alone, and .safetensors.

Both carry the version of the format and a SHA-256 of everything that is loaded from them. Nothing in a file is believed
before it has been checked, and nothing in it is ever run or unpacked to disk.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..autograd.graph import wrap
from .structure import DTYPES, decode, encode, safe_name

Arrays = dict[str, np.ndarray[Any, Any]]

VERSION = 1
_DOCUMENT = "tinygrad_opt"  # the key, or the file within, that has a line with the checksum, and the JSON

_OURS = {"BOOL": "bool", "U8": "uint8", "I8": "int8", "I16": "int16", "U16": "uint16", "I32": "int32", "U32": "uint32"}
_OURS |= {"I64": "int64", "U64": "uint64", "F16": "float16", "F32": "float32", "F64": "float64"}


def to_npz(value: Any) -> bytes:
    """`value` as the bytes of an .npz file, in which np.load finds the arrays by their names."""
    import io
    import zipfile

    document, arrays = _take_apart(value)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:

        def add(name: str, content: bytes | memoryview) -> None:
            archive.writestr(zipfile.ZipInfo(name), content)  # ZipInfo: no date, so equal values are equal files

        add(_DOCUMENT, document)
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, array, allow_pickle=False)
            add(name + ".npy", member.getbuffer())
    return buffer.getvalue()


def from_npz(data: bytes) -> Any:
    """What `to_npz` was given. ValueError, or another Exception of a library's, if the bytes are anything else."""
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = {info.filename: info for info in archive.infolist()}
        for name, info in infos.items():
            if not safe_name(name):
                raise ValueError(f"the name {name!r} could lead out of a folder")
            if info.compress_type != zipfile.ZIP_STORED or info.file_size > len(data):
                raise ValueError(f"{name!r} is compressed, as nothing is that save() writes")
        if _DOCUMENT not in infos:
            raise ValueError("it was not written by save(): np.load reads the .npz files of others")
        document = archive.read(_DOCUMENT)
        described = _described(document)
        listed = {_DOCUMENT, *(name + ".npy" for name in described)}
        if len(infos) != len(archive.infolist()) or {*infos} != listed:
            raise ValueError("the arrays in it are not those that its description lists")
        arrays = {}
        for name, (dtype, shape) in described.items():
            content = archive.read(name + ".npy")
            size = dtype.itemsize * math.prod(shape)
            if len(content) < size:
                raise ValueError(f"the array {name!r} is too short")
            arrays[name] = np.frombuffer(content, dtype, offset=len(content) - size).reshape(shape).copy()
        return _put_together(document, arrays)


def to_safetensors(value: Any) -> bytes:
    """`value` as the bytes of a .safetensors file, in which other libraries find the arrays by their names."""
    document, arrays = _take_apart(value)
    data: bytes = _safetensors().numpy.save(arrays, {_DOCUMENT: document.decode()})
    return data


def from_safetensors(data: bytes) -> Any:
    """What `to_safetensors` was given; of a file from elsewhere, such as PyTorch's, its tensors by name.

    bfloat16 becomes float32, which holds all its values. ValueError, or another Exception of a library's, if the bytes
    are anything else.
    """
    import json

    parts = _safetensors().deserialize(data)
    arrays = {}
    for name, part in parts:
        if not safe_name(name):
            raise ValueError(f"the name {name!r} could lead out of a folder")
        arrays[name] = _array(name, part["dtype"], part["shape"], part["data"])
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    metadata = header.get("__metadata__", {})
    if _DOCUMENT in metadata:
        document = metadata[_DOCUMENT].encode()
        described = _described(document)
        if {name: (a.dtype, a.shape) for name, a in arrays.items()} != described:
            raise ValueError("the arrays in it are not those that its description lists")
        return _put_together(document, {name: arrays[name] for name in described})
    if metadata and "format" not in metadata:  # whoever writes metadata says for which library
        raise ValueError(f"neither save() wrote it nor a library that says its name: its metadata has {[*metadata]}")
    return {name: wrap(array) for name, array in arrays.items()}


def _safetensors() -> Any:
    try:
        import safetensors.numpy
    except ImportError:
        raise ImportError(
            "files of type .safetensors need the package of that name: pip install safetensors; .npz needs none"
        ) from None
    return safetensors


def _array(name: str, dtype: str, shape: list[int], data: bytes) -> np.ndarray[Any, Any]:
    if dtype == "BF16":  # the upper half of a float32
        halves = np.frombuffer(data, "<u2").astype(np.uint32)
        return (halves << 16).view(np.float32).reshape(shape)
    if dtype not in _OURS:
        raise ValueError(f"{name!r} is of type {dtype}; convert it to F32 where it comes from")
    kind = DTYPES[_OURS[dtype]]
    return np.frombuffer(data, kind.newbyteorder("<")).reshape(shape).astype(kind)


def _take_apart(value: Any) -> tuple[bytes, Arrays]:
    """The document that describes `value`, a line with the checksum and a line of JSON, and the arrays by name."""
    import json

    arrays: Arrays = {}
    try:
        content = encode(value, arrays)
    except RecursionError:
        raise ValueError("save: it is nested too deeply, or contains itself") from None
    described = [[name, array.dtype.name, list(array.shape)] for name, array in arrays.items()]
    text = json.dumps({"version": VERSION, "arrays": described, "value": content}, allow_nan=False).encode()
    return _digest(text, arrays.values()).encode() + b"\n" + text, arrays


def _described(document: bytes) -> dict[str, tuple[np.dtype[Any], tuple[int, ...]]]:
    """Dtype and shape of every array, as the document says."""
    import json

    described = json.loads(document.partition(b"\n")[2])
    if described["version"] != VERSION:
        raise ValueError(f"it is of version {described['version']!r} of the format, and this is version {VERSION}")
    return {name: (DTYPES[dtype], tuple(shape)) for name, dtype, shape in described["arrays"]}


def _put_together(document: bytes, arrays: Arrays) -> Any:
    import json

    checksum, _, text = document.partition(b"\n")
    if _digest(text, arrays.values()).encode() != checksum:
        raise ValueError("its checksum does not fit its content")
    return decode(json.loads(text)["value"], arrays)


def _digest(text: bytes, arrays: Iterable[np.ndarray[Any, Any]]) -> str:
    """SHA-256 of the JSON, which has names, dtypes and shapes, and of every array in its order."""
    import hashlib

    digest = hashlib.sha256(text)
    for array in arrays:
        digest.update(array.astype(array.dtype.newbyteorder("<"), copy=False).reshape(-1).view(np.uint8).data)
    return digest.hexdigest()
