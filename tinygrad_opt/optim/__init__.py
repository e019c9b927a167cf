"""Optimizers, with the names of torch.optim; each is a rule (see rule.py) that one engine runs."""

from . import lr_scheduler, schedules, swa_utils, transforms
from .adahessian import AdaHessian
from .adam import Adam, AdamW
from .adaptive import Adadelta, Adagrad, RMSprop
from .averaged import ASGD
from .chain import ChainOptimizer, add_decayed_weights, apply_updates, chain, scale, scale_by, scale_by_schedule
from .dadaptation import DAdaptAdam, DAdaptSGD, Prodigy
from .dual_averaging import FTRL, MADGRAD
from .elsewhere import SAM, NesterovLookahead
from .factored import Adafactor
from .kfac import KFAC
from .layerwise import LAMB, LARS, NovoGrad
from .lbfgs import LBFGS
from .least_squares import GaussNewton, LevenbergMarquardt
from .mixed import QHM, AdEMAMix, QHAdam
from .muon import Muon
from .natural import NaturalGradient
from .nesterov import Adan, NAdam
from .newton import Newton, NewtonCG
from .optimizer import Optimizer
from .parameter_free import DoG, DoWG, PolyakSGD
from .preconditioned import SOAP, Shampoo
from .routing import OptimizerGroup, is_matrix
from .schedule_free import ScheduleFreeAdamW, ScheduleFreeSGD
from .second_moment import AdaBelief, Adamax, Yogi
from .sgd import SGD
from .sign import Lion, Rprop, SignSGD, Signum
from .sm3 import SM3
from .sophia import SophiaG, SophiaH
from .sparse import SparseAdam
from .stable import ADOPT, RAdam, StableAdamW
from .wrappers import GradientAccumulation, Lookahead

__all__ = [
    "ADOPT",
    "ASGD",
    "FTRL",
    "KFAC",
    "LAMB",
    "LARS",
    "LBFGS",
    "MADGRAD",
    "QHM",
    "SAM",
    "SGD",
    "SM3",
    "SOAP",
    "AdEMAMix",
    "AdaBelief",
    "AdaHessian",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Adan",
    "ChainOptimizer",
    "DAdaptAdam",
    "DAdaptSGD",
    "DoG",
    "DoWG",
    "GaussNewton",
    "GradientAccumulation",
    "LevenbergMarquardt",
    "Lion",
    "Lookahead",
    "Muon",
    "NAdam",
    "NaturalGradient",
    "NesterovLookahead",
    "Newton",
    "NewtonCG",
    "NovoGrad",
    "Optimizer",
    "OptimizerGroup",
    "PolyakSGD",
    "Prodigy",
    "QHAdam",
    "RAdam",
    "RMSprop",
    "Rprop",
    "ScheduleFreeAdamW",
    "ScheduleFreeSGD",
    "Shampoo",
    "SignSGD",
    "Signum",
    "SophiaG",
    "SophiaH",
    "SparseAdam",
    "StableAdamW",
    "Yogi",
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
