"""tinygrad_opt: automatic differentiation on NumPy, with PyTorch's vocabulary.

import tinygrad_opt as torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
(x * x).sum().backward()
print(x.grad)  # tensor([2., 4.])
"""

from math import e, inf, nan, pi

from . import autograd, creation, datasets, dtypes, func, functions, linalg, nn, optim, return_types, sequences, utils
from .autograd import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from .autograd.promotion import get_default_dtype, promote_types, result_type, set_default_dtype
from .creation import *  # noqa: F403  (this and the families below list their public names themselves)
from .draw import draw
from .dtypes import *  # noqa: F403
from .formatting import set_printoptions
from .func import vmap
from .functions import *  # noqa: F403
from .generator import Generator, manual_seed
from .random import bernoulli, multinomial, normal, rand, rand_like, randint, randn, randn_like, randperm
from .sequences import *  # noqa: F403
from .serialization import Checkpoint, load, save
from .size import Size
from .tensor import Tensor
from .value import Value

__version__ = "0.1.0"

__all__ = [
    "Checkpoint",
    "Generator",
    "Size",
    "Tensor",
    "Value",
    "autograd",
    "bernoulli",
    "datasets",
    "draw",
    "e",
    "enable_grad",
    "func",
    "get_default_dtype",
    "inf",
    "inference_mode",
    "is_grad_enabled",
    "is_inference_mode_enabled",
    "linalg",
    "load",
    "manual_seed",
    "multinomial",
    "nan",
    "nn",
    "no_grad",
    "normal",
    "optim",
    "pi",
    "promote_types",
    "rand",
    "rand_like",
    "randint",
    "randn",
    "randn_like",
    "randperm",
    "result_type",
    "return_types",
    "save",
    "set_default_dtype",
    "set_grad_enabled",
    "set_printoptions",
    "utils",
    "vmap",
]
__all__ += creation.__all__ + sequences.__all__ + dtypes.__all__ + functions.__all__
del creation, dtypes, functions, sequences
