"""Loading a state dict: everything is checked before anything is changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ..autograd import inplace
from ..autograd.graph import Variable
from ..autograd.mode import no_grad
from ..size import Size
from ..tensor import Tensor


class IncompatibleKeys(NamedTuple):
    """What load_state_dict returns: the names that only the module has, and those that only the state dict has."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


def load(owner: str, own: Mapping[str, Tensor], state_dict: Mapping[str, Any], strict: bool) -> IncompatibleKeys:
    """Copy the values of `state_dict` into the tensors `own` of the module class `owner`, name by name.

    The copies go into the memory that is there. RuntimeError lists all that does not fit, with `strict` also the names
    that only one side has.
    """
    if not isinstance(state_dict, Mapping):
        raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
    missing = [name for name in own if name not in state_dict]
    unexpected = [name for name in state_dict if name not in own]
    arrays = {name: _array_of(state_dict[name]) for name in own if name in state_dict}
    errors = []
    if strict and missing:
        errors.append(f"Missing key(s) in state_dict: {_quoted(missing)}. ")
    if strict and unexpected:
        errors.append(f"Unexpected key(s) in state_dict: {_quoted(unexpected)}. ")
    for name, array in arrays.items():
        if array is None:
            errors.append(
                f'While copying the parameter named "{name}", expected torch.Tensor or Tensor-like object from '
                f"checkpoint but received {type(state_dict[name])}"
            )
        elif array.shape != own[name].array.shape:
            errors.append(
                f"size mismatch for {name}: copying a param with shape {Size(array.shape)} from checkpoint, the shape "
                f"in current model is {own[name].shape}."
            )
    if errors:
        listed = "\n\t".join(errors)
        raise RuntimeError(f"Error(s) in loading state_dict for {owner}:\n\t{listed}")
    with no_grad():
        for name in arrays:
            inplace.require_writable(own[name])
        for name, array in arrays.items():
            own[name].copy_(array)
    return IncompatibleKeys(missing, unexpected)


def _array_of(value: Any) -> Any:
    """The array of a tensor, an array, or whatever gives itself as one; None where it is nothing of the kind."""
    if isinstance(value, Variable):
        return value.array
    array = np.asarray(value) if hasattr(value, "__array__") else None
    return array if array is not None and array.dtype.kind in "biuf" else None


def _quoted(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
