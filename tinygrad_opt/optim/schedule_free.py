"""Steps whose average is as good as a schedule's end, without one: weights are averaged as training goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Unpack

import numpy as np

from ..autograd.mode import set_grad_enabled
from .groups import Limit, ParamGroup, ParamsT
from .optimizer import Optimizer, Options
from .rule import StepAndState, rule
from .state import Initial, Scalar

_LIMITS = {"r": Limit("r value"), "weight_lr_power": Limit("weight_lr_power"), "warmup_steps": Limit("warmup_steps")}


@rule(z="z", lr_max="lr_max", total="weight_sum")
def schedule_free_sgd(
    g: Any,
    p: Any,
    z: Any,
    lr_max: float,
    total: float,
    *,
    t: int,
    lr: float,
    momentum: float,
    warmup_steps: float,
    r: float,
    weight_lr_power: float,
) -> StepAndState:
    """Defazio et al. 2024, equations 3 to 5; `p` is their y, and x = (p - (1 - momentum) * z) / momentum."""
    lr = lr * min(1.0, t / max(warmup_steps, 1))
    lr_max = max(lr, lr_max)
    weight = t**r * lr_max**weight_lr_power
    total = total + weight
    c = weight / total if total > 0 else 0.0
    step = c * (p - z) + lr * (1 - momentum * (1 - c)) * g
    return step, z - lr * g, lr_max, total


@rule(z="z", v="exp_avg_sq", lr_max="lr_max", total="weight_sum")
def schedule_free_adamw(
    g: Any,
    p: Any,
    z: Any,
    v: Any,
    lr_max: float,
    total: float,
    *,
    t: int,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float,
    warmup_steps: float,
    r: float,
    weight_lr_power: float,
) -> StepAndState:
    """Defazio et al. 2024, algorithm 1; `p` is their y, and x = (p - (1 - beta1) * z) / beta1."""
    lr = lr * min(1.0, t / max(warmup_steps, 1))
    v = beta2 * v + (1 - beta2) * g * g
    u = g / (np.sqrt(v / (1 - beta2**t)) + eps) + weight_decay * p
    lr_max = max(lr, lr_max)
    weight = t**r * lr_max**weight_lr_power
    total = total + weight
    c = weight / total if total > 0 else 0.0
    step = c * (p - z) + lr * (1 - beta1 * (1 - c)) * u
    return step, z - lr * u, v, lr_max, total


class ScheduleFree(Optimizer):
    """An optimizer whose parameters are, in turn, those to train and their average: see `train()` and `eval()`."""

    beta: ClassVar[str]  # the hyper-parameter that mixes the average into the parameters

    def check_group(self, group: ParamGroup) -> None:
        if self.mix(group) == 0:
            raise ValueError(
                f"{type(self).__name__}: {self.beta} must be above 0, or no average could be found from the parameters"
            )

    def mix(self, group: ParamGroup) -> Any:
        """How much of the average is in the parameters."""
        raise NotImplementedError

    def train(self) -> None:
        """Make the parameters those to take gradients at; without effect where they are."""
        self._become(training=True)

    def eval(self) -> None:
        """Make the parameters their average, to evaluate and to save; without effect where they are."""
        self._become(training=False)

    def _become(self, training: bool) -> None:
        self._check_groups()
        with set_grad_enabled(self.differentiable):
            for _, group, members, i in self._entries():
                if group["train_mode"] is not training and members.steps[i]:
                    beta = self.mix(group)
                    to_z = 1 - beta if training else 1 - 1 / beta
                    value = members.value(i)
                    members.write(i, value + to_z * (members.states["z"][i] - value))
        for group in self.param_groups:
            group["train_mode"] = training

    def take_step(self, closure: Callable[[], Any] | None = None) -> Any:
        if not all(group["train_mode"] for group in self.param_groups):
            raise RuntimeError(
                f"{type(self).__name__} is in evaluation mode, in which the parameters are an average: call train() "
                "before gradients are computed and step() is called"
            )
        return super().take_step(closure)


class ScheduleFreeSGD(ScheduleFree):
    """SGD with an average of its weights in place of a schedule. Defazio et al. 2024.

    Gradients are taken at a mix of the weights that SGD steps and of their average, which is what the parameters hold
    in training. Call `eval()` before the model is evaluated or saved, and `train()` before it is trained on. It begins
    in training mode, which `state_dict()` keeps. RuntimeError for a step in evaluation mode.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the learning rate.
        momentum: how much of the average is in the mix; above 0, and less than 1.
        weight_decay: adds weight_decay * p to the gradient.
        warmup_steps: steps over which lr grows linearly.
        r: step t weighs t**r in the average.
        weight_lr_power: and the greatest learning rate so far to this power.
        options: see `Options`.

    >>> w = torch.tensor([3.0], requires_grad=True)
    >>> opt = torch.optim.ScheduleFreeSGD([w], lr=0.5)
    >>> for _ in range(100):
    ...     opt.zero_grad()
    ...     (w * w).sum().backward()
    ...     opt.step()
    >>> opt.eval()
    >>> bool(abs(w) < 0.1)
    True
    """

    rule = schedule_free_sgd
    beta = "momentum"
    limits: ClassVar = {"momentum": Limit("momentum value", below=1), **_LIMITS}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1.0,
        momentum: float = 0.9,
        weight_decay: float = 0,
        warmup_steps: int = 0,
        r: float = 0.0,
        weight_lr_power: float = 2.0,
        **options: Unpack[Options],
    ) -> None:
        defaults = dict(
            lr=lr,
            momentum=momentum,
            weight_decay=weight_decay,
            warmup_steps=warmup_steps,
            r=r,
            weight_lr_power=weight_lr_power,
            train_mode=True,
        )
        super().__init__(params, defaults, **options)

    def mix(self, group: ParamGroup) -> Any:
        return group["momentum"]

    def keeps(self, group: ParamGroup) -> Mapping[str, Initial]:
        return {"z": np.copy, "lr_max": Scalar(0), "weight_sum": Scalar(0)}


class ScheduleFreeAdamW(ScheduleFree):
    """AdamW with an average of its weights in place of a schedule and of the first moment. Defazio et al. 2024.

    The modes are those of ScheduleFreeSGD: `eval()` before the model is evaluated or saved, `train()` before it is
    trained on.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the learning rate.
        betas: how much of the average is in the parameters in training, and how much of the running mean of the squared
            gradient is kept at a step.
        eps: added to the root.
        weight_decay: adds weight_decay * p to the step, before it is multiplied by lr.
        warmup_steps: steps over which lr grows linearly.
        r: step t weighs t**r in the average.
        weight_lr_power: and the greatest learning rate so far to this power.
        options: see `Options`.
    """

    rule = schedule_free_adamw
    beta = "betas[0]"
    limits: ClassVar = _LIMITS

    def __init__(
        self,
        params: ParamsT,
        lr: float = 2.5e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        warmup_steps: int = 0,
        r: float = 0.0,
        weight_lr_power: float = 2.0,
        **options: Unpack[Options],
    ) -> None:
        defaults = dict(
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            warmup_steps=warmup_steps,
            r=r,
            weight_lr_power=weight_lr_power,
            train_mode=True,
        )
        super().__init__(params, defaults, **options)

    def mix(self, group: ParamGroup) -> Any:
        return group["betas"][0]

    def keeps(self, group: ParamGroup) -> Mapping[str, Initial]:
        return {"z": np.copy, "exp_avg_sq": 0.0, "lr_max": Scalar(0), "weight_sum": Scalar(0)}
