"""Embedding, recurrent layers, attention and transformers give PyTorch's numbers, keys, texts and errors."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import tinygrad_opt

from .processor import torch_hands_bernoulli_to_mkl

torch = pytest.importorskip("torch")
pytestmark = [
    pytest.mark.filterwarnings("ignore:Support for mismatched"),
    pytest.mark.filterwarnings("ignore:enable_nested_tensor is True"),
]


@pytest.fixture(autouse=True)
def _attention_with_second_derivatives() -> Iterator[None]:
    """PyTorch's quicker kernels of attention have none."""
    with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
        yield


Array = np.ndarray[Any, Any]
rng = np.random.default_rng(5)


def normal(*shape: int) -> Array:
    return rng.normal(size=shape)


# ---- layers, with the weights copied --------------------------------------------------------------------------------

Case = tuple[Callable[[Any], Any], Callable[..., Any], tuple[Array, ...]]
CASES: dict[str, Case] = {}


def row(name: str, make: Callable[[Any], Any], *arrays: Array, call: Callable[..., Any] | None = None) -> None:
    """A case: `make(nn)` makes the layer, `call(library, layer, *inputs)` calls it; unless given, with the inputs."""
    assert name not in CASES
    CASES[name] = make, call or (lambda library, layer, *inputs: layer(*inputs)), arrays


def tensors_in(result: Any) -> Iterator[Any]:
    """The tensors in tuples of tuples."""
    if isinstance(result, tuple):
        for part in result:
            yield from tensors_in(part)
    elif result is not None:
        yield result


def weighed(library: Any, results: list[Any]) -> Any:
    """One number that depends on every element of every result, each by another weight."""
    total: Any = 0.0
    for y in results:
        weights = np.cos(np.arange(math.prod(y.shape))).reshape(tuple(y.shape)).astype(y.detach().numpy().dtype)
        total = total + (y * library.from_numpy(np.asarray(weights))).sum()
    return total


def run(library: Any, layer: Any, call: Callable[..., Any], arrays: tuple[Array, ...]) -> list[Array]:
    """The results, their gradients in inputs and parameters, and the gradients of the squares of these."""
    inputs = [library.tensor(a) for a in arrays]
    wanted = [x.requires_grad_() for x, a in zip(inputs, arrays, strict=True) if a.dtype.kind == "f"]
    wanted += [p for p in layer.parameters() if p.requires_grad]
    results = list(tensors_in(call(library, layer, *inputs)))
    grad = library.autograd.grad
    first = grad(weighed(library, results), wanted, create_graph=True, allow_unused=True, materialize_grads=True)
    squares = sum((g * g).sum() for g in first)
    second: Any = [x * 0 for x in wanted]  # of what does not depend on anything
    if squares.requires_grad:
        second = grad(squares, wanted, allow_unused=True, materialize_grads=True)
    return [y.detach().numpy() for y in [*results, *first, *second]]


def pair(make: Callable[[Any], Any]) -> tuple[Any, Any]:
    """The layer of both libraries, in float64 with PyTorch's weights."""
    ours, theirs = make(tinygrad_opt.nn).double(), make(torch.nn).double()
    ours.load_state_dict({key: value.numpy() for key, value in theirs.state_dict().items()})
    return ours, theirs


for name, inputs in {
    "Embedding": (rng.integers(0, 7, (4, 5)),),
    "Embedding of one number": (np.array(3),),
    "Embedding of nothing": (np.zeros((0, 2), int),),
    "Embedding of int32": (rng.integers(0, 7, 5).astype(np.int32),),
}.items():
    row(name, lambda nn: nn.Embedding(7, 3), *inputs)
TOKENS = np.array([[1, 2, 2, 0], [6, 2, 0, 1]])
for padding in [0, 2, -1, -5]:
    row(
        f"Embedding with padding {padding}", lambda nn, padding=padding: nn.Embedding(7, 3, padding_idx=padding), TOKENS
    )
