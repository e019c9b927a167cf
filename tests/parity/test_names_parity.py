"""Every operation has PyTorch's name in PyTorch's places: a function, a method, a method that writes in place."""

from __future__ import annotations

import pytest

import tinygrad_opt

torch = pytest.importorskip("torch")

NAMES = """
    T abs acos acosh add addbmm addcdiv addcmul addmm addmv addr all allclose amax amin aminmax any arange argmax
    argmin argsort argwhere asin asinh atan atan2 atanh atleast_1d atleast_2d atleast_3d baddbmm block_diag bmm
    broadcast_tensors broadcast_to bucketize cartesian_prod cat cdist ceil chunk clamp clamp_max clamp_min clone
    column_stack combinations contiguous corrcoef cos cosh count_nonzero cov cross cummax cummin cumprod cumsum
    cumulative_trapezoid deg2rad diag diag_embed diagflat diagonal diff dist div  dot dsplit dstack einsum eq equal
    erf erfc erfinv exp exp2 expand expand_as expm1 eye fill flatten flip fliplr flipud floor floor_divide fmax fmin
    fmod frac full full_like gather ge gradient gt histc histogram hsplit hstack hypot index_add index_copy
    index_put index_select inner isclose isfinite isin isinf isnan isneginf isposinf kron le lerp linspace log log10
    log1p log2 log_softmax logaddexp logaddexp2 logcumsumexp logdet logical_and logical_not logical_or logical_xor
    logit logspace logsumexp lt masked_fill masked_select matmul max maximum mean median meshgrid min minimum mm
    mode movedim msort mul mv nan_to_num nanmean nanmedian nanquantile nansum narrow ne neg new_full new_ones
    new_zeros nonzero norm ones ones_like outer permute pinverse positive pow prod qr quantile rad2deg ravel
    reciprocal remainder repeat repeat_interleave reshape reshape_as roll rot90 round rsqrt scatter scatter_add
    scatter_reduce searchsorted select sigmoid sign sin sinc sinh softmax sort split split_with_sizes sqrt square
    squeeze stack std std_mean sub sum sum_to_size svd t take take_along_dim tan tanh tensor_split tensordot tile to
    topk trace transpose trapezoid tril triu true_divide trunc unbind unflatten unfold unique unsqueeze var var_mean
    vdot view view_as vsplit vstack where xlogy zeros zeros_like
""".split()  # noqa: SIM905  (a list would be several screenfuls)
LINALG = """
    cholesky cross det diagonal eigh eigvalsh inv matrix_norm matrix_power matrix_rank multi_dot norm pinv qr
    slogdet solve solve_triangular svd svdvals vecdot vector_norm
""".split()  # noqa: SIM905


@pytest.mark.parametrize("name", NAMES)
def test_an_operation_stands_where_pytorch_has_it(name: str) -> None:
    if name not in ("T", "to", "contiguous"):
        assert hasattr(tinygrad_opt, name) or not hasattr(torch, name)
    for method in (name, name + "_"):
        assert hasattr(tinygrad_opt.Tensor, method) or not hasattr(torch.Tensor, method), method


@pytest.mark.parametrize("name", LINALG)
def test_linalg_has_pytorchs_functions(name: str) -> None:
    assert hasattr(tinygrad_opt.linalg, name)
