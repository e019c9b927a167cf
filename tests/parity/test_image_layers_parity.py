"""Convolution, pooling, normalisation and resizing layers give PyTorch's numbers, statistics, texts and errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_opt

torch = pytest.importorskip("torch")

Array = np.ndarray[Any, Any]
Maker = Callable[[Any], Any]
rng = np.random.default_rng(5)
pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning")


def normal(*shape: int) -> Array:
    return rng.normal(size=shape)


LINE, IMAGES, VOLUMES = normal(4, 6, 9), normal(4, 6, 8, 7), normal(2, 6, 4, 5, 6)
LAYERS: dict[str, tuple[Maker, Array]] = {}


def layer(array: Array, make: Maker) -> None:
    LAYERS[f"{make(torch.nn)!r} of {list(array.shape)} {len(LAYERS)}"] = make, array


for d, x in enumerate([LINE, IMAGES, VOLUMES], start=1):

    def of(nn: Any, name: str, d: int = d) -> Any:
        return getattr(nn, f"{name}{d}d")

    for array in (x, x[0]):
        layer(array, lambda nn, of=of: of(nn, "Conv")(6, 4, 3))
        layer(array, lambda nn, of=of: of(nn, "Conv")(6, 4, 3, stride=2, padding=1, bias=False))
        layer(array, lambda nn, of=of: of(nn, "Conv")(6, 4, 2, groups=2, dilation=2))
        layer(array, lambda nn, of=of: of(nn, "Conv")(6, 4, 2, padding="same"))
        layer(array, lambda nn, of=of: of(nn, "Conv")(6, 4, 3, padding="valid"))
        for mode in ["reflect", "replicate", "circular"]:
            layer(array, lambda nn, of=of, mode=mode: of(nn, "Conv")(6, 4, 3, padding=2, padding_mode=mode))
            layer(array, lambda nn, of=of, mode=mode: of(nn, "Conv")(6, 4, 2, padding="same", padding_mode=mode))
        layer(array, lambda nn, of=of: of(nn, "ConvTranspose")(6, 4, 3))
        layer(array, lambda nn, of=of: of(nn, "ConvTranspose")(6, 4, 3, 2, 1, 1, groups=2, bias=False, dilation=2))
        layer(array, lambda nn, of=of: of(nn, "MaxPool")(2))
        layer(array, lambda nn, of=of: of(nn, "MaxPool")(3, 2, padding=1, ceil_mode=True))
        layer(array, lambda nn, of=of: of(nn, "AvgPool")(2))
        layer(array, lambda nn, of=of: of(nn, "AvgPool")(3, 2, padding=1, ceil_mode=True, count_include_pad=False))
        layer(array, lambda nn, of=of: of(nn, "AdaptiveAvgPool")(3))
        layer(array, lambda nn, of=of: of(nn, "AdaptiveMaxPool")(2))
        layer(array, lambda nn, of=of: of(nn, "InstanceNorm")(6))
        layer(array, lambda nn, of=of: of(nn, "InstanceNorm")(6, affine=True, track_running_stats=True))
        layer(array, lambda nn, of=of: of(nn, "InstanceNorm")(6, track_running_stats=True).eval())
        layer(array, lambda nn, of=of: of(nn, "ZeroPad")(2))
        layer(array, lambda nn, of=of: of(nn, "ConstantPad")(1, 3.5))
        for mode in ["Reflection", "Replication", "Circular"]:
            layer(array, lambda nn, of=of, mode=mode: of(nn, f"{mode}Pad")(1))
    layer(x, lambda nn, of=of: of(nn, "BatchNorm")(6))
    layer(x, lambda nn, of=of: of(nn, "BatchNorm")(6, eps=0.1, momentum=None))
    layer(x, lambda nn, of=of: of(nn, "BatchNorm")(6, momentum=0.5, affine=False))
    layer(x, lambda nn, of=of: of(nn, "BatchNorm")(6, track_running_stats=False).eval())
    layer(x, lambda nn, of=of: of(nn, "BatchNorm")(6, bias=False))
    layer(x, lambda nn, of=of: of(nn, "BatchNorm")(6).eval())
    layer(x, lambda nn: nn.GroupNorm(3, 6))
    layer(x, lambda nn: nn.GroupNorm(2, 6, affine=False))
    layer(x, lambda nn: nn.GroupNorm(2, 6, bias=False))
    layer(x, lambda nn: nn.Upsample(scale_factor=2))
    layer(x, lambda nn, d=d: nn.Upsample(7, mode=["linear", "bilinear", "trilinear"][d - 1], align_corners=True))
layer(normal(5, 6), lambda nn: nn.BatchNorm1d(6))
layer(LINE, lambda nn: nn.LayerNorm(9))
layer(LINE, lambda nn: nn.LayerNorm((6, 9), bias=False))
layer(LINE, lambda nn: nn.LayerNorm([6, 9], elementwise_affine=False))
layer(LINE, lambda nn: nn.RMSNorm(9))
layer(LINE, lambda nn: nn.RMSNorm((6, 9), eps=0.1, elementwise_affine=False))
layer(IMAGES, lambda nn: nn.AvgPool2d((3, 2), stride=(1, 2), divisor_override=5))
layer(IMAGES, lambda nn: nn.AdaptiveAvgPool2d((None, 3)))
layer(IMAGES, lambda nn: nn.ZeroPad2d((1, -1, 2, 0)))
layer(IMAGES, lambda nn: nn.Unfold(3, padding=1, stride=2))
layer(normal(2, 12, 6), lambda nn: nn.Fold((3, 4), kernel_size=2))
layer(normal(2, 8, 3, 3), lambda nn: nn.PixelShuffle(2))
layer(normal(2, 2, 4, 6), lambda nn: nn.PixelUnshuffle(2))
layer(IMAGES, lambda nn: nn.Upsample(scale_factor=(2, 1.5), mode="bilinear"))
layer(
    normal(2, 1, 12, 12),
    lambda nn: nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 3, 3), nn.Flatten()
    ),
)


def pair(make: Maker) -> tuple[Any, Any]:
    """The layer in both libraries, in double precision, with PyTorch's weights."""
    ours, theirs = make(tinygrad_opt.nn).double(), make(torch.nn).double()
    for p in theirs.parameters():
        p.data = p.data + torch.from_numpy(rng.normal(size=tuple(p.shape)))  # weights of 1 would hide what they do
    ours.load_state_dict({key: value.numpy() for key, value in theirs.state_dict().items()})
    return ours, theirs


