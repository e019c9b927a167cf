"""Recording switched on and off: as contexts, as decorators, nested, and by thread (test_graph.py)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import tinygrad_opt as torch


def records() -> bool:
    return (torch.ones(1, requires_grad=True) * 2).requires_grad


@pytest.mark.parametrize(
    ("make", "enabled"),
    [
        (torch.no_grad, False),
        (torch.enable_grad, True),
        (torch.inference_mode, False),
        (lambda: torch.inference_mode(False), True),
        (lambda: torch.inference_mode(mode=True), False),
        (lambda: torch.set_grad_enabled(False), False),
        (lambda: torch.set_grad_enabled(True), True),
    ],
)
def test_a_mode_holds_inside_and_is_undone_after(make: Any, enabled: bool) -> None:
    with make():
        assert records() is enabled
        with torch.enable_grad():
            assert records()
        assert records() is enabled
    assert records()
    assert make()(records)() is enabled
    assert records()


def test_modes_decorate_without_parentheses() -> None:
    assert torch.no_grad(records)() is False
    assert torch.inference_mode(records)() is False


def test_inference_mode_says_so() -> None:
    with torch.inference_mode():
        assert torch.is_inference_mode_enabled()
        with torch.inference_mode(False):
            assert not torch.is_inference_mode_enabled()
    assert not torch.is_inference_mode_enabled()


def test_a_mode_is_undone_by_an_exception() -> None:
    with pytest.raises(ZeroDivisionError), torch.no_grad():
        raise ZeroDivisionError
    assert records()


def test_a_decorated_generator_switches_around_each_piece_and_passes_values() -> None:
    @torch.no_grad()
    def steps() -> Iterator[Any]:
        sent = yield records()
        yield sent, records()

    generator = steps()
    assert next(generator) is False
    assert records()
    assert generator.send("hello") == ("hello", False)
    assert records()
    with pytest.raises(StopIteration):
        next(generator)
