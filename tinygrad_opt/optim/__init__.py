"""Optimizers, with the names of torch.optim; each is a rule (see rule.py) that one engine runs."""

from . import lr_scheduler, schedules, swa_utils, transforms
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
from .layerwise import LAMB
from .optimizer import Optimizer
from .parameter_free import DoG
from .sgd import SGD
from .sign import Lion

__all__ = [
    "LAMB",
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "ChainOptimizer",
    "DoG",
    "Lion",
    "Optimizer",
    "RMSprop",
    "add_decayed_weights",
    "apply_updates",
    "chain",
    "lr_scheduler",
    "scale",
    "scale_by",
    "scale_by_schedule",
    "schedules",
    "swa_utils",
    "transforms",
]
