"""The error function, its complement and its inverse to double precision, in NumPy alone.

Within 1/2, erf(x)/x is a polynomial in x^2. Beyond, (1 + 2x) exp(x^2) erfc(x) is one in (x - 4)/(x + 3), for all x up
to infinity at once: the form of Shepherd and Laframboise (Mathematics of Computation 36, 1981). Both were fitted by
Chebyshev interpolation in 50 digits, and err by less than 1e-16. The inverse is Wichura's (Algorithm AS 241, Applied
Statistics 37, 1988). Large arrays are gone through by blocks that stay in the cache.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

# fmt: off
_NEAR = (  # erf(x)/x in x^2, lowest power first
    1.1283791670955126, -0.3761263890318375, 0.1128379167095487, -0.02686617064499972, 0.0052239776220169365,
    -0.0008548326510724796, 0.00012055286202005714, -1.4923003368152099e-05, 1.637123442577e-06,
    -1.462091340945175e-07,
)
_FAR = (  # (1 + 2x) exp(x^2) erfc(x) in 1 - 7/(x + 3)
    1.2329951186255526, -0.12216847723549162, -0.0034960135133680894, 0.04665458534669244, -0.041806510665020835,
    0.022801799600165516, -0.008073603938277581, 0.001392061233779644, 0.00024740376568916327,
    -0.00019788749153102324, 1.7479098644106684e-05, 1.886278601100644e-05, -4.577236862416187e-06,
    -1.9124824393282327e-06, 7.237898395551653e-07, 2.3901640840174585e-07, -1.049704835719981e-07,
    -3.630262179263922e-08, 1.4321502426523918e-08, 5.382335704726843e-09, -1.6538791124620345e-09,
    -4.984785439745356e-10, 1.1734600718547715e-10,
)
# Wichura's three fractions, numerator and denominator, lowest power first.
_CENTRAL = (  # in 0.180625 - (x/2)^2, for |x| up to 0.85
    (3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4,
     4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3),
    (1.0, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3,
     2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4, 5.2264952788528545610e+3),
)
_MIDDLE = (  # in r - 1.6, where r = sqrt(-log((1 - |x|)/2)) is at most 5
    (1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
     1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4),
    (1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
     1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9),
)
_OUTER = (  # in r - 5
    (6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
     2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7),
    (1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
     7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15),
)
# fmt: on

_BLOCK = 32768
_BEYOND = 30.0  # erfc is 0 there, in every dtype


def erf(x: Any) -> Any:
    """2/sqrt(pi) times the integral of exp(-t^2) from 0 to x, in the dtype of `x`.

    >>> erf(np.array([0.0, 0.5, -3.0])).tolist()
    [0.0, 0.5204998778130465, -0.9999779095030014]
    """
    return _by_blocks(_erf, x)


def erfc(x: Any) -> Any:
    """1 - erf(x), to full relative precision far out: erfc(27) is 5.2e-319.

    >>> erfc(np.array([0.0, 0.5, 1.0])).round(12).tolist()
    [1.0, 0.479500122187, 0.15729920705]
    """
    return _by_blocks(_erfc, x)


def erfinv(x: Any) -> Any:
    """The number whose erf is x: infinite at -1 and 1, nan beyond.

    >>> erfinv(np.array([0.0, 0.5204998778130465, 1.0])).round(15).tolist()
    [0.0, 0.5, inf]
    """
    return _by_blocks(_erfinv, x)


def _by_blocks(fn: Callable[[Any], Any], x: Any) -> Any:
    if x.dtype == np.float16:
        return _by_blocks(fn, x.astype(np.float32)).astype(np.float16)
    flat = x.reshape(-1)
    y = np.empty_like(flat)
    for start in range(0, flat.size, _BLOCK):
        y[start : start + _BLOCK] = fn(flat[start : start + _BLOCK])
    return y.reshape(x.shape)


def _erf(x: Any) -> Any:
    size = np.minimum(np.abs(x), _BEYOND)
    square = size * size
    y = 1 - np.exp(-square) * _scaled(size)
    near = np.flatnonzero(size <= 0.5)
    y[near] = size[near] * _polynomial(_NEAR, square[near])
    return np.copysign(y, x)


def _erfc(x: Any) -> Any:
    x = np.clip(x, -_BEYOND, _BEYOND)
    size = np.abs(x)
    head = np.trunc(size * 16) * 0.0625  # its square is exact, that of x is not, and exp would tell
    tail = np.exp(-(head * head)) * np.exp((head - size) * (head + size)) * _scaled(size)
    y = np.copysign(tail, x) + 2 * (x < 0).astype(x.dtype)  # below 0 it is 2 - tail
    near = np.flatnonzero(size <= 0.5)
    y[near] = 1 - x[near] * _polynomial(_NEAR, x[near] * x[near])
    return y


def _scaled(x: Any) -> Any:
    """exp(x^2) erfc(x), for x not below 1/2."""
    return _polynomial(_FAR, 1 - 7 / (x + 3)) / (2 * x + 1)


def _erfinv(x: Any) -> Any:
    with np.errstate(all="ignore"):
        half = x * 0.5
        y = half * _fraction(_CENTRAL, 0.180625 - half * half)
        at = np.flatnonzero(np.abs(x) > 0.85)
        r = np.sqrt(-np.log(0.5 - np.abs(half[at])))
        z = np.where(r <= 5, _fraction(_MIDDLE, r - 1.6), r)  # infinite at 1
        far = np.flatnonzero((r > 5) & (r < np.inf))
        z[far] = _fraction(_OUTER, r[far] - 5)
        y[at] = np.copysign(z, x[at])
        return y * 0.5**0.5


def _fraction(coefficients: tuple[Sequence[float], Sequence[float]], s: Any) -> Any:
    return _polynomial(coefficients[0], s) / _polynomial(coefficients[1], s)


def _polynomial(coefficients: Sequence[float], s: Any) -> Any:
    y = coefficients[-1] * s
    for c in coefficients[-2:0:-1]:
        y += c
        y *= s
    y += coefficients[0]
    return y
