"""Checkpoint: a run that was killed goes on from its newest intact state."""

from __future__ import annotations

import os
import re
import warnings
from typing import Any

from ..generator import Generator, default_generator
from .files import UnreadableFileError, load, save


class Checkpoint:
    """The last states of a run, as files in the folder `dir`, which is made if it is not there.

    Args:
        dir: the folder, of this run alone.
        keep: how many states stay; older ones are removed.
        every: `save` writes at steps that this divides, and does nothing at others.
        format: "npz", or "safetensors", which needs the package of that name.

    What is saved beside the default random generator are the objects that the caller names, by their state_dict(), and
    plain values. A run resumed from any of the states is bit-equal to one that was never stopped.

    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> model = torch.nn.Linear(1, 1)
    >>> optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    >>> checkpoint = torch.Checkpoint(folder.name, keep=2, every=10)
    >>> resumed = checkpoint.restore(model=model, optimizer=optimizer)
    >>> for step in range(resumed.get("step", 0), 35):
    ...     model(torch.ones(1, 1)).sum().backward()
    ...     optimizer.step()
    ...     checkpoint.save(step + 1, model=model, optimizer=optimizer, note="after so many steps")
    >>> checkpoint.restore(model=model, optimizer=optimizer)["step"], checkpoint.steps()
    (30, [20, 30])
    >>> folder.cleanup()
    """

    def __init__(self, dir: str | os.PathLike[str], keep: int = 3, every: int = 1, format: str = "npz") -> None:
        for name, value in (("keep", keep), ("every", every)):
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ValueError(f"Checkpoint: {name} must be a positive int, got {value!r}")
        if format not in ("npz", "safetensors"):
            raise ValueError(f"Checkpoint: format must be 'npz' or 'safetensors', got {format!r}")
        self.dir = os.fspath(dir)
        self.keep = keep
        self.every = every
        self.format = format
        os.makedirs(self.dir, exist_ok=True)

    def steps(self) -> list[int]:
        """The steps of which there is a file, in order."""
        return sorted(self._files())

    def save(self, step: int, **parts: Any) -> None:
        """Write the state after `step` steps, if `every` divides it: objects with a state_dict(), and plain values.

        TypeError for what `torch.save` cannot save; nothing is written then.
        """
        if step < 0 or "step" in parts:
            raise ValueError(f"Checkpoint: step must be given once, and not be negative; got {step}")
        if step % self.every:
            return
        state = {"step": step, "default_generator": default_generator.get_state(), "parts": parts}
        save(state, os.path.join(self.dir, f"step-{step:09d}.{self.format}"))
        files = self._files()
        for old in sorted(files)[: -self.keep]:
            os.unlink(files[old])
        for name in os.listdir(self.dir):
            if re.fullmatch(r"\.step-.*\.tmp", name):  # of a run that was killed while it wrote
                os.unlink(os.path.join(self.dir, name))

    def restore(self, **objects: Any) -> dict[str, Any]:
        """Load the newest intact state into `objects` and the default generator; return "step" and all that was saved.

        An empty dict if nothing was saved yet. A file that is damaged is passed over with a warning;
        UnreadableFileError if every one is. KeyError, before anything is changed, if an object was not saved.
        """
        files = self._files()
        damaged = []
        for step in sorted(files, reverse=True):
            try:
                state = load(files[step])
                break
            except UnreadableFileError as error:
                damaged.append(str(error))
                warnings.warn(f"Checkpoint: passed over: {error}", stacklevel=2)
        else:
            if damaged:
                raise UnreadableFileError(f"Checkpoint: no file in {self.dir!r} is intact: {'; '.join(damaged)}")
            return {}
        parts = state["parts"]
        missing = [name for name in objects if name not in parts]
        if missing:
            raise KeyError(f"Checkpoint: {files[step]!r} has no {missing}; saved were {[*parts]}")
        for name, thing in objects.items():
            if isinstance(thing, Generator):
                thing.set_state(parts[name])
            else:
                thing.load_state_dict(parts[name])
        default_generator.set_state(state["default_generator"])
        return {"step": state["step"], **parts}

    def _files(self) -> dict[int, str]:
        found = {}
        for name in os.listdir(self.dir):
            if match := re.fullmatch(r"step-(\d+)\.(npz|safetensors)", name):
                found[int(match[1])] = os.path.join(self.dir, name)
        return found
