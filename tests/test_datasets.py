"""Data as it is where it comes from, and errors that name the line and the column."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import datasets as sklearn_datasets
from sklearn.preprocessing import StandardScaler

import tinygrad_opt as torch
from tinygrad_opt import datasets
from tinygrad_opt.datasets import CharacterText, from_csv, standardize, train_test_split


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("name", ["digits", "breast_cancer", "wine", "iris", "diabetes"])
def test_tables_are_scikit_learns(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = getattr(datasets, name)()
    expected_x, expected_y = getattr(sklearn_datasets, f"load_{name}")(return_X_y=True)
    assert (x.dtype, y.dtype) == (torch.float32, torch.float32 if name == "diabetes" else torch.int64)
    assert (x.numpy() == expected_x.astype(np.float32)).all()
    assert (y.numpy() == expected_y).all()
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(ImportError, match=f"{name} comes with scikit-learn: pip install scikit-learn"):
        getattr(datasets, name)()


@pytest.mark.parametrize("n", [1, 2, 7, 100])
def test_moons_and_circles_are_scikit_learns(n: int) -> None:
    for ours, theirs in (
        (datasets.moons(n), sklearn_datasets.make_moons(n, shuffle=False)),
        (datasets.circles(n, factor=0.3), sklearn_datasets.make_circles(n, shuffle=False, factor=0.3)),
    ):
        np.testing.assert_allclose(ours[0].numpy(), theirs[0], rtol=1e-6, atol=1e-7)
        assert (ours[1].numpy() == theirs[1]).all()


POINTS: dict[str, Callable[[torch.Generator], tuple[torch.Tensor, torch.Tensor]]] = {
    "moons": lambda g: datasets.moons(101, noise=0.1, generator=g),
    "circles": lambda g: datasets.circles(101, noise=0.1, generator=g),
    "spirals": lambda g: datasets.spirals(101, generator=g),
    "blobs": lambda g: datasets.blobs(101, 4, features=3, generator=g),
}


@pytest.mark.parametrize("name", POINTS)
def test_points_are_the_same_for_the_same_seed_and_evenly_of_every_class(name: str) -> None:
    (x, y), (again, _), (other, _) = (POINTS[name](generator(seed)) for seed in (1, 1, 2))
    assert (x.dtype, y.dtype, len(x), len(y)) == (torch.float32, torch.int64, 101, 101)
    assert x.tolist() == again.tolist() != other.tolist()
    counts = np.bincount(y.numpy())
    assert counts.max() - counts.min() <= 1
    torch.manual_seed(1)
    assert POINTS[name](torch.generator.default_generator)[0].tolist() == x.tolist()


def test_noise_is_as_large_as_asked() -> None:
    for make in (datasets.moons, datasets.circles):
        clean, noisy = (make(20_000, noise=noise, generator=generator())[0] for noise in (0.0, 0.3))
        difference = (noisy - clean).numpy()
        assert abs(difference.std() - 0.3) < 0.005
        assert abs(difference.mean()) < 0.005
    x, y = datasets.blobs(20_000, [[0.0, 5.0, 1.0], [-7.0, 0.0, 2.0]], std=2.0, generator=generator())
    for c, center in enumerate([[0.0, 5.0, 1.0], [-7.0, 0.0, 2.0]]):
        cloud = x.numpy()[y.numpy() == c]
        np.testing.assert_allclose(cloud.mean(0), center, atol=0.1)
        np.testing.assert_allclose(cloud.std(0), 2.0, atol=0.1)


def test_spirals_wind_out_of_the_middle() -> None:
    x, y = datasets.spirals(30, classes=2, noise=0.0, turn=3.0)
    for c in range(2):
        arm = x.numpy()[y.numpy() == c]
        radius, angle = np.linspace(0, 1, 15), np.linspace(0, 3.0, 15) + np.pi * c
        np.testing.assert_allclose(arm, np.stack([radius * np.sin(angle), radius * np.cos(angle)], 1), atol=1e-6)


def test_the_circle_in_the_square_is_pythons_random() -> None:
    random.seed(42)
    state = random.getstate()
    expected = [[random.uniform(-2, 2), random.uniform(-2, 2)] for _ in range(200)]
    random.setstate(state)
    x, y = datasets.circle_in_square()
    assert random.getstate() == state  # the program's own stream is left alone
    assert (x.numpy() == np.array(expected, np.float32)).all()
    assert y.tolist() == [int(a * a + b * b < 1.5) for a, b in expected]


BAD_POINTS: dict[str, tuple[Callable[[], Any], str]] = {
    "n": (lambda: datasets.moons(0), "moons: n must be a positive int, got 0"),
    "n, a float": (lambda: datasets.blobs(2.0), "blobs: n must be"),  # type: ignore[arg-type]
    "noise": (lambda: datasets.circles(noise=-1.0), "circles: noise must be"),
    "noise, nan": (lambda: datasets.spirals(noise=float("nan")), "spirals: noise must be"),
    "factor": (lambda: datasets.circles(factor=1.0), r"factor must be in \[0, 1\), got 1.0"),
    "classes": (lambda: datasets.spirals(2, classes=3), "there must be 1 to n=2 classes, got 3"),
    "centers": (lambda: datasets.blobs(5, [1.0, 2.0]), r"a row of numbers for each class, got shape \(2,\)"),
}


@pytest.mark.parametrize("name", BAD_POINTS)
def test_bad_arguments_are_refused(name: str) -> None:
    call, words = BAD_POINTS[name]
    with pytest.raises(ValueError, match=words):
        call()


# ---- a user's own table ----

CSV: dict[str, tuple[str, str | int, list[list[float]], list[Any], Any]] = {
    "named": ("a,b,y\n1,2.5,0\n3,-4e2,1\n", "y", [[1, 2.5], [3, -400]], [0, 1], np.int64),
    "target in the middle": ("a,y,b\n1,0,2\n3,1,4\n", "y", [[1, 2], [3, 4]], [0, 1], np.int64),
    "by number": ("a,b,y\n1,2,7\n", 1, [[1, 7]], [2], np.int64),
    "without names": ("6,148,1\n1,85,0\n", -1, [[6, 148], [1, 85]], [1, 0], np.int64),
    "regression": ("a,y\n1,0.5\n2,3\n", "y", [[1], [2]], [0.5, 3.0], np.float32),
    "words": ("a,y\n1,yes\n2,no\n3,yes\n", "y", [[1], [2], [3]], [1, 0, 1], np.int64),
    "windows": ("\ufeffa,y\r\n 1 , 0\r\n\r\n2,1\r\n", "y", [[1], [2]], [0, 1], np.int64),
    "quoted": ('"a, first",y\n"1",0\n', "y", [[1]], [0], np.int64),
    "one line": ("1,2,3\n", 2, [[1, 2]], [3], np.int64),
    "whole floats": ("a,y\n1,1.0\n2,2.0\n", "y", [[1], [2]], [1, 2], np.int64),
}


@pytest.mark.parametrize("name", CSV)
def test_tables_are_read(name: str, tmp_path: Path) -> None:
    text, target, features, targets, dtype = CSV[name]
    (tmp_path / "t.csv").write_bytes(text.encode())
    x, y = from_csv(tmp_path / "t.csv", target=target)
    assert (x.dtype, x.tolist()) == (torch.float32, features)
    assert (y.dtype, y.tolist()) == (dtype, targets)


BAD_CSV: dict[str, tuple[bytes, str | int, str]] = {
    "a word": (b"age,y\n1,0\nold,1\n", "y", "line 3, column 'age': 'old' is no number"),
    "nan": (b"age,y\n1,0\nnan,1\n", "y", "line 3, column 'age': 'nan' is no number"),
    "a word without names": (b"1,2\n3,4\nx,6\n", 1, "line 3, column '0': 'x' is no number"),
    "empty": (b"age,bmi,y\n1,2,0\n\n3,,1\n", "y", "line 4, column 'bmi': the cell is empty"),
    "an empty target": (b"age,y\n1,\n", "y", "line 2, column 'y': the cell is empty"),
    "a target that is half words": (b"age,y\n1,0\n2,no\n", "y", "line 3, column 'y': 'no' is no number"),
    "short": (b"age,bmi,y\n1,2,0\n1,2\n", "y", "line 3: 2 cells, where there are 3 columns"),
    "long": (b"age,y\n1,2,0\n", "y", "line 2: 3 cells, where there are 2 columns"),
    "another target": (b"age,y\n1,2\n", "outcome", r"no one column 'outcome'; its columns are \['age', 'y'\]"),
    "a name without names": (b"1,2\n3,4\n", "y", "no one column 'y'; it has 2 columns without names"),
    "two of the name": (b"y,y\n1,2\n", "y", "no one column 'y'"),
    "a number too far": (b"a,y\n1,2\n", 2, "no one column 2"),
    "nothing": (b"", "y", "it is empty"),
    "only a target": (b"y\n1\n", "y", "no column besides the target"),
    "not text": (b"a,y\n1,\xff\xfe\n", "y", "not a CSV file of text"),
    "a zero byte": (b"a,y\n1\x002,0\n", "y", "line 2, column 'a'"),
    "a quote in a line of its own": (b'a,y\n"1\n2",0\n', "y", "line 3, column 'a': '1.n2' is no number"),
}


@pytest.mark.parametrize("name", BAD_CSV)
def test_what_is_wrong_with_a_table_is_said_by_line_and_column(name: str, tmp_path: Path) -> None:
    content, target, words = BAD_CSV[name]
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(ValueError, match=r"from_csv: '.*t\.csv'.*" + words.replace("'1.n2'", r"'1\\n2'")):
        from_csv(tmp_path / "t.csv", target)


def test_a_missing_file_is_said_by_name(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"nothing\.csv"):
        from_csv(tmp_path / "nothing.csv", "y")


# ---- text ----


def test_characters_of_a_text(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes("to be,\r\nor ü\n".encode())
    text = CharacterText(path, 5)
    assert text.characters == "\n\r ,beortü"
    assert text.decode(text.data) == "to be,\r\nor ü\n"
    assert len(text) == 13 - 5
    for i in (0, 3, 7, -1):
        x, y = text[i]
        start = i % 8
        assert (text.decode(x), text.decode(y.tolist())) == (
            "to be,\r\nor ü\n"[start : start + 5],
            "to be,\r\nor ü\n"[start + 1 : start + 6],
        )
    assert len(list(torch.utils.data.DataLoader(text, 3))) == 3
    for i in (8, -9):
        with pytest.raises(IndexError, match=f"no sample {i} among 8"):
            text[i]
    with pytest.raises(ValueError, match="the character 'z' is not in the text"):
        text.encode("oz")


def test_texts_that_are_none_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    for content, length, words in [
        (b"abc", 3, "has 3 characters; samples of 3 need 4"),
        (b"", 1, "has 0 characters"),
        (b"\xff\xfe\x00", 1, "not text in UTF-8"),
        (b"abc", 0, "length must be a positive int, got 0"),
    ]:
        path.write_bytes(content)
        with pytest.raises(ValueError, match=words):
            CharacterText(path, length)


# ---- before training ----


@pytest.mark.parametrize(("n", "test_size", "held_out"), [(10, 0.25, 3), (100, 0.2, 20), (2, 0.5, 1), (7, 0.01, 1)])
def test_a_split_deals_out_every_row_once(n: int, test_size: float, held_out: int) -> None:
    x, y = torch.arange(2 * n).view(n, 2), torch.arange(n)
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=test_size, generator=generator())
    assert len(x_test) == len(y_test) == held_out
    assert sorted(y_train.tolist() + y_test.tolist()) == list(range(n))
    assert (x_train[:, 0] == 2 * y_train).all()
    assert (x_test[:, 0] == 2 * y_test).all()
    torch.manual_seed(0)
    assert train_test_split(y, test_size=test_size)[1].tolist() == y_test.tolist()


def test_splits_that_leave_nothing_are_refused() -> None:
    for n, test_size in [(1, 0.5), (0, 0.5), (10, 0.0), (10, 1.0), (10, 0.95), (10, 3)]:
        with pytest.raises(ValueError, match="leaves one part empty"):
            train_test_split(torch.arange(n), test_size=test_size)
    with pytest.raises(ValueError, match=r"equally many rows, got \[3, 4\]"):
        train_test_split(torch.arange(3), torch.arange(4))


def test_scaling_is_scikit_learns_fitted_on_train_alone() -> None:
    x, y = datasets.wine()
    x = torch.cat([x, torch.full((len(x), 1), 0.1)], 1)  # and a column that does not vary
    train, test, _, _ = train_test_split(x, y, generator=generator())
    scaler = StandardScaler().fit(train.numpy().astype(np.float64))
    ours = standardize(train, test)
    for scaled, part in zip(ours, (train, test), strict=True):
        assert scaled.dtype == torch.float32
        np.testing.assert_allclose(scaled.numpy(), scaler.transform(part.numpy().astype(np.float64)), atol=1e-5)
    assert standardize(train)[0].tolist() == standardize(train, test * 100)[0].tolist() == ours[0].tolist()
    for bad in ((train, test[:, 1:]), (torch.arange(3).view(3, 1),), (torch.zeros(0, 2),)):
        with pytest.raises(ValueError, match="standardize: needs rows of floats"):
            standardize(*bad)