row("Embedding by count", lambda nn: nn.Embedding(7, 3, 2, scale_grad_by_freq=True), TOKENS)
for max_norm, norm_type in [(1.0, 2.0), (0.5, 1.0), (100.0, 2.0), (1, math.inf)]:
    row(
        f"Embedding of norm {max_norm} by {norm_type}",
        lambda nn, max_norm=max_norm, norm_type=norm_type: nn.Embedding(7, 3, max_norm=max_norm, norm_type=norm_type),
        TOKENS,
    )

RECURRENT: list[tuple[str, dict[str, Any]]] = [
    ("RNN", {}),
    ("RNN", {"nonlinearity": "relu"}),
    ("LSTM", {}),
    ("GRU", {}),
]
OPTIONS: list[dict[str, Any]] = [
    {},
    {"bias": False},
    {"num_layers": 2},
    {"bidirectional": True},
    {"batch_first": True},
    {"num_layers": 3, "bidirectional": True, "batch_first": True},
    {"num_layers": 2, "bias": False, "bidirectional": True},
]
for (kind, base), options in itertools.product(RECURRENT, OPTIONS):
    options = {**base, **options}
    count = options.get("num_layers", 1) * (1 + options.get("bidirectional", False))
    states = [normal(count, 2, 4)] * (1 + (kind == "LSTM"))
    alone = [state[:, 0] for state in states]

    def make(nn: Any, kind: str = kind, options: dict[str, Any] = options) -> Any:
        return getattr(nn, kind)(3, 4, **options)

    def with_states(library: Any, layer: Any, x: Any, *states: Any) -> Any:
        return layer(x, states if len(states) > 1 else states[0])

    x = normal(2, 5, 3) if options.get("batch_first") else normal(5, 2, 3)
    row(f"{kind} {options}", make, x)
    row(f"{kind} {options} with states", make, x, *states, call=with_states)
    row(f"{kind} {options} without a batch", make, normal(5, 3))
    row(f"{kind} {options} without a batch, with states", make, normal(5, 3), *alone, call=with_states)
    row(f"{kind} {options} one step", make, normal(1, 1, 3))
for kind, options in [("RNNCell", {}), ("RNNCell", {"nonlinearity": "relu"}), ("LSTMCell", {}), ("GRUCell", {})]:
    for bias in [True, False]:
        states = [normal(2, 4)] * (1 + (kind == "LSTMCell"))
        cell = {**options, "bias": bias}

        def make_cell(nn: Any, kind: str = kind, options: dict[str, Any] = cell) -> Any:
            return getattr(nn, kind)(3, 4, **options)

        row(f"{kind} {cell}", make_cell, normal(2, 3))
        row(f"{kind} {cell} with states", make_cell, normal(2, 3), *states, call=with_states)
        row(f"{kind} {cell} of a vector", make_cell, normal(3))
        row(f"{kind} {cell} of a vector, with states", make_cell, normal(3), *[s[0] for s in states], call=with_states)

HIDDEN = np.array([[False, False, True], [False, True, True]])  # keys of padding: (batch, keys)
NOT_THESE = np.array([[False, True, False], [False, False, True], [True, False, False], [False, False, False]])
for options in [
    {},
    {"bias": False},
    {"batch_first": True},
    {"add_bias_kv": True},
    {"add_zero_attn": True},
    {"add_bias_kv": True, "add_zero_attn": True, "batch_first": True},
    {"kdim": 5, "vdim": 3},
    {"kdim": 5, "vdim": 3, "bias": False, "add_bias_kv": True},
]:
    kdim, vdim = options.get("kdim", 4), options.get("vdim", 4)
    shapes = [(4, 2, 4), (3, 2, kdim), (3, 2, vdim)]
    qkv = [normal(*((n, t, c) if options.get("batch_first") else (t, n, c))) for t, n, c in shapes]
    for call_name, made in {
        "": {},
        "every head": {"average_attn_weights": False},
        "without weights": {"need_weights": False},
        "padding": {"key_padding_mask": HIDDEN},
        "mask": {"attn_mask": NOT_THESE},
        "both masks": {"attn_mask": NOT_THESE & [True, True, False], "key_padding_mask": HIDDEN, "need_weights": False},
        "floating masks": {"attn_mask": normal(4, 3), "key_padding_mask": normal(2, 3)},
        "a mask for every head": {"attn_mask": normal(4, 4, 3)},
    }.items():

        def attend(library: Any, layer: Any, *inputs: Any, made: dict[str, Any] = made) -> Any:
            given = {k: library.tensor(v) if isinstance(v, np.ndarray) else v for k, v in made.items()}
            return layer(*inputs, **given)

        row(
            f"MultiheadAttention {options} {call_name}",
            lambda nn, options=options: nn.MultiheadAttention(4, 2, **options),
            *qkv,
            call=attend,
        )