def assert_close(a: Any, b: Any) -> None:
    a, b = a.detach().numpy(), b.detach().numpy()
    assert (a.shape, a.dtype) == (b.shape, b.dtype)
    np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("name", LAYERS)
def test_outputs_gradients_and_running_statistics_are_pytorchs(name: str) -> None:
    make, array = LAYERS[name]
    ours, theirs = pair(make)
    for _ in range(3):  # so that running statistics run
        inputs = [library.tensor(array).requires_grad_() for library in (tinygrad_opt, torch)]
        ys = [module(x) for module, x in zip((ours, theirs), inputs, strict=True)]
        assert_close(*ys)
        weights = rng.normal(size=ys[0].shape)
        for y, library in zip(ys, (tinygrad_opt, torch), strict=True):
            y.backward(library.tensor(weights))
        assert_close(inputs[0].grad, inputs[1].grad)
    mine, other = dict(ours.named_parameters()), dict(theirs.named_parameters())
    for key in other:
        assert_close(mine[key].grad, other[key].grad)
    state, expected = ours.state_dict(), theirs.state_dict()
    for key in expected:
        assert_close(state[key], expected[key])
    assert_close(ours.eval()(tinygrad_opt.tensor(array)), theirs.eval()(torch.tensor(array)))


@pytest.mark.parametrize("name", LAYERS)
def test_reprs_state_dicts_and_first_values_are_pytorchs(name: str) -> None:
    make, _ = LAYERS[name]
    tinygrad_opt.manual_seed(11)
    torch.manual_seed(11)
    ours, theirs = make(tinygrad_opt.nn), make(torch.nn)
    assert repr(ours) == repr(theirs)
    mine, other = ours.state_dict(), theirs.state_dict()
    assert list(mine) == list(other)
    for key in other:
        np.testing.assert_array_equal(mine[key].numpy(), other[key].numpy(), strict=True)


def test_pooling_layers_return_positions_too() -> None:
    for make in [
        lambda nn: nn.MaxPool2d(2, return_indices=True),
        lambda nn: nn.AdaptiveMaxPool2d(3, return_indices=True),
    ]:
        ours, theirs = make(tinygrad_opt.nn)(tinygrad_opt.tensor(IMAGES)), make(torch.nn)(torch.tensor(IMAGES))
        assert isinstance(ours, tuple)
        for a, b in zip(ours, theirs, strict=True):
            assert_close(a, b)


