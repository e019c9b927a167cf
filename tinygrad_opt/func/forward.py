"""Forward mode: jvp and linearize, by the double-vjp trick.

The way back of a function is linear in the weights it starts from: u -> J^T u. The way back of *that* is v -> J v,
which is what forward mode gives. It needs no rules of its own, and composes with everything; its price is one run of
the function, one way back that is recorded, and one more for every direction v.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..autograd import tree
from ..creation import zeros_like
from ..tensor import Tensor
from .reverse import Run, require_like


class Pushforward:
    """How changes of a run's inputs change its outputs."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._floating = [y for y in run.outputs if y.is_floating_point()]  # the others do not change
        weights = [zeros_like(y) for y in self._floating]
        self._way_back = Run("jvp", lambda *u: run.pull(self._floating, u, again=True), weights, {}, None, False)

    def __call__(self, tangents: dict[int, Tensor]) -> list[Tensor]:
        """For each output its change, if the inputs of these positions change by these `tangents`."""
        gradients = [self._way_back.outputs[i] for i in tangents]
        changes = iter(self._way_back.pull(gradients, list(tangents.values()), again=True))
        return [next(changes) if y.is_floating_point() else zeros_like(y) for y in self._run.outputs]


def linearize(func: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[..., Any]]:
    """(output, jvp_fn): the result of `func`, and the linear function that it is near `primals`.

    `jvp_fn(*tangents)` takes a change of each primal, nested like it, and gives that of the output, without running
    `func` again. As torch.func.linearize.

    >>> output, jvp_fn = torch.func.linearize(torch.sin, torch.zeros(2))
    >>> jvp_fn(torch.tensor([1.0, 2.0]))
    tensor([1., 2.])
    """
    output, jvp_fn, _ = _linearized("linearize(f, *primals)", func, primals, has_aux=False)
    return output, jvp_fn


def jvp(func: Callable[..., Any], primals: Any, tangents: Any, *, has_aux: bool = False) -> tuple[Any, ...]:
    """(output, change), or (output, change, aux): the result of `func(*primals)`, and its change along `tangents`.

    Both are tuples, with a tangent for each primal, nested like it. This is forward mode by two ways back, so it costs
    about twice a gradient. RuntimeError if primals and tangents do not match. As torch.func.jvp.

    >>> torch.func.jvp(lambda x: x**3, (torch.tensor(2.0),), (torch.tensor(1.0),))
    (tensor(8.), tensor(12.))
    """
    name = "jvp(f, primals, tangents)"
    if not isinstance(primals, tuple):
        raise RuntimeError(f"{name}: Expected primals to be a tuple. E.g. it should be valid to call f(*primals).")
    require_matching(name, primals, tangents)
    output, jvp_fn, aux = _linearized(name, func, primals, has_aux)
    change = jvp_fn(*tangents)
    return (output, change, aux) if has_aux else (output, change)


def require_matching(name: str, primals: tuple[Any, ...], tangents: Any) -> None:
    """RuntimeError unless there is a tangent for each primal."""
    flat, structure = tree.flatten(primals)
    given, given_structure = tree.flatten(tangents)
    if not flat:
        raise RuntimeError(f"{name}: Expected primals to contain at least one Tensor.")
    if structure != given_structure:
        raise RuntimeError(
            f"{name}: Expected primals and tangents to have the same python structure. For example, if primals is a "
            f"tuple of 3 tensors, tangents also must be. Got primals with structure {structure} and tangents with "
            f"structure {given_structure}"
        )
    for x, v in zip(flat, given, strict=True):
        if isinstance(x, Tensor):  # anything else is refused when the function is run
            require_like(name, "a tangent", v, x)


def _linearized(
    name: str, func: Callable[..., Any], primals: tuple[Any, ...], has_aux: bool
) -> tuple[Any, Callable[..., Any], Any]:
    run = Run(name, func, primals, {}, None, has_aux)
    push = Pushforward(run)

    def jvp_fn(*tangents: Any) -> Any:
        require_matching(name, primals, tangents)
        return tree.unflatten(run.output_structure, push(dict(enumerate(tree.flatten(tangents)[0]))))

    return run.output, jvp_fn, run.aux
