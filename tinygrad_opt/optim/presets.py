"""`like="keras"`: the conventions and defaults of another library, under what the caller says himself."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any


def with_presets(init: Callable[..., None]) -> Callable[..., None]:
    """An `__init__` that takes `like`, the name of one of its class's presets, which fill in what is not given."""

    @functools.wraps(init)
    def wrapper(self: Any, *args: Any, **kwargs: Any) -> None:
        like = kwargs.pop("like", None)
        if like is not None:
            presets = {"torch": {}, **self.presets}
            if like not in presets:
                known = ", ".join(map(repr, presets))
                raise ValueError(f"{type(self).__name__} has no preset {like!r}; it has {known}")
            given = inspect.signature(init).bind_partial(self, *args, **kwargs).arguments
            kwargs |= {k: v for k, v in presets[like].items() if k not in given and k not in kwargs}
        init(self, *args, **kwargs)

    return wrapper
