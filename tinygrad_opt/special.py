"""The error function to double precision, in NumPy alone.

Within [-1, 1], erf(x)/x is a polynomial in x^2; outside, exp(x^2) erfc(x) is one in 1/(|x| + 2), up to 6, where erf is
1 to the last bit. Both were fitted by Chebyshev interpolation in 50 digits, and err by at most 3e-16.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

# fmt: off
_NEAR = (  # erf(x)/x in s = 2 x^2 - 1, lowest power first
    0.9654687386698673, -0.1405360890227171, 0.019852496688984218, -0.0022854855611440855, 0.00021751715603563488,
    -1.75371694412802e-05, 1.2233827638093572e-06, -7.51156925108609e-08, 4.115751500265885e-09,
    -2.035231956483527e-10, 9.21125018742823e-12, -3.80659122412214e-13,
)
_FAR = (  # exp(x^2) erfc(x) in s, the place of 1/(x + 2) between 1/8 and 1/3 as -1 to 1
    0.2214295402299318, 0.16189356804102537, 0.038560570425181566, 0.0055888162818258785, 0.00019713917776008889,
    -8.079220411804128e-05, -7.340518284999869e-06, 1.979561158209264e-06, 1.6350102372087984e-07,
    -7.005170205475373e-08, -5.926361315281833e-10, 2.622350032514279e-09, -2.634243021000669e-10,
    -7.290508535165398e-11, 1.8620989806815163e-11,
)
# fmt: on


def erf(x: Any) -> Any:
    """2/sqrt(pi) times the integral of exp(-t^2) from 0 to x, in the dtype of `x`.

    >>> erf(np.array([0.0, 0.5, -3.0])).tolist()
    [0.0, 0.5204998778130465, -0.9999779095030014]
    """
    size = np.abs(x)
    near = np.minimum(size, 1)
    far = np.clip(size, 1, 6)
    inner = near * _polynomial(_NEAR, 2 * (near * near) - 1)
    outer = 1 - np.exp(-(far * far)) * _polynomial(_FAR, (1 / (far + 2) - 11 / 48) * (48 / 5))
    return np.copysign(np.where(size <= 1, inner, np.where(size < 6, outer, np.minimum(size, 1))), x)


def _polynomial(coefficients: Sequence[float], s: Any) -> Any:
    y = coefficients[-1] * s
    for c in coefficients[-2:0:-1]:
        y += c
        y *= s
    return y + coefficients[0]
