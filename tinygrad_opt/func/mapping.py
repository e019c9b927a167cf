"""vmap: a function of one example, over a batch of them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from typing import Any

import numpy as np

from ..autograd import no_grad, tree
from ..autograd.graph import wrap
from ..functions.joining import stack
from ..generator import default_generator
from ..tensor import Tensor


def vmap(
    func: Callable[..., Any],
    in_dims: Any = 0,
    out_dims: Any = 0,
    randomness: str = "error",
    *,
    chunk_size: int | None = None,
) -> Callable[..., Any]:
    """The function that applies `func` to every slice of its inputs along `in_dims`, the results joined at `out_dims`.

    Dims are ints, None for what is passed on whole (an output: what is the same for all), or nested like the arguments
    or the result. `randomness`: "error" refuses draws from the default generator, "same" gives every slice the same
    numbers, "different" its own. As torch.vmap.

    It is a loop over views and one stack at the end: gradients, views and error messages are those of the function run
    on one example, which may also branch on values and call item(), and the time is that of as many runs. A function
    that works on whole batches is faster. So `chunk_size` changes nothing. For an empty batch, the function is run once
    on zeros, to see what it returns.

    >>> torch.func.vmap(torch.dot, in_dims=(0, None))(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.ones(2))
    tensor([3., 7.])
    """
    if randomness not in ("error", "different", "same"):
        raise RuntimeError(f"Only allowed values for randomness are 'error', 'different', or 'same'. Got {randomness}")
    if chunk_size is not None and chunk_size <= 0:
        raise ValueError(f"vmap: chunk_size should be None or greater than 0. (got {chunk_size})")
    name = getattr(func, "__name__", repr(func))

    @functools.wraps(func)
    def mapped(*args: Any, **kwargs: Any) -> Any:
        _require_dims(name, out_dims)
        flat, structure = tree.flatten(args)
        dims = _input_dims(name, in_dims, flat, structure)
        size = _batch_size(flat, dims)

        def func_of(leaves: Sequence[Any]) -> tuple[list[Any], tree.Structure]:
            return tree.flatten(func(*tree.unflatten(structure, leaves), **kwargs))

        if size == 0:
            shown = [x if dim is None else _zeros_of_one(x, dim) for x, dim in zip(flat, dims, strict=True)]
            with no_grad():
                examples = _drawing(randomness, func_of, [shown])
            results = []
        else:
            parts = [repeat(x, size) if dim is None else x.unbind(dim) for x, dim in zip(flat, dims, strict=True)]
            examples = results = _drawing(randomness, func_of, zip(*parts, strict=True))
        outputs, output_structure = examples[0]
        try:
            places = tree.broadcast(_unwrapped(out_dims, output_structure), output_structure)
        except ValueError as error:
            raise ValueError(
                f"vmap({name}, ..., out_dims={out_dims})(<inputs>): out_dims is not compatible with the structure of "
                f"`outputs`: {error}"
            ) from None
        for _, other in results:
            if other != output_structure:
                raise ValueError(f"vmap({name}): its results are nested now as {output_structure}, now as {other}")
        columns = zip(*[leaves for leaves, _ in results], strict=True) if results else [()] * len(outputs)
        joined = [_joined(name, c, y, dim) for c, y, dim in zip(columns, outputs, places, strict=True)]
        return tree.unflatten(output_structure, joined)

    return mapped


def _zeros_of_one(x: Tensor, dim: int) -> Tensor:
    return wrap(np.zeros(np.delete(x.shape, dim), x.dtype))


def _drawing(randomness: str, fn: Callable[[Any], Any], examples: Iterable[Any]) -> list[Any]:
    """`fn` of every example, with the random numbers that `randomness` allows."""
    if randomness == "different":
        return [fn(x) for x in examples]
    state = default_generator.get_state()
    results = []
    for x in examples:
        if randomness == "same":
            default_generator.set_state(state)
        results.append(fn(x))
    if randomness == "error" and not np.array_equal(state, default_generator.get_state()):
        default_generator.set_state(state)
        raise RuntimeError(
            "vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different' "
            "randomness flags on vmap or perform the randomness operation out of vmap"
        )
    return results


def _input_dims(name: str, in_dims: Any, flat: Sequence[Any], structure: tree.Structure) -> list[int | None]:
    """For every leaf of the arguments the dim to go along, not negative, or None."""
    call = f"vmap({name}, in_dims={in_dims}, ...)(<inputs>)"
    if not isinstance(in_dims, int | tuple):
        raise ValueError(
            f"{call}: expected `in_dims` to be int or a (potentially nested) tuple matching the structure of inputs, "
            f"got: {type(in_dims)}."
        )
    if not structure.parts:
        raise ValueError(
            f"vmap({name})(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying to vmap over a "
            "function with no inputs. The latter is unsupported."
        )
    try:
        dims = tree.broadcast(in_dims, structure)
    except ValueError as error:
        raise ValueError(f"{call}: in_dims is not compatible with the structure of `inputs`: {error}") from None
    for x, dim in zip(flat, dims, strict=True):
        if dim is None:
            continue
        if not isinstance(dim, int):
            raise ValueError(
                f"{call}: Got in_dim={dim} for an input but in_dim must be either an integer dimension or None."
            )
        if not isinstance(x, Tensor):
            raise ValueError(
                f"{call}: Got in_dim={dim} for an input but the input is of type {type(x)}. We cannot vmap over "
                "non-Tensor arguments, please use None as the respective in_dim"
            )
        if not -x.ndim <= dim < x.ndim:
            raise ValueError(
                f"{call}: Got in_dim={dim} for some input, but that input is a Tensor of dimensionality {x.ndim} so "
                f"expected in_dim to satisfy -{x.ndim} <= in_dim < {x.ndim}."
            )
    return dims


def _batch_size(flat: Sequence[Any], dims: Sequence[int | None]) -> int:
    sizes = [x.shape[dim] for x, dim in zip(flat, dims, strict=True) if dim is not None]
    if not sizes:
        raise ValueError("vmap: Expected at least one Tensor to vmap over")
    if len(set(sizes)) > 1:
        raise ValueError(
            "vmap: Expected all tensors to have the same size in the mapped dimension, got sizes "
            f"{sizes} for the mapped dimension"
        )
    return int(sizes[0])


def _require_dims(name: str, out_dims: Any) -> None:
    for dim in tree.flatten(out_dims)[0]:
        if dim is not None and not isinstance(dim, int):
            raise ValueError(
                f"vmap({name}, ..., out_dims={out_dims}): `out_dims` must be an int, None or a python collection of "
                "ints representing where in the outputs the vmapped dimension should appear."
            )


def _unwrapped(out_dims: Any, output: tree.Structure) -> Any:
    """A tuple of one dim may stand for the dim of a single output, as in PyTorch."""
    single = output == tree.LEAF and isinstance(out_dims, tuple) and len(out_dims) == 1
    return out_dims[0] if single else out_dims


def _joined(name: str, results: Sequence[Any], first: Any, dim: int | None) -> Any:
    """What every run has returned in one place, stacked along `dim`; `first` says what it is if there was none."""
    if dim is None:
        if any(not _equal(y, first) for y in results):
            raise ValueError(f"vmap({name}, ...): `{name}` can not return a BatchedTensor when out_dim is None")
        return first
    for y in (first, *results):
        if not isinstance(y, Tensor):
            raise ValueError(
                f"vmap({name}, ...): `{name}` must only return Tensors, got type {type(y)}. Did you mean to set "
                "out_dims= to None for output?"
            )
    return stack(results, dim) if results else stack([first], dim).narrow(dim, 0, 0)


def _equal(y: Any, first: Any) -> bool:
    if isinstance(y, Tensor) and isinstance(first, Tensor):
        return np.array_equal(y.array, first.array, equal_nan=y.is_floating_point())
    return y is first or bool(y == first)