@pytest.mark.parametrize("size", [(16, 15), (15, 15), (4, 4, 16, 15)])
def test_a_transposed_convolution_makes_the_size_it_is_asked_for(size: tuple[int, ...]) -> None:
    ours, theirs = pair(lambda nn: nn.ConvTranspose2d(6, 4, 3, stride=2, padding=1))
    x = normal(4, 6, 8, 8)
    assert_close(ours(tinygrad_opt.tensor(x), output_size=size), theirs(torch.tensor(x), output_size=size))


def test_running_statistics_are_pytorchs_in_single_precision_too() -> None:
    x = IMAGES.astype(np.float32)
    ours, theirs = tinygrad_opt.nn.BatchNorm2d(6), torch.nn.BatchNorm2d(6)
    for _ in range(3):
        y, z = ours(tinygrad_opt.tensor(x)), theirs(torch.tensor(x))
    assert y.dtype == ours.running_var.dtype == np.float32
    np.testing.assert_allclose(y.detach().numpy(), z.detach().numpy(), rtol=1e-4, atol=1e-5)
    for key, value in theirs.state_dict().items():
        np.testing.assert_allclose(ours.state_dict()[key].numpy(), value.numpy(), rtol=1e-5, atol=1e-6)


# ---- errors ---------------------------------------------------------------------------------------------------------

