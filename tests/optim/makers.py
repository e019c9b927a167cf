"""Every optimizer class, in the settings in which the tests of all optimizers run it: a line for a new one."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

import tinygrad_opt as torch
from tinygrad_opt import optim

SETTINGS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {}),
    ("SGD", {"momentum": 0.9}),
    ("SGD", {"momentum": 0.9, "nesterov": True, "momentum_form": "velocity"}),
    ("Adagrad", {}),
    ("RMSprop", {"centered": True, "momentum": 0.5}),
    ("Adam", {"amsgrad": True}),
    ("AdamW", {}),
    ("Lion", {"weight_decay": 0.1}),
    ("LAMB", {"weight_decay": 0.1}),
    ("Adadelta", {"eps": 0.1, "weight_decay": 0.1}),
    ("Adamax", {}),
    ("NAdam", {"momentum_decay": 0.1}),
    ("RAdam", {"betas": (0.8, 0.99), "threshold": 4, "decoupled_weight_decay": True, "weight_decay": 0.1}),
    ("Rprop", {}),
    ("ASGD", {"t0": 1, "lambd": 0.1}),
    ("SparseAdam", {}),
    ("SignSGD", {}),
    ("Signum", {"weight_decay": 0.1}),
    ("AdaBelief", {"eps": 1e-3, "weight_decay": 0.1}),
    ("Yogi", {"weight_decay": 0.1}),
    ("Adan", {"weight_decay": 0.1}),
    ("ADOPT", {"betas": (0.8, 0.9)}),
    ("AdEMAMix", {"betas": (0.8, 0.9, 0.99), "alpha_warmup": 5, "beta3_warmup": 5}),
    ("QHM", {"momentum": 0.8}),
    ("QHAdam", {"nus": (0.6, 0.7)}),
    ("StableAdamW", {"betas": (0.8, 0.9)}),
    ("LARS", {"trust_coefficient": 0.1, "weight_decay": 0.1}),
    ("NovoGrad", {"weight_decay": 0.1}),
    ("MADGRAD", {"momentum": 0.5}),
    ("FTRL", {"beta": 1.0, "lambda_1": 0.1, "lambda_2": 0.1}),
    ("SM3", {"momentum": 0.5}),
    ("DoG", {"reps_rel": 0.1, "weight_decay": 0.1}),
    ("DoWG", {"init_estim_sq_dist": 0.1}),
    ("DAdaptSGD", {"d0": 0.1}),
    ("DAdaptAdam", {"d0": 0.1, "use_bias_correction": True}),
    ("Prodigy", {"d0": 0.1, "eps": 1e-3, "weight_decay": 0.1}),
    ("Adafactor", {}),
    ("Adafactor", {"eps": (0.01, 0.1), "eps_place": "square"}),
    ("Shampoo", {"matrix_eps": 0.1, "preconditioning_compute_steps": 2}),
    ("SOAP", {"precondition_frequency": 2}),
    ("ScheduleFreeSGD", {"warmup_steps": 3, "weight_decay": 0.1}),
    ("ScheduleFreeAdamW", {"r": 1.0}),
    ("SophiaH", {}),
    ("SophiaG", {"betas": (0.5, 0.9)}),
    ("AdaHessian", {}),
]

# Those that need more than gradients of parameters of any shape; they have tests of their own.
ELSEWHERE = {"Muon", "PolyakSGD"}
ELSEWHERE |= {"LBFGS", "Newton", "NewtonCG", "GaussNewton", "LevenbergMarquardt", "NaturalGradient", "KFAC"}

# Those whose steps are not in proportion to lr; and those that are given estimates between steps.
NOT_LINEAR = {"DAdaptSGD", "DAdaptAdam", "Adafactor", "ScheduleFreeSGD", "ScheduleFreeAdamW"}
CURVED = {"SophiaH", "SophiaG", "AdaHessian"}

# Those whose steps have no derivative.
NOT_DIFFERENTIABLE = {"Shampoo", "SOAP"}


def maker(name: str, settings: dict[str, Any]) -> Callable[..., optim.Optimizer]:
    """A function of parameters and options that makes this optimizer; its settings come before the options."""

    def make(params: Any, **options: Any) -> Any:
        optimizer = getattr(optim, name)(params, **{**options, **settings})
        if name == "AdaHessian":  # which takes no step without an estimate
            tensors = [p for group in optimizer.param_groups for p in group["params"]]
            optimizer.update_hessian(sum((p * p).sum() for p in tensors))
        return optimizer

    return make


def without_unknown(name: str, options: dict[str, Any]) -> dict[str, Any]:
    """The options without a weight_decay that this optimizer has not."""
    known = inspect.signature(getattr(optim, name)).parameters
    return {k: v for k, v in options.items() if k != "weight_decay" or k in known}


MAKERS = [maker(name, settings) for name, settings in SETTINGS]
IDS = ["-".join([name, *settings]) for name, settings in SETTINGS]


def parameters(seed: int = 0, dtype: Any = np.float64) -> list[Any]:
    """Parameters of several shapes."""
    rng = np.random.default_rng(seed)
    return [torch.tensor(rng.normal(size=s).astype(dtype), requires_grad=True) for s in ((3, 4), (5,), (), (2, 1))]


def fill_gradients(params: list[Any], step: int) -> None:
    """Random gradients, the same for the same step."""
    rng = np.random.default_rng(step)
    for p in params:
        p.grad = torch.tensor(rng.normal(size=tuple(p.shape)).astype(p.dtype))


def values(params: list[Any]) -> list[Any]:
    """Copies of the values of parameters."""
    return [p.detach().clone().numpy() for p in params]


def assert_equal(a: list[Any], b: list[Any]) -> None:
    """All arrays equal to the bit."""
    for x, y in zip(a, b, strict=True):
        np.testing.assert_array_equal(x, y)
