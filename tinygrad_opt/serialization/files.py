"""save and load: whole files or none."""

from __future__ import annotations

import os
from typing import Any

from .containers import from_npz, from_safetensors, to_npz, to_safetensors

_CONTAINERS = {".npz": (to_npz, from_npz), ".safetensors": (to_safetensors, from_safetensors)}


class UnreadableFileError(ValueError):
    """A file that is damaged, cut off, foreign, or of another version; the message says which, and where."""


def save(obj: Any, path: str | os.PathLike[str]) -> None:
    """Write `obj` to a file whose name ends in .npz or .safetensors: PyTorch's torch.save, without pickle.

    `obj` is any nesting of dicts, lists and tuples of numbers, strings, None, tensors and arrays; what has a
    state_dict() is saved as that, and a Generator as its state. Arrays stand in the file by the path to them, so that
    a module's state dict has PyTorch's names: `safetensors.torch.load_file` reads it. The file is complete or it is not
    there: it is written beside `path`, brought to the disk and renamed.

    TypeError for anything else, with the path to it, and ValueError for another ending or an unsafe name; nothing is
    written then. ImportError if .safetensors is asked for and the package of that name is missing.
    """
    to_bytes, _ = _container(path)
    write_whole(path, to_bytes(obj))


def load(path: str | os.PathLike[str]) -> Any:
    """What `save` wrote to the file: tensors as tensors, arrays as arrays, a state as its state dict.

    Of a .safetensors file from elsewhere, such as PyTorch's, its tensors by name. UnreadableFileError, a ValueError, if
    the file is damaged, cut off or foreign.

    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "state.npz")
    ...     torch.save({"weights": [torch.ones(2), None], "step": 3}, path)
    ...     torch.load(path)
    {'weights': [tensor([1., 1.]), None], 'step': 3}
    """
    _, from_bytes = _container(path)
    with open(path, "rb") as file:
        data = file.read()
    try:
        return from_bytes(data)
    except ImportError:
        raise
    except Exception as error:  # whatever zipfile, json and safetensors find wrong with bytes that may be anything
        what = str(error) if type(error) is ValueError else f"{type(error).__name__}: {error}"
        raise UnreadableFileError(f"cannot load {os.fspath(path)!r}: {what if data else 'it is empty'}") from error


def write_whole(path: str | os.PathLike[str], data: bytes) -> None:
    """Put `data` in the file, so that whoever looks, at whatever moment, finds all of it or what was there before."""
    path = os.path.abspath(path)
    folder, name = os.path.split(path)
    beside = os.path.join(folder, f".{name}.{os.urandom(4).hex()}.tmp")
    try:
        with open(beside, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        if os.path.exists(beside):
            os.unlink(beside)
        raise
    if os.name == "posix":  # the rename itself is brought to the disk by its folder
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _container(path: Any) -> Any:
    ending = os.path.splitext(os.fspath(path))[1]
    if ending not in _CONTAINERS:
        raise ValueError(
            f"save and load know files that end in {' or '.join(_CONTAINERS)}, not {os.fspath(path)!r}; pickled files "
            "(.pt, .pth) run what is in them when they are loaded, and are not read"
        )
    return _CONTAINERS[ending]
