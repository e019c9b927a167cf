"""tinygrad_opt: automatic differentiation on NumPy, with PyTorch's vocabulary.

import tinygrad_opt as torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
(x * x).sum().backward()
print(x.grad)  # tensor([2., 4.])
"""

from math import e, inf, nan, pi

from . import autograd, dtypes, func, functions, linalg, nn, optim, return_types, utils
from .autograd import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from .autograd.promotion import get_default_dtype, promote_types, result_type, set_default_dtype
from .creation import (
    arange,
    as_tensor,
    empty,
    empty_like,
    eye,
    from_dlpack,
    from_numpy,
    full,
    full_like,
    linspace,
    ones,
    ones_like,
    tensor,
    zeros,
    zeros_like,
)
from .draw import draw
from .dtypes import *  # noqa: F403  (this and the families below list their public names themselves)
from .formatting import set_printoptions
from .func import vmap
from .functions import *  # noqa: F403
from .generator import Generator, manual_seed
from .random import bernoulli, multinomial, normal, rand, rand_like, randint, randn, randn_like, randperm
from .tensor import Tensor
from .tensor_base import Size
from .value import Value

__version__ = "0.1.0"

__all__ = [
    "Generator",
    "Size",
    "Tensor",
    "Value",
    "arange",
    "as_tensor",
    "autograd",
    "bernoulli",
    "draw",
    "e",
    "empty",
    "empty_like",
    "enable_grad",
    "eye",
    "from_dlpack",
    "from_numpy",
    "full",
    "full_like",
    "func",
    "get_default_dtype",
    "inf",
    "inference_mode",
    "is_grad_enabled",
    "is_inference_mode_enabled",
    "linalg",
    "linspace",
    "manual_seed",
    "multinomial",
    "nan",
    "nn",
    "no_grad",
    "normal",
    "ones",
    "ones_like",
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
    "set_default_dtype",
    "set_grad_enabled",
    "set_printoptions",
    "tensor",
    "utils",
    "vmap",
    "zeros",
    "zeros_like",
]
__all__ += dtypes.__all__ + functions.__all__
del dtypes, functions