row("self-attention", lambda nn: nn.MultiheadAttention(4, 2), normal(3, 2, 4), call=lambda _, layer, x: layer(x, x, x))
row("attention without a batch", lambda nn: nn.MultiheadAttention(4, 2), normal(3, 4), normal(5, 4), normal(5, 4))
row(
    "attention without a batch, masked",
    lambda nn: nn.MultiheadAttention(4, 1),
    normal(4, 4),
    normal(3, 4),
    normal(3, 4),
    call=lambda library, layer, q, k, v: layer(
        q, k, v, key_padding_mask=library.tensor(HIDDEN[0]), attn_mask=library.tensor(NOT_THESE & False)
    ),
)

for options in [
    {},
    {"norm_first": True},
    {"batch_first": True},
    {"activation": "gelu"},
    {"bias": False, "layer_norm_eps": 0.1},
]:

    def encoder_layer(nn: Any, options: dict[str, Any] = options) -> Any:
        return nn.TransformerEncoderLayer(4, 2, 6, 0.0, **options)

    def decoder_layer(nn: Any, options: dict[str, Any] = options) -> Any:
        return nn.TransformerDecoderLayer(4, 2, 6, 0.0, **options)

    row(f"TransformerEncoderLayer {options}", encoder_layer, normal(3, 2, 4))
    row(
        f"TransformerEncoderLayer {options} causal",
        encoder_layer,
        normal(3, 3, 4),
        call=lambda library, layer, x: layer(x, library.tensor(np.triu(np.full((3, 3), -np.inf), 1)), is_causal=True),
    )
    row(f"TransformerDecoderLayer {options}", decoder_layer, normal(3, 2, 4), normal(3, 2, 4))
    row(
        f"TransformerDecoderLayer {options} masked",
        decoder_layer,
        normal(4, 2, 4).swapaxes(0, 1) if options.get("batch_first") else normal(4, 2, 4),
        normal(3, 2, 4).swapaxes(0, 1) if options.get("batch_first") else normal(3, 2, 4),
        call=lambda library, layer, x, memory: layer(
            x, memory, memory_mask=library.tensor(NOT_THESE), memory_key_padding_mask=library.tensor(HIDDEN & False)
        ),
    )
row(
    "TransformerEncoder",
    lambda nn: nn.TransformerEncoder(
        nn.TransformerEncoderLayer(4, 2, 6, 0.0, activation=nn.functional.silu), 2, nn.LayerNorm(4), False
    ),
    normal(3, 2, 4),
    call=lambda library, layer, x: layer(x, src_key_padding_mask=library.tensor(HIDDEN)),
)
row(
    "TransformerDecoder",
    lambda nn: nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 2, 6, 0.0), 2),
    normal(3, 2, 4),
    normal(5, 2, 4),
    call=lambda library, layer, x, memory: layer(
        x, memory, tgt_mask=library.nn.Transformer.generate_square_subsequent_mask(3).double()
    ),
)
row("Transformer", lambda nn: nn.Transformer(4, 2, 1, 2, 6, 0.0), normal(3, 2, 4), normal(5, 2, 4))
row(
    "Transformer, the norm and the batch first",
    lambda nn: nn.Transformer(4, 1, 2, 1, 6, 0.0, norm_first=True, batch_first=True),
    normal(2, 3, 4),
    normal(2, 5, 4),
)
row("Transformer without a batch", lambda nn: nn.Transformer(4, 1, 1, 1, 6, 0.0), normal(3, 4), normal(5, 4))
row("LayerNorm", lambda nn: nn.LayerNorm(4), normal(3, 2, 4))
row("LayerNorm of two dimensions", lambda nn: nn.LayerNorm((2, 4), 0.1, bias=False), normal(3, 2, 4))
row("LayerNorm without weights", lambda nn: nn.LayerNorm([4], elementwise_affine=False), normal(3, 2, 4))