Call = Callable[[Any, Any], Any]
ERRORS: dict[str, Call] = {
    "conv of a matrix": lambda t, f: f.conv2d(t.ones(2, 3), t.ones(1, 3, 3, 3)),
    "conv of too many dimensions": lambda t, f: f.conv1d(t.ones(2, 3, 5, 5, 5), t.ones(1, 3, 3)),
    "conv of other channels": lambda t, f: f.conv2d(t.ones(1, 2, 5, 5), t.ones(1, 3, 3, 3)),
    "a layer of other channels": lambda t, f: t.nn.Conv2d(3, 1, 3)(t.ones(1, 2, 5, 5)),
    "conv with too large a kernel": lambda t, f: f.conv2d(t.ones(1, 3, 2, 2), t.ones(1, 3, 3, 3)),
    "conv of stride 0": lambda t, f: f.conv2d(t.ones(1, 3, 5, 5), t.ones(1, 3, 3, 3), stride=0),
    "conv of padding -1": lambda t, f: f.conv2d(t.ones(1, 3, 5, 5), t.ones(1, 3, 3, 3), padding=-1),
    "conv of dilation 0": lambda t, f: f.conv2d(t.ones(1, 3, 5, 5), t.ones(1, 3, 3, 3), dilation=0),
    "conv of groups that do not divide": lambda t, f: f.conv2d(t.ones(1, 4, 5, 5), t.ones(3, 2, 3, 3), groups=2),
    "conv of groups 0": lambda t, f: f.conv2d(t.ones(1, 4, 5, 5), t.ones(4, 2, 3, 3), groups=0),
    "conv with another bias": lambda t, f: f.conv2d(t.ones(1, 3, 5, 5), t.ones(2, 3, 3, 3), t.ones(3)),
    "same and strided": lambda t, f: f.conv2d(t.ones(1, 3, 5, 5), t.ones(2, 3, 3, 3), padding="same", stride=2),
    "another padding": lambda t, f: f.conv2d(t.ones(1, 3, 5, 5), t.ones(2, 3, 3, 3), padding="foo"),
    "three strides": lambda t, f: f.conv2d(t.ones(1, 3, 5, 5), t.ones(2, 3, 3, 3), stride=(1, 2, 3)),
    "a layer of same and strided": lambda t, f: t.nn.Conv2d(3, 4, 3, padding="same", stride=2),
    "a layer of groups that do not divide": lambda t, f: t.nn.Conv2d(3, 4, 3, groups=2),
    "a layer of groups that do not divide out": lambda t, f: t.nn.Conv2d(4, 3, 3, groups=2),
    "a layer of groups 0": lambda t, f: t.nn.Conv2d(4, 3, 3, groups=0),
    "a transposed layer that reflects": lambda t, f: t.nn.ConvTranspose2d(4, 3, 3, padding_mode="reflect"),
    "transposed of other channels": lambda t, f: f.conv_transpose2d(t.ones(1, 3, 5, 5), t.ones(2, 3, 3, 3)),
    "transposed of another bias": lambda t, f: f.conv_transpose2d(t.ones(1, 2, 5, 5), t.ones(2, 3, 3, 3), t.ones(2)),
    "transposed of nothing left": lambda t, f: f.conv_transpose2d(t.ones(1, 2, 1, 1), t.ones(2, 3, 3, 3), padding=3),
    "a size out of reach": lambda t, f: t.nn.ConvTranspose2d(2, 3, 3, stride=2)(t.ones(1, 2, 4, 4), output_size=(8, 8)),
    "unfold with too large a kernel": lambda t, f: f.unfold(t.ones(1, 2, 3, 3), 4),
    "fold of other channels": lambda t, f: f.fold(t.ones(1, 5, 4), (3, 3), 2),
    "fold of other columns": lambda t, f: f.fold(t.ones(1, 4, 5), (3, 3), 2),
    "batch norm of one value": lambda t, f: t.nn.BatchNorm1d(3)(t.ones(1, 3)),
    "batch norm of one pixel": lambda t, f: t.nn.BatchNorm2d(3)(t.ones(1, 3, 1, 1)),
    "batch norm of another rank": lambda t, f: t.nn.BatchNorm2d(3)(t.ones(4, 3)),
    "batch norm of a vector": lambda t, f: t.nn.BatchNorm1d(3)(t.ones(3)),
    "batch norm of other channels": lambda t, f: t.nn.BatchNorm2d(3)(t.ones(4, 2, 2, 2)),
    "batch norm of nothing known": lambda t, f: f.batch_norm(t.ones(4, 3), None, None),
    "batch norm without a variance": lambda t, f: f.batch_norm(t.ones(4, 3), t.ones(3), None),
    "batch norm with half of the statistics": lambda t, f: f.batch_norm(t.ones(4, 3), t.ones(3), None, training=True),
    "batch norm with another weight": lambda t, f: f.batch_norm(t.ones(4, 3), t.ones(3), t.ones(3), t.ones(2)),
    "batch norm with another bias": lambda t, f: f.batch_norm(t.ones(4, 3), t.ones(3), t.ones(3), bias=t.ones(2)),
    "layer norm of another shape": lambda t, f: f.layer_norm(t.ones(4, 3), (2,)),
    "layer norm over nothing": lambda t, f: f.layer_norm(t.ones(4, 3), ()),
    "layer norm with another weight": lambda t, f: f.layer_norm(t.ones(4, 3), (3,), t.ones(2)),
    "layer norm with another bias": lambda t, f: f.layer_norm(t.ones(4, 3), (3,), None, t.ones(2)),
    "rms norm with another weight": lambda t, f: f.rms_norm(t.ones(4, 3), (3,), t.ones(2)),
    "group norm that does not divide": lambda t, f: f.group_norm(t.ones(4, 3), 2),
    "group norm of a vector": lambda t, f: f.group_norm(t.ones(4), 2),
    "group norm with another weight": lambda t, f: f.group_norm(t.ones(4, 4), 2, t.ones(2)),
    "a group norm that does not divide": lambda t, f: t.nn.GroupNorm(2, 3),
    "instance norm of one element": lambda t, f: t.nn.InstanceNorm1d(3)(t.ones(4, 3, 1)),
    "instance norm of another rank": lambda t, f: t.nn.InstanceNorm2d(3)(t.ones(4, 3)),
    "instance norm of other channels": lambda t, f: t.nn.InstanceNorm2d(3, affine=True)(t.ones(4, 2, 4, 4)),
    "instance norm of nothing known": lambda t, f: f.instance_norm(t.ones(4, 3, 4), use_input_stats=False),
    "reflect of a vector": lambda t, f: f.pad(t.ones(4), (1, 1), "reflect"),
    "reflect too far": lambda t, f: f.pad(t.ones(1, 4), (4, 1), "reflect"),
    "circular too far": lambda t, f: f.pad(t.ones(1, 4), (5, 1), "circular"),
    "another mode of pad": lambda t, f: f.pad(t.ones(1, 4), (5, 1), "foo"),
    "reflect with a value": lambda t, f: f.pad(t.ones(1, 4), (1, 1), "reflect", 1.0),
    "reflect of the wrong rank": lambda t, f: f.pad(t.ones(1, 4, 4, 4), (1, 1), "reflect"),
    "half a pair": lambda t, f: f.pad(t.ones(1, 4), (1,), "reflect"),
    "a reflection layer of a matrix": lambda t, f: t.nn.ReflectionPad2d(1)(t.ones(4, 4)),
    "shuffle that does not divide": lambda t, f: f.pixel_shuffle(t.ones(3, 4, 4), 2),
    "shuffle of a matrix": lambda t, f: f.pixel_shuffle(t.ones(4, 4), 2),
    "shuffle by 0": lambda t, f: f.pixel_shuffle(t.ones(4, 4, 4), 0),
    "unshuffle that does not divide": lambda t, f: f.pixel_unshuffle(t.ones(3, 5, 4), 2),
    "unshuffle by 0": lambda t, f: f.pixel_unshuffle(t.ones(4, 4, 4), 0),
    "bilinear of a line": lambda t, f: f.interpolate(t.ones(1, 1, 4), 8, mode="bilinear"),
    "interpolate to nothing known": lambda t, f: f.interpolate(t.ones(1, 1, 4)),
    "interpolate to size and factor": lambda t, f: f.interpolate(t.ones(1, 1, 4), 8, 2.0),
    "interpolate to another rank": lambda t, f: f.interpolate(t.ones(1, 1, 4), (8, 8)),
    "interpolate by another rank": lambda t, f: f.interpolate(t.ones(1, 1, 4, 4), scale_factor=(2.0,)),
    "interpolate to a size again": lambda t, f: f.interpolate(t.ones(1, 1, 4), 8, recompute_scale_factor=True),
}
# Those of which PyTorch's text names something that we do not have, or differs from kernel to kernel: the class alone.
CLASSES: dict[str, Call] = {
    "conv of two dtypes": lambda t, f: f.conv2d(t.ones(1, 3, 5, 5).double(), t.ones(2, 3, 3, 3)),
    "conv of a list": lambda t, f: f.conv2d([1.0], t.ones(2, 3, 3, 3)),
    "conv of stride 1.5": lambda t, f: f.conv2d(t.ones(1, 3, 5, 5), t.ones(2, 3, 3, 3), stride=1.5),
    "conv with a bias of another dtype": lambda t, f: f.conv2d(
        t.ones(1, 3, 5, 5), t.ones(2, 3, 3, 3), t.ones(2).double()
    ),
    "another padding of a layer": lambda t, f: t.nn.Conv2d(3, 4, 3, padding="foo"),
    "another mode of a layer": lambda t, f: t.nn.Conv2d(3, 4, 3, padding_mode="foo"),
    "output padding as large as the stride": lambda t, f: f.conv_transpose2d(
        t.ones(1, 2, 5, 5), t.ones(2, 3, 3, 3), output_padding=1
    ),
    "max pool with much padding": lambda t, f: f.max_pool2d(t.ones(1, 4, 4), 2, padding=2),
    "max pool of a matrix": lambda t, f: f.max_pool2d(t.ones(4, 4), 2),
    "max pool with too large a kernel": lambda t, f: f.max_pool2d(t.ones(1, 4, 4), 5),
    "max pool of stride 0": lambda t, f: f.max_pool2d(t.ones(1, 4, 4), 2, stride=0),
    "max pool of size 0": lambda t, f: f.max_pool2d(t.ones(1, 4, 4), 0),
    "max pool of three sizes": lambda t, f: f.max_pool2d(t.ones(1, 4, 4), (2, 2, 2)),
    "max pool of no channels": lambda t, f: f.max_pool2d(t.ones(3, 0, 4, 4), 2),
    "max pool of dilation 0": lambda t, f: f.max_pool2d(t.ones(1, 4, 4), 2, dilation=0),
    "max pool of a vector": lambda t, f: f.max_pool1d(t.ones(4), 2),
    "max pool of integers": lambda t, f: f.max_pool1d(t.ones(1, 4).long(), 2),
    "avg pool with much padding": lambda t, f: f.avg_pool2d(t.ones(1, 4, 4), 2, padding=2),
    "avg pool with too large a kernel": lambda t, f: f.avg_pool2d(t.ones(1, 4, 4), 5),
    "avg pool by 0": lambda t, f: f.avg_pool2d(t.ones(1, 4, 4), 2, divisor_override=0),
    "avg pool of a vector": lambda t, f: f.avg_pool1d(t.ones(4), 2),
    "adaptive pool of a matrix": lambda t, f: f.adaptive_avg_pool2d(t.ones(4, 4), 2),
    "adaptive pool of three sizes": lambda t, f: f.adaptive_avg_pool2d(t.ones(1, 4, 4), (2, 2, 2)),
    "adaptive pool of integers": lambda t, f: f.adaptive_avg_pool2d(t.ones(1, 4, 4).long(), 2),
    "adaptive pool to -1": lambda t, f: f.adaptive_avg_pool2d(t.ones(1, 4, 4), -1),
    "adaptive max pool of a matrix": lambda t, f: f.adaptive_max_pool2d(t.ones(4, 4), 2),
    "adaptive max pool to -1": lambda t, f: f.adaptive_max_pool2d(t.ones(1, 4, 4), -1),
    "batch norm of a vector of numbers": lambda t, f: f.batch_norm(t.ones(4), None, None, training=True),
    "batch norm of integers": lambda t, f: f.batch_norm(t.ones(4, 3).long(), None, None, training=True),
    "batch norm of running means to be learnt": lambda t, f: f.batch_norm(
        t.ones(4, 3), t.ones(3).requires_grad_(), t.ones(3), training=True
    ),
    "layer norm of integers": lambda t, f: f.layer_norm(t.ones(4, 3).long(), (3,)),
    "layer norm of two dtypes": lambda t, f: f.layer_norm(t.ones(4, 3).double(), (3,), t.ones(3)),
    "layer norm over a number": lambda t, f: f.layer_norm(t.ones(4, 3), 3),
    "rms norm of another shape": lambda t, f: f.rms_norm(t.ones(4, 3), (2,)),
    "group norm of one value": lambda t, f: f.group_norm(t.ones(1, 2, 1), 2),
    "group norm of integers": lambda t, f: f.group_norm(t.ones(4, 4).long(), 2),
    "instance norm of other weights": lambda t, f: f.instance_norm(t.ones(3, 4, 5), weight=t.ones(2)),
    "replicate of nothing": lambda t, f: f.pad(t.ones(1, 0), (1, 1), "replicate"),
    "nothing left of replicate": lambda t, f: f.pad(t.ones(1, 4), (-2, -3), "replicate"),
    "another mode of interpolate": lambda t, f: f.interpolate(t.ones(1, 1, 4), 8, mode="foo"),
    "interpolate to nothing": lambda t, f: f.interpolate(t.ones(1, 1, 4), 0),
    "interpolate of integers": lambda t, f: f.interpolate(t.ones(1, 1, 4).long(), 8),
    "interpolate of a matrix": lambda t, f: f.interpolate(t.ones(1, 4), 8),
    "corners of nearest": lambda t, f: f.interpolate(t.ones(1, 1, 4), 8, align_corners=True),
}


