"""Whether operations are recorded: no_grad, enable_grad and their kin; and safe_where, which guards the way back.

All hold for one thread, as contexts and as decorators.
"""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable
from typing import Any

_GENERATOR = 0x20  # inspect.CO_GENERATOR, without the slow import
_NO_CODE = (lambda: None).__code__


class _Mode(threading.local):
    enabled = True
    inference = False
    safe = False


mode = _Mode()


def is_grad_enabled() -> bool:
    """Whether this thread records operations for backward(), as torch.is_grad_enabled."""
    return mode.enabled


def is_inference_mode_enabled() -> bool:
    """Whether this thread is inside `inference_mode`, as torch.is_inference_mode_enabled."""
    return mode.inference


class _Switch(contextlib.ContextDecorator):
    """Sets this thread's mode on entry and restores it on exit; decorates functions, with or without parentheses."""

    enabled = False
    inference: bool | None = None  # None: left as it is

    def __new__(cls, func: Callable[..., Any] | None = None) -> Any:
        self = super().__new__(cls)
        return self if func is None else self(func)

    def _recreate_cm(self) -> Any:  # each call of a decorated function has its own: threads may share the function
        return type(self)()

    def __call__(self, func: Callable[..., Any]) -> Any:
        if not getattr(func, "__code__", _NO_CODE).co_flags & _GENERATOR:
            return super().__call__(func)

        @functools.wraps(func)
        def resumed(*args: Any, **kwargs: Any) -> Any:  # a generator runs piece by piece: switch around each of them
            generator, sent = func(*args, **kwargs), None
            while True:
                with self._recreate_cm():
                    try:
                        value = generator.send(sent)
                    except StopIteration as end:
                        return end.value
                sent = yield value

        return resumed

    def __enter__(self) -> None:
        self._before = mode.enabled, mode.inference
        mode.enabled = self.enabled
        if self.inference is not None:
            mode.inference = self.inference

    def __exit__(self, *exception: object) -> None:
        mode.enabled, mode.inference = self._before


class no_grad(_Switch):  # noqa: N801 (PyTorch's name)
    """Inside, nothing is recorded and every result has requires_grad False. As torch.no_grad.

    >>> with no_grad():
    ...     is_grad_enabled()
    False
    """


class enable_grad(_Switch):  # noqa: N801
    """Inside, operations are recorded, also within a `no_grad`. As torch.enable_grad."""

    enabled = True


class inference_mode(_Switch):  # noqa: N801
    """As `no_grad`; `is_inference_mode_enabled` says so. With mode False, recording is on.

    Results are ordinary tensors and may be used anywhere. As torch.inference_mode otherwise.
    """

    def __new__(cls, mode: Any = True) -> Any:
        self = object.__new__(cls)
        self.inference = mode if isinstance(mode, bool) else True
        self.enabled = not self.inference
        return self if isinstance(mode, bool) else self(mode)

    def _recreate_cm(self) -> Any:
        return inference_mode(self.inference)


class set_grad_enabled(_Switch):  # noqa: N801
    """Switch recording on or off at once; as a context or a decorator, until its end. As torch.set_grad_enabled.

    >>> with set_grad_enabled(False):
    ...     is_grad_enabled()
    False
    """

    def __new__(cls, mode: bool) -> Any:
        return object.__new__(cls)

    def __init__(self, mode: bool) -> None:
        self.enabled = mode
        _Switch.__enter__(self)

    def _recreate_cm(self) -> Any:
        return set_grad_enabled(self.enabled)

    def __call__(self, func: Callable[..., Any]) -> Any:
        self.__exit__()  # as a decorator it switches around each call, not where it is written
        return super().__call__(func)

    def __enter__(self) -> None:
        mode.enabled = self.enabled  # __init__ has noted what was there before


class safe_where(_Switch):  # noqa: N801 (named like its kin)
    """Inside, backward() and grad() let nothing through a branch that was not taken: there 0 * inf and 0 * nan are 0.

    PyTorch has no such mode, and gives nan. The gradient that `where` sends to the branch not taken is 0, but that
    branch may multiply it by the infinite slope of a square root at 0, or the nan of a logarithm below. Here, wherever
    an elementwise operation receives the gradient 0 and would make nan of it, it passes on 0. Derivatives of higher
    order are safe if all of them are taken inside. A branch is safe as far as its operations are elementwise: a `sum`
    over nan is nan. The price: 0 * x.sqrt() at 0 has the gradient 0, too.

    >>> x = torch.tensor([0.0, 4.0], requires_grad=True)
    >>> y = torch.where(x > 0, x.sqrt(), 0.0)
    >>> with torch.autograd.safe_where():
    ...     y.sum().backward()
    >>> x.grad
    tensor([0.0000, 0.2500])
    """

    def __enter__(self) -> None:
        self._was = mode.safe
        mode.safe = True

    def __exit__(self, *exception: object) -> None:
        mode.safe = self._was
