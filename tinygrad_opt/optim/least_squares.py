"""Sums of squares, by the Jacobian of what is squared."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from ..autograd.memory import Array
from ..tensor import Tensor
from .groups import Limit, ParamGroup, ParamsT
from .products import Jacobian
from .whole import Closure, Vector, Whole


class LeastSquares(Whole):
    """The base of optimizers that lower half the sum of squares of what the closure returns."""

    def check_group(self, group: ParamGroup) -> None:
        if group["maximize"]:
            raise ValueError(f"{type(self).__name__}: a sum of squares has no maximum; maximize must be False")

    def loss_of(self, result: Any) -> Tensor:
        if not isinstance(result, Tensor):
            raise TypeError(
                f"{type(self).__name__}: the closure must return the residuals, a tensor, not {type(result).__name__}"
            )
        return (result * result).sum() / 2

    def linearized(self, closure: Closure, group: ParamGroup) -> tuple[Tensor, Vector, Array, Array]:
        """The loss, the parameters, the residuals r as a vector, and their Jacobian J."""
        r, loss = self.start(closure)
        x = Vector([p for p in group["params"] if p.requires_grad])
        J = Jacobian(r, x).matrix()  # noqa: N806 (the usual letter)
        if not np.isfinite(J).all():
            raise RuntimeError(f"{type(self).__name__}: the Jacobian is not finite; no parameter was changed")
        return loss, x, r.array.ravel(), J


class GaussNewton(LeastSquares):
    """Gauss and Newton's method for least squares: J d = -r in the sense of least squares, of least length.

    J is the Jacobian of the residuals r. The step is halved until the sum of squares gets lower.

    `step(closure)`: the closure returns the residuals, a tensor of any shape, without backward(); `step` returns half
    their sum of squares, as it was.

    Args:
        params: tensors or (name, tensor) pairs; one group.
        lr: the length of the step that is tried first, in units of d.

    >>> w = torch.tensor([3.0, 4.0], requires_grad=True)
    >>> x, y = torch.tensor([[1.0, 0.0], [1.0, 1.0]]), torch.tensor([1.0, 3.0])
    >>> torch.optim.GaussNewton([w]).step(lambda: x @ w - y)
    tensor(10.)
    >>> [round(v, 3) for v in w.tolist()]
    [1.0, 2.0]
    """

    def __init__(self, params: ParamsT, lr: float = 1.0) -> None:
        super().__init__(params, dict(lr=lr))

    def move(self, closure: Closure, group: ParamGroup) -> Any:
        loss, x, r, J = self.linearized(closure, group)  # noqa: N806
        d = np.linalg.lstsq(J, -r)[0]
        self.search(closure, x, loss, J.T @ r, d, group["lr"])
        return loss.detach()


class LevenbergMarquardt(LeastSquares):
    """Levenberg and Marquardt's method for least squares: (J^T J + damping diag(J^T J)) d = -J^T r. Marquardt 1963.

    J is the Jacobian of the residuals r. A step that lowers the sum of squares is taken, and the damping divided by 10;
    another is not taken, the damping times 10, and the next one tried.

    `step(closure)`: the closure returns the residuals, a tensor of any shape, without backward(); `step` returns half
    their sum of squares, as it was.

    Args:
        params: tensors or (name, tensor) pairs; one group.
        damping: that of the first step, relative to the diagonal.
        max_iter: how many steps are tried until one lowers the sum.

    >>> a, b = torch.tensor(1.0, requires_grad=True), torch.tensor(0.0, requires_grad=True)
    >>> x = torch.linspace(0, 1, 5)
    >>> y = 2 * (-3 * x).exp()
    >>> opt = torch.optim.LevenbergMarquardt([a, b])
    >>> losses = [opt.step(lambda: a * (b * x).exp() - y) for _ in range(10)]
    >>> round(a.item(), 3), round(b.item(), 3)
    (2.0, -3.0)
    """

    states = frozenset({"damping"})
    limits: ClassVar = {"damping": Limit("damping value"), "max_iter": Limit("max_iter value", low=1)}

    def __init__(self, params: ParamsT, damping: float = 1e-3, max_iter: int = 20) -> None:
        super().__init__(params, dict(damping=damping, max_iter=max_iter))

    def move(self, closure: Closure, group: ParamGroup) -> Any:
        loss, x, r, J = self.linearized(closure, group)  # noqa: N806
        start, diagonal = x.get(), np.sqrt((J * J).sum(axis=0))
        damping = self.kept.get("damping", group["damping"])
        for _ in range(group["max_iter"]):
            d = _damped_step(J, r, np.sqrt(damping) * diagonal)
            with x.at(start + d):
                reached = self.value(closure)
            if reached < float(loss.array):
                x.set(start + d)
                self.kept = {"damping": damping / 10}
                break
            damping = max(10 * damping, float(np.finfo(J.dtype).eps))  # which also leaves 0
        else:  # as at a minimum: the damping stays what it was
            self.stopped = "no step lowered the sum of squares"
        return loss.detach()


def _damped_step(J: Array, r: Array, weights: Array) -> Array:  # noqa: N803 (the usual letter)
    """The step by least squares over J and the weighted parameters, which does not square the condition of J."""
    rows = np.concatenate([J, np.diag(weights).astype(J.dtype)])
    return np.asarray(np.linalg.lstsq(rows, np.concatenate([-r, np.zeros(len(weights), r.dtype)]))[0])
