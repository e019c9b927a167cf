"""Transforms of functions: their gradients, Jacobians and products, and their maps over batches. As torch.func.

Each takes a function and gives a function, so they nest in any way: `vmap(grad(f))`, `jacfwd(jacrev(f))`,
`grad(lambda x: jvp(f, (x,), (v,))[1])`. Arguments and results may be nested dicts, lists and tuples of tensors.

>>> from tinygrad_opt.func import grad, vmap
>>> grad(grad(lambda x: x**3))(torch.tensor(2.0))
tensor(12.)
>>> vmap(grad(lambda x, w: (w * x).sum().sin()), in_dims=(0, None))(torch.zeros(2, 3), torch.ones(3))
tensor([[1., 1., 1.],
        [1., 1., 1.]])
"""

from .forward import jvp, linearize
from .jacobian import hessian, hvp, jacfwd, jacrev
from .mapping import vmap
from .reverse import grad, grad_and_value, stop_gradient, value_and_grad, vjp
from .stateless import functional_call, stack_module_state

__all__ = [
    "functional_call",
    "grad",
    "grad_and_value",
    "hessian",
    "hvp",
    "jacfwd",
    "jacrev",
    "jvp",
    "linearize",
    "stack_module_state",
    "stop_gradient",
    "value_and_grad",
    "vjp",
    "vmap",
]
