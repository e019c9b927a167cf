"""Optimizers, with the names of torch.optim; each is a rule (see rule.py) that one engine runs."""

from . import lr_scheduler, schedules, swa_utils
from .adam import Adam, AdamW
from .adaptive import Adagrad, RMSprop
from .optimizer import Optimizer
from .sgd import SGD

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "Optimizer", "RMSprop", "lr_scheduler", "schedules", "swa_utils"]
