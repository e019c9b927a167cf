"""The operations as methods of a tensor: PyTorch's names, a line each, for what functions/ defines."""

from __future__ import annotations

from . import creation
from .functions import (
    arithmetic,
    calculus,
    comparison,
    counting,
    cumulative,
    diagonals,
    elementwise,
    indexing,
    joining,
    matrices,
    ordering,
    products,
    reduction,
    scattering,
    special,
    splitting,
    statistics,
)
from .functions import shape as shapes
from .tensor_base import TensorBase


class Methods(TensorBase):
    """What a tensor can compute; the operators and what writes in place stand in Tensor itself."""

    __slots__ = ()

    add = arithmetic.add
    sub = subtract = arithmetic.sub
    mul = multiply = arithmetic.mul
    div = divide = arithmetic.div
    true_divide = arithmetic.true_divide
    pow = arithmetic.pow
    float_power = arithmetic.float_power
    floor_divide = arithmetic.floor_divide
    remainder = arithmetic.remainder
    fmod = arithmetic.fmod
    addcmul = arithmetic.addcmul
    addcdiv = arithmetic.addcdiv
    lerp = arithmetic.lerp
    maximum = arithmetic.maximum
    minimum = arithmetic.minimum
    fmax = arithmetic.fmax
    fmin = arithmetic.fmin
    atan2 = arctan2 = arithmetic.atan2
    hypot = arithmetic.hypot
    copysign = arithmetic.copysign
    heaviside = arithmetic.heaviside
    ldexp = arithmetic.ldexp
    clamp = clip = arithmetic.clamp
    clamp_min = arithmetic.clamp_min
    clamp_max = arithmetic.clamp_max

    eq = comparison.eq
    ne = not_equal = comparison.ne
    lt = less = comparison.lt
    le = less_equal = comparison.le
    gt = greater = comparison.gt
    ge = greater_equal = comparison.ge
    logical_and = comparison.logical_and
    logical_or = comparison.logical_or
    logical_xor = comparison.logical_xor
    logical_not = comparison.logical_not
    bitwise_and = comparison.bitwise_and
    bitwise_or = comparison.bitwise_or
    bitwise_xor = comparison.bitwise_xor
    bitwise_not = comparison.bitwise_not
    bitwise_left_shift = comparison.bitwise_left_shift
    bitwise_right_shift = comparison.bitwise_right_shift
    isnan = comparison.isnan
    isinf = comparison.isinf
    isposinf = comparison.isposinf
    isneginf = comparison.isneginf
    isfinite = comparison.isfinite
    isreal = comparison.isreal
    signbit = comparison.signbit
    isclose = comparison.isclose
    allclose = comparison.allclose
    equal = comparison.equal

    neg = negative = elementwise.neg
    positive = elementwise.positive
    abs = absolute = elementwise.abs
    sign = sgn = elementwise.sign
    floor = elementwise.floor
    ceil = elementwise.ceil
    trunc = fix = elementwise.trunc
    round = elementwise.round
    frac = elementwise.frac
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
    asin = arcsin = elementwise.asin
    acos = arccos = elementwise.acos
    atan = arctan = elementwise.atan
    asinh = arcsinh = elementwise.asinh
    acosh = arccosh = elementwise.acosh
    atanh = arctanh = elementwise.atanh
    deg2rad = elementwise.deg2rad
    rad2deg = elementwise.rad2deg
    sigmoid = elementwise.sigmoid
    relu = elementwise.relu
    nan_to_num = elementwise.nan_to_num
    clone = elementwise.clone

    erf = special.erf
    erfc = special.erfc
    erfinv = special.erfinv
    sinc = special.sinc
    logit = special.logit
    logaddexp = special.logaddexp
    logaddexp2 = special.logaddexp2
    xlogy = special.xlogy

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
    reshape_as = shapes.reshape_as
    view = shapes.view
    view_as = shapes.view_as
    flatten = shapes.flatten
    unflatten = shapes.unflatten
    ravel = shapes.ravel
    permute = shapes.permute
    transpose = shapes.transpose
    swapaxes = shapes.swapaxes
    swapdims = shapes.swapdims
    t = shapes.t
    adjoint = shapes.adjoint
    movedim = shapes.movedim
    moveaxis = shapes.moveaxis
    squeeze = shapes.squeeze
    unsqueeze = shapes.unsqueeze
    unfold = shapes.unfold
    expand = shapes.expand
    expand_as = shapes.expand_as
    broadcast_to = shapes.broadcast_to
    flip = shapes.flip
    fliplr = shapes.fliplr
    flipud = shapes.flipud
    roll = shapes.roll
    rot90 = shapes.rot90
    split_with_sizes = splitting.split_with_sizes
    tensor_split = splitting.tensor_split
    hsplit = splitting.hsplit
    vsplit = splitting.vsplit
    dsplit = splitting.dsplit
    chunk = splitting.chunk
    narrow = splitting.narrow
    unbind = splitting.unbind
    repeat = joining.repeat
    repeat_interleave = joining.repeat_interleave
    tile = joining.tile
    tril = diagonals.tril
    triu = diagonals.triu
    diag = diagonals.diag
    diag_embed = diagonals.diag_embed
    diagflat = diagonals.diagflat
    diagonal = diagonals.diagonal
    diagonal_scatter = diagonals.diagonal_scatter

    new_tensor = creation.new_tensor
    new_zeros = creation.new_zeros
    new_ones = creation.new_ones
    new_empty = creation.new_empty
    new_full = creation.new_full

    argwhere = indexing.argwhere
    gather = scattering.gather
    index_add = scattering.index_add
    index_copy = scattering.index_copy
    index_fill = scattering.index_fill
    index_put = indexing.index_put
    index_reduce = scattering.index_reduce
    index_select = scattering.index_select
    masked_fill = indexing.masked_fill
    masked_scatter = indexing.masked_scatter
    masked_select = indexing.masked_select
    nonzero = indexing.nonzero
    put = indexing.put
    scatter = scattering.scatter
    scatter_add = scattering.scatter_add
    scatter_reduce = scattering.scatter_reduce
    select = indexing.select
    select_scatter = indexing.select_scatter
    slice_scatter = indexing.slice_scatter
    take = indexing.take
    take_along_dim = scattering.take_along_dim
    sort = ordering.sort
    argsort = ordering.argsort
    msort = ordering.msort
    topk = ordering.topk

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
