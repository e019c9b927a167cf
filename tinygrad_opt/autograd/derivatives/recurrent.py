"""Derivatives of recurrent layers: a row for a whole sequence, as its steps are too small to be recorded one by one.

`x` (time, batch, gates * hidden) is what the inputs bring to the gates, biases included; `w` (gates * hidden, hidden)
is the recurrent weight, `h` and `c` (batch, hidden) the first state. The result holds in rows of blocks what
the way back reads: (blocks, time, batch, hidden), the hidden states first. The way back is one sweep, which gives the
gradients of all inputs; the products with weights that need no order are one large product for all steps.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..table import primitive


def _side_by_side(*blocks: Any) -> Any:
    """Blocks (time, batch, hidden) as (time, batch, n * hidden)."""
    return np.concatenate(blocks, -1)


def _before(first: Any, states: Any) -> Any:
    """What each step starts from: the first state, and then the state before."""
    return np.concatenate([first[None], states[:-1]])


def _weight_gradient(d: Any, h: Any) -> Any:
    """The gradient of w in h @ w.T, whose gradient is `d`, summed over all steps."""
    return d.reshape((-1, d.shape[-1])).T @ h.reshape((-1, h.shape[-1]))


# ---- RNN -------------------------------------------------------------------------------------------------------------


@primitive(
    name="rnn",
    inputs=("x", "h", "w"),
    joint=lambda g, y, h, w, relu: _rnn_gradients(g, y[0], h, w, relu),
)
def rnn(x: Any, h: Any, w: Any, relu: bool) -> Any:
    """h = tanh(x + h w^T), or with relu in its place, step after step."""
    y = np.empty((1, *x.shape), x.dtype)
    for t in range(len(x)):
        a = h @ w.T
        a += x[t]
        h = np.maximum(a, 0, out=y[0, t]) if relu else np.tanh(a, out=y[0, t])
    return y


def _rnn_gradients(g: Any, y: Any, h: Any, w: Any, relu: bool) -> tuple[Any, Any, Any]:
    slope = np.sign(y) if relu else 1 - y * y
    steps = []
    dh: Any = 0.0
    for t in reversed(range(len(y))):
        da = (g[0, t] + dh) * slope[t]
        dh = da @ w
        steps.append(da)
    dx = np.stack(steps[::-1])
    return dx, dh, _weight_gradient(dx, _before(h, y))


# ---- LSTM ------------------------------------------------------------------------------------------------------------


@primitive(
    name="lstm",
    inputs=("x", "h", "c", "w"),
    joint=lambda g, y, h, c, w: _lstm_gradients(g, y, h, c, w),
)
def lstm(x: Any, h: Any, c: Any, w: Any) -> Any:
    """The blocks h, c, i, f, g, o of an LSTM: c = f c + i g and h = o tanh(c), gates in PyTorch's order i, f, g, o.

    A logistic function is a stretched tanh, so one call of tanh does for all gates: of half the argument for i, f, o.
    """
    time, batch, width = x.shape
    n = width // 4
    y = np.empty((6, time, batch, n), x.dtype)
    half = np.full(width, 0.5, x.dtype)
    half[2 * n : 3 * n] = 1
    rest = 1 - half
    x, w = x * half, (w * half[:, None]).T.copy()
    for t in range(time):
        a = x[t]
        a += h @ w
        np.tanh(a, out=a)
        a *= half
        a += rest
        i, f, g, o = (a[:, k * n : (k + 1) * n] for k in range(4))
        h, c, before = y[0, t], y[1, t], c
        np.multiply(f, before, out=c)
        c += i * g
        np.tanh(c, out=h)
        h *= o
    y[2:] = x.reshape((time, batch, 4, n)).transpose((2, 0, 1, 3))
    return y


def _lstm_gradients(g: Any, y: Any, h: Any, c: Any, w: Any) -> tuple[Any, Any, Any, Any]:
    hs, cs, i, f, n, o = (y[k] for k in range(6))
    before, tanh = _before(c, cs), np.tanh(cs)
    slopes = [i * (1 - i), f * (1 - f), 1 - n * n, o * (1 - o)]
    into_c = o * (1 - tanh * tanh)
    factors = _side_by_side(slopes[0] * n, slopes[1] * before, slopes[2] * i, slopes[3] * tanh)
    direct = None  # what comes to the gates themselves: from derivatives of higher order alone
    if not isinstance(g, np.ndarray) or g[2:].any():
        direct = _side_by_side(*[g[2 + k] * slopes[k] for k in range(4)])
    steps = []
    dh: Any = 0.0
    dc: Any = 0.0
    for t in reversed(range(len(hs))):
        dh = dh + g[0, t]
        dc = dc + g[1, t] + dh * into_c[t]
        da = np.concatenate([dc, dc, dc, dh], -1) * factors[t]
        if direct is not None:
            da = da + direct[t]
        dh, dc = da @ w, dc * f[t]
        steps.append(da)
    dx = np.stack(steps[::-1])
    return dx, dh, dc, _weight_gradient(dx, _before(h, hs))


# ---- GRU -------------------------------------------------------------------------------------------------------------


@primitive(
    name="gru",
    inputs=("x", "h", "w", "b"),
    joint=lambda g, y, h, w: _gru_gradients(g, y, h, w),
)
def gru(x: Any, h: Any, w: Any, b: Any) -> Any:
    """The blocks h, r, z, n, m of a GRU: n = tanh(x_n + r m) and h = n + z (h - n), gates in PyTorch's order r, z, n.

    m is what the state brings to n, the bias `b` (3 * hidden) included. r and z by tanh, as in `lstm`.
    """
    time, batch, width = x.shape
    n = width // 3
    y = np.empty((5, time, batch, n), x.dtype)
    half = np.full(width, 0.5, x.dtype)
    half[2 * n :] = 1
    x, w, b = x * half, (w * half[:, None]).T.copy(), b * half
    for t in range(time):
        a = h @ w
        a += b
        gates = a[:, : 2 * n]
        gates += x[t, :, : 2 * n]
        np.tanh(gates, out=gates)
        gates += 1
        gates *= 0.5
        y[1:3, t] = gates.reshape(batch, 2, n).transpose(1, 0, 2)
        new, y[4, t] = y[3, t], a[:, 2 * n :]
        np.multiply(y[1, t], y[4, t], out=new)
        new += x[t, :, 2 * n :]
        np.tanh(new, out=new)
        h = np.subtract(h, new, out=y[0, t])
        h *= y[2, t]
        h += new
    return y


def _gru_gradients(g: Any, y: Any, h: Any, w: Any) -> tuple[Any, Any, Any, Any]:
    hs, r, z, n, m = (y[k] for k in range(5))
    before = _before(h, hs)
    slope_r, slope_z, slope_n = r * (1 - r), z * (1 - z), 1 - n * n
    into_n = (1 - z) * slope_n  # of h in the argument of n's tanh, and so on
    into_r, into_z = into_n * m * slope_r, (before - n) * slope_z
    factors_h, factors_x = _side_by_side(into_r, into_z, into_n * r), into_n
    direct = None  # what comes to the gates themselves: from derivatives of higher order alone
    if not isinstance(g, np.ndarray) or g[1:].any():
        dn = g[3] * slope_n
        dr = (g[1] + dn * m) * slope_r
        direct = _side_by_side(dr, g[2] * slope_z, dn * r + g[4]), dn
    steps, news = [], []
    dh: Any = 0.0
    for t in reversed(range(len(hs))):
        dh = dh + g[0, t]
        da, dn = np.concatenate([dh, dh, dh], -1) * factors_h[t], dh * factors_x[t]
        if direct is not None:
            da, dn = da + direct[0][t], dn + direct[1][t]
        dh = dh * z[t] + da @ w
        steps.append(da)
        news.append(dn)
    da = np.stack(steps[::-1])
    dx = np.concatenate([da[..., : 2 * h.shape[-1]], np.stack(news[::-1])], -1)
    return dx, dh, _weight_gradient(da, before), da.sum(axis=(0, 1))
