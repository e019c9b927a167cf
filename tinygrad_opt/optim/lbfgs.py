"""L-BFGS: Newton's direction from the gradients of the last steps."""

from __future__ import annotations

import warnings
from typing import Any, ClassVar

import numpy as np

from ..autograd.memory import Array
from ..tensor import Tensor
from .groups import Limit, ParamGroup, ParamsT
from .line_search import Point, strong_wolfe
from .whole import Closure, Vector, Whole


class LBFGS(Whole):
    """Limited-memory BFGS, with a line search or steps of fixed length; for losses that are not noisy. As torch.

    `step(closure)` takes up to `max_iter` steps. The closure clears the gradients, computes the loss, calls backward()
    and returns the loss. A line search never ends higher than it started. Where the loss is no finite number any more,
    the parameters go back to where it was one, with a RuntimeWarning.

    Args:
        params: tensors or (name, tensor) pairs; one group.
        lr: the length of a step in units of the direction; with a line search, of the first that is tried.
        max_iter: how many steps `step` takes at most.
        max_eval: how often it calls the closure at most; 1.25 * max_iter unless told.
        tolerance_grad: stop where no component of the gradient is greater.
        tolerance_change: stop where neither the parameters nor the loss changes by more.
        history_size: how many of the last steps are remembered.
        line_search_fn: None or "strong_wolfe".
        maximize: climb instead of descending.

    >>> w = torch.tensor([3.0, 4.0], requires_grad=True)
    >>> opt = torch.optim.LBFGS([w], line_search_fn="strong_wolfe")
    >>> def closure():
    ...     opt.zero_grad()
    ...     loss = (w[0] - 1) ** 2 + 10 * (w[1] - 2) ** 2
    ...     loss.backward()
    ...     return loss
    >>> opt.step(closure)
    tensor(44., grad_fn=<AddBackward0>)
    >>> [round(v, 3) for v in w.tolist()]
    [1.0, 2.0]
    """

    states = frozenset(  # by PyTorch's names
        ("func_evals", "n_iter", "d", "t", "old_dirs", "old_stps", "ro", "H_diag", "prev_flat_grad", "prev_loss")
    )
    recomputed = frozenset({"al"})
    limits: ClassVar = {
        "max_iter": Limit("max_iter value"),
        "max_eval": Limit("max_eval value"),
        "tolerance_grad": Limit("tolerance_grad value"),
        "tolerance_change": Limit("tolerance_change value"),
        "history_size": Limit("history_size value", low=1),
    }

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
        *,
        maximize: bool = False,
    ) -> None:
        defaults = dict(
            lr=lr,
            max_iter=max_iter,
            max_eval=max_iter * 5 // 4 if max_eval is None else max_eval,
            tolerance_grad=tolerance_grad,
            tolerance_change=tolerance_change,
            history_size=history_size,
            line_search_fn=line_search_fn,
        )
        super().__init__(params, defaults, maximize)

    def check_group(self, group: ParamGroup) -> None:
        if group["line_search_fn"] not in (None, "strong_wolfe"):
            raise RuntimeError(f"only 'strong_wolfe' is supported, not {group['line_search_fn']!r}")

    def move(self, closure: Closure, group: ParamGroup) -> Any:
        x = Vector(group["params"])
        kept = self.kept = {"func_evals": 0, "n_iter": 0, **self.kept}
        original, loss, g = self._evaluate(closure, x)
        kept["func_evals"] += 1
        if not _finite(loss, g):
            raise RuntimeError(
                f"LBFGS: the loss is {loss} at the start of the step, or its gradient is not finite; no parameter was "
                "changed"
            )
        evals = 1
        for n in range(1, group["max_iter"] + 1):
            if abs(g).max() <= group["tolerance_grad"]:
                self.stopped = "the gradient is below tolerance_grad"
                break
            kept["n_iter"] += 1
            first = kept["n_iter"] == 1
            d = -g if first else self._direction(g, group["history_size"])
            previous = loss
            t = min(1.0, 1.0 / abs(g).sum()) * group["lr"] if first else group["lr"]
            kept.update(d=d, t=t, prev_flat_grad=g, prev_loss=loss)
            slope = g @ d
            if slope > -group["tolerance_change"]:
                self.stopped = "the slope along the direction is below tolerance_change"
                break
            if group["line_search_fn"] is not None:
                found, tried = self._search(closure, x, Point(0, loss, g, slope), group["max_eval"] - evals)
                loss, g, t = found.f, found.g, found.t
                x.set(x.get() + t * d)
            else:
                start = x.get()
                x.set(start + t * d)
                tried = int(n != group["max_iter"])  # nobody would read the last one
                if tried:
                    _, loss, g = self._evaluate(closure, x)
                    if not _finite(loss, g):
                        x.set(start)
                        self._report(loss)
                        break
            kept["t"] = t
            evals += tried
            kept["func_evals"] += tried
            if self.stopped or n == group["max_iter"]:
                break
            if evals >= group["max_eval"]:
                self.stopped = "the closure was called max_eval times"
            elif abs(t * d).max() <= group["tolerance_change"] or abs(loss - previous) < group["tolerance_change"]:
                self.stopped = "the change is below tolerance_change"
            if self.stopped:
                break
        return original

    def _evaluate(self, closure: Closure, x: Vector) -> tuple[Any, float, Array]:
        """What the closure returns, the loss to minimize, and its gradient."""
        original = closure()
        gradients = [p._grad for p in x.params]
        if all(g is None for g in gradients):
            raise RuntimeError("LBFGS: no parameter has a gradient; the closure must call backward() on the loss")
        loss = original.item() if isinstance(original, Tensor) else float(original)
        return original, self.sign * loss, self.sign * x.join(gradients)

    def _direction(self, g: Array, history_size: int) -> Array:
        """Nocedal 1980: minus the gradient times the inverse Hessian that the last steps suggest, in two loops."""
        kept = self.kept
        ys, ss, ro = (kept.setdefault(name, []) for name in ("old_dirs", "old_stps", "ro"))
        y, s = g - kept["prev_flat_grad"], kept["d"] * kept["t"]
        if (curvature := y @ s) > 1e-10:
            for history, new in ((ys, y), (ss, s), (ro, 1.0 / curvature)):
                history.append(new)
                del history[:-history_size]
            kept["H_diag"] = curvature / (y @ y)
        q = -g
        al = [0.0] * len(ys)
        for i in reversed(range(len(ys))):
            al[i] = ss[i] @ q * ro[i]
            q = q - al[i] * ys[i]
        d = q * kept.get("H_diag", 1)
        for i in range(len(ys)):
            d = d + (al[i] - ys[i] @ d * ro[i]) * ss[i]
        return np.asarray(d)

    def _search(self, closure: Closure, x: Vector, start: Point, max_ls: int) -> tuple[Point, int]:
        origin, d = x.get(), self.kept["d"]

        def at(t: Any) -> Point:
            with x.at(origin + t * d):
                _, loss, g = self._evaluate(closure, x)
            return Point(t, loss if _finite(loss, g) else np.inf, g, g @ d)

        tolerance = self.param_groups[0]["tolerance_change"]
        found, tried = strong_wolfe(at, start, self.kept["t"], abs(d).max(), tolerance, max_ls)
        if found is start:
            self.stopped = "the line search found no lower loss"
        return found, tried

    def _report(self, loss: float) -> None:
        self.stopped = "the loss or its gradient was not finite"
        warnings.warn(
            f"LBFGS: a step led to a loss of {loss}, or a gradient that is not finite, and was taken back; use "
            "line_search_fn='strong_wolfe', or a smaller lr",
            RuntimeWarning,
            stacklevel=5,
        )


def _finite(loss: float, g: Array) -> bool:
    return bool(np.isfinite(loss) and np.isfinite(g).all())
