"""A run that is killed, at whatever moment, ends as one that was never stopped."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt import nn, optim
from tinygrad_opt.generator import default_generator
from tinygrad_opt.serialization import UnreadableFileError
from tinygrad_opt.utils.data import DataLoader, TensorDataset

ROOT = Path(__file__).parents[2]


def train(folder: Path, steps: int, every: int = 1, format: str = "npz") -> dict[str, Any]:
    """A run with all that has a state: weights, optimizer, dropout, a shuffled order, a list of losses."""
    torch.manual_seed(0)
    x = torch.randn(20, 3)
    loader = DataLoader(TensorDataset(x, x.sum(1)), 3, shuffle=True)
    model = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Dropout(0.2), nn.Linear(8, 1))
    optimizer = optim.AdamW(model.parameters(), lr=0.01)
    parts = {"model": model, "optimizer": optimizer, "loader": loader}
    checkpoint = torch.Checkpoint(folder, keep=3, every=every, format=format)
    resumed = checkpoint.restore(**parts)
    step, losses = resumed.get("step", 0), resumed.get("losses", [])
    while step < steps:
        for inputs, targets in loader:
            loss = nn.functional.mse_loss(model(inputs).squeeze(1), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
            losses.append(loss.item())
            checkpoint.save(step, losses=losses, **parts)
            if step == steps:
                break
    weights = {name: t.numpy().tobytes() for name, t in model.state_dict().items()}
    return {"step": step, "losses": losses, "weights": weights, "drawn": torch.rand(3).tolist()}


@pytest.mark.parametrize("format", ["npz", "safetensors"])
@pytest.mark.parametrize("stops", [[1], [6, 7, 8], [7], [13, 14, 20], list(range(1, 30))])
def test_a_run_in_pieces_is_bit_equal_to_one_in_one_piece(stops: list[int], format: str, tmp_path: Path) -> None:
    whole = train(tmp_path / "whole", 30, 1, format)
    for stop in stops:
        train(tmp_path / "pieces", stop, 1, format)
    assert train(tmp_path / "pieces", 30, 1, format) == whole


def test_steps_between_checkpoints_are_done_again(tmp_path: Path) -> None:
    whole = train(tmp_path / "whole", 30)
    assert train(tmp_path / "pieces", 18, every=5)["step"] == 18
    assert sorted(os.listdir(tmp_path / "pieces")) == [f"step-{n:09d}.npz" for n in (5, 10, 15)]
    assert train(tmp_path / "pieces", 30, every=5) == whole
    assert torch.Checkpoint(tmp_path / "pieces").steps() == [20, 25, 30]


# Children that save a counter and an array made from it, in a row, each killed while it does; one import serves them
# all. How long they live is measured in saves, so that a slow machine kills as often in the middle of one.
KILLER = """
import os, random, shutil, signal, sys, time
import numpy as np
import tinygrad_opt as torch

folder, kills, format = sys.argv[1], int(sys.argv[2]), sys.argv[3]

def write(end):
    checkpoint = torch.Checkpoint(folder, keep=2, format=format)
    state = checkpoint.restore()
    step = state.get("step", 0)
    x = state.get("x", np.zeros(50_000))
    while step < end:
        step += 1
        x = np.cos(x + step) + torch.rand(1).item()
        checkpoint.save(step, x=x)
    return step, x

write(1)
start = time.perf_counter()
write(11)
save = (time.perf_counter() - start) / 10
shutil.rmtree(folder)
torch.manual_seed(1)
dice, torn = random.Random(2), 0
for _ in range(kills):
    child = os.fork()
    if child == 0:
        write(10**9)
    time.sleep(dice.uniform(0, 6 * save))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    torn += os.path.isdir(folder) and any(name.endswith(".tmp") for name in os.listdir(folder))
reached = max(torch.Checkpoint(folder).steps(), default=0)
step, x = write(reached + 5)
shutil.rmtree(folder)
torch.manual_seed(1)
whole = write(reached + 5)
assert reached > 10 and torn > 3, (reached, torn)
assert whole[0] == step and whole[1].tobytes() == x.tobytes(), "the run in pieces differs"
print("equal after", kills, "kills,", torn, "in the middle of a write, at step", reached)
"""


@pytest.mark.parametrize("format", ["npz", "safetensors"])
def test_a_run_killed_at_random_moments_goes_on_bit_for_bit(format: str, tmp_path: Path) -> None:
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", KILLER, str(tmp_path / "run"), "50", format]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    assert "equal after 50 kills" in run.stdout


def test_damaged_files_are_passed_over_and_named(tmp_path: Path) -> None:
    checkpoint = torch.Checkpoint(tmp_path)
    for step in range(1, 6):
        checkpoint.save(step, a=step * 10)
    assert checkpoint.steps() == [3, 4, 5]
    newest = tmp_path / "step-000000005.npz"
    newest.write_bytes(newest.read_bytes()[:-100])
    with pytest.warns(UserWarning, match=r"passed over: cannot load .*step-000000005\.npz"):
        assert checkpoint.restore() == {"step": 4, "a": 40}
    for step in (3, 4):
        (tmp_path / f"step-{step:09d}.npz").write_bytes(b"")
    before = default_generator.get_state()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(UnreadableFileError, match=r"is intact: .*000005.*000004.*000003.*it is empty"):
            checkpoint.restore()
    assert (default_generator.get_state() == before).all()


def test_what_a_killed_writer_left_is_cleared_away_and_foreign_files_stay(tmp_path: Path) -> None:
    for name in (".step-000000001.npz.abcd1234.tmp", "notes.txt", "step-x.npz"):
        (tmp_path / name).write_text("x")
    checkpoint = torch.Checkpoint(tmp_path)
    assert checkpoint.restore() == {}
    checkpoint.save(2, a=1)
    assert sorted(os.listdir(tmp_path)) == ["notes.txt", "step-000000002.npz", "step-x.npz"]


def test_the_default_generator_and_generators_go_back(tmp_path: Path) -> None:
    checkpoint, own = torch.Checkpoint(tmp_path), torch.Generator().manual_seed(4)
    torch.manual_seed(3)
    torch.rand(2)
    checkpoint.save(0, own=own)
    drawn = torch.rand(3).tolist(), torch.rand(3, generator=own).tolist()
    torch.manual_seed(9)
    other = torch.Generator()
    assert checkpoint.restore(own=other)["step"] == 0
    assert (torch.rand(3).tolist(), torch.rand(3, generator=other).tolist()) == drawn


def test_bad_arguments_are_refused_before_anything_changes(tmp_path: Path) -> None:
    for options in ({"keep": 0}, {"every": 0}, {"every": 1.5}, {"keep": True}, {"format": "pt"}):
        with pytest.raises(ValueError, match=f"{next(iter(options))} must be"):
            torch.Checkpoint(tmp_path / "x", **options)  # type: ignore[arg-type]
    assert not (tmp_path / "x").exists()
    checkpoint, model = torch.Checkpoint(tmp_path), nn.Linear(1, 1)
    with pytest.raises(ValueError, match="not be negative; got -1"):
        checkpoint.save(-1)
    with pytest.raises(TypeError, match=r"a object at 'parts\.a'"):
        checkpoint.save(1, a=object())
    assert checkpoint.steps() == []
    checkpoint.save(1, a=np.ones(1))
    weights = model.weight.tolist()
    with pytest.raises(KeyError, match=r"has no \['model'\]; saved were \['a'\]"):
        checkpoint.restore(model=model)
    assert model.weight.tolist() == weights
