"""Newton's method, with the whole Hessian or with products alone."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from ..autograd.memory import Array
from ..tensor import Tensor
from .groups import Limit, ParamGroup, ParamsT
from .products import Hessian, conjugate_gradient, gauss_newton, gradient, used
from .whole import Closure, Vector, Whole


class Newton(Whole):
    """Newton's method with damping: (H + damping I) d = -g with the exact Hessian, which is n x n: for small models.

    The step is halved until the loss gets lower. Where H + damping I is not positive definite, a greater multiple of I
    is added. Nocedal & Wright 2006, algorithms 3.2 and 3.3.

    `step(closure)`: the closure computes the loss and returns it, without backward().

    Args:
        params: tensors or (name, tensor) pairs; one group.
        lr: the length of the step that is tried first, in units of d.
        damping: what is added to the diagonal of the Hessian.
        maximize: climb instead of descending.

    >>> w = torch.tensor([3.0, 4.0], requires_grad=True)
    >>> opt = torch.optim.Newton([w])
    >>> opt.step(lambda: (w[0] - 1) ** 2 + 10 * (w[1] - 2) ** 2)
    tensor(44., grad_fn=<AddBackward0>)
    >>> [round(v, 3) for v in w.tolist()]
    [1.0, 2.0]
    """

    limits: ClassVar = {"damping": Limit("damping value")}

    def __init__(self, params: ParamsT, lr: float = 1.0, damping: float = 0.0, *, maximize: bool = False) -> None:
        super().__init__(params, dict(lr=lr, damping=damping), maximize)

    def move(self, closure: Closure, group: ParamGroup) -> Any:
        result, loss = self.start(closure)
        x = used(loss, group["params"])
        hessian = Hessian(loss, x)
        g = hessian.gradient
        d = -_solved(hessian.matrix(), g, group["damping"])
        self.search(closure, x, loss, g, d, group["lr"])
        return result


def _solved(H: Array, g: Array, damping: float) -> Array:  # noqa: N803 (the paper's letter)
    """(H + tau I)^-1 g with the first tau, from `damping` on, for which the matrix is positive definite."""
    if not np.isfinite(H).all():
        raise RuntimeError("Newton: the Hessian is not finite; no parameter was changed")
    identity, tau = np.eye(len(H), dtype=H.dtype), damping
    least = 1e-3 * float(abs(H).max()) or 1.0
    while True:
        try:
            L = np.linalg.cholesky(H + tau * identity)  # noqa: N806 (the usual letter)
            return np.asarray(np.linalg.solve(L.T, np.linalg.solve(L, g)))
        except np.linalg.LinAlgError:
            tau = max(2 * tau, least)


class NewtonCG(Whole):
    """Newton's method by conjugate gradients, without the matrix: Hessian-free optimization. Martens 2010.

    `step(closure)`: the closure computes, without backward(), and returns (output, loss), where the loss is a convex
    function of the output. The curvature then is that of Gauss and Newton, J^T H J, with J of the output and H of the
    loss. From a closure that returns the loss alone, the curvature is the Hessian.

    The damping is adapted as Levenberg and Marquardt did: times 3/2 where the loss fell by less than a quarter of what
    the quadratic model promised, times 2/3 where by more than three quarters. CG starts from the last solution; of the
    solutions on its way, the last after which the loss does not rise is taken, and halved until the loss gets lower.

    Args:
        params: tensors or (name, tensor) pairs; one group.
        lr: the length of the step that is tried first, in units of the solution.
        damping: what is added to the diagonal of the curvature at the first step.
        max_iter: the greatest number of products in a step.
        tolerance: the progress, relative and per product, at which CG ends.
        maximize: climb instead of descending.

    >>> w = torch.tensor([3.0, 4.0], requires_grad=True)
    >>> x, y = torch.tensor([[1.0, 0.0], [1.0, 1.0]]), torch.tensor([1.0, 3.0])
    >>> def closure():
    ...     output = x @ w
    ...     return output, F.mse_loss(output, y)
    >>> opt = torch.optim.NewtonCG([w], damping=0.1)
    >>> losses = [opt.step(closure)[1].item() for _ in range(20)]
    >>> [round(v, 3) for v in w.tolist()]
    [1.0, 2.0]
    """

    states = frozenset({"damping", "d"})
    limits: ClassVar = {
        "damping": Limit("damping value"),
        "max_iter": Limit("max_iter value", low=1),
        "tolerance": Limit("tolerance value"),
    }

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1.0,
        damping: float = 1.0,
        max_iter: int = 250,
        tolerance: float = 5e-4,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, dict(lr=lr, damping=damping, max_iter=max_iter, tolerance=tolerance), maximize)

    def move(self, closure: Closure, group: ParamGroup) -> Any:
        result, loss = self.start(closure)
        x = Vector(group["params"])
        g, product = self._curvature(result, loss, x)
        damping = self.kept.get("damping", group["damping"])

        def damped(v: Array) -> Array:
            return np.asarray(product(v) + damping * v)

        start = self.kept.get("d", np.zeros_like(g))
        solutions = conjugate_gradient(damped, -g, start, group["max_iter"], group["tolerance"])
        solutions = [(d, phi) for d, phi in solutions if g @ d < 0]
        if not solutions:  # the curvature was negative at once, or the last solution was far off
            solutions = [(-g, float(g @ damped(g) / 2 - g @ g))]
        d, promised, lowest = self._lowest(closure, x, solutions)
        self.kept = {"damping": damping * _factor(lowest - float(loss.array), promised), "d": d}
        self.search(closure, x, loss, g, d, group["lr"])
        return result

    def _curvature(self, result: Any, loss: Tensor, x: Vector) -> tuple[Array, Any]:
        """The gradient, and the product of the curvature with a vector."""
        if not isinstance(result, tuple):
            hessian = Hessian(loss, x)
            return hessian.gradient, hessian.__matmul__
        return gradient(loss, x), gauss_newton(result[0], loss, x)

    def _lowest(self, closure: Closure, x: Vector, solutions: list[tuple[Array, float]]) -> tuple[Array, float, float]:
        """The solution before which the loss was not lower, seen from the last; its phi, and the loss there.

        Martens 2010, section 4.6.
        """
        origin = x.get()

        def at(d: Array) -> float:
            with x.at(origin + d):
                return self.value(closure)

        best, lowest = solutions[-1], at(solutions[-1][0])
        for earlier in reversed(solutions[:-1]):
            loss = at(earlier[0])
            if loss >= lowest and np.isfinite(lowest):
                break
            best, lowest = earlier, loss
        return (*best, lowest)


def _factor(reached: float, promised: float) -> float:
    """By how much the damping changes after a change of the loss where another was promised. Martens 2010, 4.1."""
    ratio = reached / promised if promised < 0 else 0.0
    return 3 / 2 if ratio < 1 / 4 else 2 / 3 if ratio > 3 / 4 else 1.0
