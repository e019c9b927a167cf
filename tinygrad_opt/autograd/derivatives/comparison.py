"""Comparison, logic and bits: rows without rules, as no gradient flows through them."""

from __future__ import annotations

import numpy as np

from ..table import derivative

eq = derivative(np.equal, name="eq")
ne = derivative(np.not_equal, name="ne")
lt = derivative(np.less, name="lt")
le = derivative(np.less_equal, name="le")
gt = derivative(np.greater, name="gt")
ge = derivative(np.greater_equal, name="ge")
isclose = derivative(np.isclose)
isnan = derivative(np.isnan)
isinf = derivative(np.isinf)
isfinite = derivative(np.isfinite)
signbit = derivative(np.signbit)
logical_and = derivative(np.logical_and)
logical_or = derivative(np.logical_or)
logical_xor = derivative(np.logical_xor)
logical_not = derivative(np.logical_not)
bitwise_and = derivative(np.bitwise_and)
bitwise_or = derivative(np.bitwise_or)
bitwise_xor = derivative(np.bitwise_xor)
bitwise_not = derivative(np.invert, name="bitwise_not")
bitwise_left_shift = derivative(np.left_shift, name="bitwise_left_shift")
bitwise_right_shift = derivative(np.right_shift, name="bitwise_right_shift")
