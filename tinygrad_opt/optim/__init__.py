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
from .elsewhere import SAM, NesterovLookahead
from .layerwise import LAMB
from .optimizer import Optimizer
from .parameter_free import DoG
from .routing import OptimizerGroup, is_matrix
from .sgd import SGD
from .sign import Lion
from .wrappers import GradientAccumulation, Lookahead

__all__ = [
    "LAMB",
    "SAM",
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "ChainOptimizer",
    "DoG",
    "GradientAccumulation",
    "Lion",
    "Lookahead",
    "NesterovLookahead",
    "Optimizer",
    "OptimizerGroup",
    "RMSprop",
    "add_decayed_weights",
    "apply_updates",
    "chain",
    "is_matrix",
    "lr_scheduler",
    "scale",
    "scale_by",
    "scale_by_schedule",
    "schedules",
    "swa_utils",
    "transforms",
]