@pytest.mark.parametrize("name", CASES)
def test_outputs_and_gradients_of_both_orders_are_pytorchs(name: str) -> None:
    make, call, arrays = CASES[name]
    ours, theirs = pair(make)
    mine, other = run(tinygrad_opt, ours, call, arrays), run(torch, theirs, call, arrays)
    assert len(mine) == len(other)
    for a, b in zip(mine, other, strict=True):
        assert (a.shape, a.dtype) == (b.shape, b.dtype)
        np.testing.assert_allclose(a, b, rtol=1e-7, atol=1e-9)
    for key, value in theirs.state_dict().items():  # an Embedding of a largest norm writes to its weight
        np.testing.assert_allclose(ours.state_dict()[key].numpy(), value.numpy(), rtol=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_float32_stays_float32(name: str) -> None:
    make, call, arrays = CASES[name]
    if "floating masks" in name or "every head" in name or "causal" in name or name == "TransformerDecoder":
        arrays = arrays[:0]  # their masks are float64
    layer = make(tinygrad_opt.nn)
    inputs = [tinygrad_opt.tensor(a.astype(np.float32) if a.dtype.kind == "f" else a) for a in arrays]
    for x in inputs:
        x.requires_grad_(x.is_floating_point())
    if inputs:
        results = list(tensors_in(call(tinygrad_opt, layer, *inputs)))
        weighed(tinygrad_opt, results).backward()
        assert [y.dtype for y in results] == [np.float32] * len(results)
    assert all(p.dtype == np.float32 and (p.grad is None or p.grad.dtype == np.float32) for p in layer.parameters())


@pytest.mark.parametrize("name", CASES)
def test_initial_weights_keys_and_reprs_are_pytorchs(name: str) -> None:
    make, _, _ = CASES[name]
    tinygrad_opt.manual_seed(11)
    torch.manual_seed(11)
    ours, theirs = make(tinygrad_opt.nn), make(torch.nn)
    assert repr(ours) == repr(theirs)
    mine, other = ours.state_dict(), theirs.state_dict()
    assert list(mine) == list(other)
    for key in other:
        assert mine[key].dtype == np.float32
        np.testing.assert_allclose(mine[key].numpy(), other[key].numpy(), rtol=0, atol=1e-6)


# ---- dropout: PyTorch's zeros ---------------------------------------------------------------------------------------


@pytest.mark.skipif(torch_hands_bernoulli_to_mkl(torch), reason="PyTorch draws from MKL's own stream here")
@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU", "MultiheadAttention", "TransformerEncoderLayer", "Transformer"])
@pytest.mark.parametrize("training", [True, False])
def test_dropout_draws_pytorchs_zeros(kind: str, training: bool) -> None:
    def made(nn: Any) -> Any:
        if kind == "Transformer":
            return nn.Transformer(4, 2, 1, 1, 6, dropout=0.5)
        if kind == "MultiheadAttention":
            return nn.MultiheadAttention(4, 2, dropout=0.5)
        if kind == "TransformerEncoderLayer":
            return nn.TransformerEncoderLayer(4, 2, 6, dropout=0.5)
        return getattr(nn, kind)(4, 4, 3, dropout=0.5, bidirectional=True)

    ours, theirs = pair(made)
    arrays = (normal(5, 2, 4),) * {"MultiheadAttention": 3, "Transformer": 2}.get(kind, 1)
    results = []
    for library, layer in [(tinygrad_opt, ours.train(training)), (torch, theirs.train(training))]:
        library.manual_seed(3)
        results.append([y.detach().numpy() for y in tensors_in(layer(*[library.tensor(a) for a in arrays]))])
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


# ---- functions ------------------------------------------------------------------------------------------------------

ATTENTION: dict[str, tuple[tuple[Array, ...], dict[str, Any]]] = {
    "matrices": ((normal(3, 4), normal(5, 4), normal(5, 2)), {}),
    "stacks": ((normal(2, 3, 4), normal(2, 5, 4), normal(2, 5, 4)), {}),
    "heads": ((normal(2, 2, 3, 4), normal(2, 2, 5, 4), normal(2, 2, 5, 3)), {}),
    "causal": ((normal(2, 2, 4, 4), normal(2, 2, 4, 4), normal(2, 2, 4, 4)), {"is_causal": True}),
    "causal, more keys": ((normal(2, 3, 4), normal(2, 5, 4), normal(2, 5, 4)), {"is_causal": True}),
    "causal, fewer keys": ((normal(2, 5, 4), normal(2, 3, 4), normal(2, 3, 4)), {"is_causal": True}),
    "scale": ((normal(2, 3, 4), normal(2, 5, 4), normal(2, 5, 4)), {"scale": 0.3}),
    "booleans": ((normal(2, 4, 4), normal(2, 3, 4), normal(2, 3, 4)), {"attn_mask": ~NOT_THESE}),
    "booleans, a row of nothing": (
        (normal(2, 2, 4), normal(2, 3, 4), normal(2, 3, 4)),
        {"attn_mask": np.array([[True, False, True], [False, False, False]])},
    ),
    "floating": ((normal(2, 4, 4), normal(2, 3, 4), normal(2, 3, 4)), {"attn_mask": normal(4, 3)}),
    "floating, for each": (
        (normal(2, 2, 4, 4), normal(2, 2, 3, 4), normal(2, 2, 3, 4)),
        {"attn_mask": normal(2, 1, 4, 3)},
    ),
    "large scores": ((normal(2, 3, 4) * 1e3, normal(2, 5, 4), normal(2, 5, 4)), {}),
    "no batch at all": ((normal(0, 3, 4), normal(0, 5, 4), normal(0, 5, 4)), {}),
}


@pytest.mark.parametrize("name", ATTENTION)
def test_scaled_dot_product_attention_is_pytorchs(name: str) -> None:
    arrays, options = ATTENTION[name]

    def call(library: Any, _: Any, *inputs: Any) -> Any:
        given = {k: library.tensor(v) if isinstance(v, np.ndarray) else v for k, v in options.items()}
        return library.nn.functional.scaled_dot_product_attention(*inputs, **given)

    ours, theirs = (run(lib, lib.nn.Identity(), call, arrays) for lib in (tinygrad_opt, torch))
    for a, b in zip(ours, theirs, strict=True):
        assert (a.shape, a.dtype) == (b.shape, b.dtype)
        np.testing.assert_allclose(a, b, rtol=1e-7, atol=1e-9)


def test_a_mask_that_is_trained_gets_its_gradient() -> None:
    q, k, v, mask = normal(2, 2, 4, 4), normal(2, 2, 3, 4), normal(2, 2, 3, 4), normal(2, 1, 4, 3)

    def call(library: Any, _: Any, q: Any, k: Any, v: Any, mask: Any) -> Any:
        return library.nn.functional.scaled_dot_product_attention(q, k, v, mask)

    ours, theirs = (run(lib, lib.nn.Identity(), call, (q, k, v, mask)) for lib in (tinygrad_opt, torch))
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("batch_first", [True, False])
def test_pad_sequence_is_pytorchs(batch_first: bool, side: str) -> None:
    for sizes in [[(3, 2), (1, 2), (5, 2)], [(2,), (0,)], [(2, 3, 2)], [(0, 2), (1, 2)], [(4,), (4,)]]:
        arrays = tuple(normal(*size) for size in sizes)

        def call(library: Any, _: Any, *inputs: Any) -> Any:
            return library.nn.utils.rnn.pad_sequence(inputs, batch_first, 0.5, side)

        ours, theirs = (run(lib, lib.nn.Identity(), call, arrays) for lib in (tinygrad_opt, torch))
        for a, b in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(a, b)
    whole = [np.array([1, 2]), np.array([3])]
    made = [lib.nn.utils.rnn.pad_sequence([lib.tensor(a) for a in whole]).numpy() for lib in (tinygrad_opt, torch)]
    np.testing.assert_array_equal(*made)
    assert made[0].dtype == made[1].dtype


def test_embeddings_from_elsewhere_share_their_rows() -> None:
    for freeze in [True, False]:
        rows = [lib.tensor([[1.0, 2.0], [3.0, 4.0]]) for lib in (tinygrad_opt, torch)]
        ours, theirs = (
            lib.nn.Embedding.from_pretrained(x, freeze, padding_idx=-1)
            for lib, x in zip((tinygrad_opt, torch), rows, strict=True)
        )
        assert repr(ours) == repr(theirs)
        assert ours.weight.requires_grad == theirs.weight.requires_grad
        assert ours.weight.tolist() == theirs.weight.tolist()
        rows[0][0, 0] = 7.0
        assert ours.weight.tolist()[0] == [7.0, 2.0]


@pytest.mark.parametrize("n", [0, 1, 4])
def test_a_causal_mask_is_pytorchs(n: int) -> None:
    ours, theirs = (lib.nn.Transformer.generate_square_subsequent_mask(n) for lib in (tinygrad_opt, torch))
    np.testing.assert_array_equal(ours.numpy(), theirs.numpy())
    assert ours.numpy().dtype == theirs.numpy().dtype


# ---- errors ---------------------------------------------------------------------------------------------------------

ERRORS: dict[str, Callable[[Any], Any]] = {
    "a number out of range": lambda t: t.nn.Embedding(3, 2)(t.tensor([0, 3])),
    "a negative number": lambda t: t.nn.Embedding(3, 2)(t.tensor([-1])),
    "numbers that are none": lambda t: t.nn.Embedding(3, 2)(t.tensor([0.0])),
    "a padding out of range": lambda t: t.nn.Embedding(3, 2, padding_idx=3),
    "a padding out of range below": lambda t: t.nn.functional.embedding(t.tensor([0]), t.ones(3, 2), padding_idx=-4),
    "a weight of another size": lambda t: t.nn.Embedding(3, 2, _weight=t.ones(2, 2)),
    "a weight of one dimension": lambda t: t.nn.functional.embedding(t.tensor([0]), t.ones(3)),
    "rows of three dimensions": lambda t: t.nn.Embedding.from_pretrained(t.ones(2, 2, 2)),
    "an input of one dimension": lambda t: t.nn.LSTM(3, 4)(t.ones(3)),
    "an input of other features": lambda t: t.nn.LSTM(3, 4)(t.ones(5, 2, 4)),
    "an input of no length": lambda t: t.nn.GRU(3, 4)(t.ones(0, 2, 3)),
    "states of another size": lambda t: t.nn.LSTM(3, 4)(t.ones(5, 2, 3), (t.ones(1, 2, 4), t.ones(1, 2, 3))),
    "states of another rank": lambda t: t.nn.LSTM(3, 4)(t.ones(5, 2, 3), (t.ones(2, 4), t.ones(2, 4))),
    "states of another rank, unbatched": lambda t: t.nn.LSTM(3, 4)(t.ones(5, 3), (t.ones(1, 2, 4), t.ones(1, 2, 4))),
    "a state of another size": lambda t: t.nn.GRU(3, 4)(t.ones(5, 2, 3), t.ones(2, 2, 4)),
    "a state of another rank": lambda t: t.nn.GRU(3, 4)(t.ones(5, 2, 3), t.ones(2, 4)),
    "a state of another rank, unbatched": lambda t: t.nn.RNN(3, 4)(t.ones(5, 3), t.ones(1, 2, 4)),
    "a nonlinearity": lambda t: t.nn.RNN(3, 4, nonlinearity="x"),
    "no features": lambda t: t.nn.LSTM(0, 4),
    "half a feature": lambda t: t.nn.LSTM(3, 0.5),
    "no layers": lambda t: t.nn.LSTM(3, 4, 0),
    "a dropout of 2": lambda t: t.nn.LSTM(3, 4, 2, dropout=2),
    "a bias that is a number": lambda t: t.nn.LSTM(3, 4, bias=1),
    "a batch_first that is a number": lambda t: t.nn.LSTM(3, 4, batch_first=1),
    "a cell's input of three dimensions": lambda t: t.nn.LSTMCell(3, 4)(t.ones(1, 2, 3)),
    "a cell's state of three dimensions": lambda t: t.nn.GRUCell(3, 4)(t.ones(2, 3), t.ones(1, 2, 4)),
    "a cell's states of three dimensions": lambda t: t.nn.LSTMCell(3, 4)(t.ones(2, 3), (t.ones(2, 4), t.ones(1, 2, 4))),
    "a cell's input of other features": lambda t: t.nn.GRUCell(3, 4)(t.ones(2, 5)),
    "a cell's state of another batch": lambda t: t.nn.GRUCell(3, 4)(t.ones(2, 3), t.ones(3, 4)),
    "a cell's state of other features": lambda t: t.nn.GRUCell(3, 4)(t.ones(2, 3), t.ones(2, 5)),
    "a cell's nonlinearity": lambda t: t.nn.RNNCell(3, 4, nonlinearity="x")(t.ones(2, 3)),
    "no sequences": lambda t: t.nn.utils.rnn.pad_sequence([]),
    "another side": lambda t: t.nn.utils.rnn.pad_sequence([t.ones(2)], padding_side="x"),
    "sequences of other features": lambda t: t.nn.utils.rnn.pad_sequence([t.ones(2, 2), t.ones(2, 3)]),
    "attention of vectors": lambda t: t.nn.functional.scaled_dot_product_attention(t.ones(4), t.ones(4), t.ones(4)),
    "attention of other features": lambda t: t.nn.functional.scaled_dot_product_attention(
        t.ones(2, 3, 4), t.ones(2, 5, 3), t.ones(2, 5, 4)
    ),
    "attention of fewer values": lambda t: t.nn.functional.scaled_dot_product_attention(
        t.ones(2, 3, 4), t.ones(2, 5, 4), t.ones(2, 6, 4)
    ),
    "a mask that does not fit": lambda t: t.nn.functional.scaled_dot_product_attention(
        t.ones(2, 3, 4), t.ones(2, 5, 4), t.ones(2, 5, 4), t.zeros(3, 4)
    ),
    "a mask and a causal one": lambda t: t.nn.functional.scaled_dot_product_attention(
        t.ones(2, 3, 4), t.ones(2, 3, 4), t.ones(2, 3, 4), t.zeros(3, 3), is_causal=True
    ),
    "attention of two dtypes": lambda t: t.nn.functional.scaled_dot_product_attention(
        t.ones(2, 3, 4), t.ones(2, 3, 4).double(), t.ones(2, 3, 4)
    ),
    "a mask of integers": lambda t: t.nn.functional.scaled_dot_product_attention(
        t.ones(2, 3, 4), t.ones(2, 3, 4), t.ones(2, 3, 4), t.ones(3, 3).long()
    ),
    "heads that do not divide": lambda t: t.nn.MultiheadAttention(4, 3),
    "no heads": lambda t: t.nn.MultiheadAttention(4, 0),
    "a hint without a mask": lambda t: t.nn.MultiheadAttention(4, 2)(*[t.ones(3, 2, 4)] * 3, is_causal=True),
    "a query of one dimension": lambda t: t.nn.MultiheadAttention(4, 2)(*[t.ones(4)] * 3),
    "a key of another rank": lambda t: t.nn.MultiheadAttention(4, 2)(t.ones(3, 2, 4), t.ones(3, 4), t.ones(3, 4)),
    "a padding of another rank": lambda t: t.nn.MultiheadAttention(4, 2)(
        *[t.ones(3, 2, 4)] * 3, key_padding_mask=t.ones(3)
    ),
    "a mask of another rank": lambda t: t.nn.MultiheadAttention(4, 2)(*[t.ones(3, 2, 4)] * 3, attn_mask=t.ones(3)),
    "a mask of another size": lambda t: t.nn.MultiheadAttention(4, 2)(*[t.ones(3, 2, 4)] * 3, attn_mask=t.ones(3, 4)),
    "a mask for other heads": lambda t: t.nn.MultiheadAttention(4, 2)(
        *[t.ones(3, 2, 4)] * 3, attn_mask=t.ones(2, 3, 3)
    ),
    "a query of other features": lambda t: t.nn.MultiheadAttention(4, 2)(*[t.ones(3, 2, 5)] * 3),
    "values of another length": lambda t: t.nn.MultiheadAttention(4, 2)(
        t.ones(3, 2, 4), t.ones(3, 2, 4), t.ones(5, 2, 4)
    ),
    "an activation": lambda t: t.nn.TransformerEncoderLayer(4, 2, activation="x"),
    "batches that differ": lambda t: t.nn.Transformer(4, 2, 1, 1, 4)(t.ones(3, 2, 4), t.ones(3, 3, 4)),
    "features that differ": lambda t: t.nn.Transformer(4, 2, 1, 1, 4)(t.ones(3, 2, 4), t.ones(3, 2, 5)),
    "a norm of other features": lambda t: t.nn.LayerNorm(4)(t.ones(3, 5)),
}
# Where PyTorch's text names a type or a function of its own: a shared beginning.
BEGINNINGS = {
    "numbers that are none": "Expected tensor for argument #1 'indices' to have one of the following scalar types: ",
    "attention of other features": "",
    "attention of fewer values": "",
    "attention of two dtypes": "Expected query, key, and value to have the same dtype, but got query.dtype: ",
    "a mask of integers": "Expected attn_mask dtype to be bool or float or to match query dtype, but got ",
    "sequences of other features": "",
    "another side": "",
}


def error_of(library: Any, call: Callable[[Any], Any]) -> Exception:
    with pytest.raises(Exception) as caught:  # noqa: PT011 (which one it is, is what is compared)
        call(library)
    return caught.value


@pytest.mark.parametrize("name", ERRORS)
def test_errors_are_of_pytorchs_class_and_begin_with_its_text(name: str) -> None:
    ours, theirs = error_of(tinygrad_opt, ERRORS[name]), error_of(torch, ERRORS[name])
    assert type(ours) is type(theirs)
    expected = BEGINNINGS.get(name, str(theirs.args[0]).rstrip("."))
    assert str(ours.args[0]).startswith(expected)


REFUSALS: dict[str, tuple[Callable[[Any], Any], type[Exception], str]] = {
    "sparse gradients": (lambda t: t.nn.Embedding(3, 2, sparse=True), NotImplementedError, "sparse"),
    "a projection": (lambda t: t.nn.LSTM(3, 4, proj_size=2), NotImplementedError, "proj_size"),
    "a projection in a GRU": (lambda t: t.nn.GRU(3, 4, proj_size=2), TypeError, "proj_size"),
    "fewer keys than heads": (
        lambda t: t.nn.functional.scaled_dot_product_attention(*[t.ones(2, 3, 4)] * 3, enable_gqa=True),
        NotImplementedError,
        "enable_gqa",
    ),
    "packing": (lambda t: t.nn.utils.rnn.pack_padded_sequence(t.ones(3, 2), [2, 1]), NotImplementedError, "packed"),
    "a packed sequence": (lambda t: t.nn.LSTM(3, 4)([t.ones(3)]), TypeError, "pad_sequence"),
    "an input of another dtype": (lambda t: t.nn.GRU(3, 4)(t.ones(5, 2, 3).double()), ValueError, "does not match"),
    "attention of integers": (
        lambda t: t.nn.functional.scaled_dot_product_attention(*[t.ones(2, 3, 4).long()] * 3),
        RuntimeError,
        "floating",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_there_is_not_is_refused_by_name(name: str) -> None:
    call, kind, word = REFUSALS[name]
    error = error_of(tinygrad_opt, call)
    assert type(error) is kind
    assert word in str(error)


def test_dropout_of_one_layer_warns_as_in_pytorch() -> None:
    texts = []
    for library in (tinygrad_opt, torch):
        with pytest.warns(UserWarning, match="dropout option") as caught:
            library.nn.LSTM(3, 4, dropout=0.5)
        texts.append(str(caught[0].message))
    assert texts[0] == texts[1]


def test_a_query_that_may_look_nowhere_gets_weights_of_zero() -> None:
    layer = tinygrad_opt.nn.MultiheadAttention(4, 2, batch_first=True)
    x = tinygrad_opt.ones(1, 2, 4)
    output, weights = layer(x, x, x, key_padding_mask=tinygrad_opt.tensor([[True, True]]))
    assert weights.tolist() == [[[0.0, 0.0], [0.0, 0.0]]]
    np.testing.assert_array_equal(output.detach().numpy()[0, 0], layer.out_proj.bias.detach().numpy())
