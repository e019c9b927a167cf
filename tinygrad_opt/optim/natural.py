"""The natural gradient: steps measured by how much they change what a model predicts."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from ..autograd.memory import Array
from ..tensor import Tensor
from .groups import Limit, ParamGroup, ParamsT
from .predictive import PREDICTIVE, output_of
from .products import Jacobian, gradient, solved, used
from .whole import Closure, Vector, Whole


class NaturalGradient(Whole):
    """Natural gradient descent: p -= lr (F + damping I)^-1 g, with the whole Fisher matrix: for small models.

    Amari 1998. F is the mean over the examples of E[g g^T], where the expectation is over targets y as the model itself
    predicts them, and g the gradient of -log p(y): it is computed exactly. The loss should be the mean of -log p of the
    data, so that F is in its units: cross_entropy for "categorical", ((output - y) ** 2).sum(1).mean() / 2 for
    "gaussian".

    The "empirical" Fisher matrix takes the targets of the data instead. It is another matrix, and by it the steps are
    not natural gradients: see Kunstner, Balles & Hennig 2019.

    `step(closure)`: the closure returns (output, loss), the output being of shape (examples, values), without
    backward(); for "empirical" it returns the losses of all examples as a vector, of which the mean is lowered.

    Args:
        params: tensors or (name, tensor) pairs; one group.
        fisher: what the model predicts: "categorical", classes by logits; "gaussian", numbers with variance 1; or
            "empirical".
        lr: the length of the step.
        damping: what is added to the diagonal of F.
        maximize: climb instead of descending.

    >>> w = torch.zeros(2, 3, requires_grad=True)
    >>> x, y = torch.eye(2), torch.tensor([0, 2])
    >>> def closure():
    ...     output = x @ w
    ...     return output, F.cross_entropy(output, y)
    >>> opt = torch.optim.NaturalGradient([w], "categorical", lr=0.5)
    >>> [round(opt.step(closure)[1].item(), 3) for _ in range(3)]
    [1.099, 0.372, 0.198]
    """

    limits: ClassVar = {"damping": Limit("damping value")}
    choices: ClassVar = {"fisher": (*PREDICTIVE, "empirical")}

    def __init__(
        self, params: ParamsT, fisher: str, lr: float = 1.0, damping: float = 1e-3, *, maximize: bool = False
    ) -> None:
        super().__init__(params, dict(fisher=fisher, lr=lr, damping=damping), maximize)

    def loss_of(self, result: Any) -> Tensor:
        if self.param_groups[0]["fisher"] != "empirical":
            return super().loss_of(result)
        if not isinstance(result, Tensor) or result.ndim != 1:
            raise TypeError("NaturalGradient: for the empirical Fisher the closure must return a vector of losses")
        return result.mean()

    def move(self, closure: Closure, group: ParamGroup) -> Any:
        result, loss = self.start(closure)
        x = used(loss, group["params"])
        d = solved(self._fisher(result, x), gradient(loss, x), group["damping"])
        x.set(x.get() - group["lr"] * d)
        return result

    def _fisher(self, result: Any, x: Vector) -> Array:
        kind = self.param_groups[0]["fisher"]
        if kind == "empirical":
            G = Jacobian(result, x).matrix()  # noqa: N806 (a gradient for each example)
            return np.asarray(G.T @ G / len(G))
        z = output_of("NaturalGradient", result)
        J = Jacobian(z, x).matrix().reshape(*z.shape, -1)  # noqa: N806
        bent = np.einsum("ncd,ndj->ncj", PREDICTIVE[kind].fisher(z.array), J)
        return np.asarray(np.tensordot(J, bent, ((0, 1), (0, 1))) / len(J))
