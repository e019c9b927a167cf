"""Nested structures: dicts, lists, tuples and named tuples, of tensors and of whatever else stands in them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple


class Structure(NamedTuple):
    """How something is nested: the type of a container, its keys and what is in it; of a leaf, None and nothing."""

    kind: type[Any] | None = None
    keys: tuple[Any, ...] = ()
    parts: tuple[Structure, ...] = ()

    def __repr__(self) -> str:
        return _show(self)


LEAF = Structure()


def flatten(tree: Any) -> tuple[list[Any], Structure]:
    """The leaves of `tree` from left to right, and how they were nested; None is a leaf, as in PyTorch.

    >>> from tinygrad_opt.autograd import tree
    >>> tree.flatten({"a": 1, "b": [2, (3,)]})
    ([1, 2, 3], {'a': *, 'b': [*, (*,)]})
    """
    leaves: list[Any] = []
    return leaves, _take_apart(tree, leaves)


def unflatten(structure: Structure, leaves: Iterable[Any]) -> Any:
    """`leaves` nested as `structure` says: the inverse of flatten."""
    return _put_together(structure, iter(leaves))


def tree_map(fn: Callable[[Any], Any], tree: Any) -> Any:
    """The same structure with `fn` of every leaf."""
    leaves, structure = flatten(tree)
    return unflatten(structure, map(fn, leaves))


def broadcast(prefix: Any, structure: Structure) -> list[Any]:
    """For every leaf of `structure` the leaf of `prefix` that stands there or above it; ValueError if none does.

    >>> from tinygrad_opt.autograd import tree
    >>> tree.broadcast((0, None), tree.flatten(({"a": 1, "b": 2}, 3))[1])
    [0, 0, None]
    """
    found = _parts(prefix)
    if found is None:
        return [prefix] if structure.kind is None else [x for part in structure.parts for x in broadcast(prefix, part)]
    keys, parts = found
    if type(prefix) is not structure.kind or keys != structure.keys or len(parts) != len(structure.parts):
        raise ValueError(f"{flatten(prefix)[1]} is no prefix of {structure}")
    return [x for part, within in zip(parts, structure.parts, strict=True) for x in broadcast(part, within)]


def _parts(tree: Any) -> tuple[tuple[Any, ...], list[Any]] | None:
    """The keys and the contents of a container, None for a leaf."""
    kind = type(tree)
    if kind is dict or kind is OrderedDict:
        return tuple(tree), list(tree.values())
    if kind is list or kind is tuple or (issubclass(kind, tuple) and hasattr(kind, "_fields")):
        return (), list(tree)
    return None


def _take_apart(tree: Any, leaves: list[Any]) -> Structure:
    found = _parts(tree)
    if found is None:
        leaves.append(tree)
        return LEAF
    keys, parts = found
    return Structure(type(tree), keys, tuple([_take_apart(part, leaves) for part in parts]))


def _put_together(structure: Structure, leaves: Iterator[Any]) -> Any:
    kind = structure.kind
    if kind is None:
        return next(leaves)
    parts = [_put_together(part, leaves) for part in structure.parts]
    if issubclass(kind, dict):
        return kind(zip(structure.keys, parts, strict=True))
    return kind(*parts) if hasattr(kind, "_fields") else kind(parts)


class _Star:
    def __repr__(self) -> str:
        return "*"


def _show(structure: Structure) -> str:
    count = len(broadcast(None, structure))
    return repr(unflatten(structure, [_Star()] * count))
