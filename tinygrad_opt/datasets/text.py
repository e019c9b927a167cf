"""The characters of a text, as samples for a model that guesses the next one."""

from __future__ import annotations

import os
from collections.abc import Iterable

import numpy as np

from ..autograd.graph import wrap
from ..tensor import Tensor
from ..utils.data.dataset import Dataset


class CharacterText(Dataset[tuple[Tensor, Tensor]]):
    """The text of a file; sample i is (x, y), the `length` characters from i on as numbers, and the same one later.

    `characters` are the distinct ones in order; the number of one is its place there. ValueError if the file is not
    text in UTF-8, or too short for one sample.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "words.txt")
    ...     _ = path.write_text("abracadabra")
    ...     text = torch.datasets.CharacterText(path, length=4)
    >>> text.characters, len(text), text[1]
    ('abcdr', 7, (tensor([1, 4, 0, 2]), tensor([4, 0, 2, 0])))
    >>> text.decode(text.encode("crab"))
    'crab'
    """

    def __init__(self, path: str | os.PathLike[str], length: int) -> None:
        if isinstance(length, bool) or not isinstance(length, int) or length < 1:
            raise ValueError(f"CharacterText: length must be a positive int, got {length!r}")
        with open(path, encoding="utf-8", newline="") as file:
            try:
                text = file.read()
            except UnicodeDecodeError as error:
                raise ValueError(f"CharacterText: {os.fspath(path)!r} is not text in UTF-8: {error}") from None
        if len(text) <= length:
            raise ValueError(
                f"CharacterText: {os.fspath(path)!r} has {len(text)} characters; samples of {length} need {length + 1}"
            )
        self.length = length
        self.characters = "".join(sorted(set(text)))
        self._numbers = {c: i for i, c in enumerate(self.characters)}
        self.data = self.encode(text)

    def encode(self, text: str) -> Tensor:
        """The numbers of the characters; ValueError for one that is not in the file."""
        try:
            return wrap(np.array([self._numbers[c] for c in text], np.int64))
        except KeyError as error:
            raise ValueError(
                f"CharacterText: the character {error} is not in the text; there are {self.characters!r}"
            ) from None

    def decode(self, numbers: Tensor | Iterable[int]) -> str:
        """The characters of these numbers."""
        return "".join(self.characters[i] for i in (numbers.tolist() if isinstance(numbers, Tensor) else numbers))

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        if not -len(self) <= index < len(self):
            raise IndexError(f"CharacterText: there is no sample {index} among {len(self)}")
        start = index % len(self)
        return self.data[start : start + self.length], self.data[start + 1 : start + self.length + 1]

    def __len__(self) -> int:
        return len(self.data) - self.length