def error_of(library: Any, call: Call) -> Exception:
    with pytest.raises(Exception) as caught:  # noqa: PT011 (which one it is, is what is compared)
        call(library, library.nn.functional)
    return caught.value


@pytest.mark.parametrize("name", ERRORS)
def test_errors_are_of_pytorchs_class_and_begin_with_its_text(name: str) -> None:
    ours, theirs = error_of(tinygrad_opt, ERRORS[name]), error_of(torch, ERRORS[name])
    assert type(ours) is type(theirs)
    assert str(ours).startswith(str(theirs).splitlines()[0].rstrip("."))


@pytest.mark.parametrize("name", CLASSES)
def test_errors_are_of_pytorchs_class(name: str) -> None:
    ours, theirs = error_of(tinygrad_opt, CLASSES[name]), error_of(torch, CLASSES[name])
    assert type(ours) is type(theirs)
    assert len(str(ours)) > 20


def test_a_batch_that_is_refused_changes_no_statistics() -> None:
    layer = tinygrad_opt.nn.BatchNorm1d(3)
    before = {key: value.clone() for key, value in layer.state_dict().items()}
    for bad in [tinygrad_opt.ones(1, 3), tinygrad_opt.ones(4, 2), tinygrad_opt.ones(4, 3).double()]:
        with pytest.raises((ValueError, RuntimeError)):
            layer(bad)
    for key, value in layer.state_dict().items():
        assert value.tolist() == before[key].tolist()
