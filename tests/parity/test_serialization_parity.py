"""Weights travel between PyTorch and here as .safetensors, by name and bit for bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import tinygrad_opt
from tinygrad_opt.serialization import UnreadableFileError

torch = pytest.importorskip("torch")
safetensors_torch = pytest.importorskip("safetensors.torch")


def models() -> tuple[tinygrad_opt.nn.Module, torch.nn.Module]:
    return tuple(  # type: ignore[return-value]  # one of each library
        t.nn.Sequential(t.nn.Linear(3, 4), t.nn.ReLU(), t.nn.Linear(4, 2, bias=False)) for t in (tinygrad_opt, torch)
    )


@pytest.mark.parametrize("metadata", [None, {"format": "pt"}, {"format": "pt", "from": "elsewhere"}])
def test_pytorchs_weights_load_here(metadata: dict[str, str] | None, tmp_path: Path) -> None:
    ours, theirs = models()
    safetensors_torch.save_file(theirs.state_dict(), tmp_path / "x.safetensors", metadata)
    ours.load_state_dict(tinygrad_opt.load(tmp_path / "x.safetensors"))
    for name, t in theirs.state_dict().items():
        assert (ours.state_dict()[name].numpy() == t.numpy()).all()
    x = np.ones((2, 3), np.float32)
    np.testing.assert_allclose(
        ours(tinygrad_opt.tensor(x)).detach().numpy(), theirs(torch.tensor(x)).detach().numpy(), rtol=1e-5, atol=1e-6
    )


def test_our_weights_load_in_pytorch(tmp_path: Path) -> None:
    ours, theirs = models()
    tinygrad_opt.save(ours.state_dict(), tmp_path / "x.safetensors")
    theirs.load_state_dict(safetensors_torch.load_file(tmp_path / "x.safetensors"))
    for name, t in theirs.state_dict().items():
        assert (ours.state_dict()[name].numpy() == t.numpy()).all()


def test_transposed_weights_arrive_as_they_are(tmp_path: Path) -> None:
    w = tinygrad_opt.randn(5, 7)
    tinygrad_opt.save({"w": w.T, "v": w[:, ::2]}, tmp_path / "x.safetensors")
    loaded = safetensors_torch.load_file(tmp_path / "x.safetensors")
    assert (loaded["w"].numpy() == w.numpy().T).all()
    assert (loaded["v"].numpy() == w.numpy()[:, ::2]).all()


def test_every_dtype_arrives(tmp_path: Path) -> None:
    dtypes = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]
    theirs = {d: torch.tensor([[0, 1], [2, 3]]).to(getattr(torch, d)) for d in dtypes}
    safetensors_torch.save_file(theirs, tmp_path / "x.safetensors")
    ours = tinygrad_opt.load(tmp_path / "x.safetensors")
    assert {*ours} == {*dtypes}
    for d in dtypes:
        assert ours[d].dtype == getattr(tinygrad_opt, d)
        assert (ours[d].numpy() == theirs[d].numpy()).all()
    tinygrad_opt.save(ours, tmp_path / "back.safetensors")
    back = safetensors_torch.load_file(tmp_path / "back.safetensors")
    assert all(back[d].dtype == theirs[d].dtype and (back[d] == theirs[d]).all() for d in dtypes)


def test_bfloat16_becomes_float32(tmp_path: Path) -> None:
    values = torch.tensor([1.5, -0.0, float("inf"), 3.140625, 1e-40]).bfloat16()
    safetensors_torch.save_file({"w": values}, tmp_path / "x.safetensors")
    ours = tinygrad_opt.load(tmp_path / "x.safetensors")["w"]
    assert ours.dtype == tinygrad_opt.float32
    assert (ours.numpy().view(np.int32) == values.float().numpy().view(np.int32)).all()


@pytest.mark.parametrize("ending", ["npz", "safetensors"])
def test_pytorchs_pickles_are_refused(ending: str, tmp_path: Path) -> None:
    torch.save({"w": torch.ones(2)}, tmp_path / f"x.{ending}")
    with pytest.raises(UnreadableFileError, match=r"cannot load .*x\."):
        tinygrad_opt.load(tmp_path / f"x.{ending}")
