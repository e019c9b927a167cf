"""Optimizers, with the names of torch.optim; each is a rule (see rule.py) that one engine runs."""

from . import transforms
from .adahessian import AdaHessian
from .adam import Adam, AdamW
from .adaptive import Adagrad, RMSprop
from .chain import (
    ChainOptimizer,
    add_decayed_weights,
    apply_updates,
    chain,
    scale,
    scale_by,
    scale_by_schedule,
)
from .dadaptation import DAdaptAdam, DAdaptSGD, Prodigy
from .factored import Adafactor
from .layerwise import LAMB
from .muon import Muon
from .optimizer import Optimizer
from .parameter_free import DoG, DoWG, PolyakSGD
from .preconditioned import SOAP, Shampoo
from .schedule_free import ScheduleFreeAdamW, ScheduleFreeSGD
from .sgd import SGD
from .sign import Lion
from .sophia import SophiaG, SophiaH

__all__ = [
    "LAMB",
    "SGD",
    "SOAP",
    "AdaHessian",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "ChainOptimizer",
    "DAdaptAdam",
    "DAdaptSGD",
    "DoG",
    "DoWG",
    "Lion",
    "Muon",
    "Optimizer",
    "PolyakSGD",
    "Prodigy",
    "RMSprop",
    "ScheduleFreeAdamW",
    "ScheduleFreeSGD",
    "Shampoo",
    "SophiaG",
    "SophiaH",
    "add_decayed_weights",
    "apply_updates",
    "chain",
    "scale",
    "scale_by",
    "scale_by_schedule",
    "transforms",
]
