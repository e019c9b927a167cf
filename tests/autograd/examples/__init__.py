"""One list of calls for every row of the table: the function to call, and the arrays to call it on.

The rows are tested from here (test_table.py): a row without an example fails.
"""

from tinygrad_opt.autograd.table import Operation

from . import (
    activations,
    arithmetic,
    attention,
    convolution,
    cumulative,
    decompositions,
    elementwise,
    indexing,
    lookup,
    nn,
    normalization,
    ordering,
    products,
    recurrent,
    reduction,
    shape,
    solving,
    special,
)
from .draws import Example

EXAMPLES: dict[Operation, list[Example]] = {
    **arithmetic.EXAMPLES,
    **elementwise.EXAMPLES,
    **special.EXAMPLES,
    **reduction.EXAMPLES,
    **cumulative.EXAMPLES,
    **ordering.EXAMPLES,
    **shape.EXAMPLES,
    **indexing.EXAMPLES,
    **products.EXAMPLES,
    **recurrent.EXAMPLES,
    **solving.EXAMPLES,
    **decompositions.EXAMPLES,
    **lookup.EXAMPLES,
    **attention.EXAMPLES,
    **nn.EXAMPLES,
    **activations.EXAMPLES,
    **convolution.EXAMPLES,
    **normalization.EXAMPLES,
}

__all__ = ["EXAMPLES", "Example"]
