"""tinygrad_opt: automatic differentiation on NumPy, with PyTorch's vocabulary.

    import tinygrad_opt as torch

    x = torch.tensor([1.0, 2.0], requires_grad=True)
    (x * x).sum().backward()
    print(x.grad)  # tensor([2., 4.])
"""

from . import autograd, nn, optim
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
from .dtypes import *  # noqa: F403
from .formatting import set_printoptions
from .functions.arithmetic import *  # noqa: F403  (each family lists its public names)
from .functions.elementwise import *  # noqa: F403
from .functions.indexing import *  # noqa: F403
from .functions.linalg import *  # noqa: F403
from .functions.reduction import *  # noqa: F403
from .functions.shape import *  # noqa: F403
from .generator import Generator, manual_seed
from .random import bernoulli, normal, rand, rand_like, randint, randn, randn_like, randperm
from .tensor import Size, Tensor
from .value import Value
