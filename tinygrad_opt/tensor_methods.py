"""The operations as methods of a tensor: PyTorch's names, a line each, for what functions/ defines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .functions import (
    arithmetic,
    calculus,
    comparison,
    counting,
    cumulative,
    elementwise,
    indexing,
    joining,
    matrices,
    ordering,
    products,
    reduction,
    statistics,
)
from .functions import shape as shapes
from .tensor_base import TensorBase

if TYPE_CHECKING:
    pass


class Methods(TensorBase):
    """What a tensor can compute; the operators and what writes in place stand in Tensor itself."""

    __slots__ = ()

    add = arithmetic.add
    sub = arithmetic.sub
    mul = arithmetic.mul
    div = arithmetic.div
    pow = arithmetic.pow
    floor_divide = arithmetic.floor_divide
    remainder = arithmetic.remainder
    maximum = arithmetic.maximum
    minimum = arithmetic.minimum
    atan2 = arithmetic.atan2
    clamp = arithmetic.clamp
    eq = comparison.eq
    ne = comparison.ne
    lt = comparison.lt
    le = comparison.le
    gt = comparison.gt
    ge = comparison.ge
    bitwise_and = comparison.bitwise_and
    bitwise_or = comparison.bitwise_or
    bitwise_xor = comparison.bitwise_xor
    bitwise_not = comparison.bitwise_not
    isnan = comparison.isnan
    isinf = comparison.isinf
    isfinite = comparison.isfinite
    isclose = comparison.isclose
    allclose = comparison.allclose
    equal = comparison.equal

    neg = elementwise.neg
    abs = elementwise.abs
    sign = elementwise.sign
    floor = elementwise.floor
    ceil = elementwise.ceil
    trunc = elementwise.trunc
    round = elementwise.round
    square = elementwise.square
    sqrt = elementwise.sqrt
    rsqrt = elementwise.rsqrt
    reciprocal = elementwise.reciprocal
    exp = elementwise.exp
    exp2 = elementwise.exp2
    expm1 = elementwise.expm1
    log = elementwise.log
    log1p = elementwise.log1p
    log2 = elementwise.log2
    log10 = elementwise.log10
    sin = elementwise.sin
    cos = elementwise.cos
    tan = elementwise.tan
    sinh = elementwise.sinh
    cosh = elementwise.cosh
    tanh = elementwise.tanh
    asin = elementwise.asin
    acos = elementwise.acos
    atan = elementwise.atan
    erf = elementwise.erf
    sigmoid = elementwise.sigmoid
    relu = elementwise.relu
    logical_not = comparison.logical_not
    clone = elementwise.clone

    sum = reduction.sum
    nansum = reduction.nansum
    sum_to_size = reduction.sum_to_size
    mean = reduction.mean
    nanmean = statistics.nanmean
    var = statistics.var
    std = statistics.std
    median = statistics.median
    nanmedian = statistics.nanmedian
    mode = statistics.mode
    quantile = statistics.quantile
    nanquantile = statistics.nanquantile
    cov = statistics.cov
    corrcoef = statistics.corrcoef
    prod = reduction.prod
    amax = reduction.amax
    amin = reduction.amin
    aminmax = reduction.aminmax
    max = ordering.max
    min = ordering.min
    argmax = ordering.argmax
    argmin = ordering.argmin
    kthvalue = ordering.kthvalue
    any = reduction.any
    all = reduction.all
    count_nonzero = reduction.count_nonzero
    logsumexp = reduction.logsumexp
    softmax = reduction.softmax
    log_softmax = reduction.log_softmax
    norm = reduction.norm
    dist = reduction.dist
    cumsum = cumulative.cumsum
    cumprod = cumulative.cumprod
    logcumsumexp = cumulative.logcumsumexp
    cummax = cumulative.cummax
    cummin = cumulative.cummin
    diff = calculus.diff
    bincount = counting.bincount
    histc = counting.histc
    histogram = counting.histogram
    unique = counting.unique
    unique_consecutive = counting.unique_consecutive

    reshape = shapes.reshape
    view = shapes.view
    flatten = shapes.flatten
    ravel = shapes.ravel
    permute = shapes.permute
    transpose = shapes.transpose
    movedim = shapes.movedim
    squeeze = shapes.squeeze
    unsqueeze = shapes.unsqueeze
    expand = shapes.expand
    broadcast_to = shapes.broadcast_to
    split = joining.split
    chunk = joining.chunk
    narrow = joining.narrow
    unbind = joining.unbind
    flip = shapes.flip
    roll = shapes.roll
    repeat = joining.repeat
    tile = joining.tile
    tril = shapes.tril
    triu = shapes.triu
    diagonal = shapes.diagonal

    gather = indexing.gather
    scatter_add = indexing.scatter_add
    index_select = indexing.index_select
    take_along_dim = indexing.take_along_dim
    sort = ordering.sort
    argsort = ordering.argsort
    msort = ordering.msort
    topk = ordering.topk
    masked_fill = indexing.masked_fill

    matmul = products.matmul
    dot = products.dot
    vdot = products.vdot
    mm = products.mm
    mv = products.mv
    bmm = products.bmm
    outer = products.outer
    ger = products.ger
    inner = products.inner
    kron = products.kron
    cross = products.cross
    trace = products.trace
    addmm = products.addmm
    addmv = products.addmv
    addr = products.addr
    addbmm = products.addbmm
    baddbmm = products.baddbmm
    det = matrices.det
    logdet = matrices.logdet
    slogdet = matrices.slogdet
    inverse = matrices.inverse
    pinverse = matrices.pinverse
    matrix_power = matrices.matrix_power
    matrix_exp = matrices.matrix_exp
    cholesky = matrices.cholesky
    cholesky_solve = matrices.cholesky_solve
    cholesky_inverse = matrices.cholesky_inverse
    qr = matrices.qr
    svd = matrices.svd
    t = shapes.t
    expand_as = shapes.expand_as
    view_as = shapes.view_as
    reshape_as = shapes.reshape_as
