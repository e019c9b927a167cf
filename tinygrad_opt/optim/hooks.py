"""Hooks of an optimizer, as in torch.optim: called before and after a step, a state_dict() and a load_state_dict()."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..autograd.graph import RemovableHandle

Hook = Callable[..., Any]


class Hooks:
    """The hooks of one optimizer, by the moment at which they are called, in order."""

    def __init__(self) -> None:
        self._hooks: dict[str, dict[int, Hook]] = {}

    def _register(self, moment: str, hook: Hook, first: bool = False) -> RemovableHandle:
        hooks = self._hooks.setdefault(moment, {})
        handle = RemovableHandle(hooks, hook)
        if first:
            key = next(reversed(hooks))
            moved = {key: hooks.pop(key), **hooks}
            hooks.clear()
            hooks.update(moved)
        return handle

    def _called(self, moment: str) -> list[Hook]:
        return list(self._hooks.get(moment, {}).values())

    def register_step_pre_hook(self, hook: Hook) -> RemovableHandle:
        """Call hook(optimizer, args, kwargs) before each step; args begin with the optimizer; it may return others."""
        return self._register("before step", hook)

    def register_step_post_hook(self, hook: Hook) -> RemovableHandle:
        """Call hook(optimizer, args, kwargs) after each step."""
        return self._register("after step", hook)

    def register_state_dict_pre_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call hook(optimizer) before each state_dict()."""
        return self._register("before state_dict", hook, prepend)

    def register_state_dict_post_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call hook(optimizer, state_dict) after each state_dict(); what it returns, if not None, replaces it."""
        return self._register("after state_dict", hook, prepend)

    def register_load_state_dict_pre_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call hook(optimizer, state_dict) before each load; what it returns, if not None, is loaded instead."""
        return self._register("before load_state_dict", hook, prepend)

    def register_load_state_dict_post_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call hook(optimizer) after each load."""
        return self._register("after load_state_dict", hook, prepend)
